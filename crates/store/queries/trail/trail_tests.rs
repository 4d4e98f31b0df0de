use kinfold_service::ports::LookKind;
use uuid::Uuid;

use super::*;
use crate::testing::{at, store};

fn look(index: u64, kind: LookKind, ask: u128, employee: Option<u128>, keys: &[u8]) -> Look {
    Look {
        index,
        kind,
        ask: AskId(Uuid::from_u128(ask)),
        at: at(i64::try_from(index).unwrap()),
        agency: "northmoor-trust".parse().unwrap(),
        employee: employee.map(|number| EmployeeId(Uuid::from_u128(number))),
        keys: keys.iter().map(|byte| LookKey([*byte; 32])).collect(),
    }
}

const NONE: [u64; 0] = [];

fn indexes(looks: &[Look]) -> Vec<u64> {
    looks.iter().map(|look| look.index).collect()
}

fn looks() -> Vec<Look> {
    use LookKind::{Disclosure, Intent, Receipt, Refusal, ReplicaLook};
    vec![
        look(0, Intent, 1, Some(1), &[1, 2]),
        look(1, Receipt, 1, Some(1), &[]),
        look(2, Intent, 2, Some(2), &[3]),
        look(3, Disclosure, 3, None, &[1]),
        look(4, Refusal, 2, Some(2), &[3]),
        look(5, Intent, 4, Some(1), &[2]),
        look(7, ReplicaLook, 5, None, &[2]),
    ]
}

#[tokio::test]
async fn a_child_is_found_by_any_key_with_the_whole_of_each_ask() {
    let (_place, store) = store().await;
    let looks = looks();
    store.index(&looks, 8).await.unwrap();
    let by = async |keys: &[u8], limit| {
        let keys: Vec<_> = keys.iter().map(|byte| LookKey([*byte; 32])).collect();
        store.by_keys(&keys, limit).await.unwrap()
    };
    assert_eq!(indexes(&by(&[1], 10).await), [3, 1, 0]);
    assert_eq!(indexes(&by(&[2, 1], 10).await), [7, 5, 3, 1, 0]);
    assert_eq!(indexes(&by(&[3], 10).await), [4, 2]);
    assert_eq!(indexes(&by(&[9], 10).await), NONE);
    assert_eq!(indexes(&by(&[], 10).await), NONE);
    assert_eq!(indexes(&by(&[1], 1).await), [3], "the limit counts asks, and none is cut");
    let many = [20, 21, 22, 23, 24, 25, 26, 27, 3, 28, 29, 1, 2, 1];
    assert_eq!(indexes(&by(&many, 10).await), [7, 5, 4, 3, 2, 1, 0]);
    assert_eq!(indexes(&by(&many, 2).await), [7, 5]);
    assert_eq!(by(&[1], 10).await[2], looks[0], "a look comes back as it was");
}

#[tokio::test]
async fn many_looks_at_once_are_all_found() {
    let (_place, store) = store().await;
    let keys = |n: u64| if n.is_multiple_of(2) { vec![1, 2, 3] } else { vec![] };
    let many: Vec<_> =
        (0..350).map(|n| look(n, LookKind::Intent, n.into(), Some(1), &keys(n))).collect();
    store.index(&many[..250], 250).await.unwrap();
    store.index(&many, 350).await.unwrap();
    let found = store.by_keys(&[LookKey([2; 32])], 1000).await.unwrap();
    assert_eq!(indexes(&found), (0..350).rev().filter(|n| n % 2 == 0).collect::<Vec<_>>());
    let employee = EmployeeId(Uuid::from_u128(1));
    assert_eq!(store.by_employee(employee, 1000).await.unwrap().len(), 350);
}

#[tokio::test]
async fn the_looks_of_asks_are_found_whole_and_each_once() {
    let (_place, store) = store().await;
    store.index(&looks(), 8).await.unwrap();
    let of = async |asks: &[u128], limit| {
        let asks: Vec<_> = asks.iter().map(|ask| AskId(Uuid::from_u128(*ask))).collect();
        indexes(&store.by_asks(&asks, limit).await.unwrap())
    };
    assert_eq!(of(&[2, 1, 2], 10).await, [4, 2, 1, 0]);
    assert_eq!(of(&[2, 1], 1).await, [4, 2]);
    assert_eq!(of(&[20, 21, 22, 23, 24, 25, 26, 27, 5, 28, 4], 10).await, [7, 5]);
    assert_eq!(of(&[], 10).await, NONE);
}

#[tokio::test]
async fn an_employee_sees_their_own_intents_with_what_became_of_them() {
    let (_place, store) = store().await;
    store.index(&looks(), 8).await.unwrap();
    let of = async |number, limit| {
        let employee = EmployeeId(Uuid::from_u128(number));
        indexes(&store.by_employee(employee, limit).await.unwrap())
    };
    assert_eq!(of(1, 10).await, [5, 1, 0]);
    assert_eq!(of(1, 1).await, [5]);
    assert_eq!(of(2, 10).await, [4, 2]);
    assert_eq!(of(3, 10).await, NONE);
}

#[tokio::test]
async fn the_same_look_twice_changes_nothing() {
    let (place, store) = store().await;
    store.index(&looks(), 8).await.unwrap();
    store.index(&looks()[..3], 3).await.unwrap();
    assert_eq!(store.followed().await.unwrap(), 8, "the follower never goes back by itself");
    store.close().await;
    let store = place.open().await;
    let found = store.by_keys(&[LookKey([1; 32]), LookKey([2; 32])], 10).await.unwrap();
    assert_eq!(indexes(&found), [7, 5, 3, 1, 0]);
    assert_eq!(store.followed().await.unwrap(), 8);
}

#[tokio::test]
async fn the_tables_can_be_made_anew_and_partners_places_stay() {
    let (_place, store) = store().await;
    let council: AgencyId = "ashmoor-council".parse().unwrap();
    assert_eq!(store.delivered(&council).await.unwrap(), 0);
    store.index(&looks(), 8).await.unwrap();
    store.set_delivered(&council, 6).await.unwrap();
    store.set_delivered(&council, 5).await.unwrap();

    TrailStore::forget(&store).await.unwrap();
    assert_eq!(store.followed().await.unwrap(), 0);
    assert_eq!(store.by_keys(&[LookKey([1; 32])], 10).await.unwrap(), []);
    assert_eq!(store.delivered(&council).await.unwrap(), 6);

    store.index(&looks()[..2], 2).await.unwrap();
    assert_eq!(store.followed().await.unwrap(), 2);
    assert_eq!(indexes(&store.by_keys(&[LookKey([1; 32])], 10).await.unwrap()), [1, 0]);
}
