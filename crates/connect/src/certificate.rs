//! Why a source's certificate was not believed, in words for the operator.

use std::{error::Error, io};

use tokio_rustls::rustls::{AlertDescription, CertificateError, Error as TlsError};

/// What is wrong with the certificates of a failed connection, if that is why it failed.
pub(crate) fn certificate_problem(error: &(dyn Error + 'static)) -> Option<&'static str> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(problem) = error.downcast_ref::<TlsError>() {
            return in_words(problem);
        }
        // An I/O error's source skips the error that it carries.
        let carried = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = match carried {
            Some(carried) => Some(carried),
            None => error.source(),
        };
    }
    None
}

const fn in_words(error: &TlsError) -> Option<&'static str> {
    Some(match error {
        TlsError::InvalidCertificate(problem) => match problem {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "its certificate has expired, or this machine's clock is wrong"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "its certificate is not valid yet, or this machine's clock is wrong"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "its certificate names another host"
            }
            CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                "its certificate is not trusted; see ca_file"
            }
            CertificateError::Revoked => "its certificate was revoked",
            _ => "its certificate is not valid",
        },
        TlsError::AlertReceived(
            AlertDescription::CertificateRequired
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateUnknown
            | AlertDescription::BadCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            | AlertDescription::DecryptError,
        ) => "it refused this node's certificate",
        _ => return None,
    })
}
