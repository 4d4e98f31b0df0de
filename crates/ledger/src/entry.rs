//! Entries: a salted commitment in the tree, and an encrypted body beside it.

use std::fmt;

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::tree::Hash;

/// What a leaf begins with.
pub(crate) const LEAF_PREFIX: &[u8] = b"kinfold-entry-v1\n";
/// The bytes of a leaf.
pub(crate) const LEAF_BYTES: usize = LEAF_PREFIX.len() + 32;
/// The bytes that encryption adds to a body.
pub(crate) const TAG_BYTES: usize = 16;
/// What salt and ciphertext are overwritten with. Not zero, so that an erased body is never taken
/// for a sector that a crash left unwritten.
pub(crate) const ERASED: u8 = 0xff;
const KEY_INFO: &[u8] = b"kinfold-entry-body-v1";

/// HMAC-SHA-256(salt, body): all that the tree, and so a witness, learns of an entry.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Commitment([u8; 32]);

impl Commitment {
    /// The commitment with these bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The commitment to a body under a salt: what a holder of both computes to check a proof.
    pub fn to_body(salt: &[u8; 32], body: &[u8]) -> Self {
        Self(hmac(salt, body))
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The leaf's data: `kinfold-entry-v1`, newline, the 32 bytes.
    pub fn leaf(&self) -> [u8; 49] {
        let mut leaf = [0; LEAF_BYTES];
        leaf[..LEAF_PREFIX.len()].copy_from_slice(LEAF_PREFIX);
        leaf[LEAF_PREFIX.len()..].copy_from_slice(&self.0);
        leaf
    }

    /// The leaf's hash in the tree.
    pub fn leaf_hash(&self) -> Hash {
        Hash::of_leaf(&self.leaf())
    }
}

impl fmt::Debug for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Commitment({})", Hash::new(self.0))
    }
}

/// The key that bodies are encrypted under, wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct BodyKey([u8; 32]);

impl BodyKey {
    /// The key with these bytes, which must come from a cryptographic source.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Commits to a body and encrypts it. A salt is used once.
    pub(crate) fn seal(&self, origin: &str, salt: [u8; 32], body: &[u8]) -> Option<Sealed> {
        let commitment = Commitment::to_body(&salt, body);
        let aad = associated_data(origin, &commitment);
        let payload = Payload { msg: body, aad: &aad };
        let ciphertext = self.cipher(&salt)?.encrypt(&[0; 12].into(), payload).ok()?;
        Some(Sealed { commitment, leaf: commitment.leaf_hash(), salt, ciphertext })
    }

    /// Decrypts a body and checks it against its commitment.
    pub(crate) fn open(&self, origin: &str, sealed: &SealedRef<'_>) -> Option<Body> {
        let aad = associated_data(origin, &sealed.commitment);
        let payload = Payload { msg: sealed.ciphertext, aad: &aad };
        let body = self.cipher(sealed.salt)?.decrypt(&[0; 12].into(), payload).ok()?;
        let body = Body(Zeroizing::new(body));
        let computed = hmac(sealed.salt, &body.0);
        bool::from(computed.ct_eq(&sealed.commitment.0)).then_some(body)
    }

    /// A cipher for one body: HKDF-SHA-256 over the key with the entry's salt. A key is used once,
    /// so the nonce may be zero.
    fn cipher(&self, salt: &[u8; 32]) -> Option<ChaCha20Poly1305> {
        let mut key = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(Some(salt), &self.0).expand(KEY_INFO, key.as_mut_slice()).ok()?;
        ChaCha20Poly1305::new_from_slice(key.as_slice()).ok()
    }
}

impl fmt::Debug for BodyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BodyKey(redacted)")
    }
}

/// A decrypted body, wiped when dropped. `Debug` is redacted.
#[derive(Clone, Eq, PartialEq)]
pub struct Body(Zeroizing<Vec<u8>>);

impl Body {
    /// The bytes, as they were appended.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body(redacted)")
    }
}

/// One entry as read back.
#[derive(Clone, Debug)]
pub struct Entry {
    index: u64,
    commitment: Commitment,
    body: Option<Body>,
}

impl Entry {
    pub(crate) fn new(index: u64, commitment: Commitment, body: Option<Body>) -> Self {
        Self { index, commitment, body }
    }

    /// Its place in the log.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// What the tree holds of it.
    pub fn commitment(&self) -> &Commitment {
        &self.commitment
    }

    /// Its body; `None` when it was erased.
    pub fn body(&self) -> Option<&Body> {
        self.body.as_ref()
    }
}

/// An entry ready to be written.
pub(crate) struct Sealed {
    pub(crate) commitment: Commitment,
    pub(crate) leaf: Hash,
    pub(crate) salt: [u8; 32],
    pub(crate) ciphertext: Vec<u8>,
}

/// An entry as it lies in a batch.
#[derive(Clone, Copy)]
pub(crate) struct SealedRef<'a> {
    pub(crate) commitment: Commitment,
    pub(crate) salt: &'a [u8; 32],
    pub(crate) ciphertext: &'a [u8],
}

impl SealedRef<'_> {
    /// Whether the body is gone. Either half suffices: a crash may have cut the erasure short.
    pub(crate) fn is_erased(&self) -> bool {
        let gone = |bytes: &[u8]| bytes.iter().all(|byte| *byte == ERASED);
        gone(self.salt) || gone(self.ciphertext)
    }
}

fn associated_data(origin: &str, commitment: &Commitment) -> Vec<u8> {
    [origin.as_bytes(), b"\n", &commitment.0].concat()
}

#[allow(clippy::expect_used, reason = "HMAC takes a key of any length")]
fn hmac(salt: &[u8; 32], body: &[u8]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(salt).expect("any length");
    mac.update(body);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn as_ref(sealed: &Sealed) -> SealedRef<'_> {
        SealedRef {
            commitment: sealed.commitment,
            salt: &sealed.salt,
            ciphertext: &sealed.ciphertext,
        }
    }

    #[test]
    fn a_body_opens_under_its_own_key_salt_origin_and_commitment_only() {
        let key = BodyKey::new([1; 32]);
        let sealed = key.seal("log.example/a", [2; 32], b"who looked").unwrap();
        assert_eq!(key.open("log.example/a", &as_ref(&sealed)).unwrap().expose(), b"who looked");
        assert!(key.open("log.example/b", &as_ref(&sealed)).is_none());
        assert!(BodyKey::new([3; 32]).open("log.example/a", &as_ref(&sealed)).is_none());
        let salt = SealedRef { salt: &[9; 32], ..as_ref(&sealed) };
        assert!(key.open("log.example/a", &salt).is_none());
        let commitment = Commitment::new([0; 32]);
        let moved = SealedRef { commitment, ..as_ref(&sealed) };
        assert!(key.open("log.example/a", &moved).is_none());
    }

    #[test]
    fn bodies_and_keys_do_not_show_in_debug() {
        assert_eq!(format!("{:?}", Body(Zeroizing::new(b"a name".to_vec()))), "Body(redacted)");
        assert_eq!(format!("{:?}", BodyKey::new([1; 32])), "BodyKey(redacted)");
    }
}
