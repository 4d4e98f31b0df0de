//! Proof, before a token is given to somebody, that it shows the codes it should.

use jiff::Timestamp;

use crate::drift::Drift;
use crate::parameters::{Algorithm, Step, TokenParameters};
use crate::resync::{CodePair, find_pair};
use crate::seed::Seed;
use crate::state::TokenState;
use crate::totp::Generator;

/// What two codes, typed one after the other, say of a new token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum EnrolmentOutcome {
    /// It works; both codes are spent and its drift is known.
    Confirmed {
        /// The state to store with the new token.
        state: TokenState,
    },
    /// The codes are those of a thirty-second token: this app ignores the eight-second setting.
    AppIgnoresPeriod,
    /// One code was typed twice: wait for the next one.
    SameCodeTwice,
    /// No such codes: another secret, other settings, or a clock that is ten minutes out.
    NotMatched,
}

/// Confirms a new token by two codes that it showed one after the other, within 75 steps of the
/// node's clock. Needs no throttle: whoever enrols has the seed in front of them.
pub fn confirm_enrolment(
    seed: &Seed,
    parameters: TokenParameters,
    pair: &CodePair,
    now: Timestamp,
) -> EnrolmentOutcome {
    let generator = Generator::new(seed, parameters);
    let clock = parameters.step.number_at(now).signed();
    let reach = i64::from(Drift::LEARNT_LIMIT);
    if !pair.is_one_code()
        && let Some(second) = find_pair(&generator, pair, (clock, reach), None)
        && let Ok(drift) = Drift::of_typed(second.signed() - clock, parameters.step)
    {
        return EnrolmentOutcome::Confirmed { state: TokenState::enrolled(second, drift) };
    }
    if reads_as_thirty_seconds(seed, parameters, pair, now) {
        return EnrolmentOutcome::AppIgnoresPeriod;
    }
    if pair.is_one_code() {
        return EnrolmentOutcome::SameCodeTwice;
    }
    EnrolmentOutcome::NotMatched
}

/// Confirms a fob by two codes that it showed one after the other, within 225 steps of the node's clock: it may have lain in a
/// cupboard for years. Codes that it had spent with somebody else stay spent. Needs no throttle beyond the caller's: the fob is in
/// somebody's hand, and pairs are beyond guessing.
pub fn confirm_first_use(
    state: &TokenState,
    generator: &Generator,
    pair: &CodePair,
    now: Timestamp,
) -> EnrolmentOutcome {
    if pair.is_one_code() {
        return EnrolmentOutcome::SameCodeTwice;
    }
    let step = generator.parameters().step;
    let clock = step.number_at(now).signed();
    let reach = i64::from(Drift::RESYNC_LIMIT);
    let second = find_pair(generator, pair, (clock, reach), state.last_step());
    let drift = second.map(|second| Drift::of_typed(second.signed() - clock, step));
    match second.zip(drift.and_then(Result::ok)) {
        Some((second, drift)) => {
            EnrolmentOutcome::Confirmed { state: TokenState::enrolled(second, drift) }
        }
        None => EnrolmentOutcome::NotMatched,
    }
}

/// Whether an app that ignores `period` would show these codes. Such apps often ignore `algorithm`
/// as well, and show one code for so long that people type it twice.
fn reads_as_thirty_seconds(
    seed: &Seed,
    parameters: TokenParameters,
    pair: &CodePair,
    now: Timestamp,
) -> bool {
    if parameters.step == Step::Thirty {
        return false;
    }
    let clock = Step::Thirty.number_at(now).signed();
    let reach = i64::from(Drift::LEARNT_LIMIT) * i64::from(parameters.step.seconds()) / 30;
    [parameters.algorithm, Algorithm::Sha1].into_iter().any(|algorithm| {
        let generator =
            Generator::new(seed, TokenParameters { algorithm, step: Step::Thirty, ..parameters });
        find_pair(&generator, pair, (clock, reach), None).is_some()
            || (pair.is_one_code()
                && (clock - reach..=clock + reach)
                    .any(|number| generator.shows(pair.first(), number).into()))
    })
}

#[cfg(test)]
#[path = "enrolment_tests.rs"]
mod tests;
