//! Deciding a difference between the register and the case system.

use jiff::civil::Date;
use kinfold_domain::{Category, DetailKind, Subject};

use super::{ChangeError, Custodian, CustodyError, change::reason, look::can_be_dropped};
use crate::{
    caller::Caller,
    permit::granted,
    ports::{Amendment, AmendmentKey},
    records::{Amending, Asker, Entry},
    today,
};

/// What is decided.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Decision {
    /// I see to it.
    Take,
    /// The case system is right: what was changed by hand is given up.
    CaseSystemIsRight,
    /// The register is right: it stays, and somebody looks again on that day.
    RegisterIsRight(Date),
}

impl Decision {
    const fn word(self) -> &'static str {
        match self {
            Self::Take => "taken",
            Self::CaseSystemIsRight => "case-system-is-right",
            Self::RegisterIsRight(_) => "register-is-right",
        }
    }
}

impl Custodian {
    /// Decides one difference, recorded first. Where the case system is right it is read anew, so that the register follows at once.
    pub async fn decide(
        &self,
        caller: &Caller,
        key: &AmendmentKey,
        (decision, why): (Decision, &str),
    ) -> Result<(), CustodyError> {
        let why = if decision == Decision::Take { String::new() } else { reason(why)? };
        let allowed = self.allow(caller, &Subject::default()).await?;
        let feed = &self.parts.feed;
        let row = feed.hand.find(key).ok_or(CustodyError::NotFound)?;
        if let Decision::RegisterIsRight(day) = decision
            && day <= today(allowed.at)
        {
            return Err(ChangeError::ReviewOrder.into());
        }
        if decision == Decision::CaseSystemIsRight && !can_be_dropped(&row) {
            return Err(CustodyError::NotFound);
        }
        let clauses = granted(&allowed.ruled).remove(&Category::Register).unwrap_or_default();
        let amending = Amending {
            ask: allowed.ask,
            at: allowed.at,
            asker: Asker::from(caller.employee()),
            purpose: allowed.purpose.clone(),
            clauses,
            register_entries: vec![key.0.clone()],
            what: decision.word().to_owned(),
            details: vec![key.1],
            reason: why.into(),
        };
        self.record(Entry::RegisterAmended(Box::new(amending))).await?;
        let user = caller.employee().user_name.clone();
        match decision {
            Decision::Take => {
                self.keep(Amendment { owner: Some(user), ..row }).await?;
            }
            // That an entry has ended is what the register says already.
            Decision::RegisterIsRight(_) if key.1 == DetailKind::Left => {
                feed.decide(Vec::new(), std::slice::from_ref(key)).await?;
            }
            Decision::RegisterIsRight(day) => {
                self.keep(Amendment { owner: Some(user), look_again: Some(day), ..row }).await?;
            }
            Decision::CaseSystemIsRight => {
                feed.decide(Vec::new(), std::slice::from_ref(key)).await?;
                feed.poll().await?;
            }
        }
        Ok(())
    }

    async fn keep(&self, row: Amendment) -> Result<(), CustodyError> {
        Ok(self.parts.feed.decide(vec![row], &[]).await?)
    }
}
