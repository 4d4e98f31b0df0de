//! What a file gives: tokens, and what is wrong.

use std::io;

use kinfold_token::{Seed, SeedError, Serial, TokenParameters, UnsupportedParameter};

/// A token as a vendor's file gives it.
#[derive(Debug)]
pub struct FileToken {
    /// What is printed on it.
    pub serial: Serial,
    /// Who made it; empty where the file does not say.
    pub maker: String,
    /// Algorithm, digits, step.
    pub parameters: TokenParameters,
    /// The secret.
    pub seed: Seed,
}

/// One token of a file.
#[derive(Debug)]
pub enum Row {
    /// A token that is right.
    Token(FileToken),
    /// One that can't be used.
    Rejected {
        /// Which token of the file, from 1.
        place: u64,
        /// Its serial number, where that could be read.
        serial: Option<Serial>,
        /// Why.
        why: TokenProblem,
    },
}

/// Why a token of a file can't be used. Says nothing of its secret.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TokenProblem {
    /// No serial number, or none of ours.
    #[error(
        "it has no serial number of 1 to 64 letters, digits and . _ : / -: ask the vendor for one"
    )]
    Serial,
    /// No secret.
    #[error("it has no secret")]
    NoSecret,
    /// The secret is not written as it should be.
    #[error("its secret can't be read: it must be {0}")]
    Unreadable(&'static str),
    /// Too short or too long.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The MAC is wrong.
    #[error("its MAC is wrong: it was altered, or the key is another one. Ask the vendor")]
    BadMac,
    /// An encrypted secret without MAC.
    #[error("its secret is encrypted without a MAC, so nobody can tell whether it was altered")]
    NoMac,
    /// Encrypted, and the file names no key.
    #[error("its secret is encrypted by a method that is not read here; AES-128-CBC is")]
    Cipher,
    /// The secret doesn't open although its MAC is right.
    #[error("its secret can't be decrypted")]
    Decryption,
    /// Counter-based or of another kind.
    #[error("it is not a time-based token (TOTP)")]
    NotTimeBased,
    /// Time is counted from another beginning than 1970.
    #[error("it does not count its time from 1970")]
    Epoch,
    /// Codes that aren't decimal, or with a check digit.
    #[error("its codes are not plain decimal digits")]
    Encoding,
    /// Algorithm, digits or step that no token here has.
    #[error(transparent)]
    Unsupported(#[from] UnsupportedParameter),
    /// More than one key in one package.
    #[error("it holds more than one secret")]
    SeveralKeys,
    /// A part of it is too long.
    #[error("a part of it is too long")]
    TooLong,
}

/// Why a file can't be read, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Reading failed.
    #[error("the file can't be read")]
    Read(#[from] io::Error),
    /// Neither PSKC nor CSV.
    #[error("this is not a PSKC file (RFC 6030), and no CSV file with serial number and secret")]
    NotTokens,
    /// XML that breaks off or is no XML.
    #[error("the file is broken after token {after}: it may be cut off. Ask for it again")]
    Broken {
        /// How many tokens were read.
        after: u64,
    },
    /// A document type, foreign entities, or too deep.
    #[error("the file has parts that no PSKC file has (document types, own entities)")]
    Foreign,
    /// A key is needed.
    #[error("the file's secrets are encrypted with a key that you have from the vendor: give it")]
    KeyNeeded,
    /// A passphrase is needed.
    #[error(
        "the file's secrets are encrypted with a passphrase that you have from the vendor: give it"
    )]
    PassphraseNeeded,
    /// The key or passphrase does not open it.
    #[error("this key or passphrase does not open the file")]
    WrongKey,
    /// A method that is not read.
    #[error("the file's secrets are protected by a method that is not read here: {0}")]
    Method(&'static str),
}

impl FileToken {
    /// The longest name of a maker, in characters.
    pub const MAKER_CHARS: usize = 100;
}
