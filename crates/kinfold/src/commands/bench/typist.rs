//! Typists who begin at any moment of a code's eight seconds: how many are in at the first try. The judgement is the real one
//! (`TokenState::check`); the hands are a model, and time is computed, not waited for.

mod hands;

use clap::Args;
use jiff::Timestamp;
use kinfold_token::{
    Attempt, Code, CodePair, Digits, EnrolmentOutcome, Generator, Outcome, PinVerdict, Profile,
    Seed, TokenParameters, TokenState, confirm_enrolment,
};
use serde_json::{Map, Value, json};

use hands::{Hands, Reading, Typed};

/// Milliseconds a digit.
const RATES: [i64; 3] = [250, 500, 1_000];
/// Seconds by which the device's clock is ahead.
const CLOCKS: [i64; 5] = [-5, -2, 0, 2, 5];
/// An enrolment is searched for in a hundred and fifty steps, so fewer of them are tried.
const FEWER: u32 = 20;
/// Two years of moments.
const FROM_MS: i64 = 1_800_000_000_000;
const SPAN_MS: i64 = 63_072_000_000;
const HOUR_MS: i64 = 3_600_000;

/// How to try.
#[derive(Args)]
pub(crate) struct TypistTerms {
    /// Prints one JSON object.
    #[arg(long)]
    pub(super) json: bool,
    /// Tries a figure; a twentieth of them for the first sign-in after an enrolment.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..))]
    starts: u32,
    /// Another seed gives other moments and hands.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Percent of typists who are in at the first try, by digits, speed, habit and clock.
pub(super) fn measure(terms: &TypistTerms) -> anyhow::Result<Value> {
    let (mut signing_in, mut beginning) = (Vec::new(), Vec::new());
    for digits in [Digits::Six, Digits::Eight] {
        let token = Token::of(digits)?;
        for rate in RATES {
            for reading in Reading::ALL {
                let one = |hands: &mut Hands, clock| token.signs_in(hands, clock);
                let hands = || Hands::new(terms.seed, rate, reading);
                signing_in.push(line((digits, rate, reading), terms.starts, hands, one));
            }
            let one = |hands: &mut Hands, clock| token.begins(hands, clock);
            let hands = || Hands::new(terms.seed, rate, Reading::Once);
            let starts = terms.starts.div_ceil(FEWER);
            beginning.push(line((digits, rate, Reading::Once), starts, hands, one));
        }
    }
    Ok(json!({
        "starts": terms.starts,
        "first_time_percent": signing_in,
        "first_time_percent_after_enrolment": beginning,
    }))
}

/// One line of the table: a share for each clock.
fn line(
    (digits, rate, reading): (Digits, i64, Reading),
    starts: u32,
    hands: impl Fn() -> Hands,
    one: impl Fn(&mut Hands, i64) -> bool,
) -> Value {
    let mut line = Map::new();
    line.insert("digits".to_owned(), digits.count().into());
    line.insert("ms_a_digit".to_owned(), rate.into());
    line.insert("reads".to_owned(), reading.words().into());
    for clock in CLOCKS {
        let mut hands = hands();
        let succeeded = (0..starts).filter(|_| one(&mut hands, clock)).count();
        line.insert(format!("clock {clock:+} s"), percent(succeeded, starts).into());
    }
    Value::Object(line)
}

/// To two places, never rounded up to a hundred.
fn percent(succeeded: usize, of: u32) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 tries")]
    let share = succeeded as f64 / f64::from(of.max(1));
    (share * 1e4).floor() / 100.0
}

/// A soft token as the node gives it.
struct Token {
    seed: Seed,
    generator: Generator,
}

impl Token {
    fn of(digits: Digits) -> anyhow::Result<Self> {
        let seed = Seed::new((0..32).collect())?;
        let parameters = TokenParameters { digits, ..TokenParameters::default() };
        Ok(Self { generator: Generator::new(&seed, parameters), seed })
    }

    /// One try, on a device whose clock has gone `clock` seconds ahead since it was enrolled.
    fn signs_in(&self, hands: &mut Hands, clock: i64) -> bool {
        let began = hands.moment(FROM_MS, SPAN_MS);
        self.accepted(&TokenState::default(), hands, (began, clock)).unwrap_or(false)
    }

    /// An enrolment by two codes, as its page asks for them, with the clock ahead from the start; then one try, an hour later.
    fn begins(&self, hands: &mut Hands, clock: i64) -> bool {
        let began = hands.moment(FROM_MS, SPAN_MS);
        self.enrolled(hands, (began, clock)).is_some_and(|(state, done)| {
            let later = hands.moment(done + HOUR_MS, self.step_ms());
            self.accepted(&state, hands, (later, clock)).unwrap_or(false)
        })
    }

    fn enrolled(&self, hands: &mut Hands, (began, clock): (i64, i64)) -> Option<(TokenState, i64)> {
        let first = self.typed(hands, (began, clock));
        // Waits until the code has changed, and types the new one.
        let device = first.done + clock * 1_000;
        let changed = first.done + self.step_ms() - device.rem_euclid(self.step_ms());
        let second = self.typed(hands, (changed, clock));
        let pair = CodePair::new(self.code(first, clock)?, self.code(second, clock)?);
        let now = at(second.done)?;
        match confirm_enrolment(&self.seed, self.generator.parameters(), &pair, now) {
            EnrolmentOutcome::Confirmed { state } => Some((state, second.done)),
            _ => None,
        }
    }

    fn accepted(
        &self,
        state: &TokenState,
        hands: &mut Hands,
        (began, clock): (i64, i64),
    ) -> Option<bool> {
        let typed = self.typed(hands, (began, clock));
        let code = self.code(typed, clock)?;
        let now = at(typed.done)?;
        let attempt =
            Attempt { code: &code, pin: PinVerdict::Right, now, profile: Profile::Standard };
        Some(matches!(state.check(&self.generator, &attempt), Outcome::Accepted { .. }))
    }

    fn typed(&self, hands: &mut Hands, (began, clock): (i64, i64)) -> Typed {
        let digits = self.generator.parameters().digits.count();
        hands.typed((began, clock * 1_000), (digits.into(), self.step_ms()))
    }

    /// What was typed: both halves as the device showed them when they were read.
    fn code(&self, typed: Typed, clock: i64) -> Option<Code> {
        let shown = |read: i64| Some(self.generator.code_at(at(read + clock * 1_000)?).expose());
        let (first, second) = (shown(typed.first_read)?, shown(typed.second_read)?);
        let middle = first.len() / 2;
        format!("{}{}", first.get(..middle)?, second.get(middle..)?).parse().ok()
    }

    fn step_ms(&self) -> i64 {
        i64::from(self.generator.parameters().step.seconds()) * 1_000
    }
}

fn at(millisecond: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(millisecond).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fluent_typist_who_begins_at_any_moment_is_in_at_the_first_try() {
        for digits in [Digits::Six, Digits::Eight] {
            let token = Token::of(digits).unwrap();
            for clock in CLOCKS {
                let mut hands = Hands::new(1, 250, Reading::Once);
                let tries = 1_000;
                let succeeded = (0..tries).filter(|_| token.signs_in(&mut hands, clock)).count();
                assert!(succeeded * 100 >= tries * 99, "{succeeded} of {tries} at {clock} s");
            }
        }
    }

    #[test]
    fn a_code_that_is_given_up_signs_nobody_in() {
        let token = Token::of(Digits::Six).unwrap();
        let typed = Typed { first_read: 0, second_read: 0, done: i64::MAX };
        assert!(at(typed.done).is_none() && token.code(typed, 0).is_some());
        assert!((percent(99_999, 100_000) - 99.99).abs() < 1e-9, "a miss is never rounded away");
    }
}
