//! Each event and version as hospitals send them.

use kinfold_domain::{MovementEvent, Sex};

use super::{movement, tell};

const A04_2_5_1: &str = "MSH|^~\\&|PAS|ASHMOOR|KINFOLD|ASHMOOR|20261101115501+0000||ADT^A04^ADT_A01|MSG00001|P|2.5.1|||AL|NE|GBR|UNICODE UTF-8\r\
EVN|A04|20261101115500|||RECEPTION^DESK|20261101115300\r\
PID|1||H0012345^^^ASHMOOR^MR~9990000018^^^NHS^NH||Świętek^Zoë^Ada^^^^L~Smith^Zoe^^^^^M||20190331|F|||1 Sample Row^^Ashmoor^^S60 1AA^GBR^H||||||||ACC1\r\
NK1|1|Test^Mary|MTH\r\
PV1|1|E|ED^Cubicle 4^^ASHMOOR||||||||||||||||V778899|||||||||||||||||||||||||20261101115300\r\
ZKF|1|anything^at&all\r";

#[test]
fn an_arrival_in_2_5_1_is_read_whole() {
    let told = movement(A04_2_5_1);
    assert_eq!(told.event, MovementEvent::Registered);
    assert_eq!(told.at, "2026-11-01T11:53:00Z".parse().unwrap());
    assert_eq!(told.patient.number.expose(), "H0012345");
    let subject = &told.patient.subject;
    assert_eq!(subject.nhs_number.unwrap().digits(), "9990000018");
    let name = subject.name.as_ref().unwrap();
    assert_eq!((name.family(), name.given()), ("Świętek", "Zoë Ada"));
    assert_eq!(subject.birth_date.unwrap().expose().to_string(), "2019-03-31");
    assert_eq!(subject.postcode.as_ref().unwrap().expose(), "S60 1AA");
    assert_eq!(subject.sex, Sex::Female);
    let visit = told.visit.unwrap();
    assert_eq!(visit.number.unwrap().expose(), "V778899");
    assert_eq!(visit.place.as_deref(), Some("ED"));
    assert_eq!(visit.arrived, Some("2026-11-01T11:53:00Z".parse().unwrap()));
    assert_eq!((visit.left, visit.pregnant), (None, false));
}

#[test]
fn an_admission_in_2_3_with_the_number_in_pid_2_is_read() {
    let told = movement(
        "MSH|^~\\&|OLDPAS|ASHMOOR|KINFOLD|ASHMOOR|202607010905||ADT^A01|77|P|2.3\r\
         EVN|A01|202607010900\r\
         PID|1|H42|||O'TEST^ADA||20190331|F|||1 SAMPLE ROW^^ASHMOOR^^S601AA||||||||||\r\
         PV1|1|I|WARD 3^4^2|||||||||||||||||V1\r",
    );
    assert_eq!(told.event, MovementEvent::Admitted);
    // British summer time.
    assert_eq!(told.at, "2026-07-01T08:00:00Z".parse().unwrap());
    assert_eq!(told.patient.number.expose(), "H42");
    assert_eq!(told.visit.unwrap().place.as_deref(), Some("WARD 3"));
}

#[test]
fn a_pregnant_patient_in_2_3_1_is_said_to_be_so() {
    let told = movement(
        "MSH|^~\\&|PAS|ASHMOOR|||20261101||ADT^A04^ADT_A01|78|P|2.3.1\n\
         EVN|A04|20261101100000\n\
         PID|1||H43^^^A^PI||Berg&van der^Eva||19990228|F\n\
         PV1|1|E|MAT||||||||||||B6~A0||||V2\n",
    );
    assert!(told.visit.unwrap().pregnant);
    assert_eq!(told.patient.subject.name.unwrap().family(), "van der Berg");
}

#[test]
fn a_discharge_in_2_4_says_when() {
    let told = movement(
        "MSH|^~\\&|PAS|ASHMOOR|||20261101110000||ADT^A03^ADT_A03|79|P|2.4\r\n\
         EVN||20261101105900\r\n\
         PID|||H44^^^A^MR||Test^Bo\r\n\
         PV1||E|ED||||||||||||||||V3|||||||||||||||||||||||||20261101090000|20261101105500\r\n",
    );
    assert_eq!(told.event, MovementEvent::Discharged);
    let visit = told.visit.unwrap();
    assert_eq!(visit.left, Some("2026-11-01T10:55:00Z".parse().unwrap()));
}

#[test]
fn a_merge_names_every_number_that_is_no_longer_used() {
    let told = movement(
        "MSH|^~\\&|PAS|ASHMOOR|||20261101110000||ADT^A40^ADT_A39|80|P|2.5\r\
         EVN||20261101105900\r\
         PID|||H50^^^A^MR~9990000018^^^NHS^NH||Test^Bo\r\
         MRG|H51^^^A^MR~9990000026^^^NHS^NH~H50^^^A^MR\r\
         MRG|H52\r",
    );
    assert_eq!(told.event, MovementEvent::Merged);
    let merged: Vec<&str> = told.merged.iter().map(|n| n.expose().as_str()).collect();
    assert_eq!(merged, ["H51", "H52"]);
    assert_eq!(told.visit, None);
}

#[test]
fn every_event_is_known_in_every_version() {
    let events = [
        ("A01", MovementEvent::Admitted),
        ("A03", MovementEvent::Discharged),
        ("A04", MovementEvent::Registered),
        ("A08", MovementEvent::Updated),
        ("A11", MovementEvent::ArrivalCancelled),
        ("A13", MovementEvent::DischargeCancelled),
        ("A28", MovementEvent::PersonAdded),
        ("A31", MovementEvent::PersonUpdated),
        ("A40", MovementEvent::Merged),
    ];
    for version in ["2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.5^GBR&&ISO3166^2.5"] {
        for (code, expected) in events {
            let message = format!(
                "MSH|^~\\&|PAS|A|K|A|20261101110000||ADT^{code}|1|P|{version}\r\
                 EVN|{code}|20261101110000\rPID|1||H1^^^A^MR\rMRG|H2\r"
            );
            let told = tell(message.as_bytes()).unwrap().movement;
            assert_eq!(told.event, expected, "{code} in {version}");
            assert_eq!(told.merged.len(), usize::from(code == "A40"));
        }
    }
}
