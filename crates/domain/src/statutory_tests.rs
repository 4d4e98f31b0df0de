use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::{BirthDate, Demographics, PersonName, RegisterPhones};

fn entry(status: RegisterStatus, start: Date, next_review: Option<Date>) -> RegisterEntry {
    RegisterEntry {
        id: "cpp-1".parse().unwrap(),
        status,
        subject: Demographics::named(PersonName::new("Garrowby", "Iseult").unwrap()),
        expected: None,
        initial_category: None,
        category: None,
        legal_basis: None,
        start,
        end: None,
        previous_plans: 0,
        next_review,
        professionals: vec![],
        phones: RegisterPhones {
            office: "01632 960001".parse().unwrap(),
            emergency_duty_team: "01632 960002".parse().unwrap(),
        },
        household: vec![],
        school: None,
        sealed: None,
        successor: None,
        handing_over: None,
    }
}

#[test]
fn each_deadline_is_as_far_as_the_guidance_says() {
    let table = [
        (Deadline::InitialConference, date(2026, 5, 18), date(2026, 6, 9)),
        (Deadline::TransferIn, date(2026, 12, 21), date(2027, 1, 14)),
        (Deadline::CoreGroup, date(2026, 8, 21), date(2026, 9, 7)),
        (Deadline::FirstReview, date(2026, 11, 30), date(2027, 2, 28)),
        (Deadline::Review, date(2026, 8, 31), date(2027, 2, 28)),
        (Deadline::TemporaryResident, date(2026, 6, 1), date(2026, 6, 15)),
    ];
    for (deadline, from, expected) in table {
        assert_eq!(deadline.due(from), Ok(expected), "{}", deadline.words());
    }
}

#[test]
fn a_new_plan_has_its_core_group_and_its_first_review_before_it() {
    let new = entry(RegisterStatus::ChildProtectionPlan, date(2026, 5, 29), None);
    let told: Vec<_> =
        due(&new, date(2026, 6, 1)).iter().map(|due| (due.deadline, due.day)).collect();
    let expected =
        [(Deadline::CoreGroup, date(2026, 6, 12)), (Deadline::FirstReview, date(2026, 8, 29))];
    assert_eq!(told, expected);
    let later = due(&new, date(2026, 9, 1));
    assert_eq!(later.len(), 1, "whether the core group met is not known: it is not called overdue");
    assert!(later[0].is_overdue(date(2026, 9, 1)));
}

#[test]
fn a_review_that_was_set_too_late_is_due_when_the_rule_says() {
    let plan = RegisterStatus::ChildProtectionPlan;
    let late = entry(plan, date(2025, 1, 1), Some(date(2027, 6, 1)));
    assert_eq!(due(&late, date(2026, 6, 1))[0].day, date(2026, 12, 1));
    let looked_after = entry(RegisterStatus::LookedAfter, date(2025, 1, 1), None);
    assert!(due(&looked_after, date(2026, 6, 1)).is_empty());
}

#[test]
fn a_birth_that_was_expected_is_due_and_an_ended_entry_owes_nothing() {
    let mut unborn = entry(RegisterStatus::UnbornPlan, date(2026, 1, 5), Some(date(2026, 7, 1)));
    unborn.expected = BirthDate::new(20, 5, 2026).ok();
    let told = due(&unborn, date(2026, 6, 1));
    assert_eq!((told[0].deadline, told[0].is_overdue(date(2026, 6, 1))), (Deadline::Birth, true));
    unborn.end = Some(date(2026, 5, 30));
    assert!(due(&unborn, date(2026, 6, 1)).is_empty());
}

#[test]
fn what_can_not_be_counted_is_told_and_not_guessed() {
    let last = WorkingDays::england().last_year();
    let plan = entry(RegisterStatus::ChildProtectionPlan, date(last, 12, 29), None);
    let told = due(&plan, date(last, 12, 30));
    assert_eq!(told[0].unknown_year, Some(last + 1));
}

proptest! {
    #[test]
    fn a_plan_in_force_always_has_a_review_before_it_and_none_is_later_than_the_rules(
        age in 0_i32..900, set in prop::option::of(-200_i32..900), status in 0_usize..2,
    ) {
        let today = date(2026, 6, 1);
        let status = [RegisterStatus::ChildProtectionPlan, RegisterStatus::UnbornPlan][status];
        let next = set.map(|days| today.saturating_add(days.days()));
        let plan = entry(status, today.saturating_sub(age.days()), next);
        let reviews: Vec<_> = due(&plan, today)
            .into_iter()
            .filter(|due| matches!(due.deadline, Deadline::FirstReview | Deadline::Review))
            .collect();
        prop_assert_eq!(reviews.len(), 1);
        prop_assert!(reviews[0].day <= today.saturating_add(6.months()));
    }
}
