//! Who is told of a hand-over: whoever reads the entry, whoever reviews who looked, and custodians outside the page.

use jiff::civil::date;
use kinfold_domain::{Category, CheckAnswer, HandingOver, RegisterHit};
use kinfold_service::{
    audit::{Joined, WhoQuestion},
    records::{AskKind, Entry},
    register::project,
    testing::{NEIGHBOUR, TwoCouncils},
};

use crate::{
    hand_over::{decided, desk, entry_of, giving, offer, staged, taking},
    notifications::{Telling, employ},
    *,
};

async fn hits(node: &TestNode, agency: &str) -> Vec<RegisterHit> {
    let worker = caller(agency, "worker", "social-worker");
    let question = CheckQuestion { purpose: purpose(ENQUIRY), ..check_of(ada_by_number()) };
    match node.check.check(&worker, question).await.unwrap().content().answer.clone() {
        CheckAnswer::OnRegister { hits } | CheckAnswer::RecentlyEnded { hits, .. } => hits,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn whoever_reads_the_entry_is_told_who_takes_over_since_when_and_who_has() {
    let mut nodes = staged().await;
    assert_eq!(hits(&nodes.giver, COUNCIL).await[0].entry.handing_over, None);
    let id = offer(&nodes).await;
    let offered = HandingOver {
        to: NEIGHBOUR.parse().unwrap(),
        name: "Larkford Council".to_owned(),
        since: date(2026, 6, 1),
        accepted: None,
    };
    let told = hits(&nodes.giver, COUNCIL).await.remove(0).entry.handing_over;
    assert_eq!(told.as_ref(), Some(&offered), "at once");
    nodes.settle().await;
    nodes = nodes.restart().await;
    nodes.settle().await;
    assert_eq!(hits(&nodes.giver, COUNCIL).await[0].entry.handing_over, told);
    desk(&nodes.taker).accept(&taking(), id, &decided()).await.unwrap();
    nodes.settle().await;
    let accepted = Some(HandingOver { accepted: Some(date(2026, 6, 1)), ..offered });
    let ended = hits(&nodes.giver, COUNCIL).await.remove(0).entry;
    assert!(ended.end.is_some() && ended.handing_over == accepted);
    nodes = nodes.restart().await;
    nodes.settle().await;
    assert_eq!(hits(&nodes.giver, COUNCIL).await[0].entry.handing_over, accepted, "and for good");
}

#[tokio::test]
async fn a_hand_over_that_comes_to_nothing_is_not_told_any_more_and_a_seal_hides_it() {
    let nodes = staged().await;
    let id = offer(&nodes).await;
    nodes.settle().await;
    let entry = entry_of(&nodes.giver, &giving(), "cpp-1").await;
    assert!(entry.handing_over.is_some());
    let sealed = kinfold_domain::SealedDesk {
        desk: "Desk".to_owned(),
        telephone: "01632 960900".parse().unwrap(),
        reference: "r".to_owned(),
    };
    let sealed = kinfold_domain::RegisterEntry { sealed: Some(sealed), ..entry.clone() };
    assert_eq!(project(&sealed, |_| true).handing_over, None);
    assert_eq!(project(&entry, |category| category != Category::Register).handing_over, None);
    desk(&nodes.taker).refuse(&taking(), id, "They live in Ashmoor.").await.unwrap();
    nodes.settle().await;
    assert_eq!(entry_of(&nodes.giver, &giving(), "cpp-1").await.handing_over, None);
}

async fn who(nodes: &TwoCouncils, node: &TestNode, agency: &str) -> Vec<Joined> {
    for node in [&nodes.giver, &nodes.taker] {
        node.follower.catch_up().await.unwrap();
    }
    let question = WhoQuestion { subject: ada_by_number(), purpose: purpose(REVIEW) };
    node.who.list(&governance(agency), question).await.unwrap().content().looks.clone()
}

#[tokio::test]
async fn who_looked_names_every_word_of_a_hand_over_and_whoever_opened_it_in_both_ledgers() {
    let nodes = staged().await;
    let id = offer(&nodes).await;
    nodes.settle().await;
    desk(&nodes.taker).open_hand_over(&taking(), id).await.unwrap();
    desk(&nodes.taker).accept(&taking(), id, &decided()).await.unwrap();
    nodes.settle().await;
    for (node, agency) in [(&nodes.giver, COUNCIL), (&nodes.taker, NEIGHBOUR)] {
        let looks = who(&nodes, node, agency).await;
        let handed = looks.iter().find(|look| look.ask.0 == id.0).expect("the hand-over");
        assert_eq!(handed.both_sides, Some(true), "{agency}");
        assert_eq!(handed.asker.as_ref().unwrap().user_name.as_str(), "custodian");
        let mut sides: Vec<(&str, &str, &str)> = handed
            .sides
            .iter()
            .map(|side| {
                let word = side.line.outcome.split(':').next().unwrap();
                (side.ledger.as_str(), side.line.entry.as_str(), word)
            })
            .collect();
        sides.sort_unstable();
        let expected = [
            (COUNCIL, "hand-over", "offered"),
            (COUNCIL, "hand-over-heard", "accepted"),
            (NEIGHBOUR, "hand-over", "accepted"),
            (NEIGHBOUR, "hand-over-heard", "offered"),
        ];
        assert_eq!(sides, expected, "{agency}");
        let offered = handed.sides.iter().find(|side| side.line.outcome.starts_with("offered"));
        assert!(offered.unwrap().line.outcome.contains("register"));
        let opened = looks.iter().any(|look| {
            let by = look.asker.as_ref().is_some_and(|by| by.user_name.as_str() == "neighbour");
            by && look.ask.0 != id.0 && look.sides[0].line.kind == AskKind::RegisterWork
        });
        assert!(opened, "{agency}: whoever opened it is named");
    }
}

#[tokio::test]
async fn custodians_are_told_of_an_offer_its_answer_and_the_end_of_its_time_once_each() {
    let nodes = staged().await;
    let (giver, taker) = (Telling::new(), Telling::new());
    for (node, telling, name) in
        [(&nodes.giver, &giver, "cora.custodian"), (&nodes.taker, &taker, "lena.custodian")]
    {
        employ(node, name, ("Custodian Testperson", "register-custodian")).await;
        telling.herald(node).begin().await.unwrap();
    }
    let id = offer(&nodes).await;
    nodes.settle().await;
    let tell = async || {
        nodes.settle().await;
        giver.tell(&nodes.giver).await;
        taker.tell(&nodes.taker).await;
    };
    tell().await;
    let (cora, lena) = ("cora.custodian@council.example", "lena.custodian@council.example");
    assert!(giver.told().is_empty());
    assert_eq!(taker.told(), [(lena.to_owned(), "hand-over-offered")]);
    // From the Monday on which it was offered: fifteen working days end on 22 June, twelve on 17 June.
    nodes.advance(15 * 86_400);
    tell().await;
    assert!(giver.told().is_empty(), "on the sixteenth nobody is told yet");
    nodes.advance(86_400);
    tell().await;
    nodes.advance(86_400);
    tell().await;
    assert_eq!(giver.told(), [(cora.to_owned(), "hand-over-due")], "once");
    assert_eq!(taker.told().len(), 2);
    let due = nodes.taker.entries(0).into_iter().find_map(|entry| match entry {
        Entry::HandOverDue { day, .. } => Some(day),
        _ => None,
    });
    assert_eq!(due, Some(date(2026, 6, 22)));
    desk(&nodes.taker).refuse(&taking(), id, "They live in Ashmoor.").await.unwrap();
    tell().await;
    assert_eq!(giver.told().len(), 2);
    assert!(giver.told().contains(&(cora.to_owned(), "hand-over-answered")));
    assert_eq!(taker.told().len(), 2, "nobody is told of what was said here");
}
