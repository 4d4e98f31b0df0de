//! Whom to ring, the one who answers at this hour first.

use kinfold_domain::{Agency, AgencyId, Professional, RegisterPhones, SealedDesk, Telephone};
use serde::Serialize;

use super::{
    site::Site,
    spoken::{Spoken, day},
};

/// One line to ring.
#[derive(Clone, Debug, Serialize)]
pub(super) struct RingLine {
    /// Whose telephone.
    pub(super) label: String,
    /// As people read it.
    pub(super) number: String,
    /// For the `tel:` link.
    pub(super) dial: String,
    /// When it was last found right, of a number that a register keeps.
    pub(super) confirmed: Option<String>,
    /// This is the one to ring now.
    pub(super) now: bool,
}

/// The lines of one agency.
#[derive(Clone, Debug, Serialize)]
pub(super) struct RingGroup {
    pub(super) agency: String,
    pub(super) lines: Vec<RingLine>,
}

/// The desk to ring about a sealed child.
#[derive(Clone, Debug, Serialize)]
pub(super) struct DeskLine {
    agency: String,
    phone: RingLine,
    reference: String,
}

/// The desk of the agency that sealed the child.
pub(super) fn desk(agency: &Agency, desk: &SealedDesk) -> DeskLine {
    let phone = line(desk.desk.clone(), &desk.telephone);
    DeskLine { agency: agency.name.clone(), phone, reference: desk.reference.clone() }
}

pub(super) fn line(label: impl Into<String>, number: &Telephone) -> RingLine {
    let (label, dial) = (label.into(), number.dial());
    RingLine { label, number: number.as_str().to_owned(), dial, confirmed: None, now: false }
}

/// A number that a register keeps, with when it was last found right.
pub(super) fn kept(label: impl Into<String>, number: &Telephone) -> RingLine {
    RingLine { confirmed: Some(confirmed(number)), ..line(label, number) }
}

/// `last confirmed 3 May 2026`
pub(super) fn confirmed(number: &Telephone) -> String {
    let on = |on| format!("last confirmed {}", day(on));
    number.confirmed().map_or_else(|| "not confirmed".to_owned(), on)
}

/// A register's own lines, and the key worker's where it may be shown, in the order of who answers now.
pub(super) fn register(
    spoken: &Spoken,
    phones: &RegisterPhones,
    key_worker: Option<&Professional>,
) -> Vec<RingLine> {
    let office = kept("Council office, Monday to Friday 8:30am to 5:30pm", &phones.office);
    let duty =
        kept("Emergency duty team, nights, weekends, bank holidays", &phones.emergency_duty_team);
    let worker = key_worker.and_then(|worker| {
        let number = worker.telephone.as_ref()?;
        Some(kept(format!("{}, {}", worker.role, worker.name.expose()), number))
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

/// When a line that the agreement names is answered, as far as its label says so.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
enum Answers {
    AtThisHour,
    NotSaid,
    AtOtherHours,
}

impl Answers {
    fn of(label: &str, is_office_hours: bool) -> Self {
        let label = label.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| label.contains(word));
        if says(&["24 hours", "24/7", "any time", "day and night"]) {
            return Self::AtThisHour;
        }
        // "Out of office hours" is a line for the night: the night is looked for first.
        let office = if says(&["out of", "emergency", "night", "weekend"]) {
            false
        } else if says(&["office", "weekday", "monday", "daytime"]) {
            true
        } else {
            return Self::NotSaid;
        };
        if office == is_office_hours { Self::AtThisHour } else { Self::AtOtherHours }
    }
}

/// The lines that the agreement names for a party, whoever answers now first. One that only answers at other hours is never marked.
fn agreed<'a>(
    spoken: &Spoken,
    named: impl Iterator<Item = (&'a str, &'a Telephone)>,
) -> Vec<RingLine> {
    let office = spoken.is_office_hours();
    let mut lines: Vec<(Answers, RingLine)> =
        named.map(|(label, number)| (Answers::of(label, office), line(label, number))).collect();
    lines.sort_by_key(|(answers, _)| *answers);
    if let Some((answers, first)) = lines.first_mut() {
        first.now = *answers != Answers::AtOtherHours;
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

/// Every line of one agency that is known here: its register's own, then what the agreement names beside them.
pub(super) fn of_agency(site: &Site, spoken: &Spoken, agency: &AgencyId) -> Vec<RingLine> {
    let registers = site.services.check.registers();
    let phones = registers.iter().find(|known| known.agency.id == *agency);
    let phones = phones.and_then(|known| known.phones.as_ref());
    let mut lines = phones.map(|phones| register(spoken, phones, None)).unwrap_or_default();
    let parties = site.services.agreements.parties();
    let party = parties.iter().find(|party| party.agency == *agency);
    let named = party.iter().flat_map(|party| &party.telephones);
    let mut more = agreed(spoken, named.map(|known| (known.label.as_str(), &known.number)));
    more.retain(|new| lines.iter().all(|known| known.dial != new.dial));
    if !lines.is_empty() {
        // One line at a time is the one to ring.
        for line in &mut more {
            line.now = false;
        }
    }
    lines.append(&mut more);
    lines
}

/// Every line that is known here: of the registers' owners, and of the agreement's partners.
pub(super) fn everybody(site: &Site) -> Vec<RingGroup> {
    let spoken = site.spoken();
    let mut agencies: Vec<Agency> =
        site.services.check.registers().into_iter().map(|known| known.agency).collect();
    for party in site.services.agreements.partners() {
        if agencies.iter().all(|known| known.id != party.agency) {
            agencies.push(Agency { id: party.agency, name: party.name, kind: party.kind });
        }
    }
    groups(site, &spoken, agencies.iter())
}

/// The lines of these agencies; of one that has none there is no group.
pub(super) fn groups<'a>(
    site: &Site,
    spoken: &Spoken,
    agencies: impl Iterator<Item = &'a Agency>,
) -> Vec<RingGroup> {
    let group = agencies.map(|agency| RingGroup {
        agency: agency.name.clone(),
        lines: of_agency(site, spoken, &agency.id),
    });
    group.filter(|group| !group.lines.is_empty()).collect()
}

/// The name of an agency with its register.
pub(super) fn register_name(agency: &Agency) -> String {
    format!("{} register", agency.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(now: &str, labels: &[&str]) -> Option<String> {
        let number: Telephone = "01632 960100".parse().unwrap();
        let lines =
            agreed(&Spoken::at(now.parse().unwrap()), labels.iter().map(|label| (*label, &number)));
        assert!(lines.iter().skip(1).all(|line| !line.now), "one line is marked at most");
        lines.into_iter().find(|line| line.now).map(|line| line.label)
    }

    const DAY: &str = "2026-06-01T13:00:00Z";
    const NIGHT: &str = "2026-06-01T02:00:00Z";

    #[test]
    fn the_line_that_answers_at_this_hour_is_marked() {
        let both = ["Office hours", "Emergency duty team, out of office hours"];
        assert_eq!(marked(DAY, &both).as_deref(), Some(both[0]));
        assert_eq!(marked(NIGHT, &both).as_deref(), Some(both[1]));
        assert_eq!(marked(NIGHT, &["Duty desk"]).as_deref(), Some("Duty desk"));
        assert_eq!(
            marked(NIGHT, &["Office hours", "Desk, 24 hours"]).as_deref(),
            Some("Desk, 24 hours")
        );
    }

    #[test]
    fn a_line_that_nobody_answers_at_this_hour_is_never_marked() {
        assert_eq!(marked(NIGHT, &["Office hours"]), None);
        assert_eq!(marked(DAY, &["Night team"]), None);
    }
}
