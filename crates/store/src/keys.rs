//! The keys that a store is opened with, and what each is for.

use std::fmt;

use hkdf::Hkdf;
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Thirty-two secret bytes. `Debug` is redacted and the memory is wiped on drop.
pub type StoreKey = SecretBox<[u8; 32]>;

/// The three keys of a store, one purpose each. They live in files beside the database, never in it.
#[derive(Debug)]
pub struct StoreKeys {
    /// Seals the node's own people, its rejected rows and its sources' cursors.
    pub people: StoreKey,
    /// Seals register changes and heads.
    pub register: StoreKey,
    /// Seals token seeds, passkeys, emergency codes and employees' accounts with their PIN hashes.
    pub seeds: StoreKey,
    /// The key that `seeds` replaces, until everything is sealed anew.
    pub seeds_before: Option<StoreKey>,
}

/// Which of the three.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyName {
    /// [`StoreKeys::people`].
    People,
    /// [`StoreKeys::register`].
    Register,
    /// [`StoreKeys::seeds`].
    Seeds,
}

impl KeyName {
    /// Every key.
    pub const ALL: [Self; 3] = [Self::People, Self::Register, Self::Seeds];

    /// Its name, as errors and the database say it: `people`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Register => "register",
            Self::Seeds => "seeds",
        }
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl StoreKeys {
    /// The key of that name.
    pub const fn of(&self, name: KeyName) -> &StoreKey {
        match name {
            KeyName::People => &self.people,
            KeyName::Register => &self.register,
            KeyName::Seeds => &self.seeds,
        }
    }

    /// Those that may have sealed what is there: the newest first.
    pub fn that_may_fit(&self, name: KeyName) -> impl Iterator<Item = &StoreKey> {
        let before = self.seeds_before.as_ref().filter(|_| name == KeyName::Seeds);
        std::iter::once(self.of(name)).chain(before)
    }
}

/// What a key is called in the ledger and in words to the operator: sixteen hexadecimal digits that tell nothing of it.
pub fn key_id(name: KeyName, key: &StoreKey) -> String {
    let derived = derive(key, name, "key id");
    let id = derived.iter().take(8).fold(0, |id: u64, byte| id << 8 | u64::from(*byte));
    format!("{id:016x}")
}

/// Each column has a key of its own (RFC 5869, without salt: the input is uniform).
#[expect(
    clippy::expect_used,
    reason = "HKDF-SHA-256 gives up to 8160 bytes (RFC 5869 section 2.3)"
)]
pub fn derive(key: &StoreKey, name: KeyName, purpose: &str) -> Zeroizing<[u8; 32]> {
    let mut derived = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(None, key.expose_secret())
        .expand_multi_info(
            &[b"kinfold-store/1 ", name.as_str().as_bytes(), b" ", purpose.as_bytes()],
            derived.as_mut(),
        )
        .expect("thirty-two bytes");
    derived
}
