use proptest::prelude::*;

use super::*;
use crate::parameters::{Algorithm, TokenParameters};
use crate::seed::Seed;

const CLOCK: i64 = 225_000_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(CLOCK * 8 + second).unwrap()
}

fn generator_of(digits: Digits) -> Generator {
    let parameters = TokenParameters { digits, ..TokenParameters::default() };
    Generator::new(&Seed::new((0..32).collect()).unwrap(), parameters)
}

fn generator() -> Generator {
    generator_of(Digits::Six)
}

/// The code of the step that many after the node's clock at second 0.
fn code(offset: i64) -> Code {
    generator().code_for(StepNumber::new(u64::try_from(CLOCK + offset).unwrap()))
}

/// A code of none of the steps around.
fn wrong_code() -> Code {
    let near: Vec<Code> = (-300..300).map(code).collect();
    (0..1000).map(|n| Code::new(n, Digits::Six)).find(|code| !near.contains(code)).unwrap()
}

fn try_pin(state: &TokenState, code: &Code, pin: PinVerdict, second: i64) -> Outcome {
    let attempt = Attempt { code, pin, now: at(second), profile: Profile::Standard };
    state.check(&generator(), &attempt)
}

fn check(state: &TokenState, code: &Code, second: i64) -> Outcome {
    try_pin(state, code, PinVerdict::Right, second)
}

fn accepted(outcome: Outcome) -> TokenState {
    let Outcome::Accepted { state, .. } = outcome else { panic!("{outcome:?}") };
    state
}

fn wrong(outcome: Outcome) -> TokenState {
    let Outcome::Wrong { state } = outcome else { panic!("{outcome:?}") };
    state
}

#[test]
fn codes_from_three_steps_back_to_one_ahead_are_accepted_and_no_others() {
    let good: Vec<i64> = (-10..10)
        .filter(|n| matches!(check(&TokenState::default(), &code(*n), 0), Outcome::Accepted { .. }))
        .collect();
    assert_eq!(good, [-3, -2, -1, 0, 1]);
}

#[test]
fn a_person_who_needs_more_time_has_six_steps_back() {
    let good = |n: &i64| {
        let (pin, profile) = (PinVerdict::Right, Profile::Accessible);
        let attempt = Attempt { code: &code(*n), pin, now: at(0), profile };
        matches!(TokenState::default().check(&generator(), &attempt), Outcome::Accepted { .. })
    };
    assert_eq!((-10..10).filter(good).collect::<Vec<_>>(), (-6..=1).collect::<Vec<_>>());
}

#[test]
fn an_accepted_code_and_all_before_it_are_replays() {
    let state = accepted(check(&TokenState::default(), &code(0), 0));
    for n in -3..=0 {
        assert!(matches!(check(&state, &code(n), 0), Outcome::Replayed { .. }), "{n}");
    }
    accepted(check(&state, &code(1), 1));
}

#[test]
fn a_replay_is_a_miss_and_is_answered_alike_whatever_the_pin() {
    let state = accepted(check(&TokenState::default(), &code(0), 0));
    let right = try_pin(&state, &code(0), PinVerdict::Right, 3);
    let other = try_pin(&state, &code(0), PinVerdict::Wrong, 3);
    assert_eq!(right, other);
    assert!(matches!(right, Outcome::Replayed { state } if state.misses() == 1));
}

#[test]
fn a_wrong_pin_with_a_right_code_looks_like_a_wrong_code_and_spends_no_step() {
    let start = TokenState::default();
    let by_pin = try_pin(&start, &code(0), PinVerdict::Wrong, 0);
    let by_code = try_pin(&start, &wrong_code(), PinVerdict::Right, 0);
    let by_both = try_pin(&start, &wrong_code(), PinVerdict::Wrong, 0);
    assert_eq!((&by_pin, &by_pin), (&by_code, &by_both));
    let state = wrong(by_pin);
    assert_eq!((state.misses(), state.last_step()), (1, None));
    accepted(check(&state, &code(0), 1));
}

#[test]
fn without_a_pin_only_eight_digits_are_enough() {
    for (digits, good) in [(Digits::Six, false), (Digits::Eight, true)] {
        let generator = generator_of(digits);
        let (pin, profile) = (PinVerdict::NotAsked, Profile::Standard);
        let attempt = Attempt { code: &generator.code_at(at(0)), pin, now: at(0), profile };
        let outcome = TokenState::default().check(&generator, &attempt);
        assert_eq!(matches!(outcome, Outcome::Accepted { .. }), good, "{digits:?}");
    }
}

#[test]
fn a_try_before_its_time_is_neither_judged_nor_counted() {
    let miss = |state: TokenState, _| wrong(check(&state, &wrong_code(), 0));
    let state = (0..3).fold(TokenState::default(), miss);
    let until = at(2);
    assert_eq!(check(&state, &code(0), 1), Outcome::Wait { until });
    assert_eq!(check(&state, &wrong_code(), 1), Outcome::Wait { until });
    assert_eq!(accepted(check(&state, &code(0), 2)).misses(), 0);
}

#[test]
fn ten_misses_lock_and_two_people_unlock_with_all_shown_codes_spent() {
    let mut state = TokenState::default();
    for n in 0..10 {
        state = wrong(check(&state, &wrong_code(), n * 200));
    }
    assert_eq!(state.locked(), Some(Lock::MissesInARow));
    assert_eq!(check(&state, &code(250), 2000), Outcome::Locked);

    let state = state.unlocked(Step::Eight, at(2000));
    assert!(matches!(check(&state, &code(251), 2000), Outcome::Replayed { .. }));
    accepted(check(&state, &code(252), 2016));
}

#[test]
fn each_change_raises_the_version_by_one() {
    let state = accepted(check(&TokenState::default(), &code(0), 0));
    let state = wrong(check(&state, &wrong_code(), 1));
    assert_eq!(state.version(), 2);
    assert_eq!(state.spent_until(Step::Eight, at(0)).version(), 3);
}

#[test]
fn when_digits_collide_the_newest_step_is_spent() {
    let parameters = TokenParameters { algorithm: Algorithm::Sha1, ..Default::default() };
    let generator = Generator::new(&Seed::new(vec![1; 20]).unwrap(), parameters);
    // Found by search: this step and the next show the same six digits.
    let later = 1_980_728_u64;
    let now = Timestamp::from_second(i64::try_from(later * 8).unwrap()).unwrap();
    let code = generator.code_for(StepNumber::new(later));
    assert_eq!(code, generator.code_for(StepNumber::new(later + 1)));
    let attempt = Attempt { code: &code, pin: PinVerdict::Right, now, profile: Profile::Standard };
    let state = accepted(TokenState::default().check(&generator, &attempt));
    assert_eq!(state.last_step(), Some(StepNumber::new(later + 1)));
    assert!(matches!(state.check(&generator, &attempt), Outcome::Replayed { .. }));
}

#[test]
fn a_gaining_token_is_followed_step_by_step() {
    let mut state = TokenState::default();
    for drift in 1..=80 {
        state = match check(&state, &code(drift * 10 + drift), drift * 80) {
            Outcome::Accepted { state, .. } => state,
            _ => break,
        };
    }
    assert_eq!(state.drift().steps(), 75);
}

#[test]
fn a_stored_state_reads_back_and_a_damaged_one_is_refused() {
    let state = wrong(check(&TokenState::default(), &wrong_code(), 0));
    let state = accepted(check(&state, &code(1), 1));
    let json = serde_json::to_string(&state).unwrap();
    assert_eq!(serde_json::from_str::<TokenState>(&json).unwrap(), state);
    assert!(
        serde_json::from_str::<TokenState>(&json.replace("\"drift\":1", "\"drift\":999")).is_err()
    );
}

proptest! {
    #[test]
    fn any_time_and_any_code_are_answered(second: i64, value: u32, last: Option<u64>) {
        let now = Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
        let state = TokenState { last_step: last.map(StepNumber::new), ..TokenState::default() };
        let (pin, profile) = (PinVerdict::Right, Profile::Accessible);
        let code = Code::new(value, Digits::Six);
        let outcome = state.check(&generator(), &Attempt { code: &code, pin, now, profile });
        let judged = !matches!(outcome, Outcome::Locked | Outcome::Wait { .. });
        prop_assert!(judged);
        let pair = CodePair::new(code.clone(), code);
        let _ = state.resynchronise(&generator(), &pair, pin, now);
        let _ = state.unlocked(Step::Eight, now);
    }
}

#[test]
fn a_code_for_one_shift_ends_with_it_and_is_throttled_like_any_other() {
    let generator = generator_of(Digits::Eight);
    let (code, wrong) = (generator.temporary_code(), generator.code_for(StepNumber::new(1)));
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    let until = now + jiff::SignedDuration::from_hours(12);
    let attempt = |code, pin, now| Attempt { code, pin, now, profile: Profile::Standard };
    let mut state = TokenState::default();
    for _ in 0..3 {
        let tried = attempt(&code, PinVerdict::Right, now);
        let Outcome::Accepted { state: next, .. } =
            state.check_temporary(&generator, &tried, until)
        else {
            panic!("the code did not open");
        };
        state = next;
    }
    for (code, pin, at) in [
        (&code, PinVerdict::Right, until),
        (&code, PinVerdict::Wrong, now),
        (&code, PinVerdict::NotAsked, now),
        (&wrong, PinVerdict::Right, now),
    ] {
        let outcome = state.check_temporary(&generator, &attempt(code, pin, at), until);
        assert!(matches!(outcome, Outcome::Wrong { .. }));
    }
    let mut at = now;
    for _ in 0..10 {
        if let Gate::Wait(until) = state.gate(at) {
            at = until;
        }
        let tried = attempt(&wrong, PinVerdict::Right, at);
        let Outcome::Wrong { state: next } = state.check_temporary(&generator, &tried, until)
        else {
            panic!("a wrong code was not counted");
        };
        state = next;
    }
    let tried = attempt(&code, PinVerdict::Right, at);
    assert_eq!(state.check_temporary(&generator, &tried, until), Outcome::Locked);
}
