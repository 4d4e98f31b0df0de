//! What opens a file's secrets.

use std::{fmt, str::FromStr};

use hmac::Hmac;
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use zeroize::Zeroizing;

use crate::row::FileError;

/// A key of AES-128.
pub type FileKey = Zeroizing<[u8; 16]>;

/// The most rounds of PBKDF2: what a vendor needs is well below, and a file that asks for more would stop the node.
const MOST_ROUNDS: u32 = 5_000_000;

/// What the operator has from the vendor, by another way than the file.
#[derive(Clone, Default)]
pub enum Opening {
    /// Nothing: the secrets are plain.
    #[default]
    Nothing,
    /// The pre-shared key.
    Key(TransportKey),
    /// The passphrase.
    Passphrase(Zeroizing<String>),
}

/// A pre-shared key of 16 bytes. `Debug` is redacted.
#[derive(Clone)]
pub struct TransportKey(pub(crate) FileKey);

/// A text that is no such key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the key must be 32 hexadecimal digits")]
pub struct TransportKeyError;

impl TransportKey {
    /// Of these bytes, from the caller's randomness.
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// As hexadecimal digits, to be given to whoever imports.
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(*self.0))
    }
}

impl FromStr for TransportKey {
    type Err = TransportKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits: Zeroizing<String> =
            Zeroizing::new(text.chars().filter(|c| !c.is_whitespace()).collect());
        let mut bytes = Zeroizing::new([0; 16]);
        hex::decode_to_slice(digits.as_bytes(), &mut *bytes).map_err(|_| TransportKeyError)?;
        Ok(Self(bytes))
    }
}

impl fmt::Debug for TransportKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TransportKey(redacted)")
    }
}

/// How a key follows from a passphrase (RFC 6030 section 6.2, PBKDF2 of RFC 8018).
#[derive(Default)]
pub(crate) struct Derivation {
    pub(crate) method: String,
    pub(crate) salt: Vec<u8>,
    pub(crate) rounds: Option<u32>,
    pub(crate) length: Option<u32>,
    pub(crate) hash: Option<String>,
}

impl Derivation {
    pub(crate) fn key(&self, passphrase: &str) -> Result<FileKey, FileError> {
        if !self.method.to_ascii_lowercase().ends_with("#pbkdf2") {
            return Err(FileError::Method("a key derivation other than PBKDF2"));
        }
        let rounds = self.rounds.filter(|rounds| (1..=MOST_ROUNDS).contains(rounds));
        let rounds =
            rounds.ok_or(FileError::Method("PBKDF2 without a sensible iteration count"))?;
        if self.salt.is_empty() {
            return Err(FileError::Method("PBKDF2 without a salt"));
        }
        if self.length.is_some_and(|length| length != 16) {
            return Err(FileError::Method("keys of another length than 16 bytes"));
        }
        let mut key = Zeroizing::new([0; 16]);
        let (password, salt) = (passphrase.as_bytes(), self.salt.as_slice());
        let hash = self.hash.as_deref().unwrap_or("hmac-sha1").to_ascii_lowercase();
        let done = if hash.ends_with("hmac-sha1") || hash.ends_with("hmacwithsha1") {
            pbkdf2::pbkdf2::<Hmac<Sha1>>(password, salt, rounds, &mut *key)
        } else if hash.ends_with("hmac-sha256") || hash.ends_with("hmacwithsha256") {
            pbkdf2::pbkdf2::<Hmac<Sha256>>(password, salt, rounds, &mut *key)
        } else if hash.ends_with("hmac-sha512") || hash.ends_with("hmacwithsha512") {
            pbkdf2::pbkdf2::<Hmac<Sha512>>(password, salt, rounds, &mut *key)
        } else {
            return Err(FileError::Method("PBKDF2 over another hash"));
        };
        done.map_err(|_| FileError::WrongKey)?;
        Ok(key)
    }
}
