//! NHS numbers of the range kept for tests: 999 and six more digits, then the check digit.

use kinfold_domain::NhsNumber;

use crate::Seed;

/// The first thousand serials belong to story children, whose numbers must not change with the seed.
const STORIES: u32 = 1_000;
const ORDINARY: u32 = 1_000_000 - STORIES;
/// Shares no factor with [`ORDINARY`], so that the walk visits every serial once.
const STRIDE: u64 = 618_041;

/// Deals each number once.
pub(crate) struct Numbers {
    start: u64,
    dealt: u64,
    dealt_to_stories: u32,
}

impl Numbers {
    pub(crate) fn new(seed: Seed) -> Self {
        Self { start: seed.0 % u64::from(ORDINARY), dealt: 0, dealt_to_stories: 0 }
    }

    /// The same order of numbers, from further on.
    pub(crate) const fn beyond(self, dealt: u64) -> Self {
        Self { dealt, ..self }
    }

    /// The next number; about 900,000 exist.
    pub(crate) fn deal(&mut self) -> NhsNumber {
        loop {
            let step = (self.start + self.dealt * STRIDE) % u64::from(ORDINARY);
            self.dealt += 1;
            if let Some(number) = u32::try_from(step).ok().and_then(|s| with_check(STORIES + s)) {
                return number;
            }
        }
    }

    /// The next number of a story child: the same for every seed.
    pub(crate) fn deal_to_story(&mut self) -> NhsNumber {
        loop {
            self.dealt_to_stories += 1;
            if let Some(number) = with_check(self.dealt_to_stories) {
                return number;
            }
        }
    }
}

/// The number of this serial, unless its check digit would be 10.
fn with_check(serial: u32) -> Option<NhsNumber> {
    let body = format!("999{serial:06}");
    (0..=9).find_map(|check| format!("{body}{check}").parse().ok())
}
