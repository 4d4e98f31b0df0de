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
    /// No feed: this node's sign-ins, while wrong ones over many accounts come.
    SignIns,
    /// No feed: this node's own clock, while codes are refused by it.
    Clock,
}

impl FeedId {
    /// Its name, as the configuration has it where it does.
    pub fn name(&self) -> &str {
        match self {
            Self::Source(name) | Self::Register(name) | Self::Sender(name) => name,
            Self::SignIns => "sign-ins",
            Self::Clock => "clock",
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

/// What is watched beside feeds, and raises the same alarm.
pub trait Watched: Send + Sync {
    /// How it stands now.
    fn signal(&self, now: Timestamp) -> Signal;
}

impl Signal {
    /// Of what is no feed: stopped at once while there is trouble, heard while there is none.
    pub fn of_trouble(feed: FeedId, since: Option<Timestamp>, now: Timestamp) -> Self {
        // Also where the clock was set back since.
        let before = now.saturating_sub(SignedDuration::from_secs(1)).unwrap_or(now);
        let last = since.map_or(now, |since| since.min(before));
        Self { feed, last: Some(last), limit: SignedDuration::ZERO }
    }

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
    fn trouble_is_alarmed_at_once_and_over_at_once() {
        let now = at("12:00:00");
        for since in ["11:00:00", "12:00:00", "13:00:00"] {
            let trouble = Signal::of_trouble(FeedId::SignIns, Some(at(since)), now);
            assert!(trouble.has_stopped(now, now) && !trouble.is_heard(now), "{since}");
        }
        let none = Signal::of_trouble(FeedId::SignIns, None, now);
        assert!(!none.has_stopped(now, now) && none.is_heard(now));
    }

    #[test]
    fn a_start_gives_a_feed_two_minutes_to_be_heard() {
        let started = at("12:00:00");
        let yesterday = signal(Some("02:00:00"));
        assert!(!yesterday.has_stopped(started, at("12:01:59")));
        assert!(yesterday.has_stopped(started, at("12:02:00")));
    }
}
