//! Clients' public keys (RFC 7517) and the two signatures that SMART asks a server to verify: RS384 and ES384 (RFC 7518).
//!
//! The signatures are *ring*'s work, which the program has in it for TLS; a JWT library would add a second one of its own.

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{
    ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA384, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;

/// The bytes of one coordinate of a point on P-384.
const COORDINATE: usize = 48;
/// The bytes of the shortest RSA modulus: 2048 bits.
const SHORTEST_MODULUS: usize = 256;

/// Why a key file can't be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeyError {
    /// No JSON Web Key Set.
    #[error("it is no JSON Web Key Set: {{\"keys\": […]}}")]
    NotKeys,
    /// There is no key in it.
    #[error("it holds no key")]
    Empty,
    /// A key without an identifier, or two keys with the same one.
    #[error("each key needs a kid of its own")]
    NoKid,
    /// The private half is in it.
    #[error("the key {0} is a private one: only public keys belong here, and this one is spent")]
    Private(String),
    /// A kind of key that SMART does not use here.
    #[error("the key {0} is neither RSA for RS384, of 2048 bits or more, nor EC P-384 for ES384")]
    Unsuitable(String),
}

/// The public keys of one client, by `kid`.
#[derive(Clone, Debug, Default)]
pub struct KeySet(HashMap<String, VerifyingKey>);

#[derive(Clone)]
enum VerifyingKey {
    Rs384 { n: Vec<u8>, e: Vec<u8> },
    Es384 { point: Vec<u8> },
}

impl std::fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.algorithm())
    }
}

#[derive(Deserialize)]
struct RawSet {
    keys: Vec<RawKey>,
}

#[derive(Deserialize)]
struct RawKey {
    #[serde(default)]
    kid: String,
    kty: String,
    alg: Option<String>,
    #[serde(rename = "use")]
    r#use: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    d: Option<serde::de::IgnoredAny>,
}

impl KeySet {
    /// Reads a JSON Web Key Set. One that holds anything but usable public keys is refused whole.
    pub fn parse(json: &[u8]) -> Result<Self, KeyError> {
        let raw: RawSet = serde_json::from_slice(json).map_err(|_| KeyError::NotKeys)?;
        let mut keys = HashMap::new();
        for key in raw.keys {
            let read = key.read()?;
            if key.kid.is_empty() || keys.insert(key.kid, read).is_some() {
                return Err(KeyError::NoKid);
            }
        }
        if keys.is_empty() { Err(KeyError::Empty) } else { Ok(Self(keys)) }
    }

    /// Whether the key `kid` made this signature by this algorithm. A key has one algorithm, whatever a header says.
    pub(super) fn verifies(
        &self,
        (kid, algorithm): (&str, &str),
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        self.0.get(kid).is_some_and(|key| {
            key.algorithm() == algorithm && key.verify(message, signature).is_ok()
        })
    }
}

impl VerifyingKey {
    const fn algorithm(&self) -> &'static str {
        match self {
            Self::Rs384 { .. } => "RS384",
            Self::Es384 { .. } => "ES384",
        }
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), ring::error::Unspecified> {
        match self {
            Self::Rs384 { n, e } => RsaPublicKeyComponents { n, e }.verify(
                &RSA_PKCS1_2048_8192_SHA384,
                message,
                signature,
            ),
            Self::Es384 { point } => {
                UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point).verify(message, signature)
            }
        }
    }
}

impl RawKey {
    fn read(&self) -> Result<VerifyingKey, KeyError> {
        if self.d.is_some() {
            return Err(KeyError::Private(self.kid.clone()));
        }
        let signs = self.r#use.as_deref().is_none_or(|word| word == "sig");
        let read = if signs { self.suitable() } else { None };
        let read = read
            .filter(|key| self.alg.as_deref().is_none_or(|algorithm| algorithm == key.algorithm()));
        read.ok_or_else(|| KeyError::Unsuitable(self.kid.clone()))
    }

    fn suitable(&self) -> Option<VerifyingKey> {
        match self.kty.as_str() {
            "RSA" => {
                let (n, e) = (number(self.n.as_ref())?, number(self.e.as_ref())?);
                (n.len() >= SHORTEST_MODULUS).then_some(VerifyingKey::Rs384 { n, e })
            }
            "EC" if self.crv.as_deref() == Some("P-384") => {
                let (x, y) = (bytes(self.x.as_ref())?, bytes(self.y.as_ref())?);
                let whole = x.len() == COORDINATE && y.len() == COORDINATE;
                // SEC 1: 4 stands before a point that is written whole.
                whole.then(|| VerifyingKey::Es384 { point: [&[4][..], &x, &y].concat() })
            }
            _ => None,
        }
    }
}

fn bytes(text: Option<&String>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text?).ok()
}

/// A number without the zeroes before it, as *ring* wants it.
fn number(text: Option<&String>) -> Option<Vec<u8>> {
    let bytes = bytes(text)?;
    let first = bytes.iter().position(|byte| *byte != 0)?;
    Some(bytes[first..].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_usable_public_keys_are_taken() {
        let coordinate = URL_SAFE_NO_PAD.encode([7; COORDINATE]);
        let ec = format!(r#""kty":"EC","crv":"P-384","x":"{coordinate}","y":"{coordinate}""#);
        let modulus = URL_SAFE_NO_PAD.encode([9; SHORTEST_MODULUS]);
        let rsa = format!(r#""kty":"RSA","n":"{modulus}","e":"AQAB""#);
        let set = |key: &str| KeySet::parse(format!(r#"{{"keys":[{{{key}}}]}}"#).as_bytes());
        for good in [
            format!(r#""kid":"1",{ec}"#),
            format!(r#""kid":"1","alg":"ES384","use":"sig",{ec}"#),
            format!(r#""kid":"1","alg":"RS384",{rsa}"#),
        ] {
            assert!(set(&good).is_ok(), "{good}");
        }
        let unsuitable = KeyError::Unsuitable("1".to_owned());
        for (bad, error) in [
            (ec.clone(), KeyError::NoKid),
            (format!(r#""kid":"1","d":"AQAB",{ec}"#), KeyError::Private("1".to_owned())),
            (format!(r#""kid":"1","alg":"RS384",{ec}"#), unsuitable.clone()),
            (format!(r#""kid":"1","use":"enc",{ec}"#), unsuitable.clone()),
            (r#""kid":"1","kty":"oct","k":"AQAB""#.to_owned(), unsuitable.clone()),
            (r#""kid":"1","kty":"RSA","n":"AQAB","e":"AQAB""#.to_owned(), unsuitable),
        ] {
            assert_eq!(set(&bad).unwrap_err(), error, "{bad}");
        }
        assert_eq!(KeySet::parse(br#"{"keys":[]}"#).unwrap_err(), KeyError::Empty);
        assert_eq!(KeySet::parse(b"[]").unwrap_err(), KeyError::NotKeys);
    }
}
