//! What somebody typed about a child, parsed at the edge. What is wrong is told field by field, and the form comes back as
//! it was typed.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kinfold_domain::{
    BirthDate, DateError, NameError, NhsNumber, NhsNumberError, PersonName, Postcode, Sex, Subject,
};
use serde::Serialize;

use super::fields::Fields;

/// The longest text that comes back to its field, in characters.
const LONGEST: usize = 200;

/// What was typed, for the form to show again.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Typed {
    pub(super) nhs_number: String,
    pub(super) given: String,
    pub(super) family: String,
    pub(super) day: String,
    pub(super) month: String,
    pub(super) year: String,
    pub(super) postcode: String,
    pub(super) sex: String,
}

/// What is wrong, by field, in the order of the form.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Problems {
    /// For the summary at the top: the field's address on the page, and what is wrong.
    pub(super) errors: Vec<Problem>,
    /// For each field.
    pub(super) wrong: BTreeMap<&'static str, String>,
}

/// One line of the summary.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Problem {
    pub(super) href: String,
    pub(super) text: String,
}

impl Problems {
    /// Adds what is wrong with a field.
    pub(super) fn add(&mut self, field: &'static str, text: impl Into<String>) {
        let text = text.into();
        self.errors.push(Problem { href: format!("#{field}"), text: text.clone() });
        self.wrong.insert(field, text);
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    fn take<T>(&mut self, field: &'static str, parsed: Result<Option<T>, String>) -> Option<T> {
        parsed.unwrap_or_else(|text| {
            self.add(field, text);
            None
        })
    }
}

/// Reads whom a form is about. `today` is the day in England.
pub(super) fn read(fields: &Fields, today: Date, problems: &mut Problems) -> (Subject, Typed) {
    let typed = typed(fields);
    let text = |name| fields.text(name);
    let nhs_number = problems.take("nhs_number", nhs_number(text("nhs_number")));
    let name = problems.take("family", name(text("family"), text("given")));
    let birth_date = problems.take("birth_day", birth_date(fields, today));
    let postcode = problems.take("postcode", postcode(text("postcode")));
    let sex = match text("sex") {
        "female" => Sex::Female,
        "male" => Sex::Male,
        "other" => Sex::Other,
        _ => Sex::Unknown,
    };
    let subject = Subject { nhs_number, name, birth_date, postcode, sex };
    if problems.is_empty() {
        enough(&subject, problems);
    }
    (subject, typed)
}

/// What was typed, as it was.
pub(super) fn typed(fields: &Fields) -> Typed {
    let short = |name| fields.text(name).chars().take(LONGEST).collect();
    Typed {
        nhs_number: short("nhs_number"),
        given: short("given"),
        family: short("family"),
        day: short("birth_day"),
        month: short("birth_month"),
        year: short("birth_year"),
        postcode: short("postcode"),
        sex: short("sex"),
    }
}

/// A number alone, or a name with a date of birth or a postcode: less tells nobody apart.
fn enough(subject: &Subject, problems: &mut Problems) {
    if subject.nhs_number.is_some() {
        return;
    }
    let further = subject.birth_date.is_some() || subject.postcode.is_some();
    match (&subject.name, further) {
        (Some(_), true) => {}
        (Some(_), false) => {
            problems
                .add("birth_day", "Enter the date of birth, or the postcode if it is not known");
        }
        (None, true) => problems.add("family", "Enter the name, or the NHS number"),
        (None, false) => {
            problems.add("nhs_number", "Enter an NHS number, or a name and date of birth");
        }
    }
}

fn nhs_number(text: &str) -> Result<Option<NhsNumber>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|error| {
        match error {
            NhsNumberError::Malformed => "NHS number must be 10 digits, like 999 123 4567",
            NhsNumberError::CheckDigit => {
                "A digit of this NHS number is wrong. Compare it with the record or the wristband, or \
                 leave it empty and enter name and date of birth"
            }
            NhsNumberError::Placeholder => {
                "Ten equal digits mean that the NHS number is not known. Leave it empty and enter \
                 name and date of birth"
            }
        }
        .to_owned()
    })
}

fn name(family: &str, given: &str) -> Result<Option<PersonName>, String> {
    match PersonName::new(family, given) {
        Ok(name) => Ok(Some(name)),
        Err(NameError::Missing) => Ok(None),
        Err(NameError::TooLong) => Err("Each name must be 100 characters or fewer".to_owned()),
        Err(NameError::Illegal) => {
            Err("The name holds characters that cannot be seen. Type it instead of pasting it"
                .to_owned())
        }
    }
}

fn birth_date(fields: &Fields, today: Date) -> Result<Option<BirthDate>, String> {
    let parts = ["birth_day", "birth_month", "birth_year"].map(|part| fields.text(part));
    if parts.iter().all(|part| part.is_empty()) {
        return Ok(None);
    }
    let named = ["a day", "a month", "a year"].into_iter().zip(parts);
    let missing: Vec<&str> =
        named.filter(|(_, part)| part.is_empty()).map(|(name, _)| name).collect();
    if !missing.is_empty() {
        return Err(format!("Date of birth must include {}", missing.join(" and ")));
    }
    let [day, month, year] = parts;
    if year.chars().count() != 4 {
        return Err("Year of birth must have 4 digits, like 2019".to_owned());
    }
    let date: BirthDate = format!("{day} {month} {year}").parse().map_err(|error| {
        match error {
            DateError::Malformed => "Date of birth must be three numbers, like 31 3 2019",
            DateError::Impossible => "Date of birth must be a real day: there is no such day",
            DateError::OutOfRange => "Year of birth must be between 1890 and 2199",
        }
        .to_owned()
    })?;
    if date.expose() > today {
        return Err("Date of birth must be today or in the past. For an unborn child enter the \
             mother's name and date of birth"
            .to_owned());
    }
    Ok(Some(date))
}

fn postcode(text: &str) -> Result<Option<Postcode>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = "Enter a full postcode, like S60 1AA, or leave it empty";
    text.parse().map(Some).map_err(|_| wrong.to_owned())
}
