//! An answer judged: whose passkey it is, whether it is right, and what is kept of it.

use kinfold_domain::EmployeeId;
use kinfold_passkey::{Answer, Asking, Refusal};
use kinfold_token::{Gate, Misses};

use super::{PasskeyError, PasskeyWord, Passkeys};
use crate::ports::{AccountRow, Address, PasskeyRow};

/// How often a miss is counted anew because another write came first.
const MOST_RACES: usize = 32;

/// Proved: the row must be written together with what it opens.
pub(super) struct Proof {
    pub(super) account: AccountRow,
    pub(super) passkey: PasskeyRow,
}

impl Passkeys {
    /// Judges an answer. `of`: who that must be, where it is known. Whatever counts against the passkey is stored before it is told.
    pub(super) async fn prove(
        &self,
        answer: &str,
        asking: Asking,
        of: Option<EmployeeId>,
    ) -> Result<Proof, PasskeyError> {
        let Ok(answer) = Answer::parse(answer) else {
            return self.refused(None, Refusal::Garbled.word()).await;
        };
        let Some(row) = self.parts.passkeys.passkey(answer.credential()).await? else {
            return self.refused(None, "unknown").await;
        };
        let theirs = match answer.owner() {
            Some(owner) => owner == row.employee.0,
            // Whoever was not named when they were asked must name themselves.
            None => of.is_some(),
        };
        if !theirs || of.is_some_and(|of| of != row.employee) {
            return self.refused(Some(&row), "another-person").await;
        }
        let account = self.parts.staff.account_of(row.employee).await?;
        let Some(account) = account.filter(|account| !account.disabled) else {
            return self.refused(Some(&row), "disabled").await;
        };
        self.gate(&row).await?;
        match self.site()?.answered(&answer, asking, &row.credential) {
            Ok(credential) => {
                let misses = row.misses.signed_in();
                let used = Some(self.parts.clock.now());
                let passkey = PasskeyRow { used, credential, misses, ..row };
                Ok(Proof { account, passkey })
            }
            Err(why) => self.missed(row, why).await,
        }
    }

    /// Counts a wrong answer by the rules of codes. Who loses a race to another write counts it over that one.
    async fn missed<T>(&self, mut row: PasskeyRow, why: Refusal) -> Result<T, PasskeyError> {
        let digest = row.credential.digest();
        for _ in 0..MOST_RACES {
            row.misses = row.misses.missed(self.parts.clock.now());
            if self.parts.passkeys.save_passkey(&row).await? {
                break;
            }
            match self.parts.passkeys.passkey(digest).await? {
                Some(again) => row = again,
                None => break,
            }
        }
        self.refused(Some(&row), why.word()).await
    }

    async fn gate(&self, row: &PasskeyRow) -> Result<(), PasskeyError> {
        let now = self.parts.clock.now();
        match Misses::gate(&row.misses, now) {
            Gate::Open => Ok(()),
            Gate::Wait(until) => {
                let seconds = until.duration_since(now).as_secs() + 1;
                self.record_refused(Some(row), "waiting").await?;
                Err(PasskeyError::Wait { seconds })
            }
            Gate::Locked(_) => {
                self.record_refused(Some(row), "locked").await?;
                Err(PasskeyError::Locked)
            }
        }
    }

    /// Records a refusal, and says no more than that it is one.
    pub(super) async fn refused<T>(
        &self,
        row: Option<&PasskeyRow>,
        why: &str,
    ) -> Result<T, PasskeyError> {
        self.record_refused(row, why).await?;
        Err(PasskeyError::Refused)
    }

    /// An answer that no challenge awaits: too late, or sent again.
    pub(super) async fn not_awaited<T>(&self, answer: &str) -> Result<T, PasskeyError> {
        let row = match Answer::parse(answer) {
            Ok(answer) => self.parts.passkeys.passkey(answer.credential()).await?,
            Err(_) => None,
        };
        self.record_refused(row.as_ref(), Refusal::Challenge.word()).await?;
        Err(PasskeyError::Over)
    }

    async fn record_refused(
        &self,
        row: Option<&PasskeyRow>,
        why: &str,
    ) -> Result<(), PasskeyError> {
        let word = PasskeyWord {
            at: self.parts.clock.now(),
            passkey: row.map(|row| row.id.0),
            employee: row.map(|row| row.employee),
            what: "refused".to_owned(),
            what_for: None,
            why: Some(why.to_owned()),
            by: None,
            address: None,
        };
        Ok(self.record(word).await?)
    }

    /// What a passkey did, or what was done to it by its own employee.
    pub(super) fn word(&self, row: &PasskeyRow, what: &str) -> PasskeyWord {
        PasskeyWord {
            at: self.parts.clock.now(),
            passkey: Some(row.id.0),
            employee: Some(row.employee),
            what: what.to_owned(),
            what_for: None,
            why: None,
            by: None,
            address: None,
        }
    }

    /// What it opened, and from where.
    pub(super) fn word_at(
        &self,
        row: &PasskeyRow,
        what: &str,
        address: Option<Address>,
    ) -> PasskeyWord {
        PasskeyWord { address, ..self.word(row, what) }
    }
}
