//! The parameters of a search for flags: whom it is about. What is understood wrongly would be answered wrongly, so a value that can't be
//! read refuses the search; a parameter that is not known here is told, or refused where the client wishes that.

use axum::http::HeaderMap;
use kinfold_domain::{BirthDate, NhsNumberError, PersonName, Sex, Subject};
use kinfold_wire::fhir::NHS_NUMBER_SYSTEM;

use super::{form::Form, media, refusal::Refusal};

/// A search, read.
pub(super) struct Search {
    pub(super) subject: Subject,
    /// Names of parameters that were understood, for the link to this search; values stay out of it.
    pub(super) used: Vec<&'static str>,
    /// Names of parameters that are not known here.
    pub(super) ignored: Vec<String>,
}

const KNOWN: [&str; 6] = [
    "patient.identifier",
    "patient.family",
    "patient.given",
    "patient.birthdate",
    "patient.gender",
    "patient.address-postalcode",
];

/// Other ways to write the first of them: with FHIR's modifier, and by the element's other name.
const IDENTIFIER: [&str; 4] =
    ["patient.identifier", "patient:identifier", "subject.identifier", "subject:identifier"];

/// Reads a search. `strict` is the client's wish that nothing be ignored (`Prefer: handling=strict`).
pub(super) fn read(form: &Form, strict: bool) -> Result<Search, Refusal> {
    let mut values: [Option<String>; KNOWN.len()] = Default::default();
    let mut ignored = Vec::new();
    for (name, value) in form.fields() {
        let plain = if IDENTIFIER.contains(&name) { KNOWN[0] } else { name };
        match KNOWN.iter().position(|known| *known == plain) {
            Some(at) => {
                let value = single(KNOWN[at], value)?;
                if values[at].replace(value).is_some() {
                    return Err(wrong(KNOWN[at], "is there twice"));
                }
            }
            None if name == "_format" => {
                if !media::is_json(value) {
                    return Err(Refusal::NotAcceptable);
                }
            }
            None => ignored.push(printable(name)),
        }
    }
    if strict && let Some(name) = ignored.first() {
        let text = format!("the parameter {name} is not known here");
        return Err(Refusal::invalid("not-supported", text));
    }
    let used =
        KNOWN.iter().zip(&values).filter(|(_, value)| value.is_some()).map(|(name, _)| *name);
    let used = used.collect();
    Ok(Search { subject: subject(&values)?, used, ignored })
}

/// Whether the client wants to be refused rather than have parameters ignored.
pub(super) fn is_strict(headers: &HeaderMap) -> bool {
    let wishes = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    wishes.flat_map(|value| value.split([',', ';'])).any(|wish| wish.trim() == "handling=strict")
}

fn subject(values: &[Option<String>; KNOWN.len()]) -> Result<Subject, Refusal> {
    let [identifier, family, given, born, gender, postcode] = values;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let name = (family.is_some() || given.is_some())
        .then(|| PersonName::new(&text(family), &text(given)))
        .transpose()
        .map_err(|error| wrong("patient.family or patient.given", &error.to_string()))?;
    let subject =
        Subject {
            nhs_number: identifier.as_deref().map(nhs_number).transpose()?,
            name,
            birth_date: born.as_deref().map(birth_date).transpose()?,
            postcode: postcode.as_deref().map(str::parse).transpose().map_err(
                |error: kinfold_domain::PostcodeError| wrong(KNOWN[5], &error.to_string()),
            )?,
            sex: gender.as_deref().map_or(Ok(Sex::Unknown), sex)?,
        };
    let further = subject.birth_date.is_some() || subject.postcode.is_some();
    if subject.nhs_number.is_none() && !(subject.name.is_some() && further) {
        let text = "send patient.identifier with an NHS number, or patient.family and patient.given \
            with patient.birthdate or patient.address-postalcode";
        return Err(Refusal::invalid("required", text));
    }
    Ok(subject)
}

/// One value, with FHIR's escapes undone (hl7.org/fhir/R4/search.html#escaping).
fn single(name: &'static str, value: &str) -> Result<String, Refusal> {
    let mut plain = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            ',' => return Err(wrong(name, "takes one value here")),
            '\\' => plain.extend(chars.next()),
            c => plain.push(c),
        }
    }
    if plain.is_empty() { Err(wrong(name, "is empty")) } else { Ok(plain) }
}

fn nhs_number(token: &str) -> Result<kinfold_domain::NhsNumber, Refusal> {
    let number = token.split_once('|').filter(|(system, _)| *system == NHS_NUMBER_SYSTEM);
    let (_, number) = number.ok_or_else(|| {
        wrong(KNOWN[0], "takes https://fhir.nhs.uk/Id/nhs-number|NUMBER and no other identifier")
    })?;
    number.parse().map_err(|error: NhsNumberError| wrong(KNOWN[0], &error.to_string()))
}

fn birth_date(text: &str) -> Result<BirthDate, Refusal> {
    let text = text.strip_prefix("eq").unwrap_or(text);
    let whole = (text.len() == 10).then(|| text.parse::<jiff::civil::Date>().ok()).flatten();
    let born = whole.and_then(|date| BirthDate::try_from(date).ok());
    born.ok_or_else(|| wrong(KNOWN[3], "takes a whole date, YYYY-MM-DD"))
}

fn sex(word: &str) -> Result<Sex, Refusal> {
    match word {
        "female" => Ok(Sex::Female),
        "male" => Ok(Sex::Male),
        "other" => Ok(Sex::Other),
        "unknown" => Ok(Sex::Unknown),
        _ => Err(wrong(KNOWN[4], "is none of female, male, other, unknown")),
    }
}

fn wrong(name: &str, what: &str) -> Refusal {
    Refusal::invalid("value", format!("{name}: {what}"))
}

/// A parameter's name as it may be told again: whoever puts a child's name there does not read it in an answer.
fn printable(name: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || matches!(c, '_' | '.' | ':' | '-');
    if name.len() <= 40 && name.chars().all(plain) { name.to_owned() } else { "…".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(query: &str, strict: bool) -> Result<Search, Refusal> {
        read(&Form::parse(query.as_bytes())?, strict)
    }

    const NUMBER: &str = "https://fhir.nhs.uk/Id/nhs-number|9990000018";

    #[test]
    fn a_child_is_named_by_number_or_by_name_and_more() {
        for name in IDENTIFIER {
            let found = search(&format!("{name}={NUMBER}"), true).unwrap();
            assert_eq!(found.subject.nhs_number.unwrap().digits(), "9990000018");
            assert_eq!(found.used, ["patient.identifier"]);
        }
        let query = "patient.family=O%27Brien%5C,+Test&patient.birthdate=eq2019-03-31";
        let found = search(query, true).unwrap();
        assert_eq!(found.subject.name.unwrap().family(), "O'Brien, Test");
    }

    #[test]
    fn what_can_not_be_read_refuses_the_search_and_is_not_repeated() {
        for query in [
            String::new(),
            "patient.family=Test".to_owned(),
            "patient.birthdate=2019-03-31".to_owned(),
            "patient.identifier=".to_owned(),
            "patient.identifier=9990000018".to_owned(),
            "patient.identifier=urn:x|9990000018".to_owned(),
            "patient.identifier=https://fhir.nhs.uk/Id/nhs-number|9990000019".to_owned(),
            format!("patient.identifier={NUMBER},{NUMBER}"),
            format!("patient.identifier={NUMBER}&patient:identifier={NUMBER}"),
            format!("patient.identifier={NUMBER}&patient.birthdate=2019"),
            format!("patient.identifier={NUMBER}&patient.birthdate=ge2019-01-01"),
            format!("patient.identifier={NUMBER}&patient.gender=w"),
            format!("patient.identifier={NUMBER}&patient.address-postalcode=Mordor"),
            format!("patient.identifier={NUMBER}&patient.family=%ff"),
        ] {
            let Err(Refusal::Invalid { text, .. }) = search(&query, false) else {
                panic!("{query} was taken")
            };
            assert!(!text.contains("999000") && !text.contains("Mordor"), "{text}");
        }
    }

    #[test]
    fn unknown_parameters_are_told_or_refused_as_the_client_wishes() {
        let query = format!("patient.identifier={NUMBER}&status=active&Ada%20Test=1");
        assert_eq!(search(&query, false).unwrap().ignored, ["status", "…"]);
        assert!(matches!(search(&query, true), Err(Refusal::Invalid { .. })));
        let mut headers = HeaderMap::new();
        headers.insert("prefer", "return=minimal, handling=strict".parse().unwrap());
        assert!(is_strict(&headers) && !is_strict(&HeaderMap::new()));
    }
}
