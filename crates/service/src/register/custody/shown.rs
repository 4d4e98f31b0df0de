//! What a custodian is shown.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kinfold_domain::{
    AskId, Categories, Category, ChangeKind, Confirmed, Detail, Due, EntryId, PersonName, Personal,
    RegisterEntry, RegisterStatus, Subject,
};
use serde::Serialize;

use super::{Custodian, CustodyError, Work};
use crate::{
    Release,
    ports::{Amendment, RowToMend},
    records::{About, AskKind, Asker, HandOverId, Shown},
    register::{Side, Vanished},
};

/// How the register stands, and what work waits. Names nobody.
#[derive(Clone, Debug, Serialize)]
pub struct Overview {
    /// The ask.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// How sure the register is.
    pub confirmed: Confirmed,
    /// Why the case system could not be read, if it could not.
    pub failure: Option<String>,
    /// Entries in force, and recently ended ones.
    pub standing: (usize, usize),
    /// Differences that wait for a decision, and those that were looked at and wait for their day.
    pub differences: (usize, usize),
    /// What is overdue, and what is due within thirty days.
    pub due: (usize, usize),
    /// Children handed over to this council that wait for its answer, and hand-overs that somebody has to look at.
    pub handed: (usize, usize),
    /// The last year whose bank holidays are known, where this year is that one: the program must be updated.
    pub holidays_end: Option<i16>,
    /// Rows of the case system's register that can't be read.
    pub unread: u64,
    /// Rows of the last file that were not loaded.
    pub from_file: u64,
    /// Entries that vanished at once, too many to believe.
    pub vanished: Option<Vanished>,
}

/// One thing that is due.
#[derive(Clone, Debug, Serialize)]
pub struct DueLine {
    /// Of which entry of the own register, where it is of one.
    pub entry: Option<EntryId>,
    /// Of a strategy discussion.
    pub discussion: bool,
    /// Of which hand-over, on which side, and with which council, where it is of one.
    pub hand_over: Option<(HandOverId, Side, String)>,
    /// The child's name, where it may be shown.
    pub name: Option<PersonName>,
    /// Why the child is on the register.
    pub status: Option<RegisterStatus>,
    /// What, and when.
    pub due: Due,
}

/// What is due.
#[derive(Clone, Debug, Serialize)]
pub struct DueList {
    /// The ask.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// Overdue first, then by day, for thirty days to come; at most two hundred.
    pub lines: Vec<DueLine>,
    /// How many more there are.
    pub more: usize,
}

/// Entries that may be meant.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// The ask.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// The entries, the likeliest first.
    pub entries: Vec<RegisterEntry>,
}

/// One change of an entry.
#[derive(Clone, Debug, Serialize)]
pub struct HistoryLine {
    /// What happened.
    pub kind: ChangeKind,
    /// When.
    pub at: Timestamp,
    /// Who or what did it.
    pub by: String,
    /// Why, where somebody did it by hand.
    pub reason: Option<Personal<String>>,
    /// Details before and after.
    pub details: Vec<(Detail, Detail)>,
}

/// One entry with its history and what stands over it.
#[derive(Clone, Debug, Serialize)]
pub struct Opened {
    /// The ask.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// The entry as it stands.
    pub entry: RegisterEntry,
    /// Its changes, the newest first.
    pub history: Vec<HistoryLine>,
    /// What stands by hand.
    pub amendments: Vec<Amendment>,
}

/// A change before it is made.
#[derive(Clone, Debug, Serialize)]
pub struct Planned {
    /// The ask.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// What is to happen, in this order.
    pub steps: Vec<PlannedStep>,
    /// Other entries that may be this child's, for an entry that is added.
    pub alike: Vec<RegisterEntry>,
}

/// What is to happen to one entry.
#[derive(Clone, Debug, Serialize)]
pub struct PlannedStep {
    /// What.
    pub kind: ChangeKind,
    /// As it stands; `None` for a new one.
    pub before: Option<RegisterEntry>,
    /// As it is to stand.
    pub after: RegisterEntry,
}

/// One difference between the register and the case system.
#[derive(Clone, Debug, Serialize)]
pub struct QueueLine {
    /// What stands by hand, what the case system says instead, since when, and whose work it is.
    pub amendment: Amendment,
    /// The child's name.
    pub name: PersonName,
    /// Why the child is on the register.
    pub status: RegisterStatus,
}

/// Where register and case system differ.
#[derive(Clone, Debug, Serialize)]
pub struct WorkQueue {
    /// The ask.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// Those that wait for a decision, the oldest first.
    pub due: Vec<QueueLine>,
    /// Those that were looked at and stay, by the day on which to look again.
    pub later: Vec<QueueLine>,
    /// Rows of the case system that can't be read.
    pub unread: Vec<RowToMend>,
    /// How many of those there are in all.
    pub unread_in_all: u64,
    /// Rows of the last file that were not loaded.
    pub from_file: Vec<RowToMend>,
    /// How many of those there are in all.
    pub from_file_in_all: u64,
}

impl Custodian {
    /// Records what is about to be shown, and releases it.
    pub(super) async fn release<T: Serialize>(
        &self,
        work: &Work<'_>,
        content: T,
        entries: impl Iterator<Item = &EntryId>,
    ) -> Result<Release<T>, CustodyError> {
        self.release_about(work, content, (entries, Vec::new())).await
    }

    /// The same where it is about children who may not be on the register.
    pub(super) async fn release_about<T: Serialize>(
        &self,
        work: &Work<'_>,
        content: T,
        (entries, subjects): (impl Iterator<Item = &EntryId>, Vec<Subject>),
    ) -> Result<Release<T>, CustodyError> {
        let own = self.parts.agreements.own();
        let entries = entries.map(|entry| (own.clone(), entry.clone()));
        let about = About { entries: entries.collect(), subjects, ..About::default() };
        let categories: Categories = if about.entries.is_empty() {
            [Category::Register].into()
        } else {
            work.permit.categories()
        };
        let shown = Shown {
            ask: work.ask,
            at: work.at,
            kind: AskKind::RegisterWork,
            asker: Asker::from(work.caller.employee()),
            purpose: work.purpose.clone(),
            answer: "register-work".to_owned(),
            about,
            shown: [(own.clone(), categories)].into(),
            digest: String::new(),
            sources: Vec::new(),
            partner_proofs: BTreeMap::new(),
        };
        Ok(Release::record(&self.parts.feed.journal, content, shown).await?)
    }
}
