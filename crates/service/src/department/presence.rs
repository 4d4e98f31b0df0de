//! The attendances that matter now, in memory: those on the board, and those of the last days that a message may still be about.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use parking_lot::RwLock;
use tokio::sync::{Mutex, watch};

use super::{
    arrivals::WorkError,
    attendance::{Attendance, AttendanceId},
    change::{Change, Changing},
    recovery::{by_attendance, by_hand, latest_steps},
    steps::AttendanceStep,
};
use crate::{journal::Journal, ports::DepartmentStore};

/// How long an attendance that has ended may still be corrected by the hospital's messages.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(72);

/// The attendances of now.
#[derive(Default)]
pub struct Present {
    attendances: RwLock<BTreeMap<AttendanceId, Attendance>>,
    changed: watch::Sender<u64>,
    heard: RwLock<Option<Timestamp>>,
    /// One change at a time: a message and a nurse may mean the same attendance.
    changing: Mutex<Option<Change>>,
    /// Steps that the ledger has of attendances whose message is still to be dealt with.
    ahead: RwLock<BTreeMap<AttendanceId, Vec<AttendanceStep>>>,
}

impl Present {
    /// Takes over what was stored, and what the ledger has beyond it.
    pub async fn load(
        &self,
        store: &dyn DepartmentStore,
        journal: &Journal,
        now: Timestamp,
    ) -> Result<(), WorkError> {
        let heard = store.senders_heard().await?;
        *self.heard.write() = heard.into_iter().map(|(_, at)| at).max();
        let since = now.saturating_sub(REMEMBERED).unwrap_or(Timestamp::MIN);
        self.put(store.attendances(since).await?);
        let mut behind = Vec::new();
        for (id, steps) in by_attendance(latest_steps(journal, since)?) {
            let known = match self.of(id) {
                Some(known) => Some(known),
                None => store.attendance(id).await?,
            };
            match known.or_else(|| steps.first().and_then(by_hand)) {
                Some(mut known) => {
                    if known.catch_up(&steps) {
                        behind.push(known);
                    }
                }
                None => {
                    self.ahead.write().insert(id, steps);
                }
            }
        }
        if !behind.is_empty() {
            store.settle(0, &behind).await?;
            self.put(behind);
        }
        Ok(())
    }

    /// An attendance as the ledger knows it, where its message is dealt with again.
    pub(super) fn caught_up(&self, mut attendance: Attendance) -> Attendance {
        if let Some(steps) = self.ahead.read().get(&attendance.id) {
            attendance.catch_up(steps);
        }
        attendance
    }

    /// Tells whenever something changed.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// When a hospital's system was last heard.
    pub(super) fn heard(&self) -> Option<Timestamp> {
        *self.heard.read()
    }

    pub(super) fn hears(&self, at: Timestamp) {
        *self.heard.write() = Some(at);
    }

    /// Those on the board, the earliest arrival first.
    pub(super) fn open(&self) -> Vec<Attendance> {
        let attendances = self.attendances.read();
        let mut open: Vec<_> = attendances.values().filter(|a| a.is_open()).cloned().collect();
        open.sort_by_key(|attendance| (attendance.arrived, attendance.id));
        open
    }

    pub(super) fn of(&self, id: AttendanceId) -> Option<Attendance> {
        self.attendances.read().get(&id).cloned()
    }

    /// Those of one sender that fit, the latest arrival last.
    pub(super) fn find(&self, fits: impl Fn(&Attendance) -> bool) -> Vec<Attendance> {
        let attendances = self.attendances.read();
        let mut found: Vec<_> = attendances.values().filter(|a| fits(a)).cloned().collect();
        found.sort_by_key(|attendance| (attendance.arrived, attendance.id));
        found
    }

    /// Whoever changes attendances holds this from reading them to storing them; what was cut short before is finished first.
    pub(super) async fn change<'a>(
        &'a self,
        journal: &'a Journal,
        store: &'a dyn DepartmentStore,
    ) -> Result<Changing<'a>, WorkError> {
        let begun = self.changing.lock().await;
        let mut changing = Changing { present: self, journal, store, begun };
        changing.finish().await?;
        Ok(changing)
    }

    /// Attendances as they now stand, once they are stored.
    pub(super) fn put(&self, changed: impl IntoIterator<Item = Attendance>) {
        let mut attendances = self.attendances.write();
        let mut any = false;
        for attendance in changed {
            any = true;
            self.ahead.write().remove(&attendance.id);
            attendances.insert(attendance.id, attendance);
        }
        drop(attendances);
        if any {
            self.changed.send_modify(|version| *version += 1);
        }
    }

    /// Says that what stands beside the attendances changed: a register.
    pub(super) fn touch(&self) {
        self.changed.send_modify(|version| *version += 1);
    }

    /// Forgets those that have ended too long ago for any message to be about.
    pub(super) fn forget_old(&self, now: Timestamp) {
        let recent = |a: &Attendance| a.is_open() || now.duration_since(a.heard) < REMEMBERED;
        self.attendances.write().retain(|_, attendance| recent(attendance));
    }
}
