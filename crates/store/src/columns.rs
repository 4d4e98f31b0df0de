//! Every sealed column with its key, and the keyed digest that a source's identifier is found by.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use kinfold_service::ports::Entropy;
use sha2::Sha256;

use crate::keys::{KeyName, StoreKeys};
use crate::seal::ColumnSeal;

/// What seals and opens each column.
pub(crate) struct Columns {
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) account: ColumnSeal,
    pub(crate) token_seed: ColumnSeal,
    pub(crate) person: ColumnSeal,
    pub(crate) rejected: ColumnSeal,
    pub(crate) cursor: ColumnSeal,
    pub(crate) change: ColumnSeal,
    pub(crate) head: ColumnSeal,
    pub(crate) amendment: ColumnSeal,
    pub(crate) message: ColumnSeal,
    pub(crate) work_item: ColumnSeal,
    pub(crate) notification: ColumnSeal,
    record: Hmac<Sha256>,
}

impl Columns {
    pub(crate) fn new(keys: &StoreKeys, entropy: Arc<dyn Entropy>) -> Self {
        let people = |column| ColumnSeal::new(keys, KeyName::People, column);
        let register = |column| ColumnSeal::new(keys, KeyName::Register, column);
        let seeds = |column| ColumnSeal::new(keys, KeyName::Seeds, column);
        Self {
            entropy,
            account: seeds("account.sealed"),
            token_seed: seeds("token.seed"),
            person: people("person.sealed"),
            rejected: people("rejected.sealed"),
            cursor: people("source_progress.sealed_cursor"),
            change: register("register_change.sealed"),
            head: register("register_head.sealed"),
            amendment: register("amendment.sealed"),
            message: people("message.sealed"),
            work_item: people("work_item.sealed"),
            notification: people("notification.sealed"),
            record: record_mac(keys),
        }
    }

    /// What stands in the database for a source's own identifier: HMAC-SHA-256 over source and identifier.
    pub(crate) fn record_key(&self, source: &str, record: &str) -> [u8; 32] {
        let mut mac = self.record.clone();
        mac.update(&(source.len() as u64).to_be_bytes());
        mac.update(source.as_bytes());
        mac.update(record.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104 section 2)")]
fn record_mac(keys: &StoreKeys) -> Hmac<Sha256> {
    let key = keys.derive(KeyName::People, "person.record_key");
    Hmac::new_from_slice(key.as_slice()).expect("HMAC takes a key of any length")
}
