//! Secrets in files of their own.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use crate::Unusable;

/// A file's text without the line's end.
pub(super) fn read(setting: &str, path: &Path) -> Result<SecretString, Unusable> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Unusable::one(format!("{setting} {}: {error}", path.display())))?;
    let text = zeroize::Zeroizing::new(text);
    Ok(SecretString::from(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// The same for PEM certificates.
pub(super) fn pem(path: &Path) -> Result<Vec<u8>, Unusable> {
    std::fs::read(path)
        .map_err(|error| Unusable::one(format!("ca_file {}: {error}", path.display())))
}

/// The lines that hold something.
pub(super) fn lines(secret: &SecretString) -> impl Iterator<Item = &str> {
    secret.expose_secret().lines().map(str::trim).filter(|line| !line.is_empty())
}
