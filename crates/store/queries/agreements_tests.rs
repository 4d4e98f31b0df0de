use super::*;
use crate::testing::store;

fn digest(byte: u8) -> AgreementDigest {
    format!("{byte:02x}").repeat(32).parse().unwrap()
}

#[tokio::test]
async fn one_agreement_at_most_is_active_and_a_restart_keeps_it() {
    let (place, store) = store().await;
    assert_eq!(store.active().await.unwrap(), None);
    assert!(!store.activate(&digest(1)).await.unwrap(), "nothing was saved under that digest");
    store.save(&digest(2), "second\n").await.unwrap();
    store.save(&digest(1), "first\n").await.unwrap();
    assert!(store.activate(&digest(1)).await.unwrap());
    assert!(store.activate(&digest(1)).await.unwrap(), "again is as well");
    assert!(!store.activate(&digest(3)).await.unwrap());
    assert_eq!(store.active().await.unwrap().as_deref(), Some("first\n"));
    assert!(store.activate(&digest(2)).await.unwrap());
    store.close().await;

    let store = place.open().await;
    assert_eq!(store.active().await.unwrap().as_deref(), Some("second\n"));
    let kept = |byte, note: &str, active| StoredAgreement {
        digest: digest(byte),
        note: note.to_owned(),
        active,
    };
    let expected = [kept(2, "second\n", true), kept(1, "first\n", false)];
    assert_eq!(store.agreements().await.unwrap(), expected);
}

#[tokio::test]
async fn a_note_with_more_signatures_takes_the_place_of_the_one_before() {
    let (_place, store) = store().await;
    store.save(&digest(1), "text\n\n— one\n").await.unwrap();
    store.activate(&digest(1)).await.unwrap();
    store.save(&digest(1), "text\n\n— one\n— two\n").await.unwrap();
    assert_eq!(store.active().await.unwrap().as_deref(), Some("text\n\n— one\n— two\n"));
    assert_eq!(store.agreements().await.unwrap().len(), 1);
}

#[tokio::test]
async fn revocations_of_both_parties_stay_and_need_no_agreement() {
    let (_place, store) = store().await;
    for note in ["by the council", "by the trust", "by the council"] {
        store.save_revocation(&digest(1), note).await.unwrap();
    }
    assert_eq!(store.revocations().await.unwrap(), ["by the council", "by the trust"]);
}
