//! How an agreement ended before its term.

use kinfold_agreement::Revocation;

use super::{Agreements, Held};

impl Agreements {
    /// The revocation of the agreement held, once there is one: who ended it, when and why.
    pub fn revocation(&self) -> Option<Revocation> {
        match &*self.held.read() {
            Held::Active(agreement) => agreement.revocation().cloned(),
            Held::None | Held::Unusable { .. } => None,
        }
    }
}
