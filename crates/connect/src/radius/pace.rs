//! How many requests of one client are judged in a second.

use parking_lot::Mutex;
use tokio::time::Instant;

/// A bucket for each client that fills by `a_second` and holds twice that.
pub(super) struct Pace {
    a_second: f64,
    buckets: Vec<Mutex<(f64, Instant)>>,
}

impl Pace {
    pub(super) fn new(a_second: u32, clients: usize) -> Self {
        let a_second = f64::from(a_second);
        let full = || Mutex::new((2.0 * a_second, Instant::now()));
        Self { a_second, buckets: (0..clients).map(|_| full()).collect() }
    }

    /// Whether one more of this client's is judged now.
    pub(super) fn allows(&self, client: usize) -> bool {
        let Some(bucket) = self.buckets.get(client) else { return false };
        let now = Instant::now();
        let (left, since) = &mut *bucket.lock();
        let come = now.duration_since(*since).as_secs_f64() * self.a_second;
        *left = (*left + come).min(2.0 * self.a_second);
        *since = now;
        let allowed = *left >= 1.0;
        if allowed {
            *left -= 1.0;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_client_that_asks_too_fast_does_not_slow_another() {
        let pace = Pace::new(5, 2);
        let count = |client, tries| (0..tries).filter(|_| pace.allows(client)).count();
        assert_eq!(count(0, 30), 10);
        assert_eq!(count(1, 4), 4);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(count(0, 30), 5);
        assert!(!pace.allows(2));
    }
}
