//! Whom to ring, in sentences.

use kinfold_domain::{Agency, RegisterPhones};

use super::{answer::Desk, words};

/// Every line that is known here, in a sentence for each agency: the registers' own lines, or else what the agreement names.
pub(super) fn everybody(desk: &Desk) -> Vec<String> {
    let registers = desk.services.check.registers();
    let known = registers.iter().filter_map(|register| {
        let phones = register.phones.as_ref()?;
        Some(register_line(&register.agency, phones))
    });
    let mut lines: Vec<String> = known.collect();
    for party in desk.services.agreements.partners() {
        let told = registers
            .iter()
            .any(|register| register.agency.id == party.agency && register.phones.is_some());
        if told || party.telephones.is_empty() {
            continue;
        }
        let phones = party.telephones.iter().map(|p| format!("{} {}", p.label, p.number.as_str()));
        lines.push(format!("Ring {}: {}.", party.name, phones.collect::<Vec<_>>().join("; ")));
    }
    lines
}

/// A register's own lines.
pub(super) fn register_line(agency: &Agency, phones: &RegisterPhones) -> String {
    format!(
        "Ring {}: in office hours {}; nights, weekends and bank holidays, emergency duty team {}.",
        agency.name,
        words::number(&phones.office),
        words::number(&phones.emergency_duty_team)
    )
}
