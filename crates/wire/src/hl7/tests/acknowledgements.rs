//! Acknowledgements as the sender gets them.

use super::super::{Fault, Message, Outcome, Refusal, Stamp};
use super::{answer, now};

fn sent(version: &str) -> String {
    format!(
        "MSH|^~\\&|PAS^1|ASHMOOR|KINFOLD|TRUST|20261101||ADT^A04^ADT_A01|M\\T\\1|P|{version}\rPID|1||H0012345||Świętek\r"
    )
}

#[test]
fn a_message_that_is_kept_is_acknowledged_to_whoever_sent_it() {
    assert_eq!(
        answer(sent("2.5.1").as_bytes(), Outcome::Accepted),
        "MSH|^~\\&|KINFOLD|TRUST|PAS^1|ASHMOOR|20261101120000+0000||ACK^A04^ACK|K1|P|2.5.1\rMSA|AA|M\\T\\1\r"
    );
    assert!(answer(sent("2.3").as_bytes(), Outcome::Accepted).contains("||ACK^A04|K1|P|2.3\r"));
}

#[test]
fn a_broken_message_is_answered_ae_with_the_field() {
    let outcome = Outcome::Broken(Fault::NoPatientNumber);
    let newer = answer(sent("2.5").as_bytes(), outcome);
    assert!(newer.ends_with(
        "\rMSA|AE|M\\T\\1\rERR||PID^1^3|101^Required field missing^HL70357|E||||PID-3 has no patient number: \
         send the hospital's own one, with type MR or PI\r"
    ), "{newer}");
    for version in ["2.3", "2.3.1", "2.4"] {
        let older = answer(sent(version).as_bytes(), outcome);
        assert!(older.ends_with(
            "\rMSA|AE|M\\T\\1|PID-3 has no patient number: send the hospital's own one, with type MR or PI|||101^Required field \
             missing^HL70357\rERR|PID^1^3^101&Required field missing&HL70357\r"
        ), "{older}");
    }
    let no_field = answer(sent("2.4").as_bytes(), Outcome::Broken(Fault::NoPatient));
    assert!(no_field.ends_with("ERR|PID^1^^100&Segment sequence error&HL70357\r"), "{no_field}");
}

#[test]
fn a_refusal_is_answered_ar_even_to_what_is_no_hl7() {
    let answer = |message: &str, refusal| answer(message.as_bytes(), Outcome::Refused(refusal));
    let kept = answer(&sent("2.5.1"), Refusal::NotKept);
    assert!(
        kept.contains("MSA|AR|M\\T\\1\rERR||MSH^1|207^Application internal error^HL70357|E||||")
    );
    let version = answer(&sent("2.8"), Refusal::Version);
    assert!(version.contains("|P|2.5.1\rMSA|AR|") && version.contains("|203^"), "{version}");
    let nothing = answer("hello", Refusal::NotHl7);
    assert!(
        nothing.starts_with("MSH|^~\\&|||||20261101120000+0000||ACK|K1|P|2.5.1\rMSA|AR|\rERR||")
    );
    assert!(nothing.contains("as in MSH\\F\\\\S\\\\R\\\\E\\\\T\\\\F\\"), "{nothing}");
}

#[test]
fn an_acknowledgement_says_nothing_of_the_patient() {
    for outcome in [
        Outcome::Accepted,
        Outcome::Broken(Fault::NoPatientNumber),
        Outcome::Refused(Refusal::NotKept),
    ] {
        let said = answer(sent("2.5.1").as_bytes(), outcome);
        assert!(!said.contains("H0012345") && !said.contains("wi\u{119}tek"), "{said}");
    }
}

#[test]
fn an_acknowledgement_is_written_as_the_message_was() {
    let mut message =
        b"MSH#*!?%#PAS#M\xfcnster#K#A#2026##ADT*A01*ADT_A01#1#T#2.5######8859/1\r".to_vec();
    let stamp = Stamp { at: now(), control_id: "K1" };
    let said = Message::read(&message).acknowledge(Outcome::Accepted, &stamp);
    assert_eq!(
        said,
        b"MSH#*!?%#K#A#PAS#M\xfcnster#20261101120000+0000##ACK*A01*ACK#K1#T#2.5######8859/1\rMSA#AA#1\r"
    );
    message.truncate(20);
    assert!(
        Message::read(&message).acknowledge(Outcome::Accepted, &stamp).starts_with(b"MSH#*!?%#")
    );
}

#[test]
fn control_characters_never_reach_an_acknowledgement() {
    let message = "MSH|^~\\&|P\u{1c}AS|A\u{b}|K|A|2026||ADT^A01|1\u{1c}|P|2.5\r";
    let said = answer(message.as_bytes(), Outcome::Refused(Refusal::ControlId));
    assert!(said.chars().all(|c| c == '\r' || !c.is_control()), "{said}");
}
