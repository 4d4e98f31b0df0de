use super::*;
use crate::{
    revoke,
    testing::{
        COUNCIL, TRUST, amended, deputy, draft, guardian, key, node_key, now, signed, standard_file,
    },
};

fn standard_signed() -> SignedAgreement {
    static SIGNED: std::sync::LazyLock<SignedAgreement> =
        std::sync::LazyLock::new(|| signed(&text()));
    SIGNED.clone()
}

fn text() -> String {
    draft().to_string()
}

fn activate(agency: &str, node: &VerifierKey, trust: Trust<'_>) -> Result<InForce, AgreementError> {
    let agency = agency.parse().unwrap();
    standard_signed().activate(&Own { agency: &agency, node_key: node, trust })
}

#[test]
fn an_agreement_that_both_sides_signed_is_in_force_at_both_nodes() {
    let agreement = verify(standard_file().as_bytes(), now()).unwrap();
    let signers: Vec<&str> = agreement.approvals().iter().map(|a| a.agency.as_str()).collect();
    assert_eq!(signers, [COUNCIL, TRUST]);
    for agency in [COUNCIL, TRUST] {
        let in_force = activate(agency, &node_key(agency), Trust::AsNamed).unwrap();
        assert_eq!(in_force.own().as_str(), agency);
        assert_eq!(in_force.partners().count(), 1);
        assert_eq!(in_force.standing(now()), Ok(()));
    }
}

#[test]
fn signing_keeps_the_text_and_so_the_digest() {
    let (bare, file) = (text(), standard_file());
    let (draft, signed) =
        (Draft::parse(bare.as_bytes()).unwrap(), Draft::parse(file.as_bytes()).unwrap());
    assert_eq!(draft.agreement().digest(), signed.agreement().digest());
    assert_eq!((draft.to_string(), signed.to_string()), (bare, file.clone()));
    // Signing again changes nothing: Ed25519 is deterministic.
    let again =
        sign(sign(file.as_bytes(), &guardian(COUNCIL)).unwrap().as_bytes(), &guardian(TRUST));
    assert_eq!(again.unwrap(), file);
}

#[test]
fn an_agreement_that_one_side_signed_names_who_is_missing() {
    let missing = |file: &str| verify(file.as_bytes(), now()).unwrap_err().to_string();
    let lacks = "the agreement still lacks the signature of an approver of ";
    assert_eq!(missing(&text()), format!("{lacks}Ashmoor Council and of Northmoor NHS Trust"));
    let one = sign(text().as_bytes(), &guardian(COUNCIL)).unwrap();
    assert_eq!(missing(&one), format!("{lacks}Northmoor NHS Trust"));
    let same_side = sign(one.as_bytes(), &deputy(COUNCIL)).unwrap();
    assert_eq!(missing(&same_side), format!("{lacks}Northmoor NHS Trust"));
    let other = sign(text().as_bytes(), &deputy(TRUST)).unwrap();
    assert_eq!(missing(&other), format!("{lacks}Ashmoor Council"));
}

#[test]
fn a_key_that_is_no_approvers_cannot_sign_and_counts_for_nothing() {
    for name in [
        "ashmoor-council.example/node",
        "ashmoor-council.example/ledger",
        "stranger.example/guardian",
    ] {
        let error = sign(text().as_bytes(), &key(name)).unwrap_err();
        assert_eq!(error, AgreementError::NotAnApprover { key: name.parse().unwrap() });
    }
    let mut note =
        Note::parse(sign(text().as_bytes(), &guardian(COUNCIL)).unwrap().as_bytes()).unwrap();
    note.add_signature(&key("stranger.example/guardian")).unwrap();
    note.add_signature(&key("northmoor-trust.example/node")).unwrap();
    let error = verify(note.to_string().as_bytes(), now()).unwrap_err();
    assert!(
        matches!(error, AgreementError::MissingSignature { missing } if missing == ["Northmoor NHS Trust"])
    );
}

#[test]
fn a_text_that_was_altered_after_signing_is_refused_whatever_else_is_right() {
    let altered = standard_file().replacen("Social workers", "Social  workers", 1);
    let error = verify(altered.as_bytes(), now()).unwrap_err();
    assert_eq!(
        error,
        AgreementError::Altered { signer: "ashmoor-council.example/guardian".parse().unwrap() }
    );
    // One good signature of each side does not heal a third that is over another text.
    let other = sign(amended("version = 1", "version = 2").as_bytes(), &deputy(TRUST)).unwrap();
    let line = other.lines().last().unwrap();
    let spoilt = format!("{}{line}\n", standard_file());
    assert!(matches!(verify(spoilt.as_bytes(), now()), Err(AgreementError::Altered { .. })));
    assert!(matches!(
        sign(spoilt.as_bytes(), &deputy(COUNCIL)),
        Err(AgreementError::Altered { .. })
    ));
}

#[test]
fn no_flipped_bit_verifies() {
    let file = standard_file().into_bytes();
    let signatures = file.len() - 300;
    // Every 23rd byte of the text, every byte of the signatures.
    for at in (0..signatures).step_by(23).chain(signatures..file.len()) {
        let mut flipped = file.clone();
        flipped[at] ^= 1 << (at % 8);
        assert!(verify(&flipped, now()).is_err(), "byte {at}");
    }
}

#[test]
fn no_cut_file_verifies() {
    let file = standard_file().into_bytes();
    for length in (0..file.len()).step_by(97).chain(file.len() - 120..file.len()) {
        assert!(verify(&file[..length], now()).is_err(), "{length} bytes");
    }
}

#[test]
fn what_is_no_agreement_says_so() {
    for bytes in
        [&b""[..], b"hello", b"\xff\xfe", &vec![b'a'; 400_000], b"kinfold/agreement/v1\r\n"]
    {
        let error = verify(bytes, now()).unwrap_err();
        assert!(matches!(error, AgreementError::Note(_)), "{error}");
        assert!(error.to_string().starts_with("this file is not a signed agreement: "));
    }
    let damaged = standard_file().replace("\n\n\u{2014} ", "\n\n\u{2014} x\n\u{2014} ");
    assert!(matches!(verify(damaged.as_bytes(), now()), Err(AgreementError::Note(_))));
}

#[test]
fn the_term_is_kept_to_the_nanosecond() {
    let file = standard_file();
    let at = |moment: &str| verify(file.as_bytes(), moment.parse().unwrap()).map(|_| ());
    let from = "2026-01-01T00:00:00Z".parse().unwrap();
    let until = "2027-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(at("2025-12-31T23:59:59.999999999Z"), Err(AgreementError::NotYetValid { from }));
    assert_eq!(at("2026-01-01T00:00:00Z"), Ok(()));
    assert_eq!(at("2026-12-31T23:59:59.999999999Z"), Ok(()));
    assert_eq!(at("2027-01-01T00:00:00Z"), Err(AgreementError::Expired { until }));
    assert_eq!(
        AgreementError::Expired { until }.to_string(),
        "the agreement ended on 1 January 2027 at 00:00 UTC: nothing flows until a new one is signed"
    );
}

#[test]
fn a_node_that_the_agreement_does_not_name_cannot_activate_it() {
    let stranger = key("ashmoor-council.example/node-2").verifier().clone();
    let error = activate(COUNCIL, &stranger, Trust::AsNamed).unwrap_err();
    assert!(matches!(error, AgreementError::AnotherNode { .. }), "{error}");
    let sentence = error.to_string();
    assert!(
        sentence.starts_with("the agreement names another node of ashmoor-council: its key is")
    );
    assert!(sentence.contains("ashmoor-council.example/node-2+"));
    // The partner's node key is not this agency's.
    assert!(matches!(
        activate(COUNCIL, &node_key(TRUST), Trust::AsNamed),
        Err(AgreementError::AnotherNode { .. })
    ));
    let error = activate("westmoor", &node_key(COUNCIL), Trust::AsNamed).unwrap_err();
    assert_eq!(error.to_string(), "westmoor is not a party of this agreement");
}

#[test]
fn a_node_with_pinned_approvers_takes_nobody_else_for_one() {
    let (guardian, deputy) = (guardian(COUNCIL), deputy(COUNCIL));
    let pinned = [guardian.verifier().clone()];
    assert!(activate(COUNCIL, &node_key(COUNCIL), Trust::Pinned(&pinned)).is_ok());
    // The deputy is named in the agreement, but did not sign; the trust's guardian signed, but for the trust.
    let others = [deputy.verifier().clone(), crate::testing::guardian(TRUST).verifier().clone()];
    let error = activate(COUNCIL, &node_key(COUNCIL), Trust::Pinned(&others)).unwrap_err();
    assert_eq!(error, AgreementError::UntrustedApprover { agency: COUNCIL.parse().unwrap() });
    assert!(activate(COUNCIL, &node_key(COUNCIL), Trust::Pinned(&[])).is_err());
}

#[test]
fn a_revoked_agreement_cannot_be_activated() {
    let agreement = standard_signed();
    let revocation =
        revoke(agreement.agreement(), "the trust merges", now(), &deputy(TRUST)).unwrap();
    let revocation = Revocation::verify(revocation.as_bytes(), agreement.agreement()).unwrap();
    let agency = COUNCIL.parse().unwrap();
    let node = node_key(COUNCIL);
    let own = Own { agency: &agency, node_key: &node, trust: Trust::AsNamed };
    let error = agreement.with_revocation(revocation.clone()).unwrap().activate(&own).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Northmoor NHS Trust revoked the agreement on 1 June 2026 at 12:00 UTC: nothing flows"
    );
    let next = signed(&amended("version = 1", "version = 2"));
    assert_eq!(next.with_revocation(revocation).unwrap_err(), RevocationError::AnotherAgreement);
}
