use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::parameters::TokenParameters;
use crate::pin_hash::PinVerdict;
use crate::seed::Seed;
use crate::throttle::Lock;
use crate::{Attempt, Outcome, Profile};

const CLOCK: i64 = 225_000_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(CLOCK * 8 + second).unwrap()
}

fn generator() -> Generator {
    Generator::new(&Seed::new((0..32).collect()).unwrap(), TokenParameters::default())
}

fn code(offset: i64) -> Code {
    generator().code_for(StepNumber::new(u64::try_from(CLOCK + offset).unwrap()))
}

fn pair(first: i64, second: i64) -> CodePair {
    CodePair::new(code(first), code(second))
}

fn resynchronise(state: &TokenState, pair: &CodePair, second: i64) -> ResyncOutcome {
    state.resynchronise(&generator(), pair, PinVerdict::Right, at(second))
}

fn wrong(outcome: ResyncOutcome) -> TokenState {
    let ResyncOutcome::Wrong { state } = outcome else { panic!("{outcome:?}") };
    state
}

fn found(outcome: ResyncOutcome) -> TokenState {
    let ResyncOutcome::Resynchronised { state } = outcome else { panic!("{outcome:?}") };
    state
}

/// What is taken for drift of a second code that many steps from the clock.
fn drift(offset: i64) -> i64 {
    match offset {
        -1 => 0,
        -3..=-2 => -1,
        _ => offset,
    }
}

/// Whether the next code of a token that many steps ahead is good, typed `late` steps late an hour after its two codes, of which the
/// second was typed `slow` steps late.
fn next_is_good(ahead: i64, slow: i64, late: i64) -> bool {
    let second = ahead - slow;
    let state = found(resynchronise(&TokenState::default(), &pair(second - 1, second), 0));
    let (code, now) = (code(450 + ahead - late), at(3600));
    let (pin, profile) = (PinVerdict::Right, Profile::Standard);
    let outcome = state.check(&generator(), &Attempt { code: &code, pin, now, profile });
    matches!(outcome, Outcome::Accepted { .. })
}

#[test]
fn however_slowly_two_codes_were_typed_the_next_one_of_an_exact_clock_is_good() {
    for (slow, late) in (0..=3).flat_map(|slow| (0..=2).map(move |late| (slow, late))) {
        assert!(next_is_good(0, slow, late), "{slow} {late}");
    }
}

#[test]
fn a_clock_that_is_a_little_off_is_followed_whether_its_two_codes_were_typed_at_once_or_not() {
    for ahead in -6..=2 {
        for (slow, late) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            assert!(next_is_good(ahead, slow, late), "{ahead} {slow} {late}");
        }
    }
}

#[test]
fn a_token_half_an_hour_off_is_found_by_two_codes_which_are_spent() {
    for offset in [-200, -1, 0, 180, 225] {
        let state = found(resynchronise(&TokenState::default(), &pair(offset - 1, offset), 0));
        assert_eq!(i64::from(state.drift().steps()), drift(offset));
        assert_eq!(state.last_step().map(StepNumber::signed), Some(CLOCK + offset));
        let again = resynchronise(&state, &pair(offset - 1, offset), 300);
        assert_eq!(wrong(again).misses(), 1, "spent codes find nothing");
    }
}

#[test]
fn a_person_who_types_slowly_may_miss_two_codes_between_but_not_three() {
    let state = TokenState::default();
    assert!(matches!(
        resynchronise(&state, &pair(40, 43), 0),
        ResyncOutcome::Resynchronised { .. }
    ));
    wrong(resynchronise(&state, &pair(40, 44), 0));
}

#[test]
fn codes_out_of_reach_in_the_wrong_order_or_alike_find_nothing() {
    for (first, second) in [(225, 226), (-227, -226), (-226, -225), (5, 4), (5, 5)] {
        wrong(resynchronise(&TokenState::default(), &pair(first, second), 0));
    }
}

#[test]
fn both_codes_must_come_after_the_last_step() {
    let state = found(resynchronise(&TokenState::default(), &pair(9, 10), 0));
    wrong(resynchronise(&state, &pair(10, 11), 300));
    found(resynchronise(&state, &pair(11, 12), 300));
}

#[test]
fn one_try_is_judged_in_five_minutes_right_or_wrong() {
    let state = wrong(resynchronise(&TokenState::default(), &pair(5, 4), 0));
    let early = resynchronise(&state, &pair(8, 9), 299);
    assert_eq!(early, ResyncOutcome::Wait { until: at(300) });
    let state = found(resynchronise(&state, &pair(8, 9), 300));
    let early = resynchronise(&state, &pair(18, 19), 599);
    assert_eq!(early, ResyncOutcome::Wait { until: at(600) });
}

#[test]
fn a_wrong_pin_finds_nothing_and_spends_nothing() {
    let outcome =
        TokenState::default().resynchronise(&generator(), &pair(3, 4), PinVerdict::Wrong, at(0));
    let state = wrong(outcome);
    assert_eq!((state.last_step(), state.misses()), (None, 1));
}

#[test]
fn ten_wrong_tries_lock_as_they_do_at_sign_in() {
    let mut state = TokenState::default();
    for n in 0..10 {
        state = wrong(resynchronise(&state, &pair(5, 4), n * 300));
    }
    assert_eq!(state.locked(), Some(Lock::MissesInARow));
    assert_eq!(resynchronise(&state, &pair(8, 9), 86_400), ResyncOutcome::Locked);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn any_two_near_neighbours_within_reach_are_found(first in -225_i64..=222, gap in 1_i64..=3) {
        let state = found(resynchronise(&TokenState::default(), &pair(first, first + gap), 0));
        prop_assert_eq!(i64::from(state.drift().steps()), drift(first + gap));
    }
}
