//! Signatures of the Standard Webhooks specification, version 1: `v1,` and the base64 of HMAC-SHA-256 over `id.timestamp.body`.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::SecretString;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::secret;
use crate::Unusable;

/// What stands before a secret, so that it is known for what it is.
const PREFIX: &str = "whsec_";

/// Keys that sign: one, or the old and the new one while they are exchanged.
pub(super) struct Keys(Vec<Zeroizing<Vec<u8>>>);

impl Keys {
    /// Reads secrets, one for each line: base64 of 24 to 64 bytes.
    pub(super) fn parse(name: &str, text: &SecretString) -> Result<Self, Unusable> {
        let wrong = || {
            Unusable::one(format!(
                "the secret of the webhook {name} is not one: each line reads whsec_ and the base64 of 24 to 64 random bytes; make one \
                 with: echo whsec_$(openssl rand -base64 32)"
            ))
        };
        let key = |line: &str| {
            let encoded = line.strip_prefix(PREFIX).unwrap_or(line);
            let key = STANDARD.decode(encoded).ok().filter(|key| (24..=64).contains(&key.len()));
            key.map(Zeroizing::new).ok_or_else(wrong)
        };
        let keys = secret::lines(text).map(key).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(wrong()) } else { Ok(Self(keys)) }
    }

    /// The header's value: one signature for each key.
    pub(super) fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let one = |key: &Zeroizing<Vec<u8>>| {
            let mut mac = mac(key);
            mac.update(format!("{id}.{timestamp}.").as_bytes());
            mac.update(body);
            format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
        };
        self.0.iter().map(one).collect::<Vec<_>>().join(" ")
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104 section 2)")]
fn mac(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Result<Keys, Unusable> {
        Keys::parse("paging", &SecretString::from(text.to_owned()))
    }

    /// The specification's own example.
    #[test]
    fn the_specification_s_example_is_signed_as_it_says() {
        let keys = keys("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").unwrap();
        let signed =
            keys.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn while_secrets_are_exchanged_both_sign() {
        let one = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let both = keys(&format!("{one}\nwhsec_AAKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")).unwrap();
        let signed = both.sign("a", 1, b"{}");
        assert_eq!(signed.split(' ').count(), 2);
        assert!(signed.starts_with(&keys(one).unwrap().sign("a", 1, b"{}")));
    }

    #[test]
    fn what_is_no_secret_is_refused_without_being_repeated() {
        for bad in ["", "whsec_", "whsec_c2hvcnQ=", "a passphrase that somebody made up"] {
            let error = keys(bad).err().unwrap().to_string();
            assert!(error.contains("paging") && (bad.is_empty() || !error.contains("passphrase")));
        }
    }
}
