//! Seeded chance: the same seed gives the same district on every machine.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

/// What a district grows from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Seed(pub u64);

/// A stream of chance; integers only, so that no machine's arithmetic changes a district.
pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    /// A stream of its own for each part, so that a change in one part leaves the others as they were.
    pub(crate) fn new(seed: Seed, stream: u64) -> Self {
        let mut source = ChaCha8Rng::seed_from_u64(seed.0);
        source.set_stream(stream);
        Self(source)
    }

    /// 0 to `bound` - 1; 0 for a bound of 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let wide = u128::from(self.0.next_u64()) * (bound as u128);
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// `low` to `high`, both included; `low` where they are out of order.
    pub(crate) fn between(&mut self, low: i32, high: i32) -> i32 {
        let width = usize::try_from(i64::from(high) - i64::from(low) + 1).unwrap_or(0);
        low + i32::try_from(self.below(width)).unwrap_or(0)
    }

    /// True in `permille` of a thousand cases.
    pub(crate) fn odds(&mut self, permille: usize) -> bool {
        self.below(1000) < permille
    }

    /// One of them; the list must not be empty.
    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// One of them, those at the front far more often.
    pub(crate) fn early<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len()).min(self.below(list.len()))]
    }

    /// An index, each as often as its weight says.
    pub(crate) fn weighted(&mut self, weights: &[usize]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return index;
            }
            left -= weight;
        }
        0
    }

    /// Puts a list into an order of chance.
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for index in (1..list.len()).rev() {
            list.swap(index, self.below(index + 1));
        }
    }
}
