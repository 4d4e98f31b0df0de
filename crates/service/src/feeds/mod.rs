//! Feeds: the node's index of its own people, kept fresh from its sources, and how every feed stands.

mod health;
mod mending;
mod people;

pub use health::{FeedHealth, Feeds, FeedsHealth, HospitalSenders, PartnerHealth, SenderHealth};
pub(crate) use people::demographics_of;
pub use people::{People, PeopleError, PeopleFeed};
