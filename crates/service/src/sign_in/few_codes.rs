//! What a session's pages say of its employee's emergency codes when few are left. In memory: after a restart the next sign-in says it.

use super::SignIn;
use crate::{caller::Caller, ports::SessionId};

impl SignIn {
    /// Emergency codes that are left, if they are few and the caller was told when they signed in.
    pub fn few_codes(&self, caller: &Caller) -> Option<usize> {
        self.held.lock().find(caller.session())?.few_codes
    }

    pub(crate) fn set_few_codes(&self, session: SessionId, left: Option<usize>) {
        if let Some(live) = self.held.lock().find_mut(session) {
            live.few_codes = left;
        }
    }
}
