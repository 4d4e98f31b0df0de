use super::*;
use crate::testing::{COUNCIL, TRUST, amended, deputy, draft, guardian, key, now};

fn agreement() -> Agreement {
    draft().agreement().clone()
}

#[test]
fn any_approver_of_any_party_can_revoke() {
    let agreement = agreement();
    for (agency, approver) in [(COUNCIL, guardian(COUNCIL)), (TRUST, deputy(TRUST))] {
        let file = revoke(&agreement, "a party leaves", now(), &approver).unwrap();
        assert!(file.starts_with(REVOCATION_HEADER));
        let revocation = Revocation::verify(file.as_bytes(), &agreement).unwrap();
        assert_eq!(revocation.by().agency.as_str(), agency);
        assert_eq!((revocation.reason(), revocation.at()), ("a party leaves", now()));
        assert_eq!(revocation.digest(), agreement.digest());
    }
}

#[test]
fn nobody_else_can_revoke() {
    let agreement = agreement();
    let node = key("ashmoor-council.example/node");
    let refused = Err(RevocationError::NotAnApprover);
    assert_eq!(revoke(&agreement, "no reason", now(), &node), refused);
    let file = revoke(&agreement, "a party leaves", now(), &guardian(COUNCIL)).unwrap();
    let text = file.split_once("\n\n").unwrap().0.to_owned() + "\n";
    let forged = kinfold_note::sign(&text, &[&node]).unwrap();
    assert_eq!(
        Revocation::verify(forged.as_bytes(), &agreement),
        Err(RevocationError::NotAnApprover)
    );
}

#[test]
fn a_revocation_is_of_one_text_only() {
    let next = Agreement::parse(&amended("version = 1", "version = 2")).unwrap();
    let file = revoke(&agreement(), "a party leaves", now(), &guardian(COUNCIL)).unwrap();
    assert_eq!(Revocation::verify(file.as_bytes(), &next), Err(RevocationError::AnotherAgreement));
}

#[test]
fn no_flipped_bit_of_a_revocation_verifies() {
    let agreement = agreement();
    let file =
        revoke(&agreement, "a party leaves", now(), &guardian(COUNCIL)).unwrap().into_bytes();
    for at in 0..file.len() {
        let mut flipped = file.clone();
        flipped[at] ^= 1 << (at % 8);
        assert!(Revocation::verify(&flipped, &agreement).is_err(), "byte {at}");
    }
    let altered = String::from_utf8(file).unwrap().replace("leaves", "stays!");
    let error = Revocation::verify(altered.as_bytes(), &agreement).unwrap_err();
    assert!(matches!(error, RevocationError::Altered { .. }), "{error}");
}

#[test]
fn a_reason_is_one_line_and_other_files_are_no_revocations() {
    let agreement = agreement();
    for reason in ["", " padded", "two\nlines", "unseen\u{202e}", &"a".repeat(601)] {
        let made = revoke(&agreement, reason, now(), &guardian(COUNCIL));
        assert_eq!(made, Err(RevocationError::Reason), "{reason:?}");
    }
    let quoted = revoke(&agreement, "\"quoted\" \\ '''", now(), &guardian(COUNCIL)).unwrap();
    assert_eq!(
        Revocation::verify(quoted.as_bytes(), &agreement).unwrap().reason(),
        "\"quoted\" \\ '''"
    );
    let other = kinfold_note::sign("kinfold/agreement/v1\n", &[&guardian(COUNCIL)]).unwrap();
    for bytes in [&b""[..], b"\xff", &vec![b'a'; 40_000], other.as_bytes()] {
        assert_eq!(Revocation::verify(bytes, &agreement), Err(RevocationError::Malformed));
    }
}
