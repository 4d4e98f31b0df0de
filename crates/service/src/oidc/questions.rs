//! Questions that wait for the provider's answer: each is good for minutes, and once.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use kinfold_oidc::Asked;

use crate::{
    ports::SessionId,
    sign_in::{SessionSecret, StepUp},
};

/// How long a person may take at the provider.
const LASTS: SignedDuration = SignedDuration::from_mins(10);
/// The most that wait; whoever asks for more loses the oldest.
const MOST: usize = 10_000;

/// What stands in the browser's cookie: 32 random bytes.
pub(super) type Mark = [u8; 32];

/// What an answer is awaited for.
pub(super) enum Awaited {
    SignIn(Asked),
    Unlock(SessionSecret, Asked),
    StepUp(SteppingUp, Asked),
}

/// What a step-up is for.
pub(super) struct SteppingUp {
    pub(super) session: SessionId,
    pub(super) what: StepUp,
    /// What the page that asked is to know again, unread here.
    pub(super) handle: String,
}

/// Those that wait.
#[derive(Default)]
pub(super) struct Questions(HashMap<Mark, (Timestamp, Awaited)>);

impl Questions {
    pub(super) fn put(&mut self, mark: Mark, now: Timestamp, awaited: Awaited) {
        if self.0.len() >= MOST {
            self.0.retain(|_, (until, _)| now < *until);
        }
        if self.0.len() >= MOST {
            let oldest = self.0.iter().min_by_key(|(_, (until, _))| *until).map(|(mark, _)| *mark);
            oldest.map(|oldest| self.0.remove(&oldest));
        }
        self.0.insert(mark, (now.saturating_add(LASTS).unwrap_or(now), awaited));
    }

    /// Whatever comes of it, it is spent.
    pub(super) fn take(&mut self, mark: &str, now: Timestamp) -> Option<Awaited> {
        let mut bytes = Mark::default();
        hex::decode_to_slice(mark, &mut bytes).ok()?;
        let (until, awaited) = self.0.remove(&bytes)?;
        (now < until).then_some(awaited)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn awaited() -> Awaited {
        Awaited::SignIn(Asked::new([[1; 32], [2; 32], [3; 32]]))
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_question_is_good_once_and_for_ten_minutes() {
        let mut open = Questions::default();
        let (one, other) = ([1; 32], [2; 32]);
        open.put(one, at(0), awaited());
        open.put(other, at(0), awaited());
        assert!(open.take(&hex::encode(one), at(599)).is_some());
        assert!(open.take(&hex::encode(one), at(599)).is_none(), "it was spent");
        assert!(open.take(&hex::encode(other), at(600)).is_none(), "it is over");
        assert!(open.take("no such question", at(0)).is_none());
    }

    #[test]
    fn whoever_asks_without_end_fills_no_memory() {
        let mut open = Questions::default();
        let mark = |n: usize| {
            let mut mark = Mark::default();
            mark[..8].copy_from_slice(&n.to_be_bytes());
            mark
        };
        for n in 0..MOST + 3 {
            open.put(mark(n), at(i64::try_from(n / 100).unwrap()), awaited());
        }
        assert_eq!(open.0.len(), MOST);
        assert!(open.take(&hex::encode(mark(MOST + 2)), at(100)).is_some());
    }
}
