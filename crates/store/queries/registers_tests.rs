use super::*;
use crate::testing::{chain, change, store};

fn owner(name: &str) -> AgencyId {
    name.parse().unwrap()
}

#[tokio::test]
async fn a_register_keeps_its_changes_in_their_order_after_a_restart() {
    let (place, store) = store().await;
    let council = owner("ashmoor-council");
    let changes = [change(0, "Smith"), change(1, "Jones"), change(2, "Taylor")];
    store.append(&council, &changes[..2]).await.unwrap();
    store.append(&council, &changes[2..]).await.unwrap();
    store.append(&council, &[]).await.unwrap();
    store.append(&owner("other-council"), &[change(0, "Other")]).await.unwrap();
    store.close().await;

    let store = place.open().await;
    assert_eq!(store.changes(&council, 0, 100).await.unwrap(), changes);
    assert_eq!(store.changes(&council, 1, 1).await.unwrap(), changes[1..2]);
    assert_eq!(store.changes(&council, 3, 100).await.unwrap(), []);
}

#[tokio::test]
async fn a_change_that_does_not_follow_is_refused_and_nothing_is_written() {
    let (_place, store) = store().await;
    let council = owner("ashmoor-council");
    let error = store.append(&council, &[change(1, "Smith")]).await.unwrap_err();
    assert_eq!(
        chain(&error),
        "the store failed while appending changes of a register: \
         the change is number 1 where 0 comes next"
    );
    assert!(store.append(&council, &[change(0, "Smith"), change(2, "Jones")]).await.is_err());
    assert_eq!(store.changes(&council, 0, 100).await.unwrap(), []);
    store.append(&council, &[change(0, "Smith")]).await.unwrap();
    assert!(store.append(&council, &[change(0, "Smith")]).await.is_err());
}

#[tokio::test]
async fn the_newest_head_stays_until_the_replica_is_forgotten() {
    let (_place, store) = store().await;
    let (council, other) = (owner("ashmoor-council"), owner("other-council"));
    assert_eq!(store.head(&council).await.unwrap(), None);
    for owner in [&council, &other] {
        store.append(owner, &[change(0, "Smith")]).await.unwrap();
        store.save_head(owner, "an older head").await.unwrap();
        store.save_head(owner, "the newest head\n").await.unwrap();
    }
    RegisterStore::forget(&store, &council).await.unwrap();
    assert_eq!(store.head(&council).await.unwrap(), None);
    assert_eq!(store.changes(&council, 0, 100).await.unwrap(), []);
    assert_eq!(store.head(&other).await.unwrap().as_deref(), Some("the newest head\n"));
    assert_eq!(store.changes(&other, 0, 100).await.unwrap().len(), 1);
    store.append(&council, &[change(0, "Jones")]).await.unwrap();
}
