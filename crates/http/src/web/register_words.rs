//! Entries and their details in the custodian's words.

use jiff::civil::Date;
use kinfold_domain::{Detail, DetailKind, RegisterEntry, Standing, Telephone};
use serde::Serialize;

use super::{ring::confirmed, spoken::day};

/// What an entry says, for its page and for lists.
#[derive(Clone, Debug, Serialize)]
pub(super) struct EntryLines {
    pub(super) reference: String,
    pub(super) name: String,
    pub(super) status: &'static str,
    /// `current`, `ended` or `past`.
    pub(super) standing: &'static str,
    pub(super) standing_words: String,
    pub(super) sealed: bool,
    pub(super) rows: Vec<(&'static str, String)>,
}

/// The name of a detail.
pub(super) const fn label(kind: DetailKind) -> &'static str {
    match kind {
        DetailKind::Entry => "On the register",
        DetailKind::Left => "In the case system",
        DetailKind::End => "Ended",
        DetailKind::Category => "Category",
        DetailKind::NextReview => "Next review",
        DetailKind::Sealed => "Sealed",
        DetailKind::NhsNumber => "NHS number",
        DetailKind::Name => "Name",
        DetailKind::BirthDate => "Date of birth",
        DetailKind::KeyWorker => "Key worker",
        DetailKind::Successor => "Replaced by",
    }
}

/// What a detail says.
pub(super) fn words(detail: &Detail) -> String {
    match detail {
        Detail::Entry(entry) => format!("{} since {}", entry.status.words(), day(entry.start)),
        Detail::Left => "No longer there, without an end date".to_owned(),
        Detail::End(end) => end.map_or_else(|| "In force".to_owned(), day),
        Detail::Category(category) => {
            category.map_or("None", kinfold_domain::AbuseCategory::words).to_owned()
        }
        Detail::NextReview(next) => next.map_or_else(|| "None set".to_owned(), day),
        Detail::Sealed(None) => "Not sealed".to_owned(),
        Detail::Sealed(Some(desk)) => format!("{}, reference {}", desk.desk, desk.reference),
        Detail::NhsNumber(number) => {
            number.map_or_else(|| "Not known".to_owned(), kinfold_domain::NhsNumber::expose)
        }
        Detail::Name(name) => name.expose(),
        Detail::BirthDate(born) => {
            born.map_or_else(|| "Not known".to_owned(), |born| day(born.expose()))
        }
        Detail::KeyWorker(None) => "None named".to_owned(),
        Detail::KeyWorker(Some(worker)) => {
            let phone = |phone: &Telephone| format!(", {} ({})", phone.as_str(), confirmed(phone));
            let phone = worker.telephone.as_ref().map(phone);
            format!("{}{}", worker.name.expose(), phone.unwrap_or_default())
        }
        Detail::Successor(next) => {
            next.as_ref().map_or_else(|| "Nothing".to_owned(), |id| format!("Entry {id}"))
        }
    }
}

/// An entry as it stands on a day.
pub(super) fn lines(entry: &RegisterEntry, today: Date) -> EntryLines {
    let (standing, standing_words) = match entry.standing(today) {
        Standing::Current => ("current", "In force".to_owned()),
        Standing::RecentlyEnded(end) => ("ended", format!("Recently ended, on {}", day(end))),
        Standing::Past => ("past", "Ended: no longer shown to anybody else".to_owned()),
    };
    EntryLines {
        reference: entry.id.to_string(),
        name: entry.subject.name.expose(),
        status: entry.status.words(),
        standing,
        standing_words,
        sealed: entry.sealed.is_some(),
        rows: rows(entry),
    }
}

fn rows(entry: &RegisterEntry) -> Vec<(&'static str, String)> {
    let said = |kind: DetailKind| {
        let detail = kind.of(entry)?;
        let must = matches!(kind, DetailKind::NhsNumber | DetailKind::BirthDate);
        (must || !detail.is_blank()).then(|| (label(kind), words(&detail)))
    };
    let expected = entry.expected.map(|day_of| ("Expected", day(day_of.expose())));
    let basis = entry.legal_basis.map(|basis| ("Legal basis", basis.words().to_owned()));
    let before = [DetailKind::NhsNumber, DetailKind::BirthDate].into_iter().filter_map(said);
    let start = ("Since", day(entry.start));
    let after = [
        DetailKind::Category,
        DetailKind::NextReview,
        DetailKind::KeyWorker,
        DetailKind::Sealed,
        DetailKind::End,
        DetailKind::Successor,
    ];
    let mut rows: Vec<_> = before.collect();
    rows.extend(expected);
    rows.push(start);
    rows.extend(basis);
    rows.extend(after.into_iter().filter_map(said));
    rows
}
