use serde_json::json;

use super::super::*;

#[test]
fn a_page_is_capped_before_it_is_parsed() {
    let page = |entries: usize| {
        let entry = vec![json!({"resource": {"resourceType": "Patient", "id": "1"}}); entries];
        json!({"resourceType": "Bundle", "entry": entry}).to_string()
    };
    let limits = Limits { bytes: 10_000, entries: 3 };
    assert_eq!(Bundle::parse(page(3).as_bytes(), limits).unwrap().entries.len(), 3);
    let refused = |bytes: &[u8]| Bundle::parse(bytes, limits).unwrap_err();
    assert_eq!(refused(page(4).as_bytes()), BundleError::TooLarge);
    assert_eq!(refused(page(300).as_bytes()), BundleError::TooLarge);
    assert_eq!(refused("[".repeat(5_000).as_bytes()), BundleError::TooDeep);
    assert_eq!(refused(&page(3).as_bytes()[..60]), BundleError::NotJson);
    assert_eq!(refused(b"<html></html>"), BundleError::NotJson);
    assert_eq!(refused(b"\xff\xfe"), BundleError::NotJson);
    assert_eq!(refused(b"{\"resourceType\":\"Patient\"}"), BundleError::OtherResource);
    assert_eq!(refused(b"[]"), BundleError::OtherResource);
}

#[test]
fn an_entry_that_is_no_resource_is_kept_to_be_told_about() {
    let page = json!({"resourceType": "Bundle", "total": 3, "entry": [
        {"resource": {"resourceType": "Patient", "id": "1"}, "search": {"mode": "match"}},
        {"resource": {"resourceType": "Practitioner", "id": "2"}, "search": {"mode": "include"}},
        {"resource": "nonsense"}, 7, {"resource": {"resourceType": "Patient", "id": "../../x"}}
    ], "link": [{"relation": "self", "url": "a"}, {"relation": "next", "url": "b"}]});
    let page = Bundle::parse(page.to_string().as_bytes(), Limits::default()).unwrap();
    assert_eq!((page.next.as_deref(), page.total), (Some("b"), Some(3)));
    let read: Vec<_> = page.entries.iter().map(|e| (e.included, e.resource.is_some())).collect();
    assert_eq!(read, [(false, true), (true, true), (false, false), (false, false), (false, false)]);
}

#[test]
fn outcomes_give_their_code_and_none_of_their_free_text() {
    let outcome = json!({"resourceType": "OperationOutcome", "issue": [
        {"severity": "information", "code": "informational"},
        {"severity": "error", "code": "throttled", "diagnostics": "Ada Test"}]});
    let read = Outcome::parse(outcome.to_string().as_bytes()).unwrap();
    assert_eq!(read, Outcome { code: "throttled".to_owned(), is_error: true });
    let chatty = json!({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "Ada Test"}]});
    assert_eq!(Outcome::parse(chatty.to_string().as_bytes()).unwrap().code, "unknown");
    assert_eq!(Outcome::parse(b"{}"), None);
}

#[test]
fn capabilities_name_the_types_and_parameters_that_are_served() {
    let statement = json!({"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": [{"resource": [
        {"type": "Patient", "searchParam": [{"name": "_lastUpdated"}]}, {"type": "Encounter"}]}]});
    let read = Capabilities::parse(statement.to_string().as_bytes(), Limits::default()).unwrap();
    assert!(read.serves("Patient") && read.serves("Encounter") && !read.serves("CareTeam"));
    assert_eq!(read.searches["Patient"], ["_lastUpdated"]);
    assert!(Capabilities::default().serves("CareTeam"));
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_a_parser_panic(bytes: Vec<u8>) {
        let _ = Bundle::parse(&bytes, Limits::default());
        let _ = Outcome::parse(&bytes);
        let _ = Capabilities::parse(&bytes, Limits::default());
    }
}
