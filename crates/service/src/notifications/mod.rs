//! Notifications outside the page: somebody has work here, and nothing else is said. No child, no place, no partner stands in them.
//!
//! What calls for one is in the ledger before anybody is told, so the ledger is followed: the notifications that a stretch of it calls for
//! and how far it was followed are stored together. From then on each is tried until it was taken, or is put aside for an operator.
//! A notification keeps its identity however often it is sent: whoever is told twice can tell.

mod desk;
mod event;
mod herald;
mod outbox;
mod sender;
mod whom;

pub use desk::{NotificationDesk, PutAside};
pub use event::{Event, UnknownEvent};
pub use herald::{AnnounceError, Audience, Herald, HeraldParts};
pub use outbox::{Destination, Notification, RetryPolicy, Standing, Undelivered};
pub use sender::{SendError, Sender, SenderParts};
