//! What is told of a child who is handed over, and the entry that the taker makes of it. Knows no store, no ledger, no clock.

use jiff::{ToSpan, civil::Date};
use kinfold_domain::{
    AbuseCategory, Address, Category, EntryId, Professional, RegisterEntry, RegisterPhones,
    RegisterStatus,
};
use serde::{Deserialize, Serialize};

use crate::register::{ChangeError, projection::release};

/// How much of one child may be told, in bytes of JSON: a message holds many words.
const MOST_BYTES: usize = 64 << 10;
/// How far ahead a move may be planned, in days.
const AHEAD_DAYS: i32 = 90;

/// What is told of the child.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handed {
    /// The giver's entry, as far as the agreement lets the taker's custodian have it.
    pub register_entry: RegisterEntry,
    /// Where the child lives or stays now, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

impl Handed {
    /// As far as it may be shown.
    pub(in crate::register) fn cut(&self, allows: impl Fn(Category) -> bool) -> Self {
        let address = self.address.clone().filter(|_| allows(Category::Address));
        Self { register_entry: release(&self.register_entry, allows), address }
    }

    /// Whether it is more than one word may tell.
    pub(crate) fn is_too_much(&self) -> bool {
        serde_json::to_vec(self).map_or(true, |json| json.len() > MOST_BYTES)
    }
}

/// What is to be told of an entry that may be handed over, or why it may not.
pub(in crate::register) fn offered(
    entry: &RegisterEntry,
    (moved, today): (Date, Date),
    address: Option<Address>,
    allows: impl Fn(Category) -> bool,
) -> Result<Handed, ChangeError> {
    if entry.end.is_some() {
        return Err(ChangeError::Ended);
    }
    // Where a sealed child moves to is whereabouts already.
    if entry.sealed.is_some() {
        return Err(ChangeError::SealedByTelephone);
    }
    if moved < entry.start {
        return Err(ChangeError::BeforeStart);
    }
    if moved > today.saturating_add(AHEAD_DAYS.days()) {
        return Err(ChangeError::MoveTooFar);
    }
    // An earlier hand-over of it is no part of this one.
    let register_entry = RegisterEntry { handing_over: None, ..entry.clone() };
    let handed = Handed { register_entry, address }.cut(allows);
    if handed.is_too_much() { Err(ChangeError::TooMuch) } else { Ok(handed) }
}

/// What the taker's conference decided.
#[derive(Clone, Debug)]
pub struct Taken {
    /// When it was held: the entry begins on that day.
    pub conference: Date,
    /// The category of the plan.
    pub category: AbuseCategory,
    /// The first review.
    pub next_review: Date,
    /// The taker's own key worker, with team and telephone.
    pub worker: Professional,
}

/// The entry that stands on the taker's register.
pub(in crate::register) fn taken(
    handed: &Handed,
    decided: &Taken,
    (id, phones): (EntryId, RegisterPhones),
    today: Date,
) -> Result<RegisterEntry, ChangeError> {
    let given = &handed.register_entry;
    if decided.conference > today {
        return Err(ChangeError::Future);
    }
    if decided.conference < given.start {
        return Err(ChangeError::BeforeStart);
    }
    if decided.next_review <= decided.conference || decided.next_review < today {
        return Err(ChangeError::ReviewOrder);
    }
    if decided.next_review > decided.conference.saturating_add(3.months()) {
        return Err(ChangeError::FirstReviewTooLate);
    }
    let mut subject = given.subject.clone();
    if let Some(address) = &handed.address {
        let before = subject.address.replace(address.clone());
        subject.former_postcodes.extend(before.and_then(|before| before.postcode));
    }
    Ok(RegisterEntry {
        id,
        status: given.status,
        subject,
        expected: given.expected.filter(|_| given.status == RegisterStatus::UnbornPlan),
        initial_category: Some(decided.category),
        category: Some(decided.category),
        legal_basis: None,
        start: decided.conference,
        end: None,
        previous_plans: given.previous_plans,
        next_review: Some(decided.next_review),
        // The giver's core group is not the taker's.
        professionals: vec![decided.worker.clone()],
        phones,
        household: given.household.clone(),
        school: given.school.clone(),
        sealed: None,
        successor: None,
        handing_over: None,
    })
}
