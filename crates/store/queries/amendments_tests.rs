use kinfold_domain::{Detail, DetailKind};

use super::*;
use crate::testing::{amendment, at, store};

#[tokio::test]
async fn what_was_changed_by_hand_stands_after_a_restart_until_it_is_taken_away() {
    let (place, store) = store().await;
    let (ended, named) = (amendment("cpp-1", true), amendment("cpp-1", false));
    let other = amendment("cpp-2", true);
    let all = [ended.clone(), named.clone(), other.clone()];
    store.amend(&all, &[]).await.unwrap();
    store.close().await;

    let store = place.open().await;
    let mut read = store.amendments().await.unwrap();
    read.sort_by_key(Amendment::key);
    assert_eq!(read, all);
    let again = Amendment { at: at(9), detail: Detail::End(None), ..ended.clone() };
    store.amend(std::slice::from_ref(&again), &[named.key(), other.key()]).await.unwrap();
    assert_eq!(store.amendments().await.unwrap(), [again]);
    store.amend(&[], &[("cpp-1".parse().unwrap(), DetailKind::End)]).await.unwrap();
    assert_eq!(store.amendments().await.unwrap(), []);
}

#[tokio::test]
async fn an_amendment_moved_to_another_detail_does_not_open() {
    let (_place, store) = store().await;
    store.amend(&[amendment("cpp-1", true)], &[]).await.unwrap();
    sqlx::raw_sql("UPDATE amendment SET detail = 'category'").execute(&store.write).await.unwrap();
    assert!(store.amendments().await.is_err());
}

#[tokio::test]
async fn a_number_that_was_rung_is_kept_once_however_it_is_written() {
    let place = crate::testing::Place::new().await;
    let store = place.open().await;
    let rung = |number: &str, day: i8| {
        let on = Some(jiff::civil::date(2026, 5, day));
        let number = number.parse::<kinfold_domain::Telephone>().unwrap().confirmed_on(on);
        RungNumber { number, by: "c.custodian".to_owned(), at: crate::testing::at(1) }
    };
    store.put_rung(&[rung("01632 960111", 3), rung("01632 960112", 3)]).await.unwrap();
    store.put_rung(&[rung("01632960111", 4)]).await.unwrap();
    store.close().await;
    let kept = place.open().await.rung_numbers().await.unwrap();
    assert_eq!(kept.len(), 2);
    assert!(kept.contains(&rung("01632960111", 4)) && kept.contains(&rung("01632 960112", 3)));
}
