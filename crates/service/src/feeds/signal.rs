//! What is known of whether a feed is heard. Pure.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long after a start nobody is alarmed: what was last heard before the process ended says nothing yet.
const GRACE: SignedDuration = SignedDuration::from_mins(2);

/// A feed.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(tag = "kind", content = "name", rename_all = "kebab-case")]
pub enum FeedId {
    /// A source system of this agency, with the register where it keeps one.
    Source(String),
    /// A partner's register, held here.
    Register(String),
    /// A hospital's system that sends messages.
    Sender(String),
}

impl FeedId {
    /// Its name, as the configuration has it.
    pub fn name(&self) -> &str {
        match self {
            Self::Source(name) | Self::Register(name) | Self::Sender(name) => name,
        }
    }
}

/// When a feed was last heard, and how long it may be silent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Signal {
    /// Which feed.
    pub feed: FeedId,
    /// When it was last heard, where that is known.
    pub last: Option<Timestamp>,
    /// How long it may be silent.
    pub limit: SignedDuration,
}

impl Signal {
    /// Since when it has been silent: where nothing is known, since the node started.
    pub fn since(&self, started: Timestamp) -> Timestamp {
        self.last.unwrap_or(started)
    }

    /// Whether it has been silent for too long.
    pub fn has_stopped(&self, started: Timestamp, now: Timestamp) -> bool {
        now.duration_since(started) >= GRACE.min(self.limit)
            && now.duration_since(self.since(started)) > self.limit
    }

    /// Whether it is heard: known, and not for too long.
    pub fn is_heard(&self, now: Timestamp) -> bool {
        self.last.is_some_and(|last| now.duration_since(last) <= self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("2026-06-01T{text}Z").parse().unwrap()
    }

    fn signal(last: Option<&str>) -> Signal {
        let limit = SignedDuration::from_mins(10);
        Signal { feed: FeedId::Source("pas".to_owned()), last: last.map(at), limit }
    }

    #[test]
    fn a_feed_has_stopped_when_it_was_silent_for_longer_than_its_limit() {
        let started = at("08:00:00");
        let known = signal(Some("12:00:00"));
        assert!(!known.has_stopped(started, at("12:10:00")) && known.is_heard(at("12:10:00")));
        assert!(known.has_stopped(started, at("12:10:01")) && !known.is_heard(at("12:10:01")));
        assert_eq!(known.since(started), at("12:00:00"));
        let never = signal(None);
        assert!(!never.has_stopped(started, at("08:10:00")));
        assert!(never.has_stopped(started, at("08:10:01")), "nothing came since the start");
        assert!(!never.is_heard(at("08:00:01")));
    }

    #[test]
    fn a_start_gives_a_feed_two_minutes_to_be_heard() {
        let started = at("12:00:00");
        let yesterday = signal(Some("02:00:00"));
        assert!(!yesterday.has_stopped(started, at("12:01:59")));
        assert!(yesterday.has_stopped(started, at("12:02:00")));
    }
}
