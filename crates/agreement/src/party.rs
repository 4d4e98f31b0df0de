//! The parts of the document: who takes part, as what, and why.

use kinfold_domain::{AgencyId, AgencyKind, Purpose, Role, Telephone};
use kinfold_note::VerifierKey;
use serde::{Deserialize, Serialize};

use crate::Endpoint;

/// An agency that takes part, with its keys and how to reach it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// Its short name.
    pub agency: AgencyId,
    /// Its name as it stands on the page.
    pub name: String,
    /// What kind it is.
    pub kind: AgencyKind,
    /// Where its node answers its partners.
    pub endpoint: Endpoint,
    /// The key with which its node signs asks and answers, and proves itself to partners.
    pub node_key: VerifierKey,
    /// The key that signs its ledger's checkpoints.
    pub ledger_key: VerifierKey,
    /// Whom to ring when it cannot be reached, the first one first.
    #[serde(rename = "telephone")]
    pub telephones: Vec<PhoneLine>,
    /// Who may sign for it.
    #[serde(rename = "approver")]
    pub approvers: Vec<Approver>,
}

/// A telephone with what it is: "Emergency duty team, out of hours".
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhoneLine {
    /// Whose it is, and when.
    pub label: String,
    /// The number.
    pub number: Telephone,
}

/// Somebody who may sign for a party: its Caldicott Guardian or equivalent.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approver {
    /// The person's name.
    pub name: String,
    /// The person's office.
    pub office: String,
    /// The person's key.
    pub key: VerifierKey,
}

/// A purpose, and what it means.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurposeTerm {
    /// Its name.
    pub id: Purpose,
    /// What it means, in plain words.
    pub reads: String,
}

/// A role at one of the parties, and what it means.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleTerm {
    /// Its name, unique within the agency.
    pub id: Role,
    /// Whose employees hold it.
    pub agency: AgencyId,
    /// Who they are, in plain words.
    pub reads: String,
    /// A role that could do much harm: its tokens show eight digits.
    #[serde(default)]
    pub high: bool,
}
