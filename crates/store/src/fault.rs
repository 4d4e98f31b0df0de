//! What goes wrong below the ports, in words that an operator can act on and without a value in them.

use kinfold_service::ports::PortError;

use crate::seal::SealError;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// Nothing more can be written.
    #[error("the disk is full: free some space, nothing was written")]
    Full(#[source] sqlx::Error),
    /// Another process holds the database, or too much waits for it.
    #[error("the database is busy: another process holds it")]
    Busy(#[source] sqlx::Error),
    /// Somebody still reads what the write-ahead log holds.
    #[error("the write-ahead log can't be emptied while another process reads the database")]
    Read,
    /// The file's content makes no sense.
    #[error("the database file is damaged: stop the node and restore a backup")]
    Damaged(#[source] sqlx::Error),
    /// Reading or writing the file failed.
    #[error("the database file can't be read or written")]
    Unusable(#[source] sqlx::Error),
    /// Anything else of the database's.
    #[error("the database answered with an error")]
    Database(#[source] sqlx::Error),
    /// A seal did not open.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A stored value is not in the form that this program writes.
    #[error("{0} is not in the form that this program knows")]
    Form(&'static str),
    /// A change that does not follow on the last one.
    #[error("the change is number {given} where {expected} comes next")]
    OutOfOrder {
        /// What comes next.
        expected: u64,
        /// What was given.
        given: u64,
    },
    /// The check found the file damaged.
    #[error("the database's own check found damage ({0} findings): restore a backup")]
    Check(usize),
}

impl From<sqlx::Error> for Fault {
    /// By `SQLite`'s primary result code, the low byte of the extended one.
    fn from(error: sqlx::Error) -> Self {
        let code = match &error {
            sqlx::Error::Database(database) => {
                database.code().and_then(|code| code.parse::<i32>().ok()).map(|code| code & 0xff)
            }
            sqlx::Error::PoolTimedOut => return Self::Busy(error),
            sqlx::Error::Io(_) => return Self::Unusable(error),
            _ => None,
        };
        match code {
            Some(13) => Self::Full(error),
            Some(5 | 6 | 15) => Self::Busy(error),
            Some(11 | 26) => Self::Damaged(error),
            Some(3 | 8 | 10 | 14 | 23) => Self::Unusable(error),
            _ => Self::Database(error),
        }
    }
}

/// Says what was being done when something failed.
pub(crate) trait Doing<T> {
    fn doing(self, doing: &'static str) -> Result<T, PortError>;
}

impl<T, E: Into<Fault>> Doing<T> for Result<T, E> {
    fn doing(self, doing: &'static str) -> Result<T, PortError> {
        self.map_err(|fault| PortError::new(doing, fault.into()))
    }
}

/// A moment as it is stored: microseconds since 1970.
pub(crate) mod moment {
    use jiff::Timestamp;

    use super::Fault;

    pub(crate) fn to_stored(moment: Timestamp) -> i64 {
        moment.as_microsecond()
    }

    pub(crate) fn from_stored(micros: i64) -> Result<Timestamp, Fault> {
        Timestamp::from_microsecond(micros).map_err(|_| Fault::Form("a stored moment"))
    }
}

/// A place or number as it is stored: `u64` in the ports, `BIGINT` in the tables.
pub(crate) mod place {
    use super::Fault;

    pub(crate) fn to_stored(place: u64) -> Result<i64, Fault> {
        i64::try_from(place).map_err(|_| Fault::Form("a place beyond 2^63"))
    }

    pub(crate) fn from_stored(place: i64) -> Result<u64, Fault> {
        u64::try_from(place).map_err(|_| Fault::Form("a stored place"))
    }
}
