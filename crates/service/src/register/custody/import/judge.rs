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

type Refused = (RowCode, String);

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
    let wanted = wanted(row, number, (reference, phones)).map_err(unreadable)?;
    days(&wanted, today)?;
    row.rung(today).map_err(unreadable)?;
    let none = Vec::new();
    let entries = known.by_number.get(&number).unwrap_or(&none);
    if entries.is_empty() && known.replaced.contains(&number) {
        let why = "this number was replaced by another on the register: give the new one";
        return Err((RowCode::Superseded, why.to_owned()));
    }
    if entries.iter().any(|entry| entry.sealed.is_some()) {
        let why = "the child is sealed: change the entry on its page";
        return Err((RowCode::Sensitive, why.to_owned()));
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

fn number(row: &ImportRow) -> Result<NhsNumber, Refused> {
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

fn unreadable(Unreadable(field): Unreadable) -> Refused {
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

/// The entry that a row describes.
fn wanted(
    row: &ImportRow,
    number: NhsNumber,
    (id, phones): (EntryId, &RegisterPhones),
) -> Result<RegisterEntry, Unreadable> {
    let status = RegisterStatus::from(row.plan()?);
    let is_plan = status != RegisterStatus::LookedAfter;
    let category = row.category()?.filter(|_| is_plan);
    let subject = Demographics {
        nhs_number: Some(number),
        birth_date: row.birth_date()?,
        ..Demographics::named(row.name()?)
    };
    Ok(RegisterEntry {
        id,
        status,
        subject,
        expected: row.expected()?.filter(|_| status == RegisterStatus::UnbornPlan),
        initial_category: category,
        category,
        legal_basis: row.basis()?.filter(|_| !is_plan),
        start: row.start()?,
        end: row.day("end_date")?,
        previous_plans: 0,
        next_review: row.day("next_review")?,
        professionals: row.worker()?.into_iter().collect(),
        phones: phones.clone(),
        household: Vec::new(),
        school: None,
        sealed: None,
        successor: None,
        handing_over: None,
    })
}

/// The number alone is not enough: a mistyped one is somebody else's.
fn is_same_child(entry: &RegisterEntry, wanted: &RegisterEntry) -> bool {
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
