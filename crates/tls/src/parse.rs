//! Reads the certificates that peers show: outside bytes, so that little is taken and the rest refused.

use jiff::Timestamp;
use rustls::{SignatureScheme, crypto::ring::default_provider};
use x509_parser::{
    certificate::X509Certificate,
    der_parser::{Oid, oid},
    extensions::ParsedExtension,
    prelude::FromDer as _,
    time::ASN1Time,
    x509::{AlgorithmIdentifier, X509Version},
};

use crate::{CertificateError, Validity};

/// A node's certificate has some 300 bytes.
const MAX_DER_BYTES: usize = 4096;
/// id-Ed25519 (RFC 8410 section 3).
const ED25519: Oid<'_> = oid!(1.3.101.112);
/// The algorithm and the head of the signature in DER.
const SIGNATURE_PREFIX: [u8; 10] = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x41, 0x00];

/// What is taken of a certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Parts {
    pub(crate) public_key: [u8; 32],
    pub(crate) validity: Validity,
}

/// An X.509 version 3 certificate of an Ed25519 key (RFC 5280, RFC 8410) that the key itself signed.
pub(crate) fn parts(der: &[u8]) -> Result<Parts, CertificateError> {
    if der.len() > MAX_DER_BYTES {
        return Err(CertificateError::Malformed);
    }
    let (rest, certificate) =
        X509Certificate::from_der(der).map_err(|_| CertificateError::Malformed)?;
    let exact = rest.is_empty() && is_framed(der, &certificate);
    read(&certificate).filter(|_| exact).ok_or(CertificateError::Malformed)
}

fn read(certificate: &X509Certificate<'_>) -> Option<Parts> {
    let body = &certificate.tbs_certificate;
    let is_ed25519 =
        |id: &AlgorithmIdentifier<'_>| id.algorithm == ED25519 && id.parameters.is_none();
    let algorithms =
        [&certificate.signature_algorithm, &body.signature, &body.subject_pki.algorithm];
    if body.version != X509Version::V3 || !algorithms.into_iter().all(is_ed25519) {
        return None;
    }
    // An extension that must be understood and is not makes the certificate unusable (RFC 5280 section 4.2).
    let understood = body.extensions().iter().all(|extension| {
        let known = matches!(
            extension.parsed_extension(),
            ParsedExtension::KeyUsage(_)
                | ParsedExtension::ExtendedKeyUsage(_)
                | ParsedExtension::BasicConstraints(_)
        );
        known || !extension.critical
    });
    let bits = &body.subject_pki.subject_public_key;
    let public_key = <[u8; 32]>::try_from(&*bits.data).ok()?;
    let whole = bits.unused_bits == 0 && certificate.signature_value.unused_bits == 0;
    let signed = signed_by(&public_key, body.as_ref(), &certificate.signature_value.data);
    let not_before = moment(&body.validity.not_before)?;
    let not_after = moment(&body.validity.not_after)?;
    (understood && whole && signed)
        .then_some(Parts { public_key, validity: Validity { not_before, not_after } })
}

/// Whether the parts that the signature does not cover are in DER's one form, which the parser takes less strictly: a
/// certificate's bytes then can't differ without its signature failing.
fn is_framed(der: &[u8], certificate: &X509Certificate<'_>) -> bool {
    let signature = &certificate.signature_value.data;
    let content = [certificate.tbs_certificate.as_ref(), &SIGNATURE_PREFIX, signature].concat();
    let header = match u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes() {
        [0, short @ ..=0x7f] => vec![0x30, short],
        [0, long] => vec![0x30, 0x81, long],
        [high, low] => vec![0x30, 0x82, high, low],
    };
    signature.len() == 64 && der == [header, content].concat()
}

fn moment(time: &ASN1Time) -> Option<Timestamp> {
    Timestamp::from_second(time.timestamp()).ok()
}

fn signed_by(public_key: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    let known = default_provider().signature_verification_algorithms.mapping;
    let ed25519 = known.iter().find(|(scheme, _)| *scheme == SignatureScheme::ED25519);
    let mut ways = ed25519.iter().flat_map(|(_, ways)| ways.iter());
    ways.any(|way| way.verify_signature(public_key, message, signature).is_ok())
}
