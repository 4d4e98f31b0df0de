//! What a server answers.

use hmac::Mac;

use crate::{
    Code, Kind, MAX_LENGTH, MIN_LENGTH, Packet, Secret,
    authenticator::{DIGEST, mac, response},
};

/// The most octets of one attribute's value.
const LONGEST: usize = 253;

/// A reply before it is joined to its request.
#[derive(Clone, Debug)]
pub struct Reply {
    code: Code,
    attributes: Vec<u8>,
}

/// The request's own Proxy-State attributes leave no room for an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the reply would be longer than 4096 octets")]
pub struct TooLong;

impl Reply {
    /// A reply that says nothing more.
    pub const fn new(code: Code) -> Self {
        Self { code, attributes: Vec::new() }
    }

    /// With words for whoever wants in.
    pub fn message(mut self, words: &str) -> Self {
        for part in words.as_bytes().chunks(LONGEST) {
            put(&mut self.attributes, Kind::REPLY_MESSAGE, part);
        }
        self
    }

    /// With the mark of a challenge.
    pub fn state(mut self, state: &[u8; 16]) -> Self {
        put(&mut self.attributes, Kind::STATE, state);
        self
    }

    /// What it is.
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The octets that answer `request`: the Message-Authenticator first, the request's Proxy-State attributes last and in their order.
    pub fn answer(&self, request: &Packet, secret: &Secret) -> Result<Vec<u8>, TooLong> {
        let asked = request.authenticator();
        let mut octets = vec![self.code.octet(), request.identifier(), 0, 0];
        octets.extend(asked);
        put(&mut octets, Kind::MESSAGE_AUTHENTICATOR, &[0; DIGEST]);
        octets.extend(&self.attributes);
        for known in request.attributes().filter(|known| known.kind == Kind::PROXY_STATE) {
            put(&mut octets, known.kind, known.value);
        }
        if octets.len() > MAX_LENGTH {
            return Err(TooLong);
        }
        let length = u16::try_from(octets.len()).map_err(|_| TooLong)?;
        octets[2..4].copy_from_slice(&length.to_be_bytes());
        let place = MIN_LENGTH + 2;
        let mac = mac(&octets, place, asked, secret).ok_or(TooLong)?;
        octets[place..place + DIGEST].copy_from_slice(&mac.finalize().into_bytes());
        let signed = response(&octets, asked, secret);
        octets[4..MIN_LENGTH].copy_from_slice(&signed);
        Ok(octets)
    }
}

/// Appends an attribute; what is longer than an attribute can be is cut.
pub(crate) fn put(octets: &mut Vec<u8>, kind: Kind, value: &[u8]) {
    let value = value.get(..LONGEST).unwrap_or(value);
    let length = u8::try_from(value.len() + 2).unwrap_or(u8::MAX);
    octets.extend([kind.0, length]);
    octets.extend(value);
}
