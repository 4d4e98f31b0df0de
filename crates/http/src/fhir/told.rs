//! An answer to a check in words, the same for a bundle and for a card. Never a bare "nothing".

use kinfold_domain::{CheckAnswer, Confirmed, NumberAgreement, RegisterHit, RegisterStatus};
use kinfold_service::check::Checked;

use super::{
    answer::Desk,
    ring,
    words::{self, day, moment},
};

/// What is to be said.
pub(super) struct Told {
    /// Which answer it is: one of the six, or `another-name`.
    pub(super) answer: &'static str,
    /// FHIR's `issue-type` for it.
    pub(super) code: &'static str,
    /// In a few words.
    pub(super) summary: String,
    /// In whole sentences: since when, as at when, what it does not mean, whom to ring.
    pub(super) lines: Vec<String>,
}

/// What is to be said of an answer.
pub(super) fn told(desk: &Desk, checked: &Checked) -> Told {
    let (answer, code, summary) = named(checked);
    let mut lines: Vec<String> = certain(&checked.answer).map(entry_line).collect();
    lines.extend(meaning(answer, &checked.answer));
    lines.extend(checked.registers.iter().map(register_line));
    lines.extend(withheld_lines(desk, checked));
    lines.extend(ring_lines(desk, checked));
    Told { answer, code, summary, lines }
}

/// Whether every register answered no, with nothing withheld: the one answer of which a card may be silent.
pub(super) fn is_plain_no(checked: &Checked) -> bool {
    matches!(checked.answer, CheckAnswer::NotOnRegister)
        && checked.withheld.is_empty()
        && checked.registers.iter().all(|register| !register.stale)
}

/// The entries that are this child's for certain. Under another name nothing is opened before somebody has confirmed who it is.
pub(super) fn certain(answer: &CheckAnswer) -> impl Iterator<Item = &RegisterHit> {
    let hits = match answer {
        CheckAnswer::OnRegister { hits } | CheckAnswer::RecentlyEnded { hits, .. } => &hits[..],
        _ => &[],
    };
    hits.iter().filter(|hit| hit.number != NumberAgreement::AnotherName)
}

fn named(checked: &Checked) -> (&'static str, &'static str, String) {
    if let Some(in_force) = another_name(&checked.answer) {
        let standing = if in_force { "On the register" } else { "Recently ended" };
        return ("another-name", "conflict", format!("{standing}: this number, another name"));
    }
    match &checked.answer {
        CheckAnswer::OnRegister { .. } => ("on-register", "informational", statuses(checked)),
        CheckAnswer::RecentlyEnded { ended, .. } => {
            ("recently-ended", "informational", format!("Recently ended, on {}", day(*ended)))
        }
        CheckAnswer::NotOnRegister => {
            ("not-on-register", "informational", "Not on these registers".to_owned())
        }
        CheckAnswer::Several { possible, .. } => (
            "several",
            "multiple-matches",
            match possible.len() {
                0 => "Too little to tell children apart".to_owned(),
                1 => "One possible child on the register".to_owned(),
                count => format!("{count} possible children on the register"),
            },
        ),
        CheckAnswer::Unconfirmed => {
            ("unconfirmed", "incomplete", "Could not be confirmed".to_owned())
        }
        CheckAnswer::Sealed { .. } => ("sealed", "suppressed", "Sealed: ring the desk".to_owned()),
    }
}

/// Whether the number is on a register under another name, and if so whether an entry of that is in force.
fn another_name(answer: &CheckAnswer) -> Option<bool> {
    let others: Vec<bool> = match answer {
        CheckAnswer::Several { possible, .. } => possible
            .iter()
            .filter(|child| child.number == NumberAgreement::AnotherName)
            .map(|child| child.ended.is_none())
            .collect(),
        CheckAnswer::OnRegister { hits } | CheckAnswer::RecentlyEnded { hits, .. } => hits
            .iter()
            .filter(|hit| hit.number == NumberAgreement::AnotherName)
            .map(|_| matches!(answer, CheckAnswer::OnRegister { .. }))
            .collect(),
        _ => Vec::new(),
    };
    (!others.is_empty()).then(|| others.contains(&true))
}

/// The statuses in force, each once.
fn statuses(checked: &Checked) -> String {
    let mut said: Vec<&str> = Vec::new();
    for hit in certain(&checked.answer).filter(|hit| hit.ended.is_none()) {
        let word = match hit.entry.status {
            RegisterStatus::ChildProtectionPlan => "On a child protection plan",
            RegisterStatus::LookedAfter => "Looked after by the council",
            RegisterStatus::UnbornPlan => "Unborn child on a protection plan",
        };
        if !said.contains(&word) {
            said.push(word);
        }
    }
    if said.is_empty() { "On the register".to_owned() } else { said.join(". ") }
}

/// `Ashmoor Council: child protection plan (neglect), since 1 September 2025.`
fn entry_line(hit: &RegisterHit) -> String {
    let entry = &hit.entry;
    let category = entry.category.map(|category| format!(" ({})", category.words()));
    let ended = hit.ended.map(|end| format!(", ended {}", day(end)));
    let handing = entry.handing_over.as_ref().map(|handing| match handing.accepted {
        None => format!(", being handed over to {} since {}", handing.name, day(handing.since)),
        Some(on) => format!(", handed over to {}, which accepted on {}", handing.name, day(on)),
    });
    format!(
        "{}: {}{}, since {}{}{}.",
        hit.agency.name,
        entry.status.words(),
        category.unwrap_or_default(),
        day(entry.start),
        ended.unwrap_or_default(),
        handing.unwrap_or_default()
    )
}

fn meaning(named: &str, answer: &CheckAnswer) -> Vec<String> {
    let mut lines = Vec::new();
    let sealed = match answer {
        CheckAnswer::Sealed { notice } => Some(notice),
        CheckAnswer::Several { sealed, .. } => sealed.as_ref(),
        _ => None,
    };
    let said = match named {
        "another-name" => {
            "The NHS number that was sent belongs to a child of another name or date of birth. Find out \
             which child is in front of you before you rely on it."
        }
        "not-on-register" => "This does not mean that the child is safe.",
        "several" => {
            "It can't be said whether one of them is this child. Ask again with NHS number, full name, date \
             of birth and postcode, or check in Kinfold. This does not mean that the child is safe."
        }
        "unconfirmed" => {
            "A register could not be confirmed, so that nothing was found says nothing about the child: ring."
        }
        _ => "",
    };
    if !said.is_empty() {
        lines.push(said.to_owned());
    }
    if let Some(notice) = sealed {
        let desk = &notice.desk;
        lines.push(format!(
            "Ring {}, {}, {}, and quote {}. Nothing else is told here.",
            notice.agency.name,
            desk.desk,
            desk.telephone.as_str(),
            desk.reference
        ));
    }
    lines
}

fn register_line(register: &Confirmed) -> String {
    let name = &register.agency.name;
    let stale = if register.stale { ", which is older than its limit" } else { "" };
    match register.as_at {
        Some(at) => format!("{name} register as at {}{stale}.", moment(at.0)),
        None => format!("{name} register: never confirmed."),
    }
}

fn withheld_lines(desk: &Desk, checked: &Checked) -> Vec<String> {
    let withheld = checked.withheld.iter();
    withheld
        .map(|(owner, why)| {
            let name = desk.services.agreements.agency(owner).name;
            format!("{name} register was not searched: {why}.")
        })
        .collect()
}

/// Professionals with a telephone, where they may be shown, then the registers' own lines.
fn ring_lines(desk: &Desk, checked: &Checked) -> Vec<String> {
    let professionals = certain(&checked.answer).flat_map(|hit| &hit.entry.professionals);
    let mut lines: Vec<String> = professionals
        .filter_map(|known| {
            let number = words::number(known.telephone.as_ref()?);
            Some(format!("{}: {}, {number}.", known.role, known.name.expose()))
        })
        .collect();
    let registers = checked.registers.iter();
    let of_registers: Vec<String> = registers
        .filter_map(|known| Some(ring::register_line(&known.agency, known.phones.as_ref()?)))
        .collect();
    lines.extend(if of_registers.is_empty() { ring::everybody(desk) } else { of_registers });
    lines
}
