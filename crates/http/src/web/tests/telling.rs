//! Feeds that have stopped, and notifications that could not be delivered.

use axum::http::StatusCode;
use jiff::SignedDuration;
use kinfold_service::{
    notifications::{Destination, Event, Notification, RetryPolicy, Undelivered},
    ports::{Clock, NotificationStore},
};
use uuid::Uuid;

use super::{
    browser::{Browser, between},
    world::{self, Node},
};

/// An operator, and another who is named to be told of feeds.
async fn operators(trust: &Node) -> (Browser, Browser) {
    let other = Browser::signed_in(trust, "operator").await;
    let named = Browser::signed_in(trust, "operator").await;
    (other, named)
}

#[tokio::test]
async fn a_feed_that_stops_stands_on_every_page_of_who_was_told_until_it_is_heard_again() {
    let trust = world::trust().await;
    let (mut other, mut named) = operators(&trust).await;
    trust.core.clock.pass(SignedDuration::from_mins(11));
    assert_eq!(trust.alarms.watch().await.unwrap(), 1);
    let page = named.get("/agreement").await;
    assert!(page.says("A feed has stopped: source system pas, since 1 June 2026 at 13:59"));
    assert!(!other.get("/agreement").await.says("A feed has stopped"));
    let page = other.get("/feeds").await;
    assert!(page.says("Told: <bdi>Kim operator, Test job, 1 June 2026 at"), "{}", page.html);
    let alarm = between(&page.html, "name=\"alarm\" value=\"", "\"").unwrap().to_owned();
    let answer = other.post("/feeds/alarm", &[("alarm", &alarm)]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/feeds"));
    assert!(named.get("/agreement").await.says("Kim operator sees to it"));
    let page = other.get("/feeds").await;
    assert!(page.says("Sees to it: <bdi>Kim operator") && !page.says("I see to it"));
    let mut nurse = Browser::signed_in(&trust, "ed-clinician").await;
    assert!(!nurse.get("/check").await.says("A feed has stopped"));
    let refused = nurse.post("/feeds/alarm", &[("alarm", &alarm)]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

async fn put_aside(trust: &Node, matter: u128) {
    let (now, call) = (trust.core.clock.now(), (Event::FeedStopped, Uuid::from_u128(matter), ""));
    let why = "HTTP 503".to_owned();
    let new = Notification::new(call, Destination::Webhook("<paging>".to_owned()), now, now);
    trust.outbox.announce(std::slice::from_ref(&new), 1).await.unwrap();
    let refused = Err(Undelivered { why, is_final: true });
    let aside = new.after(refused, (now, 0), &RetryPolicy::default());
    trust.outbox.put_notification(&aside).await.unwrap();
}

#[tokio::test]
async fn an_operator_sends_again_or_gives_up_what_could_not_be_delivered() {
    let trust = world::trust().await;
    let (mut operator, _) = operators(&trust).await;
    assert!(operator.get("/notifications").await.says("None."));
    put_aside(&trust, 1).await;
    put_aside(&trust, 2).await;
    assert!(operator.get("/feeds").await.says("Some could not be delivered"));
    for path in ["/notifications/again", "/notifications/give-up"] {
        let page = operator.get("/notifications").await;
        assert!(page.says("Webhook &lt;paging&gt;: feed-stopped"), "{}", page.html);
        assert!(page.says("HTTP 503") && page.says("Send again") && page.says("Give up"));
        let id = between(&page.html, "name=\"notification\" value=\"", "\"").unwrap().to_owned();
        let answer = operator.post(path, &[("notification", &id)]).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/notifications"));
    }
    let page = operator.get("/notifications").await;
    assert!(page.says("None.") && page.says("1 wait to be sent"), "{}", page.html);
}

#[tokio::test]
async fn notifications_are_the_operators_work_alone() {
    let trust = world::trust().await;
    put_aside(&trust, 1).await;
    for role in ["ed-clinician", "information-governance"] {
        let mut browser = Browser::signed_in(&trust, role).await;
        let page = browser.get("/notifications").await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{role}");
        assert!(!page.says("paging"));
    }
}
