//! How User-Password is hidden (RFC 2865 section 5.2): by MD5 of the secret and what stands before.

use md5::{Digest, Md5};
use zeroize::Zeroizing;

use crate::{Secret, authenticator::DIGEST};

/// The longest hidden password.
const LONGEST: usize = 128;

/// What was typed; `None` where no password has so many octets.
pub(crate) fn reveal(
    hidden: &[u8],
    secret: &Secret,
    asked: [u8; DIGEST],
) -> Option<Zeroizing<Vec<u8>>> {
    if hidden.is_empty() || hidden.len() > LONGEST || !hidden.len().is_multiple_of(DIGEST) {
        return None;
    }
    let mut typed = Zeroizing::new(Vec::with_capacity(LONGEST));
    let mut before: &[u8] = &asked;
    for block in hidden.chunks(DIGEST) {
        let mask = mask(secret, before);
        typed.extend(block.iter().zip(*mask).map(|(hidden, mask)| hidden ^ mask));
        before = block;
    }
    // The padding; a password has no zero at its end.
    while typed.last() == Some(&0) {
        typed.pop();
    }
    Some(typed)
}

/// A client's side of it: up to 128 octets, padded with zeroes.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn hide(typed: &[u8], secret: &Secret, asked: [u8; DIGEST]) -> Vec<u8> {
    let mut padded = typed.to_vec();
    padded.resize(typed.len().max(1).next_multiple_of(DIGEST), 0);
    let mut hidden: Vec<u8> = Vec::with_capacity(padded.len());
    for block in padded.chunks(DIGEST) {
        let before = hidden.last_chunk::<DIGEST>().unwrap_or(&asked);
        let mask = mask(secret, before);
        hidden.extend(block.iter().zip(*mask).map(|(typed, mask)| typed ^ mask));
    }
    hidden
}

fn mask(secret: &Secret, before: &[u8]) -> Zeroizing<[u8; DIGEST]> {
    let mut digest = Md5::new();
    digest.update(secret.expose());
    digest.update(before);
    Zeroizing::new(digest.finalize().into())
}
