//! The listener's side of TLS.

use std::path::Path;
use std::sync::Arc;

use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, crypto::ring::default_provider};

use super::config::MllpTls;
use crate::Unusable;

/// Reads the files, and says of each what is wrong with it.
pub(super) async fn acceptor(files: &MllpTls) -> Result<TlsAcceptor, Unusable> {
    let chain = certificates("tls.certificate", &files.certificate).await?;
    let key = PrivateKeyDer::from_pem_slice(&read("tls.key", &files.key).await?)
        .map_err(|_| Unusable::one("tls.key holds no PEM private key"))?;
    let provider = Arc::new(default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| Unusable::one(format!("tls: {error}")))?;
    let builder = match &files.client_ca {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let roots = Arc::new(authorities(path).await?);
            let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider).build();
            let verifier =
                verifier.map_err(|error| Unusable::one(format!("tls.client_ca: {error}")))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let config = builder.with_single_cert(chain, key).map_err(|error| {
        Unusable::one(format!("tls.certificate and tls.key don't go together: {error}"))
    })?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn authorities(path: &Path) -> Result<RootCertStore, Unusable> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates("tls.client_ca", path).await? {
        roots
            .add(certificate)
            .map_err(|error| Unusable::one(format!("tls.client_ca can't be used: {error}")))?;
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
