//! Sessions in several places: whose they are, where they were opened, and what the ledger keeps of that.

use std::net::IpAddr;

use kinfold_service::{
    ports::Address,
    records::Entry,
    sign_in::{Credentials, OwnSession, SessionSecret},
};
use kinfold_token::Standing;

use crate::{
    sign_in::{PIN, code, enrolled, pin, user},
    *,
};

fn address(text: &str) -> Address {
    text.parse::<IpAddr>().unwrap().into()
}

/// A session opened from an address, a minute after whatever was before.
async fn opened(nodes: &TwoNodes, from: &str) -> SessionSecret {
    nodes.advance(60);
    let code = code(&nodes.trust, Standing::InUse, 0).await;
    let credentials = Credentials { pin: pin(PIN), code };
    let from = Some(address(from));
    nodes.trust.sign_in.sign_in_from(from, &user(), credentials).await.unwrap()
}

async fn caller_of(nodes: &TwoNodes, secret: &SessionSecret) -> Caller {
    nodes.trust.sign_in.caller(secret).await.unwrap()
}

fn addresses(sessions: &[OwnSession]) -> Vec<Option<Address>> {
    sessions.iter().map(|session| session.address).collect()
}

#[tokio::test]
async fn each_session_knows_of_those_that_are_open_elsewhere_after_a_restart_too() {
    let nodes = enrolled().await;
    let ward = opened(&nodes, "10.0.0.1").await;
    let desk = opened(&nodes, "::ffff:10.0.0.2").await;
    let nodes = nodes.restart().await;
    let at_ward = caller_of(&nodes, &ward).await;
    let sign_in = &nodes.trust.sign_in;
    assert_eq!(addresses(&sign_in.elsewhere(&at_ward)), [Some(address("10.0.0.2"))]);
    let further = opened(&nodes, "10.0.0.1").await;
    let here = caller_of(&nodes, &further).await;
    assert_eq!(addresses(&sign_in.elsewhere(&here)), [Some(address("10.0.0.2"))]);
    assert_eq!(sign_in.own_sessions(&here).len(), 3);
    let at_desk = caller_of(&nodes, &desk).await;
    assert_eq!(sign_in.elsewhere(&at_desk).len(), 2);
}

#[tokio::test]
async fn a_sign_in_after_a_restart_knows_of_what_was_open_before() {
    let nodes = enrolled().await;
    opened(&nodes, "10.0.0.1").await;
    let nodes = nodes.restart().await;
    let desk = opened(&nodes, "10.0.0.2").await;
    let caller = caller_of(&nodes, &desk).await;
    let elsewhere = nodes.trust.sign_in.elsewhere(&caller);
    assert_eq!(addresses(&elsewhere), [Some(address("10.0.0.1"))]);
}

#[tokio::test]
async fn a_locked_or_idle_session_is_in_no_place() {
    let nodes = enrolled().await;
    let ward = opened(&nodes, "10.0.0.1").await;
    let desk = opened(&nodes, "10.0.0.2").await;
    let sign_in = &nodes.trust.sign_in;
    let at_desk = caller_of(&nodes, &desk).await;
    assert_eq!(sign_in.scattered().await.unwrap().len(), 1);
    sign_in.lock(&caller_of(&nodes, &ward).await).await.unwrap();
    assert!(sign_in.elsewhere(&at_desk).is_empty());
    assert!(sign_in.scattered().await.unwrap().is_empty());
    let third = opened(&nodes, "10.0.0.3").await;
    assert_eq!(sign_in.elsewhere(&at_desk).len(), 1);
    for _ in 0..2 {
        nodes.advance(16 * 60);
        caller_of(&nodes, &desk).await;
    }
    assert!(sign_in.elsewhere(&at_desk).is_empty(), "nobody used the third for half an hour");
    assert!(sign_in.scattered().await.unwrap().is_empty());
    assert!(sign_in.caller(&third).await.is_err());
}

#[tokio::test]
async fn governance_reads_each_address_with_since_when_the_first_first() {
    let nodes = enrolled().await;
    opened(&nodes, "10.0.0.9").await;
    opened(&nodes, "10.0.0.1").await;
    opened(&nodes, "10.0.0.9").await;
    let nodes = nodes.restart().await;
    let scattered = nodes.trust.sign_in.scattered().await.unwrap();
    let [one] = &scattered[..] else { panic!("one person: {}", scattered.len()) };
    let places: Vec<_> = one.places.iter().map(|(address, _)| *address).collect();
    assert_eq!(places, [Some(address("10.0.0.9")), Some(address("10.0.0.1"))]);
    assert!(one.places[0].1 < one.places[1].1);
}

#[tokio::test]
async fn ending_the_others_leaves_the_own_session_and_stands_in_the_ledger_with_its_address() {
    let nodes = enrolled().await;
    let ward = opened(&nodes, "10.0.0.1").await;
    let desk = opened(&nodes, "10.0.0.2").await;
    let (sign_in, caller) = (&nodes.trust.sign_in, caller_of(&nodes, &desk).await);
    let own = sign_in.end_own(&caller, Some(caller.session())).await.unwrap();
    assert!(own.is_empty(), "the own session is not among the others");
    assert_eq!(sign_in.end_own(&caller, None).await.unwrap().len(), 1);
    assert!(sign_in.caller(&ward).await.is_err() && sign_in.caller(&desk).await.is_ok());
    assert_eq!(nodes.trust.ground.staff.sessions(), 1);
    let entries = nodes.trust.entries(0).into_iter();
    let said: Vec<_> = entries
        .filter_map(|entry| match entry {
            Entry::SignedIn { address, .. } | Entry::SignedOut { address, .. } => Some(address),
            _ => None,
        })
        .collect();
    let [one, other] = ["10.0.0.1", "10.0.0.2"].map(|text| Some(address(text)));
    assert_eq!(said, [one, other, one]);
}

#[tokio::test]
async fn unlocking_from_another_address_moves_the_session_there_and_is_recorded_so() {
    let nodes = enrolled().await;
    let ward = opened(&nodes, "10.0.0.1").await;
    let sign_in = &nodes.trust.sign_in;
    sign_in.lock(&caller_of(&nodes, &ward).await).await.unwrap();
    nodes.advance(60);
    let credentials =
        Credentials { pin: pin(PIN), code: code(&nodes.trust, Standing::InUse, 0).await };
    let there = Some(address("2001:db8::1"));
    let ward = sign_in.unlock(&ward, credentials, there).await.unwrap().secret;
    let own = sign_in.own_sessions(&caller_of(&nodes, &ward).await);
    assert_eq!(addresses(&own), [Some(address("2001:db8::1"))]);
    let last = nodes.trust.entries(nodes.trust.size() - 1).pop();
    let Some(Entry::SignedIn { address: Some(at), how, .. }) = last else { panic!("not recorded") };
    assert_eq!((at, &*how), (address("2001:db8::1"), "unlock"));
}

#[test]
fn an_address_is_not_printed_by_accident() {
    assert_eq!(format!("{:?}", address("10.0.0.1")), "[address]");
}
