//! Whom to ring, the one who answers at this hour first.

use kinfold_domain::{Agency, Professional, RegisterPhones, Telephone};
use serde::Serialize;

use super::{site::Site, spoken::Spoken};

/// One line to ring.
#[derive(Clone, Debug, Serialize)]
pub(super) struct RingLine {
    /// Whose telephone.
    pub(super) label: String,
    /// As people read it.
    pub(super) number: String,
    /// For the `tel:` link.
    pub(super) dial: String,
    /// This is the one to ring now.
    pub(super) now: bool,
}

/// The lines of one agency.
#[derive(Clone, Debug, Serialize)]
pub(super) struct RingGroup {
    pub(super) agency: String,
    pub(super) lines: Vec<RingLine>,
}

pub(super) fn line(label: impl Into<String>, number: &Telephone) -> RingLine {
    let (label, dial) = (label.into(), number.dial());
    RingLine { label, number: number.as_str().to_owned(), dial, now: false }
}

/// A register's own lines, and the key worker's where it may be shown, in the order of who answers now.
pub(super) fn register(
    spoken: &Spoken,
    phones: &RegisterPhones,
    key_worker: Option<&Professional>,
) -> Vec<RingLine> {
    let office = line("Council office, Monday to Friday 8:30am to 5:30pm", &phones.office);
    let duty =
        line("Emergency duty team, nights, weekends, bank holidays", &phones.emergency_duty_team);
    let worker = key_worker.and_then(|worker| {
        let number = worker.telephone.as_ref()?;
        Some(line(format!("{}, {}", worker.role, worker.name.expose()), number))
    });
    let mut lines: Vec<RingLine> = if spoken.is_office_hours() {
        worker.into_iter().chain([office, duty]).collect()
    } else {
        [duty].into_iter().chain(worker).chain([office]).collect()
    };
    if let Some(first) = lines.first_mut() {
        first.now = true;
    }
    lines
}

/// Every line that is known here: what the agreement names for the partners, and the registers' own.
pub(super) fn everybody(site: &Site) -> Vec<RingGroup> {
    let spoken = site.spoken();
    let registers = site.services.check.registers();
    let mut groups: Vec<RingGroup> = registers
        .iter()
        .filter_map(|known| {
            let lines = register(&spoken, known.phones.as_ref()?, None);
            Some(RingGroup { agency: known.agency.name.clone(), lines })
        })
        .collect();
    for party in site.services.agreements.partners() {
        let lines: Vec<RingLine> =
            party.telephones.iter().map(|known| line(&known.label, &known.number)).collect();
        match groups.iter_mut().find(|group| group.agency == party.name) {
            Some(group) => group.lines.extend(lines.into_iter().filter(|new| {
                !["office", "emergency"].iter().any(|word| new.label.to_lowercase().contains(word))
            })),
            None => groups.push(RingGroup { agency: party.name, lines }),
        }
    }
    groups
}

/// The name of an agency with its register.
pub(super) fn register_name(agency: &Agency) -> String {
    format!("{} register", agency.name)
}
