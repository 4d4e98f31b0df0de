//! Giving a token: a ticket from the operator, the PIN, and two successive codes.

use kinfold_service::{
    ports::{Address, StaffStore},
    records::Entry,
    staff::{EnrolError, FetchError, NewEmployee, StaffError, Ticket},
};
use kinfold_token::{CodePair, Standing};

use crate::{
    sign_in::{PIN, account, code, pair, pin, user},
    *,
};

async fn ticketed() -> (TwoNodes, Ticket) {
    let nodes = TwoNodes::start().await;
    account(&nodes.trust).await;
    let ticket = nodes.trust.staff.issue_ticket(&user()).await.unwrap();
    (nodes, ticket)
}

#[tokio::test]
async fn ticket_pin_and_two_codes_give_a_token_that_signs_in_and_spend_the_ticket() {
    let (nodes, ticket) = ticketed().await;
    let staff = &nodes.trust.staff;
    staff.begin(None, &user(), pin(PIN), &ticket.expose().to_uppercase()).await.unwrap();
    let codes = pair(&nodes.trust).await;
    staff.finish(None, &user(), ticket.expose(), &codes).await.unwrap();
    nodes.advance(60);
    let shown = code(&nodes.trust, Standing::InUse, 0).await;
    assert!(nodes.trust.sign_in.sign_in(&user(), pin(PIN), shown).await.is_ok());
    let again = staff.begin(None, &user(), pin(PIN), ticket.expose()).await;
    assert!(matches!(again.err(), Some(EnrolError::Refused)), "the ticket opened twice");
}

#[tokio::test]
async fn the_codes_that_enrolled_a_token_do_not_sign_in() {
    let (nodes, ticket) = ticketed().await;
    nodes.trust.staff.begin(None, &user(), pin(PIN), ticket.expose()).await.unwrap();
    let codes = pair(&nodes.trust).await;
    let second = code(&nodes.trust, Standing::Assigned, 8).await;
    nodes.trust.staff.finish(None, &user(), ticket.expose(), &codes).await.unwrap();
    nodes.advance(8);
    assert!(nodes.trust.sign_in.sign_in(&user(), pin(PIN), second).await.is_err());
}

#[tokio::test]
async fn a_ticket_ends_after_five_wrong_tries_of_ticket_or_pin() {
    for (typed_pin, typed_ticket) in [(PIN, Some("0000-0000-0000-0000")), ("111222", None)] {
        let (nodes, ticket) = ticketed().await;
        let staff = &nodes.trust.staff;
        for _ in 0..5 {
            let typed = typed_ticket.unwrap_or(ticket.expose());
            assert!(staff.begin(None, &user(), pin(typed_pin), typed).await.is_err());
        }
        let right = staff.begin(None, &user(), pin(PIN), ticket.expose()).await;
        assert!(matches!(right.err(), Some(EnrolError::Refused)), "a ticket is a way to try PINs");
    }
}

#[tokio::test]
async fn tickets_are_guessed_no_faster_than_codes_and_a_right_one_buys_no_guesses() {
    let (nodes, ticket) = ticketed().await;
    let staff = &nodes.trust.staff;
    let from = |text: &str| Some(Address::from(text.parse::<std::net::IpAddr>().unwrap()));
    let guess = async |number: usize| {
        let nobody = format!("nobody{number}").parse().unwrap();
        staff.begin(from("10.0.0.66"), &nobody, pin(PIN), "0000-0000-0000-0000").await.err()
    };
    for number in 0..20 {
        assert!(matches!(guess(number).await, Some(EnrolError::Refused)));
        let right = staff.begin(from("10.0.0.66"), &user(), pin(PIN), ticket.expose()).await;
        assert_eq!(right.is_ok(), number < 19, "{number}");
    }
    assert!(matches!(guess(20).await, Some(EnrolError::Wait { seconds: 1..=3 })));
    let codes = pair(&nodes.trust).await;
    let finished = staff.finish(from("10.0.0.66"), &user(), ticket.expose(), &codes).await;
    assert!(matches!(finished, Err(EnrolError::Wait { .. })), "the second page is no way around");
    let whys = nodes.trust.entries(0).into_iter().filter_map(|entry| match entry {
        Entry::SignInRefused { why, .. } => Some(why),
        _ => None,
    });
    let whys: Vec<String> = whys.collect();
    assert_eq!(whys.iter().filter(|why| *why == "ticket").count(), 20);
    assert_eq!(whys.last().unwrap(), "origin-waiting");
    assert!(!nodes.trust.sign_in.sprayed().is_empty(), "they raise the alarm of a spray, too");
    staff.finish(from("10.0.0.7"), &user(), ticket.expose(), &codes).await.unwrap();
}

#[tokio::test]
async fn codes_that_do_not_prove_a_token_count_as_wrong_tries_too() {
    let (nodes, ticket) = ticketed().await;
    let staff = &nodes.trust.staff;
    let from = Some(Address::from("10.0.0.66".parse::<std::net::IpAddr>().unwrap()));
    staff.begin(from, &user(), pin(PIN), ticket.expose()).await.unwrap();
    let wrong = || CodePair::new("111111".parse().unwrap(), "222222".parse().unwrap());
    for _ in 0..20 {
        let refused = staff.finish(from, &user(), ticket.expose(), &wrong()).await;
        assert!(matches!(refused, Err(EnrolError::NotMatched)));
    }
    let waits = staff.finish(from, &user(), ticket.expose(), &wrong()).await;
    assert!(matches!(waits, Err(EnrolError::Wait { .. })));
}

#[tokio::test]
async fn a_ticket_ends_after_half_an_hour_and_with_the_next_one() {
    let (nodes, ticket) = ticketed().await;
    let next = nodes.trust.staff.issue_ticket(&user()).await.unwrap();
    assert!(nodes.trust.staff.begin(None, &user(), pin(PIN), ticket.expose()).await.is_err());
    nodes.advance(30 * 60 - 1);
    assert!(nodes.trust.staff.begin(None, &user(), pin(PIN), next.expose()).await.is_ok());
    nodes.advance(1);
    assert!(nodes.trust.staff.begin(None, &user(), pin(PIN), next.expose()).await.is_err());
}

#[tokio::test]
async fn nothing_of_a_token_exists_that_the_ledger_does_not_know() {
    let (nodes, ticket) = ticketed().await;
    nodes.trust.break_ledger().await;
    let begun = nodes.trust.staff.begin(None, &user(), pin(PIN), ticket.expose()).await;
    assert!(matches!(begun.err(), Some(EnrolError::Ledger(_))));
    assert!(matches!(nodes.trust.staff.issue_ticket(&user()).await, Err(EnrolError::Ledger(_))));
    let employee = nodes.trust.staff.list().await.unwrap()[0].id;
    for standing in [Standing::Assigned, Standing::InUse] {
        assert!(nodes.trust.ground.staff.token(employee, standing).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_user_name_belongs_to_one_person_and_a_role_must_be_the_agreement_s() {
    let nodes = TwoNodes::start().await;
    account(&nodes.trust).await;
    let add = |name: &str, role: &str| {
        let new = NewEmployee {
            user_name: name.parse().unwrap(),
            name: "Other Testperson".to_owned(),
            job_title: "Nurse".to_owned(),
            role: role.parse().unwrap(),
            email: None,
        };
        async { nodes.trust.staff.add(new, &pin(PIN).choose().unwrap()).await }
    };
    assert!(matches!(add("nurse", "ed-clinician").await, Err(StaffError::Taken)));
    assert!(matches!(add("other", "social-worker").await, Err(StaffError::UnknownRole { .. })));
    let staff = |entry: &Entry| matches!(entry, Entry::Staff { .. });
    assert_eq!(nodes.trust.entries(0).iter().filter(|entry| staff(entry)).count(), 1);
}

#[tokio::test]
async fn a_phone_fetches_a_fresh_secret_once_and_whoever_comes_second_is_told() {
    let (nodes, ticket) = ticketed().await;
    let staff = &nodes.trust.staff;
    let begun = staff.begin(None, &user(), pin(PIN), ticket.expose()).await.unwrap().unwrap();
    let code = staff.phone_code(&begun);
    let wrong = staff.fetch("0000-0000-0000-0000").await;
    assert!(matches!(wrong, Err(FetchError::Refused)));
    let fetched = staff.fetch(&code.expose().to_uppercase()).await.unwrap();
    assert!(fetched == begun.uri, "another token's secret");
    assert!(matches!(staff.fetch(code.expose()).await, Err(FetchError::Used)));
    let told =
        |entry: &Entry| matches!(entry, Entry::Staff { what, .. } if what == "token-fetched");
    assert_eq!(nodes.trust.entries(0).iter().filter(|entry| told(entry)).count(), 1);
    assert!(!format!("{code:?}").contains(code.expose()));
}

#[tokio::test]
async fn a_phone_code_ends_after_ten_minutes_with_the_next_one_and_with_the_first_use() {
    let (nodes, ticket) = ticketed().await;
    let staff = &nodes.trust.staff;
    let begun = staff.begin(None, &user(), pin(PIN), ticket.expose()).await.unwrap().unwrap();
    let (first, next) = (staff.phone_code(&begun), staff.phone_code(&begun));
    assert!(matches!(staff.fetch(first.expose()).await, Err(FetchError::Refused)));
    nodes.advance(10 * 60);
    assert!(matches!(staff.fetch(next.expose()).await, Err(FetchError::Refused)));
    let last = staff.phone_code(&begun);
    let codes = pair(&nodes.trust).await;
    staff.finish(None, &user(), ticket.expose(), &codes).await.unwrap();
    assert!(matches!(staff.fetch(last.expose()).await, Err(FetchError::Refused)));
}

#[tokio::test]
async fn a_phone_is_given_nothing_that_the_ledger_does_not_know() {
    let (nodes, ticket) = ticketed().await;
    let staff = &nodes.trust.staff;
    let begun = staff.begin(None, &user(), pin(PIN), ticket.expose()).await.unwrap().unwrap();
    let code = staff.phone_code(&begun);
    nodes.trust.break_ledger().await;
    assert!(matches!(staff.fetch(code.expose()).await, Err(FetchError::Ledger(_))));
}
