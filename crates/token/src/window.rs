//! Which steps are good at a moment, and which of them a typed code belongs to.

use serde::{Deserialize, Serialize};
use subtle::{Choice, ConditionallySelectable};

use crate::code::Code;
use crate::parameters::{Step, StepNumber};
use crate::totp::Generator;

/// How much time a person is given to type.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Three steps of eight seconds back: 95% of slow typists of eight digits at the first try.
    #[default]
    Standard,
    /// Six steps of eight seconds back, for a person who needs the time (WCAG 2.2, 2.2.1).
    Accessible,
}

/// One step ahead: a code cannot be typed early, but a token's clock may have gained a step.
pub(crate) const AHEAD: i64 = 1;

/// What a typed code was found to be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Found {
    /// The code of a step that has not been spent.
    Fresh(StepNumber),
    /// The code of a step at or before the last one spent.
    Spent,
    /// None of the candidates.
    Nothing,
}

impl Profile {
    /// How many steps back a code is good. Time is what typing needs, so longer steps need fewer:
    /// RFC 6238 section 5.2 allows one at thirty seconds.
    pub const fn steps_back(self, step: Step) -> u8 {
        match (self, step) {
            (Self::Accessible, Step::Eight) => 6,
            (Self::Standard, Step::Eight) | (Self::Accessible, Step::Fifteen) => 3,
            (Self::Standard, Step::Fifteen) | (Self::Accessible, Step::Thirty) => 2,
            (Self::Standard, Step::Thirty) | (_, Step::Sixty) => 1,
        }
    }

    /// How many codes are good at one moment: five at eight seconds.
    pub const fn codes(self, step: Step) -> u8 {
        self.steps_back(step) + 2
    }

    /// The lateness in steps from which typing alone no longer explains it: the older half of the
    /// window. At eight seconds that is two steps, for one step is what typing takes: the keystroke
    /// model has a typical typist of eight digits on time for one code in twenty only, so that the
    /// freshest of eight sign-ins is a step late with an exact clock as well.
    pub(crate) fn late_from(self, step: Step) -> i64 {
        i64::from(self.steps_back(step)) / 2 + 1
    }
}

/// The numbers of the steps that are good around `centre`, oldest first. Their count depends on
/// nothing but `back`, and the oldest may lie before the epoch.
pub(crate) fn candidates(centre: i64, back: u8) -> impl Iterator<Item = i64> {
    (-i64::from(back)..=AHEAD).map(move |offset| centre.saturating_add(offset))
}

/// Computes every candidate, whatever is found, and compares in constant time.
///
/// When digits collide the newest step wins, so that both are spent and the same digits are not
/// accepted again.
pub(crate) fn find(
    generator: &Generator,
    code: &Code,
    candidates: impl Iterator<Item = i64>,
    last_step: Option<StepNumber>,
) -> Found {
    let (mut fresh, mut spent, mut step) = (Choice::from(0), Choice::from(0), 0_u64);
    for number in candidates {
        let shown = generator.shows(code, number);
        let candidate = StepNumber::new(u64::try_from(number).unwrap_or(0));
        let unspent = Choice::from(u8::from(last_step.is_none_or(|last| candidate > last)));
        step.conditional_assign(&candidate.number(), shown & unspent);
        fresh |= shown & unspent;
        spent |= shown & !unspent;
    }
    match (bool::from(fresh), bool::from(spent)) {
        (true, _) => Found::Fresh(StepNumber::new(step)),
        (false, true) => Found::Spent,
        (false, false) => Found::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: [Step; 4] = [Step::Eight, Step::Fifteen, Step::Thirty, Step::Sixty];

    #[test]
    fn at_eight_seconds_five_codes_are_good_and_eight_with_more_time() {
        assert_eq!(candidates(100, 3).collect::<Vec<_>>(), [97, 98, 99, 100, 101]);
        assert_eq!(candidates(100, 6).count(), 8);
        assert_eq!(Profile::Standard.codes(Step::Eight), 5);
        assert_eq!(Profile::Accessible.codes(Step::Eight), 8);
    }

    #[test]
    fn the_number_of_candidates_is_the_same_at_any_time() {
        for centre in [i64::MIN, -1, 0, 1, 200_000_000, i64::MAX] {
            assert_eq!(candidates(centre, 3).count(), 5);
        }
    }

    #[test]
    fn longer_steps_never_stretch_the_window_past_a_step_of_grace_more() {
        for step in STEPS {
            let seconds = |profile: Profile| u16::from(profile.steps_back(step)) * step.seconds();
            assert!(seconds(Profile::Standard) <= 60, "{step:?}");
            assert!(seconds(Profile::Accessible) <= 60, "{step:?}");
            assert!(seconds(Profile::Accessible) >= seconds(Profile::Standard));
        }
    }

    #[test]
    fn late_is_always_within_the_window_and_never_its_freshest_step() {
        for step in STEPS {
            for profile in [Profile::Standard, Profile::Accessible] {
                let late = profile.late_from(step);
                assert!((1..=i64::from(profile.steps_back(step))).contains(&late));
            }
        }
    }
}
