//! The sharing agreement: a signed document whose clauses are Cedar policies, its life cycle, and the decisions that
//! follow from it.
//!
//! An agreement is one C2SP signed note. Its text is [`HEADER`] and a TOML document ([`Document`]); its signatures are
//! the parties' approvers'. Cedar is asked once for every line of role × purpose × owner × category when the agreement is
//! read; that table is at once what [`InForce::decide`] looks up, what [`Agreement::plain_language`] renders and what the
//! matrix shows, so that the reading and the deciding cannot differ.
//!
//! ```text
//! Draft ──signed()──► SignedAgreement ──activate()──► InForce ──decide()──► Decision
//! ```
//!
//! Architecture invariant: this crate knows no storage, no HTTP and no clock (time is an argument), and never learns of
//! which child somebody asks. A [`Decision`] can be made here and nowhere else.

mod agreement;
mod cedar;
mod clause;
mod decision;
mod document;
mod endpoint;
mod error;
mod guard;
mod ids;
mod in_force;
mod life;
mod matrix;
mod party;
mod policy;
mod question;
mod reading;
mod refusal;
mod revocation;
mod table;
pub mod template;
mod term;

pub use agreement::Agreement;
pub use clause::{Clause, ClauseId, ClauseIdError, Effect, Notified, Origin};
pub use decision::{Decision, HistoryDecision, ReviewDecision, Ruling};
pub use document::{Document, HEADER, PolicyText};
pub use endpoint::{Endpoint, EndpointError};
pub use error::{AgreementError, DocumentError, PolicyError, RevocationError};
pub use ids::{AgreementDigest, AgreementId, AgreementRef, IdError};
pub use in_force::InForce;
pub use life::{Approval, Draft, Own, SignedAgreement, Trust, sign, verify};
pub use party::{Approver, Party, PhoneLine, PurposeTerm, RoleTerm};
pub use question::{Question, ReviewQuestion};
pub use reading::{Given, PartyReading, Reading, Sight};
pub use refusal::Refusal;
pub use revocation::{REVOCATION_HEADER, Revocation, revoke};
pub use term::{Lapse, Moment, MomentError, Term};

#[cfg(test)]
mod testing;
