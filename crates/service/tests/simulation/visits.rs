//! The department as the hospital's messages alone tell it: written from `docs/hl7.md`, message by message, with no thought of how the node
//! does it. The node must come to the same, whatever happened to it in between.

use jiff::Timestamp;
use kinfold_domain::{Movement, MovementEvent, Personal, Sex, Subject, Visit as Said};
use kinfold_service::department::{Attendance, Whereabouts};

/// One attendance that a hospital's messages tell of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Visit {
    sender: String,
    patient: String,
    number: Option<String>,
    pub(crate) subject: Subject,
    pregnant: bool,
    place: Option<String>,
    arrived: Timestamp,
    pub(crate) whereabouts: Whereabouts,
}

impl Visit {
    /// What the node made of it.
    pub(crate) fn of(attendance: &Attendance) -> Option<Self> {
        let text = |personal: &Personal<String>| personal.expose().clone();
        Some(Self {
            sender: attendance.sender.clone()?,
            patient: text(&attendance.patient),
            number: attendance.visit.as_ref().map(text),
            subject: attendance.subject.clone(),
            pregnant: attendance.pregnant,
            place: attendance.place.clone(),
            arrived: attendance.arrived,
            whereabouts: attendance.whereabouts,
        })
    }

    pub(crate) fn is_here(&self) -> bool {
        self.whereabouts == Whereabouts::Present
    }
}

/// The visits after these messages, in the order of their arrivals.
pub(crate) fn visits<'a>(messages: impl Iterator<Item = (&'a str, &'a Movement)>) -> Vec<Visit> {
    let mut visits = Vec::new();
    for (sender, movement) in messages {
        tell(&mut visits, sender, movement);
        visits.sort_by_key(|visit| visit.arrived);
    }
    visits
}

fn tell(visits: &mut Vec<Visit>, sender: &str, movement: &Movement) {
    // Whatever happened, what is said of the person holds for all their visits.
    let patient = movement.patient.number.expose();
    let merged: Vec<&String> = movement.merged.iter().map(Personal::expose).collect();
    for visit in visits.iter_mut().filter(|visit| visit.sender == sender) {
        if visit.patient == *patient || merged.contains(&&visit.patient) {
            visit.patient.clone_from(patient);
            learn(&mut visit.subject, &movement.patient.subject);
        }
    }
    let said = movement.visit.clone().unwrap_or_default();
    let known = this_visit(visits, sender, patient, &said);
    match movement.event {
        MovementEvent::Registered | MovementEvent::Admitted => match known {
            Some(visit) => here(visit, &said),
            None => begin(visits, sender, movement, &said),
        },
        MovementEvent::Updated => match known {
            Some(visit) => {
                visit.place = said.place.or(visit.place.take());
                visit.pregnant |= said.pregnant;
            }
            None if said.number.is_some() && said.arrived.is_some() && said.left.is_none() => {
                begin(visits, sender, movement, &said);
            }
            None => {}
        },
        MovementEvent::Discharged => {
            let at = said.left.unwrap_or(movement.at);
            set(known, Whereabouts::Left { at });
        }
        MovementEvent::DischargeCancelled => set(known, Whereabouts::Present),
        MovementEvent::ArrivalCancelled => {
            set(known, Whereabouts::Cancelled { at: movement.at });
        }
        MovementEvent::PersonAdded | MovementEvent::PersonUpdated | MovementEvent::Merged => {}
    }
}

fn this_visit<'a>(
    visits: &'a mut [Visit],
    sender: &str,
    patient: &str,
    said: &Said,
) -> Option<&'a mut Visit> {
    let number = said.number.as_ref().map(Personal::expose);
    visits.iter_mut().rev().filter(|visit| visit.sender == sender).find(|visit| {
        match (number, &visit.number) {
            (Some(said), Some(known)) => said == known,
            _ => visit.patient == patient && visit.is_here(),
        }
    })
}

fn here(visit: &mut Visit, said: &Said) {
    visit.place = said.place.clone().or(visit.place.take());
    visit.pregnant |= said.pregnant;
    visit.whereabouts = Whereabouts::Present;
}

fn set(visit: Option<&mut Visit>, whereabouts: Whereabouts) {
    if let Some(visit) = visit {
        visit.whereabouts = whereabouts;
    }
}

/// Of a child, of somebody of whom the age is not known, or of somebody pregnant.
fn begin(visits: &mut Vec<Visit>, sender: &str, movement: &Movement, said: &Said) {
    let subject = movement.patient.subject.clone();
    let grown = subject.birth_date.is_some_and(|born| born.expose().year() < 2000);
    if grown && !said.pregnant {
        return;
    }
    visits.push(Visit {
        sender: sender.to_owned(),
        patient: movement.patient.number.expose().clone(),
        number: said.number.as_ref().map(|number| number.expose().clone()),
        subject,
        pregnant: said.pregnant,
        place: said.place.clone(),
        arrived: said.arrived.unwrap_or(movement.at),
        whereabouts: Whereabouts::Present,
    });
}

fn learn(known: &mut Subject, said: &Subject) {
    known.nhs_number = said.nhs_number.or(known.nhs_number);
    known.birth_date = said.birth_date.or(known.birth_date);
    known.name = said.name.clone().or(known.name.take());
    known.postcode = said.postcode.clone().or(known.postcode.take());
    if said.sex != Sex::Unknown {
        known.sex = said.sex;
    }
}
