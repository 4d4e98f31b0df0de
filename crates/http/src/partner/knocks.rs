//! Counts connections that were not let in, and logs them without letting strangers fill the log.

use std::{collections::BTreeMap, time::Duration};

use kinfold_tls::HandshakeFailure;
use parking_lot::Mutex;
use tokio::time::Instant;

/// A stranger may knock a thousand times a second; the log hears of it this often.
const LOG_EVERY: Duration = Duration::from_secs(10);

/// Why a connection was not let in.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, thiserror::Error)]
pub enum Knock {
    /// Its handshake failed.
    #[error("{0}")]
    Handshake(HandshakeFailure),
    /// Its handshake took too long.
    #[error("the peer hung in the handshake")]
    Hung,
    /// Too many handshakes at once.
    #[error("too many connections without a handshake")]
    Crowd,
    /// The partner has too many connections open.
    #[error("the partner has too many connections open")]
    Surplus,
}

/// Those that were not let in since the node started.
#[derive(Debug, Default)]
pub struct Knocks {
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    counts: BTreeMap<Knock, u64>,
    logged: Option<Instant>,
}

impl Knocks {
    /// How many for each reason.
    pub fn counts(&self) -> BTreeMap<Knock, u64> {
        self.seen.lock().counts.clone()
    }

    pub(super) fn count(&self, knock: Knock) {
        let now = Instant::now();
        let total = {
            let mut seen = self.seen.lock();
            *seen.counts.entry(knock).or_default() += 1;
            if seen.logged.is_some_and(|logged| now.duration_since(logged) < LOG_EVERY) {
                return;
            }
            seen.logged = Some(now);
            seen.counts.values().sum::<u64>()
        };
        tracing::warn!(reason = %knock, total, "a connection to the partners' port was not let in");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_knock_is_counted_by_its_reason() {
        let knocks = Knocks::default();
        for _ in 0..3 {
            knocks.count(Knock::Hung);
        }
        knocks.count(Knock::Handshake(HandshakeFailure::UnknownKey));
        let counts = knocks.counts();
        assert_eq!(counts[&Knock::Hung], 3);
        assert_eq!(counts[&Knock::Handshake(HandshakeFailure::UnknownKey)], 1);
    }
}
