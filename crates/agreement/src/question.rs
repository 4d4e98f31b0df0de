//! What is asked of an agreement. Never about whom.

use jiff::Timestamp;
use kinfold_domain::{AgencyId, Categories, Purpose, Role};

/// May an employee of `requester` in that role, for that purpose, be shown these categories of `owner`'s data?
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The agency whose employee asks.
    pub requester: &'a AgencyId,
    /// The agency whose data is asked for; may be the requester itself.
    pub owner: &'a AgencyId,
    /// The employee's role at the requester.
    pub role: &'a Role,
    /// Why.
    pub purpose: &'a Purpose,
    /// What is wanted.
    pub wanted: &'a Categories,
    /// When.
    pub now: Timestamp,
}

/// May an employee of `requester` in that role, for that purpose, be shown who looked at a child, or its history beside an answer, as
/// `owner`'s ledger has it?
#[derive(Clone, Copy, Debug)]
pub struct ReviewQuestion<'a> {
    /// The agency whose employee asks.
    pub requester: &'a AgencyId,
    /// The agency whose ledger is asked for; may be the requester itself.
    pub owner: &'a AgencyId,
    /// The employee's role at the requester.
    pub role: &'a Role,
    /// Why.
    pub purpose: &'a Purpose,
    /// When.
    pub now: Timestamp,
}
