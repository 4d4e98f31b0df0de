//! The listener over TLS.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kinfold_connect::mllp::{MllpConfig, MllpTls};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::{ClientConfig, RootCertStore, pki_types::PrivateKeyDer};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::hospital::{Client, Running, bind, config, message};
use crate::support::use_ring;

type Issuer = CertifiedIssuer<'static, KeyPair>;

pub(crate) fn issuer() -> Issuer {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // OpenSSL takes a certificate of its issuer's name for one that signed itself.
    params.distinguished_name.push(DnType::CommonName, "Ashmoor test authority");
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// Certificate and key files of `issuer`, for localhost.
pub(crate) fn issued(folder: &Path, name: &str, issuer: &Issuer) -> (PathBuf, PathBuf) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, issuer).unwrap();
    let pem = file(folder, &format!("{name}.pem"), &certificate.pem());
    (pem, file(folder, &format!("{name}.key"), &key.serialize_pem()))
}

/// A configuration whose certificate is `issuer`'s, and which asks clients for one of `clients`.
pub(crate) fn encrypted(folder: &Path, issuer: &Issuer, clients: Option<&Issuer>) -> MllpConfig {
    let (certificate, key) = issued(folder, "server", issuer);
    let client_ca = clients.map(|clients| file(folder, "clients.pem", &clients.pem()));
    let mut config = config();
    config.tls = Some(MllpTls { certificate, key, client_ca });
    config
}

async fn connect(
    running: &Running,
    trusted: &Issuer,
    own: Option<&Issuer>,
) -> std::io::Result<Client<TlsStream<TcpStream>>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.der().clone()).unwrap();
    let builder = ClientConfig::builder().with_root_certificates(roots);
    let config = match own {
        None => builder.with_no_client_auth(),
        Some(own) => {
            let key = KeyPair::generate().unwrap();
            let params = CertificateParams::new(vec!["pas".to_owned()]).unwrap();
            let certificate = params.signed_by(&key, own).unwrap().der().clone();
            let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
            builder.with_client_auth_cert(vec![certificate], key).unwrap()
        }
    };
    let stream = TcpStream::connect(running.address).await?;
    let connector = TlsConnector::from(Arc::new(config));
    connector.connect("localhost".try_into().unwrap(), stream).await.map(Client)
}

#[tokio::test]
async fn messages_come_encrypted_and_without_client_ca_from_anybody_at_the_address() {
    use_ring();
    let (folder, trust) = (tempfile::tempdir().unwrap(), issuer());
    let running = Running::start(&encrypted(folder.path(), &trust, None)).await;
    let mut client = connect(&running, &trust, None).await.unwrap();
    assert_eq!(client.ask(&message("A04", "1")).await, "AA|1");
    assert!(connect(&running, &issuer(), None).await.is_err(), "a wrong certificate was believed");
}

#[tokio::test]
async fn with_client_ca_only_holders_of_its_certificates_are_heard() {
    use_ring();
    let (folder, trust, stranger) = (tempfile::tempdir().unwrap(), issuer(), issuer());
    let running = Running::start(&encrypted(folder.path(), &trust, Some(&trust))).await;
    let mut client = connect(&running, &trust, Some(&trust)).await.unwrap();
    assert_eq!(client.ask(&message("A04", "1")).await, "AA|1");
    for own in [None, Some(&stranger)] {
        // In TLS 1.3 the client learns of the refusal when it reads.
        if let Ok(mut refused) = connect(&running, &trust, own).await {
            assert_eq!(refused.answer().await, None);
        }
    }
    let mut plain = running.connect().await;
    plain.send(b"\x0bMSH|^~\\&|PAS\x1c\r").await;
    running.until(|state| state.handshakes_failed == 3).await;
    assert_eq!(running.desk.ids(), ["1"]);
}

#[tokio::test]
async fn files_that_do_not_serve_are_named() {
    let (folder, trust) = (tempfile::tempdir().unwrap(), issuer());
    let good = encrypted(folder.path(), &trust, Some(&trust));
    assert!(bind(&good).await.is_ok());
    let empty = file(folder.path(), "empty", "nothing");
    let (_, other_key) = issued(folder.path(), "other", &trust);
    let told = async |change: &dyn Fn(&mut MllpTls)| {
        let mut config = good.clone();
        change(config.tls.as_mut().unwrap());
        bind(&config).await.err().unwrap().to_string()
    };
    let missing = told(&|tls| tls.key = "/nowhere/key".into()).await;
    assert!(missing.starts_with("tls.key: /nowhere/key: "), "{missing}");
    assert_eq!(told(&|tls| tls.key.clone_from(&empty)).await, "tls.key holds no PEM private key");
    let none = told(&|tls| tls.certificate.clone_from(&empty)).await;
    assert_eq!(none, "tls.certificate holds no PEM certificate");
    let none = told(&|tls| tls.client_ca = Some(empty.clone())).await;
    assert_eq!(none, "tls.client_ca holds no PEM certificate");
    let apart = told(&|tls| tls.key.clone_from(&other_key)).await;
    assert!(apart.starts_with("tls.certificate and tls.key don't go together"), "{apart}");
}
