//! A sheet of emergency codes as a node keeps it, and the judgement of a try.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::{ConditionallySelectable, ConstantTimeEq};

use crate::emergency::EmergencyCode;
use crate::pin_hash::PinVerdict;
use crate::throttle::{Gate, Misses};

/// What every digest begins with, so that it is none of anything else.
const DOMAIN: &[u8] = b"kinfold/emergency-code/v1\0";

/// All that a node keeps of a sheet: digests, which of them are spent, and the misses. No code can be had from it: each is one of 10²⁰,
/// and every sheet has a salt of its own. To be replaced by compare-and-swap.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
pub struct EmergencySheet {
    salt: [u8; EmergencySheet::SALT_LEN],
    codes: Vec<Kept>,
    misses: Misses,
}

#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
struct Kept {
    digest: [u8; 32],
    used: Option<Timestamp>,
}

/// One try with an emergency code.
#[derive(Clone, Copy, Debug)]
pub struct EmergencyAttempt<'a> {
    /// The typed code.
    pub code: &'a EmergencyCode,
    /// What the PIN was found to be. Judge it first and always, whatever the code.
    pub pin: PinVerdict,
    /// The node's time.
    pub now: Timestamp,
}

/// What became of a try. The sheet in it is to be stored before anybody is told.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum EmergencyOutcome {
    /// PIN and code are right; the code is spent with the new state.
    Accepted {
        /// To be stored in the transaction that opens the session.
        sheet: EmergencySheet,
    },
    /// The code was spent before. Counts as a miss, and is answered whatever the PIN was, so that a crossed-out code is no way to try
    /// PINs.
    Replayed {
        /// With one more miss.
        sheet: EmergencySheet,
    },
    /// PIN, code or both are wrong; which of them is not told. A right code beside a wrong PIN is not spent.
    Wrong {
        /// With one more miss, perhaps locked.
        sheet: EmergencySheet,
    },
    /// Too soon after the last miss: not judged, not counted.
    Wait {
        /// When the next try is judged.
        until: Timestamp,
    },
    /// Locked: not judged.
    Locked,
}

impl EmergencySheet {
    /// Codes of a sheet.
    pub const CODES: usize = 10;
    /// Bytes of its salt.
    pub const SALT_LEN: usize = 16;
    /// With so many left, or fewer, its owner is told.
    pub const FEW: usize = 3;

    /// A sheet of these codes, none of them spent. Codes and salt come from cryptographic randomness.
    pub fn new(codes: &[EmergencyCode; Self::CODES], salt: [u8; Self::SALT_LEN]) -> Self {
        let kept = |code| Kept { digest: digest(&salt, code), used: None };
        Self { salt, codes: codes.iter().map(kept).collect(), misses: Misses::default() }
    }

    /// Codes that were not used yet.
    pub fn left(&self) -> usize {
        self.codes.iter().filter(|code| code.used.is_none()).count()
    }

    /// Whether so few are left that its owner is told.
    pub fn is_short(&self) -> bool {
        self.left() <= Self::FEW
    }

    /// Whether it opens nothing any more after too many wrong tries.
    pub const fn is_locked(&self) -> bool {
        self.misses.locked().is_some()
    }

    /// Whether a try would be judged now: ask before spending an Argon2 hash on it.
    pub fn gate(&self, now: Timestamp) -> Gate {
        self.misses.gate(now)
    }

    /// Judges PIN and code together, by the rules of a token's codes.
    pub fn check(&self, attempt: &EmergencyAttempt<'_>) -> EmergencyOutcome {
        match self.gate(attempt.now) {
            Gate::Open => {}
            Gate::Wait(until) => return EmergencyOutcome::Wait { until },
            Gate::Locked(_) => return EmergencyOutcome::Locked,
        }
        let missed = || Self { misses: self.misses.missed(attempt.now), ..self.clone() };
        match self.find(attempt.code) {
            Some(place) if self.codes[place].used.is_some() => {
                EmergencyOutcome::Replayed { sheet: missed() }
            }
            Some(place) if attempt.pin == PinVerdict::Right => {
                let mut sheet = Self { misses: self.misses.signed_in(), ..self.clone() };
                sheet.codes[place].used = Some(attempt.now);
                EmergencyOutcome::Accepted { sheet }
            }
            _ => EmergencyOutcome::Wrong { sheet: missed() },
        }
    }

    /// Which code of the sheet that is. All are compared, each in constant time.
    fn find(&self, code: &EmergencyCode) -> Option<usize> {
        let typed = digest(&self.salt, code);
        let mut found = u64::MAX;
        for (place, kept) in (0_u64..).zip(&self.codes) {
            found.conditional_assign(&place, kept.digest.ct_eq(&typed));
        }
        usize::try_from(found).ok().filter(|place| *place < self.codes.len())
    }
}

impl fmt::Debug for EmergencySheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmergencySheet({} left)", self.left())
    }
}

fn digest(salt: &[u8], code: &EmergencyCode) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(DOMAIN);
    hasher.update(salt);
    hasher.update(code.bytes().as_slice());
    hasher.finalize().into()
}

#[cfg(test)]
#[path = "sheet_tests.rs"]
mod tests;
