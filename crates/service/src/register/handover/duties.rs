//! What a node does about hand-overs by itself: it ends the entry that was handed over, takes back what can't be handed over any more, and
//! says what a process that ended has left unsaid.

use kinfold_domain::{ChangeKind, Deadline, Detail, DetailKind, EntryId, PersonId, RegisterEntry};

use super::{HandOver, HandOverError, HandOvers, Side, State, desk::made_of, state::Duty};
use crate::{
    ports::Amendment,
    records::{Asker, Entry, Said},
    register::held::HAND_OVER,
    today,
};

impl HandOvers {
    /// Goes through everything that is open; answers how many of them went on.
    pub async fn work(&self) -> Result<usize, HandOverError> {
        let _alone = self.alone().await;
        let mut count = 0;
        for mut item in self.open().await? {
            let before = item.clone();
            self.say_unsaid(&mut item).await?;
            self.fulfil(&mut item).await?;
            self.take_back(&mut item).await?;
            self.end_stay(&mut item).await?;
            self.remind(&mut item).await?;
            count += usize::from(item != before);
        }
        Ok(count)
    }

    /// Does what this node owes, and has its entry say how the hand-over stands.
    pub(super) async fn fulfil(&self, item: &mut HandOver) -> Result<(), HandOverError> {
        self.finish_taking(item).await?;
        if let Some(duty) = item.duty() {
            match (duty, item.side) {
                (Duty::EndOwn, Side::Giver) => self.end_given(item).await?,
                (Duty::EndOwn, Side::Taker) => self.end_taken(item).await?,
                (Duty::SealOwn, _) => self.seal_taken(item).await?,
            }
            self.keep(item).await?;
        }
        let offer = item.offer().filter(|_| item.side == Side::Giver && !item.stays_only());
        if let Some(offer) = offer {
            let name = self.parts.agreements.agency(&item.partner).name;
            let reason = format!("Hand-over to {name}: {}", item.state().words());
            self.parts.feed.tell_hand_over(&offer.register_entry, reason).await?;
        }
        Ok(())
    }

    /// An acceptance that broke off once the child stood on the register: others read it there, so it is said. Where the offer was taken
    /// back meanwhile, the giver decides.
    async fn finish_taking(&self, item: &mut HandOver) -> Result<(), HandOverError> {
        if item.side != Side::Taker || item.answer().is_some() || item.offer().is_none() {
            return Ok(());
        }
        let made = made_of(item.id).and_then(|made| self.parts.feed.living(&made));
        let Some(made) = made.filter(|made| made.end.is_none()) else { return Ok(()) };
        let by = (Asker::from(self.parts.system.named()), self.parts.feed.now());
        let (conference, register_entry) = (made.start, made.id.clone());
        self.say(item, by, Said::Accepted { conference, register_entry }).await
    }

    async fn end_given(&self, item: &mut HandOver) -> Result<(), HandOverError> {
        let (Some(offer), Some(answer)) = (item.offer(), item.answer()) else { return Ok(()) };
        let now = self.parts.feed.now();
        let day = item.conference().unwrap_or_else(|| today(now)).min(today(now));
        let reason = format!(
            "Handed over to {}, accepted by {} on {}",
            self.parts.agreements.agency(&item.partner).name,
            answer.by.name.expose(),
            day.strftime("%-d %B %Y"),
        );
        let ended = match self.parts.feed.living(&offer.register_entry) {
            Some(entry) if entry.end.is_none() => {
                let end = (Detail::End(Some(day.max(entry.start))), ChangeKind::Ended);
                self.amend(item, &entry, end, reason).await?;
                true
            }
            Some(entry) => self.is_by_hand_over(&entry.id),
            None => false,
        };
        if !ended {
            item.trouble = Some(
                "The entry had ended, or another had taken its place, before the acceptance was heard: look whether the child has another entry that must end."
                    .to_owned(),
            );
        }
        item.ended = true;
        Ok(())
    }

    async fn end_taken(&self, item: &mut HandOver) -> Result<(), HandOverError> {
        let taken = item.taken_as().cloned();
        let name = self.parts.agreements.agency(&item.partner).name;
        let made = taken.filter(|entry| Some(entry) == made_of(item.id).as_ref());
        let entry = made.and_then(|made| self.parts.feed.living(&made));
        if let Some(entry) = entry {
            if entry.end.is_none() {
                let day = today(self.parts.feed.now()).max(entry.start);
                let reason = format!("Stays on the register of {name}, which took the offer back");
                let end = (Detail::End(Some(day)), ChangeKind::Ended);
                self.amend(item, &entry, end, reason).await?;
            }
        } else {
            item.trouble = Some(format!(
                "The child stays on the register of {name}. Your own entry stood before the hand-over: look whether it must end."
            ));
        }
        item.ended = true;
        Ok(())
    }

    async fn seal_taken(&self, item: &mut HandOver) -> Result<(), HandOverError> {
        let entry = item.taken_as().and_then(|entry| self.parts.feed.living(entry));
        if let Some(entry) = entry.filter(|entry| entry.sealed.is_none()) {
            let source = self.parts.feed.source.name().to_owned();
            let desk =
                self.parts.sealed_desk.of(&PersonId { source, record: entry.id.to_string() });
            let reason = "Sealed on the register from which the child was handed over".to_owned();
            let seal = (Detail::Sealed(Some(desk)), ChangeKind::Sealed);
            self.amend(item, &entry, seal, reason).await?;
        }
        item.sealed = true;
        Ok(())
    }

    /// An offer whose child was sealed, or whose entry is not in force any more, is taken back.
    async fn take_back(&self, item: &mut HandOver) -> Result<(), HandOverError> {
        if item.side != Side::Giver || !matches!(item.state(), State::Offered | State::Noted) {
            return Ok(());
        }
        let Some(offer) = item.offer() else { return Ok(()) };
        let entry = self.parts.feed.living(&offer.register_entry);
        let sealed = entry.as_ref().is_some_and(|entry| entry.sealed.is_some());
        let stands = entry.is_some_and(|entry| entry.end.is_none());
        if stands && !sealed {
            return Ok(());
        }
        let reason = if sealed {
            "The child is sealed now: ring the sealed records desk of the other council."
        } else {
            "The entry is not in force any more: where a child was born or a new plan has begun, that entry is handed over anew."
        };
        let by = (Asker::from(self.parts.system.named()), self.parts.feed.now());
        self.say(item, by, Said::Withdrawn { reason: reason.into(), sealed }).await
    }

    /// A stay goes by itself once its last day is over.
    async fn end_stay(&self, item: &mut HandOver) -> Result<(), HandOverError> {
        let day = today(self.parts.feed.now());
        let until = item.offer().and_then(|offer| offer.stay).and_then(|stay| stay.until);
        if item.over || until.is_none_or(|until| until >= day) {
            return Ok(());
        }
        item.over = true;
        // What the other council was told it drops by itself.
        item.handed = None;
        self.keep(item).await
    }

    /// That the time for an answer runs out is recorded at both councils, so that somebody is told.
    async fn remind(&self, item: &mut HandOver) -> Result<(), HandOverError> {
        let at = self.parts.feed.now();
        let Some(due) = item.due().filter(|due| due.deadline == Deadline::TransferIn) else {
            return Ok(());
        };
        if item.reminded || item.remind_on().is_none_or(|day| today(at) < day) {
            return Ok(());
        }
        self.record(Entry::HandOverDue { at, hand_over: item.id, day: due.day }).await?;
        item.reminded = true;
        self.keep(item).await
    }

    async fn amend(
        &self,
        item: &HandOver,
        entry: &RegisterEntry,
        (detail, kind): (Detail, ChangeKind),
        reason: String,
    ) -> Result<(), HandOverError> {
        let own = match item.side {
            Side::Giver => item.offered(),
            Side::Taker => item.answer(),
        };
        let amendment = Amendment {
            entry: entry.id.clone(),
            detail,
            kind,
            by: HAND_OVER.to_owned(),
            at: self.parts.feed.now(),
            reason: reason.into(),
            over: None,
            differs: None,
            owner: own.map(|step| step.by.user_name.clone()),
            look_again: None,
        };
        self.parts.feed.amend(vec![amendment], &[]).await?;
        Ok(())
    }

    /// Whether an entry was ended here before the process ended.
    fn is_by_hand_over(&self, entry: &EntryId) -> bool {
        let row = self.parts.feed.hand.find(&(entry.clone(), DetailKind::End));
        row.is_some_and(|row| row.by == HAND_OVER && row.detail != Detail::End(None))
    }
}
