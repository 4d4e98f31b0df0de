//! An attendance: the child actually present in the department. A check is not an attendance.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kinfold_domain::{AgencyId, AskId, EntryId, Personal, Subject};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::steps::{Acknowledged, AttendanceStep, StepKind};
use crate::{ports::Mark, records::Asker};

/// One attendance, under the same identity in both agencies' ledgers.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttendanceId(pub Uuid);

/// Where the child is, as far as the hospital's system says.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Whereabouts {
    /// In the department, or in the hospital.
    Present,
    /// The visit ended.
    Left {
        /// When.
        at: Timestamp,
    },
    /// The arrival was entered in error.
    Cancelled {
        /// When that was said.
        at: Timestamp,
    },
}

/// What a nurse records of an attendance, in one tap.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The child was seen.
    Seen,
    /// The child left before being seen.
    LeftUnseen,
    /// The child was referred to the council's children's service.
    Referred,
    /// Another child was meant.
    InError,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Seen, Self::LeftUnseen, Self::Referred, Self::InError];

    /// Its name in forms and ledgers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::LeftUnseen => "left-unseen",
            Self::Referred => "referred",
            Self::InError => "in-error",
        }
    }
}

/// An outcome with who recorded it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// What.
    pub outcome: Outcome,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Asker,
}

/// What the node's own check of an arrival came to. Shown to nobody: who looks at the board asks anew, in their own name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttendanceCheck {
    /// The check.
    pub ask: AskId,
    /// When it was answered.
    pub at: Timestamp,
    /// The kind of answer: `on-register`.
    pub answer: String,
    /// The entries that it found.
    pub entries: Vec<(AgencyId, EntryId)>,
    /// The child is sealed: nobody is told where it is.
    pub sealed: bool,
    /// The number of changes of the registers that were searched: when they grow, it is checked again.
    pub changes: u64,
}

/// One attendance as it stands. About a person: sealed at rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attendance {
    /// Identity.
    pub id: AttendanceId,
    /// The sender's name as the configuration gives it; `None` when a nurse recorded it by hand.
    pub sender: Option<String>,
    /// The hospital's number of the patient.
    pub patient: Personal<String>,
    /// The hospital's number of the visit.
    pub visit: Option<Personal<String>>,
    /// Who it is, as the hospital knows them.
    pub subject: Subject,
    /// Said to be pregnant: the registers may hold a plan for the unborn child.
    pub pregnant: bool,
    /// Department or ward.
    pub place: Option<String>,
    /// When the child arrived.
    pub arrived: Timestamp,
    /// When this node learnt of it.
    pub heard: Timestamp,
    /// Where the child is.
    pub whereabouts: Whereabouts,
    /// The node's own check; `None` while none was answered.
    pub check: Option<AttendanceCheck>,
    /// When the first check was answered.
    pub first_checked: Option<Timestamp>,
    /// Why the last try to check failed.
    pub failure: Option<String>,
    /// What a nurse recorded last.
    pub recorded: Option<Recorded>,
    /// The number of steps that the ledger has of it.
    pub steps: u32,
    /// Owners of registers who were told of it, with the entries that concern them.
    pub told: Vec<(AgencyId, Vec<EntryId>)>,
    /// Owners of registers who were ever told of it: they may answer for it though it turned out not to concern them.
    #[serde(default)]
    pub ever_told: BTreeSet<AgencyId>,
    /// Who acknowledged it at a register's owner.
    pub acknowledged: Vec<Acknowledged>,
}

impl Attendance {
    /// Whether it stands on the board: until the child has left, and until somebody said what became of a child on a register, or of one
    /// who was not checked yet.
    pub fn is_open(&self) -> bool {
        match self.whereabouts {
            Whereabouts::Present => !self.is_closed_by_hand(),
            Whereabouts::Cancelled { .. } => false,
            Whereabouts::Left { .. } => {
                let may_concern = self.check.is_none() || self.concerns_a_register();
                may_concern && self.recorded.is_none()
            }
        }
    }

    /// Whether the node's check found entries of a register.
    pub fn concerns_a_register(&self) -> bool {
        self.check.as_ref().is_some_and(|check| !check.entries.is_empty())
    }

    /// What it is found by: the child's number, name with date of birth, and the entries of registers that concern it.
    pub fn marks(&self) -> Vec<Mark> {
        let number = self.subject.nhs_number.map(Mark::number);
        let named = self.subject.name.as_ref().zip(self.subject.birth_date);
        let named = named.map(|(name, born)| Mark::named(name, born));
        let checked = self.check.iter().flat_map(|check| &check.entries);
        let checked = checked.map(|(owner, entry)| Mark::entry(owner, entry));
        let told = self.told.iter().flat_map(|(owner, entries)| {
            entries.iter().map(move |entry| Mark::entry(owner, entry))
        });
        let mut marks: Vec<Mark> =
            number.into_iter().chain(named).chain(checked).chain(told).collect();
        marks.sort_unstable();
        marks.dedup();
        marks
    }

    /// Its next step. Where a sealed child is, nobody is told.
    pub(super) fn step(
        &mut self,
        what: StepKind,
        at: Timestamp,
        by: Asker,
        concerns: BTreeMap<AgencyId, Vec<EntryId>>,
    ) -> AttendanceStep {
        let number = self.steps;
        self.steps += 1;
        self.ever_told.extend(concerns.keys().cloned());
        let sealed = self.check.as_ref().is_some_and(|check| check.sealed);
        AttendanceStep {
            attendance: self.id,
            number,
            at,
            what,
            arrived: self.arrived,
            place: self.place.clone().filter(|_| !sealed),
            by,
            concerns,
        }
    }

    /// A nurse's word ends it where no hospital's message will.
    fn is_closed_by_hand(&self) -> bool {
        self.recorded.as_ref().is_some_and(|recorded| {
            matches!(recorded.outcome, Outcome::LeftUnseen | Outcome::InError)
                || self.sender.is_none()
        })
    }
}
