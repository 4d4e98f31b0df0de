//! Named people who may use a node, their jobs, and why they open a record.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AgencyId, Personal, label::label};

label! {
    /// An employee's job as the agreement names it: `ed-clinician`, `social-worker`, `information-governance`.
    Role
}

label! {
    /// Why a record is opened: `direct-care-unscheduled`, `child-protection-enquiry`.
    Purpose
}

label! {
    /// What an employee types to sign in; belongs to one person.
    UserName
}

/// An employee's identity within a node; never reused.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmployeeId(pub Uuid);

/// A *named* person of one agency; never a shared account.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Employee {
    /// Identity.
    pub id: EmployeeId,
    /// Sign-in name.
    pub user_name: UserName,
    /// The person's name, as the other agency will read it.
    pub name: Personal<String>,
    /// Job title, as the other agency will read it.
    pub job_title: String,
    /// The agency that employs them.
    pub agency: AgencyId,
    /// Their role under the agreement.
    pub role: Role,
}

impl Role {
    /// The role that reviews who looked.
    pub const INFORMATION_GOVERNANCE: &'static str = "information-governance";
    /// The role that runs the node and reads no child's record.
    pub const OPERATOR: &'static str = "operator";
    /// The role that keeps the register.
    pub const REGISTER_CUSTODIAN: &'static str = "register-custodian";
    /// The node itself, checking whom the hospital's system says has arrived.
    pub const ARRIVALS: &'static str = "arrivals";
    /// The council's emergency duty team, on call out of hours.
    pub const EMERGENCY_DUTY_TEAM: &'static str = "emergency-duty-team";
    /// Who manages the social workers.
    pub const TEAM_MANAGER: &'static str = "team-manager";
    /// A social worker.
    pub const SOCIAL_WORKER: &'static str = "social-worker";
}
