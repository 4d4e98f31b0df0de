//! `otpauth://totp/…` addresses, as set-up QR codes carry them.
//!
//! ```text
//! otpauth://totp/ISSUER:ACCOUNT?secret=BASE32&issuer=ISSUER&algorithm=SHA256&digits=6&period=8
//! ```

use std::fmt;
use std::str::FromStr;

use zeroize::Zeroizing;

use crate::parameters::{Algorithm, Digits, Step, TokenParameters, UnsupportedParameter};
use crate::seed::{Seed, SeedError};

/// A token's set-up address: who issued it, for which account, its seed and its parameters.
/// `Debug` is redacted.
#[derive(Clone, Eq, PartialEq)]
pub struct OtpauthUri {
    issuer: String,
    account: String,
    seed: Seed,
    parameters: TokenParameters,
}

/// Why a text is no set-up address of ours. Says nothing of the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OtpauthError {
    /// Over 1,024 bytes.
    #[error("the set-up address is too long")]
    TooLong,
    /// Not `otpauth://TYPE/LABEL?PARAMETERS` in printable ASCII.
    #[error("this is not an otpauth address")]
    NotOtpauth,
    /// `hotp` or another type.
    #[error("the set-up address is not for a time-based token")]
    NotTimeBased,
    /// A percent sign without two hexadecimal digits, or bytes that are not UTF-8.
    #[error("the set-up address is wrongly percent-encoded")]
    Encoding,
    /// Issuer or account is empty, over 64 characters, or holds a colon or a control character.
    #[error("issuer and account have 1 to 64 characters without colons")]
    Label,
    /// The issuer of the label is not the one of the parameters.
    #[error("the set-up address names two issuers")]
    IssuerMismatch,
    /// A parameter that the format does not have.
    #[error("the set-up address has an unknown parameter")]
    UnknownParameter,
    /// A parameter given twice.
    #[error("the set-up address has a parameter twice")]
    RepeatedParameter,
    /// No `secret`.
    #[error("the set-up address has no secret")]
    SecretMissing,
    /// A `secret` that is not a seed.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// Algorithm, digits or period that no token here has.
    #[error(transparent)]
    Unsupported(#[from] UnsupportedParameter),
}

const PREFIX: &str = "otpauth://";
const MAX_LEN: usize = 1024;
const MAX_LABEL_CHARS: usize = 64;

impl OtpauthUri {
    /// An address for `account` (a user name) at `issuer` (an agency's name).
    pub fn new(
        issuer: &str,
        account: &str,
        seed: Seed,
        parameters: TokenParameters,
    ) -> Result<Self, OtpauthError> {
        let (issuer, account) = (label(issuer)?, label(account)?);
        Ok(Self { issuer, account, seed, parameters })
    }

    /// Who issued the token.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The user name that the token is for.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The shared secret.
    pub const fn seed(&self) -> &Seed {
        &self.seed
    }

    /// What the token is built with.
    pub const fn parameters(&self) -> TokenParameters {
        self.parameters
    }

    /// The address with the secret in it, for the QR code and nothing else.
    pub fn expose(&self) -> Zeroizing<String> {
        let (issuer, account) = (encode(&self.issuer), encode(&self.account));
        let secret = self.seed.expose_base32();
        let TokenParameters { algorithm, digits, step } = self.parameters;
        Zeroizing::new(format!(
            "{PREFIX}totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm={}&digits={}&period={}",
            *secret,
            algorithm.name(),
            digits.count(),
            step.seconds(),
        ))
    }
}

impl FromStr for OtpauthUri {
    type Err = OtpauthError;

    /// Strict: each parameter once, none unknown. What is left out has the format's defaults
    /// (SHA-1, 6 digits, 30 seconds), not Kinfold's.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > MAX_LEN {
            return Err(OtpauthError::TooLong);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#') {
            return Err(OtpauthError::NotOtpauth);
        }
        let rest = text.strip_prefix(PREFIX).ok_or(OtpauthError::NotOtpauth)?;
        let (kind, rest) = rest.split_once('/').ok_or(OtpauthError::NotOtpauth)?;
        if kind != "totp" {
            return Err(OtpauthError::NotTimeBased);
        }
        let (path, query) = rest.split_once('?').ok_or(OtpauthError::SecretMissing)?;
        let path = decode(path)?;
        let query = Query::read(query)?;
        let (prefix, account) = match path.split_once(':') {
            Some((issuer, account)) => (Some(issuer), account.trim_start_matches(' ')),
            None => (None, path.as_str()),
        };
        let issuer = query.issuer.map(decode).transpose()?;
        let issuer = match (prefix, issuer.as_deref()) {
            (Some(prefix), Some(issuer)) if prefix != issuer => {
                return Err(OtpauthError::IssuerMismatch);
            }
            (prefix, issuer) => prefix.or(issuer).ok_or(OtpauthError::Label)?,
        };
        let seed = Seed::from_base32(query.secret.ok_or(OtpauthError::SecretMissing)?)?;
        Self::new(issuer, account, seed, query.parameters()?)
    }
}

impl fmt::Debug for OtpauthUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OtpauthUri(redacted)")
    }
}

/// The parameters as they stand in the address.
#[derive(Default)]
struct Query<'a> {
    secret: Option<&'a str>,
    issuer: Option<&'a str>,
    algorithm: Option<&'a str>,
    digits: Option<&'a str>,
    period: Option<&'a str>,
}

impl<'a> Query<'a> {
    fn read(text: &'a str) -> Result<Self, OtpauthError> {
        let mut query = Self::default();
        for pair in text.split('&') {
            let (name, value) = pair.split_once('=').ok_or(OtpauthError::NotOtpauth)?;
            let place = match name {
                "secret" => &mut query.secret,
                "issuer" => &mut query.issuer,
                "algorithm" => &mut query.algorithm,
                "digits" => &mut query.digits,
                "period" => &mut query.period,
                _ => return Err(OtpauthError::UnknownParameter),
            };
            if place.replace(value).is_some() {
                return Err(OtpauthError::RepeatedParameter);
            }
        }
        Ok(query)
    }

    fn parameters(&self) -> Result<TokenParameters, UnsupportedParameter> {
        Ok(TokenParameters {
            algorithm: self.algorithm.map_or(Ok(Algorithm::Sha1), str::parse)?,
            digits: self.digits.map_or(Ok(Digits::Six), str::parse)?,
            step: self.period.map_or(Ok(Step::Thirty), str::parse)?,
        })
    }
}

fn label(text: &str) -> Result<String, OtpauthError> {
    let good = (1..=MAX_LABEL_CHARS).contains(&text.chars().count())
        && text.trim() == text
        && !text.chars().any(|c| c == ':' || c.is_control());
    good.then(|| text.to_owned()).ok_or(OtpauthError::Label)
}

/// Percent-encodes all but RFC 3986's unreserved characters.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(nibble(byte >> 4));
            encoded.push(nibble(byte & 0xf));
        }
    }
    encoded
}

fn nibble(value: u8) -> char {
    char::from_digit(value.into(), 16).unwrap_or('0').to_ascii_uppercase()
}

fn decode(text: &str) -> Result<String, OtpauthError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let decoded = if byte == b'%' {
            let (high, low) = rest.next().zip(rest.next()).ok_or(OtpauthError::Encoding)?;
            hex(high)? << 4 | hex(low)?
        } else {
            byte
        };
        bytes.push(decoded);
    }
    String::from_utf8(bytes).map_err(|_| OtpauthError::Encoding)
}

fn hex(digit: u8) -> Result<u8, OtpauthError> {
    let value = char::from(digit).to_digit(16).ok_or(OtpauthError::Encoding)?;
    u8::try_from(value).map_err(|_| OtpauthError::Encoding)
}

#[cfg(test)]
#[path = "otpauth_tests.rs"]
mod tests;
