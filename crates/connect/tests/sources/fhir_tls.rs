//! Encrypted connections: whom the connector believes, and how it shows who it is.

use std::{path::Path, sync::Arc};

use kinfold_connect::fhir::{FhirAuth, FhirConfig, FhirSource};
use kinfold_service::ports::{SourceError, SourceSystem};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::{RootCertStore, ServerConfig, pki_types::PrivateKeyDer, server::WebPkiClientVerifier};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use crate::fhir_lies::{page, patient};
use crate::support::{agency, noon, use_ring};

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn issuer() -> Issuer {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A server certificate for `name` that ends in `year`, and a server that wants a client certificate of the same issuer.
async fn server(issuer: &Issuer, name: &str, year: i32) -> String {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(year, 1, 1);
    let certificate = params.signed_by(&key, issuer).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(issuer.der().clone()).unwrap();
    let clients = WebPkiClientVerifier::builder(Arc::new(roots)).build().unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder()
        .with_client_cert_verifier(clients)
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let _ = stream.read(&mut [0; 4096]).await;
                let body = page(&[patient("1")], None).to_string();
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/fhir+json\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all((head + &body).as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    format!("https://localhost:{port}/R4")
}

/// Asks with a client certificate of `own`, believing `trusted`.
async fn ask(
    url: &str,
    folder: &Path,
    trusted: &Issuer,
    own: Option<&Issuer>,
) -> Result<usize, SourceError> {
    let file = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let mut config = FhirConfig::at(url);
    config.ca_file = Some(file("ca.pem", trusted.pem()));
    if let Some(own) = own {
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new(vec!["node".to_owned()]).unwrap().signed_by(&key, own).unwrap();
        config.auth = FhirAuth::Mtls {
            cert_file: file("cert.pem", certificate.pem()),
            key_file: file("key.pem", key.serialize_pem()),
        };
    }
    let source = FhirSource::new("pas", agency(), config, noon()).unwrap();
    source.people(None).await.map(|page| page.people.len())
}

#[tokio::test]
async fn certificates_are_shown_and_judged_and_each_refusal_says_why() {
    use_ring();
    let folder = tempfile::tempdir().unwrap();
    let (trust, stranger) = (issuer(), issuer());
    let failed = |text: &str| Err(SourceError::Failed(text.to_owned()));
    let good = server(&trust, "localhost", 2200).await;
    assert_eq!(ask(&good, folder.path(), &trust, Some(&trust)).await, Ok(1));
    let refused = "it refused this node's certificate";
    assert_eq!(ask(&good, folder.path(), &trust, None).await, failed(refused));
    assert_eq!(ask(&good, folder.path(), &trust, Some(&stranger)).await, failed(refused));
    let untrusted = "its certificate is not trusted; see ca_file";
    assert_eq!(ask(&good, folder.path(), &stranger, Some(&trust)).await, failed(untrusted));
    let expired = server(&trust, "localhost", 2021).await;
    let words = "its certificate has expired, or this machine's clock is wrong";
    assert_eq!(ask(&expired, folder.path(), &trust, Some(&trust)).await, failed(words));
    let misnamed = server(&trust, "elsewhere.example", 2200).await;
    let words = "its certificate names another host";
    assert_eq!(ask(&misnamed, folder.path(), &trust, Some(&trust)).await, failed(words));
}
