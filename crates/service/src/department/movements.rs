//! What a hospital's message changes: from the attendances as they stand to those that stand otherwise. Pure.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kinfold_domain::{AgencyId, Movement, MovementEvent, Personal, Subject, Visit};
use sha2::{Digest, Sha256};
use uuid::Builder;

use super::{
    age::is_to_be_checked,
    attendance::{Attendance, AttendanceId, Whereabouts},
    presence::Present,
};
use crate::today;

/// One message on its way.
pub(super) struct Moving<'a> {
    pub(super) own: &'a AgencyId,
    pub(super) sender: &'a str,
    /// The message's place in the order in which messages came.
    pub(super) place: u64,
    pub(super) received: Timestamp,
    pub(super) movement: &'a Movement,
}

impl Moving<'_> {
    /// The attendances that the message changes, as they then stand.
    pub(super) fn apply(&self, present: &Present) -> Vec<Attendance> {
        match self.movement.event {
            MovementEvent::Registered | MovementEvent::Admitted => self.arrived(present),
            MovementEvent::Updated => self.updated(present),
            MovementEvent::Discharged => {
                let at = self.visit().left.unwrap_or(self.movement.at);
                self.moved(present, Whereabouts::Left { at })
            }
            MovementEvent::DischargeCancelled => self.moved(present, Whereabouts::Present),
            MovementEvent::ArrivalCancelled => {
                self.moved(present, Whereabouts::Cancelled { at: self.movement.at })
            }
            MovementEvent::PersonAdded | MovementEvent::PersonUpdated => self.known_as(present),
            MovementEvent::Merged => self.merged(present),
        }
    }

    fn arrived(&self, present: &Present) -> Vec<Attendance> {
        let mut changed = self.known_as(present);
        let Some(known) = self.this_visit(present) else {
            changed.extend(self.begin());
            return changed;
        };
        let mut known = taken(&mut changed, known);
        known.place = self.visit().place.or(known.place);
        known.pregnant |= self.visit().pregnant;
        // Told to have left, and now told to be here: the later word counts.
        if !matches!(known.whereabouts, Whereabouts::Present) {
            known.whereabouts = Whereabouts::Present;
        }
        changed.push(known);
        changed
    }

    /// A change of somebody's details; of a visit that was not heard of, or of somebody who only now turns out to be a child, an arrival.
    fn updated(&self, present: &Present) -> Vec<Attendance> {
        let visit = self.visit();
        match self.this_visit(present) {
            Some(_) => {
                let mut changed = self.known_as(present);
                if let Some(known) = self.this_visit(present) {
                    let mut known = taken(&mut changed, known);
                    known.place = visit.place.or(known.place);
                    known.pregnant |= visit.pregnant;
                    changed.push(known);
                }
                changed
            }
            None if visit.number.is_some() && visit.arrived.is_some() && visit.left.is_none() => {
                self.arrived(present)
            }
            None => self.known_as(present),
        }
    }

    /// An attendance begins, of those whom the registers may hold.
    fn begin(&self) -> Option<Attendance> {
        let Movement { patient, at, .. } = self.movement;
        let visit = self.visit();
        let to_be_checked =
            is_to_be_checked(&patient.subject, visit.pregnant, today(self.received));
        to_be_checked.then(|| Attendance {
            id: self.identity(),
            sender: Some(self.sender.to_owned()),
            patient: patient.number.clone(),
            visit: visit.number.clone(),
            subject: patient.subject.clone(),
            pregnant: visit.pregnant,
            place: visit.place.clone(),
            arrived: visit.arrived.unwrap_or(*at),
            heard: self.received,
            whereabouts: Whereabouts::Present,
            check: None,
            first_checked: None,
            failure: None,
            recorded: None,
            steps: 0,
            told: Vec::new(),
            ever_told: BTreeSet::new(),
            acknowledged: Vec::new(),
        })
    }

    /// The patient's attendances with what the message says of who they are.
    fn known_as(&self, present: &Present) -> Vec<Attendance> {
        let patient = &self.movement.patient;
        let theirs = |a: &Attendance| self.is_ours(a) && a.patient == patient.number;
        renamed(present.find(theirs), &patient.subject, &patient.number)
    }

    fn merged(&self, present: &Present) -> Vec<Attendance> {
        let Movement { patient, merged, .. } = self.movement;
        let theirs = |a: &Attendance| {
            self.is_ours(a) && (a.patient == patient.number || merged.contains(&a.patient))
        };
        renamed(present.find(theirs), &patient.subject, &patient.number)
    }

    fn moved(&self, present: &Present, whereabouts: Whereabouts) -> Vec<Attendance> {
        let mut changed = self.known_as(present);
        if let Some(known) = self.this_visit(present) {
            let mut known = taken(&mut changed, known);
            known.whereabouts = whereabouts;
            changed.push(known);
        }
        changed
    }

    /// The attendance of the message's visit; without a visit's number the patient's latest.
    fn this_visit(&self, present: &Present) -> Option<Attendance> {
        let visit = self.visit().number;
        let patient = &self.movement.patient.number;
        let fits = |a: &Attendance| {
            self.is_ours(a)
                && match (&visit, &a.visit) {
                    (Some(one), Some(other)) => one == other,
                    _ => a.patient == *patient && is_here(a),
                }
        };
        present.find(fits).pop()
    }

    fn is_ours(&self, attendance: &Attendance) -> bool {
        attendance.sender.as_deref() == Some(self.sender)
    }

    fn visit(&self) -> Visit {
        self.movement.visit.clone().unwrap_or_default()
    }

    /// The same for the same message, so that one that is dealt with again after a crash begins no second attendance.
    fn identity(&self) -> AttendanceId {
        let digest = Sha256::new()
            .chain_update("kinfold/attendance/v1\n")
            .chain_update(self.own.as_str())
            .chain_update("\n")
            .chain_update(self.place.to_be_bytes())
            .chain_update(self.received.as_microsecond().to_be_bytes())
            .finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        AttendanceId(Builder::from_custom_bytes(bytes).into_uuid())
    }
}

fn renamed(
    mut found: Vec<Attendance>,
    subject: &Subject,
    number: &Personal<String>,
) -> Vec<Attendance> {
    found.retain_mut(|known| {
        let corrected = corrected(&known.subject, subject);
        if known.patient == *number && known.subject == corrected {
            return false;
        }
        known.patient = number.clone();
        if known.subject != corrected {
            known.subject = corrected;
            // Another name or number may be another answer: nobody relies on the old one.
            known.check = None;
        }
        true
    });
    found
}

fn is_here(attendance: &Attendance) -> bool {
    matches!(attendance.whereabouts, Whereabouts::Present)
}

/// The attendance as an earlier part of the same message left it.
fn taken(changed: &mut Vec<Attendance>, known: Attendance) -> Attendance {
    match changed.iter().position(|other| other.id == known.id) {
        Some(at) => changed.swap_remove(at),
        None => known,
    }
}

/// What is newly said counts; what is not said any more stays known.
fn corrected(known: &Subject, said: &Subject) -> Subject {
    Subject {
        nhs_number: said.nhs_number.or(known.nhs_number),
        name: said.name.clone().or_else(|| known.name.clone()),
        birth_date: said.birth_date.or(known.birth_date),
        postcode: said.postcode.clone().or_else(|| known.postcode.clone()),
        sex: if said.sex == kinfold_domain::Sex::Unknown { known.sex } else { said.sex },
    }
}
