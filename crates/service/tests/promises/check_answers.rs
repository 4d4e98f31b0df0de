//! The six answers of a check.

use jiff::civil::date;
use kinfold_domain::{CheckAnswer, EntryId, NumberAgreement, PersonName, RegisterStatus, Subject};
use kinfold_service::{check::CheckQuestion, records::Entry};

use crate::*;

/// Somebody of whom nobody has heard.
fn stranger() -> Subject {
    Subject::from(&child(90, "Ollerenshaw", "Benedikta"))
}

async fn alters_register(
    nodes: &TwoNodes,
    alter: impl FnOnce(&mut Vec<kinfold_domain::RegisterEntry>),
) {
    alter(nodes.council.ground.source.register.lock().get_or_insert_default());
    nodes.settle().await;
}

#[tokio::test]
async fn on_a_plan_with_whom_to_ring_and_the_moment_for_which_it_is_true() {
    let nodes = staged().await;
    let checked = check(&nodes.trust, ada_by_number()).await;
    let CheckAnswer::OnRegister { hits } = &checked.answer else { panic!("{:?}", checked.answer) };
    assert_eq!(hits[0].entry.id.as_str(), "cpp-1");
    assert_eq!(hits[0].number, NumberAgreement::Agrees);
    assert_eq!(hits[0].entry.professionals.len(), 1);
    let register = &checked.registers[0];
    assert_eq!(register.as_at.unwrap().0, kinfold_service::testing::start());
    assert!(!register.stale && register.phones.is_some());
    let granted = &checked.granted[&nodes.council.ground.agency.id];
    assert!(granted.values().flatten().any(|clause| clause == "4.1"));
}

#[tokio::test]
async fn by_name_birth_date_and_postcode_without_a_number() {
    let nodes = staged().await;
    let subject = Subject { nhs_number: None, ..Subject::from(&ada()) };
    let checked = check(&nodes.trust, subject).await;
    assert!(matches!(checked.answer, CheckAnswer::OnRegister { .. }), "{:?}", checked.answer);
}

#[tokio::test]
async fn recently_ended_with_the_day() {
    let nodes = staged().await;
    alters_register(&nodes, |entries| entries[0].end = Some(date(2026, 5, 20))).await;
    let checked = check(&nodes.trust, ada_by_number()).await;
    let CheckAnswer::RecentlyEnded { ended, .. } = checked.answer else { panic!("not ended") };
    assert_eq!(ended, date(2026, 5, 20));
}

#[tokio::test]
async fn a_child_with_an_ended_plan_and_a_current_one_is_on_the_register_the_current_one_first() {
    let nodes = staged().await;
    alters_register(&nodes, |entries| {
        let mut earlier = entry("cpp-0", &ada());
        earlier.end = Some(date(2026, 1, 31));
        let mut older = entry("cpp-00", &ada());
        older.end = Some(date(2025, 9, 30));
        entries.splice(0..0, [older, earlier]);
    })
    .await;
    let checked = check(&nodes.trust, ada_by_number()).await;
    let CheckAnswer::OnRegister { hits } = checked.answer else { panic!("not on the register") };
    let ids: Vec<&str> = hits.iter().map(|hit| hit.entry.id.as_str()).collect();
    assert_eq!(ids, ["cpp-1", "cpp-0", "cpp-00"]);
}

#[tokio::test]
async fn not_on_the_register_only_as_at_a_moment_and_recorded_as_such() {
    let nodes = staged().await;
    let checked = check(&nodes.trust, stranger()).await;
    assert_eq!(checked.answer, CheckAnswer::NotOnRegister);
    assert!(checked.registers[0].as_at.is_some());
    let Some(Entry::Receipt(shown)) = nodes.trust.entries(nodes.trust.size() - 1).pop() else {
        panic!("no receipt")
    };
    assert_eq!(shown.answer, "not-on-register");
}

#[tokio::test]
async fn a_register_older_than_its_limit_never_says_that_a_child_is_not_on_it() {
    let nodes = staged().await;
    nodes.advance(61);
    let unknown = check(&nodes.trust, stranger()).await;
    assert_eq!(unknown.answer, CheckAnswer::Unconfirmed);
    assert!(unknown.registers[0].stale && unknown.registers[0].phones.is_some());
    let known = check(&nodes.trust, ada_by_number()).await;
    assert!(matches!(known.answer, CheckAnswer::OnRegister { .. }), "what is known is still told");
}

#[tokio::test]
async fn a_register_that_was_never_confirmed_says_nothing_of_anybody() {
    let nodes = TwoNodes::start().await;
    let checked = check(&nodes.trust, stranger()).await;
    assert_eq!(checked.answer, CheckAnswer::Unconfirmed);
}

#[tokio::test]
async fn a_clock_that_was_set_back_makes_a_register_stale_and_not_fresh_for_ever() {
    let nodes = staged().await;
    nodes.trust.ground.clock.advance(-3_600);
    assert_eq!(check(&nodes.trust, stranger()).await.answer, CheckAnswer::Unconfirmed);
}

#[tokio::test]
async fn this_number_another_name_is_never_a_certain_hit() {
    let nodes = staged().await;
    let subject = Subject {
        name: Some(PersonName::new("Ollerenshaw", "Benedikta").unwrap()),
        ..ada_by_number()
    };
    let checked = check(&nodes.trust, subject.clone()).await;
    let CheckAnswer::Several { possible, .. } = &checked.answer else {
        panic!("{:?}", checked.answer)
    };
    assert_eq!(possible[0].number, NumberAgreement::AnotherName);

    let choice = Some((possible[0].agency.id.clone(), possible[0].entry.clone()));
    let question = CheckQuestion { choice, ..check_of(subject) };
    let chosen = nodes.trust.check.check(&nurse(), question).await.unwrap();
    let CheckAnswer::OnRegister { hits } = &chosen.content().answer else { panic!("not chosen") };
    assert_eq!(hits[0].number, NumberAgreement::AnotherName, "the warning was lost");
}

#[tokio::test]
async fn too_little_to_go_by_is_not_said_to_be_not_on_the_register() {
    let nodes = staged().await;
    let name = PersonName::new("Ollerenshaw", "").unwrap();
    let checked = check(&nodes.trust, Subject { name: Some(name), ..Subject::default() }).await;
    let CheckAnswer::Several { possible, .. } = checked.answer else { panic!("not several") };
    assert!(possible.is_empty());
}

/// Two children whom name and date do not tell apart.
async fn two_alike() -> (TwoNodes, Subject) {
    let nodes = staged().await;
    let alike = |n| {
        let mut alike = child(n, "Wolstenholme", "Maeve");
        (alike.birth_date, alike.address) = (ada().birth_date, ada().address);
        alike
    };
    alters_register(&nodes, |entries| {
        entries.extend([entry("two-1", &alike(31)), entry("two-2", &alike(32))]);
    })
    .await;
    let subject = Subject { nhs_number: None, ..Subject::from(&alike(31)) };
    (nodes, subject)
}

#[tokio::test]
async fn one_of_several_is_chosen_and_the_ledger_says_who_it_was() {
    let (nodes, subject) = two_alike().await;
    let checked = check(&nodes.trust, subject.clone()).await;
    let CheckAnswer::Several { possible, .. } = &checked.answer else {
        panic!("{:?}", checked.answer)
    };
    assert_eq!(possible.len(), 2);
    assert!(possible.iter().all(|one| one.subject.address.is_none()), "an address was shown");

    let choice = Some((nodes.council.ground.agency.id.clone(), "two-2".parse().unwrap()));
    let question = CheckQuestion { choice, ..check_of(subject) };
    let chosen = nodes.trust.check.check(&nurse(), question).await.unwrap();
    let CheckAnswer::OnRegister { hits } = &chosen.content().answer else { panic!("not chosen") };
    assert_eq!(hits[0].entry.id.as_str(), "two-2");
    let Some(Entry::Receipt(shown)) = nodes.trust.entries(nodes.trust.size() - 1).pop() else {
        panic!("no receipt")
    };
    let entry: EntryId = "two-2".parse().unwrap();
    assert_eq!(shown.about.entries, [(nodes.council.ground.agency.id.clone(), entry)]);
}

#[tokio::test]
async fn an_entry_s_reference_alone_opens_nothing() {
    let (nodes, subject) = two_alike().await;
    for (subject, several) in [(subject, true), (stranger(), false)] {
        let choice = Some((nodes.council.ground.agency.id.clone(), "cpp-1".parse().unwrap()));
        let question = CheckQuestion { choice, ..check_of(subject) };
        let checked = nodes.trust.check.check(&nurse(), question).await.unwrap();
        let answer = &checked.content().answer;
        assert_eq!(matches!(answer, CheckAnswer::Several { .. }), several, "{answer:?}");
        assert!(!serde_json::to_string(answer).unwrap().contains("Adalind"));
    }
}

#[tokio::test]
async fn an_unborn_plan_is_found_through_the_mother() {
    let nodes = staged().await;
    let mut mother = child(50, "Thistlewood", "Morwenna");
    mother.birth_date = Some(kinfold_domain::BirthDate::new(4, 5, 1998).unwrap());
    alters_register(&nodes, |entries| {
        let mut unborn = entry("unborn-1", &mother);
        unborn.status = RegisterStatus::UnbornPlan;
        entries.push(unborn);
    })
    .await;
    for subject in
        [subject_of(nhs_number(50)), Subject { nhs_number: None, ..Subject::from(&mother) }]
    {
        let checked = check(&nodes.trust, subject).await;
        let CheckAnswer::OnRegister { hits } = checked.answer else { panic!("not found") };
        assert_eq!(hits[0].entry.status, RegisterStatus::UnbornPlan);
    }
}

#[tokio::test]
async fn a_receipt_says_what_was_shown_and_no_more() {
    let nodes = staged().await;
    check(&nodes.trust, stranger()).await;
    check(&nodes.trust, ada_by_number()).await;
    let entries = nodes.trust.entries(nodes.trust.size() - 4);
    let owner = &nodes.council.ground.agency.id;
    let shown = |entry: &Entry| match entry {
        Entry::Receipt(shown) => (shown.shown[owner].len(), shown.sources[0].facts),
        _ => panic!("no receipt"),
    };
    assert_eq!(shown(&entries[1]), (1, Some(0)));
    assert_eq!(shown(&entries[3]), (4, Some(1)), "register, contact, household, school");
}

#[tokio::test]
async fn more_possible_children_than_are_named_are_told_and_a_closer_search_names_one() {
    let nodes = staged().await;
    let alike = |n: usize| {
        let mut alike = child(n, "Wolstenholme", "Maeve");
        alike.birth_date = ada().birth_date;
        alike
    };
    alters_register(&nodes, |entries| {
        entries.extend((20..40).map(|n| entry(&format!("cpp-{n}"), &alike(n))));
    })
    .await;
    let loose = Subject { nhs_number: None, postcode: None, ..Subject::from(&alike(21)) };

    let checked = check(&nodes.trust, loose).await;
    let CheckAnswer::Several { possible, .. } = &checked.answer else { panic!("not several") };
    assert_eq!((possible.len(), checked.more), (8, true));

    let checked = check(&nodes.trust, Subject::from(&alike(21))).await;
    assert!(matches!(checked.answer, CheckAnswer::OnRegister { .. }), "{:?}", checked.answer);
    assert!(!checked.more);
}
