use jiff::{SignedDuration, civil::date};
use kinfold_domain::{AsAt, HandingOver, NumberAgreement, SealedDesk};
use proptest::prelude::*;

use super::*;
use crate::testing::{COUNCIL, TRUST, agency, child, entry, start};

/// What one of two councils' registers found, and how old it is.
fn found(owner: &str, search: RegisterSearch, age_s: Option<i64>) -> Found {
    let register = Register::new(agency(owner), 60);
    let confirmed = age_s.map(|age| AsAt(start() - SignedDuration::from_secs(age)));
    register.confirm(confirmed, None);
    let permit = Permit::for_tests([Category::Register]);
    Found { register: Arc::new(register), permit, search }
}

fn concluded(found: &[Found]) -> CheckAnswer {
    let registers: Vec<Confirmed> =
        found.iter().map(|found| found.register.confirmed(start())).collect();
    conclude(found, &registers).0
}

fn hit(id: &str, ended: Option<jiff::civil::Date>, sealed: bool) -> RegisterMatch {
    let mut entry = entry(id, &child(1, "Garrowby", "Iseult"));
    entry.end = ended;
    entry.sealed = sealed.then(|| SealedDesk {
        desk: "Desk".to_owned(),
        telephone: "01632 960777".parse().unwrap(),
        reference: id.to_owned(),
    });
    RegisterMatch { entry: Arc::new(entry), permille: 990, number: NumberAgreement::Agrees, ended }
}

#[test]
fn one_of_several_registers_that_is_stale_keeps_all_from_saying_not_on_the_register() {
    let nobody = || RegisterSearch::Nobody;
    let fresh = || found(COUNCIL, nobody(), Some(1));
    assert_eq!(concluded(&[fresh(), found(TRUST, nobody(), Some(60))]), CheckAnswer::NotOnRegister);
    assert_eq!(concluded(&[fresh(), found(TRUST, nobody(), Some(61))]), CheckAnswer::Unconfirmed);
    assert_eq!(concluded(&[fresh(), found(TRUST, nobody(), None)]), CheckAnswer::Unconfirmed);
    assert_eq!(concluded(&[]), CheckAnswer::Unconfirmed);
}

#[test]
fn what_one_register_knows_beats_what_another_does_not() {
    let known = RegisterSearch::One(vec![hit("a", None, false)]);
    let answer =
        concluded(&[found(COUNCIL, RegisterSearch::Nobody, None), found(TRUST, known, Some(1))]);
    let CheckAnswer::OnRegister { hits } = answer else { panic!("{answer:?}") };
    assert_eq!(hits[0].agency.id.as_str(), TRUST);
}

#[test]
fn a_current_entry_of_one_register_stands_before_an_ended_one_of_another() {
    let ended = RegisterSearch::One(vec![hit("a", Some(date(2026, 5, 1)), false)]);
    let current = RegisterSearch::One(vec![hit("b", None, false)]);
    let both = [found(COUNCIL, ended, Some(1)), found(TRUST, current, Some(1))];
    let CheckAnswer::OnRegister { hits } = concluded(&both) else { panic!("not on a register") };
    assert_eq!(hits.iter().map(|hit| hit.entry.id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
}

/// An entry that ended on 1 May with the hand-over to the trust.
fn handed_over() -> RegisterSearch {
    let RegisterMatch { entry, .. } = hit("a", Some(date(2026, 5, 1)), false);
    let handing = HandingOver {
        to: TRUST.parse().unwrap(),
        name: "Larkford Council".to_owned(),
        since: date(2026, 4, 20),
        accepted: Some(date(2026, 5, 1)),
    };
    let entry = RegisterEntry { handing_over: Some(handing), ..entry.as_ref().clone() };
    let ended = entry.end;
    RegisterSearch::One(vec![RegisterMatch {
        entry: Arc::new(entry),
        ended,
        ..hit("a", None, false)
    }])
}

#[test]
fn a_plan_that_was_handed_over_goes_on_until_the_takers_own_entry_has_come() {
    let taken = |ended| RegisterSearch::One(vec![hit("b", ended, false)]);
    let with =
        |taker| concluded(&[found(COUNCIL, handed_over(), Some(1)), found(TRUST, taker, Some(1))]);
    let earlier = taken(Some(date(2025, 12, 1)));
    let unsure = RegisterSearch::Several(vec![vec![hit("b", None, false)]]);
    for taker in [RegisterSearch::Nobody, RegisterSearch::TooLittle, earlier, unsure] {
        let CheckAnswer::OnRegister { hits } = with(taker.clone()) else { panic!("{taker:?}") };
        assert_eq!((hits[0].entry.id.as_str(), hits[0].ended), ("a", None));
    }
    let CheckAnswer::OnRegister { hits } = with(taken(None)) else { panic!("the taker's plan") };
    let told: Vec<_> = hits.iter().map(|hit| (hit.entry.id.as_str(), hit.ended)).collect();
    assert_eq!(told, [("b", None), ("a", Some(date(2026, 5, 1)))]);
    let over = with(taken(Some(date(2026, 5, 20))));
    assert!(matches!(over, CheckAnswer::RecentlyEnded { ended, .. } if ended == date(2026, 5, 20)));
    // Whose register is not searched here can't be waited for.
    let alone = concluded(&[found(COUNCIL, handed_over(), Some(1))]);
    assert!(matches!(alone, CheckAnswer::RecentlyEnded { .. }), "{alone:?}");
}

#[test]
fn a_seal_on_one_register_hides_what_another_says() {
    let open = RegisterSearch::One(vec![hit("a", None, false)]);
    let sealed = RegisterSearch::One(vec![hit("b", None, true)]);
    let both = [found(COUNCIL, open, Some(1)), found(TRUST, sealed, Some(1))];
    let CheckAnswer::Sealed { notice } = concluded(&both) else { panic!("not sealed") };
    assert_eq!(notice.desk.reference, "b");
}

#[test]
fn a_child_of_several_whose_second_entry_is_sealed_is_not_shown() {
    let group = vec![hit("a", None, false), hit("b", None, true)];
    let search = RegisterSearch::Several(vec![group, vec![hit("c", None, false)]]);
    let CheckAnswer::Several { possible, sealed } = concluded(&[found(COUNCIL, search, Some(1))])
    else {
        panic!("not several")
    };
    assert_eq!(possible.iter().map(|one| one.entry.as_str()).collect::<Vec<_>>(), ["c"]);
    assert!(sealed.is_some());
}

fn search() -> impl Strategy<Value = RegisterSearch> {
    prop_oneof![
        4 => Just(RegisterSearch::Nobody),
        1 => Just(RegisterSearch::TooLittle),
        1 => Just(RegisterSearch::One(vec![hit("a", None, false)])),
        1 => Just(RegisterSearch::One(vec![hit("a", Some(date(2026, 5, 1)), false)])),
        1 => Just(RegisterSearch::Several(vec![vec![hit("a", None, false)]])),
    ]
}

proptest! {
    #[test]
    fn not_on_the_register_is_said_only_when_all_are_fresh_and_whole_and_found_nobody(
        searches in prop::collection::vec((search(), prop::option::of(0_i64..120)), 0..4),
    ) {
        let found: Vec<Found> =
            searches.iter().map(|(search, age)| found(COUNCIL, search.clone(), *age)).collect();
        let sure = !searches.is_empty() && searches.iter().all(|(search, age)| {
            matches!(search, RegisterSearch::Nobody) && age.is_some_and(|age| age <= 60)
        });
        prop_assert_eq!(concluded(&found) == CheckAnswer::NotOnRegister, sure);
    }
}
