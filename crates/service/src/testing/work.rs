//! The department and what follows from it, in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_domain::AgencyId;
use parking_lot::Mutex;
use uuid::Uuid;

use super::Fault;
use crate::{
    attendances::HeardAttendance,
    corrections::HeardCorrection,
    department::{Attendance, AttendanceId},
    feeds::FeedAlarm,
    ports::{
        AlarmStore, AttendanceStore, CorrectionStore, DepartmentStore, DiscussionStore,
        HandOverStore, KeptMessage, Mark, MessageContent, MessageToMend, PortError, Waiting,
    },
    records::{DiscussionId, HandOverId},
    register::{Discussion, HandOver},
};

/// Keeps messages, attendances and corrections in memory.
#[derive(Debug, Default)]
pub struct MemoryWork {
    /// Fails on demand.
    pub fault: Fault,
    messages: Mutex<Vec<(KeptMessage, bool)>>,
    attendances: Mutex<BTreeMap<AttendanceId, Attendance>>,
    heard: Mutex<BTreeMap<(AgencyId, AttendanceId), HeardAttendance>>,
    corrections: Mutex<BTreeMap<Uuid, HeardCorrection>>,
    alarms: Mutex<BTreeMap<Uuid, FeedAlarm>>,
    hand_overs: Mutex<BTreeMap<HandOverId, HandOver>>,
    discussions: Mutex<BTreeMap<DiscussionId, Discussion>>,
}

impl MemoryWork {
    /// Messages in the order in which they were kept.
    pub fn messages(&self) -> Vec<KeptMessage> {
        self.messages.lock().iter().map(|(message, _)| message.clone()).collect()
    }

    /// How many messages wait.
    pub fn unsettled(&self) -> usize {
        let messages = self.messages.lock();
        let waits = |(message, settled): &&(KeptMessage, bool)| {
            !settled && matches!(message.content, MessageContent::Movement(_))
        };
        messages.iter().filter(waits).count()
    }

    /// Attendances here.
    pub fn here(&self) -> Vec<Attendance> {
        self.attendances.lock().values().cloned().collect()
    }

    /// Attendances at partners.
    pub fn heard(&self) -> Vec<HeardAttendance> {
        self.heard.lock().values().cloned().collect()
    }

    /// Hand-overs.
    pub fn hand_overs(&self) -> Vec<HandOver> {
        self.hand_overs.lock().values().cloned().collect()
    }

    /// Corrections.
    pub fn corrections(&self) -> Vec<HeardCorrection> {
        self.corrections.lock().values().cloned().collect()
    }
}

#[async_trait]
impl DepartmentStore for MemoryWork {
    async fn keep(&self, message: &KeptMessage) -> Result<bool, PortError> {
        self.fault.write().await?;
        let mut messages = self.messages.lock();
        let same = |(known, _): &(KeptMessage, bool)| {
            (&known.sender, &known.control_id, &known.fingerprint)
                == (&message.sender, &message.control_id, &message.fingerprint)
        };
        if messages.iter().any(same) {
            return Ok(false);
        }
        messages.push((message.clone(), false));
        Ok(true)
    }

    async fn senders_heard(&self) -> Result<Vec<(String, Timestamp)>, PortError> {
        self.fault.read().await?;
        let messages = self.messages.lock();
        Ok(messages.iter().map(|(known, _)| (known.sender.clone(), known.received)).collect())
    }

    async fn forget_messages(&self, _: Timestamp) -> Result<u64, PortError> {
        // Places are told by position here, and no test lasts for weeks.
        Ok(0)
    }

    async fn waiting(&self, limit: u32) -> Result<Vec<Waiting>, PortError> {
        self.fault.read().await?;
        let messages = self.messages.lock();
        let waiting = (0..).zip(messages.iter()).filter(|(_, (message, settled))| {
            !settled && matches!(message.content, MessageContent::Movement(_))
        });
        let waiting = waiting.map(|(place, (m, _))| Waiting { place, message: m.clone() });
        Ok(waiting.take(limit as usize).collect())
    }

    async fn settle(&self, upto: u64, attendances: &[Attendance]) -> Result<(), PortError> {
        self.fault.write().await?;
        let upto = usize::try_from(upto).expect("a place");
        for (message, settled) in self.messages.lock().iter_mut().take(upto) {
            *settled |= matches!(message.content, MessageContent::Movement(_));
        }
        self.attendances.lock().extend(attendances.iter().map(|a| (a.id, a.clone())));
        Ok(())
    }

    async fn to_mend(&self, limit: u32) -> Result<Vec<MessageToMend>, PortError> {
        self.fault.read().await?;
        let messages = self.messages.lock();
        let broken = (0..).zip(messages.iter()).filter(|(_, (_, settled))| !settled);
        let broken = broken.filter_map(|(place, (message, _))| match &message.content {
            MessageContent::Broken { problem, .. } => Some(MessageToMend {
                place,
                sender: message.sender.clone(),
                control_id: message.control_id.clone(),
                received: message.received,
                problem: problem.clone(),
            }),
            MessageContent::Movement(_) => None,
        });
        Ok(broken.take(limit as usize).collect())
    }

    async fn mended(&self, place: u64) -> Result<(), PortError> {
        self.fault.write().await?;
        let place = usize::try_from(place).expect("a place");
        if let Some((_, settled)) = self.messages.lock().get_mut(place) {
            *settled = true;
        }
        Ok(())
    }

    async fn attendances(&self, since: Timestamp) -> Result<Vec<Attendance>, PortError> {
        self.fault.read().await?;
        let attendances = self.attendances.lock();
        let known = attendances.values().filter(|a| a.is_open() || a.heard >= since);
        Ok(known.cloned().collect())
    }

    async fn attendances_of(
        &self,
        marks: &[Mark],
        limit: u32,
    ) -> Result<Vec<Attendance>, PortError> {
        self.fault.read().await?;
        let attendances = self.attendances.lock();
        let of_child = |known: &&Attendance| known.marks().iter().any(|mark| marks.contains(mark));
        let mut found: Vec<_> = attendances.values().filter(of_child).cloned().collect();
        found.sort_by_key(|known| std::cmp::Reverse(known.heard));
        found.truncate(limit as usize);
        Ok(found)
    }

    async fn attendance(&self, id: AttendanceId) -> Result<Option<Attendance>, PortError> {
        self.fault.read().await?;
        Ok(self.attendances.lock().get(&id).cloned())
    }
}

#[async_trait]
impl AttendanceStore for MemoryWork {
    async fn put_attendance(&self, known: &HeardAttendance) -> Result<(), PortError> {
        self.fault.write().await?;
        self.heard.lock().insert((known.partner.clone(), known.attendance), known.clone());
        Ok(())
    }

    async fn attendance_of(
        &self,
        partner: &AgencyId,
        attendance: AttendanceId,
    ) -> Result<Option<HeardAttendance>, PortError> {
        self.fault.read().await?;
        Ok(self.heard.lock().get(&(partner.clone(), attendance)).cloned())
    }

    async fn attendances_about(
        &self,
        marks: &[Mark],
        limit: u32,
    ) -> Result<Vec<HeardAttendance>, PortError> {
        self.fault.read().await?;
        let heard = self.heard.lock();
        let of_child =
            |known: &&HeardAttendance| known.marks().iter().any(|mark| marks.contains(mark));
        let mut found: Vec<_> = heard.values().filter(of_child).cloned().collect();
        found.sort_by_key(|known| std::cmp::Reverse(known.heard));
        found.truncate(limit as usize);
        Ok(found)
    }

    async fn waiting_attendances(&self) -> Result<Vec<HeardAttendance>, PortError> {
        self.recent_attendances(Timestamp::MAX).await
    }

    async fn recent_attendances(
        &self,
        since: Timestamp,
    ) -> Result<Vec<HeardAttendance>, PortError> {
        self.fault.read().await?;
        let heard = self.heard.lock();
        Ok(heard.values().filter(|a| a.waits() || a.heard >= since).cloned().collect())
    }
}

#[async_trait]
impl CorrectionStore for MemoryWork {
    async fn put_correction(&self, known: &HeardCorrection) -> Result<(), PortError> {
        self.fault.write().await?;
        self.corrections.lock().insert(known.correction.id, known.clone());
        Ok(())
    }

    async fn correction(&self, id: Uuid) -> Result<Option<HeardCorrection>, PortError> {
        self.fault.read().await?;
        Ok(self.corrections.lock().get(&id).cloned())
    }

    async fn open_corrections(&self) -> Result<Vec<HeardCorrection>, PortError> {
        self.fault.read().await?;
        let corrections = self.corrections.lock();
        Ok(corrections.values().filter(|known| known.settled.is_none()).cloned().collect())
    }
}

#[async_trait]
impl AlarmStore for MemoryWork {
    async fn put_alarm(&self, alarm: &FeedAlarm) -> Result<(), PortError> {
        self.fault.write().await?;
        self.alarms.lock().insert(alarm.id, alarm.clone());
        Ok(())
    }

    async fn alarms(&self, since: Timestamp) -> Result<Vec<FeedAlarm>, PortError> {
        self.fault.read().await?;
        let alarms = self.alarms.lock();
        let known = alarms.values().filter(|alarm| alarm.over.is_none() || alarm.raised >= since);
        Ok(known.cloned().collect())
    }
}

#[async_trait]
impl HandOverStore for MemoryWork {
    async fn put_hand_over(&self, item: &HandOver) -> Result<(), PortError> {
        self.fault.write().await?;
        self.hand_overs.lock().insert(item.id, item.clone());
        Ok(())
    }

    async fn hand_over(&self, id: HandOverId) -> Result<Option<HandOver>, PortError> {
        self.fault.read().await?;
        Ok(self.hand_overs.lock().get(&id).cloned())
    }

    async fn open_hand_overs(&self) -> Result<Vec<HandOver>, PortError> {
        self.recent_hand_overs(Timestamp::MAX).await
    }

    async fn recent_hand_overs(&self, since: Timestamp) -> Result<Vec<HandOver>, PortError> {
        self.fault.read().await?;
        let known = self.hand_overs.lock();
        let mut items: Vec<HandOver> =
            known.values().filter(|item| item.is_open() || item.began >= since).cloned().collect();
        items.sort_by_key(|item| (item.began, item.id));
        Ok(items)
    }
}

#[async_trait]
impl DiscussionStore for MemoryWork {
    async fn put_discussion(&self, known: &Discussion) -> Result<(), PortError> {
        self.fault.write().await?;
        self.discussions.lock().insert(known.id, known.clone());
        Ok(())
    }

    async fn discussion(&self, id: DiscussionId) -> Result<Option<Discussion>, PortError> {
        self.fault.read().await?;
        Ok(self.discussions.lock().get(&id).cloned())
    }

    async fn open_discussions(&self) -> Result<Vec<Discussion>, PortError> {
        self.fault.read().await?;
        let known = self.discussions.lock();
        Ok(known.values().filter(|known| known.outcome.is_none()).cloned().collect())
    }
}
