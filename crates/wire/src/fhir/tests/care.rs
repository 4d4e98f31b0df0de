use jiff::civil::date;
use kinfold_domain::SummaryItem;
use serde_json::{Value, json};

use super::super::*;
use super::{reading, resource};

fn item(value: &Value) -> (Option<Item>, Vec<Problem>) {
    let resource = resource(value);
    let mut problems = Problems::of(&resource.record());
    let mut reading = reading();
    reading.sensitive_codes.insert("http://snomed.info/sct|111".to_owned());
    let read = summary_item(&resource, &Neighbours::none(&reading), &reading, &mut problems);
    (read, problems.into_found())
}

#[test]
fn conditions_say_what_is_over_and_what_is_known_only_by_its_year() {
    let condition = json!({"resourceType": "Condition", "id": "c", "onsetDateTime": "2019",
        "clinicalStatus": {"coding": [{"code": "resolved"}]},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "91936005", "display": "Asthma"}]}});
    let read = item(&condition).0.unwrap();
    let expected = SummaryItem {
        kind: "Condition".to_owned(),
        text: "Asthma, resolved, 2019".into(),
        on: None,
        code: Some("http://snomed.info/sct|91936005".to_owned()),
    };
    assert_eq!((read.item, read.sensitive), (expected, false));

    let mut refuted = condition.clone();
    refuted["verificationStatus"] = json!({"coding": [{"code": "refuted"}]});
    assert_eq!(item(&refuted), (None, vec![]));
    let mut empty = condition;
    empty["code"] = json!({});
    let (read, problems) = item(&empty);
    assert!(read.is_none() && problems[0].problem.contains("Condition.code"));
}

#[test]
fn items_are_sensitive_by_code_or_by_label() {
    let by_code = json!({"resourceType": "Condition", "id": "c",
        "code": {"text": "x", "coding": [{"system": "http://snomed.info/sct", "code": "111"}]}});
    assert!(item(&by_code).0.unwrap().sensitive);
    let label = |system: &str, code: &str| {
        json!({"resourceType": "AllergyIntolerance", "id": "a", "code": {"text": "x"},
            "meta": {"security": [{"system": system, "code": code}]}})
    };
    let act = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    assert!(item(&label(act, "SEX")).0.unwrap().sensitive);
    assert!(!item(&label(act, "PATCARE")).0.unwrap().sensitive);
}

#[test]
fn visits_that_did_not_take_place_are_none_and_places_are_found_where_they_stand() {
    let visit = |status: &str| {
        json!({"resourceType": "Encounter", "id": "e", "status": status, "class": {"code": "EMER"},
            "period": {"start": "2026-10-01T10:00:00Z"},
            "location": [{"location": {"reference": "#l"}}],
            "contained": [{"resourceType": "Location", "id": "l", "name": "Children's A&E"}],
            "reasonCode": [{"text": "Fall"}]})
    };
    let read = |value: &Value| {
        let resource = resource(value);
        let mut problems = Problems::of(&resource.record());
        let visit = encounter(&resource, &Neighbours::none(&reading()), &reading(), &mut problems);
        (visit, problems.into_found())
    };
    for status in ["planned", "cancelled", "entered-in-error"] {
        assert_eq!(read(&visit(status)), (None, vec![]));
    }
    let found = read(&visit("finished")).0.unwrap().attendance;
    assert_eq!(found.place, "Children's A&E");
    assert_eq!(found.reason.unwrap().expose(), "Fall");
    let mut without_place = visit("finished");
    without_place["location"] = json!(null);
    assert_eq!(read(&without_place).0.unwrap().attendance.place, "Emergency department");
    let mut without_start = visit("finished");
    without_start["period"] = json!({"start": "2026"});
    let (none, problems) = read(&without_start);
    assert!(none.is_none() && problems[0].problem.contains("Encounter.period.start"));
}

#[test]
fn care_teams_name_their_professionals_through_roles_practitioners_and_organizations() {
    let team = json!({"resourceType": "CareTeam", "id": "t", "status": "active", "name": "Community paediatrics",
        "period": {"start": "2025-01-01"}, "participant": [
            {"role": [{"text": "Health visitor"}], "member": {"reference": "PractitionerRole/r"}},
            {"member": {"reference": "RelatedPerson/m"}},
            {"member": {"reference": "Practitioner/unknown"}},
            {"member": {"reference": "Practitioner/gone"}, "period": {"end": "2025-02-01"}}]});
    let page = json!({"resourceType": "Bundle", "entry": [
        {"resource": team},
        {"search": {"mode": "include"}, "resource": {"resourceType": "PractitionerRole", "id": "r",
            "practitioner": {"reference": "Practitioner/p"}, "organization": {"reference": "https://x.example/Organization/o"}}},
        {"search": {"mode": "include"}, "resource": {"resourceType": "Practitioner", "id": "p",
            "name": [{"family": "Example", "given": ["Grace"], "prefix": ["Ms"]}]}},
        {"search": {"mode": "include"}, "resource": {"resourceType": "Organization", "id": "o", "name": "Team North",
            "telecom": [{"system": "phone", "value": "01632 960001"}]}}]});
    let pages = [Bundle::parse(page.to_string().as_bytes(), Limits::default()).unwrap()];
    let reading = reading();
    let neighbours = Neighbours::of(&pages, &reading);
    let resource = pages[0].entries[0].resource.as_ref().unwrap();
    let mut problems = Problems::of(&resource.record());
    let (involvement, members) = care_team(resource, &neighbours, &reading, &mut problems).unwrap();
    assert_eq!(
        (involvement.service.as_str(), involvement.since),
        ("Community paediatrics", Some(date(2025, 1, 1)))
    );
    assert_eq!(members.len(), 1);
    let member = &members[0];
    assert_eq!(
        (member.name.expose().as_str(), member.role.as_str()),
        ("Ms Grace Example", "Health visitor")
    );
    assert_eq!(member.team.as_deref(), Some("Team North"));
    assert_eq!(member.telephone.as_ref().unwrap().as_str(), "01632 960001");
    assert_eq!(problems.into_found().len(), 1, "the member without a name is told");
}

#[test]
fn a_telephone_says_since_when_it_is_known_to_be_right() {
    let number = |points: Value| {
        let team = json!({"resourceType": "CareTeam", "id": "t", "telecom": points,
            "participant": [{"member": {"display": "Ms Grace Example"}}]});
        let (resource, reading) = (resource(&team), reading());
        let mut problems = Problems::of("CareTeam/t");
        let read = care_team(&resource, &Neighbours::none(&reading), &reading, &mut problems);
        let telephone = read.unwrap().1.remove(0).telephone;
        telephone.map(|number| (number.as_str().to_owned(), number.confirmed()))
    };
    let point = |value: &str, period: Value| json!({"system": "phone", "use": "work", "value": value, "period": period});
    let one = "01632 960001";
    for (start, day) in [
        ("2026-05-03", Some(date(2026, 5, 3))),
        ("2026-05-03T23:30:00Z", Some(date(2026, 5, 4))),
        ("2026-05", None),
        ("2027-01-01", None),
    ] {
        let told = number(json!([point(one, json!({"start": start}))]));
        assert_eq!(told, Some((one.to_owned(), day)), "{start}");
    }
    assert_eq!(number(json!([point(one, Value::Null)])), Some((one.to_owned(), None)));
    let moved =
        json!([point(one, json!({"end": "2026-01-01"})), point("01632 960002", Value::Null)]);
    assert_eq!(number(moved).unwrap().0, "01632 960002", "nobody rings a number that is over");
}

#[test]
fn relatives_are_read_and_those_of_the_past_left_out() {
    let relative = json!({"resourceType": "RelatedPerson", "id": "m", "birthDate": "1990-01-02", "gender": "female",
        "relationship": [{"coding": [{"code": "MTH"}]}, {"coding": [{"code": "GUARD"}]}],
        "name": [{"family": "Test", "given": ["Mary"]}]});
    let read = |value: &Value| {
        related_person(&resource(value), &reading(), &mut Problems::of("RelatedPerson/m"))
    };
    let member = read(&relative).unwrap();
    assert_eq!(
        (member.name.expose().as_str(), member.relationship.as_str()),
        ("Mary Test", "Mother")
    );
    assert!(member.parental_responsibility);
    let mut past = relative;
    past["period"] = json!({"end": "2020"});
    assert!(read(&past).is_none());
}

#[test]
fn a_resource_says_whom_it_is_about() {
    let about = |to: Value| {
        is_about(&resource(&json!({"resourceType": "Encounter", "id": "e", "subject": to})), "7")
    };
    assert_eq!(about(json!({"reference": "Patient/7"})), Some(true));
    assert_eq!(
        about(json!({"reference": "https://x.example/fhir/Patient/7/_history/2"})),
        Some(true)
    );
    assert_eq!(about(json!({"reference": "Patient/77"})), Some(false));
    assert_eq!(about(json!({"reference": "Group/7"})), Some(false));
    assert_eq!(about(json!({"display": "somebody"})), None);
    assert_eq!(about(json!(null)), None);
}
