//! What an entry of the ledger calls for: which event, about what, and who is told.

use jiff::Timestamp;
use kinfold_domain::{AgencyId, AskId, EmployeeId, EntryId, Role};
use uuid::Uuid;

use super::{event::Event, outbox::opaque};
use crate::{
    department::StepKind,
    feeds::AlarmStep,
    records::{Entry, NotificationStep, Said},
};

/// A call for somebody.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub(super) event: Event,
    /// What it is about.
    pub(super) matter: Uuid,
    /// Which call about it: the same one however often it is read.
    pub(super) round: String,
    pub(super) at: Timestamp,
    /// Named employees.
    pub(super) employees: Vec<EmployeeId>,
    /// The key workers of these entries of the own register.
    pub(super) key_workers_of: Vec<EntryId>,
    /// Everybody in these roles, beside those whom the configuration names for the event.
    pub(super) roles: Vec<Role>,
}

impl Call {
    fn new(event: Event, about: &[&str], round: impl Into<String>, at: Timestamp) -> Self {
        let parts: Vec<&str> = std::iter::once(event.word()).chain(about.iter().copied()).collect();
        Self {
            event,
            matter: opaque(&parts),
            round: round.into(),
            at,
            employees: Vec::new(),
            key_workers_of: Vec::new(),
            roles: Vec::new(),
        }
    }
}

/// What an entry calls for, if anything.
pub(super) fn call(own: &AgencyId, entry: &Entry) -> Option<Call> {
    match entry {
        Entry::AttendanceHeard { at, partner, step } => {
            // Entered in error: nobody need answer. Of all other steps the first calls; the later ones are the same call.
            if matches!(step.what, StepKind::Cancelled | StepKind::InError) {
                return None;
            }
            let attendance = step.attendance.0.to_string();
            let about = [partner.as_str(), &attendance];
            let key_workers_of = step.concerns.get(own)?.clone();
            let call = Call::new(Event::AttendanceToAcknowledge, &about, "key-worker", *at);
            Some(Call { key_workers_of, ..call })
        }
        Entry::AttendanceEscalated { at, partner, attendance, to } => {
            let attendance = attendance.0.to_string();
            let about = [partner.as_str(), &attendance];
            let call = Call::new(Event::AttendanceToAcknowledge, &about, to.as_str(), *at);
            Some(Call { roles: vec![to.clone()], ..call })
        }
        Entry::CorrectionHeard { at, correction } => {
            let id = correction.id.to_string();
            Some(Call::new(Event::CorrectionWaiting, &[&id], "", *at))
        }
        Entry::HandOverHeard { at, step, .. } => {
            let event = match step.said {
                Said::Offered(_) => Event::HandOverOffered,
                Said::Accepted { .. } | Said::Refused { .. } | Said::Noted => {
                    Event::HandOverAnswered
                }
                Said::Withdrawn { .. } | Said::Settled { .. } => return None,
            };
            Some(Call::new(event, &[&step.hand_over.0.to_string()], "", *at))
        }
        Entry::HandOverDue { at, hand_over, .. } => {
            Some(Call::new(Event::HandOverDue, &[&hand_over.0.to_string()], "", *at))
        }
        Entry::Intent(intent) if intent.glass.is_some() => {
            Some(glass_broken(own, intent.ask, intent.at))
        }
        Entry::Disclosure(told) if told.glass.is_some() => {
            Some(glass_broken(&told.asker.agency, told.ask, told.at))
        }
        Entry::FeedAlarm(step) => {
            let event = match step.what {
                AlarmStep::Raised | AlarmStep::Escalated => Event::FeedStopped,
                AlarmStep::Over => Event::FeedRunning,
                AlarmStep::Taken => return None,
            };
            let alarm = step.alarm.to_string();
            let call = Call::new(event, &[&alarm], step.what.word(), step.at);
            Some(Call { employees: step.told.clone(), ..call })
        }
        Entry::Notification(step) => dead_letter(step),
        _ => None,
    }
}

/// Information governance of both agencies is told, each by its own node.
fn glass_broken(agency: &AgencyId, ask: AskId, at: Timestamp) -> Call {
    // Whoever asks chooses the ask's identity: by itself it would let a second one pass for the first.
    let about = [agency.as_str(), &ask.0.to_string(), &at.to_string()];
    let call = Call::new(Event::GlassBroken, &about, "", at);
    let governance = Role::INFORMATION_GOVERNANCE.parse();
    Call { roles: governance.into_iter().collect(), ..call }
}

/// That a notification of a dead letter can't be delivered calls for nobody: it would go the same way.
fn dead_letter(step: &NotificationStep) -> Option<Call> {
    if step.what != NotificationStep::PUT_ASIDE || step.event == Event::DeadLetter {
        return None;
    }
    let id = step.notification.to_string();
    Some(Call::new(Event::DeadLetter, &[&id], step.tries.to_string(), step.at))
}
