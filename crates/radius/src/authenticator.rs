//! What makes a packet believed: the Message-Authenticator, and in a reply the Response Authenticator too.

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};

use crate::{Kind, MIN_LENGTH, Packet, Secret};

/// Octets of an MD5 digest, and of both authenticators.
pub(crate) const DIGEST: usize = 16;

/// Why a packet is not believed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotAuthentic {
    /// It has no Message-Authenticator.
    #[error("the packet has no Message-Authenticator")]
    Missing,
    /// It has several, or the one does not fit: another secret, or somebody altered the packet.
    #[error(
        "the packet's Message-Authenticator is wrong: the secrets differ, or the packet was altered"
    )]
    Wrong,
}

/// Judges a packet's Message-Authenticator in constant time. `asked` is the request's authenticator: a request's own.
pub(crate) fn check(
    packet: &Packet,
    asked: [u8; DIGEST],
    secret: &Secret,
) -> Result<(), NotAuthentic> {
    let mut found = packet.placed().filter(|(_, known)| known.kind == Kind::MESSAGE_AUTHENTICATOR);
    let (place, claimed) = found.next().ok_or(NotAuthentic::Missing)?;
    if found.next().is_some() || claimed.value.len() != DIGEST {
        return Err(NotAuthentic::Wrong);
    }
    let mac = mac(packet.octets(), place, asked, secret).ok_or(NotAuthentic::Wrong)?;
    mac.verify_slice(claimed.value).map_err(|_| NotAuthentic::Wrong)
}

/// HMAC-MD5 over the packet with the request's authenticator in its head and zeroes at `place` (RFC 3579 section 3.2).
pub(crate) fn mac(
    octets: &[u8],
    place: usize,
    asked: [u8; DIGEST],
    secret: &Secret,
) -> Option<Hmac<Md5>> {
    let mut mac = Hmac::<Md5>::new_from_slice(secret.expose()).ok()?;
    mac.update(octets.get(..4)?);
    mac.update(&asked);
    mac.update(octets.get(MIN_LENGTH..place)?);
    mac.update(&[0; DIGEST]);
    mac.update(octets.get(place + DIGEST..)?);
    Some(mac)
}

/// MD5 over a reply with the request's authenticator in its head, and the secret (RFC 2865 section 3).
pub(crate) fn response(octets: &[u8], asked: [u8; DIGEST], secret: &Secret) -> [u8; DIGEST] {
    let mut digest = Md5::new();
    digest.update(octets.get(..4).unwrap_or_default());
    digest.update(asked);
    digest.update(octets.get(MIN_LENGTH..).unwrap_or_default());
    digest.update(secret.expose());
    digest.finalize().into()
}
