//! Joiners, movers and leavers. Each step stands in the ledger, with who took it, before it counts.

use jiff::Timestamp;
use kinfold_domain::{Employee, EmployeeId, Role, UserName};
use kinfold_token::{ChosenPin, PIN_SALT_LEN, Pin, PinHash, Profile};
use zeroize::Zeroizing;

use super::{NewEmployee, Staff, StaffError, all, named};
use crate::{
    ports::{AccountChange, AccountRow},
    records::Asker,
};

/// A PIN that somebody is given: shown once, and good only until they have chosen their own.
pub struct GivenPin(Zeroizing<String>);

/// What somebody does.
#[derive(Clone, Debug)]
pub struct Job {
    /// As the other agency will read it.
    pub title: String,
    /// Role under the agreement.
    pub role: Role,
}

/// An employee as operators and reviewers see them.
#[derive(Clone, Debug)]
pub struct Employed {
    /// The person.
    pub employee: Employee,
    /// They have left.
    pub left: bool,
    /// They have not chosen a PIN of their own yet.
    pub given_pin: bool,
    /// They are given more time to type a code.
    pub more_time: bool,
    /// When they joined, moved, left or came back; `None` where nobody wrote it down.
    pub changed: Option<Timestamp>,
    /// When somebody last said that they still work here, in this job.
    pub reviewed: Option<Timestamp>,
}

impl GivenPin {
    /// The digits, for whoever hands them over.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<AccountRow> for Employed {
    fn from(row: AccountRow) -> Self {
        let more_time = row.profile == Profile::Accessible;
        let AccountRow { employee, given, disabled, changed, reviewed, .. } = row;
        Self { employee, left: disabled, given_pin: given, more_time, changed, reviewed }
    }
}

impl Staff {
    /// Adds a named employee, who chooses a PIN of their own when they first sign in with the one that is answered.
    pub async fn join(&self, new: NewEmployee, by: Option<&Asker>) -> Result<GivenPin, StaffError> {
        let (given, chosen) = self.fresh_pin()?;
        self.employ(new, (&chosen, true), (None, by)).await?;
        Ok(given)
    }

    /// Everybody who has or had an account, by user name.
    pub async fn everybody(&self) -> Result<Vec<Employed>, StaffError> {
        Ok(self.store.accounts().await?.into_iter().map(Employed::from).collect())
    }

    /// One employee.
    pub async fn one(&self, user_name: &UserName) -> Result<Employed, StaffError> {
        Ok(self.row(user_name).await?.into())
    }

    /// Somebody has another job. What they had opened ends: from now on they see what the new role may.
    pub async fn move_to(
        &self,
        user_name: &UserName,
        job: Job,
        by: Option<&Asker>,
    ) -> Result<(), StaffError> {
        self.check_role(&job.role)?;
        let job_title = named(&job.title)?;
        let row = self.other(user_name, by).await?;
        let at = self.clock.now();
        self.say(row.employee.id, ("moved", Some(job.role.clone())), all(by)).await?;
        self.change(&row, &AccountChange::Moved { job_title, role: job.role, at }).await?;
        Ok(self.sign_in.end_sessions_of(row.employee.id).await?)
    }

    /// Somebody has left: nothing of theirs opens anything from now on, and their fob is asked back. Said again, it does what was
    /// left undone.
    pub async fn leave(&self, user_name: &UserName, by: Option<&Asker>) -> Result<(), StaffError> {
        let row = self.other(user_name, by).await?;
        let employee = row.employee.id;
        self.say(employee, ("left", None), all(by)).await?;
        self.change(&row, &AccountChange::Left(self.clock.now())).await?;
        self.take_back(employee, by).await
    }

    /// Ends whatever opens something for somebody whose account has ended.
    pub(super) async fn take_back(
        &self,
        employee: EmployeeId,
        by: Option<&Asker>,
    ) -> Result<(), StaffError> {
        self.tickets.lock().remove(&employee);
        self.phones.lock().remove(&employee);
        self.inventory.recall(employee, by).await?;
        self.passkeys.remove_all(employee, by).await?;
        self.emergency.end_with_account(employee, by).await?;
        self.links.remove_all(employee, by).await?;
        // At last: a sign-in that was under way when they left finds no token to spend.
        Ok(self.sign_in.end_sessions_of(employee).await?)
    }

    /// Somebody who had left is back, under the same user name, with a PIN that they are given and without a token.
    pub async fn come_back(
        &self,
        user_name: &UserName,
        job: Job,
        by: Option<&Asker>,
    ) -> Result<GivenPin, StaffError> {
        self.check_role(&job.role)?;
        let job_title = named(&job.title)?;
        let row = self.row(user_name).await?;
        if !row.disabled {
            return Err(StaffError::NotLeft);
        }
        let (at, role) = (self.clock.now(), job.role);
        let (given, hash) = self.hashed_pin()?;
        self.say(row.employee.id, ("came-back", Some(role.clone())), all(by)).await?;
        self.change(&row, &AccountChange::Pin { hash, given: true }).await?;
        self.change(&row, &AccountChange::Moved { job_title, role, at }).await?;
        self.change(&row, &AccountChange::Back(at)).await?;
        Ok(given)
    }

    /// Gives somebody who forgot their PIN another one, to be changed at its first use. Their sessions end.
    pub async fn give_pin(
        &self,
        user_name: &UserName,
        by: Option<&Asker>,
    ) -> Result<GivenPin, StaffError> {
        let row = self.other(user_name, by).await?;
        let (given, hash) = self.hashed_pin()?;
        self.say(row.employee.id, ("pin-given", None), all(by)).await?;
        self.change(&row, &AccountChange::Pin { hash, given: true }).await?;
        self.sign_in.end_sessions_of(row.employee.id).await?;
        Ok(given)
    }

    /// Gives somebody more time to type a code, who needs it (WCAG 2.2, 2.2.1), or the usual time again.
    pub async fn give_time(
        &self,
        user_name: &UserName,
        profile: Profile,
        by: Option<&Asker>,
    ) -> Result<(), StaffError> {
        let row = self.other(user_name, by).await?;
        let what = match profile {
            Profile::Accessible => "more-time",
            Profile::Standard => "usual-time",
        };
        self.say(row.employee.id, (what, None), all(by)).await?;
        self.change(&row, &AccountChange::Profile(profile)).await
    }

    /// Somebody says that this employee still works here, in this job.
    pub async fn review(&self, user_name: &UserName, by: &Asker) -> Result<(), StaffError> {
        let row = self.other(user_name, Some(by)).await?;
        self.say(
            row.employee.id,
            ("reviewed", Some(row.employee.role.clone())),
            std::slice::from_ref(by),
        )
        .await?;
        self.change(&row, &AccountChange::Reviewed(self.clock.now())).await
    }

    /// The account of somebody else: nobody changes what they are themselves.
    async fn other(
        &self,
        user_name: &UserName,
        by: Option<&Asker>,
    ) -> Result<AccountRow, StaffError> {
        let row = self.row(user_name).await?;
        // By identity: a system may be called what an employee is called.
        if by.is_some_and(|by| by.employee == row.employee.id) {
            return Err(StaffError::Oneself);
        }
        Ok(row)
    }

    async fn row(&self, user_name: &UserName) -> Result<AccountRow, StaffError> {
        self.store.account(user_name).await?.ok_or(StaffError::NoAccount)
    }

    pub(super) async fn change(
        &self,
        row: &AccountRow,
        change: &AccountChange,
    ) -> Result<(), StaffError> {
        let changed = self.store.change_account(row.employee.id, change).await?;
        if changed { Ok(()) } else { Err(StaffError::NoAccount) }
    }

    fn hashed_pin(&self) -> Result<(GivenPin, PinHash), StaffError> {
        let (given, chosen) = self.fresh_pin()?;
        Ok((given, self.hash(&chosen)?))
    }

    pub(super) fn hash(&self, pin: &ChosenPin) -> Result<PinHash, StaffError> {
        let mut salt = [0; PIN_SALT_LEN];
        self.entropy.fill(&mut salt);
        PinHash::hash(pin, salt).map_err(|_| StaffError::Pin)
    }

    /// Six digits by chance, none of those that are guessed first.
    pub(super) fn fresh_pin(&self) -> Result<(GivenPin, ChosenPin), StaffError> {
        for _ in 0..100 {
            let mut bytes = [0; 8];
            self.entropy.fill(&mut bytes);
            let digits = Zeroizing::new(format!("{:06}", u64::from_le_bytes(bytes) % 1_000_000));
            let pin = digits.parse::<Pin>().map_err(|_| StaffError::Pin)?;
            if let Ok(chosen) = pin.choose() {
                return Ok((GivenPin(digits), chosen));
            }
        }
        Err(StaffError::Pin)
    }
}
