//! Wrong sign-ins over many accounts: who is told, and who need not wait for it.

use axum::http::StatusCode;
use jiff::SignedDuration;
use kinfold_service::{feeds::FeedId, records::Entry};

use super::{
    browser::{Browser, Page},
    world::{self, Node, staff::PIN},
};

const GUESSER: &str = "10.66.6.6";

/// Wrong tries with names that nobody has, all from one address; the last answer.
async fn guess(trust: &Node, names: std::ops::Range<u32>) -> Page {
    let mut guesser = Browser::at(trust);
    guesser.from = GUESSER;
    let mut last = None;
    for number in names {
        let name = format!("guessed{number}");
        let typed = [("user_name", name.as_str()), ("pin", "740512"), ("code", "123456")];
        last = Some(guesser.post("/sign-in", &typed).await);
    }
    last.unwrap()
}

fn recorded(trust: &Node) -> Vec<Entry> {
    let journal = &trust.core.journal;
    let entries = journal.read_all(0, journal.ledger().size());
    entries.filter_map(|(_, entry)| entry.unwrap()).collect()
}

#[tokio::test]
async fn many_accounts_tried_from_one_address_are_told_to_who_is_named_and_are_over_by_themselves()
{
    let trust = world::trust().await;
    let mut other = Browser::signed_in(&trust, "operator").await;
    let mut named = Browser::signed_in(&trust, "operator").await;
    let mut governance = Browser::signed_in(&trust, "information-governance").await;
    guess(&trust, 0..9).await;
    assert_eq!(trust.alarms.watch().await.unwrap(), 0);
    guess(&trust, 9..10).await;
    assert_eq!(trust.alarms.watch().await.unwrap(), 1);
    let page = named.get("/agreement").await;
    assert!(page.says("Wrong sign-ins over many accounts, since 1 June 2026"), "{}", page.html);
    let page = other.get("/feeds").await;
    assert!(page.says("Many accounts are tried") && page.says("Told: <bdi>Kim operator"));
    let from = format!("{GUESSER}: 10 accounts");
    assert!(!page.says(GUESSER) && !other.get("/staff").await.says(GUESSER), "governance alone");
    assert!(governance.get("/staff").await.says(&from));
    let raised =
        |entry: &Entry| matches!(entry, Entry::FeedAlarm(step) if step.feed == FeedId::SignIns);
    assert_eq!(recorded(&trust).iter().filter(|entry| raised(entry)).count(), 1);
    trust.core.clock.pass(SignedDuration::from_mins(10));
    trust.alarms.watch().await.unwrap();
    assert!(!named.get("/agreement").await.says("Wrong sign-ins"));
    assert!(!governance.get("/staff").await.says(GUESSER));
}

#[tokio::test]
async fn where_somebody_guesses_newcomers_wait_and_who_signed_in_there_before_does_not() {
    let trust = world::trust().await;
    let (known, newcomer) =
        (trust.employ("ed-clinician").await, trust.employ("ed-clinician").await);
    let mut ward = Browser::at(&trust);
    ward.from = GUESSER;
    assert_eq!(ward.sign_in(&trust, &known).await.location(), "/");
    ward.post("/sign-out", &[]).await;
    assert_eq!(guess(&trust, 0..19).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(guess(&trust, 19..20).await.status, StatusCode::UNAUTHORIZED);
    let waits = guess(&trust, 20..21).await;
    assert_eq!(waits.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(waits.headers["retry-after"], "3");
    assert!(waits.says("Too many wrong tries: wait 3 seconds"), "{}", waits.html);
    for (number, pause) in (21..).zip([3, 5, 9, 17]) {
        trust.core.clock.pass(SignedDuration::from_secs(pause));
        assert_eq!(guess(&trust, number..number + 1).await.status, StatusCode::UNAUTHORIZED);
    }
    let mut other = Browser::at(&trust);
    other.from = GUESSER;
    assert_eq!(other.sign_in(&trust, &newcomer).await.status, StatusCode::TOO_MANY_REQUESTS);
    let why = |entry: &Entry| matches!(entry, Entry::SignInRefused { why, .. } if why == "origin-waiting");
    assert!(recorded(&trust).iter().any(why));
    assert_eq!(ward.sign_in(&trust, &known).await.location(), "/");
    let mut elsewhere = Browser::at(&trust);
    elsewhere.from = "10.1.2.4";
    assert_eq!(elsewhere.sign_in(&trust, &newcomer).await.location(), "/");
}

#[tokio::test]
async fn guesses_of_tickets_wait_by_where_they_come_from_too() {
    let trust = world::trust().await;
    let nurse = trust.employ("ed-clinician").await;
    let ticket = trust.staff.issue_ticket(&nurse.user_name).await.unwrap();
    let mut guesser = Browser::at(&trust);
    guesser.from = GUESSER;
    for number in 0..20 {
        let name = format!("guessed{number}");
        let typed = [("user_name", name.as_str()), ("pin", PIN), ("ticket", "0000-0000-0000-0000")];
        assert_eq!(guesser.post("/enrol", &typed).await.status, StatusCode::UNAUTHORIZED);
    }
    let name = ("user_name", nurse.user_name.as_str());
    let typed = [name, ("pin", PIN), ("ticket", ticket.expose())];
    let codes = [name, ("ticket", ticket.expose()), ("first", "123456"), ("second", "654321")];
    for (path, fields) in [("/enrol", &typed[..]), ("/enrol/codes", &codes[..])] {
        let page = guesser.post(path, fields).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        assert_eq!(page.headers["retry-after"], "3", "{path}");
        assert!(page.says("Too many wrong tries: wait 3 seconds"), "{path} {}", page.html);
    }
    assert_eq!(guess(&trust, 20..21).await.status, StatusCode::TOO_MANY_REQUESTS, "one count");
    let mut elsewhere = Browser::at(&trust);
    let page = elsewhere.post("/enrol", &typed).await;
    assert!(page.says("Read this into your token"), "{}", page.html);
}
