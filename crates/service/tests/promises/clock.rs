//! A clock that is off judges nobody's code, says why, and counts it against nobody.

use jiff::SignedDuration;
use kinfold_domain::UserName;
use kinfold_service::{
    feeds::FeedId,
    own_clock::{ClockOff, ClockState, TimeAnswer},
    ports::StaffStore,
    records::Entry,
    sign_in::{Door, Passed, SignInError, StepUp},
    staff::EnrolError,
};
use kinfold_token::{CodePair, Standing};

use crate::{
    feed_alarms::alarms,
    passkeys::desk,
    sign_in::{PIN, account, code, enrolled, pair, pin, sign_in, user, whys},
    *,
};

/// The time service finds a node's clock so far ahead; behind where negative.
fn told(node: &TestNode, seconds: i64) {
    let ahead = Ok(SignedDuration::from_secs(seconds));
    let asked = node.own_clock.ask();
    node.own_clock.told(asked, vec![TimeAnswer { server: "time.test".to_owned(), ahead }]);
}

fn is_off<T>(outcome: &Result<T, SignInError>) -> bool {
    matches!(outcome, Err(SignInError::Clock(ClockOff::Off { .. })))
}

#[tokio::test]
async fn while_the_clock_is_off_no_code_is_judged_anywhere_and_each_refusal_is_recorded() {
    let desk = desk().await;
    let (node, sign_in) = (&desk.nodes.trust, &desk.sign_in);
    let employee = desk.caller.employee().id;
    let before = node.ground.staff.token(employee, Standing::InUse).await.unwrap().unwrap();
    told(node, -5);
    let right = || code(node, Standing::InUse, 0);
    let door = Door { speaks: "radius", name: "vpn".parse().unwrap(), roles: None };
    let passed = Passed::Apart(pin(PIN), right().await);
    let codes = CodePair::new(right().await, code(node, Standing::InUse, 8).await);
    assert!(is_off(&sign_in.sign_in(&user(), pin(PIN), right().await).await));
    assert!(is_off(&sign_in.unlock(&desk.secret, desk.credentials().await, None).await));
    let stepped_up = sign_in.step_up(&desk.caller, desk.credentials().await, StepUp::AddPasskey);
    assert!(is_off(&stepped_up.await));
    assert!(is_off(&sign_in.vouch(None, &user(), desk.credentials().await).await));
    assert!(is_off(&sign_in.resynchronise(None, &user(), pin(PIN), &codes).await));
    assert!(sign_in.admit(&door, &user(), passed).await.is_err());
    assert_eq!(whys(node), ["clock"; 6]);
    let after = node.ground.staff.token(employee, Standing::InUse).await.unwrap().unwrap();
    assert_eq!(before.version, after.version, "nothing was counted, spent or learnt");

    told(node, 1);
    assert!(sign_in.sign_in(&user(), pin(PIN), right().await).await.is_ok());
}

#[tokio::test]
async fn the_refusal_says_how_far_the_clock_is_off_and_what_to_do_whoever_asks() {
    let nodes = enrolled().await;
    told(&nodes.trust, -5);
    let stranger: UserName = "stranger".parse().unwrap();
    let typed = code(&nodes.trust, Standing::InUse, 0).await;
    let answers =
        [sign_in(&nodes).await, nodes.trust.sign_in.sign_in(&stranger, pin(PIN), typed).await];
    for answer in answers {
        assert_eq!(
            answer.err().unwrap().to_string(),
            "codes can't be checked, because this node's clock is 5 seconds behind its time service: use a passkey, or ring your operator"
        );
    }
}

#[tokio::test]
async fn a_token_is_not_confirmed_by_a_clock_that_is_off_and_its_enrolment_code_stays_good() {
    let nodes = TwoNodes::start().await;
    account(&nodes.trust).await;
    let staff = &nodes.trust.staff;
    let ticket = staff.issue_ticket(&user()).await.unwrap();
    staff.begin(None, &user(), pin(PIN), ticket.expose()).await.unwrap();
    told(&nodes.trust, 2);
    let codes = pair(&nodes.trust).await;
    for _ in 0..8 {
        let refused = staff.finish(None, &user(), ticket.expose(), &codes).await;
        assert!(matches!(refused, Err(EnrolError::Clock(_))), "{refused:?}");
    }
    assert!(matches!(staff.confirm_token(&user(), &codes).await, Err(EnrolError::Clock(_))));
    assert_eq!(whys(&nodes.trust), ["clock"; 9]);
    told(&nodes.trust, 0);
    staff.finish(None, &user(), ticket.expose(), &codes).await.unwrap();
}

#[tokio::test]
async fn passkeys_go_on_while_the_clock_is_off() {
    let desk = desk().await;
    let mut thing = desk.added("key").await;
    told(&desk.nodes.trust, 3_600);
    assert!(desk.signed_in(&mut thing).await.is_ok());
}

#[tokio::test]
async fn a_code_of_before_is_not_good_again_when_the_clock_runs_back() {
    let nodes = enrolled().await;
    let (node, clock) = (&nodes.trust, &nodes.trust.ground.clock);
    let overheard = code(node, Standing::InUse, 0).await;
    nodes.advance(60);
    // As a node does every second.
    node.own_clock.look();
    clock.step(-60);
    let again = node.sign_in.sign_in(&user(), pin(PIN), overheard).await;
    assert!(matches!(again, Err(SignInError::Clock(ClockOff::RanBack { .. }))));
    clock.advance(59);
    assert!(matches!(sign_in(&nodes).await, Err(SignInError::Clock(_))));
    clock.advance(1);
    assert!(sign_in(&nodes).await.is_ok(), "where nobody is asked it goes on by itself");
}

#[tokio::test]
async fn a_time_service_that_is_silent_locks_nobody_out() {
    let nodes = enrolled().await;
    told(&nodes.trust, 0);
    nodes.advance(3_601);
    let silent = TimeAnswer { server: "time.test".to_owned(), ahead: Err("it does not answer") };
    let asked = nodes.trust.own_clock.ask();
    nodes.trust.own_clock.told(asked, vec![silent]);
    assert_eq!(nodes.trust.own_clock.standing().state, ClockState::Unconfirmed);
    assert!(sign_in(&nodes).await.is_ok());
}

#[tokio::test]
async fn an_answer_about_a_clock_that_was_set_meanwhile_confirms_nothing() {
    let nodes = enrolled().await;
    let (own, clock) = (&nodes.trust.own_clock, &nodes.trust.ground.clock);
    let asked = own.ask();
    clock.step(30);
    let ahead = Ok(SignedDuration::ZERO);
    own.told(asked, vec![TimeAnswer { server: "time.test".to_owned(), ahead }]);
    assert_eq!(own.standing().state, ClockState::Unconfirmed);
    own.jumped().await;
}

#[tokio::test]
async fn whoever_is_named_is_told_that_codes_are_refused_until_they_are_taken_again() {
    let nodes = enrolled().await;
    notifications::employ(&nodes.trust, "first", ("first", "operator")).await;
    let own = nodes.trust.own_clock.clone();
    let alarms = alarms(&nodes.trust, ("first", "")).await.beside([own as _]);
    alarms.watch().await.unwrap();
    told(&nodes.trust, 9);
    alarms.watch().await.unwrap();
    let of_clock = || alarms.known().into_iter().find(|alarm| alarm.feed == FeedId::Clock).unwrap();
    assert!(of_clock().over.is_none() && of_clock().told.len() == 1);
    told(&nodes.trust, 0);
    alarms.watch().await.unwrap();
    assert!(of_clock().over.is_some());
    let steps =
        |entry: &Entry| matches!(entry, Entry::FeedAlarm(step) if step.feed == FeedId::Clock);
    assert_eq!(nodes.trust.entries(0).iter().filter(|entry| steps(entry)).count(), 2);
}

#[tokio::test]
async fn two_nodes_whose_clocks_differ_both_see_it_and_neither_refuses_a_code_for_it() {
    let nodes = enrolled().await;
    nodes.settle().await;
    let apart = |node: &TestNode| {
        let partners = node.own_clock.standing().partners;
        partners.first().map(|apart| (apart.agency.to_string(), apart.ahead.as_secs()))
    };
    assert_eq!((apart(&nodes.trust), apart(&nodes.council)), (None, None));
    nodes.council.ground.clock.step(3);
    for _ in 0..3 {
        nodes.settle().await;
    }
    assert_eq!(apart(&nodes.trust), Some((COUNCIL.to_owned(), 3)));
    assert_eq!(apart(&nodes.council), Some((TRUST.to_owned(), -3)));
    assert!(sign_in(&nodes).await.is_ok());

    nodes.trust.ground.clock.step(30);
    nodes.settle().await;
    assert_eq!(apart(&nodes.council), Some((TRUST.to_owned(), 27)), "where nothing flows, too");
    nodes.advance(121);
    assert_eq!(apart(&nodes.council), None, "not heard for two minutes");
}
