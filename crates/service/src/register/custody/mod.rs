//! The custodian's work: finding entries, changing them by hand, and deciding where register and case system differ.

mod alter;
mod change;
mod decide;
mod discussions;
mod due;
mod hand_over;
mod hand_overs;
mod handing;
mod import;
mod look;
mod plan;
mod rung;
mod shown;
mod take_over;

pub use alter::ToChange;
pub use change::{Change, ChangeError, NewEntry};
pub use decide::Decision;
pub use discussions::{DiscussionEnd, DiscussionLine, DiscussionList, NewDiscussion};
pub use hand_over::{PlannedHandOver, ToHandOver};
pub use hand_overs::{HandOverLine, HandOverList, OpenedHandOver};
pub use import::{
    Corrupt, Extract, ExtractTerms, FileCode, ImportReport, ImportRow, LONGEST_FILE, PlanType,
    RowAnswer, RowCode, read_import,
};
pub use shown::{
    DueLine, DueList, Found, HistoryLine, Opened, Overview, Planned, PlannedStep, QueueLine,
    WorkQueue,
};

use std::sync::Arc;

use jiff::Timestamp;
use kinfold_agreement::{Decision as Ruled, InForce, Question};
use kinfold_domain::{
    AskId, Categories, Category, EntryId, Purpose, RegisterPhones, Role, Subject,
};
use kinfold_ledger::Receipt;

use super::{FeedError, HandOverError, HandOvers, NotNow, RegisterFeed};
use crate::{
    Permit,
    agreements::{Agreements, NoAgreement},
    caller::Caller,
    journal::JournalError,
    permit::{Evidence, granted},
    pooled_view::SealedDeskTerms,
    ports::{DiscussionStore, Entropy, PortError},
    records::{AskKind, Asker, Entry, Intent, Refusal},
};

/// What the work on the register is for, as agreements name it.
const PURPOSE: &str = "child-protection-enquiry";

/// What a custodian sees of an entry, where the agreement lets them.
const WANTED: [Category; 6] = [
    Category::Existence,
    Category::Register,
    Category::Contact,
    Category::Address,
    Category::Household,
    Category::Involvement,
];

/// Why a custodian's work was not done.
#[derive(Debug, thiserror::Error)]
pub enum CustodyError {
    /// Nothing flows at all.
    #[error(transparent)]
    NoAgreement(#[from] NoAgreement),
    /// Another role, or the agreement does not allow it; recorded.
    #[error("{0}")]
    Refused(String),
    /// There is no such entry, or no such difference any more.
    #[error("the register has nothing under this reference")]
    NotFound,
    /// The change can't be made.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// The ledger can't be written: nothing changes.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The change could not be kept, or the case system could not be read anew.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] PortError),
}

impl From<HandOverError> for CustodyError {
    fn from(error: HandOverError) -> Self {
        match error {
            HandOverError::Ledger(error) => Self::Ledger(error),
            HandOverError::Feed(error) => Self::Feed(error),
            HandOverError::Store(error) => Self::Store(error),
        }
    }
}

impl From<NotNow> for CustodyError {
    fn from(error: NotNow) -> Self {
        Self::Change(error.into())
    }
}

/// What the work is done with.
pub struct CustodyParts {
    /// The register's feed: it makes all changes.
    pub feed: Arc<RegisterFeed>,
    /// The agreement.
    pub agreements: Arc<Agreements>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// Whom to ring about a sealed child.
    pub sealed_desk: SealedDeskTerms,
    /// Whom to ring at the council, for entries made by hand.
    pub phones: RegisterPhones,
    /// Children handed over to other councils and from them.
    pub hand_overs: Arc<HandOvers>,
    /// Where strategy discussions are kept.
    pub discussions: Arc<dyn DiscussionStore>,
}

/// The custodian's work on this agency's own register.
pub struct Custodian {
    parts: CustodyParts,
}

/// One piece of work that was allowed and recorded.
struct Work<'a> {
    ask: AskId,
    at: Timestamp,
    caller: &'a Caller,
    purpose: Purpose,
    permit: Permit,
}

/// One that was allowed and is still to be recorded.
struct Allowed<'a> {
    ask: AskId,
    at: Timestamp,
    caller: &'a Caller,
    purpose: Purpose,
    agreement: Arc<InForce>,
    ruled: Ruled,
}

impl Custodian {
    /// Over these parts.
    pub const fn new(parts: CustodyParts) -> Self {
        Self { parts }
    }

    /// Whether an employee does this work.
    pub fn is_for(role: &Role) -> bool {
        role.as_str() == Role::REGISTER_CUSTODIAN
    }

    /// Decides; a refusal is recorded.
    async fn allow<'a>(
        &self,
        caller: &'a Caller,
        subject: &Subject,
    ) -> Result<Allowed<'a>, CustodyError> {
        let at = self.parts.feed.now();
        let ask = AskId(self.parts.entropy.uuid(at));
        let employee = caller.employee();
        let purpose: Purpose =
            PURPOSE.parse().map_err(|_| CustodyError::Refused("no such purpose".to_owned()))?;
        let outcome = self.rule(caller, &purpose, at);
        match outcome {
            Ok((agreement, ruled)) => Ok(Allowed { ask, at, caller, purpose, agreement, ruled }),
            Err(error) => {
                let refusal = Refusal {
                    ask,
                    at,
                    kind: AskKind::RegisterWork,
                    asker: Some(Asker::from(employee)),
                    agency: employee.agency.clone(),
                    purpose: Some(purpose),
                    subject: Some(subject.clone()),
                    reason: error.to_string(),
                };
                self.record(Entry::Refusal(Box::new(refusal))).await?;
                Err(error)
            }
        }
    }

    fn rule(
        &self,
        caller: &Caller,
        purpose: &Purpose,
        now: Timestamp,
    ) -> Result<(Arc<InForce>, Ruled), CustodyError> {
        let employee = caller.employee();
        if !Self::is_for(&employee.role) {
            let why = "the register is kept by its custodians alone";
            return Err(CustodyError::Refused(why.to_owned()));
        }
        let agreement = self.parts.agreements.in_force(now)?;
        let wanted: Categories = WANTED.into_iter().collect();
        let ruled = agreement.decide(&Question {
            requester: &employee.agency,
            owner: self.parts.agreements.own(),
            role: &employee.role,
            purpose,
            wanted: &wanted,
            now,
        });
        if ruled.permits(Category::Register) {
            return Ok((agreement, ruled));
        }
        let why = ruled.refused().find(|(category, _)| *category == Category::Register);
        let why = why.map_or_else(String::new, |(_, why)| why.to_string());
        Err(CustodyError::Refused(why))
    }

    /// Decides and records that somebody is about to look.
    async fn begin<'a>(
        &self,
        caller: &'a Caller,
        subject: Subject,
    ) -> Result<Work<'a>, CustodyError> {
        let allowed = self.allow(caller, &subject).await?;
        let own = self.parts.agreements.own().clone();
        let intent = Intent {
            ask: allowed.ask,
            at: allowed.at,
            kind: AskKind::RegisterWork,
            asker: Asker::from(caller.employee()),
            purpose: allowed.purpose.clone(),
            subject,
            agreement: allowed.agreement.agreement().digest().to_string(),
            granted: [(own, granted(&allowed.ruled))].into(),
            glass: None,
        };
        self.recorded(allowed, Entry::Intent(Box::new(intent))).await
    }

    /// Records an allowed piece of work under this entry; only then may anything be read or changed.
    async fn recorded<'a>(
        &self,
        allowed: Allowed<'a>,
        entry: Entry,
    ) -> Result<Work<'a>, CustodyError> {
        self.recorded_with(allowed, entry).await.map(|(work, _)| work)
    }

    async fn recorded_with<'a>(
        &self,
        allowed: Allowed<'a>,
        entry: Entry,
    ) -> Result<(Work<'a>, Arc<Receipt>), CustodyError> {
        let receipt = Arc::new(self.parts.feed.journal.record(entry).await?);
        let Allowed { ask, at, caller, purpose, ruled, .. } = allowed;
        let permit = Permit::new(&ruled, Evidence::Recorded(Arc::clone(&receipt)))
            .ok_or_else(|| CustodyError::Refused("the agreement does not permit it".to_owned()))?;
        Ok((Work { ask, at, caller, purpose, permit }, receipt))
    }

    async fn record(&self, entry: Entry) -> Result<(), JournalError> {
        self.parts.feed.journal.record(entry).await.map(drop)
    }

    /// A reference for an entry made by hand, which no case system gives.
    fn reference(&self, at: Timestamp) -> Result<EntryId, CustodyError> {
        let id = format!("hand-{}", self.parts.entropy.uuid(at).simple());
        id.parse().map_err(|_| CustodyError::NotFound)
    }
}
