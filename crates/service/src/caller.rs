//! A signed-in employee.

use jiff::Timestamp;
use kinfold_domain::Employee;

use crate::ports::SessionId;

/// An employee with an open, unlocked session. Only `sign_in` makes one.
#[derive(Clone, Debug)]
pub struct Caller {
    employee: Employee,
    session: SessionId,
    proved: Timestamp,
}

impl Caller {
    pub(crate) const fn new(employee: Employee, session: SessionId, proved: Timestamp) -> Self {
        Self { employee, session, proved }
    }

    /// Who.
    pub const fn employee(&self) -> &Employee {
        &self.employee
    }

    /// In which session.
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// When a code was last given.
    pub const fn proved(&self) -> Timestamp {
        self.proved
    }
}
