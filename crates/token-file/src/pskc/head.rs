//! What stands before the tokens: how their secrets are protected.

use base64::{Engine, prelude::BASE64_STANDARD};
use zeroize::Zeroizing;

use super::ends;
use crate::{
    cipher::{self, AES_128_CBC, MacMethod},
    keys::{Derivation, FileKey, Opening},
    row::FileError,
};

/// The head as it stands in the file.
#[derive(Default)]
pub(super) struct Head {
    is_encrypted: bool,
    derivation: Option<Derivation>,
    has_foreign_key: bool,
    mac_method: Option<String>,
    mac_key_method: Option<String>,
    mac_key: Option<String>,
}

/// The keys, ready.
#[derive(Default)]
pub(super) struct Unlocked {
    /// For the secrets, and how their MACs are made. `None`: the secrets are plain.
    pub(super) keys: Option<Keys>,
}

pub(super) struct Keys {
    pub(super) secrets: FileKey,
    pub(super) mac: Option<MacKey>,
}

/// How MACs are made, and under which key.
type MacKey = (MacMethod, Zeroizing<Vec<u8>>);

impl Head {
    pub(super) fn attribute(&mut self, path: &[String], name: &str, value: &str) {
        if name != "algorithm" {
            return;
        }
        if ends(path, &["macmethod"]) {
            self.mac_method = Some(value.to_owned());
        } else if ends(path, &["mackey", "encryptionmethod"]) {
            self.mac_key_method = Some(value.to_owned());
        } else if ends(path, &["keyderivationmethod"]) {
            value.clone_into(&mut self.derivation().method);
        } else if ends(path, &["prf"]) {
            self.derivation().hash = Some(value.to_owned());
        }
    }

    pub(super) fn value(&mut self, path: &[String], text: &str) {
        if ends(path, &["encryptionkey"]) {
            self.is_encrypted = true;
        } else if ends(path, &["x509data"]) || ends(path, &["encryptedkey"]) {
            self.has_foreign_key = true;
        } else if ends(path, &["salt", "specified"]) {
            self.derivation().salt = base64(text).unwrap_or_default();
        } else if ends(path, &["iterationcount"]) {
            self.derivation().rounds = text.parse().ok();
        } else if ends(path, &["keylength"]) {
            self.derivation().length = Some(text.parse().unwrap_or(0));
        } else if ends(path, &["mackey", "cipherdata", "ciphervalue"]) {
            self.mac_key = Some(text.to_owned());
        }
    }

    fn derivation(&mut self) -> &mut Derivation {
        self.derivation.get_or_insert_default()
    }

    /// Makes the keys ready with what the operator has.
    pub(super) fn unlock(&self, opening: &Opening) -> Result<Unlocked, FileError> {
        if !self.is_encrypted {
            return Ok(Unlocked::default());
        }
        if self.has_foreign_key {
            return Err(FileError::Method("an asymmetric key"));
        }
        let secrets = match (&self.derivation, opening) {
            (Some(derivation), Opening::Passphrase(passphrase)) => derivation.key(passphrase)?,
            (Some(_), _) => return Err(FileError::PassphraseNeeded),
            (None, Opening::Key(key)) => key.0.clone(),
            (None, _) => return Err(FileError::KeyNeeded),
        };
        let mac = self.mac(&secrets)?;
        Ok(Unlocked { keys: Some(Keys { secrets, mac }) })
    }

    fn mac(&self, secrets: &FileKey) -> Result<Option<MacKey>, FileError> {
        let Some(method) = &self.mac_method else { return Ok(None) };
        let method = MacMethod::named(method)
            .ok_or(FileError::Method("a MAC other than HMAC-SHA-1 and HMAC-SHA-256"))?;
        let Some(sealed) = &self.mac_key else {
            // RFC 6030 section 6.1.1: without a key of its own the MAC has the secrets' one.
            return Ok(Some((method, Zeroizing::new(secrets.to_vec()))));
        };
        if !self.mac_key_method.as_deref().is_none_or(|m| m.eq_ignore_ascii_case(AES_128_CBC)) {
            return Err(FileError::Method("a MAC key that is not encrypted by AES-128-CBC"));
        }
        let sealed = base64(sealed).ok_or(FileError::WrongKey)?;
        let key = cipher::open(secrets, &sealed).ok_or(FileError::WrongKey)?;
        Ok(Some((method, key)))
    }
}

/// Base 64, with whatever white space the file breaks it by.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let letters: Zeroizing<String> =
        Zeroizing::new(text.chars().filter(|letter| !letter.is_ascii_whitespace()).collect());
    BASE64_STANDARD.decode(letters.as_bytes()).ok()
}
