//! The codes themselves: RFC 6238 over RFC 4226.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::Choice;

use crate::code::Code;
use crate::parameters::{Algorithm, StepNumber, TokenParameters};
use crate::seed::Seed;

/// A token's arithmetic, keyed once so that each further code costs two hash blocks.
///
/// Holds the key, so it is as secret as the [`Seed`]; it has no `Debug`.
pub struct Generator {
    keyed: Keyed,
    parameters: TokenParameters,
}

enum Keyed {
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
    Sha512(Hmac<Sha512>),
}

impl Generator {
    /// Prepares the token of that seed.
    pub fn new(seed: &Seed, parameters: TokenParameters) -> Self {
        let keyed = match parameters.algorithm {
            Algorithm::Sha1 => Keyed::Sha1(keyed(seed)),
            Algorithm::Sha256 => Keyed::Sha256(keyed(seed)),
            Algorithm::Sha512 => Keyed::Sha512(keyed(seed)),
        };
        Self { keyed, parameters }
    }

    /// What the token was built with.
    pub const fn parameters(&self) -> TokenParameters {
        self.parameters
    }

    /// The one step whose code a temporary credential is.
    pub(crate) const TEMPORARY: StepNumber = StepNumber::new(0);

    /// The code for one shift, to be told to whoever has no token.
    pub fn temporary_code(&self) -> Code {
        self.code_for(Self::TEMPORARY)
    }

    /// The code that a token with an exact clock shows.
    pub fn code_at(&self, now: Timestamp) -> Code {
        self.code_for(self.parameters.step.number_at(now))
    }

    /// The code of one step.
    pub fn code_for(&self, step: StepNumber) -> Code {
        Code::new(self.truncated(step), self.parameters.digits)
    }

    /// Whether `code` is the one of the step `number`, in constant time. Steps before the epoch
    /// cost the same and match nothing.
    pub(crate) fn shows(&self, code: &Code, number: i64) -> Choice {
        let step = StepNumber::new(u64::try_from(number).unwrap_or(0));
        let value = self.truncated(step) % self.parameters.digits.codes();
        code.matches(value, self.parameters.digits) & Choice::from(u8::from(number >= 0))
    }

    fn truncated(&self, step: StepNumber) -> u32 {
        let factor = step.number().to_be_bytes();
        match &self.keyed {
            Keyed::Sha1(mac) => truncate(&mac.clone().chain_update(factor).finalize().into_bytes()),
            Keyed::Sha256(mac) => {
                truncate(&mac.clone().chain_update(factor).finalize().into_bytes())
            }
            Keyed::Sha512(mac) => {
                truncate(&mac.clone().chain_update(factor).finalize().into_bytes())
            }
        }
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104 section 2)")]
fn keyed<M: KeyInit>(seed: &Seed) -> M {
    M::new_from_slice(seed.expose()).expect("HMAC takes a key of any length")
}

/// RFC 4226 section 5.3: the last nibble says where 31 bits are taken from.
fn truncate(mac: &[u8]) -> u32 {
    let at = usize::from(mac[mac.len() - 1] & 0xf);
    u32::from_be_bytes([mac[at] & 0x7f, mac[at + 1], mac[at + 2], mac[at + 3]])
}

#[cfg(test)]
#[path = "totp_tests.rs"]
mod tests;
