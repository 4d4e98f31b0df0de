use jiff::civil::date;
use kinfold_domain::{Demographics, EmployeeId, PersonName};
use kinfold_service::{
    ports::{DiscussionStore, HandOverStore},
    records::{Asker, DiscussionId, DiscussionWord, HandOverId, HandOverStep, Said},
    register::{Discussion, HandOver, Side, Unborn},
};
use uuid::Uuid;

use crate::testing::{Place, at};

fn item() -> HandOver {
    let partner: kinfold_domain::AgencyId = "larkford-council".parse().unwrap();
    HandOver::new(HandOverId(Uuid::from_u128(1)), (partner, Side::Taker), at(2))
}

fn withdrawn() -> HandOverStep {
    HandOverStep {
        hand_over: item().id,
        at: at(3),
        by: Asker {
            agency: "larkford-council".parse().unwrap(),
            employee: EmployeeId(Uuid::from_u128(2)),
            user_name: "custodian".parse().unwrap(),
            name: "Custodian Testperson".into(),
            job_title: "Custodian".to_owned(),
            role: "register-custodian".parse().unwrap(),
        },
        to: "ashmoor-council".parse().unwrap(),
        said: Said::Withdrawn { reason: "They stay.".into(), sealed: false },
    }
}

#[tokio::test]
async fn a_hand_over_outlives_the_process_with_every_word_and_is_found_until_it_is_over() {
    let place = Place::new().await;
    let store = place.open().await;
    let mut known = item();
    assert!(known.take(&withdrawn(), Side::Giver));
    store.put_hand_over(&known).await.unwrap();
    store.close().await;
    let store = place.open().await;
    assert_eq!(store.hand_over(known.id).await.unwrap(), Some(known.clone()));
    assert_eq!(store.open_hand_overs().await.unwrap(), std::slice::from_ref(&known));
    known.over = true;
    store.put_hand_over(&known).await.unwrap();
    assert!(store.open_hand_overs().await.unwrap().is_empty());
    assert_eq!(store.recent_hand_overs(at(2)).await.unwrap(), [known]);
}

#[tokio::test]
async fn a_strategy_discussion_waits_until_something_has_come_of_it() {
    let place = Place::new().await;
    let store = place.open().await;
    let by = withdrawn().by;
    let mut known = Discussion {
        id: DiscussionId(Uuid::from_u128(3)),
        day: date(2026, 5, 29),
        subject: Demographics::named(PersonName::new("Garrowby", "Iseult").unwrap()),
        unborn: Some(Unborn { expected: None }),
        recorded: (by.clone(), at(2)),
        outcome: None,
    };
    store.put_discussion(&known).await.unwrap();
    store.close().await;
    let store = place.open().await;
    assert_eq!(store.open_discussions().await.unwrap(), std::slice::from_ref(&known));
    let reason = "No concerns.".into();
    known.outcome = Some((DiscussionWord::NoPlan { reason }, by, at(3)));
    store.put_discussion(&known).await.unwrap();
    assert!(store.open_discussions().await.unwrap().is_empty());
    assert_eq!(store.discussion(known.id).await.unwrap(), Some(known));
}
