//! The custodians' pages of two councils, between which a child is handed over.

use axum::http::StatusCode;

use super::{
    browser::{Browser, Page},
    world::{self, Node, children::nhs},
};

const MOVES: [(&str, &str); 7] = [
    ("kind", "move"),
    ("council", "larkford-council"),
    ("moved_day", "1"),
    ("moved_month", "6"),
    ("moved_year", "2026"),
    ("address", "4 New Street, Larkford"),
    ("reason", "The family moves to Larkford."),
];

const ACCEPTS: [(&str, &str); 11] = [
    ("decision", "accept"),
    ("conference_day", "1"),
    ("conference_month", "6"),
    ("conference_year", "2026"),
    ("category", "EMO"),
    ("next_day", "20"),
    ("next_month", "8"),
    ("next_year", "2026"),
    ("worker", "Larkford Testworker"),
    ("team", "Larkford team"),
    ("telephone", "01632 960333"),
];

async fn custodians() -> ((Node, Node), (Browser, Browser)) {
    let (council, neighbour) = world::councils().await;
    let giving = Browser::signed_in(&council, "register-custodian").await;
    let taking = Browser::signed_in(&neighbour, "register-custodian").await;
    ((council, neighbour), (giving, taking))
}

async fn entry(browser: &mut Browser, n: u32) -> Page {
    let found = browser.post("/register/find", &[("nhs_number", &nhs(n).digits())]).await;
    browser.post("/register/entry", &[("handle", found.handle()), ("choice", "0")]).await
}

async fn sends(browser: &mut Browser, (path, handle): (&str, &str), more: &[(&str, &str)]) -> Page {
    let mut fields = vec![("handle", handle)];
    fields.extend_from_slice(more);
    browser.post(path, &fields).await
}

/// The page that asks whether it is right.
async fn planned(browser: &mut Browser, n: u32, fields: &[(&str, &str)]) -> Page {
    let entry = entry(browser, n).await;
    let handle = entry.handle().to_owned();
    sends(browser, ("/register/hand-over/plan", &handle), fields).await
}

async fn offered(browser: &mut Browser, n: u32) {
    let plan = planned(browser, n, &MOVES).await;
    let done = sends(browser, ("/register/hand-over/confirm", plan.handle()), &[]).await;
    assert_eq!(done.location(), "/register/hand-overs", "{}", done.html);
}

/// The only one of the list, opened.
async fn only(browser: &mut Browser) -> Page {
    let list = browser.get("/register/hand-overs").await;
    sends(browser, ("/register/hand-overs/open", list.handle()), &[("choice", "0")]).await
}

#[tokio::test]
async fn a_child_is_handed_over_from_one_custodians_pages_to_the_others() {
    let ((council, neighbour), (mut giving, mut taking)) = custodians().await;
    let page = entry(&mut giving, 1).await;
    assert!(page.says("Hand over to another council"), "{}", page.html);
    let handle = page.handle().to_owned();
    let form = sends(&mut giving, ("/register/hand-over", &handle), &[("kind", "move")]).await;
    assert!(form.says("You stay responsible") && form.says("Larkford Council"), "{}", form.html);

    let plan = planned(&mut giving, 1, &MOVES).await;
    assert_eq!(plan.heading(), "Is this right?");
    for words in ["Ada", "Larkford Council", "4 New Street, Larkford", "22 June 2026", "Imani Test"]
    {
        assert!(plan.says(words), "{words} in {}", plan.html);
    }
    let handle = plan.handle().to_owned();
    let done = sends(&mut giving, ("/register/hand-over/confirm", &handle), &[]).await;
    assert_eq!(done.location(), "/register/hand-overs");
    let again = sends(&mut giving, ("/register/hand-over/confirm", &handle), &[]).await;
    assert_eq!(again.status, StatusCode::GONE, "a form that is sent twice tells nobody twice");
    let list = giving.get("/register/hand-overs").await;
    assert!(list.says("Waits for the answer of Larkford Council"), "{}", list.html);

    council.talks_to(&neighbour).await;
    let start = taking.get("/register").await;
    assert!(start.says("1 child handed over to us"), "{}", start.html);
    let due = taking.get("/register/due").await;
    assert!(due.says("Transfer-in conference") && due.says("Handed over by Ashmoor Council"));
    let page = only(&mut taking).await;
    for words in
        ["Ada", "stays responsible", "4 New Street", "Transfer-in conference by 22 June 2026"]
    {
        assert!(page.says(words), "{words} in {}", page.html);
    }
    let handle = page.handle().to_owned();
    let answer = ("/register/hand-overs/answer", handle.as_str());
    let refused = sends(&mut taking, answer, &[("decision", "accept")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in
        ["Enter: day of the transfer-in conference", "Choose the category", "Name your key worker"]
    {
        assert!(refused.says(words), "{words} in {}", refused.html);
    }
    let handle = refused.handle().to_owned();
    let done = sends(&mut taking, ("/register/hand-overs/answer", &handle), &ACCEPTS).await;
    assert_eq!(done.location(), "/register/hand-overs", "{}", done.html);
    let taken = entry(&mut taking, 1).await;
    assert!(taken.says("In force") && taken.says("Larkford Testworker"), "{}", taken.html);

    council.talks_to(&neighbour).await;
    let ended = entry(&mut giving, 1).await;
    assert!(ended.says("Recently ended, on 1 June 2026"), "{}", ended.html);
    assert!(ended.says("Handed over to Larkford Council, accepted by Kim register-custodian"));
}

#[tokio::test]
async fn what_is_wrong_with_the_form_is_told_and_nothing_leaves() {
    let ((council, neighbour), (mut giving, mut taking)) = custodians().await;
    let page = planned(&mut giving, 1, &[("kind", "move")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["Choose the council", "Enter: day of the move", "Give the reason"] {
        assert!(page.says(words), "{words} in {}", page.html);
    }
    let looked_after = planned(&mut giving, 3, &MOVES).await;
    assert!(
        looked_after.says("A looked-after child stays with the council"),
        "{}",
        looked_after.html
    );
    let sealed = planned(&mut giving, 5, &MOVES).await;
    assert!(sealed.says("handed over by telephone, from desk to desk"), "{}", sealed.html);
    assert!(!entry(&mut giving, 5).await.says("Hand over to another council"));
    council.talks_to(&neighbour).await;
    assert!(taking.get("/register/hand-overs").await.says("Nobody waits for an answer."));
}

#[tokio::test]
async fn a_refusal_and_a_withdrawal_each_need_a_reason_and_reach_the_other_custodian() {
    let ((council, neighbour), (mut giving, mut taking)) = custodians().await;
    offered(&mut giving, 1).await;
    council.talks_to(&neighbour).await;
    let page = only(&mut taking).await;
    assert!(page.says("the other council’s custodian reads it"), "{}", page.html);
    assert!(!page.says("not told to partners"));
    let handle = page.handle().to_owned();
    let answer = ("/register/hand-overs/answer", handle.as_str());
    let none = sends(&mut taking, answer, &[("decision", "refuse")]).await;
    assert!(none.says("Give the reason"), "{}", none.html);
    let handle = none.handle().to_owned();
    let why = [("decision", "refuse"), ("reason", "They live in Ashmoor.")];
    sends(&mut taking, ("/register/hand-overs/answer", &handle), &why).await;
    council.talks_to(&neighbour).await;
    assert!(giving.get("/register").await.says("1 hand-over to look at"));
    let page = only(&mut giving).await;
    assert!(
        page.says("They live in Ashmoor.") && page.says("stays on your register"),
        "{}",
        page.html
    );
    let handle = page.handle().to_owned();
    let seen = [("decision", "seen")];
    sends(&mut giving, ("/register/hand-overs/answer", &handle), &seen).await;
    assert!(!giving.get("/register").await.says("to look at"));
}

#[tokio::test]
async fn where_both_spoke_at_once_the_giving_custodian_decides_and_the_other_is_told_whom_to_ring()
{
    let ((council, neighbour), (mut giving, mut taking)) = custodians().await;
    offered(&mut giving, 1).await;
    council.talks_to(&neighbour).await;
    let page = only(&mut giving).await;
    let handle = page.handle().to_owned();
    let back = [("decision", "withdraw"), ("reason", "They stay after all.")];
    sends(&mut giving, ("/register/hand-overs/answer", &handle), &back).await;
    let page = only(&mut taking).await;
    let handle = page.handle().to_owned();
    sends(&mut taking, ("/register/hand-overs/answer", &handle), &ACCEPTS).await;
    council.talks_to(&neighbour).await;
    let page = only(&mut taking).await;
    assert!(page.says("stands on both registers") && page.says("01632 960700"), "{}", page.html);
    assert!(!page.says("their entry ends"));
    let page = only(&mut giving).await;
    assert!(page.says("until you decide"), "{}", page.html);
    let handle = page.handle().to_owned();
    let stays = [("decision", "stays"), ("reason", "Agreed by telephone.")];
    sends(&mut giving, ("/register/hand-overs/answer", &handle), &stays).await;
    council.talks_to(&neighbour).await;
    assert!(entry(&mut giving, 1).await.says("In force"));
    assert!(entry(&mut taking, 1).await.says("Recently ended"));
}

#[tokio::test]
async fn no_other_role_sees_hand_overs_and_no_council_is_offered_that_the_agreement_does_not_name()
{
    let ((council, _neighbour), _) = custodians().await;
    let mut worker = Browser::signed_in(&council, "social-worker").await;
    assert_eq!(worker.get("/register/hand-overs").await.status, StatusCode::FORBIDDEN);
    let (council, trust) = world::pair().await;
    let mut alone = Browser::signed_in(&council, "register-custodian").await;
    let page = entry(&mut alone, 1).await;
    assert!(!page.says("Hand over to another council"), "{}", page.html);
    let handle = page.handle().to_owned();
    let form = sends(&mut alone, ("/register/hand-over", &handle), &[("kind", "move")]).await;
    assert_eq!(form.status, StatusCode::FORBIDDEN, "{}", form.html);
    let mut nurse = Browser::signed_in(&trust, "ed-clinician").await;
    assert_eq!(nurse.get("/register/hand-overs").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_temporary_resident_is_listed_with_the_days_left_and_noted() {
    let ((council, neighbour), (mut giving, mut taking)) = custodians().await;
    let stays = [
        ("kind", "stay"),
        ("council", "larkford-council"),
        ("moved_day", "1"),
        ("moved_month", "6"),
        ("moved_year", "2026"),
        ("until_day", "8"),
        ("until_month", "6"),
        ("until_year", "2026"),
        ("address", "With an aunt, 4 New Street"),
        ("reason", "Half-term."),
    ];
    let plan = planned(&mut giving, 3, &stays).await;
    assert!(plan.says("Stays from 1 June 2026 until 8 June 2026"), "{}", plan.html);
    sends(&mut giving, ("/register/hand-over/confirm", plan.handle()), &[]).await;
    council.talks_to(&neighbour).await;
    let list = taking.get("/register/hand-overs").await;
    assert!(
        list.says("Temporary residents in our area") && list.says("7 days left"),
        "{}",
        list.html
    );
    let page = only(&mut taking).await;
    assert!(page.says("4 New Street") && !page.says("Accept:"), "{}", page.html);
    let handle = page.handle().to_owned();
    let noted = [("decision", "note")];
    sends(&mut taking, ("/register/hand-overs/answer", &handle), &noted).await;
    council.talks_to(&neighbour).await;
    assert!(giving.get("/register/hand-overs").await.says("Noted by Larkford Council"));
}

#[tokio::test]
async fn a_strategy_discussion_is_due_until_its_plan_is_added_from_the_prefilled_form() {
    let ((_council, _neighbour), (mut browser, _)) = custodians().await;
    let none = browser.post("/register/discussions/new", &[]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.says("Enter: day on which it was held") && none.says("Enter first and last name"));
    let number = nhs(9).digits();
    let held = [
        ("held_day", "29"),
        ("held_month", "5"),
        ("held_year", "2026"),
        ("status", "child-protection-plan"),
        ("nhs_number", number.as_str()),
        ("given", "Iseult"),
        ("family", "Garrowby"),
        ("birth_day", "3"),
        ("birth_month", "4"),
        ("birth_year", "2019"),
        ("sex", "female"),
    ];
    let done = browser.post("/register/discussions/new", &held).await;
    assert_eq!(done.location(), "/register/discussions", "{}", done.html);
    let due = browser.get("/register/due").await;
    assert!(due.says("Initial conference") && due.says("19 June 2026"), "{}", due.html);
    let list = browser.get("/register/discussions").await;
    assert!(list.says("Iseult") && list.says("Initial conference by 19 June 2026"));
    let handle = list.handle().to_owned();
    let outcome = "/register/discussions/outcome";
    let no_reason = [("handle", handle.as_str()), ("outcome", "no-plan"), ("reason", " ")];
    let refused = browser.post(outcome, &no_reason).await;
    assert!(refused.says("Give the reason"), "{}", refused.html);
    let handle = refused.handle().to_owned();
    let begins = [("handle", handle.as_str()), ("choice", "0"), ("outcome", "begins")];
    let form = browser.post(outcome, &begins).await;
    assert_eq!(form.heading(), "Add a child");
    assert!(form.says(&number) && form.says("value=\"Garrowby\""), "{}", form.html);
    let handle = form.handle().to_owned();
    let mut add = held[3..].to_vec();
    add.extend([("handle", handle.as_str()), ("choice", "0"), ("category", "PHY")]);
    add.extend([("start_day", "1"), ("start_month", "6"), ("start_year", "2026")]);
    add.push(("reason", "The conference of 1 June."));
    let plan = browser.post("/register/add", &add).await;
    assert_eq!(plan.heading(), "Is this right?", "{}", plan.html);
    assert!(browser.get("/register/discussions").await.says("Iseult"), "not yet");
    let handle = plan.handle().to_owned();
    browser.post("/register/confirm", &[("handle", handle.as_str())]).await;
    assert!(browser.get("/register/discussions").await.says("None waits for a conference."));
}
