//! The use cases, one folder each, as a user would name them, and the ports that they need.
//!
//! Architecture invariant: this crate does no I/O of its own and reads no clock: time, chance, stores, sources and partners are
//! ports. Every fact goes one way: ask → decide → record → gather → release. A `Permit` needs a decision and evidence that the
//! intent is durably recorded; a `Release` needs a permit and a receipt of what is shown. No other crate can make either.

pub mod agreements;
pub mod attendances;
pub mod audit;
mod caller;
pub mod check;
pub mod corrections;
pub mod department;
pub mod emergency;
pub mod exchange;
pub mod feeds;
pub mod history;
pub mod identify;
mod identity;
mod journal;
pub mod notifications;
pub mod oidc;
pub mod own_clock;
pub mod passkeys;
mod permit;
pub mod pooled_view;
pub mod ports;
pub mod records;
pub mod register;
mod release;
pub mod sign_in;
pub mod staff;
mod system;
#[cfg(feature = "testing")]
#[allow(
    clippy::expect_used,
    clippy::panic,
    clippy::len_without_is_empty,
    reason = "a test that can't be set up has failed"
)]
pub mod testing;

pub mod tokens;

pub use caller::Caller;
pub use identity::NodeIdentity;
pub use journal::{Journal, JournalError};
pub use permit::Permit;
pub use release::Release;
pub use system::System;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// The day in England at that moment.
pub fn today(now: Timestamp) -> Date {
    // The zone's data is built in; without it the day would still be right but for an hour a night in summer.
    let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
    now.to_zoned(zone).date()
}
