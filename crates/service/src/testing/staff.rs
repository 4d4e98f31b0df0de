//! Employees, tokens and sessions in memory.

use std::collections::HashMap;

use async_trait::async_trait;
use kinfold_domain::{EmailAddress, EmployeeId, UserName};
use parking_lot::Mutex;

use super::Fault;
use crate::ports::{
    AccountRow, Burn, PortError, SessionId, SessionRow, StaffStore, TokenRow, TokenStatus,
};

/// Keeps staff in memory.
#[derive(Debug, Default)]
pub struct MemoryStaff {
    /// Fails on demand.
    pub fault: Fault,
    tables: Mutex<Tables>,
}

#[derive(Debug, Default)]
struct Tables {
    accounts: Vec<AccountRow>,
    tokens: Vec<TokenRow>,
    sessions: HashMap<SessionId, SessionRow>,
}

impl Tables {
    /// Compare and swap: the state is written only over the version that it was made from.
    fn spend(&mut self, burn: Burn) -> bool {
        let token = self.tokens.iter_mut().find(|token| token.id == burn.token);
        match token.filter(|token| token.version == burn.version) {
            Some(token) => {
                token.state = burn.state;
                token.version += 1;
                true
            }
            None => false,
        }
    }
}

impl MemoryStaff {
    /// Disables an account.
    pub fn disable(&self, employee: EmployeeId) {
        for account in &mut self.tables.lock().accounts {
            account.disabled |= account.employee.id == employee;
        }
    }

    /// How many sessions are open.
    pub fn sessions(&self) -> usize {
        self.tables.lock().sessions.len()
    }
}

fn copy(token: &TokenRow) -> TokenRow {
    TokenRow { seed: token.seed.clone(), state: token.state.clone(), ..*token }
}

#[async_trait]
impl StaffStore for MemoryStaff {
    async fn add_account(&self, account: &AccountRow) -> Result<bool, PortError> {
        self.fault.write().await?;
        let accounts = &mut self.tables.lock().accounts;
        if accounts.iter().any(|known| known.employee.user_name == account.employee.user_name) {
            return Ok(false);
        }
        accounts.push(account.clone());
        Ok(true)
    }

    async fn account(&self, user_name: &UserName) -> Result<Option<AccountRow>, PortError> {
        self.fault.read().await?;
        let tables = self.tables.lock();
        Ok(tables.accounts.iter().find(|a| a.employee.user_name == *user_name).cloned())
    }

    async fn account_of(&self, employee: EmployeeId) -> Result<Option<AccountRow>, PortError> {
        self.fault.read().await?;
        Ok(self.tables.lock().accounts.iter().find(|a| a.employee.id == employee).cloned())
    }

    async fn set_email(
        &self,
        employee: EmployeeId,
        email: Option<&EmailAddress>,
    ) -> Result<bool, PortError> {
        self.fault.write().await?;
        let accounts = &mut self.tables.lock().accounts;
        let account = accounts.iter_mut().find(|account| account.employee.id == employee);
        Ok(account.map(|account| account.email = email.cloned()).is_some())
    }

    async fn accounts(&self) -> Result<Vec<AccountRow>, PortError> {
        self.fault.read().await?;
        Ok(self.tables.lock().accounts.clone())
    }

    async fn add_token(&self, token: &TokenRow) -> Result<(), PortError> {
        self.fault.write().await?;
        let tokens = &mut self.tables.lock().tokens;
        for earlier in tokens.iter_mut() {
            if earlier.employee == token.employee && earlier.status == TokenStatus::Pending {
                earlier.status = TokenStatus::Revoked;
            }
        }
        tokens.push(copy(token));
        Ok(())
    }

    async fn token(
        &self,
        employee: EmployeeId,
        status: TokenStatus,
    ) -> Result<Option<TokenRow>, PortError> {
        self.fault.read().await?;
        let tables = self.tables.lock();
        let mut tokens = tables.tokens.iter().rev();
        Ok(tokens.find(|t| t.employee == employee && t.status == status).map(copy))
    }

    async fn activate_token(&self, burn: Burn) -> Result<bool, PortError> {
        self.fault.write().await?;
        let mut tables = self.tables.lock();
        let id = burn.token;
        if !tables.spend(burn) {
            return Ok(false);
        }
        let owner = tables.tokens.iter().find(|token| token.id == id).map(|token| token.employee);
        for token in &mut tables.tokens {
            if token.id == id {
                token.status = TokenStatus::Active;
            } else if Some(token.employee) == owner && token.status == TokenStatus::Active {
                token.status = TokenStatus::Revoked;
            }
        }
        Ok(true)
    }

    async fn save_token(&self, burn: Burn) -> Result<bool, PortError> {
        self.fault.write().await?;
        Ok(self.tables.lock().spend(burn))
    }

    async fn open_session(&self, burn: Burn, session: &SessionRow) -> Result<bool, PortError> {
        self.fault.write().await?;
        let mut tables = self.tables.lock();
        let spent = tables.spend(burn);
        if spent {
            tables.sessions.insert(session.id, session.clone());
        }
        Ok(spent)
    }

    async fn renew_session(&self, burn: Burn, session: &SessionRow) -> Result<bool, PortError> {
        self.open_session(burn, session).await
    }

    async fn session(&self, id: SessionId) -> Result<Option<SessionRow>, PortError> {
        self.fault.read().await?;
        Ok(self.tables.lock().sessions.get(&id).cloned())
    }

    async fn touch_session(&self, session: &SessionRow) -> Result<(), PortError> {
        self.fault.write().await?;
        if let Some(known) = self.tables.lock().sessions.get_mut(&session.id) {
            known.seen = session.seen;
            known.locked = session.locked;
        }
        Ok(())
    }

    async fn end_session(&self, id: SessionId) -> Result<(), PortError> {
        self.fault.write().await?;
        self.tables.lock().sessions.remove(&id);
        Ok(())
    }

    async fn end_sessions_of(&self, employee: EmployeeId) -> Result<(), PortError> {
        self.fault.write().await?;
        self.tables.lock().sessions.retain(|_, session| session.employee != employee);
        Ok(())
    }
}
