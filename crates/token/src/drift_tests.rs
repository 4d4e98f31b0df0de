use super::*;

const DAY: i64 = 86_400;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// Feeds sign-ins of (second, offset) to a token of that drift.
fn after(drift: i16, sign_ins: impl IntoIterator<Item = (i64, i64)>) -> i16 {
    let start = (Drift(drift), Evidence::default());
    let (drift, _) = sign_ins.into_iter().fold(start, |(drift, evidence), (second, offset)| {
        learn((drift, &evidence), at(second), offset, 2)
    });
    drift.steps()
}

#[test]
fn an_early_code_is_learnt_at_once() {
    assert_eq!(after(0, [(0, 1)]), 1);
    assert_eq!(after(-4, [(0, -3)]), -3);
}

#[test]
fn a_late_code_alone_teaches_nothing() {
    assert_eq!(after(0, [(0, -3)]), 0);
    assert_eq!(after(0, (0..7).map(|day| (day * DAY, -3))), 0, "seven sign-ins are not eight");
}

#[test]
fn eight_late_sign_ins_over_three_days_teach_one_step_back() {
    assert_eq!(after(0, (0..8).map(|n| (n * DAY / 2, -2))), -1);
    assert_eq!(after(0, (0..8).map(|n| (n * DAY / 4, -2))), 0, "these reach back 42 hours only");
}

#[test]
fn the_freshest_of_the_eight_decides() {
    let late_but_one =
        |fresh: i64| (0..8).map(move |day| (day * DAY, if day == 3 { fresh } else { -3 }));
    assert_eq!(after(0, late_but_one(0)), 0);
    assert_eq!(after(0, late_but_one(-1)), 0, "one step is what typing takes");
    assert_eq!(after(0, late_but_one(-2)), -1);
}

#[test]
fn an_old_fresh_sign_in_no_longer_counts_once_eight_newer_reach_far_enough() {
    let slowing = (0..9).map(|day| (day * DAY, if day == 0 { 0 } else { -2 }));
    assert_eq!(after(0, slowing), -1);
}

#[test]
fn thirty_sign_ins_a_shift_still_reach_back_three_days() {
    let busy = (0..200).map(|n| (n * 1800, -2));
    assert_eq!(after(0, busy), -1, "the record would otherwise hold four hours only");
}

#[test]
fn learning_ends_when_the_freshest_is_explained_by_typing() {
    assert_eq!(after(0, (0..60).map(|day| (day * DAY, -3))), -2);
}

#[test]
fn learning_stops_at_seventy_five_steps_to_either_side() {
    assert_eq!(after(0, (0..200).map(|n| (n, n + 1))), 75);
    assert_eq!(after(0, (0..300).map(|day| (day * DAY, -day - 2))), -75);
}

#[test]
fn a_resynchronised_drift_past_the_limit_is_only_brought_nearer() {
    assert_eq!(after(200, [(0, 201)]), 200);
    assert_eq!(after(-200, [(0, -199)]), -199);
}

#[test]
fn the_record_never_holds_more_than_eight_sittings() {
    let mut evidence = Evidence::default();
    for day in 0..40 {
        evidence = evidence.with(at(day * DAY), 0);
        assert!(evidence.0.len() <= 8);
    }
}

#[test]
fn a_clock_that_ran_backwards_teaches_nothing() {
    assert_eq!(after(0, (0..20).map(|day| (-day * DAY, -3))), 0);
}

#[test]
fn a_stored_drift_past_225_steps_is_refused() {
    assert!(serde_json::from_str::<Drift>("225").is_ok());
    assert!(serde_json::from_str::<Drift>("-226").is_err());
}
