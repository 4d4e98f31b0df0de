//! What is known of the wall clock. Pure.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{
    LIMIT,
    standing::{ClockOff, ClockState},
};

/// How long the time service's last answer counts as a confirmation.
const CONFIRMED_FOR: Duration = Duration::from_hours(1);

/// What the wall clock and the steady clock show at one moment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Reading {
    /// The wall clock, which can be set.
    pub wall: Timestamp,
    /// The steady clock, which can't.
    pub steady: Duration,
}

impl Reading {
    /// How far the wall clock was set since then: forward, or back where negative.
    fn set_since(&self, then: &Self) -> SignedDuration {
        let passed = signed(self.steady).saturating_sub(signed(then.steady));
        self.wall.duration_since(then.wall).saturating_sub(passed)
    }

    /// Whether it was set so far that what was known of it before says nothing of it now.
    pub(super) fn was_set_since(&self, then: &Self) -> bool {
        self.set_since(then).abs() > LIMIT
    }
}

fn signed(steady: Duration) -> SignedDuration {
    SignedDuration::try_from(steady).unwrap_or(SignedDuration::MAX)
}

/// That the clock was set while this process ran.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Jump {
    /// What it showed then.
    pub at: Timestamp,
    /// How far: forward, or back where negative.
    pub by: SignedDuration,
}

/// The time service's last answer.
#[derive(Clone, Copy, Debug)]
struct Told {
    at: Reading,
    ahead: SignedDuration,
}

/// What is known of the wall clock.
#[derive(Debug, Default)]
pub(super) struct Known {
    last: Option<Reading>,
    /// The newest moment that it has shown; since the time service found it right, if it did.
    newest: Option<Timestamp>,
    told: Option<Told>,
    jump: Option<Jump>,
    off_since: Option<Timestamp>,
}

impl Known {
    /// It was there before this process began.
    pub(super) fn shown_before(&mut self, at: Timestamp) {
        self.newest = self.newest.max(Some(at));
    }

    /// Takes a reading; whether the clock was set since the last one.
    pub(super) fn read(&mut self, now: Reading) -> bool {
        let set = self.last.filter(|last| now.was_set_since(last)).map(|last| now.set_since(&last));
        if let Some(by) = set {
            self.jump = Some(Jump { at: now.wall, by });
        }
        self.last = Some(now);
        self.newest = self.newest.max(Some(now.wall));
        self.weigh(now);
        set.is_some()
    }

    /// Takes the time service's answer.
    pub(super) fn told(&mut self, at: Reading, ahead: SignedDuration) {
        self.told = Some(Told { at, ahead });
        if is_right(ahead) {
            self.newest = Some(at.wall);
        }
        self.weigh(at);
    }

    /// Whether codes may be judged by it now.
    pub(super) fn judge(&self, now: Reading) -> Result<(), ClockOff> {
        if let Some(ahead) = self.ahead(now).filter(|ahead| !is_right(*ahead)) {
            return Err(ClockOff::Off { ahead });
        }
        match self.newest {
            Some(newest) if now.wall < newest => {
                Err(ClockOff::RanBack { behind: newest.duration_since(now.wall) })
            }
            _ => Ok(()),
        }
    }

    /// How far it is ahead of the time service: as it was told last, and how far it was set since.
    pub(super) fn ahead(&self, now: Reading) -> Option<SignedDuration> {
        self.told.map(|told| told.ahead.saturating_add(now.set_since(&told.at)))
    }

    /// When the time service answered last.
    pub(super) fn answered(&self) -> Option<Timestamp> {
        self.told.map(|told| told.at.wall)
    }

    pub(super) const fn jump(&self) -> Option<Jump> {
        self.jump
    }

    /// Since when codes are refused.
    pub(super) const fn off_since(&self) -> Option<Timestamp> {
        self.off_since
    }

    pub(super) fn state(&self, now: Reading, checked: bool) -> ClockState {
        if let Err(why) = self.judge(now) {
            return ClockState::Off { since: self.off_since.unwrap_or(now.wall), why };
        }
        let late = |told: Told| now.steady.saturating_sub(told.at.steady) > CONFIRMED_FOR;
        match (checked, self.told) {
            (false, _) => ClockState::Unchecked,
            (true, Some(told)) if !late(told) => ClockState::Right,
            (true, _) => ClockState::Unconfirmed,
        }
    }

    fn weigh(&mut self, now: Reading) {
        let off = self.judge(now).is_err();
        self.off_since = if off { self.off_since.or(Some(now.wall)) } else { None };
    }
}

fn is_right(ahead: SignedDuration) -> bool {
    ahead.abs() <= LIMIT
}

#[cfg(test)]
#[path = "known_tests.rs"]
mod tests;
