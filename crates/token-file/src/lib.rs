//! Files of tokens as vendors send them and as they leave again: PSKC (RFC 6030) and CSV.
//!
//! [`read`] gives one token after the other from any reader, in memory that does not grow with the file. What is wrong with one
//! token is told of that token and the next one follows; what is wrong with the file ends it.
//!
//! ```text
//! bytes → read → Row::Token(FileToken) | Row::Rejected { place, serial, why } … | FileError
//! FileToken → PskcWriter → bytes
//! ```
//!
//! Architecture invariant: this crate knows no store, no clock and no randomness: keys and initialisation vectors are the
//! caller's. A secret is decrypted only after its MAC was found right, and no error says anything of a secret.

mod capped;
mod cipher;
mod keys;
mod pskc;
mod row;
mod table;
mod write;

use std::io::BufRead;

pub use keys::{FileKey, Opening, TransportKey, TransportKeyError};
pub use row::{FileError, FileToken, Row, TokenProblem};
pub use write::{Protection, PskcWriter};

use capped::Capped;
use kinfold_token::TokenParameters;

/// What a file is read with.
pub struct Reading {
    /// What opens its secrets.
    pub opening: Opening,
    /// What a CSV file leaves out.
    pub parameters: TokenParameters,
}

/// The tokens of a file, one after the other.
pub enum Tokens<R> {
    /// PSKC (RFC 6030).
    Pskc(Box<pskc::PskcReader<R>>),
    /// Comma-separated values.
    Table(Box<table::TableReader<R>>),
}

/// Reads a file of tokens; whether it is PSKC or CSV is seen from its first character.
pub fn read<R: BufRead>(reader: R, reading: Reading) -> Result<Tokens<R>, FileError> {
    let mut reader = Capped::new(reader);
    let is_xml = reader.begins_with(b'<')?;
    if is_xml {
        let reader = pskc::PskcReader::new(reader, reading.opening);
        return Ok(Tokens::Pskc(Box::new(reader)));
    }
    Ok(Tokens::Table(Box::new(table::TableReader::new(reader, reading.parameters)?)))
}

impl<R: BufRead> Iterator for Tokens<R> {
    type Item = Result<Row, FileError>;

    /// After an error nothing follows.
    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Pskc(reader) => reader.next(),
            Self::Table(reader) => reader.next(),
        }
    }
}
