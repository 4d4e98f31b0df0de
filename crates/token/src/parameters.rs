//! What a token was built with: hash, digits and step.

use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The hash below RFC 6238's HMAC. Our own soft token uses SHA-256; fobs mostly SHA-1.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Algorithm {
    /// HMAC-SHA-1, whose strength here does not rest on collisions.
    Sha1,
    /// HMAC-SHA-256.
    #[default]
    Sha256,
    /// HMAC-SHA-512.
    Sha512,
}

/// How many digits a code has: six together with a PIN, eight for high roles or without a PIN.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Digits {
    /// One in a million.
    #[default]
    Six,
    /// One in a hundred million.
    Eight,
}

/// How long a token shows one code.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "u16", into = "u16")]
pub enum Step {
    /// Eight seconds, Kinfold's own.
    #[default]
    Eight,
    /// Fifteen seconds.
    Fifteen,
    /// Thirty seconds, as most fobs.
    Thirty,
    /// Sixty seconds.
    Sixty,
}

/// What a token's codes are computed with, beside its seed. T0 is the Unix epoch.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TokenParameters {
    /// The hash.
    pub algorithm: Algorithm,
    /// The length of a code.
    pub digits: Digits,
    /// The time one code is shown.
    pub step: Step,
}

/// The number of whole steps since the epoch: RFC 6238's `T`, RFC 4226's moving factor.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct StepNumber(u64);

/// A hash, a number of digits or a step that no token here has.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum UnsupportedParameter {
    /// Not SHA-1, SHA-256 or SHA-512.
    #[error("the algorithm is none of sha1, sha256, sha512")]
    Algorithm,
    /// Not 6 or 8.
    #[error("a code has 6 or 8 digits")]
    Digits,
    /// Not 8, 15, 30 or 60.
    #[error("a step is 8, 15, 30 or 60 seconds")]
    Step,
}

impl Algorithm {
    /// Bytes of a fresh seed: the hash's own output (RFC 6238 section 5.1).
    pub const fn seed_len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    /// The name in `otpauth:` addresses.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }
}

impl FromStr for Algorithm {
    type Err = UnsupportedParameter;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Sha1, Self::Sha256, Self::Sha512]
            .into_iter()
            .find(|algorithm| algorithm.name().eq_ignore_ascii_case(text))
            .ok_or(UnsupportedParameter::Algorithm)
    }
}

impl Digits {
    /// 6 or 8.
    pub const fn count(self) -> u8 {
        match self {
            Self::Six => 6,
            Self::Eight => 8,
        }
    }

    /// Ten to that power: the number of different codes.
    pub const fn codes(self) -> u32 {
        match self {
            Self::Six => 1_000_000,
            Self::Eight => 100_000_000,
        }
    }
}

impl TryFrom<u8> for Digits {
    type Error = UnsupportedParameter;

    fn try_from(count: u8) -> Result<Self, Self::Error> {
        match count {
            6 => Ok(Self::Six),
            8 => Ok(Self::Eight),
            _ => Err(UnsupportedParameter::Digits),
        }
    }
}

impl From<Digits> for u8 {
    fn from(digits: Digits) -> Self {
        digits.count()
    }
}

impl FromStr for Digits {
    type Err = UnsupportedParameter;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "6" => Ok(Self::Six),
            "8" => Ok(Self::Eight),
            _ => Err(UnsupportedParameter::Digits),
        }
    }
}

impl Step {
    /// 8, 15, 30 or 60.
    pub const fn seconds(self) -> u16 {
        match self {
            Self::Eight => 8,
            Self::Fifteen => 15,
            Self::Thirty => 30,
            Self::Sixty => 60,
        }
    }

    /// The step that an exact clock is in. Times before the epoch count as the epoch.
    pub fn number_at(self, now: Timestamp) -> StepNumber {
        StepNumber(since_epoch(now) / u64::from(self.seconds()))
    }

    /// Whole seconds until the next code, from the whole step down to 1.
    pub fn seconds_left(self, now: Timestamp) -> u16 {
        let step = u64::from(self.seconds());
        let gone = since_epoch(now) % step;
        u16::try_from(step - gone).unwrap_or(self.seconds())
    }
}

fn since_epoch(now: Timestamp) -> u64 {
    u64::try_from(now.as_second()).unwrap_or(0)
}

impl TryFrom<u16> for Step {
    type Error = UnsupportedParameter;

    fn try_from(seconds: u16) -> Result<Self, Self::Error> {
        match seconds {
            8 => Ok(Self::Eight),
            15 => Ok(Self::Fifteen),
            30 => Ok(Self::Thirty),
            60 => Ok(Self::Sixty),
            _ => Err(UnsupportedParameter::Step),
        }
    }
}

impl From<Step> for u16 {
    fn from(step: Step) -> Self {
        step.seconds()
    }
}

impl FromStr for Step {
    type Err = UnsupportedParameter;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "8" => Ok(Self::Eight),
            "15" => Ok(Self::Fifteen),
            "30" => Ok(Self::Thirty),
            "60" => Ok(Self::Sixty),
            _ => Err(UnsupportedParameter::Step),
        }
    }
}

impl StepNumber {
    /// The step of that number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The plain number, for the store's compare-and-swap and for the ledger.
    pub const fn number(self) -> u64 {
        self.0
    }

    pub(crate) fn signed(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seconds_left_count_down_from_the_step_to_one() {
        let left = |second| Step::Eight.seconds_left(Timestamp::from_second(second).unwrap());
        assert_eq!([left(0), left(1), left(7), left(8)], [8, 7, 1, 8]);
        assert_eq!(left(-5), 8, "a time before the epoch counts as the epoch");
    }

    #[test]
    fn the_default_token_is_sha_256_of_six_digits_every_eight_seconds() {
        let json = serde_json::to_string(&TokenParameters::default()).unwrap();
        assert_eq!(json, r#"{"algorithm":"sha256","digits":6,"step":8}"#);
    }

    #[test]
    fn only_the_listed_values_are_read() {
        assert_eq!("Sha512".parse(), Ok(Algorithm::Sha512));
        assert_eq!("md5".parse::<Algorithm>(), Err(UnsupportedParameter::Algorithm));
        assert_eq!("+8".parse::<Digits>(), Err(UnsupportedParameter::Digits));
        assert_eq!("08".parse::<Step>(), Err(UnsupportedParameter::Step));
        assert!(serde_json::from_str::<Step>("9").is_err());
        assert!(serde_json::from_str::<Digits>("7").is_err());
    }
}
