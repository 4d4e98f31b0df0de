use jiff::civil::date;
use kinfold_domain::Sex;
use serde_json::{Value, json};

use super::super::*;
use super::{reading, resource};

fn read_patient(value: &Value) -> (Option<PatientState>, Vec<Problem>) {
    let resource = resource(value);
    let mut problems = Problems::of(&resource.record());
    let state = patient(&resource, &reading(), &mut problems);
    (state, problems.into_found())
}

fn known(value: &Value) -> (Known, Vec<Problem>) {
    match read_patient(value) {
        (Some(PatientState::Known(known)), problems) => (*known, problems),
        (other, problems) => panic!("{other:?} {problems:?}"),
    }
}

fn ada() -> Value {
    json!({
        "resourceType": "Patient", "id": "p1",
        "meta": {"lastUpdated": "2026-10-01T09:00:00.5+01:00"},
        "identifier": [
            {"system": "https://local.example/mrn", "value": "12345"},
            {"system": NHS_NUMBER_SYSTEM, "value": "9990000018"}
        ],
        "name": [
            {"use": "old", "family": "Former", "given": ["Ada"]},
            {"use": "official", "family": "O'Test", "given": ["Ada", "Zoë"]}
        ],
        "gender": "female", "birthDate": "2019-03-31",
        "address": [
            {"use": "old", "postalCode": "S60 1AA"},
            {"use": "home", "line": ["1 Sample Row"], "city": "Ashmoor", "postalCode": "s601ab"}
        ],
        "extension": [{"url": "https://unknown.example", "valueString": "skipped"}]
    })
}

#[test]
fn a_patient_is_read_with_what_matching_needs() {
    let (known, problems) = known(&ada());
    let d = &known.demographics;
    assert_eq!(problems, vec![]);
    assert_eq!((d.name.family(), d.name.given()), ("O'Test", "Ada Zoë"));
    assert_eq!(d.other_names[0].family(), "Former");
    assert_eq!(d.nhs_number.unwrap().digits(), "9990000018");
    assert_eq!(d.birth_date.unwrap().expose(), date(2019, 3, 31));
    assert_eq!(d.postcode().unwrap().expose(), "S60 1AB");
    assert_eq!(d.former_postcodes[0].expose(), "S60 1AA");
    assert_eq!(d.sex, Sex::Female);
    assert!(!known.sealed);
    assert_eq!(known.updated.unwrap(), "2026-10-01T08:00:00.5Z".parse().unwrap());
}

#[test]
fn a_bad_element_is_named_without_its_value_and_the_rest_still_counts() {
    let cases = [
        ("birthDate", json!("2019-02-30"), "Patient.birthDate"),
        ("birthDate", json!(20_190_331), "Patient.birthDate"),
        ("gender", json!("F"), "Patient.gender"),
        ("gender", json!(["female"]), "Patient.gender"),
        ("address", json!([{"postalCode": "SECRET"}]), "Patient.address.postalCode"),
        ("address", json!("SECRET"), "Patient.address"),
        ("identifier", json!([{"system": NHS_NUMBER_SYSTEM, "value": "9990000019"}]), "NHS number"),
        ("identifier", json!({"value": "SECRET"}), "Patient.identifier"),
    ];
    for (element, value, named) in cases {
        let mut patient = ada();
        patient[element] = value.clone();
        let (known, problems) = known(&patient);
        assert_eq!(known.demographics.name.family(), "O'Test");
        assert_eq!(problems.len(), 1, "{element} {value}");
        assert_eq!(problems[0].record, "Patient/p1");
        assert!(problems[0].problem.contains(named), "{:?}", problems[0]);
        assert!(!format!("{problems:?}").contains("SECRET"));
        assert!(!format!("{problems:?}").contains("9990000019"));
    }
}

#[test]
fn a_patient_without_a_usable_name_is_refused_and_says_so() {
    for name in [
        json!([]),
        json!(null),
        json!([{"given": [7]}]),
        json!("Ada"),
        json!([{"family": "a\u{202e}"}]),
    ] {
        let mut patient = ada();
        patient["name"] = name;
        let (state, problems) = read_patient(&patient);
        let refused =
            state.is_none() && problems.iter().any(|p| p.problem.contains("Patient.name"));
        // A direction override is dropped, so that name is usable.
        assert!(refused || patient["name"][0]["family"].is_string(), "{problems:?}");
    }
}

#[test]
fn names_given_as_one_text_are_taken_apart() {
    for text in ["TEST, Ada Mary", "Ada Mary TEST"] {
        let mut patient = ada();
        patient["name"] = json!([{ "text": text }]);
        let (known, _) = known(&patient);
        let name = known.demographics.name;
        assert_eq!((name.family(), name.given()), ("TEST", "Ada Mary"));
    }
}

#[test]
fn inactive_and_replaced_patients_are_gone() {
    let mut inactive = ada();
    inactive["active"] = json!(false);
    assert_eq!(read_patient(&inactive).0, Some(PatientState::Gone));
    let mut merged = ada();
    merged["link"] = json!([{"other": {"reference": "Patient/2"}, "type": "replaced-by"}]);
    assert_eq!(read_patient(&merged).0, Some(PatientState::Gone));
    let mut kept = ada();
    kept["link"] = json!([{"other": {"reference": "Patient/2"}, "type": "replaces"}]);
    assert!(matches!(read_patient(&kept).0, Some(PatientState::Known(_))));
    let mut odd = ada();
    odd["active"] = json!("no");
    assert_eq!(read_patient(&odd).0, None);
}

#[test]
fn restricted_patients_are_sealed_also_when_the_label_cannot_be_read() {
    let system = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
    for (security, sealed) in [("R", true), ("V", true), ("U", false), ("N", false)] {
        let mut patient = ada();
        patient["meta"]["security"] = json!([{"system": system, "code": security}]);
        assert_eq!(known(&patient).0.sealed, sealed, "{security}");
    }
    let mut patient = ada();
    patient["meta"] = json!("R");
    assert!(known(&patient).0.sealed);
}

#[test]
fn partial_and_missing_birth_dates_are_no_error() {
    for value in [json!("2019"), json!("2019-03"), json!(null)] {
        let mut patient = ada();
        patient["birthDate"] = value;
        let (known, problems) = known(&patient);
        assert_eq!((known.demographics.birth_date, problems.len()), (None, 0));
    }
}

proptest::proptest! {
    #[test]
    fn no_patient_makes_the_reader_panic_or_leak(at in 0usize..600, junk in "[^a-zA-Z]{0,5}") {
        let mut text = ada().to_string();
        let at = (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap();
        text.insert_str(at, &junk);
        if let Ok(resource) = Resource::parse(text.as_bytes(), Limits::default()) {
            let mut problems = Problems::of(&resource.record());
            let _ = patient(&resource, &reading(), &mut problems);
            let told = format!("{problems:?}");
            proptest::prop_assert!(!told.contains("Test"));
        }
    }
}
