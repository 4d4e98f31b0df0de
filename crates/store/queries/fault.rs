//! What goes wrong below the ports, in words that an operator can act on and without a value in them.

use std::fmt;

use kinfold_service::ports::PortError;

use crate::engine;
use crate::seal::SealError;

/// Why the store could not do what it was asked.
#[derive(thiserror::Error)]
pub(crate) enum Fault {
    /// Nothing more can be written.
    #[error("the disk is full: free some space, nothing was written")]
    Full(#[source] sqlx::Error),
    /// Another process holds the database, or too much waits for it.
    #[error("{}", engine::BUSY)]
    Busy(#[source] sqlx::Error),
    /// The content makes no sense.
    #[error("{}", engine::DAMAGED)]
    Damaged(#[source] sqlx::Error),
    /// It can't be read or written at all.
    #[error("{}", engine::UNUSABLE)]
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
    /// A whole store can't be taken in over another.
    #[error("the database holds a store already: give it one that was just made")]
    NotEmpty,
    /// One engine's own.
    #[error(transparent)]
    Engine(#[from] engine::OwnFault),
}

/// As it reads: a database repeats values in the details of its errors.
impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({self})")
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        let trouble = match &error {
            sqlx::Error::Database(database) => {
                database.code().and_then(|code| engine::trouble(&code))
            }
            sqlx::Error::PoolTimedOut => Some(Trouble::Busy),
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) => Some(Trouble::Unusable),
            _ => None,
        };
        match trouble {
            Some(Trouble::Full) => Self::Full(error),
            Some(Trouble::Busy) => Self::Busy(error),
            Some(Trouble::Damaged) => Self::Damaged(error),
            Some(Trouble::Unusable) => Self::Unusable(error),
            None => Self::Database(error),
        }
    }
}

/// What an engine's code comes to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Trouble {
    Full,
    Busy,
    Damaged,
    Unusable,
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
