//! A Patient resource as a description of whom somebody looks for: any part of it may be missing.

use kinfold_domain::Subject;

use super::patient::{Raw, addresses, birth_date, names, nhs_number, nhs_numbers, sex};
use super::{Problems, Reading, Resource};

/// Reads whom a Patient resource describes. `None` when it is no object; `problems` names whatever is there and can't be read, so
/// that nobody is searched for by less than was said.
pub fn sought(resource: &Resource, reading: &Reading, problems: &mut Problems) -> Option<Subject> {
    let raw = resource.read_or_refuse::<Raw>(problems)?;
    let named = !raw.name.noted("Patient.name", problems).is_empty();
    let name = if named { names(&raw, reading, problems).map(|(first, _)| first) } else { None };
    let mut numbers = nhs_numbers(&raw, reading).map(|number| number.replace(' ', ""));
    if numbers.next().is_some_and(|first| numbers.any(|next| next != first)) {
        problems
            .note("a Patient.identifier", "there are two NHS numbers, of which the first counts");
    }
    let (address, _) = addresses(&raw, reading, problems);
    Some(Subject {
        nhs_number: nhs_number(&raw, reading, problems),
        name,
        birth_date: birth_date(&raw, problems),
        postcode: address.and_then(|address| address.postcode),
        sex: sex(&raw.gender, "Patient.gender", problems),
    })
}

#[cfg(test)]
mod tests {
    use jiff::{civil::date, tz::TimeZone};

    use super::*;
    use crate::fhir::Limits;

    fn read(json: &str) -> (Option<Subject>, usize) {
        let reading = Reading::uk_core(TimeZone::UTC, date(2026, 6, 1));
        let resource = Resource::parse(json.as_bytes(), Limits::default()).unwrap();
        let mut problems = Problems::of("Patient");
        let subject = sought(&resource, &reading, &mut problems);
        (subject, problems.into_found().len())
    }

    #[test]
    fn a_number_alone_is_somebody_to_look_for() {
        let json = r#"{"resourceType":"Patient","identifier":[
            {"system":"https://fhir.nhs.uk/Id/nhs-number","value":"999 000 0018"}]}"#;
        let (subject, problems) = read(json);
        let subject = subject.unwrap();
        assert_eq!(subject.nhs_number.unwrap().digits(), "9990000018");
        assert!(subject.name.is_none() && problems == 0);
    }

    #[test]
    fn what_is_there_and_can_not_be_read_is_named() {
        for json in [
            r#"{"resourceType":"Patient","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000019"}]}"#,
            r#"{"resourceType":"Patient","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"},
                {"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000026"}]}"#,
            r#"{"resourceType":"Patient","name":[{"family":7}]}"#,
            r#"{"resourceType":"Patient","name":"Ada"}"#,
            r#"{"resourceType":"Patient","birthDate":"2019-02-30"}"#,
            r#"{"resourceType":"Patient","gender":"woman"}"#,
            r#"{"resourceType":"Patient","address":[{"postalCode":"nowhere"}]}"#,
        ] {
            assert!(read(json).1 > 0, "{json}");
        }
    }
}
