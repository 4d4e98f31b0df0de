//! One token of a container.

use kinfold_token::{Algorithm, Digits, Seed, Serial, Step, TokenParameters, UnsupportedParameter};
use zeroize::Zeroizing;

use super::{
    ends,
    head::{Keys, Unlocked, base64},
};
use crate::{
    cipher::{self, AES_128_CBC},
    row::{FileError, FileToken, TokenProblem},
};

/// What was read of a token, as it stands in the file.
#[derive(Default)]
pub(super) struct Package {
    keys: usize,
    id: Option<String>,
    serial: Option<String>,
    maker: Option<String>,
    algorithm: String,
    suite: Option<String>,
    digits: Option<String>,
    encoding: Option<String>,
    checks_digits: bool,
    plain: Option<Zeroizing<String>>,
    sealed: Option<String>,
    cipher: Option<String>,
    mac: Option<String>,
    interval: Option<String>,
    epoch: Option<String>,
    hides_more: bool,
}

impl Package {
    pub(super) fn attribute(&mut self, path: &[String], name: &str, value: &str) {
        let value = || value.to_owned();
        if ends(path, &["keypackage", "key"]) {
            match name {
                "id" => self.id = Some(value()),
                "algorithm" => self.algorithm = value(),
                _ => {}
            }
        } else if ends(path, &["responseformat"]) {
            match name {
                "length" => self.digits = Some(value()),
                "encoding" => self.encoding = Some(value()),
                "checkdigits" => self.checks_digits = ["true", "1"].contains(&&*value()),
                _ => {}
            }
        } else if ends(path, &["suite"]) && name == "hashalgo" {
            // Written so by a widespread server; the specification has it as the element's text.
            self.suite = Some(value());
        } else if ends(path, &["encryptedvalue", "encryptionmethod"]) && name == "algorithm" {
            self.cipher = Some(value());
        }
    }

    pub(super) fn value(&mut self, path: &[String], text: &str) {
        let value = || Some(text.to_owned());
        if ends(path, &["keypackage", "key"]) {
            self.keys += 1;
        } else if ends(path, &["secret", "plainvalue"]) {
            self.plain = Some(Zeroizing::new(text.to_owned()));
        } else if ends(path, &["secret", "encryptedvalue", "cipherdata", "ciphervalue"]) {
            self.sealed = value();
        } else if ends(path, &["secret", "valuemac"]) {
            self.mac = value();
        } else if ends(path, &["timeinterval", "plainvalue"]) {
            self.interval = value();
        } else if ends(path, &["time", "plainvalue"]) {
            self.epoch = value();
        } else if ends(path, &["timeinterval", "encryptedvalue"])
            || ends(path, &["time", "encryptedvalue"])
        {
            self.hides_more = true;
        } else if ends(path, &["deviceinfo", "serialno"]) {
            self.serial = value();
        } else if ends(path, &["deviceinfo", "manufacturer"]) {
            self.maker = value();
        } else if ends(path, &["suite"]) && !text.is_empty() {
            self.suite = value();
        }
    }

    /// What is printed on the token; the key's name where the file has no serial number.
    pub(super) fn serial(&self) -> Option<Serial> {
        [&self.serial, &self.id].into_iter().flatten().find_map(|text| text.parse().ok())
    }

    /// The token, or what is wrong with it. An error ends the file: its secrets are encrypted although its head names no key.
    pub(super) fn token(
        self,
        unlocked: &Unlocked,
    ) -> Result<Result<FileToken, TokenProblem>, FileError> {
        if self.sealed.is_some() && unlocked.keys.is_none() {
            return Err(FileError::Method("a key that the file does not name"));
        }
        Ok(self.judge(unlocked))
    }

    fn judge(self, unlocked: &Unlocked) -> Result<FileToken, TokenProblem> {
        let serial = self.serial().ok_or(TokenProblem::Serial)?;
        if self.keys > 1 {
            return Err(TokenProblem::SeveralKeys);
        }
        let parameters = self.parameters()?;
        let seed = Seed::new(std::mem::take(&mut *self.secret(unlocked)?))?;
        let maker = self.maker.unwrap_or_default();
        if maker.chars().count() > FileToken::MAKER_CHARS {
            return Err(TokenProblem::TooLong);
        }
        Ok(FileToken { serial, maker, parameters, seed })
    }

    fn parameters(&self) -> Result<TokenParameters, TokenProblem> {
        if !self.algorithm.to_ascii_lowercase().ends_with(":totp") {
            return Err(TokenProblem::NotTimeBased);
        }
        if self.checks_digits
            || !self.encoding.as_deref().is_none_or(|e| e.eq_ignore_ascii_case("DECIMAL"))
        {
            return Err(TokenProblem::Encoding);
        }
        if self.hides_more {
            return Err(TokenProblem::Cipher);
        }
        if self.epoch.as_deref().is_some_and(|epoch| epoch != "0") {
            return Err(TokenProblem::Epoch);
        }
        // RFC 6030 section 4.3.4 and its profiles: SHA-1 and 30 seconds where nothing is said.
        Ok(TokenParameters {
            algorithm: self.suite.as_deref().map_or(Ok(Algorithm::Sha1), hash)?,
            digits: self.digits.as_deref().map_or(Ok(Digits::Six), str::parse)?,
            step: self.interval.as_deref().map_or(Ok(Step::Thirty), str::parse)?,
        })
    }

    fn secret(&self, unlocked: &Unlocked) -> Result<Zeroizing<Vec<u8>>, TokenProblem> {
        match (&self.plain, &self.sealed, &unlocked.keys) {
            (Some(plain), None, _) => {
                base64(plain).map(Zeroizing::new).ok_or(TokenProblem::Unreadable("base 64"))
            }
            (None, Some(sealed), Some(keys)) => self.open(sealed, keys),
            (Some(_), Some(_), _) => Err(TokenProblem::SeveralKeys),
            _ => Err(TokenProblem::NoSecret),
        }
    }

    fn open(&self, sealed: &str, keys: &Keys) -> Result<Zeroizing<Vec<u8>>, TokenProblem> {
        if !self.cipher.as_deref().is_some_and(|c| c.eq_ignore_ascii_case(AES_128_CBC)) {
            return Err(TokenProblem::Cipher);
        }
        let sealed = base64(sealed).ok_or(TokenProblem::Unreadable("base 64"))?;
        let (Some((method, mac_key)), Some(mac)) = (&keys.mac, &self.mac) else {
            return Err(TokenProblem::NoMac);
        };
        let mac = base64(mac).ok_or(TokenProblem::BadMac)?;
        if !method.is_right(mac_key, &sealed, &mac) {
            return Err(TokenProblem::BadMac);
        }
        cipher::open(&keys.secrets, &sealed).ok_or(TokenProblem::Decryption)
    }
}

/// `HMAC-SHA256`, `SHA-256`, `sha256`.
fn hash(name: &str) -> Result<Algorithm, UnsupportedParameter> {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    let name: String = letters.map(|letter| letter.to_ascii_uppercase()).collect();
    name.strip_prefix("HMAC").unwrap_or(&name).parse()
}
