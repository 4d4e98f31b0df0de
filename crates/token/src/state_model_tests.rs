//! The promises that must hold over any order of calls, and the keystroke model of the window.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::parameters::TokenParameters;
use crate::seed::Seed;
use crate::throttle::{DAY_LIMIT, ROW_LIMIT};

const START: i64 = 1_800_000_000;
const DAY: i64 = 86_400;

fn generator() -> Generator {
    Generator::new(&Seed::new((0..32).collect()).unwrap(), TokenParameters::default())
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(START + second).unwrap()
}

/// What may happen to a token, by its owner or by anybody else.
#[derive(Clone, Debug)]
enum Call {
    /// Time passes, mostly as little as an attacker would let pass.
    Pass(i64),
    /// The code of a step this far from the node's clock.
    Show { offset: i64, pin: PinVerdict },
    /// Somebody guesses.
    Guess,
    /// The same guess by two servers at once that both read the old state.
    GuessTwiceAtOnce,
    /// A right code at two servers at once.
    ShowTwiceAtOnce { offset: i64 },
    /// Two codes to resynchronise by.
    Resynchronise { first: i64, second: i64 },
}

fn call() -> impl Strategy<Value = Call> {
    let pin = prop_oneof![4 => Just(PinVerdict::Right), 1 => Just(PinVerdict::Wrong)];
    prop_oneof![
        3 => prop_oneof![0_i64..12, Just(128), 0..400_i64, Just(DAY / 4)].prop_map(Call::Pass),
        3 => (-5_i64..4, pin).prop_map(|(offset, pin)| Call::Show { offset, pin }),
        6 => Just(Call::Guess),
        1 => Just(Call::GuessTwiceAtOnce),
        1 => (-3_i64..2).prop_map(|offset| Call::ShowTwiceAtOnce { offset }),
        1 => (-230_i64..230, 0_i64..4)
            .prop_map(|(first, gap)| Call::Resynchronise { first, second: first + gap }),
    ]
}

/// A node with a store that compares and swaps, and a count of what got through.
struct Node {
    generator: Generator,
    state: TokenState,
    second: i64,
    spent: BTreeSet<u64>,
    misses: Vec<i64>,
}

impl Node {
    fn new() -> Self {
        let state = TokenState::default();
        Self { generator: generator(), state, second: 0, spent: BTreeSet::new(), misses: vec![] }
    }

    fn number(&self, offset: i64) -> u64 {
        u64::try_from((START + self.second) / 8 + offset).unwrap()
    }

    fn code(&self, offset: i64) -> Code {
        self.generator.code_for(StepNumber::new(self.number(offset)))
    }

    fn wrong_code(&self) -> Code {
        let near: Vec<Code> = (-8..8).map(|offset| self.code(offset)).collect();
        (0..100).map(|n| Code::new(n, Digits::Six)).find(|code| !near.contains(code)).unwrap()
    }

    fn swap(&mut self, read: u64, state: TokenState) -> bool {
        let swapped = self.state.version() == read;
        if swapped {
            assert!(state.last_step() >= self.state.last_step(), "a step came back");
            assert!(state.drift().steps().unsigned_abs() <= 225);
            self.state = state;
        }
        swapped
    }

    /// Judges by the state as it was read, and tells only what could be stored.
    fn judge(&mut self, read: &TokenState, code: &Code, pin: PinVerdict) {
        let attempt = Attempt { code, pin, now: at(self.second), profile: Profile::Standard };
        match read.check(&self.generator, &attempt) {
            Outcome::Accepted { state, step } => {
                if self.swap(read.version(), state) {
                    assert!(self.spent.insert(step.number()), "a code was accepted twice");
                    assert_eq!(pin, PinVerdict::Right);
                }
            }
            Outcome::Replayed { state } | Outcome::Wrong { state } => {
                if self.swap(read.version(), state) {
                    self.misses.push(self.second);
                }
            }
            Outcome::Wait { until } => assert!(until > at(self.second)),
            Outcome::Locked => assert!(read.locked().is_some()),
        }
    }

    fn resynchronise(&mut self, first: i64, second: i64) {
        let pair = CodePair::new(self.code(first), self.code(second));
        let (read, now) = (self.state.clone(), at(self.second));
        match read.resynchronise(&self.generator, &pair, PinVerdict::Right, now) {
            ResyncOutcome::Resynchronised { state } => {
                let (first, second) = (self.number(first), self.number(second));
                assert!(self.swap(read.version(), state));
                assert!(self.spent.range(first..).next().is_none(), "a spent code was used");
                self.spent.extend([first, second]);
            }
            ResyncOutcome::Wrong { state } => {
                assert!(self.swap(read.version(), state));
                self.misses.push(self.second);
            }
            ResyncOutcome::Wait { .. } | ResyncOutcome::Locked => {}
        }
    }

    fn call(&mut self, call: &Call) {
        let read = self.state.clone();
        match *call {
            Call::Pass(seconds) => self.second += seconds,
            Call::Show { offset, pin } => self.judge(&read, &self.code(offset), pin),
            Call::Guess => self.judge(&read, &self.wrong_code(), PinVerdict::Right),
            Call::GuessTwiceAtOnce => {
                for _ in 0..2 {
                    self.judge(&read, &self.wrong_code(), PinVerdict::Right);
                }
            }
            Call::ShowTwiceAtOnce { offset } => {
                for _ in 0..2 {
                    self.judge(&read, &self.code(offset), PinVerdict::Right);
                }
            }
            Call::Resynchronise { first, second } => self.resynchronise(first, second),
        }
    }

    /// The most misses that were judged within any twenty-four hours.
    fn worst_day(&self) -> usize {
        let within = |from: i64| {
            self.misses.iter().filter(|miss| (from..from + DAY).contains(*miss)).count()
        };
        self.misses.iter().map(|from| within(*from)).max().unwrap_or(0)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_order_of_calls_spends_a_code_twice_or_yields_more_guesses_than_the_model(
        calls in proptest::collection::vec(call(), 0..250)
    ) {
        let mut node = Node::new();
        for call in &calls {
            node.call(call);
        }
        prop_assert!(node.worst_day() <= DAY_LIMIT);
        prop_assert!(node.state.misses() <= ROW_LIMIT);
    }
}

#[test]
fn an_attacker_who_uses_each_sign_in_of_the_owner_has_thirty_six_guesses_a_day() {
    let mut node = Node::new();
    while node.state.locked().is_none() {
        if node.state.misses() == ROW_LIMIT - 1 {
            node.second += 200;
            node.judge(&node.state.clone(), &node.code(0), PinVerdict::Right);
        }
        node.judge(&node.state.clone(), &node.wrong_code(), PinVerdict::Right);
        node.second += 1;
    }
    assert_eq!(node.misses.len(), 36);
    let codes = f64::from(Profile::Standard.codes(Step::Eight));
    let chance = 36.0 * codes / f64::from(Digits::Six.codes());
    assert!((chance - 1.8e-4).abs() < 1e-9, "{chance}");
}

/// The lateness in steps of codes typed by somebody of that median, over all moments to start at:
/// seconds from reading to arrival are log-normal with a spread of 0.4.
fn latenesses(median: f64) -> impl Iterator<Item = i64> {
    let unit = |n: u32, of: u32| (f64::from(n) + 0.5) / f64::from(of);
    (0..40).flat_map(move |radius| {
        (0..40).flat_map(move |angle| {
            let normal = (-2.0 * unit(radius, 40).ln()).sqrt()
                * (std::f64::consts::TAU * unit(angle, 40)).cos();
            let seconds = median * (0.4 * normal).exp();
            (0..8).map(move |phase| whole_steps(seconds / 8.0 + unit(phase, 8)))
        })
    })
}

fn whole_steps(steps: f64) -> i64 {
    (0_i32..40).take_while(|whole| f64::from(*whole) <= steps).last().unwrap_or(0).into()
}

#[test]
fn the_window_accepts_what_the_keystroke_model_says() {
    let table = [(6.6, 9998), (9.8, 9940), (13.9, 9530)];
    let generator = generator();
    let accepted_at = |lateness: i64| {
        let number = u64::try_from(START / 8 - lateness).unwrap();
        let code = generator.code_for(StepNumber::new(number));
        let (pin, profile) = (PinVerdict::Right, Profile::Standard);
        let attempt = Attempt { code: &code, pin, now: at(0), profile };
        matches!(TokenState::default().check(&generator, &attempt), Outcome::Accepted { .. })
    };
    let accepted: BTreeSet<i64> = (0..40).filter(|late| accepted_at(*late)).collect();
    for (median, expected) in table {
        let tries: Vec<i64> = latenesses(median).collect();
        let good = tries.iter().filter(|late| accepted.contains(late)).count();
        let share = good * 10_000 / tries.len();
        assert!(share.abs_diff(expected) <= 60, "median {median}: {share} of 10,000");
    }
}

/// What two months of sign-ins did to a token.
#[derive(Debug)]
struct Course {
    drifts: BTreeSet<i16>,
    last: i16,
    refused: usize,
}

/// Signs in twice a day for two months with a token that loses (or gains) a step in that many days,
/// typed by somebody of that median.
fn two_months(median: f64, days_a_step: Option<i64>) -> Course {
    let typed: Vec<i64> = latenesses(median).collect();
    let (mut node, mut drifts, mut refused) = (Node::new(), BTreeSet::new(), 0);
    for n in 0..120_usize {
        node.second = i64::try_from(n).unwrap() * DAY / 2;
        let lost = days_a_step.map_or(0, |days| node.second / DAY / days);
        // A stride prime to the number of latenesses scatters them.
        let offset = -typed[n * 7919 % typed.len()] - lost;
        let before = node.spent.len();
        node.judge(&node.state.clone(), &node.code(offset), PinVerdict::Right);
        refused += usize::from(node.spent.len() == before);
        drifts.insert(node.state.drift().steps());
    }
    Course { last: node.state.drift().steps(), drifts, refused }
}

#[test]
fn typing_delay_is_never_learnt_as_drift() {
    for median in [4.0, 6.6, 9.8] {
        let course = two_months(median, None);
        assert_eq!(course.drifts, BTreeSet::from([0]), "median {median}");
    }
}

#[test]
fn a_slow_typist_moves_the_window_by_a_step_at_most_and_is_refused_no_more_for_it() {
    let course = two_months(13.9, None);
    assert!(course.drifts.iter().all(|drift| (-1..=0).contains(drift)), "{course:?}");
    assert!(course.refused <= 7, "the model refuses 5% of 120: {course:?}");
}

#[test]
fn a_losing_token_of_twenty_parts_per_million_is_followed_without_a_resynchronisation() {
    let course = two_months(6.6, Some(5));
    assert!((-12..=-9).contains(&course.last), "{course:?}");
    assert!(course.refused <= 4, "{course:?}");
}

#[test]
fn a_gaining_token_is_followed_too() {
    let course = two_months(6.6, Some(-5));
    assert!((9..=12).contains(&course.last), "{course:?}");
    assert!(course.refused <= 4, "{course:?}");
}
