//! What the key `seeds` seals: accounts, tokens' seeds, passkeys, emergency codes. While the key is replaced there are two of them:
//! everything is sealed under the newer one, and what is older opens with the one before it.

use kinfold_service::ports::Entropy;
use kinfold_store::{KeyName, StoreKey};
use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::seal::{ColumnSeal, SealError};

/// The column of the known texts by which keys are known again.
pub(crate) const MARK: &str = "store_key.sealed";

/// Every column under the key `seeds`.
pub(crate) struct SeedSeals {
    pub(crate) account: ReplacedSeal,
    pub(crate) token_seed: ReplacedSeal,
    pub(crate) passkey: ReplacedSeal,
    pub(crate) emergency: ReplacedSeal,
    /// The known text by which the key is known again.
    pub(crate) mark: ReplacedSeal,
}

impl SeedSeals {
    /// Under a key, and opening with the one before it too.
    pub(crate) fn new(key: &StoreKey, before: Option<&StoreKey>) -> Self {
        let seal = |column| {
            let of = |key| ColumnSeal::new(key, KeyName::Seeds, column);
            ReplacedSeal { now: of(key), before: before.map(of) }
        };
        Self {
            account: seal("account.sealed"),
            token_seed: seal("token.seed"),
            passkey: seal("passkey.sealed"),
            emergency: seal("emergency_sheet.sealed"),
            mark: seal(MARK),
        }
    }

    /// From now on everything is sealed under `key`.
    pub(crate) fn replace(&mut self, key: &StoreKey) {
        let Self { account, token_seed, passkey, emergency, mark } = Self::new(key, None);
        self.account.replace(account);
        self.token_seed.replace(token_seed);
        self.passkey.replace(passkey);
        self.emergency.replace(emergency);
        self.mark.replace(mark);
    }

    /// Forgets the key before: its memory is wiped.
    pub(crate) fn forget(&mut self) {
        let Self { account, token_seed, passkey, emergency, mark } = self;
        for seal in [account, token_seed, passkey, emergency, mark] {
            seal.before = None;
        }
    }

    pub(crate) const fn is_replaced(&self) -> bool {
        self.mark.before.is_some()
    }
}

/// The seal of a column whose key may be under replacement.
pub(crate) struct ReplacedSeal {
    now: ColumnSeal,
    before: Option<ColumnSeal>,
}

/// Which key a value was sealed under.
pub(crate) enum Found {
    /// The newest.
    Now,
    /// The one before: this is the value under the newest.
    Before(Vec<u8>),
    /// Neither.
    Neither,
}

impl ReplacedSeal {
    fn replace(&mut self, with: Self) {
        self.before = Some(std::mem::replace(&mut self.now, with.now));
    }

    pub(crate) fn seal(
        &self,
        entropy: &dyn Entropy,
        row: &[&[u8]],
        value: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        self.now.seal(entropy, row, value)
    }

    pub(crate) fn seal_json(
        &self,
        entropy: &dyn Entropy,
        row: &[&[u8]],
        value: &impl Serialize,
    ) -> Result<Vec<u8>, SealError> {
        self.now.seal_json(entropy, row, value)
    }

    pub(crate) fn open(
        &self,
        row: &[&[u8]],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        self.now.open(row, sealed).or_else(|closed| {
            let before = self.before.as_ref().ok_or(closed)?;
            before.open(row, sealed)
        })
    }

    pub(crate) fn open_json<T: DeserializeOwned>(
        &self,
        row: &[&[u8]],
        sealed: &[u8],
    ) -> Result<T, SealError> {
        self.now.read_json(&self.open(row, sealed)?)
    }

    /// Seals anew what the key before it sealed.
    pub(crate) fn anew(
        &self,
        entropy: &dyn Entropy,
        row: &[&[u8]],
        sealed: &[u8],
    ) -> Result<Found, SealError> {
        if self.now.open(row, sealed).is_ok() {
            return Ok(Found::Now);
        }
        let before = self.before.as_ref().and_then(|before| before.open(row, sealed).ok());
        let Some(value) = before else { return Ok(Found::Neither) };
        Ok(Found::Before(self.now.seal(entropy, row, &value)?))
    }
}
