//! What the readers of an entry are told of its hand-over. Knows no store, no ledger, no clock.

use kinfold_domain::{Agency, HandingOver};

use super::{HandOver, Side, State};
use crate::today;

impl State {
    /// In a few words, for the history of an entry.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Unheard | Self::Offered => "offered",
            Self::Withdrawn => "taken back",
            Self::Refused => "refused",
            Self::Accepted => "accepted",
            Self::Conflict => "taken back and accepted at the same time",
            Self::Stays => "the child stays",
            Self::Goes => "the acceptance stands",
            Self::Noted => "noted",
        }
    }
}

impl HandOver {
    /// What whoever reads the giver's entry is told: to whom it goes, until the giver takes it back or the taker refuses it.
    pub(super) fn told(&self, to: &Agency) -> Option<HandingOver> {
        let offered = self.offered().filter(|_| self.side == Side::Giver && !self.stays_only())?;
        let accepted = match self.state() {
            State::Offered | State::Conflict => None,
            State::Accepted | State::Goes => self.answer().map(|answer| today(answer.at)),
            _ => return None,
        };
        let (to, name) = (to.id.clone(), to.name.clone());
        Some(HandingOver { to, name, since: today(offered.at), accepted })
    }
}
