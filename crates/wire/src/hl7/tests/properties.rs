//! What holds for every message.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::super::{Fault, Message, Outcome, Reading, Refusal, Stamp};
use super::{event, now, tell};

/// Reads and answers a message as the listener does.
fn deal_with(bytes: &[u8]) -> Vec<u8> {
    let message = Message::read(bytes);
    let outcome = match event(&message) {
        Err(refusal) => Outcome::Refused(refusal),
        Ok(event) => match message.tell(event, &Reading { zone: &TimeZone::UTC, now: now() }) {
            Err(fault) => Outcome::Broken(fault),
            Ok(_) => Outcome::Accepted,
        },
    };
    message.acknowledge(outcome, &Stamp { at: now(), control_id: "K1" })
}

/// Text as HL7 carries it.
fn escaped(text: &str) -> String {
    let separators = hl7_parser::message::Separators::default();
    separators.encode(text).to_string()
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(deal_with(&bytes).starts_with(b"MSH"));
    }

    #[test]
    fn anything_behind_a_header_is_answered_in_two_or_three_segments(
        rest in "[-A-Z0-9|^~\\\\&\"\r\n#é. ]{0,300}", kind in "(ADT|ORU)?\\^(A0[1-9]|A40)", version in "2\\.[2-6](\\.1)?",
    ) {
        let message = format!("MSH|^~\\&|PAS|A|K|A|2026||{kind}|1|P|{version}\rPID|{rest}");
        let said = String::from_utf8(deal_with(message.as_bytes())).unwrap();
        prop_assert!(said.ends_with('\r'));
        prop_assert!((2..=3).contains(&said.matches('\r').count()));
    }

    #[test]
    fn an_altered_message_is_answered(place in 0usize..400, byte in any::<u8>(), cut in 0usize..400) {
        let mut bytes = super::with_pid("H1^^^A^MR~9990000018^^^NHS^NH||Test^Bo||20190331|F|||1 A^^^^S60 1AA").into_bytes();
        let place = place % bytes.len();
        bytes[place] = byte;
        bytes.truncate(bytes.len().min(cut + 40));
        prop_assert!(deal_with(&bytes).starts_with(b"MSH"));
    }

    #[test]
    fn what_is_written_is_read_back(
        number in "[!-~¡-ž]{1,30}", family in "[ -~¡-ž]{0,30}[!-~]", given in "[ -~¡-ž]{0,30}[!-~]", place in "[!-~]{1,40}",
    ) {
        prop_assume!(![&number, &family, &given, &place].contains(&&"\"\"".to_owned()));
        let message = super::arrival(&format!(
            "PID|1||{}^^^A^MR||{}^{}\rPV1|1|E|{}\r",
            escaped(&number), escaped(&family), escaped(&given), escaped(&place)
        ));
        let told = tell(message.as_bytes()).unwrap();
        prop_assert_eq!(told.movement.patient.number.expose(), &number);
        let name = told.movement.patient.subject.name.unwrap();
        prop_assert_eq!(name, kinfold_domain::PersonName::new(&family, &given).unwrap());
        prop_assert_eq!(told.movement.visit.unwrap().place, Some(place));
    }

    #[test]
    fn an_acknowledgement_is_a_message_that_names_the_one_it_answers(
        id in "[!-~]{1,30}", sender in "[!-~ ]{0,20}", refused in any::<bool>(),
    ) {
        let (id, sender) = (escaped(&id), escaped(&sender));
        let message = format!("MSH|^~\\&|{sender}|A|K|B|2026||ADT^A01|{id}|P|2.5\r");
        let outcome =
            if refused { Outcome::Refused(Refusal::NotKept) } else { Outcome::Broken(Fault::NoPatient) };
        let said = Message::read(message.as_bytes()).acknowledge(outcome, &Stamp { at: now(), control_id: "K9" });
        let read = Message::read(&said);
        prop_assert_eq!(read.header().control_id(), "K9");
        prop_assert_eq!(read.header().field(5), sender);
        let answered = read.with("MSA", |msa| Ok(msa[0].first(2))).unwrap().unwrap();
        let meant = super::super::delimiters::unescape(&id, &read.header().separators, read.charset());
        prop_assert_eq!(answered, meant.trim());
    }
}
