//! What a custodian may do about a hand-over, as it stands. Knows no store, no ledger, no clock.

use super::{HandOver, Side, State};

/// What somebody wants to do about a hand-over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Act {
    /// Take the offer back.
    Withdraw,
    /// Take the child over.
    Accept,
    /// Note a stay.
    Note,
    /// Refuse.
    Refuse,
    /// Decide a conflict.
    Settle,
    /// Have seen what came of it.
    See,
}

/// Why something can't be done about a hand-over now; each says what to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotNow {
    /// It is the other council's to do.
    #[error("this is for the other council’s custodian to do: ring them")]
    Theirs,
    /// The offer was taken back.
    #[error("the other council has withdrawn the offer: nothing is left to answer")]
    Withdrawn,
    /// It was answered.
    #[error("it was answered already: open it again to see how it stands")]
    Answered,
    /// There is nothing of that kind to be done.
    #[error("there is nothing of that kind to do about it: open it again to see how it stands")]
    Nothing,
}

impl HandOver {
    /// Whether this side may do something now.
    pub fn may(&self, act: Act) -> Result<(), NotNow> {
        let whose = match act {
            Act::Withdraw | Act::Settle => Some(Side::Giver),
            Act::Accept | Act::Note | Act::Refuse => Some(Side::Taker),
            Act::See => None,
        };
        if whose.is_some_and(|side| side != self.side) {
            return Err(NotNow::Theirs);
        }
        let stay = self.stays_only();
        match (act, self.state()) {
            (Act::Withdraw, State::Offered | State::Noted)
            | (Act::Refuse, State::Offered)
            | (Act::Settle, State::Conflict) => Ok(()),
            (Act::Accept, State::Offered) if !stay => Ok(()),
            (Act::Note, State::Offered) if stay => Ok(()),
            (Act::See, _) if self.waits_to_be_seen() => Ok(()),
            (Act::Accept | Act::Note | Act::Refuse, State::Withdrawn) => Err(NotNow::Withdrawn),
            (
                Act::Withdraw | Act::Accept | Act::Note | Act::Refuse,
                State::Accepted | State::Refused | State::Noted | State::Conflict,
            ) => Err(NotNow::Answered),
            _ => Err(NotNow::Nothing),
        }
    }
}
