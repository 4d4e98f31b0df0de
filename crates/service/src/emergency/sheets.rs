//! Sheets: made under a fresh code, one at a time for each person, ended when they are lost.

use jiff::Timestamp;
use kinfold_domain::{EmployeeId, UserName};
use kinfold_token::{EmergencyCode, EmergencySheet};
use zeroize::Zeroizing;

use super::{Emergency, EmergencyError, SheetWord};
use crate::{
    caller::Caller,
    ports::{SessionId, SheetId, SheetRow},
    records::Asker,
    sign_in::{SessionSecret, SignInError, StepUp, SteppedUp},
};

/// A sheet that was just made: to be shown once. `Debug` is redacted.
#[derive(Debug)]
pub struct FreshSheet {
    /// Its codes.
    pub codes: [EmergencyCode; EmergencySheet::CODES],
    /// When it was made.
    pub made: Timestamp,
}

/// A sheet as its owner and operators see it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SheetLine {
    /// When it was made.
    pub made: Timestamp,
    /// Codes that were not used yet.
    pub left: usize,
    /// So few are left that another sheet should be made.
    pub short: bool,
    /// Too many wrong tries: it opens nothing any more.
    pub locked: bool,
}

impl Emergency {
    /// Makes a sheet for the caller; the one that they had ends. Whoever sits at a session that was left open has no fresh code.
    #[tracing::instrument(skip_all)]
    pub async fn make(
        &self,
        caller: &Caller,
        stepped_up: SteppedUp,
    ) -> Result<FreshSheet, EmergencyError> {
        if !stepped_up.is_of(caller, StepUp::MakeEmergencyCodes) {
            return Err(SignInError::NoSession.into());
        }
        if !stepped_up.lasting() {
            return Err(EmergencyError::OneShift);
        }
        let employee = caller.employee().id;
        let before = self.parts.sheets.sheet(employee).await?;
        let made = self.parts.clock.now();
        let (codes, sheet) = self.fresh();
        let id = SheetId(self.parts.entropy.uuid(made));
        let row = SheetRow { id, employee, made, sheet, version: 0 };
        // Recorded first: no code opens anything that the ledger doesn't know of.
        if let Some(before) = &before {
            let why = Some("replaced".to_owned());
            self.record(SheetWord { why, ..self.word(before, "ended") }).await?;
        }
        self.record(self.word(&row, "made")).await?;
        if !self.parts.sheets.put_sheet(&row, before.map(|before| before.id)).await? {
            return Err(EmergencyError::Changed);
        }
        // Who left in the same moment has no sheet when they come back.
        let account = self.parts.staff.account_of(employee).await?;
        if account.is_none_or(|account| account.disabled) {
            self.end_with_account(employee, None).await?;
            return Err(SignInError::NoSession.into());
        }
        self.parts.sign_in.set_few_codes(caller.session(), None);
        Ok(FreshSheet { codes, made })
    }

    /// The caller's own sheet. Who looks has been told how few are left.
    pub async fn own(&self, caller: &Caller) -> Result<Option<SheetLine>, EmergencyError> {
        let row = self.parts.sheets.sheet(caller.employee().id).await?;
        self.parts.sign_in.set_few_codes(caller.session(), None);
        Ok(row.as_ref().map(SheetRow::line))
    }

    /// Somebody's, for operators.
    pub async fn of(&self, user_name: &UserName) -> Result<Option<SheetLine>, EmergencyError> {
        let employee = self.employee(user_name).await?;
        Ok(self.parts.sheets.sheet(employee).await?.as_ref().map(SheetRow::line))
    }

    /// The caller has lost theirs. Their other sessions end: who knows which of them it opened.
    pub async fn end_own(&self, caller: &Caller) -> Result<(), EmergencyError> {
        let row = self.parts.sheets.sheet(caller.employee().id).await?;
        let row = row.ok_or(EmergencyError::NoSheet)?;
        self.end_of(&row, "lost", (None, Some(caller.session()))).await?;
        self.parts.sign_in.set_few_codes(caller.session(), None);
        Ok(())
    }

    /// Somebody has lost theirs. Their sessions end.
    pub async fn end(&self, user_name: &UserName, by: Option<Asker>) -> Result<(), EmergencyError> {
        let row = self.parts.sheets.sheet(self.employee(user_name).await?).await?;
        self.end_of(&row.ok_or(EmergencyError::NoSheet)?, "lost", (by, None)).await
    }

    /// Ends the sheet of somebody who has left.
    pub(crate) async fn end_with_account(
        &self,
        employee: EmployeeId,
        by: Option<&Asker>,
    ) -> Result<(), EmergencyError> {
        // Again, when another one was made in the same moment.
        while let Some(row) = self.parts.sheets.sheet(employee).await? {
            match self.end_of(&row, "left", (by.cloned(), None)).await {
                Ok(()) | Err(EmergencyError::NoSheet) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Lets the pages of a session that has just been opened say that few codes are left, if so.
    pub async fn remind(&self, secret: &SessionSecret) -> Result<(), EmergencyError> {
        let (session, employee) = self.parts.sign_in.standing(secret).await?;
        let row = self.parts.sheets.sheet(employee.id).await?;
        let short = row.filter(|row| row.sheet.is_short()).map(|row| row.sheet.left());
        self.parts.sign_in.set_few_codes(session.id, short);
        Ok(())
    }

    async fn end_of(
        &self,
        row: &SheetRow,
        why: &str,
        (by, keep): (Option<Asker>, Option<SessionId>),
    ) -> Result<(), EmergencyError> {
        let why = Some(why.to_owned());
        self.record(SheetWord { why, by, ..self.word(row, "ended") }).await?;
        if !self.parts.sheets.end_sheet(row.id, keep).await? {
            return Err(EmergencyError::NoSheet);
        }
        self.parts.sign_in.forget_sessions_of(row.employee, keep);
        Ok(())
    }

    async fn employee(&self, user_name: &UserName) -> Result<EmployeeId, EmergencyError> {
        let account = self.parts.staff.account(user_name).await?;
        account.map(|account| account.employee.id).ok_or(EmergencyError::NoAccount)
    }

    fn fresh(&self) -> ([EmergencyCode; EmergencySheet::CODES], EmergencySheet) {
        let codes = std::array::from_fn(|_| {
            let mut random = Zeroizing::new([0; EmergencyCode::RANDOM_LEN]);
            self.parts.entropy.fill(&mut *random);
            EmergencyCode::from_random(&random)
        });
        let mut salt = [0; EmergencySheet::SALT_LEN];
        self.parts.entropy.fill(&mut salt);
        let sheet = EmergencySheet::new(&codes, salt);
        (codes, sheet)
    }
}

impl SheetRow {
    fn line(&self) -> SheetLine {
        SheetLine {
            made: self.made,
            left: self.sheet.left(),
            short: self.sheet.is_short(),
            locked: self.sheet.is_locked(),
        }
    }
}
