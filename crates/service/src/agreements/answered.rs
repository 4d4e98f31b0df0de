//! Which asks were answered: none is answered twice.

use std::collections::{HashSet, VecDeque};

use jiff::{SignedDuration, Timestamp};
use kinfold_domain::AskId;

/// How long an answered ask is remembered: longer than its time stamp could be fresh.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(2);
/// The most that are remembered. Who sends more within that time is refused: forgetting early would let a replay through.
const MOST: usize = 200_000;

/// The asks of the last two minutes.
#[derive(Debug, Default)]
pub(super) struct Answered {
    by_age: VecDeque<(Timestamp, AskId)>,
    known: HashSet<AskId>,
}

impl Answered {
    /// Whether this ask may be answered now. It is then taken for answered.
    pub(super) fn take(&mut self, ask: AskId, now: Timestamp) -> bool {
        while let Some((at, oldest)) = self.by_age.front()
            && now.duration_since(*at) >= REMEMBERED
        {
            self.known.remove(oldest);
            self.by_age.pop_front();
        }
        if self.known.len() >= MOST || !self.known.insert(ask) {
            return false;
        }
        self.by_age.push_back((now, ask));
        true
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn an_ask_is_taken_once_within_two_minutes_and_forgotten_after() {
        let mut answered = Answered::default();
        let ask = AskId(Uuid::from_u128(1));
        assert!(answered.take(ask, at(0)));
        assert!(!answered.take(ask, at(0)));
        assert!(!answered.take(ask, at(119)));
        assert!(answered.take(ask, at(120)));
        assert_eq!(answered.known.len(), answered.by_age.len());
    }

    #[test]
    fn memory_is_bounded_and_never_forgets_early() {
        let mut answered = Answered::default();
        for n in 0..MOST as u128 {
            assert!(answered.take(AskId(Uuid::from_u128(n)), at(0)));
        }
        assert!(!answered.take(AskId(Uuid::max()), at(1)));
        assert!(!answered.take(AskId(Uuid::nil()), at(1)));
        assert!(answered.take(AskId(Uuid::max()), at(120)));
        assert_eq!(answered.known.len(), 1);
    }
}
