//! The work on arrivals: each message dealt with in order, each arrival checked, each step recorded before anything is stored.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use kinfold_domain::{AgencyId, CheckAnswer, EntryId, Purpose};
use tokio::sync::Notify;

use super::{
    attendance::{Attendance, AttendanceCheck, Whereabouts},
    change::{Change, Changing},
    movements::Moving,
    presence::Present,
    steps::{AttendanceStep, StepKind},
};
use crate::{
    agreements::Agreements,
    check::{Check, CheckError, CheckQuestion, Checked},
    journal::{Journal, JournalError},
    ports::{Clock, DepartmentStore, MessageContent, PortError, Waiting},
    records::{Asker, Entry},
    system::System,
};

/// Messages dealt with under one write of the store.
const BATCH: u32 = 64;

/// Why the work stopped. Nothing is lost: it goes on from where it was.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The ledger can't be written: nothing may be told.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] PortError),
}

/// What the work needs.
pub struct ArrivalsParts {
    /// The node itself, as ledgers name it.
    pub system: System,
    /// Why arrivals are checked.
    pub purpose: Purpose,
    /// The check.
    pub check: Arc<Check>,
    /// The agreement.
    pub agreements: Arc<Agreements>,
    /// The attendances of now.
    pub present: Arc<Present>,
    /// The department at rest.
    pub store: Arc<dyn DepartmentStore>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Wakes the work.
    pub came: Arc<Notify>,
}

/// Deals with what hospital systems sent.
pub struct Arrivals {
    parts: ArrivalsParts,
}

/// Attendances as they will stand, by identity, and the steps that make them so.
#[derive(Default)]
struct Changes {
    attendances: BTreeMap<super::AttendanceId, Attendance>,
    steps: Vec<AttendanceStep>,
}

impl Changes {
    fn into_change(self, upto: u64) -> Change {
        let entries = self.steps.into_iter().map(|step| Entry::Attendance(Box::new(step)));
        let attendances = self.attendances.into_values().collect();
        Change::new(entries.collect(), attendances).with_messages(upto)
    }
}

impl Arrivals {
    /// Over these parts.
    pub const fn new(parts: ArrivalsParts) -> Self {
        Self { parts }
    }

    /// Waits until there may be work.
    pub async fn wait(&self) {
        self.parts.came.notified().await;
    }

    /// Deals with every message that waits; answers how many there were.
    pub async fn work(&self) -> Result<usize, WorkError> {
        let mut count = 0;
        loop {
            let waiting = self.parts.store.waiting(BATCH).await?;
            let Some(last) = waiting.last() else { return Ok(count) };
            let upto = last.place + 1;
            self.deal(&waiting, upto).await?;
            count += waiting.len();
        }
    }

    /// Checks anew whoever is here and could not be checked, or was checked before a register changed.
    pub async fn look_again(&self) -> Result<usize, WorkError> {
        let mut changing = self.change().await?;
        let changes = self.parts.check.register_changes();
        let due = self.parts.present.find(|attendance| {
            let is_here = matches!(attendance.whereabouts, Whereabouts::Present);
            let again = |check: &AttendanceCheck| is_here && check.changes != changes;
            attendance.is_open() && attendance.check.as_ref().is_none_or(again)
        });
        let mut all = Changes::default();
        for attendance in due {
            if matches!(attendance.whereabouts, Whereabouts::Present) {
                let mut attendance = attendance;
                self.check(&mut attendance, &mut all).await?;
                all.attendances.insert(attendance.id, attendance);
            } else {
                self.follow(attendance, &mut all).await?;
            }
        }
        let count = all.attendances.len();
        if count > 0 {
            changing.carry_out(all.into_change(0)).await?;
            self.parts.present.touch();
        }
        self.parts.present.forget_old(self.parts.clock.now());
        Ok(count)
    }

    async fn change(&self) -> Result<Changing<'_>, WorkError> {
        self.parts.present.change(&self.parts.journal, &*self.parts.store).await
    }

    async fn deal(&self, waiting: &[Waiting], upto: u64) -> Result<(), WorkError> {
        let mut changing = self.change().await?;
        for Waiting { place, message } in waiting {
            self.parts.present.hears(message.received);
            // A broken one is set aside when it is kept; it changes nothing.
            let MessageContent::Movement(movement) = &message.content else { continue };
            let moving = Moving {
                own: self.parts.agreements.own(),
                sender: &message.sender,
                place: *place,
                received: message.received,
                movement,
            };
            let mut changes = Changes::default();
            for attendance in moving.apply(&self.parts.present) {
                let attendance = self.parts.present.caught_up(attendance);
                self.follow(attendance, &mut changes).await?;
            }
            changing.carry_out(changes.into_change(place + 1)).await?;
        }
        Ok(self.parts.store.settle(upto, &[]).await?)
    }

    /// What follows from an attendance's change: a check where it is another child's or has come back, and a word to those who know of it.
    async fn follow(
        &self,
        mut attendance: Attendance,
        changes: &mut Changes,
    ) -> Result<(), WorkError> {
        let was = self.parts.present.of(attendance.id).map(|before| before.whereabouts);
        let back = was.is_some_and(|was| is_back(was, attendance.whereabouts));
        let known: BTreeMap<_, _> = attendance.told.iter().cloned().collect();
        // One that was entered in error concerns nobody, whoever it is.
        let cancelled = matches!(attendance.whereabouts, Whereabouts::Cancelled { .. });
        if (attendance.check.is_none() || back) && !cancelled {
            self.check(&mut attendance, changes).await?;
        }
        let mut told: BTreeMap<_, _> = attendance.told.iter().cloned().collect();
        let still = without(&told, &without(&told, &known));
        if back && !still.is_empty() {
            let arrived = attendance.arrived;
            self.step(&mut attendance, (StepKind::Arrived, arrived), still, changes);
        }
        if was == Some(attendance.whereabouts) {
            // The others heard of it when it ended.
            told = without(&told, &known);
        }
        let ended = match attendance.whereabouts {
            Whereabouts::Present => None,
            Whereabouts::Left { at } => Some((StepKind::Left, at)),
            Whereabouts::Cancelled { at } => Some((StepKind::Cancelled, at)),
        };
        if let Some(ended) = ended.filter(|_| !told.is_empty()) {
            self.step(&mut attendance, ended, told, changes);
        }
        if cancelled {
            attendance.told.clear();
        }
        changes.attendances.insert(attendance.id, attendance);
        Ok(())
    }

    /// Checks an attendance, and notes whom it concerns.
    async fn check(
        &self,
        attendance: &mut Attendance,
        changes: &mut Changes,
    ) -> Result<(), WorkError> {
        let question = CheckQuestion {
            subject: attendance.subject.clone(),
            purpose: self.parts.purpose.clone(),
            choice: None,
        };
        let searched = self.parts.check.register_changes();
        match self.parts.check.check_by_itself(&self.parts.system, question).await {
            Ok(release) => self.take_over(attendance, release.content(), searched, changes),
            Err(CheckError::Ledger(error)) => return Err(error.into()),
            Err(other) => attendance.failure = Some(other.to_string()),
        }
        Ok(())
    }

    fn take_over(
        &self,
        attendance: &mut Attendance,
        checked: &Checked,
        searched: u64,
        changes: &mut Changes,
    ) {
        let sealed = matches!(checked.answer, CheckAnswer::Sealed { .. });
        let entries =
            if is_certain(&checked.answer) { checked.entries.clone() } else { Vec::new() };
        attendance.check = Some(AttendanceCheck {
            ask: checked.ask,
            at: checked.at,
            answer: checked.word().to_owned(),
            entries: entries.clone(),
            sealed,
            changes: searched,
        });
        attendance.first_checked.get_or_insert(checked.at);
        attendance.failure = None;
        let now_concerned = by_owner(&entries);
        let was: BTreeMap<AgencyId, Vec<EntryId>> = attendance.told.iter().cloned().collect();
        // Told of a child who, as it now turns out, was not the one: they hear that too.
        let no_more = without(&was, &now_concerned);
        if !no_more.is_empty() {
            self.step(attendance, (StepKind::Cancelled, checked.at), no_more, changes);
        }
        let newly = without(&now_concerned, &was);
        if !newly.is_empty() {
            let arrived = attendance.arrived;
            self.step(attendance, (StepKind::Arrived, arrived), newly, changes);
        }
        attendance.told = now_concerned.into_iter().collect();
    }

    fn step(
        &self,
        attendance: &mut Attendance,
        (what, at): (StepKind, Timestamp),
        concerns: BTreeMap<AgencyId, Vec<EntryId>>,
        changes: &mut Changes,
    ) {
        let by = Asker::from(self.parts.system.named());
        changes.steps.push(attendance.step(what, at, by, concerns));
    }
}

/// Whether somebody who had left is here again, or an arrival that was entered in error turns out to have been one.
const fn is_back(was: Whereabouts, is: Whereabouts) -> bool {
    match was {
        Whereabouts::Present => false,
        Whereabouts::Left { .. } => matches!(is, Whereabouts::Present),
        Whereabouts::Cancelled { .. } => !matches!(is, Whereabouts::Cancelled { .. }),
    }
}

/// Whether an answer is about one child for certain, so that its entries' owners may be told of an attendance.
pub(super) const fn is_certain(answer: &CheckAnswer) -> bool {
    matches!(
        answer,
        CheckAnswer::OnRegister { .. }
            | CheckAnswer::RecentlyEnded { .. }
            | CheckAnswer::Sealed { .. }
    )
}

pub(super) fn by_owner(entries: &[(AgencyId, EntryId)]) -> BTreeMap<AgencyId, Vec<EntryId>> {
    let mut owners: BTreeMap<AgencyId, Vec<EntryId>> = BTreeMap::new();
    for (owner, entry) in entries {
        owners.entry(owner.clone()).or_default().push(entry.clone());
    }
    owners
}

/// The owners, with their entries, who are in `all` and not in `known`.
fn without(
    all: &BTreeMap<AgencyId, Vec<EntryId>>,
    known: &BTreeMap<AgencyId, Vec<EntryId>>,
) -> BTreeMap<AgencyId, Vec<EntryId>> {
    let absent = all.iter().filter(|(owner, _)| !known.contains_key(*owner));
    absent.map(|(owner, entries)| (owner.clone(), entries.clone())).collect()
}
