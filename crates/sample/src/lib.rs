//! The synthetic district: invented people, and the two source systems that know them.
//!
//! [`District::generate`] invents families and writes down what each agency knows of them, mistakes included, beside the truth.
//! [`CaseSystem`] is the council's case management database, [`Hospital`] the trust's patient records behind a FHIR R4 server
//! ([`fhir_router`]). Both change when told to, so that a live change can be shown.
//!
//! Architecture invariant: this crate knows Kinfold's vocabulary and nothing else of Kinfold. Its two systems have schemas
//! and habits of their own, so that whatever reads them could read an agency's real system. Nobody here is real: NHS numbers
//! start with 999, telephones lie in the ranges kept for drama, postcodes in an area that doesn't exist.

mod agencies;
mod arrivals;
mod case_system;
mod chance;
mod copies;
mod dates;
mod district;
mod errors;
mod family;
mod habits;
mod hospital;
mod names;
mod numbers;
mod observation;
mod places;
mod register;
mod resident;
mod staff;
mod storage;
mod stories;
mod telephones;
mod telling;

pub use agencies::Links;
pub use arrivals::VisitMessage;
pub use case_system::{CaseSystem, CaseSystemError, ClientId, NewPlan, PlanId};
pub use chance::Seed;
pub use copies::{Fault, NameKind, OtherName, RecordCopy};
pub use district::{District, Size};
pub use hospital::{
    Access, EncounterId, FhirServer, Hospital, HospitalError, PatientId, fhir_router, serve,
};
pub use names::Origin;
pub use register::{Placement, SealReason};
pub use resident::{Household, Part, Resident, ResidentId};
pub use staff::{SampleAgency, SampleEmployee, Worker, agencies, neighbour};
pub use storage::{Progress, StorageError};
pub use stories::{Story, StoryAnswer, StoryKey};
