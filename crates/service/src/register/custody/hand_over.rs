//! Handing a child's entry over to another council, or telling it of a stay: previewed, offered, taken back, decided where it crossed.

use jiff::{Timestamp, civil::Date};
use kinfold_domain::{
    Address, Agency, AgencyId, AskId, Category, Deadline, EntryId, RegisterEntry, RegisterStatus,
    Subject,
};
use serde::Serialize;

use super::{ChangeError, Custodian, CustodyError, change::reason, handing::Handing};
use crate::{
    Release,
    caller::Caller,
    permit::granted,
    records::{About, Asker, Entry, HandOverId, Offered, Said, Stay},
    register::{Act, HandOver, Handed, Side, handover::offered},
    release::digest,
    today,
};

/// What a custodian wants to hand over, or to tell of.
#[derive(Clone, Debug)]
pub struct ToHandOver {
    /// Which entry.
    pub entry: EntryId,
    /// To which council.
    pub to: AgencyId,
    /// The day of the move; the first day of a stay.
    pub moved: Date,
    /// Set where the child only stays there for a time.
    pub stay: Option<Stay>,
    /// Where the child lives, or stays, then.
    pub address: Option<Address>,
    /// Why.
    pub reason: String,
}

/// A hand-over before it is offered.
#[derive(Clone, Debug, Serialize)]
pub struct PlannedHandOver {
    /// The ask.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// To which council.
    pub to: Agency,
    /// What its custodian is told.
    pub handed: Handed,
    /// The last day for its conference, where bank holidays are known; the first day too many of a stay.
    pub due: Option<Date>,
}

impl Custodian {
    /// What would be told to the other council, to be confirmed. Nothing is told.
    pub async fn plan_hand_over(
        &self,
        caller: &Caller,
        wanted: &ToHandOver,
    ) -> Result<Release<PlannedHandOver>, CustodyError> {
        reason(&wanted.reason)?;
        let handing = self.begin_handing(caller, Subject::default()).await?;
        let (_, handed) = self.draft(&handing, wanted).await?;
        let (work, own) = (&handing.work, self.parts.agreements.own().clone());
        let due = match wanted.stay {
            None => Deadline::TransferIn.due(today(work.at)).ok(),
            Some(_) => Deadline::TemporaryResident.due(wanted.moved).ok(),
        };
        let to = self.parts.agreements.agency(&wanted.to);
        let about = About {
            entries: vec![(own, handed.register_entry.id.clone())],
            nhs_numbers: handed.register_entry.subject.nhs_number.into_iter().collect(),
            ..About::default()
        };
        let planned = PlannedHandOver { ask: work.ask, at: work.at, to, handed, due };
        self.release_handing(&handing, planned, about).await
    }

    /// Offers an entry, or tells of a stay. This council stays responsible until the other has accepted.
    pub async fn hand_over(
        &self,
        caller: &Caller,
        wanted: &ToHandOver,
    ) -> Result<HandOverId, CustodyError> {
        let reason = reason(&wanted.reason)?;
        let handing = self.begin_handing(caller, Subject::default()).await?;
        let _alone = self.parts.hand_overs.alone().await;
        let (entry, handed) = self.draft(&handing, wanted).await?;
        let (at, by) = (handing.work.at, Asker::from(caller.employee()));
        let id = HandOverId(self.parts.entropy.uuid(at));
        let mut item = HandOver::new(id, (wanted.to.clone(), Side::Giver), at);
        let offer = Offered {
            register_entry: entry.id,
            moved: wanted.moved,
            stay: wanted.stay,
            reason: reason.into(),
            agreement: handing.agreement.agreement().digest().to_string(),
            granted: granted(&self.may_hand_over(&handing, &wanted.to)),
            digest: digest(&handed),
        };
        item.handed = Some(handed);
        let told = Said::Offered(Box::new(offer.clone()));
        self.parts.hand_overs.say(&mut item, (by.clone(), at), told).await?;
        if wanted.stay.is_none() {
            self.end_stays(&offer.register_entry, (by, at)).await?;
            self.parts.hand_overs.finish(&mut item).await?;
        }
        Ok(id)
    }

    /// Takes an offer back, or says that a stay is over.
    pub async fn withdraw(
        &self,
        caller: &Caller,
        id: HandOverId,
        why: &str,
    ) -> Result<(), CustodyError> {
        let said = Said::Withdrawn { reason: reason(why)?.into(), sealed: false };
        self.act(caller, id, (Act::Withdraw, said)).await
    }

    /// Refuses an offer.
    pub async fn refuse(
        &self,
        caller: &Caller,
        id: HandOverId,
        why: &str,
    ) -> Result<(), CustodyError> {
        self.act(caller, id, (Act::Refuse, Said::Refused { reason: reason(why)?.into() })).await
    }

    /// Notes a child who stays in this council's area for a time.
    pub async fn note(&self, caller: &Caller, id: HandOverId) -> Result<(), CustodyError> {
        self.act(caller, id, (Act::Note, Said::Noted)).await
    }

    /// Decides where withdrawal and acceptance have crossed.
    pub async fn settle(
        &self,
        caller: &Caller,
        id: HandOverId,
        (stays, why): (bool, &str),
    ) -> Result<(), CustodyError> {
        let said = Said::Settled { stays, reason: reason(why)?.into() };
        self.act(caller, id, (Act::Settle, said)).await
    }

    /// Has seen what came of a hand-over.
    pub async fn see(&self, caller: &Caller, id: HandOverId) -> Result<(), CustodyError> {
        let handing = self.begin_handing(caller, Subject::default()).await?;
        let (_alone, mut item) = (self.parts.hand_overs.alone().await, self.item(id).await?);
        item.may(Act::See)?;
        let (at, by) = (handing.work.at, caller.employee().id);
        self.record(Entry::HandOverSeen { at, hand_over: id, by }).await?;
        item.seen = Some((Asker::from(caller.employee()), at));
        Ok(self.parts.hand_overs.keep(&item).await?)
    }

    /// Says one word about a hand-over.
    async fn act(
        &self,
        caller: &Caller,
        id: HandOverId,
        (act, said): (Act, Said),
    ) -> Result<(), CustodyError> {
        let handing = self.begin_handing(caller, Subject::default()).await?;
        let (_alone, mut item) = (self.parts.hand_overs.alone().await, self.item(id).await?);
        item.may(act)?;
        self.refuse_unsafe(&item, &said)?;
        let by = (Asker::from(caller.employee()), handing.work.at);
        self.parts.hand_overs.say(&mut item, by, said).await?;
        Ok(self.parts.hand_overs.finish(&mut item).await?)
    }

    /// A child may not be left to a register on which the child does not stand.
    fn refuse_unsafe(&self, item: &HandOver, said: &Said) -> Result<(), ChangeError> {
        let feed = &self.parts.feed;
        let stands = |id: &EntryId| feed.living(id).is_some_and(|entry| entry.end.is_none());
        match said {
            // Of a mother's plan, the newborn's own stands in its place.
            Said::Settled { stays: true, .. } => {
                let own = item.offer().map(|offer| &offer.register_entry);
                let newborn = own.and_then(|own| feed.living(own)?.successor.clone());
                if own.is_some_and(stands) || newborn.as_ref().is_some_and(stands) {
                    Ok(())
                } else {
                    Err(ChangeError::Ended)
                }
            }
            // The other council relies on this entry, too: both would end theirs.
            Said::Settled { stays: false, .. } => {
                let own = item.offer().and_then(|offer| feed.living(&offer.register_entry));
                match own.filter(|own| feed.is_held_beside(item.id, &own.id)) {
                    Some(_) => Err(ChangeError::HandingOver),
                    None => Ok(()),
                }
            }
            // The entry was made, and the process ended before the acceptance was said.
            Said::Refused { .. } => {
                let made = crate::register::handover::made_of(item.id);
                match made.filter(stands) {
                    Some(made) => Err(ChangeError::AlreadyThere(made)),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    pub(super) async fn item(&self, id: HandOverId) -> Result<HandOver, CustodyError> {
        self.parts.hand_overs.find(id).await?.ok_or(CustodyError::NotFound)
    }

    /// What would be offered, with everything that speaks against it.
    async fn draft(
        &self,
        handing: &Handing<'_>,
        wanted: &ToHandOver,
    ) -> Result<(RegisterEntry, Handed), CustodyError> {
        let work = &handing.work;
        let register = &self.parts.feed.register;
        let entry = register.entry(&work.permit, &wanted.entry).ok_or(CustodyError::NotFound)?;
        let ruled = self.may_hand_over(handing, &wanted.to);
        if !ruled.permits(Category::Register) || !ruled.permits(Category::Existence) {
            return Err(ChangeError::NoTaker.into());
        }
        if entry.status == RegisterStatus::LookedAfter && wanted.stay.is_none() {
            return Err(ChangeError::NotLookedAfter.into());
        }
        if let Some(stay) = wanted.stay {
            lasts(wanted.moved, stay, today(work.at))?;
        }
        for item in self.parts.hand_overs.open().await? {
            let offer = item.offer().filter(|_| item.side == Side::Giver);
            let same = |offer: &&Offered| {
                offer.register_entry == entry.id && offer.stay.is_some() == wanted.stay.is_some()
            };
            if offer.as_ref().is_some_and(same) && !item.waits_to_be_seen() {
                return Err(ChangeError::AlreadyOffered.into());
            }
        }
        if self.parts.feed.is_held(&entry.id) {
            return Err(ChangeError::HandingOver.into());
        }
        let days = (wanted.moved, today(work.at));
        let allows = |category| ruled.permits(category) && work.permit.allows(category);
        let handed = offered(&entry, days, wanted.address.clone(), allows)?;
        Ok((entry.as_ref().clone(), handed))
    }

    /// A child who is handed over does not stay there for a time any more.
    async fn end_stays(
        &self,
        entry: &EntryId,
        (by, at): (Asker, Timestamp),
    ) -> Result<(), CustodyError> {
        for mut item in self.parts.hand_overs.open().await? {
            let theirs = item.offer().is_some_and(|offer| offer.register_entry == *entry);
            if theirs && item.stays_only() && item.may(Act::Withdraw).is_ok() {
                let reason = "The child moves there, and is handed over.".to_owned();
                let said = Said::Withdrawn { reason: reason.into(), sealed: false };
                self.parts.hand_overs.say(&mut item, (by.clone(), at), said).await?;
            }
        }
        Ok(())
    }
}

/// Whether a stay is a temporary one.
fn lasts(from: Date, stay: Stay, today: Date) -> Result<(), ChangeError> {
    let too_long = Deadline::TemporaryResident.due(from).unwrap_or(from);
    let last = stay.until.unwrap_or(from).max(today);
    if stay.until.is_some_and(|until| until < from) {
        return Err(ChangeError::StayOrder);
    }
    if last >= too_long { Err(ChangeError::StayTooLong) } else { Ok(()) }
}
