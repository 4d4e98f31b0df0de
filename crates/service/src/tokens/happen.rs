//! What happens to single tokens. Recorded before it counts.

use kinfold_domain::{EmployeeId, UserName};
use kinfold_token::{FoundAs, Happening, Serial, Standing};

use super::{Inventory, TokenError, TokenWord};
use crate::{
    ports::{TokenChange, TokenQuery, TokenRecord},
    records::{Asker, Entry},
};

impl Inventory {
    /// Gives a token to an employee. It opens nothing before they have shown two successive codes of it; the one that they use stays
    /// in use until then.
    pub async fn assign(
        &self,
        serial: &Serial,
        user_name: &UserName,
        by: Option<Asker>,
    ) -> Result<(), TokenError> {
        let (token, employee) = (self.token(serial).await?, self.employee(user_name).await?);
        self.change(&token, Happening::Assigned, (Some(employee), None), by).await
    }

    /// Its employee misses it: it opens nothing from now on, and their sessions end.
    pub async fn lost(&self, serial: &Serial, by: Option<Asker>) -> Result<(), TokenError> {
        self.happen(serial, Happening::Lost, by).await
    }

    /// It turned up. Codes that it showed meanwhile are spent, and the code for one shift ends.
    pub async fn found(&self, serial: &Serial, by: Option<Asker>) -> Result<(), TokenError> {
        let token = self.token(serial).await?;
        let holder = token.holder.ok_or(TokenError::NobodyHolds)?;
        let found = if self.uses_another(holder).await? {
            FoundAs::Superseded
        } else if token.state.last_step().is_some() {
            FoundAs::Used
        } else {
            FoundAs::Unused
        };
        self.change(&token, Happening::Found(found), (Some(holder), None), by).await?;
        self.parts.tokens.end_temporary(holder, self.parts.clock.now()).await?;
        Ok(())
    }

    /// It does not work any more.
    pub async fn broken(&self, serial: &Serial, by: Option<Asker>) -> Result<(), TokenError> {
        self.happen(serial, Happening::Broken, by).await
    }

    /// Whoever holds the one is given the other. One that works goes on working until the other was first used.
    pub async fn replace(
        &self,
        old: &Serial,
        new: &Serial,
        by: Option<Asker>,
    ) -> Result<(), TokenError> {
        let (old, new) = (self.token(old).await?, self.token(new).await?);
        let held = matches!(
            old.standing,
            Standing::Assigned | Standing::InUse | Standing::Lost | Standing::Broken
        );
        let holder = old.holder.filter(|_| held).ok_or(TokenError::NobodyHolds)?;
        self.change(&new, Happening::Assigned, (Some(holder), Some(&old.serial)), by).await
    }

    /// It was handed back, and may be given to somebody else.
    pub async fn give_back(&self, serial: &Serial, by: Option<Asker>) -> Result<(), TokenError> {
        self.happen(serial, Happening::Returned, by).await
    }

    /// It is gone for good; its secret is destroyed.
    pub async fn dispose(&self, serial: &Serial, by: Option<Asker>) -> Result<(), TokenError> {
        self.happen(serial, Happening::Disposed, by).await
    }

    /// Whoever holds tokens has left: none of them opens anything, and what is no secret in a device of their own is asked back.
    pub(crate) async fn recall(
        &self,
        employee: EmployeeId,
        by: Option<&Asker>,
    ) -> Result<(), TokenError> {
        let mut after = None;
        loop {
            let query =
                TokenQuery { standing: None, holder: Some(employee), after, limit: Self::LISTED };
            let held = self.parts.tokens.tokens(&query).await?;
            after = held.last().map(|token| token.serial.clone());
            for token in &held {
                if token.standing.after(Happening::Left, token.kind).is_ok() {
                    let by = by.cloned();
                    self.change(token, Happening::Left, (Some(employee), None), by).await?;
                }
            }
            if after.is_none() {
                return Ok(());
            }
        }
    }

    async fn happen(
        &self,
        serial: &Serial,
        happening: Happening,
        by: Option<Asker>,
    ) -> Result<(), TokenError> {
        let token = self.token(serial).await?;
        let holder = token.holder;
        self.change(&token, happening, (holder, None), by).await
    }

    /// Whether the employee signs in with a token other than a code for one shift.
    pub(super) async fn uses_another(&self, employee: EmployeeId) -> Result<bool, TokenError> {
        let used = self.parts.staff.token(employee, Standing::InUse).await?;
        Ok(used.is_some_and(|token| token.until.is_none()))
    }

    async fn change(
        &self,
        token: &TokenRecord,
        happening: Happening,
        (employee, in_place_of): (Option<EmployeeId>, Option<&Serial>),
        by: Option<Asker>,
    ) -> Result<(), TokenError> {
        let at = self.parts.clock.now();
        let standing = token.standing.after(happening, token.kind)?;
        let state = match happening {
            Happening::Found(_) if token.state.last_step().is_some() => {
                token.state.spent_until(token.parameters.step, at)
            }
            _ => token.state.clone(),
        };
        let holder = if standing == Standing::Returned { None } else { employee };
        let change =
            TokenChange { token: token.id, version: token.version, standing, holder, state, at };
        self.parts
            .journal
            .record(Entry::Token(Box::new(TokenWord {
                at,
                token: token.id.0,
                serial: token.serial.to_string(),
                kind: token.kind,
                what: word(happening).to_owned(),
                employee,
                in_place_of: in_place_of.map(ToString::to_string),
                until: None,
                by: by.into_iter().collect(),
            })))
            .await?;
        if !self.parts.tokens.change_token(&change).await? {
            return Err(TokenError::Changed);
        }
        match token.holder {
            // What was opened with it does not outlive it.
            Some(holder) if token.standing == Standing::InUse => {
                Ok(self.parts.sign_in.end_sessions_of(holder).await?)
            }
            _ => Ok(()),
        }
    }
}

const fn word(happening: Happening) -> &'static str {
    match happening {
        Happening::Assigned => "assigned",
        Happening::FirstUsed => "first-used",
        Happening::Lost => "lost",
        Happening::Found(_) => "found",
        Happening::Broken => "broken",
        Happening::Replaced => "replaced",
        Happening::Left => "recalled",
        Happening::Returned => "returned",
        Happening::Disposed => "disposed",
    }
}
