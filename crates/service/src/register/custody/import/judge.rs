//! What one row makes of the register, or why it is not loaded.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use jiff::civil::Date;
use kinfold_domain::{
    ChangeKind, Demographics, Detail, EntryId, NhsNumber, NhsNumberError, RegisterEntry,
    RegisterPhones, RegisterStatus,
};

use super::{ImportRow, RowCode, parse::Unreadable};

/// The register as a file meets it.
pub(super) struct Known {
    pub(super) by_number: HashMap<NhsNumber, Vec<Arc<RegisterEntry>>>,
    /// Numbers that a custodian has put another in place of.
    pub(super) replaced: HashSet<NhsNumber>,
}

/// What became of a row.
pub(super) enum Judged {
    /// These details of this entry change; none where it says the same already.
    Loaded(EntryId, ChangeKind, Vec<Detail>),
    /// It is work for somebody.
    Rejected(RowCode, String),
}

/// What becomes of a sealed child.
const SEALED: &str = "the child is sealed: change the entry on its page";

pub(super) type Refused = (RowCode, String);

pub(super) fn judge(
    row: &ImportRow,
    known: &Known,
    new: (EntryId, &RegisterPhones),
    today: Date,
) -> Judged {
    match judged(row, known, new, today) {
        Ok(judged) => judged,
        Err((code, problem)) => Judged::Rejected(code, problem),
    }
}

fn judged(
    row: &ImportRow,
    known: &Known,
    (reference, phones): (EntryId, &RegisterPhones),
    today: Date,
) -> Result<Judged, Refused> {
    let number = number(row)?;
    let mut unread = Vec::new();
    let wanted = wanted(row, Some(number), (reference, phones), &mut unread).map_err(unreadable)?;
    if let Some(field) = unread.first() {
        return Err(unreadable(Unreadable(field)));
    }
    if row.sealed().map_err(unreadable)? {
        return Err((RowCode::Sensitive, SEALED.to_owned()));
    }
    days(&wanted, today)?;
    row.rung(today).map_err(unreadable)?;
    let none = Vec::new();
    let entries = known.by_number.get(&number).unwrap_or(&none);
    if entries.is_empty() && known.replaced.contains(&number) {
        let why = "this number was replaced by another on the register: give the new one";
        return Err((RowCode::Superseded, why.to_owned()));
    }
    if entries.iter().any(|entry| entry.sealed.is_some()) {
        return Err((RowCode::Sensitive, SEALED.to_owned()));
    }
    if entries.iter().any(|entry| !is_same_child(entry, &wanted)) {
        let why =
            "the register has this number with another name or date of birth: find out whose it is";
        return Err((RowCode::NoMatch, why.to_owned()));
    }
    let of_status = || entries.iter().filter(|entry| entry.status == wanted.status);
    if let Some(entry) = of_status().find(|entry| entry.start == wanted.start) {
        return changed(entry, &wanted);
    }
    // A plan that ended before this one began is another one.
    let in_force = of_status().find(|entry| entry.end.is_none_or(|end| end > wanted.start));
    if let Some(entry) = in_force {
        let why = format!("the register has this plan since {}: give that start date", entry.start);
        return Err((RowCode::Failed, why));
    }
    let id = wanted.id.clone();
    Ok(Judged::Loaded(id, ChangeKind::Added, vec![Detail::Entry(Box::new(wanted))]))
}

pub(super) fn number(row: &ImportRow) -> Result<NhsNumber, Refused> {
    row.number().map_err(|error| {
        let (code, why) = match error {
            NhsNumberError::Malformed if row.has_old_number() => (
                RowCode::OldFormat,
                "this is an NHS number of an older form: give the one of 10 digits",
            ),
            NhsNumberError::Malformed => {
                (RowCode::NotVerified, "give the NHS number, in 10 digits")
            }
            NhsNumberError::CheckDigit => {
                (RowCode::NotVerified, "a digit of this NHS number is wrong: look it up")
            }
            NhsNumberError::Placeholder => {
                (RowCode::NotVerified, "ten equal digits are no NHS number: look it up")
            }
        };
        (code, why.to_owned())
    })
}

pub(super) fn unreadable(Unreadable(field): Unreadable) -> Refused {
    (RowCode::Failed, format!("{field} is missing or can't be read: see the format"))
}

fn days(wanted: &RegisterEntry, today: Date) -> Result<(), Refused> {
    let why = if wanted.start > today || wanted.end.is_some_and(|end| end > today) {
        "a start or an end must not lie in the future"
    } else if wanted.end.is_some_and(|end| end < wanted.start) {
        "the end lies before the start"
    } else {
        return Ok(());
    };
    Err((RowCode::Failed, why.to_owned()))
}

/// The entry that a row describes. What it can do without goes to `unread` when it can't be read.
pub(super) fn wanted(
    row: &ImportRow,
    nhs_number: Option<NhsNumber>,
    (id, phones): (EntryId, &RegisterPhones),
    unread: &mut Vec<&'static str>,
) -> Result<RegisterEntry, Unreadable> {
    let status = RegisterStatus::from(row.plan()?);
    let is_plan = status != RegisterStatus::LookedAfter;
    let category = or_note(row.category(), unread).filter(|_| is_plan);
    let birth_date = or_note(row.birth_date(), unread);
    let subject = Demographics { nhs_number, birth_date, ..Demographics::named(row.name()?) };
    let worker = or_note(row.worker(), unread).or_else(|| row.worker_by_name());
    Ok(RegisterEntry {
        id,
        status,
        subject,
        expected: or_note(row.expected(), unread).filter(|_| status == RegisterStatus::UnbornPlan),
        initial_category: category,
        category,
        legal_basis: or_note(row.basis(), unread).filter(|_| !is_plan),
        start: row.start()?,
        end: or_note(row.day("end_date"), unread),
        previous_plans: 0,
        next_review: or_note(row.day("next_review"), unread),
        professionals: worker.into_iter().collect(),
        phones: phones.clone(),
        household: Vec::new(),
        school: None,
        sealed: None,
        successor: None,
        handing_over: None,
    })
}

fn or_note<T>(read: Result<Option<T>, Unreadable>, unread: &mut Vec<&'static str>) -> Option<T> {
    read.unwrap_or_else(|Unreadable(field)| {
        unread.push(field);
        None
    })
}

/// The number alone is not enough: a mistyped one is somebody else's.
pub(super) fn is_same_child(entry: &RegisterEntry, wanted: &RegisterEntry) -> bool {
    let (known, told) = (&entry.subject, &wanted.subject);
    let same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
    let family = same(known.name.family(), told.name.family());
    let given = same(known.name.given(), told.name.given());
    match (known.birth_date, told.birth_date) {
        (Some(known), Some(told)) => known == told && (family || given),
        _ => family && given,
    }
}

/// What changes of an entry that is there. What the file leaves empty stays.
fn changed(entry: &RegisterEntry, wanted: &RegisterEntry) -> Result<Judged, Refused> {
    if let (Some(end), None) = (entry.end, wanted.end) {
        let why = format!(
            "the register has this plan as ended on {end}: reopen it on its page if that is wrong"
        );
        return Err((RowCode::Failed, why));
    }
    let worker = wanted.professionals.first().cloned().map(Box::new);
    let all = [
        Detail::End(wanted.end),
        Detail::Category(wanted.category),
        Detail::NextReview(wanted.next_review),
        Detail::KeyWorker(worker),
    ];
    let told = all.into_iter().filter(|detail| !detail.is_blank() && !detail.agrees(entry));
    let details: Vec<Detail> = told.collect();
    let ends = entry.end.is_none() && wanted.end.is_some();
    let kind = if ends { ChangeKind::Ended } else { ChangeKind::Corrected };
    Ok(Judged::Loaded(entry.id.clone(), kind, details))
}
