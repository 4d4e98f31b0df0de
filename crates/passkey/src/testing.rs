//! A passkey in software that does as it is told, also what an honest one never would. Written from the specification (`WebAuthn`
//! Level 3, sections 5.8.1 and 6), apart from the library that judges it.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL};
use ring::{
    rand::{SecureRandom, SystemRandom},
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const WITH_KEY: u8 = 0x40;

/// A passkey, and the browser that it is used in.
pub struct SoftPasskey {
    /// Whether it makes sure who holds it.
    pub verifies: bool,
    /// How often it signed. Zero and zero again: it does not count.
    pub counter: u32,
    /// By how much the counter grows.
    pub counts: u32,
    /// The site that the browser is on.
    pub origin: String,
    site: String,
    owner: String,
    identifier: Vec<u8>,
    key: EcdsaKeyPair,
}

impl SoftPasskey {
    /// One that was made as asked, with the browser's answer.
    pub fn make(options: &Value, origin: &str) -> (Self, String) {
        Self::make_verified(options, origin, true)
    }

    /// The same by a thing that says whether it verified its user.
    pub fn make_verified(options: &Value, origin: &str, verifies: bool) -> (Self, String) {
        let random = SystemRandom::new();
        let mut identifier = vec![0; 32];
        random.fill(&mut identifier).expect("random");
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
        let key = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).expect("a key");
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let made = Self {
            verifies,
            counter: 0,
            counts: 1,
            origin: origin.to_owned(),
            site: text(&options["rp"]["id"]),
            owner: text(&options["user"]["id"]),
            identifier,
            key,
        };
        let answer = made.attestation(options);
        (made, answer)
    }

    /// What the browser hands back for a challenge.
    pub fn answer(&mut self, options: &Value) -> String {
        self.counter += self.counts;
        let client = self.client_data("webauthn.get", options);
        let data = self.authenticator_data(0);
        let signed = [&data[..], &Sha256::digest(&client)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).expect("a signature");
        let identifier = BASE64URL.encode(&self.identifier);
        json!({
            "id": identifier,
            "rawId": identifier,
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": BASE64URL.encode(client),
                "authenticatorData": BASE64URL.encode(data),
                "signature": BASE64URL.encode(signature),
                "userHandle": self.owner,
            },
        })
        .to_string()
    }

    fn attestation(&self, options: &Value) -> String {
        let client = self.client_data("webauthn.create", options);
        let data = self.with_key();
        // {"fmt": "none", "attStmt": {}, "authData": …} in CBOR.
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).expect("short"));
        object.extend(data);
        let identifier = BASE64URL.encode(&self.identifier);
        json!({
            "id": identifier,
            "rawId": identifier,
            "type": "public-key",
            "clientExtensionResults": { "credProps": { "rk": true } },
            "response": {
                "clientDataJSON": BASE64URL.encode(client),
                "attestationObject": BASE64URL.encode(object),
                "transports": ["usb"],
            },
        })
        .to_string()
    }

    fn client_data(&self, what: &str, options: &Value) -> Vec<u8> {
        let challenge = &options["challenge"];
        let data = json!({ "type": what, "challenge": challenge, "origin": self.origin });
        data.to_string().into_bytes()
    }

    fn authenticator_data(&self, more: u8) -> Vec<u8> {
        let verified = if self.verifies { VERIFIED } else { 0 };
        let mut data = Sha256::digest(self.site.as_bytes()).to_vec();
        data.push(PRESENT | verified | more);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// With identifier and public key, the latter as COSE has it: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
    fn with_key(&self) -> Vec<u8> {
        let mut data = self.authenticator_data(WITH_KEY);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.identifier.len()).expect("short").to_be_bytes());
        data.extend(&self.identifier);
        let [_, point @ ..] = self.key.public_key().as_ref() else { return data };
        let (x, y) = point.split_at(32);
        data.extend(b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20");
        data.extend(x);
        data.extend(b"\x22\x58\x20");
        data.extend(y);
        data
    }
}
