//! Hand-overs that break off, cross, or go to and fro: the child is never left on neither register, and no entry stays that nobody answers for.

use kinfold_domain::EntryId;
use kinfold_service::{
    records::HandOverId,
    register::{ChangeError, State},
    testing::{NEIGHBOUR, TwoCouncils},
};

use crate::{
    hand_over::{
        changed, decided, desk, entry_of, giving, lines, moving, offer, staged, stands, taking,
    },
    *,
};

async fn settled_offer(nodes: &TwoCouncils) -> HandOverId {
    let id = offer(nodes).await;
    nodes.settle().await;
    id
}

/// The taker's entry is made, and the process ends before the acceptance is said.
async fn accepts_half(nodes: &TwoCouncils, id: HandOverId) {
    let fault = nodes.taker.ground.clone();
    fault.work.fault.begin_writes();
    desk(&nodes.taker).accept(&taking(), id, &decided()).await.unwrap_err();
    fault.work.fault.end();
    assert!(stands(&nodes.taker, &taking()).await, "on the register, and not said");
}

#[tokio::test]
async fn an_acceptance_that_broke_off_after_the_entry_was_made_is_said_by_itself() {
    let nodes = staged().await;
    let id = settled_offer(&nodes).await;
    accepts_half(&nodes, id).await;
    let nodes = nodes.restart().await;
    nodes.settle().await;
    nodes.settle().await;
    assert_eq!(lines(&nodes.giver, &giving()).await[0].state, State::Accepted);
    assert!(!stands(&nodes.giver, &giving()).await && stands(&nodes.taker, &taking()).await);
}

#[tokio::test]
async fn an_offer_that_is_taken_back_after_an_acceptance_broke_off_leaves_no_entry_without_a_word()
{
    let nodes = staged().await;
    let id = settled_offer(&nodes).await;
    nodes.part();
    desk(&nodes.giver).withdraw(&giving(), id, "They stay after all.").await.unwrap();
    accepts_half(&nodes, id).await;
    let nodes = nodes.restart().await;
    nodes.settle().await;
    nodes.settle().await;
    for (node, who) in [(&nodes.giver, giving()), (&nodes.taker, taking())] {
        assert_eq!(lines(node, &who).await[0].state, State::Conflict);
        assert!(stands(node, &who).await);
    }
    desk(&nodes.giver).settle(&giving(), id, (true, "Agreed by telephone.")).await.unwrap();
    nodes.settle().await;
    assert!(stands(&nodes.giver, &giving()).await && !stands(&nodes.taker, &taking()).await);
}

#[tokio::test]
async fn a_child_who_comes_back_stands_though_the_case_system_never_closed_the_first_plan() {
    let nodes = staged().await;
    let id = settled_offer(&nodes).await;
    let made = desk(&nodes.taker).accept(&taking(), id, &decided()).await.unwrap();
    nodes.settle().await;
    assert!(!stands(&nodes.giver, &giving()).await);
    let back = kinfold_service::register::ToHandOver {
        to: COUNCIL.parse().unwrap(),
        ..moving(made.as_str())
    };
    let id = desk(&nodes.taker).hand_over(&taking(), &back).await.unwrap();
    nodes.settle().await;
    desk(&nodes.giver).accept(&giving(), id, &decided()).await.unwrap();
    nodes.settle().await;
    nodes.settle().await;
    assert!(stands(&nodes.giver, &giving()).await, "the first plan was ended by the hand-over");
    assert!(!stands(&nodes.taker, &taking()).await);
}

#[tokio::test]
async fn nobody_relies_on_an_entry_that_is_being_handed_over_itself() {
    let nodes = staged().await;
    nodes.taker.ground.source.add_entry(entry("lark-1", &ada()));
    nodes.settle().await;
    let there = offer(&nodes).await;
    let back =
        kinfold_service::register::ToHandOver { to: COUNCIL.parse().unwrap(), ..moving("lark-1") };
    let here = desk(&nodes.taker).hand_over(&taking(), &back).await.unwrap();
    nodes.settle().await;
    let both = [
        desk(&nodes.taker).accept(&taking(), there, &decided()).await,
        desk(&nodes.giver).accept(&giving(), here, &decided()).await,
    ];
    for refused in both {
        assert_eq!(changed(refused.unwrap_err()), ChangeError::HandingOver);
    }
    desk(&nodes.taker).withdraw(&taking(), here, "Theirs came first.").await.unwrap();
    let made: EntryId = desk(&nodes.taker).accept(&taking(), there, &decided()).await.unwrap();
    nodes.settle().await;
    assert_eq!(made.as_str(), "lark-1");
    assert!(!stands(&nodes.giver, &giving()).await && stands(&nodes.taker, &taking()).await);
}

#[tokio::test]
async fn where_both_rely_on_each_others_entry_neither_acceptance_is_let_stand() {
    let nodes = staged().await;
    nodes.taker.ground.source.add_entry(entry("lark-1", &ada()));
    nodes.settle().await;
    let there = offer(&nodes).await;
    let back =
        kinfold_service::register::ToHandOver { to: COUNCIL.parse().unwrap(), ..moving("lark-1") };
    let here = desk(&nodes.taker).hand_over(&taking(), &back).await.unwrap();
    nodes.settle().await;
    nodes.part();
    desk(&nodes.giver).withdraw(&giving(), there, "They come here.").await.unwrap();
    desk(&nodes.giver).accept(&giving(), here, &decided()).await.unwrap();
    desk(&nodes.taker).withdraw(&taking(), here, "They come here.").await.unwrap();
    desk(&nodes.taker).accept(&taking(), there, &decided()).await.unwrap();
    nodes.join();
    nodes.settle().await;
    let goes = |stays| (stays, "Agreed by telephone.");
    let first = desk(&nodes.giver).settle(&giving(), there, goes(false)).await;
    assert_eq!(changed(first.unwrap_err()), ChangeError::HandingOver);
    let second = desk(&nodes.taker).settle(&taking(), here, goes(false)).await;
    assert_eq!(changed(second.unwrap_err()), ChangeError::HandingOver);
    desk(&nodes.giver).settle(&giving(), there, goes(true)).await.unwrap();
    nodes.settle().await;
    assert!(stands(&nodes.giver, &giving()).await);
    assert_eq!(entry_of(&nodes.giver, &giving(), "cpp-1").await.end, None);
    assert_eq!(nodes.taker.ground.agency.id.as_str(), NEIGHBOUR);
}
