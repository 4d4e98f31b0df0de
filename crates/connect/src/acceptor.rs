//! A listener's side of TLS, from files.

use std::path::Path;
use std::sync::Arc;

use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use tokio_rustls::rustls::{RootCertStore, ServerConfig, crypto::ring::default_provider};

use crate::Unusable;

/// The files of a listener.
pub(crate) struct ServerFiles<'a> {
    /// The settings' common beginning: `tls`.
    pub(crate) setting: &'static str,
    /// PEM file of the certificate chain.
    pub(crate) certificate: &'a Path,
    /// PEM file of its key.
    pub(crate) key: &'a Path,
    /// PEM file of the authorities whose certificates a client must show; without it none is asked for.
    pub(crate) client_ca: Option<&'a Path>,
}

/// Reads the files, and says of each what is wrong with it.
pub(crate) async fn acceptor(files: &ServerFiles<'_>) -> Result<TlsAcceptor, Unusable> {
    let ServerFiles { setting, certificate, key, client_ca } = *files;
    let chain = certificates(&format!("{setting}.certificate"), certificate).await?;
    let key = PrivateKeyDer::from_pem_slice(&read(&format!("{setting}.key"), key).await?)
        .map_err(|_| Unusable::one(format!("{setting}.key holds no PEM private key")))?;
    let provider = Arc::new(default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| Unusable::one(format!("{setting}: {error}")))?;
    let builder = match client_ca {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let setting = format!("{setting}.client_ca");
            let roots = Arc::new(authorities(&setting, path).await?);
            let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider).build();
            let verifier =
                verifier.map_err(|error| Unusable::one(format!("{setting}: {error}")))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let mut config = builder.with_single_cert(chain, key).map_err(|error| {
        Unusable::one(format!("{setting}.certificate and {setting}.key don't go together: {error}"))
    })?;
    // A resumed session would not judge the client's certificate again.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn authorities(setting: &str, path: &Path) -> Result<RootCertStore, Unusable> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(setting, path).await? {
        roots
            .add(certificate)
            .map_err(|error| Unusable::one(format!("{setting} can't be used: {error}")))?;
    }
    Ok(roots)
}

async fn certificates(
    setting: &str,
    path: &Path,
) -> Result<Vec<CertificateDer<'static>>, Unusable> {
    let pem = read(setting, path).await?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(Unusable::one(format!("{setting} holds no PEM certificate"))),
    }
}

async fn read(setting: &str, path: &Path) -> Result<Vec<u8>, Unusable> {
    let read = tokio::fs::read(path).await;
    read.map_err(|error| Unusable::one(format!("{setting}: {}: {error}", path.display())))
}
