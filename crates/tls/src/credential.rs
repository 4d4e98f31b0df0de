//! With what a node proves itself: its key, which never leaves its keeper, and the certificate that it shows at present.

use std::{fmt, sync::Arc};

use kinfold_note::SigningKey;
use parking_lot::RwLock;
use rustls::{
    SignatureAlgorithm, SignatureScheme,
    client::ResolvesClientCert,
    server::{ClientHello, ResolvesServerCert},
    sign::{CertifiedKey, Signer, SigningKey as TlsKey},
};

use crate::{CertificateError, NodeCertificate};

/// A node's key with its present certificate. The certificate can be replaced while the node runs.
pub struct Credential {
    key: Arc<NoteKey>,
    shown: RwLock<Shown>,
}

struct Shown {
    certificate: Arc<NodeCertificate>,
    certified: Arc<CertifiedKey>,
}

impl Credential {
    /// A node's key with its certificate, which must be of that key.
    pub fn new(key: SigningKey, certificate: NodeCertificate) -> Result<Self, CertificateError> {
        let key = Arc::new(NoteKey(key));
        let shown = RwLock::new(Shown::new(&key, certificate)?);
        Ok(Self { key, shown })
    }

    /// The certificate shown at present.
    pub fn certificate(&self) -> Arc<NodeCertificate> {
        Arc::clone(&self.shown.read().certificate)
    }

    /// Shows another certificate of the same key from the next handshake on.
    pub fn replace(&self, certificate: NodeCertificate) -> Result<(), CertificateError> {
        let shown = Shown::new(&self.key, certificate)?;
        *self.shown.write() = shown;
        Ok(())
    }

    fn certified(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.shown.read().certified)
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("shown", &self.certificate()).finish_non_exhaustive()
    }
}

impl Shown {
    fn new(key: &Arc<NoteKey>, certificate: NodeCertificate) -> Result<Self, CertificateError> {
        if *certificate.public_key() != key.0.verifier().public_key() {
            return Err(CertificateError::OtherKey);
        }
        let key: Arc<dyn TlsKey> = Arc::<NoteKey>::clone(key);
        let certified = Arc::new(CertifiedKey::new(vec![certificate.der().clone()], key));
        Ok(Self { certificate: Arc::new(certificate), certified })
    }
}

impl ResolvesServerCert for Credential {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.certified())
    }
}

impl ResolvesClientCert for Credential {
    fn resolve(
        &self,
        _root_hints: &[&[u8]],
        _schemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        Some(self.certified())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// A note key that signs handshakes.
#[derive(Clone, Debug)]
struct NoteKey(SigningKey);

impl TlsKey for NoteKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let signer: Box<dyn Signer> = Box::new(self.clone());
        offered.contains(&SignatureScheme::ED25519).then_some(signer)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ED25519
    }
}

impl Signer for NoteKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        Ok(self.0.sign_bytes(message).to_vec())
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}
