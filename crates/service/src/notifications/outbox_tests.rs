use jiff::{SignedDuration, Timestamp};
use kinfold_domain::{EmployeeId, Personal};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn new(round: &str) -> Notification {
    let call = (Event::AttendanceToAcknowledge, Uuid::from_u128(1), round);
    Notification::new(call, Destination::Webhook("paging".to_owned()), at(0), at(0))
}

fn operator() -> Asker {
    Asker {
        agency: "trust".parse().unwrap(),
        employee: EmployeeId(Uuid::from_u128(9)),
        user_name: "o.perator".parse().unwrap(),
        name: Personal::new("Piet Operator".to_owned()),
        job_title: "Operator".to_owned(),
        role: "operator".parse().unwrap(),
    }
}

fn refused(is_final: bool) -> Result<(), Undelivered> {
    Err(Undelivered { why: "HTTP 503".to_owned(), is_final })
}

#[test]
fn the_same_call_to_the_same_destination_is_one_notification_and_its_identity_says_nothing() {
    assert_eq!(new("key-worker").id, new("key-worker").id);
    assert_ne!(new("key-worker").id, new("team-manager").id);
    assert_eq!(new("key-worker").matter, new("team-manager").matter, "one matter");
    let call = (Event::AttendanceToAcknowledge, Uuid::from_u128(1), "key-worker");
    let employee = EmployeeId(Uuid::from_u128(7));
    let other = Notification::new(call, Destination::Employee(employee), at(0), at(0));
    assert_ne!(other.id, new("key-worker").id);
}

/// What may happen to a notification.
#[derive(Clone, Debug)]
enum Happens {
    Taken,
    Refused(u32),
    RefusedForGood,
    SentAgain,
    GivenUp,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        1 => Just(Happens::Taken),
        6 => any::<u32>().prop_map(Happens::Refused),
        1 => Just(Happens::RefusedForGood),
        2 => Just(Happens::SentAgain),
        1 => Just(Happens::GivenUp),
    ]
}

proptest! {
    #[test]
    fn a_pause_lies_between_half_and_all_of_the_doubled_one_and_never_above_the_longest(
        failed in 1u32..200, chance in any::<u32>(),
    ) {
        let policy = RetryPolicy::default();
        let pause = policy.pause(failed, chance);
        let whole = policy.first.as_secs().saturating_mul(1 << (failed - 1).min(20));
        let whole = SignedDuration::from_secs(whole).min(policy.longest);
        prop_assert!(pause >= whole / 2 && pause <= whole, "{pause} of {whole}");
        prop_assert!(policy.pause(failed, u32::MAX) >= policy.pause(failed, 0));
    }

    #[test]
    fn whatever_happens_a_notification_ends_by_delivery_or_by_a_named_employee_alone(
        story in proptest::collection::vec(happens(), 0..60), give_up_after in 1u32..6,
    ) {
        let policy = RetryPolicy { give_up_after, ..RetryPolicy::default() };
        let (mut known, mut now, mut tries, mut in_a_row) = (new("key-worker"), at(0), 0, 0);
        let id = known.id;
        for event in story {
            let before = known.clone();
            now = now.saturating_add(SignedDuration::from_mins(1)).unwrap();
            let tried = |known: Notification, outcome, chance| known.after(outcome, (now, chance), &policy);
            known = match &event {
                Happens::Taken => tried(known, Ok(()), 0),
                Happens::Refused(chance) => tried(known, refused(false), *chance),
                Happens::RefusedForGood => tried(known, refused(true), 0),
                Happens::SentAgain => known.clone().again(now).unwrap_or(known),
                Happens::GivenUp => known.clone().given_up(now, operator()).unwrap_or(known),
            };
            prop_assert_eq!(known.id, id, "its identity stays");
            let is_try = !matches!(event, Happens::SentAgain | Happens::GivenUp);
            match (&before.standing, is_try) {
                (Standing::Waiting { .. }, true) => {
                    tries += 1;
                    in_a_row += 1;
                }
                (Standing::PutAside { .. }, false) => in_a_row = 0,
                _ => prop_assert_eq!(&known, &before, "nothing else moves it"),
            }
            prop_assert_eq!(known.tries, tries);
            match &known.standing {
                Standing::Waiting { failed, next } => {
                    prop_assert!(*failed < give_up_after && *failed == in_a_row);
                    prop_assert!(*next >= now || known == before);
                    prop_assert!(*next <= now.saturating_add(policy.longest).unwrap());
                }
                Standing::Delivered { .. } => prop_assert!(known.problem.is_none()),
                Standing::PutAside { .. } => {
                    prop_assert!(known.problem.is_some(), "an operator reads why");
                }
                Standing::GivenUp { by, .. } => prop_assert_eq!(by, &operator()),
            }
        }
    }
}
