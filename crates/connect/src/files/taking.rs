//! Taking the newest extract.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use jiff::Timestamp;
use kinfold_domain::AsAt;
use kinfold_service::{
    ports::{ExtractMark, KeptRegister, SourceError},
    register::{Corrupt, Extract, FileCode, ImportReport, LONGEST_FILE},
};
use sha2::{Digest, Sha256};

use super::{
    Inner, Known, answers, failed,
    folder::{self, Found, Seen},
};
use crate::Unusable;

/// Why an older extract is not taken.
const PASSED: &str = "a newer extract lay beside it: nothing of this one was taken";
/// Why there is no register.
const NONE: &str = "no extract lies in its folder: the case system's job has to put one there";
/// The same, where something lies there.
const NOT_YET: &str = "the extract that was taken last is gone, and no newer one lies there whole: leave the last one where it is";

/// The extract that was taken last.
pub(super) struct Taken {
    file: Found,
    what: Result<KeptRegister, String>,
}

/// What reading a file came to.
enum Read {
    Taken(Taken),
    /// It changed meanwhile.
    Changing,
    /// It was taken before the last one.
    Earlier,
}

impl Inner {
    /// The newest extract that lies still, taken the first time it is met. One that can't be read changes nothing, and is told until there
    /// is a newer one.
    pub(super) fn take(&self) -> Result<KeptRegister, SourceError> {
        let now = self.clock.now();
        let mut known = self.known.lock();
        let found = folder::extracts(&self.config).map_err(|error| failed(&error))?;
        let is_empty = found.is_empty();
        let settled = known.stillness.settled(found, now, self.config.settle_seconds);
        let is_known = self.choose(settled, &mut known, now)?;
        match known.taken.as_ref().filter(|_| is_known).map(|taken| &taken.what) {
            Some(Ok(register)) => Ok(register.clone()),
            Some(Err(why)) => Err(SourceError::Garbled(why.clone())),
            None if is_empty => Err(SourceError::Failed(NONE.to_owned())),
            None => Err(SourceError::Failed(NOT_YET.to_owned())),
        }
    }

    /// Takes the newest one; false where none may be taken, and the last one is gone.
    fn choose(
        &self,
        mut settled: Vec<Found>,
        known: &mut Known,
        now: Timestamp,
    ) -> Result<bool, SourceError> {
        let Known { taken, stirred, .. } = known;
        stirred.retain(|path, _| settled.iter().any(|file| file.path == *path));
        while let Some(file) = settled.pop() {
            if taken.as_ref().is_some_and(|taken| taken.file == file) {
                break;
            }
            if stirred.get(&file.path) == Some(&file.seen) {
                continue;
            }
            match self.read(&file, now)? {
                Read::Taken(new) => {
                    *taken = Some(new);
                    break;
                }
                Read::Changing => break,
                Read::Earlier => stirred.insert(file.path, file.seen),
            };
        }
        // It is still there, though the next one may be being written over it.
        let is_there = taken.as_ref().is_some_and(|taken| taken.file.path.exists());
        pass_over(&settled, known, now)?;
        Ok(is_there)
    }

    /// What the newest extract comes to, in a sentence; the folder is tried for an answer's sake. Nothing is taken.
    pub(super) fn look(&self) -> Result<Vec<String>, Unusable> {
        let folder = self.config.folder.display();
        let refused = |what: &str, error: &io::Error| Unusable {
            problems: vec![format!("{folder} can't be {what}: {}", error.kind())],
            // A folder on another machine may be away for a while.
            no_answer: error.kind() != io::ErrorKind::PermissionDenied,
        };
        let found = folder::extracts(&self.config).map_err(|error| refused("read", &error))?;
        let probe = self.config.folder.join(".kinfold-check");
        let tried = File::create(&probe).and_then(|_| std::fs::remove_file(&probe));
        tried.map_err(|error| refused("written, and answers are put there", &error))?;
        let Some(newest) = found.last() else {
            return Ok(vec!["no extract lies there yet".to_owned()]);
        };
        let bytes = read(&newest.path).map_err(|error| refused("read", &error))?;
        let extract = self.parse(&bytes, self.clock.now()).map_err(|why| Unusable {
            problems: vec![format!("the newest extract can't be taken: {why}")],
            no_answer: true,
        })?;
        let (rows, loaded) = (extract.report.rows.len(), extract.report.loaded());
        let (as_at, to_mend) = (newest.seen.modified, rows - loaded);
        let note = format!("the newest extract is of {as_at}: {rows} rows, {to_mend} to mend");
        Ok(vec![note])
    }

    fn read(&self, file: &Found, now: Timestamp) -> Result<Read, SourceError> {
        let folder = &self.config.folder;
        let bytes = read(&file.path).map_err(|error| failed(&error))?;
        if Seen::of(&file.path).ok() != Some(file.seen) {
            return Ok(Read::Changing);
        }
        let digest = digest(&bytes);
        let before = answers::taken(&file.path, &digest);
        if before.is_some() && answers::last_taken(folder).is_some_and(|last| last != digest) {
            return Ok(Read::Earlier);
        }
        let at = before.unwrap_or(now);
        let parsed = self.parse(&bytes, at);
        if before.is_none() {
            let report = parsed.as_ref().map_or_else(
                |why| ImportReport::refused(why.to_string()),
                |extract| extract.report.clone(),
            );
            self.tell(&report);
            let answered = answers::note_last(folder, &digest)
                .and_then(|()| answers::write(&file.path, &report, (&digest, at)));
            answered.map_err(|error| unanswered(&error))?;
        }
        // A clock that is ahead where the file was written must not keep it young.
        let as_at = AsAt(file.seen.modified.min(at));
        let what = parsed.map(|extract| kept(extract, as_at)).map_err(|why| why.to_string());
        Ok(Read::Taken(Taken { file: file.clone(), what }))
    }

    fn parse(&self, bytes: &[u8], at: Timestamp) -> Result<Extract, Corrupt> {
        let text = std::str::from_utf8(bytes).map_err(|_| Corrupt::NoText)?;
        self.terms.read(text, at)
    }

    fn tell(&self, report: &ImportReport) {
        let (source, code) = (&self.name, report.file.code());
        let (rows, loaded) = (report.rows.len(), report.loaded());
        match report.file {
            FileCode::Loaded => tracing::info!(source, code, rows, "an extract was taken"),
            FileCode::PartLoaded | FileCode::NoneLoaded => {
                tracing::warn!(
                    source,
                    code,
                    rows,
                    loaded,
                    "an extract was taken, with rows to mend"
                );
            }
            FileCode::Corrupt => tracing::error!(source, code, "an extract can't be taken"),
        }
    }
}

/// Extracts are whole: an older one says nothing that the newest doesn't.
fn pass_over(older: &[Found], known: &mut Known, now: Timestamp) -> Result<(), SourceError> {
    for file in older {
        if known.passed.contains(&file.path) {
            continue;
        }
        if !answers::is_there(&file.path) {
            let report = ImportReport::refused(PASSED.to_owned());
            let digest = digest(&read(&file.path).map_err(|error| failed(&error))?);
            answers::write(&file.path, &report, (&digest, now)).map_err(|e| unanswered(&e))?;
        }
        known.passed.insert(file.path.clone());
    }
    known.passed.retain(|path| older.iter().any(|file| file.path == *path));
    Ok(())
}

fn kept(extract: Extract, as_at: AsAt) -> KeptRegister {
    let Extract { entries, rejected, nameless, .. } = extract;
    KeptRegister { entries, rejected, extract: Some(ExtractMark { as_at, nameless }) }
}

/// At most a little more than an extract may have: what is longer is refused for that.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST_FILE as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn unanswered(error: &io::Error) -> SourceError {
    tracing::error!(kind = ?error.kind(), "an answer can't be written beside its extract");
    let why = "the answer can't be written beside the extract: let the node write there";
    SourceError::Failed(why.to_owned())
}
