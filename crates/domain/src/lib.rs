//! The vocabulary: what Kinfold's users talk about, parsed once at the edge and never invalid after.
//!
//! Architecture invariant: this crate knows no I/O, no clock, no randomness, no storage and no HTTP. Whatever is
//! about a person redacts its `Debug` and has no `Display`; `expose()` is the only way out, so that it can be searched for.

mod address;
mod agency;
mod amendment;
mod answer;
mod category;
mod dates;
mod demographics;
mod email;
mod employee;
mod fact;
mod label;
mod movement;
mod name;
mod nhs_number;
mod person;
mod personal;
mod register;
mod statutory;
mod subject;
mod telephone;
mod working_days;

pub use address::{Address, Postcode, PostcodeError};
pub use agency::{Agency, AgencyId, AgencyKind};
pub use amendment::{Detail, DetailKind};
pub use answer::{
    CheckAnswer, Confirmed, NumberAgreement, Possible, RegisterHit, SealedNotice, Silent,
};
pub use category::{Categories, Category, UnknownCategory};
pub use dates::{AsAt, BirthDate, DateError};
pub use demographics::{Demographics, Sex};
pub use email::{EmailAddress, EmailAddressError};
pub use employee::{Employee, EmployeeId, Purpose, Role, UserName};
pub use fact::{
    Attendance, Fact, FactContent, HouseholdMember, Involvement, Professional, Source, SummaryItem,
};
pub use label::LabelError;
pub use movement::{Movement, MovementEvent, MovingPatient, Visit};
pub use name::{NameError, PersonName};
pub use nhs_number::{NhsNumber, NhsNumberError};
pub use person::{Person, PersonId};
pub use personal::Personal;
pub use register::{
    AbuseCategory, ChangeKind, EntryId, HandingOver, LegalBasis, RegisterChange, RegisterEntry,
    RegisterPhones, RegisterStatus, SealedDesk, Standing,
};
pub use statutory::{Deadline, Due, due};
pub use subject::{AskId, Subject};
pub use telephone::{Telephone, TelephoneError};
pub use working_days::{UnknownYear, WorkingDays};
