//! Why a handshake failed, told apart so that somebody can put it right.

use std::io;

use jiff::Timestamp;
use rustls::{AlertDescription, CertificateError, Error};

/// Why two nodes could not join. None of the texts names anybody.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, thiserror::Error)]
pub enum HandshakeFailure {
    /// The peer's key is not one that is accepted here.
    #[error("the peer's key is not one that the agreement names")]
    UnknownKey,
    /// The peer's certificate is of the right key, but its time is over.
    #[error("the peer's certificate has expired")]
    Expired,
    /// The peer's certificate is of the right key, but its time has not come by the clock here.
    #[error("the peer's certificate is not valid yet by the clock here")]
    NotYetValid,
    /// What the peer showed is no certificate of a node.
    #[error("the peer's certificate can't be read")]
    Malformed,
    /// The peer showed no certificate.
    #[error("the peer showed no certificate")]
    NoCertificate,
    /// The peer says that the certificate shown to it is out of date by its clock.
    #[error("the peer takes this node's certificate for out of date")]
    OwnOutdated,
    /// The peer says that the key shown to it is not one that it accepts.
    #[error("the peer does not accept this node's key")]
    OwnKeyUnknown,
    /// The peer speaks something else than TLS 1.3 as nodes do.
    #[error("the peer does not speak TLS 1.3 as nodes do")]
    NotTls13,
    /// The connection broke, or whatever else.
    #[error("the connection broke during the handshake")]
    Broken,
}

impl HandshakeFailure {
    /// Reads the error of a TLS stream's handshake, read or write.
    pub fn of(error: &io::Error) -> Self {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
        inner.map_or(Self::Broken, Self::of_tls)
    }

    /// From when a peer's certificate is valid, where the error is that its time has not come.
    pub fn valid_from(error: &io::Error) -> Option<Timestamp> {
        let inner = error.get_ref()?.downcast_ref::<Error>()?;
        let Error::InvalidCertificate(CertificateError::NotValidYetContext { not_before, .. }) =
            inner
        else {
            return None;
        };
        Timestamp::from_second(i64::try_from(not_before.as_secs()).ok()?).ok()
    }

    /// Reads a TLS error.
    pub fn of_tls(error: &Error) -> Self {
        match error {
            Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure) => {
                Self::UnknownKey
            }
            Error::InvalidCertificate(CertificateError::Expired) => Self::Expired,
            Error::InvalidCertificate(CertificateError::NotValidYetContext { .. }) => {
                Self::NotYetValid
            }
            Error::InvalidCertificate(_) => Self::Malformed,
            Error::NoCertificatesPresented => Self::NoCertificate,
            Error::AlertReceived(AlertDescription::CertificateExpired) => Self::OwnOutdated,
            Error::AlertReceived(AlertDescription::AccessDenied) => Self::OwnKeyUnknown,
            Error::AlertReceived(
                AlertDescription::ProtocolVersion | AlertDescription::NoApplicationProtocol,
            )
            | Error::InvalidMessage(_)
            | Error::PeerIncompatible(_)
            | Error::PeerMisbehaved(_)
            | Error::InappropriateMessage { .. }
            | Error::InappropriateHandshakeMessage { .. }
            | Error::NoApplicationProtocol => Self::NotTls13,
            _ => Self::Broken,
        }
    }
}
