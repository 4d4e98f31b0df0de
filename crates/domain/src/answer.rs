//! The six answers to a check. Never a bare "nothing".

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    Agency, AsAt, Demographics, EntryId, RegisterEntry, RegisterPhones, RegisterStatus, SealedDesk,
};

/// How sure a register's state is.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Confirmed {
    /// Whose register.
    pub agency: Agency,
    /// The moment for which its owner last confirmed this copy; `None` when it never was.
    pub as_at: Option<AsAt>,
    /// The copy is older than its limit, or was never confirmed: it can't be relied on to be whole.
    pub stale: bool,
    /// What stopped, where it is older than its limit.
    pub silent: Option<Silent>,
    /// Whom to ring there.
    pub phones: Option<RegisterPhones>,
}

/// What of a register's feed stopped.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Silent {
    /// Nothing is heard: of a partner's node, or of this agency's own source.
    Owner,
    /// Its owner's node is heard, and has nothing new from the case system.
    CaseSystem,
}

/// How well the typed name and date agree with the record that carries the typed NHS number.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NumberAgreement {
    /// No NHS number was typed, or the record carries none.
    NotCompared,
    /// The number and what else was typed agree.
    Agrees,
    /// "This number, another name."
    AnotherName,
}

/// One entry that answers the check.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct RegisterHit {
    /// Whose register.
    pub agency: Agency,
    /// The entry, as far as it is released.
    pub entry: RegisterEntry,
    /// The day on which it ended, where it has. What was handed over has not, while the other council's own entry has not come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Date>,
    /// How well the number fits the name.
    pub number: NumberAgreement,
}

/// One of several possible children: what tells them apart.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Possible {
    /// Whose register.
    pub agency: Agency,
    /// The entry's reference, to choose it by.
    pub entry: EntryId,
    /// Why they are on the register.
    pub status: RegisterStatus,
    /// The day on which that ended, where it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Date>,
    /// Who it is.
    pub subject: Demographics,
    /// How well a typed number fits the name.
    pub number: NumberAgreement,
    /// The match's probability, 0 to 1 in thousandths.
    pub probability_permille: u16,
}

/// Whom to ring about a sealed child.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct SealedNotice {
    /// The agency that holds the record.
    pub agency: Agency,
    /// The desk and the reference to quote.
    pub desk: SealedDesk,
}

/// The answer to a check. `registers` beside it says which registers were searched, as at when.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum CheckAnswer {
    /// On a plan, looked after, or with an unborn plan (one entry or several of the same child).
    OnRegister {
        /// The entries, the current ones first.
        hits: Vec<RegisterHit>,
    },
    /// An entry ended within the days that still show.
    RecentlyEnded {
        /// The entries.
        hits: Vec<RegisterHit>,
        /// The last day.
        ended: Date,
    },
    /// Not on these registers: which does not mean that the child is safe.
    NotOnRegister,
    /// Several possible children.
    Several {
        /// Who they are, the likeliest first. Empty when too little was typed to name anybody.
        possible: Vec<Possible>,
        /// Whom to ring about one of them who is sealed.
        sealed: Option<SealedNotice>,
    },
    /// A register could not be reached or is older than its limit, and what is known says nothing of this child.
    Unconfirmed,
    /// Sealed: "ring this desk, quote this reference", no whereabouts.
    Sealed {
        /// Whom to ring.
        notice: SealedNotice,
    },
}
