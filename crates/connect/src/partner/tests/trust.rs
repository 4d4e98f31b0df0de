//! Keys and certificates that are not as the agreement says, or change on the way.

use std::sync::{Arc, atomic::Ordering};

use kinfold_service::ports::{PartnerError, PartnerLink as _, Route};
use tokio::net::TcpListener;

use super::support::{
    DAY, NOW, Partner, agency, answer, asker, at, certificate, credential, key, own, patient,
};

async fn echo() -> Partner {
    Partner::start(|_, note| async move { answer(&note) }).await
}

#[tokio::test]
async fn a_partner_with_another_key_is_told_nothing() {
    let partner =
        Partner::start_as(credential(3, NOW), 1, |_, note| async move { answer(&note) }).await;
    let own = own(partner.whereabouts(), patient());
    assert_eq!(asker(&own.link).await, Err(PartnerError::WrongKey));
    assert_eq!(partner.messages(), 0);
}

#[tokio::test]
async fn a_partner_that_does_not_know_this_nodes_key_is_told_nothing_and_says_so() {
    let partner =
        Partner::start_as(credential(2, NOW), 3, |_, note| async move { answer(&note) }).await;
    let own = own(partner.whereabouts(), patient());
    assert_eq!(asker(&own.link).await, Err(PartnerError::OwnKeyRefused));
    assert_eq!(partner.messages(), 0);
}

#[tokio::test]
async fn it_is_said_whose_certificate_has_expired() {
    let old = NOW - 91 * DAY;
    let theirs =
        Partner::start_as(credential(2, old), 1, |_, note| async move { answer(&note) }).await;
    let node = own(theirs.whereabouts(), patient());
    assert_eq!(asker(&node.link).await, Err(PartnerError::CertificateExpired));

    let partner = echo().await;
    let node = own(partner.whereabouts(), patient());
    node.credential.replace(certificate(1, old)).unwrap();
    assert_eq!(asker(&node.link).await, Err(PartnerError::OwnCertificateExpired));
    // Once it is renewed, the way is open, without a restart.
    node.credential.replace(certificate(1, NOW)).unwrap();
    assert_eq!(asker(&node.link).await, Ok("ask".to_owned()));
}

#[tokio::test]
async fn a_certificate_from_the_future_is_told_from_an_expired_one() {
    let partner =
        Partner::start_as(credential(2, NOW + DAY), 1, |_, note| async move { answer(&note) })
            .await;
    let own = own(partner.whereabouts(), patient());
    let told = asker(&own.link).await.unwrap_err();
    assert!(matches!(told, PartnerError::CertificateNotYetValid { from: Some(_) }), "{told:?}");
    let told = told.to_string();
    assert!(told.contains("is not valid until ") && told.contains(" UTC: check both"), "{told}");
}

#[tokio::test]
async fn an_open_connection_is_left_when_the_partners_certificate_runs_out() {
    let partner = echo().await;
    let own = own(partner.whereabouts(), patient());
    assert!(asker(&own.link).await.is_ok());
    own.clock.0.store(NOW + 91 * DAY, Ordering::Relaxed);
    assert_eq!(asker(&own.link).await, Err(PartnerError::CertificateExpired));
    assert_eq!(partner.messages(), 1);
}

#[tokio::test]
async fn an_open_connection_is_left_when_the_agreement_names_another_key() {
    let partner = echo().await;
    let own = own(partner.whereabouts(), patient());
    assert!(asker(&own.link).await.is_ok());
    let named = (agency(), at(partner.port(), key(3).verifier()));
    *own.directory.0.lock() = Some(named);
    assert_eq!(asker(&own.link).await, Err(PartnerError::WrongKey));
    *own.directory.0.lock() = None;
    assert_eq!(asker(&own.link).await, Err(PartnerError::NotAPartner));
    assert_eq!(partner.messages(), 1);
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_on_a_new_connection() {
    let partner = echo().await;
    let own = own(partner.whereabouts(), patient());
    assert!(asker(&own.link).await.is_ok());
    own.credential.replace(certificate(1, NOW + 60)).unwrap();
    assert!(asker(&own.link).await.is_ok());
    assert_eq!(partner.connections(), 2);
}

#[tokio::test]
async fn a_partner_that_speaks_tls_1_2_alone_is_refused() {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let old = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(credential(2, NOW));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let whereabouts = at(listener.local_addr().unwrap().port(), key(2).verifier());
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(old));
    let served = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        acceptor.accept(stream).await.is_ok()
    });
    let own = own(whereabouts, patient());
    let told = own.link.send(&agency(), Route::Ask, String::new()).await.unwrap_err();
    assert!(told.to_string().contains("TLS 1.3"), "{told}");
    assert!(!served.await.unwrap());
}
