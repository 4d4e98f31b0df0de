//! A sealed child shows whom to ring, and never where the child is.

use kinfold_domain::{Address, CheckAnswer, SealedDesk, Subject};
use kinfold_service::records::Entry;

use crate::*;

const WHEREABOUTS: [&str; 4] = ["Quarryside", "S61 0AB", "Infant School", "Mother Testperson"];

fn desk() -> SealedDesk {
    SealedDesk {
        desk: "Placements desk".to_owned(),
        telephone: "01632 960777".parse().unwrap(),
        reference: "R-1".to_owned(),
    }
}

async fn with_sealed_entry() -> TwoNodes {
    let nodes = staged().await;
    for entry in nodes.council.ground.source.register.lock().iter_mut().flatten() {
        entry.sealed = Some(desk());
    }
    nodes.settle().await;
    nodes
}

fn shows_no_whereabouts(shown: &str) {
    for word in WHEREABOUTS {
        assert!(!shown.contains(word), "{word} in {shown}");
    }
}

#[tokio::test]
async fn a_sealed_entry_answers_a_check_with_the_desk_alone() {
    let nodes = with_sealed_entry().await;
    let checked = check(&nodes.trust, ada_by_number()).await;
    let CheckAnswer::Sealed { notice } = &checked.answer else { panic!("{:?}", checked.answer) };
    assert_eq!(notice.desk, desk());
    let shown = serde_json::to_string(&checked.answer).unwrap();
    shows_no_whereabouts(&shown);
    assert!(!shown.contains("Featherstonehaugh"));
}

#[tokio::test]
async fn a_sealed_entry_hides_what_every_agency_would_show_of_the_child() {
    let nodes = with_sealed_entry().await;
    for view in
        [nurse_views(&nodes, ada_by_number()).await, worker_views(&nodes, ada_by_number()).await]
    {
        let council = part(&view, COUNCIL);
        assert!(matches!(&council.state, PartState::Sealed { desk: told } if *told == desk()));
        assert!(view.agencies.iter().all(|part| part.facts.is_empty()));
        shows_no_whereabouts(&serde_json::to_string(&view.agencies).unwrap());
    }
}

#[tokio::test]
async fn a_child_whom_the_source_marks_as_sealed_shows_the_desk_with_a_reference_that_says_nothing()
{
    let nodes = staged().await;
    nodes.trust.ground.source.people.lock()[0].sealed = true;
    nodes.settle().await;
    let asked = nodes.trust.ground.source.asked();

    for view in
        [nurse_views(&nodes, ada_by_number()).await, worker_views(&nodes, ada_by_number()).await]
    {
        let PartState::Sealed { desk } = &part(&view, TRUST).state else { panic!("not sealed") };
        assert!(desk.reference.starts_with("S-") && desk.reference.len() == 12);
        shows_no_whereabouts(&serde_json::to_string(&view.agencies).unwrap());
    }
    assert_eq!(nodes.trust.ground.source.asked(), asked, "its source was asked");
}

#[tokio::test]
async fn the_replica_of_a_sealed_entry_holds_no_whereabouts() {
    let nodes = with_sealed_entry().await;
    let owner = &nodes.council.ground.agency.id;
    nodes.trust.ground.registers.tamper(owner, |changes| {
        let newest = serde_json::to_string(&changes.last().unwrap().change).unwrap();
        assert!(newest.contains("Placements desk"));
        shows_no_whereabouts(&newest);
    });
}

#[tokio::test]
async fn while_the_council_is_down_its_sealed_entry_still_shows_the_desk_alone() {
    let nodes = with_sealed_entry().await;
    nodes.trust.ground.link.part();
    let view = nurse_views(&nodes, ada_by_number()).await;
    assert!(
        matches!(&part(&view, COUNCIL).state, PartState::Sealed { desk: told } if *told == desk())
    );
    shows_no_whereabouts(&serde_json::to_string(&view.agencies).unwrap());
}

#[tokio::test]
async fn a_sealed_child_among_several_is_told_apart_by_nothing_but_whom_to_ring() {
    let nodes = staged().await;
    let twin = |n: usize, given: &str| {
        let mut twin = child(n, "Wolstenholme", given);
        twin.birth_date = ada().birth_date;
        twin.address = Some(Address {
            lines: vec!["7 Hidden Refuge".into()],
            postcode: ada().postcode().cloned(),
        });
        twin
    };
    let council = &nodes.council.ground.source;
    council.add_entry(entry("twin-1", &twin(11, "Maeve")));
    let mut sealed = entry("twin-2", &twin(12, "Maeve"));
    sealed.sealed = Some(desk());
    council.add_entry(sealed);
    let trust = &nodes.trust.ground.source;
    trust.add(person(trust, "W1", &twin(11, "Maeve")), vec![]);
    let mut hidden = person(trust, "W2", &twin(12, "Maeve"));
    hidden.sealed = true;
    trust.add(hidden, vec![]);
    nodes.settle().await;
    let subject = Subject { nhs_number: None, ..Subject::from(&twin(11, "Maeve")) };

    let checked = check(&nodes.trust, subject.clone()).await;
    let CheckAnswer::Several { possible, sealed } = &checked.answer else {
        panic!("{:?}", checked.answer)
    };
    assert_eq!(possible.len(), 1);
    assert_eq!(sealed.as_ref().unwrap().desk, desk());

    let view = nurse_views(&nodes, subject).await;
    let own = part(&view, TRUST);
    let PartState::Choose { candidates, .. } = &own.state else { panic!("{:?}", own.state) };
    assert_eq!(candidates.len(), 1);
    assert!(own.phones[0].label.contains("sealed, quote S-"), "{:?}", own.phones);
    assert!(matches!(part(&view, COUNCIL).state, PartState::Several { .. } | PartState::Unknown));
}

#[tokio::test]
async fn the_ledger_still_knows_which_sealed_child_was_looked_at() {
    let nodes = with_sealed_entry().await;
    check(&nodes.trust, ada_by_number()).await;
    let Some(Entry::Receipt(shown)) = nodes.trust.entries(nodes.trust.size() - 1).pop() else {
        panic!("no receipt")
    };
    assert_eq!((shown.answer.as_str(), shown.about.entries.len()), ("sealed", 1));
}
