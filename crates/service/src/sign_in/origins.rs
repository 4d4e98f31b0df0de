//! How wrong tries slow down where they come from. Pure; in memory.
//!
//! The model that the figures rest on, and that holds for any order of calls: twenty wrong tries in a row are free, the next ones wait
//! 2, 4, 8, 16, 32 and then always 60 seconds; one is forgotten each minute, and one with each good sign-in from there. So from one origin
//! at most 26 wrong tries are judged, one more for each minute, and two more for each good sign-in from there, whatever the accounts.
//!
//! A ward, or a hospital behind its proxy, is one origin, and must not be shut out by one who guesses there: who has signed in well from an
//! origin has one try there that does not wait, until they have signed in well again. That is the second one of each good sign-in.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use kinfold_domain::EmployeeId;

use super::whence::Origin;

/// Wrong tries in a row that nobody waits for.
const FREE: u32 = 20;
/// Seconds to wait after the twentieth, the next one, and so on; the last from then on.
const PAUSES: [i64; 6] = [2, 4, 8, 16, 32, LONGEST];
const LONGEST: i64 = 60;
/// The most that is counted.
const MOST: u32 = 25;
/// One wrong try is forgotten in so many seconds.
const FORGOTTEN_IN: i64 = 60;
/// Origins that are counted at a time.
const MOST_ORIGINS: usize = 10_000;
/// Who has signed in from where is remembered for so long.
const PROVEN_FOR: SignedDuration = SignedDuration::from_hours(24 * 14);
/// And of so many.
const MOST_PROVEN: usize = 50_000;

/// The wrong tries of each origin, and who has signed in well from there.
#[derive(Default)]
pub(super) struct Origins {
    counts: HashMap<Origin, Count>,
    proven: HashMap<(Origin, EmployeeId), Timestamp>,
}

/// A try that is judged now. It counts as a wrong one until its end is known, so that tries side by side are no more than tries one after
/// the other.
pub(super) struct Turn {
    origin: Origin,
    employee: Option<EmployeeId>,
    proven: Option<Timestamp>,
    charged: u32,
}

/// How a try ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum End {
    SignedIn,
    Missed,
    /// The account waits, or the store failed: nobody learnt anything.
    Unjudged,
}

struct Count {
    misses: u32,
    /// Since when the next miss fades.
    fading: Timestamp,
    next: Option<Timestamp>,
}

impl Origins {
    /// Whether a try of that account from there is judged now; otherwise for how long it waits.
    pub(super) fn enter(
        &mut self,
        origin: Origin,
        employee: Option<EmployeeId>,
        now: Timestamp,
    ) -> Result<Turn, SignedDuration> {
        self.make_room(now);
        let count = self.counts.entry(origin.clone()).or_insert_with(|| Count::new(now));
        count.fade(now);
        let mut turn = Turn { origin, employee, proven: None, charged: 0 };
        if let Some(wait) = count.wait(now) {
            turn.proven = turn.key().and_then(|key| self.proven.remove(&key));
            if turn.proven.is_none() {
                return Err(wait);
            }
        }
        turn.charged = count.charge(now);
        Ok(turn)
    }

    /// A try has ended.
    pub(super) fn leave(&mut self, turn: &Turn, end: End, now: Timestamp) {
        let count = self.counts.get_mut(&turn.origin);
        match end {
            End::Missed => {}
            End::Unjudged => {
                if let Some(count) = count {
                    count.forgive(turn.charged);
                }
                if let Some((key, since)) = turn.key().zip(turn.proven) {
                    self.proven.insert(key, since);
                }
            }
            End::SignedIn => {
                if let Some(count) = count {
                    count.forgive(turn.charged + 1);
                }
                if self.proven.len() >= MOST_PROVEN {
                    self.proven.retain(|_, since| now.duration_since(*since) < PROVEN_FOR);
                }
                if let Some(key) = turn.key().filter(|_| self.proven.len() < MOST_PROVEN) {
                    self.proven.insert(key, now);
                }
            }
        }
    }

    /// Whoever has many addresses fills the memory no further: the origin with the fewest misses is forgotten.
    fn make_room(&mut self, now: Timestamp) {
        if self.counts.len() < MOST_ORIGINS {
            return;
        }
        self.counts.retain(|_, count| {
            count.fade(now);
            count.misses > 0
        });
        if self.counts.len() >= MOST_ORIGINS {
            let least = self.counts.iter().min_by_key(|(_, count)| (count.misses, count.fading));
            if let Some(least) = least.map(|(origin, _)| origin.clone()) {
                self.counts.remove(&least);
            }
        }
    }
}

impl Turn {
    fn key(&self) -> Option<(Origin, EmployeeId)> {
        self.employee.map(|employee| (self.origin.clone(), employee))
    }
}

impl Count {
    const fn new(now: Timestamp) -> Self {
        Self { misses: 0, fading: now, next: None }
    }

    fn fade(&mut self, now: Timestamp) {
        // A clock that was set back makes nobody wait for longer than the longest pause.
        if now < self.fading || self.misses == 0 {
            self.fading = now;
        }
        let faded = now.duration_since(self.fading).as_secs() / FORGOTTEN_IN;
        self.misses = self.misses.saturating_sub(u32::try_from(faded).unwrap_or(u32::MAX));
        self.fading = later(self.fading, faded.saturating_mul(FORGOTTEN_IN));
        self.next = match self.next {
            Some(next) if self.misses >= FREE && now < next => Some(next.min(later(now, LONGEST))),
            _ => None,
        };
    }

    fn wait(&self, now: Timestamp) -> Option<SignedDuration> {
        self.next.map(|next| next.duration_since(now))
    }

    /// Counts a miss more; how many it could count. Who goes on in spite of a pause makes it no longer for the others.
    fn charge(&mut self, now: Timestamp) -> u32 {
        let before = self.misses;
        self.misses = (before + 1).min(MOST);
        let over = self.misses.checked_sub(FREE).and_then(|over| usize::try_from(over).ok());
        let pause = over.map(|over| PAUSES.get(over).copied().unwrap_or(LONGEST));
        self.next = self.next.or(pause.map(|pause| later(now, pause)));
        self.misses - before
    }

    const fn forgive(&mut self, misses: u32) {
        self.misses = self.misses.saturating_sub(misses);
        if self.misses < FREE {
            self.next = None;
        }
    }
}

fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
#[path = "origins_tests.rs"]
mod tests;
