//! Feeds: the node's index of its own people, kept fresh from its sources, and how every feed stands.

mod alarm;
mod alarms;
mod health;
mod mending;
mod module;
mod people;
mod signal;
mod vpn;

pub use alarm::{AlarmStep, FeedAlarm, Told};
pub use alarms::{AlarmParts, AlarmTerms, FeedAlarms, NobodyToTell};
pub use health::{FeedHealth, Feeds, FeedsHealth, HospitalSenders, PartnerHealth, SenderHealth};
pub use module::{ModuleHealth, SecurityModule};
pub(crate) use people::demographics_of;
pub use people::{People, PeopleError, PeopleFeed};
pub use signal::{FeedId, Signal, Watched};
pub use vpn::{VpnClientHealth, VpnClients, VpnHealth};
