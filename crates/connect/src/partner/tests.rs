//! The way to a partner, against partners that behave well and badly, on real sockets.

mod bad_days;
mod support;
mod trust;

use kinfold_service::ports::{PartnerError, PartnerLink as _, Route};

use support::{Partner, agency, answer, asker, eventually, link};

#[tokio::test]
async fn a_message_goes_to_its_path_and_its_answer_comes_back() {
    let partner =
        Partner::start(|route, note| async move { answer(&format!("{route}: {note}")) }).await;
    let link = link(&partner);
    for route in Route::ALL {
        let told = link.send(&agency(), route, "who is it?\n".to_owned()).await.unwrap();
        assert_eq!(told, format!("{}: who is it?\n", route.path()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_messages_at_once_share_one_connection() {
    let partner = Partner::start(|_, note| async move { answer(&note) }).await;
    let link = std::sync::Arc::new(link(&partner));
    let asks = (0..300).map(|n| {
        let (link, agency) = (link.clone(), agency());
        tokio::spawn(async move {
            let told = link.send(&agency, Route::Ask, n.to_string()).await;
            assert_eq!(told, Ok(n.to_string()));
        })
    });
    for ask in asks.collect::<Vec<_>>() {
        ask.await.unwrap();
    }
    assert_eq!((partner.connections(), partner.messages()), (1, 300));
}

#[tokio::test]
async fn a_long_answer_comes_whole_and_one_past_eight_mebibytes_not_at_all() {
    let partner =
        Partner::start(|_, length| async move { answer(&"x".repeat(length.parse().unwrap())) })
            .await;
    let link = link(&partner);
    let ask = |length: usize| {
        let (link, agency) = (&link, agency());
        async move { link.send(&agency, Route::Register, length.to_string()).await }
    };
    assert_eq!(ask(8 * 1024 * 1024).await.unwrap().len(), 8 * 1024 * 1024);
    let longer = ask(8 * 1024 * 1024 + 1).await.unwrap_err();
    assert_eq!(longer, PartnerError::Untrusted("its answer is longer than 8 MiB".to_owned()));
}

#[tokio::test]
async fn a_refusal_is_told_in_the_partners_words() {
    let partner = Partner::start(|_, _| async {
        support::problem(403, r#"{"title":"Clocks","detail":"the clocks are\u0007 120 s apart"}"#)
    })
    .await;
    let told = link(&partner).send(&agency(), Route::Ask, String::new()).await;
    assert_eq!(told, Err(PartnerError::Refused("the clocks are 120 s apart".to_owned())));
}

#[tokio::test]
async fn nobody_is_asked_whom_the_agreement_does_not_name() {
    let partner = Partner::start(|_, note| async move { answer(&note) }).await;
    let stranger = "nobody-at-all".parse().unwrap();
    let told = link(&partner).send(&stranger, Route::Ask, String::new()).await;
    assert_eq!(told, Err(PartnerError::NotAPartner));
    assert_eq!(partner.connections(), 0);
}

#[tokio::test]
async fn a_way_that_is_given_up_closes_its_connection() {
    let partner = Partner::start(|_, note| async move { answer(&note) }).await;
    let link = link(&partner);
    assert_eq!(asker(&link).await, Ok("ask".to_owned()));
    drop(link);
    eventually(|| partner.open() == 0).await;
}
