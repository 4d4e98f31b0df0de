//! What a partner tells of an attendance, kept until somebody has answered for it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kinfold_domain::{AgencyId, EntryId, Role};
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, MutexGuard, watch};

use crate::{
    agreements::Agreements,
    department::{Acknowledged, AttendanceId, AttendanceStep, StepKind},
    journal::{Journal, JournalError},
    ports::{AttendanceStore, Clock, Mark},
    records::Entry,
};

use super::listed::ListError;

/// How far back a start looks for what the process left undone when it ended.
const LOOKED_BACK: SignedDuration = SignedDuration::from_hours(72);

/// A role that was asked to answer for an attendance.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct AskedRole {
    /// The role.
    pub role: Role,
    /// Since when.
    pub at: Timestamp,
}

/// An attendance at a partner, as it stands. About a person: sealed at rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeardAttendance {
    /// Where.
    pub partner: AgencyId,
    /// The attendance.
    pub attendance: AttendanceId,
    /// When this node first heard of it.
    pub heard: Timestamp,
    /// Its steps, by number.
    pub steps: Vec<AttendanceStep>,
    /// Who was asked, the latest last; before anybody else the key worker's own role.
    pub asked: Vec<AskedRole>,
    /// Who answered for it.
    pub acknowledged: Option<Acknowledged>,
}

impl HeardAttendance {
    /// The entries of this agency's register that it concerns.
    pub fn entries(&self, own: &AgencyId) -> Vec<EntryId> {
        let mut entries: Vec<EntryId> = self
            .steps
            .iter()
            .filter_map(|step| step.concerns.get(own))
            .flatten()
            .cloned()
            .collect();
        entries.sort_unstable();
        entries.dedup();
        entries
    }

    /// The last word on it.
    pub fn last(&self) -> Option<&AttendanceStep> {
        self.steps.last()
    }

    /// Whether it was entered in error: it is another child's, or nobody's.
    pub fn is_struck(&self) -> bool {
        self.last().is_some_and(|step| matches!(step.what, StepKind::Cancelled | StepKind::InError))
    }

    /// Whether somebody has still to answer for it. One that was entered in error needs nobody.
    pub fn waits(&self) -> bool {
        self.acknowledged.is_none() && !self.is_struck()
    }

    /// What it is found by.
    pub fn marks(&self) -> Vec<Mark> {
        let concerns = self.steps.iter().flat_map(|step| &step.concerns);
        let marks = concerns.flat_map(|(owner, entries)| {
            entries.iter().map(move |entry| Mark::entry(owner, entry))
        });
        let mut marks: Vec<Mark> = marks.collect();
        marks.sort_unstable();
        marks.dedup();
        marks
    }
}

/// Keeps attendances at partners.
pub struct Attendances {
    /// The agreement.
    pub agreements: Arc<Agreements>,
    /// Where they are kept.
    pub store: Arc<dyn AttendanceStore>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    changed: watch::Sender<u64>,
    /// One change at a time; what was begun and is not done.
    changing: Mutex<Option<Change>>,
}

/// What is to be recorded, and how an attendance then stands.
struct Change {
    entry: Entry,
    known: HeardAttendance,
    recorded: bool,
}

/// The right to change attendances, from reading them to storing them.
pub(super) struct Changing<'a> {
    attendances: &'a Attendances,
    begun: MutexGuard<'a, Option<Change>>,
}

impl Changing<'_> {
    /// Records a change, and stores it.
    pub(super) async fn carry_out(
        &mut self,
        entry: Entry,
        known: HeardAttendance,
    ) -> Result<(), ListError> {
        *self.begun = Some(Change { entry, known, recorded: false });
        self.finish().await
    }

    /// Finishes what was cut short: whoever asked for it has gone, or the store failed.
    async fn finish(&mut self) -> Result<(), ListError> {
        let Some(change) = self.begun.as_mut() else { return Ok(()) };
        if !change.recorded {
            self.attendances.journal.record(change.entry.clone()).await?;
            change.recorded = true;
        }
        self.attendances.put(&change.known).await?;
        *self.begun = None;
        Ok(())
    }
}

impl Attendances {
    /// Over these parts.
    pub fn new(
        agreements: Arc<Agreements>,
        store: Arc<dyn AttendanceStore>,
        journal: Journal,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let (changed, changing) = (watch::Sender::default(), Mutex::default());
        Self { agreements, store, journal, clock, changed, changing }
    }

    /// Tells whenever something changed.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Whoever changes attendances holds this from reading them to storing them; what was cut short before is finished first.
    pub(super) async fn change(&self) -> Result<Changing<'_>, ListError> {
        let begun = self.changing.lock().await;
        let mut changing = Changing { attendances: self, begun };
        changing.finish().await?;
        Ok(changing)
    }

    /// After a start: stores what the latest change recorded, if the process ended between the ledger and the store. What a partner told
    /// is told again.
    pub async fn recover(&self) -> Result<(), ListError> {
        let since = self.clock.now().saturating_sub(LOOKED_BACK).unwrap_or(Timestamp::MIN);
        let Some((partner, entry)) = latest(&self.journal, since)? else { return Ok(()) };
        let id = match &entry {
            Latest::Escalated(attendance, _) => *attendance,
            Latest::Acknowledged(acknowledged) => acknowledged.attendance,
        };
        let Some(mut known) = self.store.attendance_of(&partner, id).await? else {
            return Ok(());
        };
        match entry {
            Latest::Escalated(_, asked) if !known.asked.contains(&asked) => known.asked.push(asked),
            Latest::Acknowledged(acknowledged) if known.acknowledged.is_none() => {
                known.acknowledged = Some(acknowledged);
            }
            Latest::Escalated(..) | Latest::Acknowledged(_) => return Ok(()),
        }
        self.put(&known).await
    }

    /// Takes over one step that a partner tells. The same step told again changes nothing.
    pub(crate) async fn hear(
        &self,
        partner: &AgencyId,
        step: AttendanceStep,
    ) -> Result<(), ListError> {
        let own = self.agreements.own();
        if !step.concerns.contains_key(own) {
            return Ok(());
        }
        let mut changing = self.change().await?;
        let now = self.clock.now();
        let known = self.store.attendance_of(partner, step.attendance).await?;
        let mut known = known.unwrap_or_else(|| HeardAttendance {
            partner: partner.clone(),
            attendance: step.attendance,
            heard: now,
            steps: Vec::new(),
            asked: Vec::new(),
            acknowledged: None,
        });
        if known.steps.iter().any(|other| other.number == step.number) {
            return Ok(());
        }
        let entry = Entry::AttendanceHeard {
            at: now,
            partner: partner.clone(),
            step: Box::new(step.clone()),
        };
        known.steps.push(step);
        known.steps.sort_by_key(|step| step.number);
        changing.carry_out(entry, known).await
    }

    /// For the tests of other crates: what a partner's message would tell.
    #[cfg(feature = "testing")]
    #[allow(clippy::expect_used, reason = "a test that can't be set up has failed")]
    pub async fn hear_for_tests(&self, partner: &AgencyId, step: AttendanceStep) {
        self.hear(partner, step).await.expect("heard");
    }

    async fn put(&self, known: &HeardAttendance) -> Result<(), ListError> {
        self.store.put_attendance(known).await?;
        self.changed.send_modify(|version| *version += 1);
        Ok(())
    }
}

/// What this node itself recorded last of an attendance at a partner.
enum Latest {
    Escalated(AttendanceId, AskedRole),
    Acknowledged(Acknowledged),
}

/// The latest change of all, unless a partner told it.
fn latest(journal: &Journal, since: Timestamp) -> Result<Option<(AgencyId, Latest)>, JournalError> {
    for stretch in journal.backwards(since) {
        for entry in stretch?.into_iter().rev() {
            match entry {
                Entry::AttendanceHeard { .. } => return Ok(None),
                Entry::AttendanceEscalated { at, partner, attendance, to: role } => {
                    let asked = AskedRole { role, at };
                    return Ok(Some((partner, Latest::Escalated(attendance, asked))));
                }
                Entry::AttendanceAcknowledged { partner, acknowledged } => {
                    return Ok(Some((partner, Latest::Acknowledged(*acknowledged))));
                }
                _ => {}
            }
        }
    }
    Ok(None)
}
