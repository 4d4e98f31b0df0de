//! Two nodes in one process: every port in memory, each able to fail on demand, around the real use cases, the real ledger and a real
//! signed agreement. For the tests of this crate and of those that call it.

mod agreements;
mod ambient;
mod amendments;
mod around;
mod base;
mod department;
mod emergency;
mod fault;
mod identity_provider;
mod link;
mod node;
mod outbox;
mod passkeys;
mod people;
mod registers;
mod source;
mod staff;
mod stage;
mod terms;
mod tokens;
mod trail;
mod two_councils;
mod two_nodes;
mod ways_in;
mod work;

pub use agreements::MemoryAgreements;
pub use ambient::{CountingEntropy, ManualClock};
pub use amendments::MemoryAmendments;
pub use around::{Around, ledger_keys};
pub use department::{TestAttendances, TestDepartment};
pub use fault::{Fault, Gate};
pub use identity_provider::TestProvider;
pub use link::{LoopLink, Way};
pub use node::{Desks, TestNode};
pub use outbox::{MemoryOutbox, Post};
pub use people::MemoryPeople;
pub use registers::MemoryRegisters;
pub use source::{Answering, ScriptedSource};
pub use staff::MemoryStaff;
pub use stage::{
    caller, child, employee, entry, fact, nhs_number, person, question, rejected, subject_of,
    summary,
};
pub use terms::{
    COUNCIL, Ground, NEIGHBOUR, TRUST, agency, guardian, node_key, signed_agreement,
    signed_between_councils, start,
};
pub use trail::MemoryTrail;
pub use two_councils::TwoCouncils;
pub use two_nodes::TwoNodes;
pub use work::MemoryWork;
