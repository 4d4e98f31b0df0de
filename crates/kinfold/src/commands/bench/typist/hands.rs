//! The hands and eyes of a typist, as a model: every duration is drawn evenly between two bounds.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

/// From reading to the first key: finding the field. Milliseconds.
const STARTING: (i64, i64) = (500, 2_000);
/// A second look at the token, in the middle.
const LOOKING_AGAIN: (i64, i64) = (500, 1_500);
/// From the last digit to the node's judgement: the Enter key and the network.
const SENDING: (i64, i64) = (300, 1_000);
/// A key takes that share of the typist's own time, in percent.
const KEY: (i64, i64) = (70, 130);
/// Nobody begins again more often than that.
const MOST_BEGINNINGS: usize = 20;

/// How somebody reads a code off a token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Reading {
    /// Whole, and types it from memory.
    Once,
    /// Half by half, and begins again when the code has changed in between.
    Halves,
    /// Half by half, without noticing that it has changed.
    HalvesUnaware,
}

impl Reading {
    pub(super) const ALL: [Self; 3] = [Self::Once, Self::Halves, Self::HalvesUnaware];

    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Once => "at once",
            Self::Halves => "by halves, begins again after a change",
            Self::HalvesUnaware => "by halves, unaware of a change",
        }
    }
}

/// A typed code: when each half of it was read off the token, and when the node judges it. Unix milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Typed {
    pub(super) first_read: i64,
    pub(super) second_read: i64,
    pub(super) done: i64,
}

/// A typist.
pub(super) struct Hands {
    chance: ChaCha8Rng,
    key_ms: i64,
    reading: Reading,
}

impl Hands {
    /// One who takes so many milliseconds a digit.
    pub(super) fn new(seed: u64, key_ms: i64, reading: Reading) -> Self {
        Self { chance: ChaCha8Rng::seed_from_u64(seed), key_ms, reading }
    }

    /// A moment of the span that begins there.
    pub(super) fn moment(&mut self, from: i64, span: i64) -> i64 {
        self.between((from, from + span - 1))
    }

    /// Types the code of a device whose clock is `ahead_ms` ahead, beginning at `began`; a code has so many digits and is shown for
    /// `step_ms`.
    pub(super) fn typed(
        &mut self,
        (began, ahead_ms): (i64, i64),
        (digits, step_ms): (i64, i64),
    ) -> Typed {
        let step = |moment: i64| (moment + ahead_ms).div_euclid(step_ms);
        let mut first_read = began;
        for _ in 0..MOST_BEGINNINGS {
            let half = first_read + self.between(STARTING) + self.keys(digits / 2);
            let second_read = match self.reading {
                Reading::Once => first_read,
                Reading::Halves | Reading::HalvesUnaware => half,
            };
            if self.reading == Reading::Halves && step(first_read) != step(second_read) {
                first_read = second_read;
                continue;
            }
            let looked = match self.reading {
                Reading::Once => half,
                Reading::Halves | Reading::HalvesUnaware => half + self.between(LOOKING_AGAIN),
            };
            let done = looked + self.keys(digits - digits / 2) + self.between(SENDING);
            return Typed { first_read, second_read, done };
        }
        // Given up: what was typed last goes off as it is.
        Typed { first_read, second_read: first_read, done: i64::MAX }
    }

    fn keys(&mut self, count: i64) -> i64 {
        (0..count).map(|_| self.key_ms * self.between(KEY) / 100).sum()
    }

    /// Both bounds included.
    fn between(&mut self, (low, high): (i64, i64)) -> i64 {
        let width = u128::from((high - low).unsigned_abs()) + 1;
        let drawn = (u128::from(self.chance.next_u64()) * width) >> 64;
        low + i64::try_from(drawn).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_reads_by_halves_and_looks_never_types_a_mixed_code() {
        let mut hands = Hands::new(7, 1_000, Reading::Halves);
        for began in 0..2_000 {
            let typed = hands.typed((began * 3, 0), (6, 8_000));
            assert_eq!(typed.first_read / 8_000, typed.second_read / 8_000);
            assert!(typed.done > typed.second_read);
        }
    }
}
