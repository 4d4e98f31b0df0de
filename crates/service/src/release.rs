//! What may be shown: nothing leaves the use cases but inside a release.

use kinfold_ledger::Receipt;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    journal::{Journal, JournalError},
    records::{Entry, Shown},
};

/// Something that was permitted, cut down to what is permitted, and durably recorded as shown. Only this crate makes one, and only
/// from both: the types of its callers demand a permit to gather anything, and `Release::record` demands the ledger.
#[derive(Debug)]
pub struct Release<T> {
    content: T,
    receipt: Receipt,
}

impl<T> Release<T> {
    /// What may be shown.
    pub const fn content(&self) -> &T {
        &self.content
    }

    /// The place of the receipt in this node's ledger.
    pub fn index(&self) -> u64 {
        self.receipt.index()
    }
}

impl<T: Serialize> Release<T> {
    /// Records what is about to be shown, with its digest, and releases it.
    pub(crate) async fn record(
        journal: &Journal,
        content: T,
        shown: Shown,
    ) -> Result<Self, JournalError> {
        let shown = Shown { digest: digest(&content), ..shown };
        let receipt = journal.record(Entry::Receipt(Box::new(shown))).await?;
        Ok(Self { content, receipt })
    }
}

/// SHA-256, hex, of the JSON of what is shown or told.
pub(crate) fn digest<T: Serialize>(content: &T) -> String {
    let mut hasher = Sha256::new();
    // Plain data with string keys: serialising can't fail, and hashing can't either.
    let json = serde_json::to_vec(content).unwrap_or_default();
    hasher.update(&json);
    hex::encode(hasher.finalize())
}
