//! Taking over a child whom another council hands over: the entry stands on the own register before the acceptance is told.

use kinfold_domain::{Category, ChangeKind, Detail, DetailKind, EntryId, RegisterEntry, Subject};

use super::{ChangeError, Custodian, CustodyError, Work};
use crate::{
    caller::Caller,
    ports::Amendment,
    records::{Amending, Asker, Entry, HandOverId, Said},
    register::{
        Act, HandOver, RegisterSearch, Taken,
        handover::{made_of, taken},
    },
    today,
};

impl Custodian {
    /// Accepts a child whom another council hands over, as the conference decided; answers the own register's entry. Tried again after a
    /// failure it is the same entry.
    pub async fn accept(
        &self,
        caller: &Caller,
        id: HandOverId,
        decided: &Taken,
    ) -> Result<EntryId, CustodyError> {
        let handing = self.begin_handing(caller, Subject::default()).await?;
        let (_alone, mut item) = (self.parts.hand_overs.alone().await, self.item(id).await?);
        item.may(Act::Accept)?;
        let handed = item.handed.as_ref().and_then(|handed| handing.cut(&item.partner, handed));
        let handed = handed.ok_or(ChangeError::NotHanded)?;
        let (work, own) = (&handing.work, made_of(id).ok_or(CustodyError::NotFound)?);
        let terms = (own, self.parts.phones.clone());
        let entry = taken(&handed, decided, terms, today(work.at))?;
        let stands = match self.stands_already(work, &entry, &entry.id) {
            // Nobody may rely on an entry that may end by another hand-over.
            Some(known) if self.parts.feed.is_held(&known) => {
                return Err(ChangeError::HandingOver.into());
            }
            Some(known) => known,
            None => self.add_taken(work, &item, entry).await?,
        };
        // What is told is what the register says now, not what was meant to be on it.
        let living = self.parts.feed.living(&stands);
        living.filter(|entry| entry.end.is_none()).ok_or(ChangeError::EndedHere)?;
        let said =
            Said::Accepted { conference: decided.conference, register_entry: stands.clone() };
        let by = (Asker::from(caller.employee()), work.at);
        self.parts.hand_overs.say(&mut item, by, said).await?;
        Ok(stands)
    }

    /// An entry of this child for the same reason, which the own register has otherwise than by this hand-over.
    pub(super) fn stands_already(
        &self,
        work: &Work<'_>,
        entry: &RegisterEntry,
        made: &EntryId,
    ) -> Option<EntryId> {
        let register = &self.parts.feed.register;
        let subject = Subject::from(&entry.subject);
        let RegisterSearch::One(hits) = register.search(&work.permit, &subject, today(work.at))
        else {
            return None;
        };
        let mut same =
            hits.iter().filter(|hit| hit.entry.status == entry.status && hit.ended.is_none());
        same.find(|hit| hit.entry.id != *made).map(|hit| hit.entry.id.clone())
    }

    async fn add_taken(
        &self,
        work: &Work<'_>,
        item: &HandOver,
        entry: RegisterEntry,
    ) -> Result<EntryId, CustodyError> {
        let employee = work.caller.employee();
        let giver = self.parts.agreements.agency(&item.partner).name;
        let (id, reason) = (entry.id.clone(), format!("Handed over by {giver}"));
        let clauses = work.permit.granted().get(&Category::Register).cloned();
        self.record(Entry::RegisterAmended(Box::new(Amending {
            ask: work.ask,
            at: work.at,
            asker: Asker::from(employee),
            purpose: work.purpose.clone(),
            clauses: clauses.unwrap_or_default(),
            register_entries: vec![id.clone()],
            what: "taken-over".to_owned(),
            details: vec![DetailKind::Entry],
            reason: reason.clone().into(),
        })))
        .await?;
        let amendment = Amendment {
            entry: id.clone(),
            detail: Detail::Entry(Box::new(entry)),
            kind: ChangeKind::Added,
            by: employee.user_name.to_string(),
            at: work.at,
            reason: reason.into(),
            over: None,
            differs: None,
            owner: Some(employee.user_name.clone()),
            look_again: None,
        };
        self.parts.feed.amend(vec![amendment], &[]).await?;
        Ok(id)
    }
}
