//! The pooled view on good days and with slow sources.

use std::time::{Duration, Instant};

use kinfold_domain::{Category, FactContent, PersonName, Subject};
use kinfold_service::{
    ports::SourceError,
    testing::{Answering, Way},
};

use crate::*;

fn alike(n: usize) -> kinfold_domain::Demographics {
    let mut alike = child(n, "Wolstenholme", "Maeve");
    (alike.birth_date, alike.address) = (ada().birth_date, ada().address);
    alike
}

#[tokio::test]
async fn each_agency_s_facts_stand_on_one_page_with_source_and_age() {
    let nodes = staged().await;
    let view = nurse_views(&nodes, ada_by_number()).await;
    assert_eq!(view.agencies[0].agency.id.as_str(), TRUST, "the own agency comes first");
    let categories = |agency| -> Vec<Category> {
        part(&view, agency).facts.iter().map(kinfold_domain::Fact::category).collect()
    };
    assert!(categories(TRUST).contains(&Category::HealthSummary));
    for category in
        [Category::Register, Category::Contact, Category::Household, Category::Demographics]
    {
        assert!(categories(COUNCIL).contains(&category), "{category}");
    }
    assert!(part(&view, COUNCIL).withheld.contains_key(&Category::SocialCareSummary));
}

#[tokio::test]
async fn the_other_way_round_the_social_worker_sees_what_the_trust_may_tell() {
    let nodes = staged().await;
    let view = worker_views(&nodes, ada_by_number()).await;
    let trust = part(&view, TRUST);
    assert!(trust.facts.iter().any(|fact| fact.category() == Category::HealthSummary));
    let own = part(&view, COUNCIL);
    assert!(own.facts.iter().any(|fact| fact.category() == Category::SocialCareSummary));
    let register = own.facts.iter().find_map(|fact| match &fact.content {
        FactContent::Register(entry) => Some(entry),
        _ => None,
    });
    assert!(register.unwrap().subject.address.is_some(), "its own clause lets it see the address");
}

#[tokio::test]
async fn a_source_that_hangs_does_not_hold_the_page_and_is_named() {
    let nodes = staged().await;
    nodes.trust.ground.source.answer(Answering::Hanging);
    let began = Instant::now();
    let view = nurse_views(&nodes, ada_by_number()).await;
    assert!(began.elapsed() < Duration::from_secs(3));
    let own = part(&view, TRUST);
    let outcome = own.sources.iter().find(|source| source.system == "pas").unwrap();
    assert_eq!(outcome.facts, None);
    assert!(outcome.failure.as_ref().unwrap().contains("in time"));
    assert!(!part(&view, COUNCIL).facts.is_empty(), "the partner's facts were lost with it");
}

#[tokio::test]
async fn a_source_of_the_partner_that_fails_is_named_on_this_page() {
    let nodes = staged().await;
    for answering in
        [Answering::Wrong(SourceError::Garbled("no JSON".to_owned())), Answering::Hanging]
    {
        nodes.council.ground.source.answer(answering);
        let view = nurse_views(&nodes, ada_by_number()).await;
        let council = part(&view, COUNCIL);
        let outcome = council.sources.iter().find(|source| source.system == "case-system").unwrap();
        assert!(outcome.failure.is_some() && outcome.facts.is_none());
        assert!(council.facts.iter().any(|fact| fact.category() == Category::Register));
    }
}

#[tokio::test(start_paused = true)]
async fn a_partner_that_hangs_does_not_hold_the_page_for_ever() {
    let nodes = staged().await;
    nodes.trust.ground.link.set(Way::Hanging);
    let view = nurse_views(&nodes, ada_by_number()).await;
    assert!(reason(part(&view, COUNCIL)).contains("in time"));
}

#[tokio::test]
async fn several_own_people_are_told_apart_and_one_is_chosen() {
    let nodes = staged().await;
    let trust = &nodes.trust.ground.source;
    for n in [31, 32] {
        let facts = vec![fact(TRUST, "1", FactContent::HealthSummary(summary(&format!("of {n}"))))];
        trust.add(person(trust, &format!("W{n}"), &alike(n)), facts);
    }
    nodes.settle().await;
    let subject = Subject { nhs_number: None, ..Subject::from(&alike(31)) };

    let view = nurse_views(&nodes, subject.clone()).await;
    let PartState::Choose { candidates, .. } = &part(&view, TRUST).state else {
        panic!("not several")
    };
    assert_eq!(candidates.len(), 2);
    assert!(part(&view, TRUST).facts.is_empty());

    let chosen = candidates.iter().find(|one| one.person.record == "W32").unwrap().person.clone();
    let mut asking = question(subject.clone(), UNSCHEDULED);
    asking.person = Some(chosen);
    let view = nodes.trust.pool.view(&nurse(), asking.clone()).await.unwrap();
    let shown = serde_json::to_string(&part(view.content(), TRUST).facts).unwrap();
    assert!(shown.contains("of 32") && !shown.contains("of 31"));

    asking.person.as_mut().unwrap().record = "T1".to_owned();
    let view = nodes.trust.pool.view(&nurse(), asking).await.unwrap();
    let own = part(view.content(), TRUST);
    assert!(
        matches!(own.state, PartState::Choose { .. }),
        "a made-up choice opened {:?}",
        own.state
    );
}

#[tokio::test]
async fn a_list_that_was_cut_says_that_more_people_fit_than_stand_on_it() {
    for (people, cut) in [(8, false), (9, true)] {
        let nodes = staged().await;
        let trust = &nodes.trust.ground.source;
        for n in 31..31 + people {
            trust.add(person(trust, &format!("W{n}"), &alike(n)), Vec::new());
        }
        nodes.settle().await;
        let subject = Subject { nhs_number: None, postcode: None, ..Subject::from(&alike(31)) };
        let view = nurse_views(&nodes, subject).await;
        let PartState::Choose { candidates, more } = &part(&view, TRUST).state else {
            panic!("not several: {:?}", part(&view, TRUST).state)
        };
        assert_eq!((candidates.len(), *more), (8, cut));
    }
}

#[tokio::test]
async fn too_little_to_go_by_is_not_said_to_be_unknown() {
    let nodes = staged().await;
    let name = PersonName::new("Ollerenshaw", "").unwrap();
    let view = nurse_views(&nodes, Subject { name: Some(name), ..Subject::default() }).await;
    for part in &view.agencies {
        assert!(
            matches!(&part.state, PartState::Choose { candidates, .. } if candidates.is_empty()),
            "{:?}",
            part.state
        );
    }
}

#[tokio::test]
async fn somebody_of_whom_nobody_has_heard_is_unknown_to_both() {
    let nodes = staged().await;
    let stranger = Subject::from(&child(90, "Ollerenshaw", "Benedikta"));
    let view = nurse_views(&nodes, stranger).await;
    assert!(view.agencies.iter().all(|part| matches!(part.state, PartState::Unknown)));
}

#[tokio::test]
async fn an_index_that_can_not_be_read_never_makes_a_known_child_unknown() {
    let nodes = staged().await;
    nodes.trust.ground.people.fault.begin();
    let view = nurse_views(&nodes, ada_by_number()).await;
    assert!(matches!(part(&view, TRUST).state, PartState::Known));
}

#[tokio::test]
async fn a_role_sees_of_each_agency_what_its_clause_says() {
    let nodes = staged().await;
    let custodian = caller(COUNCIL, "custodian", "register-custodian");
    let asking = question(ada_by_number(), ENQUIRY);
    let view = nodes.council.pool.view(&custodian, asking).await.unwrap();
    let trust = part(view.content(), TRUST);
    let categories: Vec<Category> = trust.granted.keys().copied().collect();
    assert_eq!(categories, [Category::Existence, Category::Demographics]);
    assert!(trust.facts.iter().all(|fact| categories.contains(&fact.category())));
}

#[tokio::test]
async fn more_facts_than_a_message_holds_are_left_out_before_they_are_recorded_and_counted() {
    let nodes = staged().await;
    let many = (0..2_000).map(|_| {
        let mut told = fact(TRUST, "1", FactContent::HealthSummary(summary(&"x".repeat(1_000))));
        told.source.system = "pas".to_owned();
        told
    });
    nodes.trust.ground.source.facts.lock().insert("T1".to_owned(), many.collect());
    let before = nodes.trust.size();

    let view = worker_views(&nodes, ada_by_number()).await;

    let trust = part(&view, TRUST);
    assert!(matches!(trust.state, PartState::Known), "{:?}", trust.state);
    let shown = trust.facts.iter().filter(|fact| fact.category() == Category::HealthSummary);
    let left = 2_000 - shown.count();
    let said = format!("{left} facts are left out, more than can be shown: ask the agency");
    assert_eq!(trust.withheld[&Category::HealthSummary], said);
    let recorded = nodes.trust.entries(before);
    let Some(Entry::Disclosure(told)) = recorded.first() else { panic!("{:?}", kinds(&recorded)) };
    assert_eq!(told.sources, trust.sources, "the ledger and the page say the same");
    assert_eq!(told.sources[0].facts, Some(2_000 - u32::try_from(left).unwrap()));
}
