//! A hand-over as one side knows it: a set of words, each said once by the side whose word it is. What it has come to follows from the set
//! alone, so that no order, delay or repetition of messages makes a difference. Knows no store, no ledger, no clock.

use jiff::{Timestamp, civil::Date};
use kinfold_domain::{AgencyId, EntryId};
use serde::{Deserialize, Serialize};

use super::Handed;
use crate::records::{About, Asker, HandOverId, HandOverStep, Offered, Said};

/// Which side a node is on.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// It hands over.
    Giver,
    /// It is handed something.
    Taker,
}

impl Side {
    /// The other one.
    pub const fn other(self) -> Self {
        match self {
            Self::Giver => Self::Taker,
            Self::Taker => Self::Giver,
        }
    }
}

/// What a hand-over has come to.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The offer itself has not been heard yet.
    Unheard,
    /// It waits for the taker's answer.
    Offered,
    /// The giver took it back before it was answered.
    Withdrawn,
    /// The taker does not take the child over.
    Refused,
    /// The taker has the child; the giver's entry ends.
    Accepted,
    /// Withdrawn and accepted at the same time: the child stands on both registers until the giver decides.
    Conflict,
    /// It was decided that the child stays with the giver: the taker's entry ends.
    Stays,
    /// It was decided that the acceptance stands: the giver's entry ends.
    Goes,
    /// A stay that the taker has noted.
    Noted,
}

/// What a node has to do by itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Duty {
    /// End its own entry: the child stands on the other register.
    EndOwn,
    /// Seal its own entry, which was made of an offer that was taken back because the child was sealed.
    SealOwn,
}

/// One hand-over as this node knows it. About a person: sealed at rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "what was done about it, each by itself")]
pub struct HandOver {
    /// Which.
    pub id: HandOverId,
    /// The other council.
    pub partner: AgencyId,
    /// Which side this node is on.
    pub side: Side,
    /// When this node first knew of it.
    pub began: Timestamp,
    /// What is told of the child; `None` once nobody needs it any more.
    pub handed: Option<Handed>,
    /// The words that were said and heard, each once.
    pub words: Vec<HandOverStep>,
    /// This node's own words that are perhaps not in its ledger yet.
    pub unsaid: Vec<HandOverStep>,
    /// The own entry has ended, where it had to.
    pub ended: bool,
    /// The own entry was sealed, where it had to be.
    pub sealed: bool,
    /// A stay whose last day is over.
    pub over: bool,
    /// Whom it is about, for this node's ledger: both councils' entries, and the number that the child has.
    #[serde(default)]
    pub about: About,
    /// Somebody was told that its time runs out.
    #[serde(default)]
    pub reminded: bool,
    /// What this node could not do by itself: somebody has to see to it.
    pub trouble: Option<String>,
    /// Who has seen what came of it.
    pub seen: Option<(Asker, Timestamp)>,
}

impl HandOver {
    /// One of which nothing was said yet.
    pub fn new(id: HandOverId, (partner, side): (AgencyId, Side), began: Timestamp) -> Self {
        let (words, unsaid) = (Vec::new(), Vec::new());
        Self {
            id,
            partner,
            side,
            began,
            handed: None,
            words,
            unsaid,
            ended: false,
            sealed: false,
            over: false,
            about: About::default(),
            reminded: false,
            trouble: None,
            seen: None,
        }
    }

    /// Takes over a word; `false` where it says nothing new, or is not `speaker`'s to say. A side's first word of a kind stands.
    pub fn take(&mut self, step: &HandOverStep, speaker: Side) -> bool {
        let place = place(&step.said);
        if step.hand_over != self.id || place.1 != speaker {
            return false;
        }
        if self.words.iter().any(|known| self::place(&known.said) == place) {
            return false;
        }
        // Whoever only tells of a stay gives nothing away, whatever is answered; and a hand-over is not merely noted.
        let wrong_answer = match step.said {
            Said::Accepted { .. } => self.stays_only(),
            Said::Noted => !self.stays_only(),
            _ => false,
        };
        if wrong_answer {
            return false;
        }
        self.words.push(step.clone());
        true
    }

    /// What it has come to.
    pub fn state(&self) -> State {
        let answer = self.answer().map(|step| &step.said);
        let withdrawn = self.withdrawn().is_some();
        match (self.offered(), answer, withdrawn) {
            (None, ..) => State::Unheard,
            (_, Some(Said::Accepted { .. }), false) => State::Accepted,
            (_, Some(Said::Accepted { .. }), true) => match self.settled() {
                None => State::Conflict,
                Some(true) => State::Stays,
                Some(false) => State::Goes,
            },
            (_, Some(Said::Refused { .. }), _) => State::Refused,
            (_, _, true) => State::Withdrawn,
            (_, Some(_), false) => State::Noted,
            (_, None, false) => State::Offered,
        }
    }

    /// What this node has still to do by itself.
    pub(super) fn duty(&self) -> Option<Duty> {
        let sealed = matches!(
            self.withdrawn().map(|step| &step.said),
            Some(Said::Withdrawn { sealed: true, .. })
        );
        let (side, state) = (self.side, self.state());
        match (side, state) {
            (Side::Giver, State::Accepted | State::Goes) | (Side::Taker, State::Stays)
                if !self.ended =>
            {
                Some(Duty::EndOwn)
            }
            (Side::Taker, State::Conflict | State::Goes) if sealed && !self.sealed => {
                Some(Duty::SealOwn)
            }
            _ => None,
        }
    }

    /// Whether anything is left to be done about it, by somebody or by the node.
    pub fn is_open(&self) -> bool {
        let waits = matches!(
            self.state(),
            State::Unheard | State::Offered | State::Conflict | State::Noted
        );
        let owed = self.duty().is_some() || !self.unsaid.is_empty();
        (waits && !self.over) || owed || self.waits_to_be_seen()
    }

    /// Something came of it that somebody has to look at: the giver's custodian at a refusal, both at what went wrong.
    pub fn waits_to_be_seen(&self) -> bool {
        let refused = self.side == Side::Giver && self.state() == State::Refused;
        self.seen.is_none() && (refused || self.trouble.is_some())
    }

    /// The own entry that neither custodian nor case system may end while this is open, with the reason.
    pub(super) fn holds(&self) -> Option<EntryId> {
        match (self.side, self.state()) {
            (Side::Giver, State::Offered | State::Conflict) if !self.stays_only() => {
                self.offer().map(|offer| offer.register_entry.clone())
            }
            (Side::Taker, State::Conflict) => self.taken_as().cloned(),
            _ => None,
        }
    }

    /// The step that offered it.
    pub fn offered(&self) -> Option<&HandOverStep> {
        self.words.iter().find(|step| matches!(step.said, Said::Offered(_)))
    }

    /// What was offered.
    pub fn offer(&self) -> Option<&Offered> {
        match &self.offered()?.said {
            Said::Offered(offer) => Some(offer),
            _ => None,
        }
    }

    /// The step that took it back.
    pub fn withdrawn(&self) -> Option<&HandOverStep> {
        self.words.iter().find(|step| matches!(step.said, Said::Withdrawn { .. }))
    }

    /// The step that answered it.
    pub fn answer(&self) -> Option<&HandOverStep> {
        self.words.iter().find(|step| {
            matches!(step.said, Said::Accepted { .. } | Said::Refused { .. } | Said::Noted)
        })
    }

    /// As which entry the taker has the child.
    pub fn taken_as(&self) -> Option<&EntryId> {
        match &self.answer()?.said {
            Said::Accepted { register_entry, .. } => Some(register_entry),
            _ => None,
        }
    }

    /// The day of the taker's conference.
    pub fn conference(&self) -> Option<Date> {
        match &self.answer()?.said {
            Said::Accepted { conference, .. } => Some(*conference),
            _ => None,
        }
    }

    /// Whether the child only stays there for a time.
    pub fn stays_only(&self) -> bool {
        self.offer().is_some_and(|offer| offer.stay.is_some())
    }

    fn settled(&self) -> Option<bool> {
        self.words.iter().find_map(|step| match step.said {
            Said::Settled { stays, .. } => Some(stays),
            _ => None,
        })
    }
}

/// Whose word it is.
pub(super) const fn speaker(said: &Said) -> Side {
    place(said).1
}

/// Which word of whose: there is one of each.
const fn place(said: &Said) -> (u8, Side) {
    match said {
        Said::Offered(_) => (0, Side::Giver),
        Said::Withdrawn { .. } => (1, Side::Giver),
        Said::Settled { .. } => (2, Side::Giver),
        // An answer is one word, whatever it says.
        Said::Accepted { .. } | Said::Refused { .. } | Said::Noted => (3, Side::Taker),
    }
}
