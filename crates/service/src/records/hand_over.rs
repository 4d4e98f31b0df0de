//! A child's entry handed over from one council's register to another's, or told of for a stay: what each says to the other.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use kinfold_domain::{AgencyId, AskId, Category, EntryId, Personal};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Asker;

/// One hand-over, or one stay: the same in both councils' ledgers.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct HandOverId(pub Uuid);

/// One word of a hand-over. Durable in the speaker's ledger before it leaves, in the hearer's before it counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HandOverStep {
    /// Of which hand-over.
    pub hand_over: HandOverId,
    /// When it was said.
    pub at: Timestamp,
    /// Who said it.
    pub by: Asker,
    /// To which council.
    pub to: AgencyId,
    /// What.
    pub said: Said,
}

impl HandOverStep {
    /// The ask under which reviews of who looked find all words of one hand-over, in both councils' ledgers.
    pub const fn ask(&self) -> AskId {
        AskId(self.hand_over.0)
    }

    /// What was said, as reviews name it: the word, and the categories that an offer let the other council have.
    pub fn outcome(&self) -> String {
        let Said::Offered(offer) = &self.said else { return self.said.word().to_owned() };
        let categories: Vec<String> = offer.granted.keys().map(ToString::to_string).collect();
        format!("{}: {}", self.said.word(), categories.join(", "))
    }
}

/// What is said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Said {
    /// The giver offers an entry, or tells of a stay.
    Offered(Box<Offered>),
    /// The giver takes that back.
    Withdrawn {
        /// Why.
        reason: Personal<String>,
        /// The child was sealed in the meantime: whatever the taker made of the offer is sealed there, too.
        sealed: bool,
    },
    /// The taker has the child on its register.
    Accepted {
        /// When its conference was held.
        conference: Date,
        /// As which entry of its register.
        register_entry: EntryId,
    },
    /// The taker has noted a stay.
    Noted,
    /// The taker does not take the child over.
    Refused {
        /// Why.
        reason: Personal<String>,
    },
    /// The giver decides, where withdrawal and acceptance have crossed.
    Settled {
        /// Whether the child stays on the giver's register.
        stays: bool,
        /// Why.
        reason: Personal<String>,
    },
}

impl Said {
    /// As ledgers name it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Offered(_) => "offered",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Accepted { .. } => "accepted",
            Self::Noted => "noted",
            Self::Refused { .. } => "refused",
            Self::Settled { .. } => "settled",
        }
    }

    /// Why, where it is said.
    pub const fn reason(&self) -> Option<&Personal<String>> {
        match self {
            Self::Withdrawn { reason, .. }
            | Self::Refused { reason }
            | Self::Settled { reason, .. } => Some(reason),
            Self::Offered(offered) => Some(&offered.reason),
            Self::Accepted { .. } | Self::Noted => None,
        }
    }
}

/// What is offered, without what is told of the child: that travels beside it, and no ledger holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offered {
    /// Which entry of the giver's register.
    pub register_entry: EntryId,
    /// When the child moved, or moves; when a stay begins.
    pub moved: Date,
    /// Set where the child only stays there for a time and remains on the giver's register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stay: Option<Stay>,
    /// Why.
    pub reason: Personal<String>,
    /// Under which agreement: its digest.
    pub agreement: String,
    /// What the taker's custodian may be handed, with the clauses that permit it.
    pub granted: BTreeMap<Category, Vec<String>>,
    /// SHA-256, hex, of the JSON of what is told of the child.
    pub digest: String,
}

/// A stay in another council's area.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Stay {
    /// Its last day, where it is known.
    pub until: Option<Date>,
}
