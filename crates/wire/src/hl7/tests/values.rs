//! Single values, right and wrong.

use kinfold_domain::Sex;

use super::super::Omission;
use super::{arrival, movement, now, tell, with_pid};

fn told_with(fields: &str) -> (kinfold_domain::MovingPatient, Vec<Omission>) {
    let told = tell(with_pid(fields).as_bytes()).unwrap();
    (told.movement.patient, told.omitted)
}

#[test]
fn the_patients_numbers_are_told_apart_by_type_and_authority() {
    let nhs = Some("9990000018");
    let cases = [
        ("H1^^^A^MR~9990000018^^^NHS^NH", "H1", nhs),
        ("9990000018^^^NHS^NH~H1^^^A^PI", "H1", nhs),
        ("X1^^^A^XX~P1^^^A^PI~M1^^^A^MR", "M1", None),
        ("X1^^^A^XX~P1^^^A^PI", "P1", None),
        ("V1^^^A^VN~X1", "X1", None),
        ("H1~999 000 0018^^^^NHS", "H1", nhs),
        ("H1~999-000-0018^^^NHS", "H1", nhs),
        ("H1^^^A^MR~9990000018^^^NHS^PI", "H1", nhs),
        ("H1^^^NHS^MR", "H1", None),
        ("H1~9990000018^^^&2.16.840.1.113883.2.1.4.1&ISO", "H1", nhs),
        ("9990000018^^^NHS^NH", "9990000018", nhs),
        // An untyped number of ten digits may be a hospital's own.
        ("9990000018", "9990000018", None),
        // Expired at the end of January.
        ("H1~9990000018^^^NHS^NH^^20200101^20260131", "H1", None),
        ("\"\"~H1^^^A^MR", "H1", None),
    ];
    for (field, number, expected) in cases {
        let (patient, omitted) = told_with(field);
        assert_eq!(patient.number.expose(), number, "{field}");
        let read = patient.subject.nhs_number.map(kinfold_domain::NhsNumber::digits);
        assert_eq!(read.as_deref(), expected, "{field}");
        assert_eq!(omitted, vec![], "{field}");
    }
}

#[test]
fn an_arrival_with_a_wrong_nhs_number_counts_without_it() {
    for wrong in ["9990000019", "99900000188", "TBC", "9999999999", "0000000000"] {
        let (patient, omitted) = told_with(&format!("H1^^^A^MR~{wrong}^^^NHS^NH"));
        assert_eq!(patient.number.expose(), "H1");
        assert_eq!(patient.subject.nhs_number, None);
        assert_eq!(omitted, vec![Omission::NhsNumber]);
    }
    // It is still what the hospital's system knows the patient by.
    assert_eq!(told_with("9990000019^^^NHS^NH").0.number.expose(), "9990000019");
}

#[test]
fn a_second_nhs_number_that_is_right_makes_good_a_wrong_one() {
    let (patient, omitted) = told_with("H1~9990000019^^^NHS^NH~9990000018^^^NHS^NH");
    assert_eq!(patient.subject.nhs_number.unwrap().digits(), "9990000018");
    assert_eq!(omitted, vec![]);
}

#[test]
fn the_legal_name_is_taken_before_others() {
    let cases = [
        ("Old^Ann^^^^^M~New^Ann^^^^^L", "New", "Ann"),
        ("Ali^Ann^^^^^A~Plain^Ann", "Plain", "Ann"),
        ("Only^Ann^^^^^A", "Only", "Ann"),
        ("^Baby of Ann", "", "Baby of Ann"),
        ("Unknown", "Unknown", ""),
        ("\\T\\ Sons\\X0D\\^Ann\\H\\ie\\N\\", "& Sons", "Annie"),
        ("Back\\slash^Ann", "Back\\slash", "Ann"),
        ("Over\\E\\all^A\\Q\\B", "Over\\all", "A\\Q\\B"),
        ("\\XC5BA\\ary^A", "źary", "A"),
    ];
    for (field, family, given) in cases {
        let name = told_with(&format!("H1||{field}")).0.subject.name.unwrap();
        assert_eq!((name.family(), name.given()), (family, given), "{field}");
    }
    assert_eq!(told_with("H1||\"\"").0.subject.name, None);
    let long = "x".repeat(101);
    let (patient, omitted) = told_with(&format!("H1||{long}^Ann"));
    assert_eq!((patient.subject.name, omitted), (None, vec![Omission::Name]));
}

#[test]
fn a_date_of_birth_that_nobody_has_is_left_out_and_told() {
    let read = |text: &str| {
        let (patient, omitted) = told_with(&format!("H1||Test^Bo||{text}"));
        (patient.subject.birth_date.map(|d| d.expose().to_string()), omitted)
    };
    for text in ["20190331", "201903310930", "20190331093000.12+0100", "2019-03-31", "31/03/2019"] {
        assert_eq!(read(text), (Some("2019-03-31".to_owned()), vec![]), "{text}");
    }
    for text in ["2019", "201903", "\"\"", ""] {
        assert_eq!(read(text), (None, vec![]), "{text}");
    }
    for text in ["20261102", "18991231", "20190231", "20190400", "unknown", "1", "201904011"] {
        assert_eq!(read(text), (None, vec![Omission::BirthDate]), "{text}");
    }
}

#[test]
fn the_home_postcode_is_taken_before_others() {
    let read = |text: &str| {
        let (patient, omitted) = told_with(&format!("H1||Test^Bo||20190331|F|||{text}"));
        (patient.subject.postcode.map(|p| p.expose().to_owned()), omitted)
    };
    let is = |text: &str| (Some(text.to_owned()), vec![]);
    assert_eq!(read("1 A^^^^S1 1AA^^B~2 B^^^^S2 2BB^^H~3 C^^^^S3 3CC"), is("S2 2BB"));
    assert_eq!(read("1 A^^^^S1 1AA^^M~3 C^^^^S3 3CC"), is("S3 3CC"));
    assert_eq!(read("1 A^^^^NOWHERE^^H~3 C^^^^S3 3CC"), is("S3 3CC"));
    assert_eq!(read("1 A^^^^S1 1AA^^BA"), (None, vec![]));
    assert_eq!(read("1 A^^^^NOWHERE"), (None, vec![Omission::Postcode]));
}

#[test]
fn sexes_are_read_as_hl7_and_the_nhs_write_them() {
    let cases = [
        ("F", Sex::Female),
        ("m", Sex::Male),
        ("2", Sex::Female),
        ("1", Sex::Male),
        ("O", Sex::Other),
        ("U", Sex::Unknown),
        ("", Sex::Unknown),
        ("9", Sex::Unknown),
    ];
    for (code, expected) in cases {
        assert_eq!(told_with(&format!("H1||Test^Bo|||{code}")).0.subject.sex, expected, "{code}");
    }
}

fn happened(evn: &str) -> String {
    let message = arrival(&format!("EVN|A04|{evn}\rPID|1||H1\r"));
    tell(message.as_bytes()).unwrap().movement.at.to_string()
}

#[test]
fn times_are_civil_time_unless_they_say_otherwise() {
    let cases = [
        ("20260701100000", "2026-07-01T09:00:00Z"),
        ("202607011000", "2026-07-01T09:00:00Z"),
        ("20260701100000.25", "2026-07-01T09:00:00.25Z"),
        ("20260701100000+0000", "2026-07-01T10:00:00Z"),
        ("20260701100000-0330", "2026-07-01T13:30:00Z"),
        // 01:30 came twice that night; the earlier one. 01:30 never came in March; as far after.
        ("20261025013000", "2026-10-25T00:30:00Z"),
        ("20260329013000", "2026-03-29T01:30:00Z"),
        // EVN-6 before EVN-2; what is no time, or ahead of now, gives way: to MSH-7 in the end.
        ("20260701100000||||20260701090000", "2026-07-01T08:00:00Z"),
        ("20260701100000||||soon", "2026-07-01T09:00:00Z"),
        ("20260701100000||||20991231", "2026-07-01T09:00:00Z"),
        ("20991231235900", "2026-11-01T11:55:00Z"),
        ("20261101", "2026-11-01T11:55:00Z"),
        ("", "2026-11-01T11:55:00Z"),
    ];
    for (evn, expected) in cases {
        assert_eq!(happened(evn), expected, "{evn}");
    }
}

#[test]
fn without_any_readable_time_that_of_receipt_is_taken_and_told() {
    let message = "MSH|^~\\&|PAS|A|K|A|yesterday||ADT^A04|1|P|2.4\rPID|1||H1\r";
    let told = tell(message.as_bytes()).unwrap();
    assert_eq!((told.movement.at, told.omitted), (now(), vec![Omission::EventTime]));
}

#[test]
fn the_visits_number_is_found_where_each_system_puts_it() {
    let visit = |pid18: &str, pv1: &str| {
        let pid = "|".repeat(15);
        movement(&arrival(&format!("PID|1||H1{pid}{pid18}\rPV1|1|E|{pv1}\r"))).visit
    };
    let number = |found: Option<kinfold_domain::Visit>| found.unwrap().number.unwrap();
    let v19 = format!("ED{}V19{}V50", "|".repeat(16), "|".repeat(31));
    assert_eq!(number(visit("A18", &v19)).expose(), "V19");
    let v50 = format!("ED{}V50^^^A^VN", "|".repeat(47));
    assert_eq!(number(visit("A18", &v50)).expose(), "V50");
    assert_eq!(number(visit("A18", "ED")).expose(), "A18");
    assert!(visit("", "ED").unwrap().number.is_none());
    assert!(visit("", "").is_none());
}

#[test]
fn a_place_is_its_first_readable_part() {
    let place = |pl: &str| movement(&arrival(&format!("PID|1||H1\rPV1|1|E|{pl}\r"))).visit;
    for (pl, expected) in
        [("ED^R1", "ED"), ("^^^Ashmoor General&1&N", "Ashmoor General"), ("\"\"^R1", "R1")]
    {
        assert_eq!(place(pl).unwrap().place.as_deref(), Some(expected), "{pl}");
    }
    let long = place(&"x".repeat(300)).unwrap().place.unwrap();
    assert_eq!(long.len(), 80);
}

#[test]
fn a_visits_times_that_cannot_be_are_left_out_and_told() {
    let fields = "|".repeat(41);
    let message = arrival(&format!("PID|1||H1\rPV1|1|E|ED{fields}20991231235900|never\r"));
    let told = tell(message.as_bytes()).unwrap();
    let visit = told.movement.visit.unwrap();
    assert_eq!((visit.arrived, visit.left), (None, None));
    assert_eq!(told.omitted, vec![Omission::Arrival, Omission::Departure]);
}

#[test]
fn latin_1_is_read_where_it_is_said_or_where_the_bytes_are_no_utf_8() {
    let family = |charset: &str, name: &[u8]| {
        let mut message = with_pid("H1||NAME^Ann").into_bytes();
        let at = message.windows(5).position(|w| w == b"2.5.1").unwrap() + 5;
        message.splice(at..at, format!("||||||{charset}").into_bytes());
        let at = message.windows(4).position(|w| w == b"NAME").unwrap();
        message.splice(at..at + 4, name.iter().copied());
        let told = tell(&message).unwrap();
        told.movement.patient.subject.name.unwrap().family().to_owned()
    };
    assert_eq!(family("UNICODE UTF-8", "Świętek".as_bytes()), "Świętek");
    assert_eq!(family("", "Świętek".as_bytes()), "Świętek");
    assert_eq!(family("", b"M\xfcller"), "Müller");
    assert_eq!(family("UNICODE UTF-8", b"M\xfcller"), "Müller");
    assert_eq!(family("8859/1", b"M\xfcller"), "Müller");
    assert_eq!(family("8859/1", "é".as_bytes()), "Ã©");
    assert_eq!(family("8859/1", b"O\x92Brien"), "O\u{2019}Brien");
    assert_eq!(family("8859/1", b"M\\XFC\\ller"), "Müller");
}
