//! The folder: which extracts lie there, and which of them lie still.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use jiff::{SignedDuration, Timestamp};

use super::{answers, config::FilesConfig};

/// One file as the folder shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) seen: Seen,
}

/// What changes when a file is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Seen {
    pub(super) modified: Timestamp,
    pub(super) bytes: u64,
}

impl Seen {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let about = fs::metadata(path)?;
        let modified = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        let modified = Timestamp::try_from(modified).unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(Self { modified, bytes: about.len() })
    }
}

/// All extracts, the newest last. Hidden files are somebody's work in progress.
pub(super) fn extracts(config: &FilesConfig) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    for file in fs::read_dir(&config.folder)? {
        let path = file?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or(".");
        let is_extract =
            name.ends_with(&config.ending) && !name.starts_with('.') && !answers::is_one(name);
        if !is_extract || !path.is_file() {
            continue;
        }
        match Seen::of(&path) {
            Ok(seen) => found.push(Found { path, seen }),
            // It was taken away between the two looks.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    found.sort_by(|a, b| (a.seen.modified, &a.path).cmp(&(b.seen.modified, &b.path)));
    Ok(found)
}

/// Since when each file has looked as it does.
#[derive(Default)]
pub(super) struct Stillness(HashMap<PathBuf, (Seen, Timestamp)>);

impl Stillness {
    /// Those that lie still at `now`: by their own time, or, where another machine's clock wrote it, as far as this node has watched them.
    pub(super) fn settled(
        &mut self,
        found: Vec<Found>,
        now: Timestamp,
        settle_seconds: u32,
    ) -> Vec<Found> {
        let settle = SignedDuration::from_secs(settle_seconds.into());
        self.0.retain(|path, _| found.iter().any(|file| file.path == *path));
        let mut lies_still = |file: &Found| {
            let since = self.0.entry(file.path.clone()).or_insert((file.seen, now));
            if since.0 != file.seen {
                *since = (file.seen, now);
            }
            let is_old = now.duration_since(file.seen.modified) >= settle;
            is_old || now.duration_since(since.1) >= settle
        };
        found.into_iter().filter(|file| lies_still(file)).collect()
    }
}
