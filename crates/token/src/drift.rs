//! How far a token's clock has wandered, and what may be learnt about it from sign-ins.
//!
//! A code that arrives late says little: people type. So a gain is learnt from one sign-in, for no
//! typing makes a code early; a loss only from the *freshest* of the last eight sign-ins that reach
//! back three days or more, and only when even that one is later than typing explains.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::parameters::Step;
use crate::window::Profile;

/// Steps that a token's clock is ahead of the node's (negative: behind). Learning stops at 75 to
/// either side; a resynchronisation, which a person asks for, may set up to 225.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "i16", into = "i16")]
pub struct Drift(i16);

/// A drift past any that can be stored.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a drift is at most 225 steps to either side")]
pub struct DriftError;

impl Drift {
    /// The farthest that is learnt from sign-ins: at 20 ppm and eight seconds about a year.
    pub const LEARNT_LIMIT: i16 = 75;
    /// The farthest that a resynchronisation finds: half an hour at eight seconds.
    pub const RESYNC_LIMIT: i16 = 225;

    /// The drift of a token of which two codes were just typed, the second `offset` steps from the node's clock. Typing takes time, and
    /// with short steps it takes some of them: of as many as a code is good for, one at most is taken for drift. So the next code of an exact
    /// clock lies in the window however late that one was, and so does that of a clock that is truly three steps behind.
    pub(crate) fn of_typed(offset: i64, step: Step) -> Result<Self, DriftError> {
        let is_short = step.seconds() < Step::Thirty.seconds();
        let back = i64::from(Profile::Standard.steps_back(step));
        let typed_late = is_short && (-back..0).contains(&offset);
        Self::try_from(if typed_late { (offset + 1).max(-1) } else { offset })
    }

    /// Whole steps, positive when the token's clock is ahead.
    pub const fn steps(self) -> i16 {
        self.0
    }

    pub(crate) fn signed(self) -> i64 {
        i64::from(self.0)
    }

    fn gained(self) -> Self {
        if self.0 < Self::LEARNT_LIMIT { Self(self.0 + 1) } else { self }
    }

    fn lost(self) -> Self {
        if self.0 > -Self::LEARNT_LIMIT { Self(self.0 - 1) } else { self }
    }
}

impl TryFrom<i16> for Drift {
    type Error = DriftError;

    fn try_from(steps: i16) -> Result<Self, Self::Error> {
        let known = (-Self::RESYNC_LIMIT..=Self::RESYNC_LIMIT).contains(&steps);
        known.then_some(Self(steps)).ok_or(DriftError)
    }
}

impl TryFrom<i64> for Drift {
    type Error = DriftError;

    fn try_from(steps: i64) -> Result<Self, Self::Error> {
        i16::try_from(steps).map_err(|_| DriftError)?.try_into()
    }
}

impl From<Drift> for i16 {
    fn from(drift: Drift) -> Self {
        drift.0
    }
}

/// The sign-ins of one half day, of which only the freshest counts. Gathering them keeps the
/// record at eight entries also for a person who signs in thirty times a shift.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Sitting {
    /// When its first sign-in was.
    started: Timestamp,
    /// Its sign-ins.
    sign_ins: u32,
    /// The greatest of (step of the code − step of the node's clock).
    freshest: i16,
}

/// What the latest sign-ins say of a token's clock, oldest first, at most eight sittings.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct Evidence(Vec<Sitting>);

const SITTING: SignedDuration = SignedDuration::from_hours(12);
const SITTINGS: usize = 8;
const SIGN_INS: u32 = 8;
const REACH: SignedDuration = SignedDuration::from_hours(72);

impl Evidence {
    /// With one more sign-in, whose code was `offset` steps from the node's clock.
    fn with(&self, now: Timestamp, offset: i16) -> Self {
        let mut sittings = self.0.clone();
        match sittings.last_mut() {
            Some(last) if now.duration_since(last.started) < SITTING => {
                last.sign_ins = last.sign_ins.saturating_add(1);
                last.freshest = last.freshest.max(offset);
            }
            _ => sittings.push(Sitting { started: now, sign_ins: 1, freshest: offset }),
        }
        let surplus = sittings.len().saturating_sub(SITTINGS);
        sittings.drain(..surplus);
        Self(sittings)
    }

    /// The freshest offset among the latest sign-ins that are eight or more and reach back three
    /// days or more; `None` while there are not so many or they do not reach so far.
    fn freshest(&self, now: Timestamp) -> Option<i16> {
        let mut sign_ins = 0_u32;
        let mut freshest = i16::MIN;
        for sitting in self.0.iter().rev() {
            sign_ins = sign_ins.saturating_add(sitting.sign_ins);
            freshest = freshest.max(sitting.freshest);
            if sign_ins >= SIGN_INS && now.duration_since(sitting.started) >= REACH {
                return Some(freshest);
            }
        }
        None
    }
}

/// Records an accepted sign-in and says what drift to go on with. `offset` is the step of its code
/// less the step of the node's clock; `late_from` the lateness that typing does not explain.
pub(crate) fn learn(
    (drift, evidence): (Drift, &Evidence),
    now: Timestamp,
    offset: i64,
    late_from: i64,
) -> (Drift, Evidence) {
    // The window around a drift of 225 at most is far from the ends of an i16.
    let offset = i16::try_from(offset).unwrap_or(drift.0);
    let evidence = evidence.with(now, offset);
    let early = offset > drift.0;
    let late = |freshest: i16| drift.signed() - i64::from(freshest) >= late_from;
    let drift = if early {
        drift.gained()
    } else if evidence.freshest(now).is_some_and(late) {
        drift.lost()
    } else {
        drift
    };
    (drift, evidence)
}

#[cfg(test)]
#[path = "drift_tests.rs"]
mod tests;
