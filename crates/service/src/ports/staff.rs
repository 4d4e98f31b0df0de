//! Employees, their tokens and sessions at rest.

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_domain::{EmailAddress, Employee, EmployeeId, Personal, Role, UserName};
use kinfold_token::{Kind, PinHash, Profile, Seed, Serial, Standing, TokenParameters, TokenState};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{PortError, SessionPlace};

/// A token's identity within a node.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenId(pub Uuid);

/// A session's identity at rest: SHA-256 of the secret in the cookie, so that a stolen store opens no session.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct SessionId(pub [u8; 32]);

impl std::fmt::Debug for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[session]")
    }
}

/// An employee's account.
#[derive(Clone, Debug)]
pub struct AccountRow {
    /// The person.
    pub employee: Employee,
    /// Their PIN's hash.
    pub pin: PinHash,
    /// Somebody else chose the PIN: it opens nothing but the page on which its owner chooses another one.
    pub given: bool,
    /// Left: may not sign in.
    pub disabled: bool,
    /// How much time they are given to type a code.
    pub profile: Profile,
    /// When they joined, moved, left or came back; `None` where nobody wrote it down yet.
    pub changed: Option<Timestamp>,
    /// When somebody last said that they still work here, in this job.
    pub reviewed: Option<Timestamp>,
    /// Where the employee is told that something waits.
    pub email: Option<EmailAddress>,
    /// What the personnel system calls them.
    pub external: Option<Personal<String>>,
    /// The personnel system has deleted them: it does not see the account until somebody is back.
    pub withdrawn: bool,
}

/// A change of an account, made over the account as it stands.
#[derive(Clone, Debug)]
pub enum AccountChange {
    /// Where they are told that something waits.
    Email(Option<EmailAddress>),
    /// Another PIN, chosen by its owner or `given`.
    Pin {
        /// Its hash.
        hash: PinHash,
        /// Somebody else chose it.
        given: bool,
    },
    /// Another job.
    Moved {
        /// Its title.
        job_title: String,
        /// Its role.
        role: Role,
        /// When.
        at: Timestamp,
    },
    /// Another name.
    Named(Personal<String>),
    /// What the personnel system calls them.
    External(Option<Personal<String>>),
    /// The personnel system has deleted them.
    Withdrawn,
    /// More or less time to type a code.
    Profile(Profile),
    /// They have left.
    Left(Timestamp),
    /// They are back.
    Back(Timestamp),
    /// Somebody has said that they still work here.
    Reviewed(Timestamp),
}

impl AccountRow {
    /// The account after a change.
    #[must_use]
    pub fn after(mut self, change: &AccountChange) -> Self {
        match change {
            AccountChange::Email(email) => self.email.clone_from(email),
            AccountChange::Pin { hash, given } => {
                (self.pin, self.given) = (hash.clone(), *given);
            }
            AccountChange::Moved { job_title, role, at } => {
                self.employee.job_title.clone_from(job_title);
                self.employee.role = role.clone();
                self.changed = Some(*at);
            }
            AccountChange::Named(name) => self.employee.name.clone_from(name),
            AccountChange::External(external) => self.external.clone_from(external),
            AccountChange::Withdrawn => self.withdrawn = true,
            AccountChange::Profile(profile) => self.profile = *profile,
            AccountChange::Left(at) => (self.disabled, self.changed) = (true, Some(*at)),
            AccountChange::Back(at) => {
                (self.disabled, self.withdrawn, self.changed) = (false, false, Some(*at));
            }
            AccountChange::Reviewed(at) => self.reviewed = Some(*at),
        }
        self
    }
}

/// A token with its secret, unsealed.
#[derive(Debug)]
pub struct TokenRow {
    /// Identity.
    pub id: TokenId,
    /// What is printed on it, or what stands for that.
    pub serial: Serial,
    /// What it is.
    pub kind: Kind,
    /// Whose it is.
    pub employee: EmployeeId,
    /// Algorithm, digits, step.
    pub parameters: TokenParameters,
    /// The secret.
    pub seed: Seed,
    /// Drift, misses, lock, last step.
    pub state: TokenState,
    /// Where it is in its life: only in use does it open anything.
    pub standing: Standing,
    /// Since when.
    pub since: Timestamp,
    /// When a code for one shift ends.
    pub until: Option<Timestamp>,
    /// Grows by one with every save: what a save compares.
    pub version: i64,
}

/// A session, server-side.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// Identity.
    pub id: SessionId,
    /// Whose it is.
    pub employee: EmployeeId,
    /// When it began.
    pub began: Timestamp,
    /// When it was last used.
    pub seen: Timestamp,
    /// When a code was last given in it (for step-up).
    pub proved: Timestamp,
    /// Locked: opens with PIN and code.
    pub locked: bool,
    /// Where it was opened, or unlocked last; `None` at the node's own console.
    pub place: Option<SessionPlace>,
}

/// A token's new state, to be written only if nobody else wrote since `version` was read: so no code counts twice.
#[derive(Debug)]
pub struct Burn {
    /// Which token.
    pub token: TokenId,
    /// The version that was read.
    pub version: i64,
    /// The state to write.
    pub state: TokenState,
    /// When.
    pub at: Timestamp,
}

/// Keeps employees, tokens and sessions. Seeds are sealed at rest under a key of their own.
#[async_trait]
pub trait StaffStore: Send + Sync {
    /// Adds an account; `false` when the user name is taken.
    async fn add_account(&self, account: &AccountRow) -> Result<bool, PortError>;

    /// The account with this user name.
    async fn account(&self, user_name: &UserName) -> Result<Option<AccountRow>, PortError>;

    /// The account of this employee.
    async fn account_of(&self, employee: EmployeeId) -> Result<Option<AccountRow>, PortError>;

    /// Changes an account as it stands at that moment; `false` where there is none.
    async fn change_account(
        &self,
        employee: EmployeeId,
        change: &AccountChange,
    ) -> Result<bool, PortError>;

    /// All accounts by user name.
    async fn accounts(&self) -> Result<Vec<AccountRow>, PortError>;

    /// Adds a token; earlier ones of the same employee that were never used are superseded, and codes for one shift end.
    async fn add_token(&self, token: &TokenRow) -> Result<(), PortError>;

    /// The employee's token that stands so, the newest where there are several.
    async fn token(
        &self,
        employee: EmployeeId,
        standing: Standing,
    ) -> Result<Option<TokenRow>, PortError>;

    /// Puts an assigned token into use, burning the steps that proved it; the one in use before it is superseded.
    /// `false` when somebody else wrote since.
    async fn activate_token(&self, burn: Burn) -> Result<bool, PortError>;

    /// Writes a token's state (a miss, a lock, a learnt drift). `false` when somebody else wrote since.
    async fn save_token(&self, burn: Burn) -> Result<bool, PortError>;

    /// Writes the token's state and the new session in one transaction. `false` when somebody else wrote since: the
    /// code is then refused as replayed.
    async fn open_session(&self, burn: Burn, session: &SessionRow) -> Result<bool, PortError>;

    /// Writes the token's state, and that somebody has proved themselves anew in an existing session, in one transaction. A session
    /// that is locked stays locked; `false` also when it has ended.
    async fn renew_session(&self, burn: Burn, session: &SessionRow) -> Result<bool, PortError>;

    /// A session.
    async fn session(&self, id: SessionId) -> Result<Option<SessionRow>, PortError>;

    /// Every session of an employee.
    async fn sessions_of(&self, employee: EmployeeId) -> Result<Vec<SessionRow>, PortError>;

    /// Every session.
    async fn sessions(&self) -> Result<Vec<SessionRow>, PortError>;

    /// Writes `seen` and `locked` of sessions, all or none. Never unlocks, and never turns `seen` back.
    async fn touch_sessions(&self, sessions: &[SessionRow]) -> Result<(), PortError>;

    /// Ends a session.
    async fn end_session(&self, id: SessionId) -> Result<(), PortError>;

    /// Ends every session of an employee.
    async fn end_sessions_of(&self, employee: EmployeeId) -> Result<(), PortError>;
}
