//! Every sealed column with its key, and the keyed digests that a source's identifier and an identity provider's subject are found by.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use kinfold_service::ports::Entropy;
use sha2::Sha256;

use crate::seal::ColumnSeal;
use kinfold_store::{KeyName, StoreKeys, derive};

/// What seals and opens each column, save those under the key `seeds` ([`crate::seeds`]).
pub(crate) struct Columns {
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) session_place: ColumnSeal,
    pub(crate) person: ColumnSeal,
    pub(crate) rejected: ColumnSeal,
    pub(crate) cursor: ColumnSeal,
    pub(crate) change: ColumnSeal,
    pub(crate) head: ColumnSeal,
    pub(crate) amendment: ColumnSeal,
    pub(crate) message: ColumnSeal,
    pub(crate) work_item: ColumnSeal,
    pub(crate) notification: ColumnSeal,
    pub(crate) identity_link: ColumnSeal,
    subject: Hmac<Sha256>,
    record: Hmac<Sha256>,
}

impl Columns {
    pub(crate) fn new(keys: &StoreKeys, entropy: Arc<dyn Entropy>) -> Self {
        let people = |column| ColumnSeal::new(&keys.people, KeyName::People, column);
        let register = |column| ColumnSeal::new(&keys.register, KeyName::Register, column);
        Self {
            entropy,
            session_place: people("session.place"),
            person: people("person.sealed"),
            rejected: people("rejected.sealed"),
            cursor: people("source_progress.sealed_cursor"),
            change: register("register_change.sealed"),
            head: register("register_head.sealed"),
            amendment: register("amendment.sealed"),
            message: people("message.sealed"),
            work_item: people("work_item.sealed"),
            notification: people("notification.sealed"),
            identity_link: people("identity_link.sealed"),
            subject: keyed(keys, "identity_link.subject_key"),
            record: keyed(keys, "person.record_key"),
        }
    }

    /// What stands in the database for a source's own identifier: HMAC-SHA-256 over source and identifier.
    pub(crate) fn record_key(&self, source: &str, record: &str) -> [u8; 32] {
        digest(self.record.clone(), source, record)
    }

    /// What stands in the database for who somebody is at an identity provider: the same over issuer and subject.
    pub(crate) fn subject_key(&self, issuer: &str, subject: &str) -> [u8; 32] {
        digest(self.subject.clone(), issuer, subject)
    }
}

fn digest(mut mac: Hmac<Sha256>, of: &str, identifier: &str) -> [u8; 32] {
    mac.update(&(of.len() as u64).to_be_bytes());
    mac.update(of.as_bytes());
    mac.update(identifier.as_bytes());
    mac.finalize().into_bytes().into()
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104 section 2)")]
fn keyed(keys: &StoreKeys, purpose: &str) -> Hmac<Sha256> {
    let key = derive(keys.of(KeyName::People), KeyName::People, purpose);
    Hmac::new_from_slice(key.as_slice()).expect("HMAC takes a key of any length")
}
