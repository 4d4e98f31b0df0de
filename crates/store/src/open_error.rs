//! Why a store could not be opened.

use std::{error::Error, io};

use crate::KeyName;

/// Why a store could not be opened. Nothing was changed in any of these cases, save that an interrupted migration goes on
/// at the next start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file can't be created or opened.
    #[error("the store's file can't be created or opened")]
    File(#[source] io::Error),
    /// The database is none of ours, or damaged, or held by another process, or out of reach, or its disk is full: the source says
    /// which.
    #[error("the store can't be opened")]
    Database(#[source] Box<dyn Error + Send + Sync>),
    /// The server could lose or show what it must not. Says what to set.
    #[error("the store's database server is not fit for it: {0}")]
    Unfit(&'static str),
    /// Written by a later release.
    #[error(
        "the store was written by a newer release (schema {found}, this program knows {known}): start that release"
    )]
    Newer {
        /// The store's schema.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// Its tables were made by other statements than this program's.
    #[error("the store's schema {0} is not the one that was released: restore a backup")]
    Altered(i64),
    /// One of the keys does not fit.
    #[error(
        "the {0} key does not fit this store: put the key file back that the store was made with"
    )]
    WrongKey(KeyName),
}
