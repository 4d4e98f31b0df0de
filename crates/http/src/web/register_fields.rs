//! Fields of the custodian's forms, parsed at the edge; what was typed comes back with what is wrong.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kinfold_domain::{AbuseCategory, LegalBasis};

use super::{clues::Problems, fields::Fields};

/// The longest text that comes back to its field, in characters.
const LONGEST: usize = 600;

/// What was typed, by field.
pub(super) type Typed = BTreeMap<&'static str, String>;

/// Every field of the custodian's forms.
const FIELDS: [&str; 40] = [
    "reason",
    "nhs_number",
    "given",
    "family",
    "sex",
    "status",
    "category",
    "basis",
    "worker",
    "telephone",
    "birth_day",
    "birth_month",
    "birth_year",
    "held_day",
    "held_month",
    "held_year",
    "next_day",
    "next_month",
    "next_year",
    "on_day",
    "on_month",
    "on_year",
    "start_day",
    "start_month",
    "start_year",
    "expected_day",
    "expected_month",
    "council",
    "address",
    "postcode",
    "team",
    "moved_day",
    "moved_month",
    "moved_year",
    "until_day",
    "until_month",
    "until_year",
    "conference_day",
    "conference_month",
    "conference_year",
];

/// What was typed, for the form to show again.
pub(super) fn typed(fields: &Fields) -> Typed {
    let short = |name: &str| fields.text(name).chars().take(LONGEST).collect();
    FIELDS.iter().chain(&["expected_year"]).map(|name| (*name, short(name))).collect()
}

/// Nothing typed yet.
pub(super) fn blank() -> Typed {
    FIELDS.iter().chain(&["expected_year"]).map(|name| (*name, String::new())).collect()
}

/// The names of a date's three fields, the first of which tells what is wrong.
#[derive(Clone, Copy)]
pub(super) struct DateFields(pub(super) [&'static str; 3], pub(super) &'static str);

pub(super) const HELD: DateFields =
    DateFields(["held_day", "held_month", "held_year"], "Day on which it was held");
pub(super) const NEXT: DateFields =
    DateFields(["next_day", "next_month", "next_year"], "Next review");
pub(super) const ON: DateFields =
    DateFields(["on_day", "on_month", "on_year"], "Day on which it ended");
pub(super) const START: DateFields =
    DateFields(["start_day", "start_month", "start_year"], "Start");
pub(super) const BIRTH: DateFields =
    DateFields(["birth_day", "birth_month", "birth_year"], "Date of birth");
pub(super) const EXPECTED: DateFields =
    DateFields(["expected_day", "expected_month", "expected_year"], "Expected date of birth");

pub(super) const MOVED: DateFields =
    DateFields(["moved_day", "moved_month", "moved_year"], "Day of the move");
pub(super) const FROM: DateFields =
    DateFields(["moved_day", "moved_month", "moved_year"], "First day");
pub(super) const UNTIL: DateFields =
    DateFields(["until_day", "until_month", "until_year"], "Last day");
pub(super) const CONFERENCE: DateFields = DateFields(
    ["conference_day", "conference_month", "conference_year"],
    "Day of the transfer-in conference",
);

/// A date, if one was typed.
pub(super) fn date(fields: &Fields, of: DateFields, problems: &mut Problems) -> Option<Date> {
    let DateFields(names, label) = of;
    let parts = names.map(|name| fields.text(name));
    if parts.iter().all(|part| part.is_empty()) {
        return None;
    }
    let numbers: Vec<i16> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    let read = match numbers.as_slice() {
        [day, month, year] if (1890..=2199).contains(year) => {
            let (day, month) = (i8::try_from(*day), i8::try_from(*month));
            day.ok().zip(month.ok()).and_then(|(day, month)| Date::new(*year, month, day).ok())
        }
        _ => None,
    };
    if read.is_none() {
        problems.add(names[0], format!("{label} must be a real day, like 31 3 2026"));
    }
    read
}

/// A date that must be given.
pub(super) fn must(fields: &Fields, of: DateFields, problems: &mut Problems) -> Option<Date> {
    let before = problems.errors.len();
    let read = date(fields, of, problems);
    if read.is_none() && problems.errors.len() == before {
        problems.add(of.0[0], format!("Enter: {}", of.1.to_lowercase()));
    }
    read
}

/// The category that was chosen.
pub(super) fn category(fields: &Fields) -> Option<AbuseCategory> {
    Some(match fields.text("category") {
        "NEG" => AbuseCategory::Neglect,
        "PHY" => AbuseCategory::Physical,
        "EMO" => AbuseCategory::Emotional,
        "SAB" => AbuseCategory::Sexual,
        "MUL" => AbuseCategory::Multiple,
        _ => return None,
    })
}

/// The legal basis that was chosen.
pub(super) fn basis(fields: &Fields) -> Option<LegalBasis> {
    Some(match fields.text("basis") {
        "s20" => LegalBasis::S20,
        "s31" => LegalBasis::S31,
        "s38" => LegalBasis::S38,
        _ => return None,
    })
}

/// A value that parses, if one was typed.
pub(super) fn parsed<T: std::str::FromStr>(
    fields: &Fields,
    (name, wrong): (&'static str, &'static str),
    problems: &mut Problems,
) -> Option<T> {
    let text = fields.text(name);
    if text.is_empty() {
        return None;
    }
    let read = text.parse().ok();
    if read.is_none() {
        problems.add(name, wrong);
    }
    read
}

/// Why: it must be given.
pub(super) fn reason(fields: &Fields, problems: &mut Problems) -> String {
    let text = fields.text("reason");
    if !(1..=500).contains(&text.chars().count()) {
        problems.add("reason", "Give the reason, in 500 characters at most");
    }
    text.to_owned()
}
