use jiff::civil::date;
use kinfold_domain::AbuseCategory;

use super::*;
use crate::testing::{child, entry, nhs_number};

fn terms() -> Terms {
    let example = entry("cpp-1", &child(1, "Garrowby", "Iseult"));
    Terms {
        today: date(2026, 6, 1),
        reference: "hand-1".parse().unwrap(),
        desk: SealedDesk {
            desk: "Sealed records desk".to_owned(),
            telephone: "01632 960900".parse().unwrap(),
            reference: "S-1".to_owned(),
        },
        phones: example.phones,
    }
}

fn current() -> RegisterEntry {
    entry("cpp-1", &child(1, "Garrowby", "Iseult"))
}

fn planned(change: &Change, entry: &RegisterEntry) -> Result<RegisterEntry, ChangeError> {
    let mut after = entry.clone();
    for step in plan(change, Some(entry), &terms())? {
        for detail in step.details {
            match detail {
                Detail::Entry(made) => after = *made,
                detail => detail.apply(&mut after),
            }
        }
    }
    Ok(after)
}

#[test]
fn each_change_changes_what_it_says_and_nothing_else() {
    let entry = current();
    let same = |after: RegisterEntry| assert_eq!(after, entry);
    let after = planned(&Change::End(date(2026, 5, 30)), &entry).unwrap();
    assert_eq!(after.end, Some(date(2026, 5, 30)));
    same(RegisterEntry { end: None, ..after.clone() });
    same(planned(&Change::Reopen, &after).unwrap());
    let next = date(2026, 11, 20);
    let review = Change::Review { held: date(2026, 5, 28), next };
    let after = planned(&review, &entry).unwrap();
    assert_eq!(after.next_review, Some(next));
    same(RegisterEntry { next_review: entry.next_review, ..after });
    let after = planned(&Change::Category(AbuseCategory::Sexual), &entry).unwrap();
    assert_eq!(
        (after.category, after.initial_category),
        (Some(AbuseCategory::Sexual), entry.category)
    );
    let after = planned(&Change::Seal, &entry).unwrap();
    assert!(after.sealed.is_some());
    same(planned(&Change::Unseal, &after).unwrap());
}

#[test]
fn a_correction_of_the_telephone_keeps_the_key_workers_name() {
    let change = Change::Correct {
        nhs_number: Some(nhs_number(9)),
        name: None,
        birth_date: None,
        worker: None,
        telephone: Some("01632 960777".parse().unwrap()),
    };
    let after = planned(&change, &current()).unwrap();
    assert_eq!(after.subject.nhs_number, Some(nhs_number(9)));
    assert_eq!(after.professionals[0].name, current().professionals[0].name);
    assert_eq!(after.professionals[0].telephone.as_ref().unwrap().as_str(), "01632 960777");
}

#[test]
fn a_child_who_becomes_looked_after_has_a_second_entry_beside_the_plan() {
    let change = Change::LookedAfter { start: date(2026, 5, 29), basis: LegalBasis::S20 };
    let steps = plan(&change, Some(&current()), &terms()).unwrap();
    let Detail::Entry(made) = &steps[0].details[0] else { panic!("nothing was made") };
    assert_eq!((made.status, made.id.as_str()), (RegisterStatus::LookedAfter, "hand-1"));
    assert_eq!((made.category, &made.subject), (None, &current().subject));
}

#[test]
fn what_can_not_be_is_refused_with_what_to_do() {
    let entry = current();
    let ended = RegisterEntry { end: Some(date(2026, 5, 1)), ..entry.clone() };
    let looked_after = RegisterEntry { status: RegisterStatus::LookedAfter, ..entry.clone() };
    let review = |held, next| Change::Review { held, next };
    let (day, tomorrow) = (date(2026, 6, 1), date(2026, 6, 2));
    let refused = [
        (Change::End(tomorrow), &entry, ChangeError::Future),
        (Change::End(date(2020, 1, 1)), &entry, ChangeError::BeforeStart),
        (Change::End(day), &ended, ChangeError::Ended),
        (Change::Reopen, &entry, ChangeError::InForce),
        (Change::Unseal, &entry, ChangeError::Nothing),
        (Change::Category(AbuseCategory::Neglect), &entry, ChangeError::Nothing),
        (Change::Category(AbuseCategory::Sexual), &looked_after, ChangeError::NoCategory),
        (review(tomorrow, date(2026, 9, 1)), &entry, ChangeError::Future),
        (review(day, date(2026, 5, 1)), &entry, ChangeError::ReviewOrder),
        (review(day, date(2026, 12, 2)), &entry, ChangeError::ReviewTooLate),
        (review(day, date(2026, 9, 1)), &ended, ChangeError::Ended),
    ];
    for (change, entry, why) in refused {
        assert_eq!(planned(&change, entry).unwrap_err(), why, "{change:?}");
    }
}

#[test]
fn a_birth_begins_the_childs_plan_before_it_ends_the_mothers() {
    let mut unborn = entry("unb-1", &child(1, "Garrowby", "Mother"));
    unborn.status = RegisterStatus::UnbornPlan;
    let baby = child(9, "Garrowby", "Baby");
    let baby =
        Demographics { birth_date: kinfold_domain::BirthDate::new(28, 5, 2026).ok(), ..baby };
    let change = Change::Born(Box::new(baby.clone()));
    let steps = plan(&change, Some(&unborn), &terms()).unwrap();
    let day = date(2026, 5, 28);
    let Detail::Entry(own) = &steps[0].details[0] else { panic!("no plan begins") };
    assert_eq!((own.status, own.start), (RegisterStatus::ChildProtectionPlan, day));
    assert_eq!((own.subject.nhs_number, own.category), (baby.nhs_number, unborn.category));
    assert_eq!(own.household[0].relationship, "Mother");
    assert_eq!(own.subject.address, unborn.subject.address);
    let ends = [Detail::End(Some(day)), Detail::Successor(Some(own.id.clone()))];
    assert_eq!((steps[1].entry.as_str(), steps[1].details.as_slice()), ("unb-1", &ends[..]));

    let again = RegisterEntry { successor: Some(own.id.clone()), ..unborn.clone() };
    assert_eq!(plan(&change, Some(&again), &terms()).unwrap_err(), ChangeError::NotUnborn);
    let a_childs = plan(&change, Some(&current()), &terms()).unwrap_err();
    assert_eq!(a_childs, ChangeError::NotUnborn);
    let nameless_day = Demographics { birth_date: None, ..baby };
    let change = Change::Born(Box::new(nameless_day));
    assert_eq!(plan(&change, Some(&unborn), &terms()).unwrap_err(), ChangeError::BirthMissing);
}
