//! The partner protocol's messages, version 1. `docs/protocol.md` shows each with an example.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kinfold_domain::{
    AgencyId, AskId, Categories, Category, EntryId, Fact, Purpose, SealedDesk, Subject,
};
use serde::{Deserialize, Serialize};

use super::Place;
use crate::{
    department::{Acknowledged, AttendanceStep},
    history::HistoryTold,
    records::{AskKind, Asker, Correction, HandOverStep, SourceOutcome, Statement},
    register::Handed,
};

/// Asks a partner for facts about a child on behalf of a named employee.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskMessage {
    /// The ask: the same in both ledgers. Answered once.
    pub ask: AskId,
    /// When it was signed.
    pub sent_at: Timestamp,
    /// The agreement's digest: both must hold the same one.
    pub agreement: String,
    /// Who asks.
    pub asker: Asker,
    /// Why.
    pub purpose: Purpose,
    /// What is wanted.
    pub wanted: Categories,
    /// About whom.
    pub subject: Subject,
    /// The intent in the requester's ledger.
    pub intent: Place,
    /// Why the glass is broken; left out of an ordinary ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub break_glass: Option<Statement>,
}

impl AskMessage {
    /// What kind of look it is.
    pub(crate) const fn kind(&self) -> AskKind {
        if self.break_glass.is_some() { AskKind::BreakGlass } else { AskKind::PooledView }
    }
}

/// Whether the answering agency knows the child.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "known", rename_all = "kebab-case")]
pub enum Known {
    /// One certain match.
    Yes,
    /// No match.
    No,
    /// The asker may not learn whether it does.
    NotSaid,
    /// Several possible children: more detail is needed.
    Several {
        /// How many.
        count: u32,
    },
    /// Sealed: whom to ring.
    Sealed {
        /// The desk and the reference.
        desk: SealedDesk,
    },
}

/// What a partner tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// Whether it knows the child.
    pub known: Known,
    /// Facts, each of a granted category.
    pub facts: Vec<Fact>,
    /// Categories with the clauses that allow them.
    pub granted: BTreeMap<Category, Vec<String>>,
    /// Categories that were asked for and are withheld, with the reason.
    pub withheld: BTreeMap<Category, String>,
    /// How each of its sources answered, and what each holds that it could not hand on.
    pub sources: Vec<SourceOutcome>,
}

/// The outcome of an ask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum ClosedAnswer<T> {
    /// Told, and recorded before it was told.
    Told(T),
    /// Refused, and recorded.
    Refused {
        /// Why, in a sentence for the asker's screen.
        reason: String,
    },
}

/// Answers an ask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerMessage {
    /// The ask.
    pub ask: AskId,
    /// When it was signed.
    pub sent_at: Timestamp,
    /// What came of it.
    pub outcome: ClosedAnswer<Told>,
    /// The disclosure or refusal in the responder's ledger; absent only when its ledger could not be written (and
    /// then nothing is told).
    pub recorded: Option<Place>,
}

/// Asks for a register's changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterMessage {
    /// When it was signed.
    pub sent_at: Timestamp,
    /// The agreement's digest.
    pub agreement: String,
    /// The number of changes already held.
    pub from: u64,
    /// How long to wait for a change before answering with a fresh head alone, in milliseconds.
    pub wait_ms: u32,
}

/// A page of a register's changes and its signed head.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterPage {
    /// The place of the first change.
    pub from: u64,
    /// Changes in order: each the JSON text whose bytes are the leaf.
    pub changes: Vec<String>,
    /// The signed head over all changes there are: a checkpoint with a `time` line.
    pub head: String,
}

/// One look at a replica.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Noticed {
    /// The ask.
    pub ask: AskId,
    /// When it was shown.
    pub at: Timestamp,
    /// Who asked.
    pub asker: Asker,
    /// Why.
    pub purpose: Purpose,
    /// The kind of answer.
    pub answer: String,
    /// The entries that were shown.
    pub entries: Vec<EntryId>,
    /// The right under which it was done tells the key worker of it, though the child may not attend.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub notifies: bool,
}

/// Tells a partner what concerns it: who looked at its register's entries, who attended, who answered, what is said to be wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticesMessage {
    /// When it was signed.
    pub sent_at: Timestamp,
    /// The agreement's digest.
    pub agreement: String,
    /// The looks, oldest first.
    pub looks: Vec<Noticed>,
    /// Steps of attendances in the sender's department, oldest first.
    pub attendances: Vec<AttendanceStep>,
    /// Attendances in the receiver's department that the sender's employees answered for.
    pub acknowledged: Vec<Acknowledged>,
    /// What the sender's employees say is wrong on the receiver's register.
    pub corrections: Vec<Correction>,
    /// Words of hand-overs between the sender's register and the receiver's. Left out where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hand_overs: Vec<HandOverNotice>,
}

/// A word of a hand-over, with what an offer tells of the child.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOverNotice {
    /// The word.
    pub step: HandOverStep,
    /// What is told of the child, while the offer stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed: Option<Handed>,
}

/// Acknowledges notices: they are durable in the owner's ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticesAnswer {
    /// How many were recorded.
    pub recorded: u32,
}

/// Asks a partner who looked at a child.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhoMessage {
    /// The ask.
    pub ask: AskId,
    /// When it was signed.
    pub sent_at: Timestamp,
    /// The agreement's digest.
    pub agreement: String,
    /// Who asks.
    pub asker: Asker,
    /// Why.
    pub purpose: Purpose,
    /// About whom.
    pub subject: Subject,
    /// Asks of this child that the requester's own ledger knows, so that both sides of each can be joined.
    pub asks: Vec<AskId>,
    /// The intent in the requester's ledger.
    pub intent: Place,
}

/// One line of who looked, from one ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WhoLine {
    /// The ask.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// What the entry is: `intent`, `receipt`, `disclosure`, `refusal`, `replica-look`.
    pub entry: String,
    /// What kind of look.
    pub kind: AskKind,
    /// Who.
    pub asker: Option<Asker>,
    /// Why.
    pub purpose: Option<Purpose>,
    /// What came of it, in a word or a sentence.
    pub outcome: String,
    /// The place in that ledger.
    pub index: u64,
    /// Other agencies whose ledgers must have the ask too, as far as this entry knows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<AgencyId>,
    /// Why the glass was broken, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub glass: Option<Statement>,
}

/// Answers who looked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhoAnswer {
    /// The ask.
    pub ask: AskId,
    /// When it was signed.
    pub sent_at: Timestamp,
    /// What came of it.
    pub outcome: ClosedAnswer<WhoLines>,
    /// The disclosure or refusal in the responder's ledger.
    pub recorded: Option<Place>,
}

/// Asks a partner where a child attended, and for the last looks at it, to be shown beside an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryMessage {
    /// The ask.
    pub ask: AskId,
    /// When it was signed.
    pub sent_at: Timestamp,
    /// The agreement's digest.
    pub agreement: String,
    /// Who asks.
    pub asker: Asker,
    /// Why.
    pub purpose: Purpose,
    /// About whom.
    pub subject: Subject,
    /// The child's entries on the registers of the two.
    pub entries: Vec<(AgencyId, EntryId)>,
    /// The intent in the requester's ledger.
    pub intent: Place,
}

/// Answers where a child attended and who looked last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryAnswer {
    /// The ask.
    pub ask: AskId,
    /// When it was signed.
    pub sent_at: Timestamp,
    /// What came of it.
    pub outcome: ClosedAnswer<HistoryTold>,
    /// The disclosure or refusal in the responder's ledger.
    pub recorded: Option<Place>,
}

/// Lines of one ledger.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WhoLines {
    /// The lines, the newest first.
    pub lines: Vec<WhoLine>,
    /// Set where looks may be missing because the ledger's search tables have not followed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<Behind>,
    /// There are older looks than are listed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// The newest entries of a ledger, which its search tables lack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Behind {
    /// How many.
    pub entries: u64,
    /// When the last entry was recorded that they have; `None` where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upto: Option<Timestamp>,
}
