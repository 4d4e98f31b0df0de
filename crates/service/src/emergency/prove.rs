//! PIN and emergency code judged together: one answer for either being wrong, each code good once.

use kinfold_domain::{EmployeeId, UserName};
use kinfold_token::{EmergencyAttempt, EmergencyCode, EmergencyOutcome, Gate, Pin, PinVerdict};

use super::{Emergency, SheetWord};
use crate::{
    ports::{AccountRow, Address, SheetRow},
    sign_in::{MOST_RACES, SignInError, ended, judge_pin},
};

/// What somebody typed who has no token at hand.
pub struct EmergencyCredentials {
    /// The PIN.
    pub pin: Pin,
    /// A code of their sheet.
    pub code: EmergencyCode,
}

/// Proved: the row must be written together with what it opens.
pub(super) struct Proof {
    pub(super) account: AccountRow,
    pub(super) row: SheetRow,
}

impl Emergency {
    /// Judges a try at that address. Whatever counts against the sheet is stored before the answer is given.
    pub(super) async fn prove(
        &self,
        address: Option<Address>,
        user_name: &UserName,
        typed: EmergencyCredentials,
    ) -> Result<Proof, SignInError> {
        let account = self.parts.staff.account(user_name).await?;
        let account = account.filter(|account| !account.disabled);
        let employee = account.as_ref().map(|account| account.employee.id);
        let judging = (self.judge_account(account, typed), ended);
        self.parts.sign_in.guarded_as(address.into(), (user_name, employee), judging).await
    }

    async fn judge_account(
        &self,
        account: Option<AccountRow>,
        EmergencyCredentials { pin, code }: EmergencyCredentials,
    ) -> Result<Proof, SignInError> {
        let employee = account.as_ref().map(|account| account.employee.id);
        let row = match employee {
            Some(employee) => self.parts.sheets.sheet(employee).await?,
            None => None,
        };
        if let Some(row) = &row {
            self.gate(row).await?;
        }
        let hash = account.as_ref().map(|account| account.pin.clone());
        let pin = judge_pin(hash, pin).await;
        let (Some(account), Some(row)) = (account, row) else {
            let why = if employee.is_some() { "no-sheet" } else { "wrong" };
            return Err(self.refused(employee, None, why).await?);
        };
        let row = self.judge(row, &code, pin).await?;
        Ok(Proof { account, row })
    }

    /// Judges against the sheet as it stands. Who loses a race to another try is judged anew, so that tries side by side count as many
    /// misses as tries one after the other.
    async fn judge(
        &self,
        mut row: SheetRow,
        code: &EmergencyCode,
        pin: PinVerdict,
    ) -> Result<SheetRow, SignInError> {
        let employee = row.employee;
        for _ in 0..MOST_RACES {
            let attempt = EmergencyAttempt { code, pin, now: self.parts.clock.now() };
            let (sheet, why) = match row.sheet.check(&attempt) {
                EmergencyOutcome::Accepted { sheet } => return Ok(SheetRow { sheet, ..row }),
                EmergencyOutcome::Wrong { sheet } => (sheet, "wrong"),
                EmergencyOutcome::Replayed { sheet } => (sheet, "replayed"),
                EmergencyOutcome::Wait { .. } | EmergencyOutcome::Locked => {
                    self.gate(&row).await?;
                    return Err(SignInError::Refused);
                }
            };
            let missed = SheetRow { sheet, ..row };
            if self.parts.sheets.save_sheet(&missed).await? {
                return Err(self.refused(Some(employee), Some(&missed), why).await?);
            }
            let again = self.parts.sheets.sheet(employee).await?;
            row = again.ok_or(SignInError::Refused)?;
        }
        Err(SignInError::Refused)
    }

    async fn gate(&self, row: &SheetRow) -> Result<(), SignInError> {
        let now = self.parts.clock.now();
        match row.sheet.gate(now) {
            Gate::Open => Ok(()),
            Gate::Wait(until) => {
                let seconds = until.duration_since(now).as_secs() + 1;
                self.refused(Some(row.employee), Some(row), "waiting").await?;
                Err(SignInError::Wait { seconds })
            }
            Gate::Locked(_) => {
                self.refused(Some(row.employee), Some(row), "locked").await?;
                Err(SignInError::Locked)
            }
        }
    }

    /// Records a refusal, and says no more than that it is one.
    pub(super) async fn refused(
        &self,
        employee: Option<EmployeeId>,
        row: Option<&SheetRow>,
        why: &str,
    ) -> Result<SignInError, SignInError> {
        let word = SheetWord {
            at: self.parts.clock.now(),
            sheet: row.map(|row| row.id.0),
            employee,
            what: "refused".to_owned(),
            why: Some(why.to_owned()),
            left: None,
            by: None,
            address: None,
        };
        self.record(word).await?;
        Ok(SignInError::Refused)
    }
}
