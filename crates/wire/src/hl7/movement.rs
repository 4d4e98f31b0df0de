//! What a message tells, in the domain's words.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kinfold_domain::{Movement, MovementEvent, Personal, Visit};

use super::identifiers::Numbers;
use super::patient::patient;
use super::segment::Segment;
use super::times::moment;
use super::visit::visit;
use super::{Fault, Message, Omission, Version};

/// How a sender's messages are read.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// The zone of times that carry no offset.
    pub zone: &'a TimeZone,
    /// Now: nobody was born, and nothing happened, later.
    pub now: Timestamp,
}

/// What a message tells, and what of it could not be read.
#[derive(Debug)]
pub struct Told {
    /// What happened to whom.
    pub movement: Movement,
    /// What was left out.
    pub omitted: Vec<Omission>,
}

impl Message {
    /// Reads what the message tells of `event`, which its header names.
    pub fn tell(&self, event: MovementEvent, reading: &Reading<'_>) -> Result<Told, Fault> {
        self.with("MSH", |headers| at_most_one(&headers, Fault::SeveralMessages))?;
        let mut omitted = Vec::new();
        let at = self.happened(reading, &mut omitted)?;
        let version = self.header().version().unwrap_or(Version::V2_5_1);
        let today = reading.now.to_zoned(reading.zone.clone()).date();
        let (patient, visit) = self.with("PID", |pids| {
            at_most_one(&pids, Fault::SeveralPatients)?;
            let pid = pids.first().ok_or(Fault::NoPatient)?;
            let patient = patient(pid, version, today, &mut omitted)?;
            Ok((patient, self.visit(pid, reading, &mut omitted)?))
        })?;
        let merged = match event {
            MovementEvent::Merged => self.merged(patient.number.expose(), reading)?,
            _ => Vec::new(),
        };
        Ok(Told { movement: Movement { event, at, patient, visit, merged }, omitted })
    }

    /// EVN-6, otherwise EVN-2, otherwise MSH-7, otherwise now.
    fn happened(
        &self,
        reading: &Reading<'_>,
        omitted: &mut Vec<Omission>,
    ) -> Result<Timestamp, Fault> {
        let read = |text: &str| moment(text, reading.zone, reading.now);
        let said = self.with("EVN", |events| {
            let event = events.first();
            let mut times = [6, 2].into_iter().filter_map(|field| event?.first(field));
            Ok(times.find_map(|text| read(&text)))
        })?;
        Ok(said.or_else(|| read(self.header().part(7, 1))).unwrap_or_else(|| {
            omitted.push(Omission::EventTime);
            reading.now
        }))
    }

    fn visit(
        &self,
        pid: &Segment<'_>,
        reading: &Reading<'_>,
        omitted: &mut Vec<Omission>,
    ) -> Result<Option<Visit>, Fault> {
        self.with("PV1", |visits| {
            Ok(visits.first().and_then(|pv1| visit(pv1, pid, reading, omitted)))
        })
    }

    /// The numbers of every MRG, the patient's own aside.
    fn merged(&self, own: &str, reading: &Reading<'_>) -> Result<Vec<Personal<String>>, Fault> {
        let today = reading.now.to_zoned(reading.zone.clone()).date();
        self.with("MRG", |segments| {
            let numbers =
                segments.iter().flat_map(|mrg| Numbers::read(mrg.repeats(1), today).all());
            let merged: Vec<_> =
                numbers.filter(|number| number != own).map(Personal::new).collect();
            if merged.is_empty() { Err(Fault::NothingMerged) } else { Ok(merged) }
        })
    }
}

const fn at_most_one(segments: &[Segment<'_>], fault: Fault) -> Result<(), Fault> {
    if segments.len() > 1 { Err(fault) } else { Ok(()) }
}
