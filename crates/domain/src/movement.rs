//! What a hospital's system says of its patients as they come and go (HL7 v2 ADT), in the domain's words.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Personal, Subject};

/// What happened (HL7 v2.5.1 table 0003, event type).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MovementEvent {
    /// `A01`: admitted.
    Admitted,
    /// `A03`: the visit ended.
    Discharged,
    /// `A04`: registered in a department.
    Registered,
    /// `A08`: what is known of the patient or the visit changed.
    Updated,
    /// `A11`: the arrival was entered in error.
    ArrivalCancelled,
    /// `A13`: the end of the visit was entered in error.
    DischargeCancelled,
    /// `A28`: a person was added.
    PersonAdded,
    /// `A31`: what is known of a person changed.
    PersonUpdated,
    /// `A40`: other records were merged into this patient's.
    Merged,
}

/// A patient as the message identifies them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MovingPatient {
    /// The hospital's own number (PID-3, otherwise PID-2), without which nothing can be joined. Where the message has the NHS number
    /// alone it is that one's digits.
    pub number: Personal<String>,
    /// Who it is, as far as the message says; a placeholder ("Unknown", "Baby of") is a name like any other here.
    pub subject: Subject,
}

/// The visit that a message is about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    /// The hospital's own number of the visit (PV1-19, otherwise PV1-50, otherwise the account's, PID-18).
    pub number: Option<Personal<String>>,
    /// Department or ward (PV1-3, first readable part).
    pub place: Option<String>,
    /// When it began (PV1-44).
    pub arrived: Option<Timestamp>,
    /// When it ended (PV1-45).
    pub left: Option<Timestamp>,
    /// The patient is said to be pregnant (PV1-15, table 0009 `B6`).
    pub pregnant: bool,
}

/// One message of a hospital's system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Movement {
    /// What happened.
    pub event: MovementEvent,
    /// When: EVN-6, otherwise EVN-2, otherwise MSH-7, otherwise when the message came.
    pub at: Timestamp,
    /// To whom.
    pub patient: MovingPatient,
    /// The visit, where the message names one.
    pub visit: Option<Visit>,
    /// The hospital's numbers that were merged into the patient's (MRG-1, `A40`).
    pub merged: Vec<Personal<String>>,
}
