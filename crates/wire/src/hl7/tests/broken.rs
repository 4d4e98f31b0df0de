//! Messages that can't be read, or are not for this node.

use super::super::{Fault, Message, Processing, Refusal};
use super::{arrival, event, movement, tell, with_pid};

fn refused(message: &str) -> Refusal {
    event(&Message::read(message.as_bytes())).unwrap_err()
}

fn with_header(kind: &str, id: &str, processing: &str, version: &str) -> String {
    format!("MSH|^~\\&|PAS|A|K|A|20261101||{kind}|{id}|{processing}|{version}\rPID|1||H1\r")
}

#[test]
fn what_is_no_message_for_this_node_is_refused_with_the_reason() {
    let header = with_header;
    let long = "x".repeat(200);
    let cases = [
        (String::new(), Refusal::NotHl7),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), Refusal::NotHl7),
        ("MSH".to_owned(), Refusal::NotHl7),
        ("MSH|^~".to_owned(), Refusal::NotHl7),
        ("MSH|^~\\^|PAS".to_owned(), Refusal::NotHl7),
        ("MSH|^~\\&#|PAS".to_owned(), Refusal::NotHl7),
        ("MSHabcdePAS".to_owned(), Refusal::NotHl7),
        ("FHS|^~\\&|PAS\rBHS|^~\\&\rMSH|^~\\&|PAS".to_owned(), Refusal::NotHl7),
        (header("ADT^A04", "", "P", "2.4"), Refusal::ControlId),
        (header("ADT^A04", &long, "P", "2.4"), Refusal::ControlId),
        (header("ADT^A04", "a\u{1c}b", "P", "2.4"), Refusal::ControlId),
        (header("ORU^R01", "1", "P", "2.4"), Refusal::MessageType),
        (header("", "1", "P", "2.4"), Refusal::MessageType),
        (header("ADT^A05", "1", "P", "2.4"), Refusal::Event),
        (header("ADT", "1", "P", "2.4"), Refusal::Event),
        (header("ADT^A04", "1", "P", "2.2"), Refusal::Version),
        (header("ADT^A04", "1", "P", "2.8"), Refusal::Version),
        (header("ADT^A04", "1", "P", ""), Refusal::Version),
        (header("ADT^A04", "1", "T", "2.4"), Refusal::Processing),
        (header("ADT^A04", "1", "", "2.4"), Refusal::Processing),
    ];
    for (message, expected) in cases {
        assert_eq!(refused(&message), expected, "{expected}");
    }
}

#[test]
fn a_training_message_is_taken_only_where_that_is_configured() {
    let message = with_header("ADT^A04", "1", "T^A", "2.4");
    let message = Message::read(message.as_bytes());
    assert!(message.header().event(&[Processing::Training]).is_ok());
    assert!(message.header().event(&[Processing::Production, Processing::Debugging]).is_err());
}

#[test]
fn what_cannot_be_read_is_a_fault_that_says_what_to_send() {
    let merge = |rest: &str| format!("{}{rest}", with_header("ADT^A40", "1", "P", "2.4"));
    let huge = format!("PID|1||H1||{}", "x".repeat(70_000));
    let cases = [
        (arrival("EVN|A04|20261101\r"), Fault::NoPatient),
        (arrival("PID\r"), Fault::NoPatient),
        (with_pid(""), Fault::NoPatientNumber),
        (with_pid("\"\""), Fault::NoPatientNumber),
        // Ten equal digits mean "unknown": they would make one patient of many.
        (with_pid("9999999999^^^NHS^NH"), Fault::NoPatientNumber),
        (with_pid(&"9".repeat(101)), Fault::NoPatientNumber),
        (arrival("PID|1||H1\rPID|2||H2\r"), Fault::SeveralPatients),
        (arrival(&format!("PID|1||H1\r{}", arrival("PID|1||H2\r"))), Fault::SeveralMessages),
        (arrival(&huge), Fault::SegmentTooLong("PID")),
        (merge(""), Fault::NothingMerged),
        (merge("MRG|\r"), Fault::NothingMerged),
        (merge("MRG|H1^^^A^MR\r"), Fault::NothingMerged),
    ];
    for (message, expected) in cases {
        assert_eq!(tell(message.as_bytes()).unwrap_err(), expected, "{expected}");
    }
}

#[test]
fn a_merge_of_the_number_with_itself_and_another_counts() {
    let told =
        movement("MSH|^~\\&|PAS|A|K|A|20261101110000||ADT^A40|1|P|2.4\rPID|1||H1\rMRG|H1~H2\r");
    assert_eq!(told.merged.len(), 1);
}

#[test]
fn a_line_break_inside_a_field_costs_none_of_the_fields_after_it() {
    for ending in ["\r", "\n", "\r\n"] {
        let message = with_pid("H1||Test^Bo||20190331|F|||1 Sample Row\nAshmoor\r\n^^^^S60 1AA^^H")
            .replace("\rEVN", &format!("{ending}EVN"))
            .replace("\rPV1", &format!("{ending}PV1"));
        let told = movement(&message);
        assert_eq!(told.patient.subject.postcode.unwrap().expose(), "S60 1AA");
        assert_eq!(told.visit.unwrap().place.as_deref(), Some("ED"));
    }
}

#[test]
fn segments_that_are_not_read_may_hold_anything() {
    let told = movement(&arrival(&format!(
        "ZZ1|\\\\\\|^^^&&&~~~\rPID|1||H1\rOBX|1|ED|||{}\rZPD\r",
        "QUJD".repeat(60_000)
    )));
    assert_eq!(told.patient.number.expose(), "H1");
}

#[test]
fn other_encoding_characters_are_obeyed() {
    let told = movement(
        "MSH#*!?%#PAS#A#K#A#20261101110000##ADT*A04#1#P#2.4\r\
         PID#1##H1***A%1%ISO*MR!9990000018***NHS*NH##O^T?F?st|s?T?*Bo\r",
    );
    assert_eq!(told.patient.number.expose(), "H1");
    let name = told.patient.subject.name.unwrap();
    assert_eq!((name.family(), name.given()), ("O^T#st|s%", "Bo"));
    assert!(told.patient.subject.nhs_number.is_some());
}

#[test]
fn sentences_name_segments_and_repeat_no_value() {
    let message = with_pid("9990000019^^^NHS^NH||Test^Bo\u{1}");
    let said = format!("{:?}", tell(message.as_bytes()).unwrap());
    assert!(!said.contains("9990000019") && !said.contains("Test"), "{said}");
    assert_eq!(format!("{:?}", Message::read(message.as_bytes())), "[message]");
}
