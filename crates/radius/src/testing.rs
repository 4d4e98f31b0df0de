//! A client's side: requests, and the judgement of replies.

use hmac::Mac;

use crate::{
    Code, Kind, MIN_LENGTH, NotAuthentic, Packet, Secret,
    authenticator::{check, mac, response},
    password::hide,
    reply::put,
};

/// A request as a client makes it.
#[derive(Clone)]
pub struct Ask {
    octets: Vec<u8>,
    authenticator: [u8; 16],
}

impl Ask {
    /// A request without attributes.
    pub fn new(code: Code, identifier: u8, authenticator: [u8; 16]) -> Self {
        let mut octets = vec![code.octet(), identifier, 0, 0];
        octets.extend(authenticator);
        Self { octets, authenticator }
    }

    /// Somebody wants in.
    pub fn access(identifier: u8, authenticator: [u8; 16], user: &str) -> Self {
        Self::new(Code::AccessRequest, identifier, authenticator)
            .with(Kind::USER_NAME, user.as_bytes())
    }

    /// With an attribute more.
    pub fn with(mut self, kind: Kind, value: &[u8]) -> Self {
        put(&mut self.octets, kind, value);
        self
    }

    /// With what was typed.
    pub fn password(self, typed: &[u8], secret: &Secret) -> Self {
        let hidden = hide(typed, secret, self.authenticator);
        self.with(Kind::USER_PASSWORD, &hidden)
    }

    /// The octets without a Message-Authenticator.
    pub fn bare(mut self) -> Vec<u8> {
        let length = u16::try_from(self.octets.len()).expect("a short packet");
        self.octets[2..4].copy_from_slice(&length.to_be_bytes());
        self.octets
    }

    /// The octets with a Message-Authenticator.
    pub fn signed(self, secret: &Secret) -> Vec<u8> {
        let asked = self.authenticator;
        let mut octets = self.with(Kind::MESSAGE_AUTHENTICATOR, &[0; 16]).bare();
        let place = octets.len() - 16;
        let mac = mac(&octets, place, asked, secret).expect("a packet");
        octets[place..].copy_from_slice(&mac.finalize().into_bytes());
        octets
    }
}

/// A reply, if both its authenticators are right and the Message-Authenticator stands first.
pub fn judge_reply(
    octets: &[u8],
    asked: [u8; 16],
    secret: &Secret,
) -> Result<Packet, NotAuthentic> {
    let reply = Packet::parse(octets).map_err(|_| NotAuthentic::Missing)?;
    let first = reply.attributes().next().map(|known| known.kind);
    if first != Some(Kind::MESSAGE_AUTHENTICATOR) {
        return Err(NotAuthentic::Missing);
    }
    check(&reply, asked, secret)?;
    if response(octets, asked, secret) != octets[4..MIN_LENGTH] {
        return Err(NotAuthentic::Wrong);
    }
    Ok(reply)
}
