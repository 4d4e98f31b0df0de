//! Measurements, for a release build on a quiet machine: `cargo test -p kinfold-store --release -- --ignored cost --nocapture`.

use std::time::Instant;

use kinfold_domain::AskId;
use kinfold_service::ports::{
    Look, LookKey, LookKind, PeopleStore, SourceProgress, StaffStore, TrailStore,
};
use kinfold_token::Standing;
use uuid::Uuid;

use crate::testing::{account, at, burn, person, session, store, token};

#[tokio::test]
#[ignore = "a measurement on a quiet machine: cargo test -p kinfold-store --release -- --ignored cost --nocapture"]
async fn a_thousand_people_are_saved_in_thirty_milliseconds_and_read_much_faster() {
    let (place, store) = store().await;
    for page in 0..20 {
        let record = |number| format!("{}", page * 1000 + number);
        let people: Vec<_> = (0..1000).map(|number| person(&record(number), "Smith")).collect();
        let begun = Instant::now();
        store.save_page("pas", &people, &[], &[], &SourceProgress::default()).await.unwrap();
        println!("a page of 1,000 people saved in {:?}", begun.elapsed());
    }
    let (begun, mut number) = (Instant::now(), 0);
    store.each_person(&mut |_| number += 1).await.unwrap();
    println!("{number} people read in {:?}", begun.elapsed());
    let begun = Instant::now();
    store.check().await.unwrap();
    println!("checked in {:?}", begun.elapsed());
    store.close().await;
    println!("{} bytes", std::fs::metadata(place.path()).unwrap().len());
}

#[tokio::test]
#[ignore = "a measurement on a quiet machine: cargo test -p kinfold-store --release -- --ignored cost --nocapture"]
async fn a_thousand_looks_cost_little() {
    let (_place, store) = store().await;
    for batch in 0..10_u64 {
        let look = |number: u64| Look {
            index: batch * 1000 + number,
            kind: LookKind::Intent,
            ask: AskId(Uuid::from_u128(u128::from(batch * 1000 + number))),
            at: at(0),
            agency: "northmoor-trust".parse().unwrap(),
            employee: None,
            keys: [1, 2, 3].map(|key| LookKey(key_of(number, key))).to_vec(),
        };
        let looks: Vec<_> = (0..1000).map(look).collect();
        let begun = Instant::now();
        store.index(&looks, (batch + 1) * 1000).await.unwrap();
        println!("1,000 looks with 3 keys indexed in {:?}", begun.elapsed());
    }
    let begun = Instant::now();
    let found = store.by_keys(&[LookKey(key_of(7, 1)), LookKey(key_of(9, 2))], 100).await.unwrap();
    println!("{} looks found in {:?}", found.len(), begun.elapsed());
}

fn key_of(number: u64, kind: u8) -> [u8; 32] {
    let mut key = [kind; 32];
    // Spread as digests are.
    key[..8].copy_from_slice(&number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
    key
}

#[tokio::test]
#[ignore = "a measurement on a quiet machine: cargo test -p kinfold-store --release -- --ignored cost --nocapture"]
async fn a_session_costs_one_sync() {
    let (_place, store) = store().await;
    let nurse = account(1, "t.nurse");
    store.add_account(&nurse).await.unwrap();
    let token = token(11, nurse.employee.id, Standing::InUse);
    store.add_token(&token).await.unwrap();
    let begun = Instant::now();
    for number in 0..200_u8 {
        let burn = burn(&token, i64::from(number), 8);
        assert!(store.open_session(burn, &session(number, nurse.employee.id)).await.unwrap());
    }
    println!("a session opened in {:?}", begun.elapsed() / 200);
    let (begun, id) = (Instant::now(), session(1, nurse.employee.id).id);
    for _ in 0..1000 {
        store.session(id).await.unwrap();
    }
    println!("a session read in {:?}", begun.elapsed() / 1000);
}
