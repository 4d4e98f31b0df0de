//! What an agreement is called, and the digest that tells its very text.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Why a text is no identifier of an agreement, or no digest.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IdError {
    /// Not a short name.
    #[error(
        "an agreement's id has 1 to 64 lower-case letters, digits, dots or hyphens, beginning with a letter or digit"
    )]
    Id,
    /// Not 64 hexadecimal digits.
    #[error("an agreement's digest has 64 hexadecimal digits in lower case")]
    Digest,
}

/// An agreement's short name, the same in all its versions: `ashmoor-northmoor`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AgreementId(String);

impl AgreementId {
    /// The name's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AgreementId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let legal = |c: char| letter(c) || matches!(c, '-' | '.');
        let good = text.len() <= 64 && text.starts_with(letter) && text.chars().all(legal);
        if good { Ok(Self(text.to_owned())) } else { Err(IdError::Id) }
    }
}

impl TryFrom<String> for AgreementId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AgreementId> for String {
    fn from(id: AgreementId) -> Self {
        id.0
    }
}

impl fmt::Display for AgreementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// SHA-256 of an agreement's signed text, header included, signatures not. Its text is 64 hexadecimal digits.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AgreementDigest([u8; 32]);

impl AgreementDigest {
    pub(crate) fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for AgreementDigest {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 32];
        if text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(IdError::Digest);
        }
        hex::decode_to_slice(text, &mut bytes).map_err(|_| IdError::Digest)?;
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for AgreementDigest {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AgreementDigest> for String {
    fn from(digest: AgreementDigest) -> Self {
        digest.to_string()
    }
}

impl fmt::Display for AgreementDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for AgreementDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AgreementDigest({self})")
    }
}

/// Which agreement: its name, its version, its very text.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct AgreementRef {
    /// Its short name.
    pub id: AgreementId,
    /// Which version of it.
    pub version: u32,
    /// The digest of its text.
    pub digest: AgreementDigest,
}

/// Shared by all decisions under one agreement.
pub(crate) type SharedRef = Arc<AgreementRef>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_digests_read_back_from_their_text() {
        for bad in ["", "-a", "A", "a b", "a/b", &"a".repeat(65)] {
            assert_eq!(bad.parse::<AgreementId>(), Err(IdError::Id), "{bad}");
        }
        assert_eq!("a.b-1".parse::<AgreementId>().unwrap().as_str(), "a.b-1");
        let digest = AgreementDigest::of("abc");
        assert!(digest.to_string().starts_with("ba7816bf8f01cfea414140de5dae2223"));
        assert_eq!(digest.to_string().parse(), Ok(digest));
        for bad in ["", "ba78", &digest.to_string().to_uppercase()] {
            assert_eq!(bad.parse::<AgreementDigest>(), Err(IdError::Digest), "{bad}");
        }
    }
}
