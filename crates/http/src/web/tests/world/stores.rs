//! Ports in memory.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use kinfold_agreement::AgreementDigest;
use kinfold_domain::{
    AgencyId, AskId, Category, EmailAddress, EmployeeId, Person, PersonId, UserName,
};
use kinfold_service::ports::{
    AccountRow, AgreementStore, Burn, Clock, Covered, Entropy, Look, LookKey, PeopleStore,
    PortError, Rejected, RowToMend, RowsToMend, SessionId, SessionRow, SourceProgress, StaffStore,
    StoredAgreement, TokenId, TokenRow, TokenStatus, TrailStore,
};
use parking_lot::Mutex;

/// A clock that stands until it is moved.
pub(crate) struct TestClock(Mutex<Timestamp>);

impl TestClock {
    pub(crate) fn at(now: &str) -> Self {
        Self(Mutex::new(now.parse().unwrap()))
    }

    pub(crate) fn pass(&self, time: SignedDuration) {
        let mut now = self.0.lock();
        *now = now.checked_add(time).unwrap();
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock()
    }
}

/// Bytes that count.
#[derive(Default)]
pub(crate) struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let next = self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            chunk.copy_from_slice(&next.to_le_bytes()[..chunk.len()]);
        }
    }
}

struct Token {
    row: (TokenId, EmployeeId, kinfold_token::TokenParameters, Vec<u8>),
    state: kinfold_token::TokenState,
    status: TokenStatus,
    version: i64,
}

impl Token {
    fn row(&self) -> TokenRow {
        let (id, employee, parameters, seed) = self.row.clone();
        TokenRow {
            id,
            employee,
            parameters,
            seed: kinfold_token::Seed::new(seed).unwrap(),
            state: self.state.clone(),
            status: self.status,
            version: self.version,
        }
    }
}

/// Accounts, tokens, sessions.
#[derive(Default)]
pub(crate) struct MemoryStaff {
    accounts: Mutex<Vec<AccountRow>>,
    tokens: Mutex<Vec<Token>>,
    sessions: Mutex<HashMap<SessionId, SessionRow>>,
    /// Whether every call fails.
    pub(crate) broken: AtomicBool,
}

impl MemoryStaff {
    fn whole(&self) -> Result<(), PortError> {
        if self.broken.load(Ordering::Relaxed) {
            return Err(PortError::new("reading staff", "a test broke the store"));
        }
        Ok(())
    }

    fn burn(&self, burn: Burn, status: Option<TokenStatus>) -> bool {
        let mut tokens = self.tokens.lock();
        let same = |token: &&mut Token| token.row.0 == burn.token && token.version == burn.version;
        let Some(token) = tokens.iter_mut().find(same) else { return false };
        token.state = burn.state;
        token.version += 1;
        token.status = status.unwrap_or(token.status);
        true
    }
}

#[async_trait]
impl StaffStore for MemoryStaff {
    async fn add_account(&self, account: &AccountRow) -> Result<bool, PortError> {
        self.accounts.lock().push(account.clone());
        Ok(true)
    }

    async fn account(&self, user_name: &UserName) -> Result<Option<AccountRow>, PortError> {
        self.whole()?;
        let accounts = self.accounts.lock();
        Ok(accounts.iter().find(|a| a.employee.user_name == *user_name).cloned())
    }

    async fn account_of(&self, employee: EmployeeId) -> Result<Option<AccountRow>, PortError> {
        Ok(self.accounts.lock().iter().find(|a| a.employee.id == employee).cloned())
    }

    async fn set_email(
        &self,
        employee: EmployeeId,
        email: Option<&EmailAddress>,
    ) -> Result<bool, PortError> {
        let mut accounts = self.accounts.lock();
        let account = accounts.iter_mut().find(|account| account.employee.id == employee);
        Ok(account.map(|account| account.email = email.cloned()).is_some())
    }

    async fn accounts(&self) -> Result<Vec<AccountRow>, PortError> {
        Ok(self.accounts.lock().clone())
    }

    async fn add_token(&self, token: &TokenRow) -> Result<(), PortError> {
        self.tokens.lock().push(Token {
            row: (token.id, token.employee, token.parameters, token.seed.expose().to_vec()),
            state: token.state.clone(),
            status: token.status,
            version: token.version,
        });
        Ok(())
    }

    async fn token(
        &self,
        employee: EmployeeId,
        status: TokenStatus,
    ) -> Result<Option<TokenRow>, PortError> {
        let tokens = self.tokens.lock();
        let found = tokens.iter().rev().find(|t| t.row.1 == employee && t.status == status);
        Ok(found.map(Token::row))
    }

    async fn activate_token(&self, burn: Burn) -> Result<bool, PortError> {
        Ok(self.burn(burn, Some(TokenStatus::Active)))
    }

    async fn save_token(&self, burn: Burn) -> Result<bool, PortError> {
        Ok(self.burn(burn, None))
    }

    async fn open_session(&self, burn: Burn, session: &SessionRow) -> Result<bool, PortError> {
        self.sessions.lock().insert(session.id, session.clone());
        Ok(self.burn(burn, None))
    }

    async fn renew_session(&self, burn: Burn, session: &SessionRow) -> Result<bool, PortError> {
        self.sessions.lock().insert(session.id, session.clone());
        Ok(self.burn(burn, None))
    }

    async fn session(&self, id: SessionId) -> Result<Option<SessionRow>, PortError> {
        self.whole()?;
        Ok(self.sessions.lock().get(&id).cloned())
    }

    async fn touch_session(&self, session: &SessionRow) -> Result<(), PortError> {
        self.sessions.lock().insert(session.id, session.clone());
        Ok(())
    }

    async fn end_session(&self, id: SessionId) -> Result<(), PortError> {
        self.sessions.lock().remove(&id);
        Ok(())
    }

    async fn end_sessions_of(&self, employee: EmployeeId) -> Result<(), PortError> {
        self.sessions.lock().retain(|_, session| session.employee != employee);
        Ok(())
    }
}

/// One agreement, and revocations.
#[derive(Default)]
pub(crate) struct MemoryAgreements {
    active: Mutex<Option<(AgreementDigest, String)>>,
    revocations: Mutex<Vec<String>>,
}

#[async_trait]
impl AgreementStore for MemoryAgreements {
    async fn save(&self, digest: &AgreementDigest, note: &str) -> Result<(), PortError> {
        *self.active.lock() = Some((*digest, note.to_owned()));
        Ok(())
    }

    async fn agreements(&self) -> Result<Vec<StoredAgreement>, PortError> {
        Ok(Vec::new())
    }

    async fn activate(&self, _: &AgreementDigest) -> Result<bool, PortError> {
        Ok(true)
    }

    async fn active(&self) -> Result<Option<String>, PortError> {
        Ok(self.active.lock().as_ref().map(|(_, note)| note.clone()))
    }

    async fn save_revocation(&self, _: &AgreementDigest, note: &str) -> Result<(), PortError> {
        self.revocations.lock().push(note.to_owned());
        Ok(())
    }

    async fn revocations(&self) -> Result<Vec<String>, PortError> {
        Ok(self.revocations.lock().clone())
    }
}

/// People at rest.
#[derive(Default)]
pub(crate) struct MemoryPeople(pub(crate) Mutex<Vec<Person>>);

#[async_trait]
impl PeopleStore for MemoryPeople {
    async fn save_page(
        &self,
        _: &str,
        people: &[Person],
        _: &[PersonId],
        _: &[Rejected],
        _: &SourceProgress,
    ) -> Result<(), PortError> {
        self.0.lock().extend_from_slice(people);
        Ok(())
    }

    async fn each_person(&self, take: &mut (dyn FnMut(Person) + Send)) -> Result<(), PortError> {
        self.0.lock().iter().cloned().for_each(take);
        Ok(())
    }

    async fn person(&self, id: &PersonId) -> Result<Option<Person>, PortError> {
        Ok(self.0.lock().iter().find(|person| person.id == *id).cloned())
    }

    async fn progress(&self, _: &str) -> Result<SourceProgress, PortError> {
        Ok(SourceProgress {
            answered: "2026-06-01T12:59:58Z".parse().ok(),
            ..SourceProgress::default()
        })
    }

    async fn count(&self, source: &str) -> Result<u64, PortError> {
        Ok(self.0.lock().iter().filter(|person| person.id.source == source).count() as u64)
    }
}

#[async_trait]
impl RowsToMend for MemoryPeople {
    async fn note(&self, _: Covered<'_>, _: &[Rejected], _: Timestamp) -> Result<(), PortError> {
        Ok(())
    }

    async fn mended_by_hand(&self, _: &str, _: u64) -> Result<(), PortError> {
        Ok(())
    }

    async fn to_mend(&self, _: &str, _: u32) -> Result<(u64, Vec<RowToMend>), PortError> {
        let met = |category, record: &str, problem: &str| RowToMend {
            row: Rejected {
                category,
                record: record.to_owned(),
                loaded: true,
                problem: problem.to_owned(),
            },
            first_seen: "2026-05-30T08:15:00Z".parse().unwrap_or_default(),
            last_seen: "2026-06-01T12:59:58Z".parse().unwrap_or_default(),
            place: 7,
            closes_by_hand: category.is_some(),
        };
        let person = "the NHS number's check digit is wrong: correct it in the source";
        let visit = "not loaded: Encounter.period.start is missing; correct it in the source";
        let rows = vec![
            met(None, "row-17", person),
            met(Some(Category::Attendances), "visit-81", visit),
            met(None, "999 000 0018", person),
        ];
        Ok((4, rows))
    }
}

/// Looks for searching.
#[derive(Default)]
pub(crate) struct MemoryTrail {
    looks: Mutex<Vec<Look>>,
    followed: AtomicU64,
}

#[async_trait]
impl TrailStore for MemoryTrail {
    async fn index(&self, looks: &[Look], followed: u64) -> Result<(), PortError> {
        self.looks.lock().extend_from_slice(looks);
        self.followed.store(followed, Ordering::Relaxed);
        Ok(())
    }

    async fn followed(&self) -> Result<u64, PortError> {
        Ok(self.followed.load(Ordering::Relaxed))
    }

    async fn forget(&self) -> Result<(), PortError> {
        self.looks.lock().clear();
        Ok(())
    }

    async fn by_keys(&self, keys: &[LookKey], _: u32) -> Result<Vec<Look>, PortError> {
        let looks = self.looks.lock();
        let hit = |look: &&Look| look.keys.iter().any(|key| keys.contains(key));
        let asks: Vec<AskId> = looks.iter().filter(hit).map(|look| look.ask).collect();
        Ok(looks.iter().rev().filter(|look| asks.contains(&look.ask)).cloned().collect())
    }

    async fn by_asks(&self, asks: &[AskId], _: u32) -> Result<Vec<Look>, PortError> {
        let looks = self.looks.lock();
        Ok(looks.iter().rev().filter(|look| asks.contains(&look.ask)).cloned().collect())
    }

    async fn by_employee(&self, employee: EmployeeId, _: u32) -> Result<Vec<Look>, PortError> {
        let looks = self.looks.lock();
        let asks: Vec<AskId> =
            looks.iter().filter(|l| l.employee == Some(employee)).map(|l| l.ask).collect();
        Ok(looks.iter().rev().filter(|look| asks.contains(&look.ask)).cloned().collect())
    }

    async fn delivered(&self, _: &AgencyId) -> Result<u64, PortError> {
        Ok(0)
    }

    async fn set_delivered(&self, _: &AgencyId, _: u64) -> Result<(), PortError> {
        Ok(())
    }
}
