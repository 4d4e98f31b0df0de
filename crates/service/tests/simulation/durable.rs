//! What a node's ledger holds for good, read from outside: what leaves must stand in it, and what stood in it must stay.

use std::collections::BTreeSet;

use kinfold_service::{Journal, records::Entry};

/// The entries that were durable when they were last read.
#[derive(Default)]
pub(crate) struct Durable {
    pub(crate) entries: Vec<Entry>,
    names: BTreeSet<String>,
}

impl Durable {
    /// Reads what is new.
    pub(crate) fn read(&mut self, journal: &Journal) {
        let (from, to) = (self.entries.len() as u64, journal.ledger().size());
        for (_, entry) in journal.read_all(from, to) {
            let entry = entry.expect("a readable entry").expect("a body");
            self.names.extend(name(&entry));
            self.entries.push(entry);
        }
    }

    /// After a restart: what was durable before still is.
    pub(crate) fn outlives(&mut self, journal: &Journal) {
        let (known, size) = (self.entries.len() as u64, journal.ledger().size());
        assert!(size >= known, "of {known} durable entries a restart found {size}");
        if let Some(last) = self.entries.last() {
            let found = journal.read(known - 1).expect("an entry").expect("a body");
            assert!(found == *last, "a durable entry is another one after a restart");
        }
        self.read(journal);
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }
}

/// What an entry is known by where it is told or heard.
fn name(entry: &Entry) -> Option<String> {
    Some(match entry {
        Entry::Attendance(step) => {
            format!("told step {} {} {:?}", step.attendance.0, step.number, step.what)
        }
        Entry::AttendanceHeard { step, .. } => {
            format!("heard step {} {}", step.attendance.0, step.number)
        }
        Entry::Receipt(shown) => format!("told look {} {}", shown.ask.0, shown.at),
        Entry::ReplicaLook(look) => format!("heard look {} {}", look.ask.0, look.at),
        Entry::AttendanceAcknowledged { acknowledged, .. } => {
            format!("told answer {} {}", acknowledged.attendance.0, acknowledged.at)
        }
        Entry::Correction(correction) => format!("told correction {}", correction.id),
        Entry::CorrectionHeard { correction, .. } => format!("heard correction {}", correction.id),
        Entry::HandOver { step, .. } => {
            format!("told word {} {}", step.hand_over.0, step.said.word())
        }
        Entry::HandOverHeard { step, .. } => {
            format!("heard word {} {}", step.hand_over.0, step.said.word())
        }
        Entry::RegisterSent { partner, from, to, .. } => format!("sent {partner} {from} {to}"),
        _ => return None,
    })
}
