//! What can go wrong, as decisions for the caller.

use std::fmt;
use std::io;
use std::sync::Arc;

/// Where the stored log is wrong, and how.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Damage {
    file: String,
    offset: u64,
    what: &'static str,
}

impl Damage {
    pub(crate) fn new(file: impl fmt::Display, offset: u64, what: &'static str) -> Self {
        Self { file: file.to_string(), offset, what }
    }

    /// The file, relative to the log's folder.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The byte at which what is wrong begins.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// What is wrong.
    pub fn what(&self) -> &'static str {
        self.what
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}: {}", self.file, self.offset, self.what)
    }
}

/// Why a log was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the log open. Stop it first.
    #[error("another process has the ledger open")]
    InUse,
    /// Something that was acknowledged is missing or altered. Nothing has been changed.
    #[error(
        "the ledger is damaged, {0}; nothing was changed: keep a copy of the folder, restore the \
         file from a backup or a replica, and run the ledger's verification"
    )]
    Damaged(Damage),
    /// The folder belongs to a log of another origin or key.
    #[error("the ledger was signed by another key or for another origin")]
    Foreign,
    /// An option is outside its range.
    #[error("a ledger option is out of range: {0}")]
    Options(&'static str),
    /// There is no room for the first segment.
    #[error("the disk has no room for the ledger")]
    Full(#[source] io::Error),
    /// The file system failed.
    #[error("the ledger's files could not be read or written")]
    Io(#[from] io::Error),
}

impl From<Damage> for OpenError {
    fn from(damage: Damage) -> Self {
        Self::Damaged(damage)
    }
}

/// Why an entry was not recorded. After each of these the entry's action must not go on.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LedgerError {
    /// There is no room. Nothing acknowledged is lost, and appends work again once there is.
    #[error("the disk has no room for the ledger to grow")]
    Full,
    /// The entry, or all of the batch, is larger than the options allow.
    #[error("the entry is larger than the ledger takes")]
    TooLarge,
    /// A write or sync failed earlier, and whether this entry is durable is unknown. The log takes
    /// no more; the process should end, and find out at its next start.
    #[error("the ledger cannot be written")]
    Unwritable(#[source] Arc<io::Error>),
}

/// Why something could not be read back.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The log has no entry of this index, or no checkpoint of this size, yet.
    #[error("the ledger has no such entry")]
    Absent,
    /// The stored log is wrong here.
    #[error("the ledger is damaged, {0}")]
    Damaged(Damage),
    /// The file system failed.
    #[error("the ledger's files could not be read")]
    Io(#[from] io::Error),
}

impl From<Damage> for ReadError {
    fn from(damage: Damage) -> Self {
        Self::Damaged(damage)
    }
}
