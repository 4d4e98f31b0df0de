//! The custodian rang a number, and it is right.

use kinfold_domain::{Category, EntryId, Subject};

use super::{Custodian, CustodyError};
use crate::{
    caller::Caller,
    ports::RungNumber,
    records::{Amending, Asker, Entry},
    today,
};

/// Why, as the ledger has it.
const RANG: &str = "Rang the number: it is right.";

impl Custodian {
    /// A number that stands in this entry was rung today and is right; `digits` says which. Every entry that has it says so at once.
    pub async fn rang(
        &self,
        caller: &Caller,
        entry: &EntryId,
        digits: &str,
    ) -> Result<(), CustodyError> {
        let allowed = self.allow(caller, &Subject::default()).await?;
        let known = self.parts.feed.register.known(entry).ok_or(CustodyError::NotFound)?;
        let number = known.telephones().find(|number| number.digits() == digits);
        let number = number.cloned().ok_or(CustodyError::NotFound)?;
        let (at, by) = (allowed.at, caller.employee().user_name.to_string());
        let clauses = crate::permit::granted(&allowed.ruled);
        let amending = Amending {
            ask: allowed.ask,
            at,
            asker: Asker::from(caller.employee()),
            purpose: allowed.purpose.clone(),
            clauses: clauses.get(&Category::Register).cloned().unwrap_or_default(),
            register_entries: vec![entry.clone()],
            what: "number-confirmed".to_owned(),
            details: Vec::new(),
            reason: RANG.into(),
        };
        self.recorded(allowed, Entry::RegisterAmended(Box::new(amending))).await?;
        let number = number.confirmed_on(Some(today(at)));
        self.parts.feed.rang(vec![RungNumber { number, by, at }]).await?;
        Ok(())
    }
}
