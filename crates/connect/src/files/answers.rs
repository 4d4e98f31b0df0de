//! The answer beside each file: what the node made of it, row by row, and the sign that it was taken.
//!
//! Its last line names the file's bytes by their digest and the moment at which they were taken, so that the same file under the same name
//! is not taken again after a restart, and a new one is.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use kinfold_service::register::ImportReport;

/// What the name of an answer ends in.
const ENDING: &str = ".answer.csv";
/// Which extract was taken last.
const LAST: &str = ".kinfold-taken";
/// What its last line begins with.
const TAKEN: &str = "taken";

/// Whether a file of this name is an answer.
pub(super) fn is_one(name: &str) -> bool {
    name.ends_with(ENDING)
}

/// Whether a file was answered at all, whatever stood in it then.
pub(super) fn is_there(file: &Path) -> bool {
    beside(file).exists()
}

/// When exactly these bytes were taken, if they were.
pub(super) fn taken(file: &Path, digest: &str) -> Option<Timestamp> {
    let answer = fs::read_to_string(beside(file)).ok()?;
    let mut last = answer.lines().last()?.split(',');
    let is_same = last.next() == Some(TAKEN) && last.next() == Some(digest);
    last.next().filter(|_| is_same)?.parse().ok()
}

/// The digest of the extract that was taken last.
pub(super) fn last_taken(folder: &Path) -> Option<String> {
    fs::read_to_string(folder.join(LAST)).ok()
}

/// Notes that this one is taken now. It comes before the answer: of one that was answered and is not the last it is known that it is old.
pub(super) fn note_last(folder: &Path, digest: &str) -> io::Result<()> {
    put(&folder.join(LAST), digest.as_bytes())
}

/// Puts the answer beside its file.
pub(super) fn write(
    file: &Path,
    report: &ImportReport,
    (digest, at): (&str, Timestamp),
) -> io::Result<()> {
    let answer = format!("{}{TAKEN},{digest},{at},\n", report.to_csv());
    put(&beside(file), answer.as_bytes())
}

/// Whole or not at all, and durably.
fn put(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or(ENDING);
    let unfinished = file.with_file_name(format!(".{name}.unfinished"));
    let mut written = File::create(&unfinished)?;
    written.write_all(bytes)?;
    written.sync_all()?;
    fs::rename(&unfinished, file)?;
    match file.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

fn beside(file: &Path) -> PathBuf {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    file.with_file_name(format!("{name}{ENDING}"))
}
