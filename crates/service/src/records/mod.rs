//! What the ledger's entries say. Entries are appended, never updated: an outcome is a second entry with the same ask.

mod amending;
mod discussion;
mod entry;
mod glass;
mod hand_over;
mod telling;

pub use amending::Amending;
pub use discussion::{DiscussionId, DiscussionStep, DiscussionWord};
pub use entry::Entry;
pub use glass::{BrokenGlass, Finding, GlassReview, Statement, StatementError};
pub use hand_over::{HandOverId, HandOverStep, Offered, Said, Stay};
pub use telling::{AlarmChanged, NotificationStep};

use std::collections::BTreeMap;

use jiff::Timestamp;
use kinfold_domain::{
    AgencyId, AskId, Categories, Category, Employee, EmployeeId, EntryId, NhsNumber, PersonId,
    Personal, Purpose, Role, Subject, UserName,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who asks: a named employee of an agency, as both agencies' ledgers and pages name them.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Asker {
    /// The agency.
    pub agency: AgencyId,
    /// The employee's identity within that agency's node.
    pub employee: EmployeeId,
    /// Sign-in name.
    pub user_name: UserName,
    /// The person's name.
    pub name: Personal<String>,
    /// Job title.
    pub job_title: String,
    /// Role under the agreement.
    pub role: Role,
}

impl Asker {
    /// Whether both are one person: an identity is its own agency's.
    pub fn is(&self, other: &Self) -> bool {
        self.agency == other.agency && self.employee == other.employee
    }
}

impl From<&Employee> for Asker {
    fn from(employee: &Employee) -> Self {
        Self {
            agency: employee.agency.clone(),
            employee: employee.id,
            user_name: employee.user_name.clone(),
            name: employee.name.clone(),
            job_title: employee.job_title.clone(),
            role: employee.role.clone(),
        }
    }
}

/// What kind of look an ask is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AskKind {
    /// A check of the registers.
    Check,
    /// A pooled view.
    PooledView,
    /// A pooled view for which the glass was broken.
    BreakGlass,
    /// Who looked at a child.
    WhoLooked,
    /// The asker's own recent look-ups.
    OwnLooks,
    /// The custodian's work on the register.
    RegisterWork,
    /// Everybody who is in the department.
    Board,
    /// Attendances of this agency's children at its partners.
    Attendances,
    /// What others say is wrong on the register.
    Corrections,
    /// Where a child attended before and who looked at it, beside an answer.
    History,
    /// Whom of this agency's own people a system means.
    IdentityMatch,
}

/// Permitted categories with the clauses that permit them, by the agency whose data it is.
pub type Grants = BTreeMap<AgencyId, BTreeMap<Category, Vec<String>>>;

/// An employee is about to look. Durable before anything is searched, asked or shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    /// The ask.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// What kind of look.
    pub kind: AskKind,
    /// Who asks.
    pub asker: Asker,
    /// Why.
    pub purpose: Purpose,
    /// About whom, as typed or chosen.
    pub subject: Subject,
    /// The agreement's digest.
    pub agreement: String,
    /// What was decided.
    pub granted: Grants,
    /// Where the glass is broken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub glass: Option<BrokenGlass>,
}

/// Somebody was refused, by this agency or by a partner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// The ask.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// What kind of look.
    pub kind: AskKind,
    /// Who asked, where that could be established.
    pub asker: Option<Asker>,
    /// The asker's agency, or whom the connection belonged to.
    pub agency: AgencyId,
    /// Why they asked.
    pub purpose: Option<Purpose>,
    /// About whom.
    pub subject: Option<Subject>,
    /// Why it was refused, as it stood on the screen.
    pub reason: String,
}

/// What identifies the child of a look, for finding it again.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// NHS numbers of the records that were matched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nhs_numbers: Vec<NhsNumber>,
    /// Records of this agency's own sources.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<PersonId>,
    /// Entries of registers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<(AgencyId, EntryId)>,
    /// Children as they stood on a list of several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<Subject>,
}

impl About {
    /// Whether it names nobody and nothing.
    pub fn is_nobody(&self) -> bool {
        *self == Self::default()
    }
}

/// Records of one category that a source holds and could not hand on.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unread {
    /// Records that could not be read at all.
    pub missing: u32,
    /// Records of which a part could not be read.
    pub incomplete: u32,
}

/// What a source holds and could not hand on, by category.
pub type Unreadable = BTreeMap<Category, Unread>;

/// How one source answered, in numbers only.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceOutcome {
    /// Whose source.
    pub agency: AgencyId,
    /// The source's name.
    pub system: String,
    /// Facts that it gave; `None` when it failed or refused.
    pub facts: Option<u32>,
    /// Why it gave none, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// How long it took, in microseconds, where it was asked live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_us: Option<u32>,
    /// What it holds about the child and could not hand on: its facts are not all there is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unread: Unreadable,
}

/// What an employee is about to be shown, to the last fact. Durable before the page is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// The ask.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// What kind of look.
    pub kind: AskKind,
    /// To whom.
    pub asker: Asker,
    /// Why.
    pub purpose: Purpose,
    /// The kind of answer: `on-register`, `pooled-view`.
    pub answer: String,
    /// What identifies the child.
    pub about: About,
    /// Categories that were shown, by agency.
    pub shown: BTreeMap<AgencyId, Categories>,
    /// SHA-256 of the canonical JSON of what was shown.
    pub digest: String,
    /// How each source answered.
    pub sources: Vec<SourceOutcome>,
    /// Partners' checkpoints and the places of their disclosures, as proved to this node.
    pub partner_proofs: BTreeMap<AgencyId, ProvenPlace>,
}

/// A place in a partner's ledger that was proved to this node.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct ProvenPlace {
    /// The entry's index.
    pub index: u64,
    /// The size of the tree whose checkpoint was verified.
    pub size: u64,
    /// Its root, hex.
    pub root: String,
}

/// This agency tells a partner's employee. Durable before the answer leaves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Disclosure {
    /// The ask.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// What kind of look.
    pub kind: AskKind,
    /// Who asks, as the partner's signed message names them.
    pub asker: Asker,
    /// Why.
    pub purpose: Purpose,
    /// About whom, as asked.
    pub subject: Subject,
    /// The agreement's digest.
    pub agreement: String,
    /// What this agency granted, with clauses.
    pub granted: BTreeMap<Category, Vec<String>>,
    /// Whom that is here.
    pub about: About,
    /// SHA-256 of the canonical JSON of what was told.
    pub digest: String,
    /// How each source answered.
    pub sources: Vec<SourceOutcome>,
    /// The requester's intent, proved to be in its ledger.
    pub intent: ProvenPlace,
    /// The child's key worker is told of it, though the child may not attend.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub notifies: bool,
    /// Where the glass was broken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub glass: Option<BrokenGlass>,
}

/// A partner's employee read this agency's register from the partner's replica; told by the partner's outbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReplicaLook {
    /// The ask.
    pub ask: AskId,
    /// When it was shown there.
    pub at: Timestamp,
    /// Who asked.
    pub asker: Asker,
    /// Why.
    pub purpose: Purpose,
    /// The kind of answer.
    pub answer: String,
    /// The entries of this register that were shown.
    pub entries: Vec<EntryId>,
    /// The children's key workers are told of it, though no child may attend.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub notifies: bool,
}

/// What an employee says is wrong about an entry of a register, in one tap.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wrong {
    /// A telephone number does not reach whom it should.
    Number,
    /// The worker is no longer, or was never, this child's.
    Worker,
    /// The entry is another child's than the one in front of them.
    Child,
}

/// An employee says that an entry of a register is wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// Identity, the same in both agencies' ledgers.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// Who says it.
    pub by: Asker,
    /// Whose register.
    pub owner: AgencyId,
    /// Which entry of it.
    pub register_entry: EntryId,
    /// What is wrong.
    pub wrong: Wrong,
}

/// A good part of this agency's register vanished from its case system, and an employee says that it has ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Confirmation {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub employee: EmployeeId,
    /// In which role.
    pub role: Role,
    /// How many entries.
    pub gone: u64,
    /// Of how many in force.
    pub of: u64,
    /// Which reading of the case system it counts for.
    pub reading: String,
    /// Why, in their words.
    pub reason: String,
}
