//! Judges the peer's certificate in a handshake: its key is one that the agreement names, its dates are right, it is all there is.

use std::{fmt, sync::Arc, time::Duration};

use jiff::Timestamp;
use rustls::{
    CertificateError as TlsCertificateError, DigitallySignedStruct, DistinguishedName, Error,
    PeerIncompatible, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{WebPkiSupportedAlgorithms, verify_tls13_signature_with_raw_key},
    server::danger::{ClientCertVerified, ClientCertVerifier},
};
use rustls_pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};

use crate::{AcceptedKeys, NodeCertificate, Outdated};

/// The DER of an Ed25519 `SubjectPublicKeyInfo` up to the key itself (RFC 8410 section 4).
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0];

/// Accepts peers by their keys alone, whatever they are called.
pub(crate) struct PinnedKeys {
    pub(crate) accepted: Arc<dyn AcceptedKeys>,
    pub(crate) algorithms: WebPkiSupportedAlgorithms,
}

impl PinnedKeys {
    fn judge(
        &self,
        shown: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        let certificate = parse(shown)?;
        if !others.is_empty() {
            return Err(TlsCertificateError::BadEncoding.into());
        }
        // The key first: what a stranger's dates are is of no interest.
        if !self.accepted.accepts(certificate.public_key()) {
            return Err(TlsCertificateError::ApplicationVerificationFailure.into());
        }
        let moment = i64::try_from(now.as_secs()).ok().and_then(|s| Timestamp::from_second(s).ok());
        match certificate.standing(moment.ok_or(Error::FailedToGetCurrentTime)?) {
            Ok(()) => Ok(()),
            Err(Outdated::Expired) => Err(TlsCertificateError::Expired.into()),
            Err(Outdated::NotYetValid) => {
                // A certificate begins in 1970 or later.
                let begins = u64::try_from(certificate.not_before().as_second()).unwrap_or(0);
                let not_before = UnixTime::since_unix_epoch(Duration::from_secs(begins));
                Err(TlsCertificateError::NotValidYetContext { time: now, not_before }.into())
            }
        }
    }

    /// That the peer holds the key: verified with the very bytes that were judged.
    fn verify(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let certificate = parse(shown)?;
        let info = [SPKI_PREFIX.as_slice(), certificate.public_key()].concat();
        let info = SubjectPublicKeyInfoDer::from(info);
        verify_tls13_signature_with_raw_key(message, &info, signature, &self.algorithms)
    }
}

fn parse(shown: &CertificateDer<'_>) -> Result<NodeCertificate, Error> {
    NodeCertificate::parse(shown).map_err(|_| TlsCertificateError::BadEncoding.into())
}

fn tls12() -> Error {
    PeerIncompatible::Tls12NotOfferedOrEnabled.into()
}

impl fmt::Debug for PinnedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PinnedKeys").finish_non_exhaustive()
    }
}

impl ServerCertVerifier for PinnedKeys {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.judge(end_entity, intermediates, now).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(tls12())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }
}

impl ClientCertVerifier for PinnedKeys {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.judge(end_entity, intermediates, now).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(tls12())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }
}
