//! Misses: how they slow the next try down and when they lock the token.
//!
//! The model that the figures rest on, and that holds for any order of calls: from the third miss in
//! a row each next try waits 2, 4, 8 … seconds; the tenth in a row locks; and so does the 36th
//! within twenty-four hours, which is four runs of nine that the owner's own sign-ins ended. With
//! five codes good at a time: 36 × 5 × 10⁻⁶ = 1.8 × 10⁻⁴ an account and day at six digits, 1.8 × 10⁻⁶
//! at eight, and a thousand times less behind an unknown PIN.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The miss in a row that locks.
pub(crate) const ROW_LIMIT: u8 = 10;
/// The miss within a day that locks.
pub(crate) const DAY_LIMIT: usize = 36;

const FREE_MISSES: u8 = 2;
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Why a token is locked. Unlocking takes an operator and a second named person.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lock {
    /// Ten misses, one after the other.
    MissesInARow,
    /// Thirty-six misses within twenty-four hours, whatever sign-ins lay between.
    MissesInADay,
}

/// Whether a try would be judged now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Gate {
    /// It would.
    Open,
    /// Not before that moment; a try before it is not judged and does not count.
    Wait(Timestamp),
    /// Not until two named people have unlocked the token.
    Locked(Lock),
}

/// The misses of one token, or of another thing that people prove themselves by.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Misses {
    in_a_row: u8,
    within_a_day: Vec<Timestamp>,
    next_try_at: Option<Timestamp>,
    locked: Option<Lock>,
}

impl Misses {
    /// Whether a try would be judged now.
    pub fn gate(&self, now: Timestamp) -> Gate {
        match (self.locked, self.next_try_at) {
            (Some(lock), _) => Gate::Locked(lock),
            (None, Some(until)) if now < until => Gate::Wait(until),
            _ => Gate::Open,
        }
    }

    pub(crate) const fn in_a_row(&self) -> u8 {
        self.in_a_row
    }

    pub(crate) const fn next_try_at(&self) -> Option<Timestamp> {
        self.next_try_at
    }

    pub(crate) const fn locked(&self) -> Option<Lock> {
        self.locked
    }

    /// After one more miss.
    pub fn missed(&self, now: Timestamp) -> Self {
        let in_a_row = self.in_a_row.saturating_add(1);
        let mut within_a_day = self.within_a_day.clone();
        within_a_day.retain(|miss| now.duration_since(*miss) < DAY);
        within_a_day.push(now);
        let locked = if in_a_row >= ROW_LIMIT {
            Some(Lock::MissesInARow)
        } else if within_a_day.len() >= DAY_LIMIT {
            Some(Lock::MissesInADay)
        } else {
            None
        };
        let next_try_at = wait(in_a_row).map(|seconds| later(now, seconds));
        Self { in_a_row, within_a_day, next_try_at, locked }
    }

    /// After a sign-in of the owner: the row ends, the day's count stays.
    pub fn signed_in(&self) -> Self {
        let within_a_day = self.within_a_day.clone();
        Self { in_a_row: 0, within_a_day, next_try_at: None, locked: None }
    }
}

/// Seconds to wait after that many misses in a row: 2, 4, 8 … from the third, 128 after the ninth.
fn wait(in_a_row: u8) -> Option<SignedDuration> {
    let doublings = in_a_row.min(ROW_LIMIT).checked_sub(FREE_MISSES).filter(|over| *over > 0)?;
    Some(SignedDuration::from_secs(1 << doublings))
}

/// The moment after a pause; the end of time when there is none.
pub(crate) fn later(now: Timestamp, pause: SignedDuration) -> Timestamp {
    now.checked_add(pause).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn from_the_third_miss_each_next_try_waits_twice_as_long() {
        let mut misses = Misses::default();
        let mut waits = Vec::new();
        for miss in 1..ROW_LIMIT {
            misses = misses.missed(at(0));
            assert_eq!(misses.in_a_row(), miss);
            waits.push(match misses.gate(at(0)) {
                Gate::Open => 0,
                Gate::Wait(until) => until.as_second(),
                Gate::Locked(_) => -1,
            });
        }
        assert_eq!(waits, [0, 0, 2, 4, 8, 16, 32, 64, 128]);
    }

    #[test]
    fn a_wait_is_over_at_its_very_end() {
        let misses = (0..3).fold(Misses::default(), |misses, _| misses.missed(at(100)));
        assert_eq!(misses.gate(at(101)), Gate::Wait(at(102)));
        assert_eq!(misses.gate(at(102)), Gate::Open);
    }

    #[test]
    fn the_tenth_miss_in_a_row_locks_for_good() {
        let misses = (0..10).fold(Misses::default(), |misses, _| misses.missed(at(0)));
        assert_eq!(misses.gate(at(i64::from(u32::MAX))), Gate::Locked(Lock::MissesInARow));
    }

    #[test]
    fn the_owners_sign_ins_do_not_buy_more_than_a_days_guesses() {
        let mut misses = Misses::default();
        let mut guesses = 0;
        while misses.locked().is_none() {
            misses = misses.missed(at(guesses)).signed_in_unless_locked();
            guesses += 1;
        }
        assert_eq!((guesses, misses.locked()), (36, Some(Lock::MissesInADay)));
    }

    #[test]
    fn a_miss_counts_for_twenty_four_hours_to_the_second() {
        let first = (0..35).fold(Misses::default(), |misses, _| misses.missed(at(0)).signed_in());
        assert_eq!(first.missed(at(86_399)).locked(), Some(Lock::MissesInADay));
        assert_eq!(first.missed(at(86_400)).locked(), None);
    }

    #[test]
    fn misses_older_than_a_day_are_forgotten() {
        let mut misses = Misses::default();
        for day in 0..20 {
            for _ in 0..9 {
                misses = misses.missed(at(day * 86_400));
            }
            assert_eq!(misses.locked(), None);
            misses = misses.signed_in();
            assert_eq!(misses.within_a_day.len(), 9);
        }
    }

    impl Misses {
        fn signed_in_unless_locked(self) -> Self {
            if self.locked.is_some() { self } else { self.signed_in() }
        }
    }
}
