//! Opening a lock again after too many wrong tries: by two named people.

use kinfold_domain::UserName;
use kinfold_token::Standing;

use super::{Inventory, TokenError, TokenWord, Witnesses};
use crate::{ports::Burn, records::Entry};

impl Inventory {
    /// Lets an employee try again. The tries that were wrong are forgotten, and every code that the token showed meanwhile is spent.
    pub async fn unlock(
        &self,
        user_name: &UserName,
        witnesses: &Witnesses,
    ) -> Result<(), TokenError> {
        let holder = self.employee(user_name).await?;
        if witnesses.includes(holder) {
            return Err(TokenError::NotTwoPeople);
        }
        let token = self.parts.staff.token(holder, Standing::InUse).await?;
        let token = token.filter(|token| token.state.locked().is_some());
        let token = token.ok_or(TokenError::NotLocked)?;
        let at = self.parts.clock.now();
        let state = token.state.unlocked(token.parameters.step, at);
        let word = TokenWord {
            at,
            token: token.id.0,
            serial: token.serial.to_string(),
            kind: token.kind,
            what: "unlocked".to_owned(),
            employee: Some(holder),
            in_place_of: None,
            until: None,
            by: witnesses.askers(),
        };
        self.parts.journal.record(Entry::Token(Box::new(word))).await?;
        let burn = Burn { token: token.id, version: token.version, state, at };
        if self.parts.staff.save_token(burn).await? { Ok(()) } else { Err(TokenError::Changed) }
    }
}
