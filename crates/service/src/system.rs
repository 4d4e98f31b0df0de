//! Systems of this agency that ask by themselves, in a role that the agreement names.

use kinfold_domain::{AgencyId, Employee, EmployeeId, Personal, Role, UserName};
use sha2::{Digest, Sha256};
use uuid::Builder;

/// A system that asks by itself: the arrivals of a hospital, a clinical system. The agreement names its role, as it names employees';
/// both ledgers name the system. Made from the node's own configuration, never from anything that comes over a wire.
#[derive(Clone, Debug)]
pub struct System {
    employee: Employee,
}

impl System {
    /// The system called `name`. Its identity follows from agency and name, so that it is the same after every start.
    pub fn new(agency: &AgencyId, name: UserName, reads: &str, role: Role) -> Self {
        let digest = Sha256::new()
            .chain_update("kinfold/system/v1\n")
            .chain_update(agency.as_str())
            .chain_update("\n")
            .chain_update(name.as_str())
            .finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        let employee = Employee {
            id: EmployeeId(Builder::from_custom_bytes(bytes).into_uuid()),
            user_name: name,
            name: Personal::new(reads.to_owned()),
            job_title: "By itself, without an employee".to_owned(),
            agency: agency.clone(),
            role,
        };
        Self { employee }
    }

    /// As ledgers and pages name it.
    pub const fn named(&self) -> &Employee {
        &self.employee
    }
}
