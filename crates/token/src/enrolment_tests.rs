use super::*;
use crate::code::Code;
use crate::parameters::{Digits, StepNumber};

const NOW: i64 = 1_800_000_000;

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn seed() -> Seed {
    Seed::new((0..32).collect()).unwrap()
}

/// The code that a token of these parameters shows `seconds` from now.
fn shown(parameters: TokenParameters, seconds: i64) -> Code {
    let at = Timestamp::from_second(NOW + seconds).unwrap();
    Generator::new(&seed(), parameters).code_at(at)
}

fn confirm(first: Code, second: Code) -> EnrolmentOutcome {
    confirm_enrolment(&seed(), TokenParameters::default(), &CodePair::new(first, second), now())
}

#[test]
fn two_successive_codes_confirm_a_token_and_are_spent() {
    let ours = TokenParameters::default();
    let outcome = confirm(shown(ours, -8), shown(ours, 0));
    let EnrolmentOutcome::Confirmed { state } = outcome else { panic!("{outcome:?}") };
    assert_eq!(state.last_step(), Some(StepNumber::new(225_000_000)));
    assert_eq!(state.drift().steps(), 0);
}

#[test]
fn a_token_ten_minutes_off_is_confirmed_with_its_drift() {
    let ours = TokenParameters::default();
    let outcome = confirm(shown(ours, 584), shown(ours, 600));
    let EnrolmentOutcome::Confirmed { state } = outcome else { panic!("{outcome:?}") };
    assert_eq!(state.drift().steps(), 75);
    assert_eq!(confirm(shown(ours, 600), shown(ours, 608)), EnrolmentOutcome::NotMatched);
}

#[test]
fn an_app_that_ignores_the_period_is_named_even_when_it_ignores_the_algorithm_too() {
    for algorithm in [Algorithm::Sha256, Algorithm::Sha1] {
        let theirs = TokenParameters { algorithm, digits: Digits::Six, step: Step::Thirty };
        let (before, current) = (shown(theirs, -30), shown(theirs, 0));
        assert_eq!(confirm(before, current.clone()), EnrolmentOutcome::AppIgnoresPeriod);
        assert_eq!(confirm(current.clone(), current), EnrolmentOutcome::AppIgnoresPeriod);
    }
}

#[test]
fn a_code_typed_twice_is_told_apart_from_a_wrong_one() {
    let ours = TokenParameters::default();
    assert_eq!(confirm(shown(ours, 0), shown(ours, 0)), EnrolmentOutcome::SameCodeTwice);
}

#[test]
fn codes_in_the_wrong_order_of_eight_digits_or_of_another_seed_are_not_matched() {
    let ours = TokenParameters::default();
    let eight = TokenParameters { digits: Digits::Eight, ..ours };
    assert_eq!(confirm(shown(ours, 0), shown(ours, -8)), EnrolmentOutcome::NotMatched);
    assert_eq!(confirm(shown(eight, -8), shown(eight, 0)), EnrolmentOutcome::NotMatched);
    let other = Seed::new(vec![9; 32]).unwrap();
    let pair = CodePair::new(shown(ours, -8), shown(ours, 0));
    let outcome = confirm_enrolment(&other, ours, &pair, now());
    assert_eq!(outcome, EnrolmentOutcome::NotMatched);
}

#[test]
fn a_thirty_second_fob_is_confirmed_as_what_it_is() {
    let fob =
        TokenParameters { algorithm: Algorithm::Sha1, step: Step::Thirty, ..Default::default() };
    let pair = CodePair::new(shown(fob, -30), shown(fob, 0));
    let outcome = confirm_enrolment(&seed(), fob, &pair, now());
    assert!(matches!(outcome, EnrolmentOutcome::Confirmed { .. }), "{outcome:?}");
}

#[test]
fn a_fob_that_wandered_in_its_cupboard_is_found_and_its_spent_codes_stay_spent() {
    let parameters = TokenParameters { step: Step::Sixty, ..TokenParameters::default() };
    let generator = Generator::new(&Seed::new(vec![7; 20]).unwrap(), parameters);
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    let clock = parameters.step.number_at(now).number();
    let shown = |ahead: u64| generator.code_for(StepNumber::new(clock + ahead));
    let pair = CodePair::new(shown(200), shown(201));
    let fresh = TokenState::default();
    let EnrolmentOutcome::Confirmed { state } = confirm_first_use(&fresh, &generator, &pair, now)
    else {
        panic!("the fob was not found");
    };
    assert_eq!(state.last_step(), Some(StepNumber::new(clock + 201)));
    let again = confirm_first_use(&state, &generator, &pair, now);
    assert_eq!(again, EnrolmentOutcome::NotMatched, "a pair was good twice");
    let twice = CodePair::new(shown(202), shown(202));
    assert_eq!(confirm_first_use(&state, &generator, &twice, now), EnrolmentOutcome::SameCodeTwice);
}
