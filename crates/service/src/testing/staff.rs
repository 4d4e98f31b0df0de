//! Employees, their tokens in use and their sessions, in memory.

use std::collections::HashMap;

use async_trait::async_trait;
use kinfold_domain::{EmployeeId, UserName};
use kinfold_token::{Kind, Seed, Standing};
use parking_lot::Mutex;

use super::Fault;
use crate::ports::{
    AccountChange, AccountRow, Burn, LinkRow, PasskeyRow, PortError, SessionId, SessionRow,
    SheetRow, StaffStore, TokenId, TokenOrder, TokenRecord, TokenRow,
};

/// Keeps staff in memory.
#[derive(Debug, Default)]
pub struct MemoryStaff {
    /// Fails on demand.
    pub fault: Fault,
    pub(super) tables: Mutex<Tables>,
}

#[derive(Debug, Default)]
pub(super) struct Tables {
    accounts: Vec<AccountRow>,
    pub(super) tokens: Vec<Held>,
    pub(super) orders: Vec<TokenOrder>,
    pub(super) sessions: HashMap<SessionId, SessionRow>,
    pub(super) passkeys: Vec<PasskeyRow>,
    pub(super) sheets: Vec<SheetRow>,
    pub(super) links: Vec<LinkRow>,
}

/// A token in memory.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) record: TokenRecord,
    pub(super) seed: Seed,
    pub(super) arriving: bool,
}

impl Held {
    fn is(&self, employee: EmployeeId, standing: Standing) -> bool {
        self.record.holder == Some(employee) && self.record.standing == standing
    }

    fn row(&self) -> Option<TokenRow> {
        let record = self.record.clone();
        Some(TokenRow {
            id: record.id,
            serial: record.serial,
            kind: record.kind,
            employee: record.holder?,
            parameters: record.parameters,
            seed: self.seed.clone(),
            state: record.state,
            standing: record.standing,
            since: record.since,
            until: record.until,
            version: record.version,
        })
    }
}

impl Tables {
    /// An employee's other tokens that stand so give way.
    pub(super) fn supersede(&mut self, employee: EmployeeId, standing: Standing, by: TokenId) {
        let others = self.tokens.iter_mut().filter(|held| held.record.id != by);
        for held in others.filter(|held| held.is(employee, standing)) {
            let fob = held.record.kind == Kind::Fob;
            held.record.standing = if fob { Standing::Replaced } else { Standing::Disposed };
            held.record.version += 1;
        }
    }

    pub(super) fn end_temporary(&mut self, employee: EmployeeId) {
        let held = self.tokens.iter_mut().filter(|held| held.is(employee, Standing::InUse));
        for held in held.filter(|held| held.record.kind == Kind::Temporary) {
            held.record.standing = Standing::Disposed;
            held.record.version += 1;
        }
    }

    /// Somebody has proved themselves anew in a session that is there.
    pub(super) fn renew(&mut self, session: &SessionRow) -> bool {
        let Some(known) = self.sessions.get_mut(&session.id) else { return false };
        (known.seen, known.proved) = (known.seen.max(session.seen), session.proved);
        true
    }

    /// Compare and swap: the state is written only over the version that it was made from.
    fn spend(&mut self, burn: Burn) -> bool {
        let usable = [Standing::Assigned, Standing::InUse];
        let mut tokens = self.tokens.iter_mut().map(|held| &mut held.record);
        let token = tokens.find(|token| token.id == burn.token && usable.contains(&token.standing));
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

    async fn change_account(
        &self,
        employee: EmployeeId,
        change: &AccountChange,
    ) -> Result<bool, PortError> {
        self.fault.write().await?;
        let accounts = &mut self.tables.lock().accounts;
        let account = accounts.iter_mut().find(|account| account.employee.id == employee);
        Ok(account.map(|account| *account = account.clone().after(change)).is_some())
    }

    async fn accounts(&self) -> Result<Vec<AccountRow>, PortError> {
        self.fault.read().await?;
        Ok(self.tables.lock().accounts.clone())
    }

    async fn add_token(&self, token: &TokenRow) -> Result<(), PortError> {
        self.fault.write().await?;
        let mut tables = self.tables.lock();
        if token.standing == Standing::Assigned {
            tables.supersede(token.employee, Standing::Assigned, token.id);
        }
        tables.end_temporary(token.employee);
        let record = TokenRecord {
            id: token.id,
            serial: token.serial.clone(),
            kind: token.kind,
            maker: String::new(),
            parameters: token.parameters,
            standing: token.standing,
            since: token.since,
            until: token.until,
            holder: Some(token.employee),
            state: token.state.clone(),
            version: token.version,
        };
        tables.tokens.push(Held { record, seed: token.seed.clone(), arriving: false });
        Ok(())
    }

    async fn token(
        &self,
        employee: EmployeeId,
        standing: Standing,
    ) -> Result<Option<TokenRow>, PortError> {
        self.fault.read().await?;
        let tables = self.tables.lock();
        let mut tokens = tables.tokens.iter().rev();
        Ok(tokens.find(|held| held.is(employee, standing)).and_then(Held::row))
    }

    async fn activate_token(&self, burn: Burn) -> Result<bool, PortError> {
        self.fault.write().await?;
        let mut tables = self.tables.lock();
        let (id, at) = (burn.token, burn.at);
        if !tables.spend(burn) {
            return Ok(false);
        }
        let Some(held) = tables.tokens.iter_mut().find(|held| held.record.id == id) else {
            return Ok(false);
        };
        (held.record.standing, held.record.since) = (Standing::InUse, at);
        if let Some(employee) = held.record.holder {
            tables.end_temporary(employee);
            tables.supersede(employee, Standing::InUse, id);
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
        self.fault.write().await?;
        let mut tables = self.tables.lock();
        Ok(tables.sessions.contains_key(&session.id) && tables.spend(burn) && tables.renew(session))
    }

    async fn session(&self, id: SessionId) -> Result<Option<SessionRow>, PortError> {
        self.fault.read().await?;
        Ok(self.tables.lock().sessions.get(&id).cloned())
    }

    async fn sessions_of(&self, employee: EmployeeId) -> Result<Vec<SessionRow>, PortError> {
        let sessions = StaffStore::sessions(self).await?;
        Ok(sessions.into_iter().filter(|session| session.employee == employee).collect())
    }

    async fn sessions(&self) -> Result<Vec<SessionRow>, PortError> {
        self.fault.read().await?;
        Ok(self.tables.lock().sessions.values().cloned().collect())
    }

    async fn touch_sessions(&self, sessions: &[SessionRow]) -> Result<(), PortError> {
        self.fault.write().await?;
        let mut tables = self.tables.lock();
        for session in sessions {
            if let Some(known) = tables.sessions.get_mut(&session.id) {
                known.seen = known.seen.max(session.seen);
                known.locked |= session.locked;
            }
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
