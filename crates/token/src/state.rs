//! What a node remembers of a token, and the judgement of a try.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::drift::{self, Drift, Evidence};
use crate::parameters::{Digits, Step, StepNumber};
use crate::pin_hash::PinVerdict;
use crate::resync::{self, CodePair, ResyncOutcome};
use crate::throttle::{Gate, Lock, Misses, later};
use crate::totp::Generator;
use crate::window::{self, AHEAD, Found, Profile};

/// All that a node keeps of a token beside its seed: plain data without a secret, to be stored as
/// JSON and replaced by compare-and-swap on [`version`](Self::version).
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct TokenState {
    version: u64,
    last_step: Option<StepNumber>,
    drift: Drift,
    evidence: Evidence,
    misses: Misses,
    next_resync_at: Option<Timestamp>,
}

/// One try to sign in or to step up.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// The typed code.
    pub code: &'a Code,
    /// What the PIN was found to be. Judge it first and always, whatever the code.
    pub pin: PinVerdict,
    /// The node's time.
    pub now: Timestamp,
    /// How much time the person is given to type.
    pub profile: Profile,
}

/// What became of a try. Every variant but [`Wait`](Self::Wait) and [`Locked`](Self::Locked)
/// carries the state to store before anybody is told.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// PIN and code are right; the code is spent with the new state.
    Accepted {
        /// To be stored in the transaction that opens the session.
        state: TokenState,
        /// The step that was spent.
        step: StepNumber,
    },
    /// The code was spent before. Counts as a miss, and is answered whatever the PIN was, so that a
    /// seen code is no way to try PINs.
    Replayed {
        /// With one more miss.
        state: TokenState,
    },
    /// PIN, code or both are wrong; which of them is not told.
    Wrong {
        /// With one more miss, perhaps locked.
        state: TokenState,
    },
    /// Too soon after the last miss: not judged, not counted.
    Wait {
        /// When the next try is judged.
        until: Timestamp,
    },
    /// Locked: not judged.
    Locked,
}

/// One resynchronisation is tried in that time.
const RESYNC_PAUSE: SignedDuration = SignedDuration::from_mins(5);

impl TokenState {
    /// A token whose codes up to `last_step` are spent and whose clock is `drift` steps ahead.
    pub(crate) fn enrolled(last_step: StepNumber, drift: Drift) -> Self {
        Self { last_step: Some(last_step), drift, ..Self::default() }
    }

    /// Grows by one with each change: store a new state only over the one it was made from.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The last step spent; no code of it or of an earlier one is accepted again.
    pub const fn last_step(&self) -> Option<StepNumber> {
        self.last_step
    }

    /// How far the token's clock was learnt to be off.
    pub const fn drift(&self) -> Drift {
        self.drift
    }

    /// Misses since the last sign-in.
    pub const fn misses(&self) -> u8 {
        self.misses.in_a_row()
    }

    /// When the next try is judged, if that was put off.
    pub const fn next_try_at(&self) -> Option<Timestamp> {
        self.misses.next_try_at()
    }

    /// Why the token is locked, if it is.
    pub const fn locked(&self) -> Option<Lock> {
        self.misses.locked()
    }

    /// Whether a try would be judged now: ask before spending an Argon2 hash on it.
    pub fn gate(&self, now: Timestamp) -> Gate {
        self.misses.gate(now)
    }

    /// Judges PIN and code together.
    ///
    /// A right code beside a wrong PIN is a miss like any other and does **not** spend its step. If
    /// it did, the next try of the same code would answer [`Outcome::Replayed`] and so tell that
    /// the code had been right and the PIN wrong; and an owner who mistypes the PIN would have to
    /// wait for the next code. RFC 6238 section 5.2 asks to spend a code once it was accepted.
    /// Trying PINs beside a stolen code is bounded by the same ten misses.
    pub fn check(&self, generator: &Generator, attempt: &Attempt<'_>) -> Outcome {
        match self.gate(attempt.now) {
            Gate::Open => {}
            Gate::Wait(until) => return Outcome::Wait { until },
            Gate::Locked(_) => return Outcome::Locked,
        }
        let step = generator.parameters().step;
        let centre = self.centre(step, attempt.now);
        let candidates = window::candidates(centre, attempt.profile.steps_back(step));
        let found = window::find(generator, attempt.code, candidates, self.last_step);
        match found {
            Found::Fresh(spent) if attempt.pin.allows(generator.parameters().digits) => {
                Outcome::Accepted { state: self.accepted(spent, step, attempt), step: spent }
            }
            Found::Spent => Outcome::Replayed { state: self.missed(attempt.now) },
            Found::Fresh(_) | Found::Nothing => Outcome::Wrong { state: self.missed(attempt.now) },
        }
    }

    /// Judges a code for one shift: the same digits until `until`, beside the same PIN and under the same throttle as a token's.
    pub fn check_temporary(
        &self,
        generator: &Generator,
        attempt: &Attempt<'_>,
        until: Timestamp,
    ) -> Outcome {
        match self.gate(attempt.now) {
            Gate::Open => {}
            Gate::Wait(until) => return Outcome::Wait { until },
            Gate::Locked(_) => return Outcome::Locked,
        }
        let step = Generator::TEMPORARY;
        let shown = bool::from(generator.shows(attempt.code, step.signed()));
        if shown && attempt.now < until && attempt.pin == PinVerdict::Right {
            let misses = self.misses.signed_in();
            return Outcome::Accepted { state: Self { misses, ..self.next() }, step };
        }
        Outcome::Wrong { state: self.missed(attempt.now) }
    }

    /// Finds a token again whose clock has wandered out of the window, by two codes that it showed
    /// one after the other, within 225 steps of the node's clock and both after the last step.
    ///
    /// One try in five minutes; a wrong one is a miss too. PIN and codes are judged together.
    pub fn resynchronise(
        &self,
        generator: &Generator,
        pair: &CodePair,
        pin: PinVerdict,
        now: Timestamp,
    ) -> ResyncOutcome {
        match (self.gate(now), self.next_resync_at) {
            (Gate::Locked(_), _) => return ResyncOutcome::Locked,
            (Gate::Wait(until), pause) => {
                return ResyncOutcome::Wait { until: pause.map_or(until, |at| at.max(until)) };
            }
            (Gate::Open, Some(until)) if now < until => return ResyncOutcome::Wait { until },
            (Gate::Open, _) => {}
        }
        let next_resync_at = Some(later(now, RESYNC_PAUSE));
        let step = generator.parameters().step;
        let clock = step.number_at(now).signed();
        let reach = Drift::RESYNC_LIMIT;
        let found = resync::find_pair(generator, pair, (clock, reach.into()), self.last_step);
        let drift = found.map(|second| Drift::of_typed(second.signed() - clock, step));
        match (found, drift) {
            (Some(second), Some(Ok(drift))) if pin.allows(generator.parameters().digits) => {
                let misses = self.misses.signed_in();
                let last_step = Some(second);
                let evidence = Evidence::default();
                let state =
                    Self { last_step, drift, evidence, misses, next_resync_at, ..self.next() };
                ResyncOutcome::Resynchronised { state }
            }
            _ => ResyncOutcome::Wrong { state: Self { next_resync_at, ..self.missed(now) } },
        }
    }

    /// Unlocks, forgets the misses and spends every code shown so far. The caller has made sure of
    /// an operator and a second named person.
    pub fn unlocked(&self, step: Step, now: Timestamp) -> Self {
        Self { misses: Misses::default(), ..self.spent_until(step, now) }
    }

    /// Spends every code shown so far, as recovery by other means must.
    pub fn spent_until(&self, step: Step, now: Timestamp) -> Self {
        let shown = self.centre(step, now).saturating_add(AHEAD);
        let shown = StepNumber::new(u64::try_from(shown).unwrap_or(0));
        Self { last_step: self.last_step.max(Some(shown)), ..self.next() }
    }

    /// The step that the token's own clock is in.
    fn centre(&self, step: Step, now: Timestamp) -> i64 {
        step.number_at(now).signed().saturating_add(self.drift.signed())
    }

    fn accepted(&self, spent: StepNumber, step: Step, attempt: &Attempt<'_>) -> Self {
        let offset = spent.signed() - step.number_at(attempt.now).signed();
        let known = (self.drift, &self.evidence);
        let (drift, evidence) =
            drift::learn(known, attempt.now, offset, attempt.profile.late_from(step));
        let misses = self.misses.signed_in();
        Self { last_step: Some(spent), drift, evidence, misses, ..self.next() }
    }

    fn missed(&self, now: Timestamp) -> Self {
        Self { misses: self.misses.missed(now), ..self.next() }
    }

    fn next(&self) -> Self {
        Self { version: self.version.saturating_add(1), ..self.clone() }
    }
}

impl PinVerdict {
    /// Without a PIN only eight digits are enough.
    fn allows(self, digits: Digits) -> bool {
        match self {
            Self::Right => true,
            Self::Wrong => false,
            Self::NotAsked => digits == Digits::Eight,
        }
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "state_model_tests.rs"]
mod model;
