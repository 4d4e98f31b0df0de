//! Who this node is to the provider, and how it proves that (`OpenID` Connect Core 1.0, section 9).

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use ring::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512,
        RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
    },
};
use rustls_pki_types::{PrivatePkcs8KeyDer, pem::PemObject};
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

/// How long an assertion is good for, in seconds.
const LASTS: i64 = 120;

/// A secret shared with the provider. `Debug` is redacted and the memory is wiped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// From its text.
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// How this node proves itself at the token endpoint.
#[derive(Debug)]
pub enum Client {
    /// `client_secret_basic`.
    Basic(Secret),
    /// `client_secret_post`.
    Post(Secret),
    /// `private_key_jwt` (RFC 7523).
    Key(SigningKey),
}

/// How assertions are signed (RFC 7518, section 3.1).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
pub enum Algorithm {
    /// RSA PKCS #1 v1.5 with SHA-256.
    RS256,
    /// The same with SHA-512.
    RS512,
    /// RSA-PSS with SHA-256.
    PS256,
    /// ECDSA on P-256 with SHA-256.
    ES256,
}

impl Algorithm {
    const fn name(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::RS512 => "RS512",
            Self::PS256 => "PS256",
            Self::ES256 => "ES256",
        }
    }
}

/// A file holds no key for an algorithm.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "it holds no private key for {} as PKCS #8 in PEM (-----BEGIN PRIVATE KEY-----; RSA of 2048 bits at least)",
    .0.name()
)]
pub struct NoKey(Algorithm);

enum Pair {
    Rsa(Box<RsaKeyPair>, &'static dyn RsaEncoding),
    Ec(Box<EcdsaKeyPair>),
}

/// A private key whose public half the provider has. `Debug` is redacted.
pub struct SigningKey {
    id: String,
    algorithm: Algorithm,
    pair: Pair,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[signing key]")
    }
}

impl SigningKey {
    /// From PKCS #8 in PEM. `id` is what the provider knows it by (`kid`).
    pub fn from_pem(id: &str, algorithm: Algorithm, pem: &[u8]) -> Result<Self, NoKey> {
        let no_key = NoKey(algorithm);
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem).map_err(|_| no_key)?;
        let der = der.secret_pkcs8_der();
        let rsa = |encoding: &'static dyn RsaEncoding| {
            let pair = RsaKeyPair::from_pkcs8(der).map_err(|_| no_key)?;
            Ok(Pair::Rsa(Box::new(pair), encoding))
        };
        let pair = match algorithm {
            Algorithm::RS256 => rsa(&RSA_PKCS1_SHA256)?,
            Algorithm::RS512 => rsa(&RSA_PKCS1_SHA512)?,
            Algorithm::PS256 => rsa(&RSA_PSS_SHA256)?,
            Algorithm::ES256 => {
                let random = SystemRandom::new();
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &random);
                Pair::Ec(Box::new(pair.map_err(|_| no_key)?))
            }
        };
        Ok(Self { id: id.to_owned(), algorithm, pair })
    }

    /// A signed word that this is that client, for one address and for two minutes; `None` when it can't be signed. `once` is never used again.
    pub(crate) fn assert(
        &self,
        (client, address): (&str, &str),
        once: &str,
        now: Timestamp,
    ) -> Option<Zeroizing<String>> {
        let now = now.as_second();
        let header = json!({ "alg": self.algorithm.name(), "typ": "JWT", "kid": self.id });
        let claims = json!({
            "iss": client, "sub": client, "aud": address, "jti": once, "iat": now, "exp": now + LASTS,
        });
        let part = |json: serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = self.sign(signed.as_bytes())?;
        Some(Zeroizing::new(format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))))
    }

    fn sign(&self, text: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(*encoding, &random, text, &mut signature).ok()?;
                Some(signature)
            }
            Pair::Ec(pair) => Some(pair.sign(&random, text).ok()?.as_ref().to_vec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::prelude::BASE64_STANDARD;
    use ring::signature::{ECDSA_P256_SHA256_FIXED, KeyPair, UnparsedPublicKey};

    use super::*;

    fn pem() -> (String, Vec<u8>) {
        let random = SystemRandom::new();
        let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, der.as_ref(), &random).unwrap();
        let text = BASE64_STANDARD.encode(der.as_ref());
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n");
        (pem, pair.public_key().as_ref().to_vec())
    }

    #[test]
    fn an_assertion_names_client_and_address_and_verifies_under_the_public_key() {
        let (pem, public) = pem();
        let key = SigningKey::from_pem("k1", Algorithm::ES256, pem.as_bytes()).unwrap();
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let word = key.assert(("kinfold", "https://idp.example/token"), "once", now).unwrap();
        let (signed, signature) = word.rsplit_once('.').unwrap();
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public);
        public.verify(signed.as_bytes(), &signature).unwrap();
        let claims = BASE64_URL_SAFE_NO_PAD.decode(signed.split_once('.').unwrap().1).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        let expected = json!({
            "iss": "kinfold", "sub": "kinfold", "aud": "https://idp.example/token", "jti": "once",
            "iat": 1_790_000_000, "exp": 1_790_000_120,
        });
        assert_eq!(claims, expected);
    }

    #[test]
    fn a_file_with_another_key_is_refused_with_what_is_needed() {
        let (pem, _) = pem();
        for algorithm in [Algorithm::RS256, Algorithm::RS512, Algorithm::PS256] {
            let refused = SigningKey::from_pem("k1", algorithm, pem.as_bytes()).unwrap_err();
            assert!(refused.to_string().contains(algorithm.name()), "{refused}");
        }
        assert!(SigningKey::from_pem("k1", Algorithm::ES256, b"no key").is_err());
    }

    #[test]
    fn nothing_secret_is_shown_by_debug() {
        let (pem, _) = pem();
        let key = SigningKey::from_pem("k1", Algorithm::ES256, pem.as_bytes()).unwrap();
        let told = format!("{:?} {:?}", Client::Key(key), Client::Post(Secret::new("planted")));
        assert_eq!(told, "Key([signing key]) Post([secret])");
    }
}
