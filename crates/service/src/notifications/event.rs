//! What employees and their systems are notified of.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What calls for somebody.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum Event {
    /// An attendance at a partner waits for somebody to answer for it.
    AttendanceToAcknowledge,
    /// A feed has stopped.
    FeedStopped,
    /// A feed that had stopped is heard again.
    FeedRunning,
    /// Somebody says that an entry of the register is wrong.
    CorrectionWaiting,
    /// Another council hands a child over, or tells of a stay.
    HandOverOffered,
    /// Another council has answered an offer.
    HandOverAnswered,
    /// The time for an answer to an offer is about to run out.
    HandOverDue,
    /// Somebody opened what the rules refuse: it waits for a review.
    GlassBroken,
    /// A notification could not be delivered.
    DeadLetter,
}

/// There is no such event.
#[derive(Debug, Clone, Copy, Eq, PartialEq, thiserror::Error)]
#[error(
    "the events are attendance-to-acknowledge, feed-stopped, feed-running, correction-waiting, hand-over-offered, hand-over-answered, hand-over-due, glass-broken and dead-letter"
)]
pub struct UnknownEvent;

impl Event {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::AttendanceToAcknowledge,
        Self::FeedStopped,
        Self::FeedRunning,
        Self::CorrectionWaiting,
        Self::HandOverOffered,
        Self::HandOverAnswered,
        Self::HandOverDue,
        Self::GlassBroken,
        Self::DeadLetter,
    ];

    /// Its name, in the configuration, in webhooks and in the ledger.
    pub const fn word(self) -> &'static str {
        match self {
            Self::AttendanceToAcknowledge => "attendance-to-acknowledge",
            Self::FeedStopped => "feed-stopped",
            Self::FeedRunning => "feed-running",
            Self::CorrectionWaiting => "correction-waiting",
            Self::HandOverOffered => "hand-over-offered",
            Self::HandOverAnswered => "hand-over-answered",
            Self::HandOverDue => "hand-over-due",
            Self::GlassBroken => "glass-broken",
            Self::DeadLetter => "dead-letter",
        }
    }

    /// As a message to an employee says it.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::AttendanceToAcknowledge => "You have an attendance to acknowledge.",
            Self::FeedStopped => {
                "A feed has stopped, or sign-ins call for somebody, and you are asked to see to it."
            }
            Self::FeedRunning => "What you were asked to see to under Feeds is over.",
            Self::CorrectionWaiting => "A correction of the register waits for you.",
            Self::HandOverOffered => "A hand-over waits for your answer.",
            Self::HandOverAnswered => "A hand-over was answered.",
            Self::HandOverDue => "The time for the answer to a hand-over is about to run out.",
            Self::GlassBroken => "A glass was broken, and waits for your review.",
            Self::DeadLetter => "A notification could not be delivered.",
        }
    }

    /// The page on which it is dealt with, as a path.
    pub const fn page(self) -> &'static str {
        match self {
            Self::AttendanceToAcknowledge => "/attendances",
            Self::FeedStopped | Self::FeedRunning => "/feeds",
            Self::CorrectionWaiting => "/corrections",
            Self::HandOverOffered | Self::HandOverAnswered | Self::HandOverDue => {
                "/register/hand-overs"
            }
            Self::GlassBroken => "/broken-glass",
            Self::DeadLetter => "/notifications",
        }
    }
}

impl From<Event> for &'static str {
    fn from(event: Event) -> Self {
        event.word()
    }
}

impl FromStr for Event {
    type Err = UnknownEvent;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|event| event.word() == text).ok_or(UnknownEvent)
    }
}

impl TryFrom<String> for Event {
    type Error = UnknownEvent;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}
