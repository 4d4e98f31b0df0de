//! Challenges that wait for their answer: each is good for minutes, and once.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use kinfold_domain::Personal;
use kinfold_passkey::{Adding, Asking};

use crate::ports::SessionId;

/// How long a person may take.
const LASTS: SignedDuration = SignedDuration::from_mins(5);
/// The most that wait; whoever asks for more loses the oldest.
const MOST: usize = 10_000;

/// A challenge's identity, 16 random bytes.
pub(super) type CeremonyId = [u8; 16];

/// What an answer is awaited for.
pub(super) enum Awaited {
    SignIn(Asking),
    Unlock(SessionId, Asking),
    StepUp(SessionId, Asking),
    Add(SessionId, Personal<String>, Adding),
}

/// Those that wait.
#[derive(Default)]
pub(super) struct Ceremonies(HashMap<CeremonyId, (Timestamp, Awaited)>);

impl Ceremonies {
    pub(super) fn begin(&mut self, id: CeremonyId, now: Timestamp, awaited: Awaited) {
        if self.0.len() >= MOST {
            self.0.retain(|_, (until, _)| now < *until);
        }
        if self.0.len() >= MOST {
            let oldest = self.0.iter().min_by_key(|(_, (until, _))| *until).map(|(id, _)| *id);
            oldest.map(|oldest| self.0.remove(&oldest));
        }
        self.0.insert(id, (now.saturating_add(LASTS).unwrap_or(now), awaited));
    }

    /// Whatever comes of it, it is spent.
    pub(super) fn take(&mut self, id: &str, now: Timestamp) -> Option<Awaited> {
        let mut bytes = CeremonyId::default();
        hex::decode_to_slice(id, &mut bytes).ok()?;
        let (until, awaited) = self.0.remove(&bytes)?;
        (now < until).then_some(awaited)
    }
}

#[cfg(test)]
mod tests {
    use kinfold_passkey::Site;

    use super::*;

    fn awaited() -> Awaited {
        let site = Site::new(&"https://kinfold.example".parse().unwrap()).unwrap();
        Awaited::SignIn(site.ask(None).unwrap().1)
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_challenge_is_good_once_and_for_five_minutes() {
        let mut open = Ceremonies::default();
        let (one, other) = ([1; 16], [2; 16]);
        open.begin(one, at(0), awaited());
        open.begin(other, at(0), awaited());
        assert!(open.take(&hex::encode(one), at(299)).is_some());
        assert!(open.take(&hex::encode(one), at(299)).is_none(), "it was spent");
        assert!(open.take(&hex::encode(other), at(300)).is_none(), "it is over");
        assert!(open.take("no such challenge", at(0)).is_none());
    }

    #[test]
    fn whoever_asks_without_end_fills_no_memory() {
        let mut open = Ceremonies::default();
        let id = |n: usize| u128::try_from(n).unwrap().to_be_bytes();
        for n in 0..MOST + 3 {
            open.begin(id(n), at(i64::try_from(n / 100).unwrap()), awaited());
        }
        assert_eq!(open.0.len(), MOST);
        assert!(open.take(&hex::encode(id(MOST + 2)), at(100)).is_some());
    }
}
