//! A node's certificate: made, kept as PEM, judged by its dates.

use std::{fmt, time::Duration};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use jiff::Timestamp;
use kinfold_note::SigningKey;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyUsagePurpose,
    PKCS_ED25519, PublicKeyData, SerialNumber, SignatureAlgorithm, date_time_ymd,
};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};

use crate::parse::{Parts, parts};

/// How long a certificate is valid unless told otherwise.
pub const DEFAULT_DAYS: u16 = 90;
/// A node renews its certificate when fewer days than these are left.
pub const RENEW_WITHIN_DAYS: u16 = 30;

const DAY_S: i64 = 24 * 60 * 60;
/// A new certificate is valid from an hour earlier, for partners whose clocks are behind.
const BACKDATED_S: i64 = 60 * 60;
const LINE: usize = 64;

/// Why a certificate was not accepted or could not be made.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CertificateError {
    /// It is no self-signed X.509 certificate of an Ed25519 key as nodes show them.
    #[error("this is not the certificate of a node")]
    Malformed,
    /// It belongs to another key.
    #[error("the certificate belongs to another key than the node's")]
    OtherKey,
    /// It would end before it begins, or its dates are out of range.
    #[error("a certificate must begin before it ends, between the years 1970 and 9999")]
    Dates,
}

/// Why a certificate is not valid at a time.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Outdated {
    /// Its time is over.
    #[error("the certificate has expired")]
    Expired,
    /// Its time has not come.
    #[error("the certificate is not valid yet")]
    NotYetValid,
}

/// From when until when a certificate is valid, both included, in whole seconds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Validity {
    /// The first moment.
    pub not_before: Timestamp,
    /// The last moment.
    pub not_after: Timestamp,
}

impl Validity {
    /// From an hour ago, so that a partner's clock may be behind, for so many days.
    pub fn of_days(now: Timestamp, days: u16) -> Result<Self, CertificateError> {
        let moment = |after: i64| {
            Timestamp::from_second(now.as_second() + after).map_err(|_| CertificateError::Dates)
        };
        Ok(Self { not_before: moment(-BACKDATED_S)?, not_after: moment(i64::from(days) * DAY_S)? })
    }
}

/// A node's self-signed certificate: the own one or a peer's. It is public.
#[derive(Clone, Eq, PartialEq)]
pub struct NodeCertificate {
    der: CertificateDer<'static>,
    parts: Parts,
}

impl NodeCertificate {
    /// Makes a certificate for a node's key, named as the key is.
    pub fn issue(key: &SigningKey, validity: Validity) -> Result<Self, CertificateError> {
        let Validity { not_before, not_after } = validity;
        if not_before > not_after {
            return Err(CertificateError::Dates);
        }
        let mut params = CertificateParams::default();
        let (begins, ends) = (since_epoch(not_before)?, since_epoch(not_after)?);
        params.not_before = date_time_ymd(1970, 1, 1) + begins;
        params.not_after = date_time_ymd(1970, 1, 1) + ends;
        // Unlike that of every earlier certificate of the key, if the clock runs forward.
        params.serial_number = Some(SerialNumber::from(begins.as_secs().max(1)));
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, key.name().as_str());
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let signer = Issuer { key, public_key: key.verifier().public_key() };
        let made = params.self_signed(&signer).map_err(|_| CertificateError::Malformed)?;
        Self::parse(made.der())
    }

    /// Reads a certificate in DER and checks its own signature. Its dates are another question: see [`Self::standing`].
    pub fn parse(der: &[u8]) -> Result<Self, CertificateError> {
        let parts = parts(der)?;
        Ok(Self { der: CertificateDer::from(der.to_vec()), parts })
    }

    /// Reads the first certificate of a PEM file (RFC 7468).
    pub fn from_pem(pem: &str) -> Result<Self, CertificateError> {
        let der = CertificateDer::from_pem_slice(pem.as_bytes());
        Self::parse(&der.map_err(|_| CertificateError::Malformed)?)
    }

    /// The certificate as PEM (RFC 7468).
    pub fn to_pem(&self) -> String {
        let base64 = BASE64_STANDARD.encode(&self.der);
        let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
        for line in base64.as_bytes().chunks(LINE) {
            pem.extend(line.iter().map(|byte| char::from(*byte)));
            pem.push('\n');
        }
        pem.push_str("-----END CERTIFICATE-----\n");
        pem
    }

    /// The certificate in DER.
    pub fn der(&self) -> &CertificateDer<'static> {
        &self.der
    }

    /// The 32 bytes of its Ed25519 key.
    pub const fn public_key(&self) -> &[u8; 32] {
        &self.parts.public_key
    }

    /// The first moment of its validity.
    pub const fn not_before(&self) -> Timestamp {
        self.parts.validity.not_before
    }

    /// The last moment of its validity.
    pub const fn not_after(&self) -> Timestamp {
        self.parts.validity.not_after
    }

    /// Whether it is valid at a time.
    pub fn standing(&self, now: Timestamp) -> Result<(), Outdated> {
        let now = now.as_second();
        if now < self.not_before().as_second() {
            Err(Outdated::NotYetValid)
        } else if now > self.not_after().as_second() {
            Err(Outdated::Expired)
        } else {
            Ok(())
        }
    }

    /// Whether fewer than [`RENEW_WITHIN_DAYS`] are left.
    pub fn needs_renewal(&self, now: Timestamp) -> bool {
        self.not_after().as_second() - now.as_second() < i64::from(RENEW_WITHIN_DAYS) * DAY_S
    }
}

impl fmt::Debug for NodeCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NodeCertificate").field("parts", &self.parts).finish_non_exhaustive()
    }
}

fn since_epoch(moment: Timestamp) -> Result<Duration, CertificateError> {
    let seconds = u64::try_from(moment.as_second()).map_err(|_| CertificateError::Dates)?;
    Ok(Duration::from_secs(seconds))
}

/// Signs a certificate with a note key, which needs not be copied out of its keeper for it.
struct Issuer<'a> {
    key: &'a SigningKey,
    public_key: [u8; 32],
}

impl PublicKeyData for Issuer<'_> {
    fn der_bytes(&self) -> &[u8] {
        &self.public_key
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ED25519
    }
}

impl rcgen::SigningKey for Issuer<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(self.key.sign_bytes(message).to_vec())
    }
}

#[cfg(test)]
#[path = "certificate_tests.rs"]
mod tests;
