//! Sealing at rest: XChaCha20-Poly1305, each value bound to its table, column and row.
//!
//! ```text
//! sealed = 0x01 || nonce (24 random bytes) || ciphertext || tag (16)
//! key    = HKDF-SHA-256(key file, "kinfold-store/1 " || key's name || " " || "table.column")
//! aad    = for "table.column" and each part of the row's identity: length (8 bytes, big endian) || bytes
//! ```
//!
//! So a ciphertext that is copied to another row, column, table or database opens nowhere but where it was written. The
//! nonce is long enough to be random for as many values as a key will ever see.

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{KeyInit, Tag, XChaCha20Poly1305, XNonce};
use kinfold_service::ports::Entropy;
use kinfold_store::{KeyName, StoreKey, derive};
use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const NONCE: usize = 24;
const TAG: usize = 16;
const HEADER: usize = 1 + NONCE;

/// A value did not come out of its seal. Says which column, never what was found.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum SealError {
    /// Altered, moved from elsewhere, or sealed under another key.
    #[error("a value of {0} does not open: it was altered, moved, or sealed under another key")]
    Closed(&'static str),
    /// It opened, and what is inside is not what this program writes there.
    #[error("a value of {0} opens, but is not in the form that this program knows")]
    Form(&'static str),
}

/// Seals the values of one column.
pub(crate) struct ColumnSeal {
    column: &'static str,
    cipher: XChaCha20Poly1305,
}

impl ColumnSeal {
    /// The seal of `column`, written `table.column`, under a key of its own.
    pub(crate) fn new(key: &StoreKey, name: KeyName, column: &'static str) -> Self {
        let cipher = XChaCha20Poly1305::new((&*derive(key, name, column)).into());
        Self { column, cipher }
    }

    /// Seals bytes for the row of that identity.
    pub(crate) fn seal(
        &self,
        entropy: &dyn Entropy,
        row: &[&[u8]],
        value: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        let mut out = Vec::with_capacity(HEADER + value.len() + TAG);
        out.resize(HEADER, VERSION);
        out.extend_from_slice(value);
        self.close(entropy, row, out)
    }

    /// Seals a value as JSON for the row of that identity.
    pub(crate) fn seal_json(
        &self,
        entropy: &dyn Entropy,
        row: &[&[u8]],
        value: &impl Serialize,
    ) -> Result<Vec<u8>, SealError> {
        let mut out = Vec::with_capacity(1024);
        out.resize(HEADER, VERSION);
        serde_json::to_writer(&mut out, value).map_err(|_| SealError::Form(self.column))?;
        self.close(entropy, row, out)
    }

    /// Opens what [`seal`](Self::seal) made for the same row.
    pub(crate) fn open(
        &self,
        row: &[&[u8]],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let closed = || SealError::Closed(self.column);
        let (header, rest) = sealed.split_at_checked(HEADER).ok_or_else(closed)?;
        let (body, tag) = rest.split_last_chunk::<TAG>().ok_or_else(closed)?;
        let (version, nonce) = header.split_at(1);
        if version != [VERSION] {
            return Err(closed());
        }
        let nonce = XNonce::try_from(nonce).map_err(|_| closed())?;
        let mut value = Zeroizing::new(body.to_vec());
        let aad = self.place(row);
        self.cipher
            .decrypt_inout_detached(&nonce, &aad, value.as_mut_slice().into(), &Tag::from(*tag))
            .map_err(|_| closed())?;
        Ok(value)
    }

    /// Opens what [`seal_json`](Self::seal_json) made. What JSON's own error would repeat of the value is dropped.
    pub(crate) fn open_json<T: DeserializeOwned>(
        &self,
        row: &[&[u8]],
        sealed: &[u8],
    ) -> Result<T, SealError> {
        self.read_json(&self.open(row, sealed)?)
    }

    /// Reads what was opened.
    pub(crate) fn read_json<T: DeserializeOwned>(&self, value: &[u8]) -> Result<T, SealError> {
        serde_json::from_slice(value).map_err(|_| SealError::Form(self.column))
    }

    /// Encrypts in place what stands behind the header, so that no copy of the value is left.
    fn close(
        &self,
        entropy: &dyn Entropy,
        row: &[&[u8]],
        mut out: Vec<u8>,
    ) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE];
        entropy.fill(&mut nonce);
        let (header, value) = out.split_at_mut(HEADER);
        header[1..].copy_from_slice(&nonce);
        let tag = self
            .cipher
            .encrypt_inout_detached(&nonce.into(), &self.place(row), value.into())
            .map_err(|_| SealError::Form(self.column))?;
        out.extend_from_slice(&tag);
        Ok(out)
    }

    fn place(&self, row: &[&[u8]]) -> Vec<u8> {
        let mut place = Vec::with_capacity(128);
        for part in std::iter::once(self.column.as_bytes()).chain(row.iter().copied()) {
            place.extend_from_slice(&(part.len() as u64).to_be_bytes());
            place.extend_from_slice(part);
        }
        place
    }
}

#[cfg(test)]
#[path = "seal_tests.rs"]
mod tests;
