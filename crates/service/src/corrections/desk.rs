//! Saying what is wrong, hearing it, and having dealt with it.

use std::sync::Arc;

use jiff::Timestamp;
use kinfold_agreement::Question;
use kinfold_domain::{AgencyId, Categories, Category, EmployeeId, EntryId, Purpose, Role};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::{
    agreements::Agreements,
    attendances::ListError,
    caller::Caller,
    journal::Journal,
    ports::{Clock, CorrectionStore, Entropy},
    records::{Asker, Correction, Entry, Wrong},
    register::Register,
};

/// What somebody says is wrong, as the custodian's work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeardCorrection {
    /// What they say.
    pub correction: Correction,
    /// When this node heard it.
    pub heard: Timestamp,
    /// Who has dealt with it, and when.
    pub settled: Option<(EmployeeId, Timestamp)>,
}

/// What corrections need.
pub struct CorrectionsParts {
    /// Why the custodian looks at them.
    pub purpose: Purpose,
    /// This agency's own register, where it keeps one.
    pub register: Option<Arc<Register>>,
    /// The agreement.
    pub agreements: Arc<Agreements>,
    /// Where they are kept.
    pub store: Arc<dyn CorrectionStore>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
}

/// Corrections of registers.
pub struct Corrections {
    pub(super) parts: CorrectionsParts,
    /// One change at a time.
    changing: Mutex<()>,
}

impl Corrections {
    /// Over these parts.
    pub fn new(parts: CorrectionsParts) -> Self {
        Self { parts, changing: Mutex::default() }
    }

    /// An employee says what is wrong about an entry that they were shown. The ledger is the outbox to its owner.
    pub async fn say(
        &self,
        caller: &Caller,
        (owner, entry): (&AgencyId, &EntryId),
        (wrong, purpose): (Wrong, &Purpose),
    ) -> Result<(), ListError> {
        let parts = &self.parts;
        let at = parts.clock.now();
        let (employee, agreement) = (caller.employee(), parts.agreements.in_force(at)?);
        let wanted = Categories::from([Category::Register]);
        let decision = agreement.decide(&Question {
            requester: &employee.agency,
            owner,
            role: &employee.role,
            purpose,
            wanted: &wanted,
            now: at,
        });
        if let Some((_, why)) = decision.refused().next() {
            return Err(ListError::Refused(why.to_string()));
        }
        let correction = Correction {
            id: parts.entropy.uuid(at),
            at,
            by: Asker::from(employee),
            owner: owner.clone(),
            register_entry: entry.clone(),
            wrong,
        };
        parts.journal.record(Entry::Correction(Box::new(correction.clone()))).await?;
        if owner == parts.agreements.own() {
            self.hear(correction).await?;
        }
        Ok(())
    }

    /// Takes over what somebody says; the same word twice is one word.
    pub(crate) async fn hear(&self, correction: Correction) -> Result<(), ListError> {
        let parts = &self.parts;
        if parts.register.is_none() || correction.owner != *parts.agreements.own() {
            return Ok(());
        }
        let _changing = self.changing.lock().await;
        if parts.store.correction(correction.id).await?.is_some() {
            return Ok(());
        }
        let heard = parts.clock.now();
        let entry = Entry::CorrectionHeard { at: heard, correction: Box::new(correction.clone()) };
        parts.journal.record(entry).await?;
        Ok(parts
            .store
            .put_correction(&HeardCorrection { correction, heard, settled: None })
            .await?)
    }

    /// The custodian has dealt with one.
    pub async fn settle(&self, caller: &Caller, id: Uuid) -> Result<(), ListError> {
        let parts = &self.parts;
        if caller.employee().role.as_str() != Role::REGISTER_CUSTODIAN {
            return Err(ListError::Refused(
                "Corrections are the register custodian's work.".to_owned(),
            ));
        }
        let _changing = self.changing.lock().await;
        let known = parts.store.correction(id).await?;
        let mut known = known.ok_or(ListError::Unknown)?;
        if known.settled.is_some() {
            return Ok(());
        }
        let (at, by) = (parts.clock.now(), caller.employee().id);
        parts.journal.record(Entry::CorrectionSettled { at, correction: id, by }).await?;
        known.settled = Some((by, at));
        Ok(parts.store.put_correction(&known).await?)
    }
}
