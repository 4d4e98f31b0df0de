//! Two codes that a token showed one after the other, and the steps they belong to.

use subtle::{Choice, ConditionallySelectable};

use crate::code::Code;
use crate::parameters::StepNumber;
use crate::state::TokenState;
use crate::totp::Generator;

/// Two typed codes, the older first.
#[derive(Clone, Debug)]
pub struct CodePair {
    first: Code,
    second: Code,
}

/// What became of a resynchronisation. Store the state before anybody is told.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ResyncOutcome {
    /// Found; both codes are spent and the drift is set.
    Resynchronised {
        /// The state to store.
        state: TokenState,
    },
    /// PIN or codes are wrong; which of them is not told.
    Wrong {
        /// With one more miss.
        state: TokenState,
    },
    /// Within five minutes of the last try, or too soon after a miss: not judged.
    Wait {
        /// When the next try is judged.
        until: jiff::Timestamp,
    },
    /// Locked: not judged.
    Locked,
}

/// The most steps from the first code to the second. At eight seconds nobody types two neighbours
/// in a row: the next is gone before the first is typed. 451 × 3 pairs of 10¹² stay beyond guessing.
const GAPS: usize = 3;

impl CodePair {
    /// The code shown first and the one shown after it.
    pub const fn new(first: Code, second: Code) -> Self {
        Self { first, second }
    }

    pub(crate) const fn first(&self) -> &Code {
        &self.first
    }

    /// Whether one code was typed twice.
    pub(crate) fn is_one_code(&self) -> bool {
        self.first == self.second
    }
}

/// The step of the second code, when both lie within `reach` steps of `clock` and after `last_step`
/// and the second follows the first closely. Computes the whole range, whatever is found.
pub(crate) fn find_pair(
    generator: &Generator,
    pair: &CodePair,
    (clock, reach): (i64, i64),
    last_step: Option<StepNumber>,
) -> Option<StepNumber> {
    let unspent = |number: i64| last_step.is_none_or(|last| number > last.signed());
    let (mut found, mut step) = (Choice::from(0), 0_u64);
    let mut firsts = [Choice::from(0); GAPS];
    for number in clock.saturating_sub(reach)..=clock.saturating_add(reach) {
        let after_first = firsts.iter().fold(Choice::from(0), |any, first| any | *first);
        let both = after_first & generator.shows(&pair.second, number);
        found |= both;
        step.conditional_assign(&u64::try_from(number).unwrap_or(0), both);
        firsts.rotate_right(1);
        let first = generator.shows(&pair.first, number);
        firsts[0] = first & Choice::from(u8::from(unspent(number)));
    }
    bool::from(found).then_some(StepNumber::new(step))
}

#[cfg(test)]
#[path = "resync_tests.rs"]
mod tests;
