//! Keys that sign and keys that verify.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ed25519_dalek::Signer as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::KeyName;

/// The signature type of Ed25519.
const ED25519: u8 = 0x01;
const PRIVATE: &str = "PRIVATE+KEY+";

/// Why a key was not accepted.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeyError {
    /// The name is empty or contains white space, `+` or control characters.
    #[error("a key's name must be non-empty, without spaces, plus signs or control characters")]
    Name,
    /// The text is not of the form `name+hash+base64`.
    #[error("the key is not of the form name+hash+base64")]
    Malformed,
    /// The key is of a type other than Ed25519.
    #[error("the key is of a type other than Ed25519")]
    Type,
    /// The hash in the text is not the hash of the name and the key: a typing error.
    #[error("the key's hash does not fit its name and its value")]
    Hash,
    /// The bytes are not a usable Ed25519 public key.
    #[error("the key is not a usable Ed25519 public key")]
    Point,
}

/// A public key with its name; its text is the *vkey* `name+hash+base64`.
#[derive(Clone)]
pub struct VerifierKey {
    name: KeyName,
    id: u32,
    key: ed25519_dalek::VerifyingKey,
}

impl VerifierKey {
    /// The key of the given name and 32 bytes.
    pub fn new(name: KeyName, public_key: [u8; 32]) -> Result<Self, KeyError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&public_key);
        let key = key.map_err(|_| KeyError::Point)?;
        if key.is_weak() {
            return Err(KeyError::Point);
        }
        Ok(Self { id: key_id(&name, key.as_bytes()), name, key })
    }

    /// The key's name.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// The short identifier that stands in signature lines. It is no strong hash.
    pub fn key_id(&self) -> u32 {
        self.id
    }

    /// The 32 bytes of the public key (RFC 8032).
    pub fn public_key(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    pub(crate) fn accepts(&self, text: &str, signature: &[u8]) -> bool {
        ed25519_dalek::Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(text.as_bytes(), &signature).is_ok())
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, id, key) = parse_key(text)?;
        let verifier = Self::new(name, *key)?;
        if verifier.id == id { Ok(verifier) } else { Err(KeyError::Hash) }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:08x}+{}", self.name, self.id, encode_typed(self.key.as_bytes()).as_str())
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

impl PartialEq for VerifierKey {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.key == other.key
    }
}

impl Eq for VerifierKey {}

impl Hash for VerifierKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        self.key.as_bytes().hash(state);
    }
}

impl Serialize for VerifierKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for VerifierKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// A private key with its name. Wiped from memory when dropped; `Debug` shows its public half only.
#[derive(Clone)]
pub struct SigningKey {
    verifier: VerifierKey,
    key: ed25519_dalek::SigningKey,
}

impl SigningKey {
    /// The key whose seed is the given 32 bytes, which must come from a cryptographic source.
    pub fn from_seed(name: KeyName, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        Ok(Self { verifier: VerifierKey::new(name, key.verifying_key().to_bytes())?, key })
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The key's name.
    pub fn name(&self) -> &KeyName {
        &self.verifier.name
    }

    /// The private key as `PRIVATE+KEY+name+hash+base64`, the form that Go's `sumdb/note` keeps.
    pub fn expose(&self) -> Zeroizing<String> {
        let VerifierKey { name, id, .. } = &self.verifier;
        let secret = encode_typed(self.key.as_bytes());
        Zeroizing::new(format!("{PRIVATE}{name}+{id:08x}+{}", secret.as_str()))
    }

    /// The 64-byte Ed25519 signature over bytes that are no note: for protocols that embed one.
    pub fn sign_bytes(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl FromStr for SigningKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.strip_prefix(PRIVATE).ok_or(KeyError::Malformed)?;
        let (name, id, seed) = parse_key(text)?;
        let key = Self::from_seed(name, &seed)?;
        if key.verifier.id == id { Ok(key) } else { Err(KeyError::Hash) }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("verifier", &self.verifier).finish_non_exhaustive()
    }
}

/// SHA-256(name || newline || type || public key), its first four bytes.
fn key_id(name: &KeyName, public_key: &[u8; 32]) -> u32 {
    let hash = Sha256::new()
        .chain_update(name.as_str())
        .chain_update([b'\n', ED25519])
        .chain_update(public_key)
        .finalize();
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

fn encode_typed(key: &[u8; 32]) -> Zeroizing<String> {
    let mut typed = Zeroizing::new([ED25519; 33]);
    typed[1..].copy_from_slice(key);
    Zeroizing::new(BASE64_STANDARD.encode(typed.as_slice()))
}

/// Splits `name+hash+base64`. The base64 may contain plus signs; the name may not.
fn parse_key(text: &str) -> Result<(KeyName, u32, Zeroizing<[u8; 32]>), KeyError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(KeyError::Malformed);
    };
    if id.len() != 8 || !id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(KeyError::Malformed);
    }
    let id = u32::from_str_radix(id, 16).map_err(|_| KeyError::Malformed)?;
    let key = BASE64_STANDARD.decode(key).map_err(|_| KeyError::Malformed)?;
    let key = Zeroizing::new(key);
    let (&kind, key) = key.split_first().ok_or(KeyError::Malformed)?;
    if kind != ED25519 {
        return Err(KeyError::Type);
    }
    let key = <[u8; 32]>::try_from(key).map_err(|_| KeyError::Malformed)?;
    Ok((name.parse()?, id, Zeroizing::new(key)))
}
