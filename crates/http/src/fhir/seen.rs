//! Assertions that were used: each opens one door once.
//!
//! They are known to this process alone. What was signed before it started is refused instead (`assertion.rs`), so that a restart
//! lets nothing in a second time.

use std::collections::HashMap;

use parking_lot::Mutex;

/// The most that are remembered at a time. Only registered clients get this far.
const MOST: usize = 100_000;

/// What was used, and until when it could be used again.
#[derive(Debug, Default)]
pub(super) struct Seen(Mutex<HashMap<(String, String), i64>>);

impl Seen {
    /// Notes one that ends at `until`; `false` when it was used before, or when too many are remembered. Seconds since 1970.
    pub(super) fn first(&self, (issuer, jti): (&str, &str), until: i64, now: i64) -> bool {
        let mut used = self.0.lock();
        if used.len() >= MOST {
            used.retain(|_, until| *until >= now);
        }
        let key = (issuer.to_owned(), jti.to_owned());
        if used.len() >= MOST || used.get(&key).is_some_and(|until| *until >= now) {
            return false;
        }
        used.insert(key, until);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_taken_once_and_one_clients_never_hide_anothers() {
        let seen = Seen::default();
        assert!(seen.first(("a", "1"), 100, 50));
        assert!(!seen.first(("a", "1"), 100, 99) && !seen.first(("a", "1"), 200, 100));
        assert!(seen.first(("b", "1"), 100, 50) && seen.first(("a", "2"), 100, 50));
    }

    #[test]
    fn memory_is_bounded_and_made_free_as_time_passes() {
        let seen = Seen::default();
        for n in 0..MOST {
            assert!(seen.first(("a", &n.to_string()), 100, 50));
        }
        assert!(!seen.first(("a", "more"), 100, 50), "refused rather than forgotten");
        assert!(seen.first(("a", "more"), 200, 101));
    }
}
