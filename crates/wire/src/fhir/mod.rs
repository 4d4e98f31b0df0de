//! The FHIR R4 resources that Kinfold reads (hl7.org/fhir/R4), as small structs; everything else in them is skipped.
//!
//! A server may send anything. So each element is read on its own: one that can't be read is named in a [`Problem`] and the
//! rest still counts; only a resource that lacks what it is needed for is refused whole.

mod bundle;
mod capability;
mod care;
mod datatypes;
mod dates;
mod element;
mod encounter;
mod family;
mod match_request;
mod neighbours;
mod nesting;
mod outcome;
mod patient;
mod problem;
mod reading;
mod sought;
mod subject;
mod summary;

pub(crate) use bundle::whole;
pub use bundle::{Bundle, BundleError, Entry, Limits, Resource};
pub use capability::Capabilities;
pub use care::{care_team, episode_of_care};
pub use dates::PartialDate;
pub use encounter::{Visit, encounter};
pub use family::{patient_contacts, related_person};
pub use match_request::{MatchRequest, MatchRequestError};
pub use neighbours::Neighbours;
pub use nesting::{DEEPEST, too_deep};
pub use outcome::Outcome;
pub use patient::{Known, PatientState, general_practitioners, patient};
pub use problem::{Problem, Problems};
pub use reading::{NHS_NUMBER_SYSTEM, Reading};
pub use sought::sought;
pub use subject::is_about;
pub use summary::{Item, summary_item};

#[cfg(test)]
mod tests;
