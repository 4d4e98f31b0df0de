//! A client's signed word for who it is: a JSON Web Token (RFC 7519, RFC 7523), for SMART backend services and for CDS Hooks alike.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};

use super::{client::Client, seen::Seen};

/// The longest token, in bytes.
const LONGEST: usize = 16 * 1024;
/// The longest life that SMART allows an assertion, in seconds.
const LIFE: i64 = 300;
/// By how many seconds a client's clock may be ahead of this one.
const AHEAD: i64 = 30;
/// The longest identifier of an assertion.
const LONGEST_JTI: usize = 256;

/// Why an assertion is not believed. For the log; the client hears only that it is not.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(super) enum Distrust {
    #[error("it is no signed token of RFC 7519 with what is needed")]
    Malformed,
    #[error("it names a client that is not registered")]
    Stranger,
    #[error("no key of the client made its signature")]
    Signature,
    #[error("issuer and subject are not one client")]
    Subject,
    #[error("it is meant for another address")]
    Audience,
    #[error("it has expired, or is not valid yet")]
    Time,
    #[error("it lasts longer than five minutes")]
    TooLong,
    #[error("it may have been used before this node started")]
    BeforeStart,
    #[error("it was used before")]
    Used,
}

/// For whom and when an assertion must be meant.
#[derive(Clone, Copy)]
pub(super) struct Expected<'a> {
    /// The addresses that it may name as its audience.
    pub(super) audience: &'a [String],
    pub(super) now: Timestamp,
    /// Since when used assertions are remembered.
    pub(super) started: Timestamp,
}

/// An assertion as it came: nothing of it is believed yet.
pub(super) struct Assertion<'a> {
    signed: &'a str,
    signature: Vec<u8>,
    header: Header,
    claims: Claims,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
    /// Extensions that must be understood: none is.
    crit: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: Option<String>,
    aud: Audience,
    exp: i64,
    iat: Option<i64>,
    nbf: Option<i64>,
    jti: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl<'a> Assertion<'a> {
    /// Takes a token apart.
    pub(super) fn parse(token: &'a str) -> Result<Self, Distrust> {
        if token.len() > LONGEST {
            return Err(Distrust::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(Distrust::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(Distrust::Malformed)?;
        let header: Header = part(header)?;
        let claims: Claims = part(claims)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Distrust::Malformed)?;
        let named = (1..=LONGEST_JTI).contains(&claims.jti.len());
        if header.crit.is_some() || !named {
            return Err(Distrust::Malformed);
        }
        Ok(Self { signed, signature, header, claims })
    }

    /// Who says to have signed it.
    pub(super) fn issuer(&self) -> &str {
        &self.claims.iss
    }

    /// Whether subject and issuer are the same, as SMART asks.
    pub(super) fn is_its_own_subject(&self) -> Result<(), Distrust> {
        let same = self.claims.sub.as_deref() == Some(self.issuer());
        if same { Ok(()) } else { Err(Distrust::Subject) }
    }

    /// Believes it: signed by a key of the client's, meant for this address and this moment, and never used before.
    pub(super) fn verify(
        &self,
        client: &Client,
        expected: Expected<'_>,
        seen: &Seen,
    ) -> Result<(), Distrust> {
        let key = (self.header.kid.as_str(), self.header.alg.as_str());
        if !client.keys.verifies(key, self.signed.as_bytes(), &self.signature) {
            return Err(Distrust::Signature);
        }
        let meant = |address: &String| expected.audience.contains(address);
        let meant = match &self.claims.aud {
            Audience::One(address) => meant(address),
            Audience::Many(addresses) => addresses.iter().any(meant),
        };
        if !meant {
            return Err(Distrust::Audience);
        }
        self.in_time(expected)?;
        let now = expected.now.as_second();
        let once = (self.issuer(), self.claims.jti.as_str());
        if seen.first(once, self.claims.exp, now) { Ok(()) } else { Err(Distrust::Used) }
    }

    fn in_time(&self, expected: Expected<'_>) -> Result<(), Distrust> {
        let (now, started) = (expected.now.as_second(), expected.started.as_second());
        let Claims { exp, iat, nbf, .. } = self.claims;
        let early = |at: Option<i64>| at.is_some_and(|at| at > now + AHEAD);
        if exp <= now || early(iat) || early(nbf) {
            return Err(Distrust::Time);
        }
        if exp > now + LIFE + AHEAD {
            return Err(Distrust::TooLong);
        }
        // One that does not say when it was signed was signed after the start only if it could not have lasted so long otherwise.
        let after_start = iat.map_or(exp > started + LIFE + AHEAD, |iat| iat >= started);
        if after_start { Ok(()) } else { Err(Distrust::BeforeStart) }
    }
}

fn part<T: DeserializeOwned>(text: &str) -> Result<T, Distrust> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Distrust::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| Distrust::Malformed)
}
