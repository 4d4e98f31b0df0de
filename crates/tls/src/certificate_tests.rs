use proptest::prelude::*;

use super::*;

fn key(byte: u8) -> SigningKey {
    SigningKey::from_seed("node.council.example".parse().unwrap(), &[byte; 32]).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

const NOW: i64 = 1_780_000_000;

fn certificate() -> NodeCertificate {
    let validity = Validity::of_days(at(NOW), DEFAULT_DAYS).unwrap();
    NodeCertificate::issue(&key(1), validity).unwrap()
}

#[test]
fn a_certificate_carries_its_key_and_dates_and_reads_back_from_pem() {
    let certificate = certificate();
    assert_eq!(*certificate.public_key(), key(1).verifier().public_key());
    assert_eq!(certificate.not_before(), at(NOW - 3600));
    assert_eq!(certificate.not_after(), at(NOW + 90 * DAY_S));
    let pem = certificate.to_pem();
    assert!(pem.lines().all(|line| line.len() <= 64), "{pem}");
    assert_eq!(NodeCertificate::from_pem(&pem).unwrap(), certificate);
}

#[test]
fn a_certificate_is_valid_from_its_first_to_its_last_second() {
    let certificate = certificate();
    let (first, last) = (NOW - 3600, NOW + 90 * DAY_S);
    assert_eq!(certificate.standing(at(first - 1)), Err(Outdated::NotYetValid));
    assert_eq!(certificate.standing(at(first)), Ok(()));
    assert_eq!(certificate.standing(at(last)), Ok(()));
    assert_eq!(certificate.standing(at(last + 1)), Err(Outdated::Expired));
}

#[test]
fn a_certificate_wants_renewal_when_less_than_thirty_days_are_left() {
    let certificate = certificate();
    assert!(!certificate.needs_renewal(at(NOW + 60 * DAY_S)));
    assert!(certificate.needs_renewal(at(NOW + 60 * DAY_S + 1)));
    assert!(certificate.needs_renewal(at(NOW + 91 * DAY_S)));
}

#[test]
fn dates_that_make_no_sense_are_refused() {
    let issue = |not_before, not_after| {
        let validity = Validity { not_before: at(not_before), not_after: at(not_after) };
        NodeCertificate::issue(&key(1), validity)
    };
    assert_eq!(issue(NOW, NOW - 1), Err(CertificateError::Dates));
    assert_eq!(issue(-1, NOW), Err(CertificateError::Dates));
    assert!(issue(0, NOW).is_ok());
    let far = Validity::of_days(Timestamp::MAX, DEFAULT_DAYS);
    assert_eq!(far, Err(CertificateError::Dates));
}

#[test]
fn a_certificate_past_the_year_2050_reads_back_as_it_was_made() {
    let validity = Validity { not_before: at(2_600_000_000), not_after: at(9_000_000_000) };
    let certificate = NodeCertificate::issue(&key(1), validity).unwrap();
    assert_eq!(certificate.not_after(), at(9_000_000_000));
}

#[test]
fn every_flipped_bit_of_a_certificate_is_caught() {
    let der = certificate().der().to_vec();
    for place in 0..der.len() * 8 {
        let mut bytes = der.clone();
        bytes[place / 8] ^= 1 << (place % 8);
        assert!(NodeCertificate::parse(&bytes).is_err(), "bit {place}");
    }
}

#[test]
fn a_certificate_that_is_cut_or_followed_by_more_is_refused() {
    let der = certificate().der().to_vec();
    for length in 0..der.len() {
        assert!(NodeCertificate::parse(&der[..length]).is_err(), "{length} bytes");
    }
    let mut longer = der;
    longer.push(0);
    assert_eq!(NodeCertificate::parse(&longer), Err(CertificateError::Malformed));
    assert_eq!(NodeCertificate::parse(&vec![0x30; 1 << 16]), Err(CertificateError::Malformed));
}

#[test]
fn a_certificate_signed_by_another_key_is_refused() {
    let other = key(2);
    let signer = Issuer { key: &other, public_key: key(1).verifier().public_key() };
    let made = CertificateParams::default().self_signed(&signer).unwrap();
    assert_eq!(NodeCertificate::parse(made.der()), Err(CertificateError::Malformed));
}

#[test]
fn a_certificate_of_another_kind_of_key_is_refused() {
    let pair = rcgen::KeyPair::generate().unwrap();
    let made = CertificateParams::default().self_signed(&pair).unwrap();
    assert_eq!(NodeCertificate::parse(made.der()), Err(CertificateError::Malformed));
}

#[test]
fn an_extension_that_must_be_understood_and_is_not_makes_a_certificate_unusable() {
    let make = |critical| {
        let mut params = CertificateParams::default();
        let mut extension =
            rcgen::CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99999, 1], vec![5, 0]);
        extension.set_criticality(critical);
        params.custom_extensions = vec![extension];
        let key = key(1);
        let signer = Issuer { key: &key, public_key: key.verifier().public_key() };
        NodeCertificate::parse(params.self_signed(&signer).unwrap().der())
    };
    assert!(make(false).is_ok());
    assert_eq!(make(true), Err(CertificateError::Malformed));
}

#[test]
fn a_node_shows_no_certificate_of_another_key() {
    let other = crate::Credential::new(key(2), certificate());
    assert_eq!(other.unwrap_err(), CertificateError::OtherKey);
    let credential = crate::Credential::new(key(1), certificate()).unwrap();
    let foreign =
        NodeCertificate::issue(&key(2), Validity::of_days(at(NOW), DEFAULT_DAYS).unwrap()).unwrap();
    assert_eq!(credential.replace(foreign), Err(CertificateError::OtherKey));
    assert_eq!(*credential.certificate(), certificate());
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_of_certificates_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
        place in 0_usize..400,
    ) {
        prop_assert!(NodeCertificate::parse(&bytes).is_err());
        let mut der = certificate().der().to_vec();
        der.splice(place.min(der.len()).., bytes);
        let _ = NodeCertificate::parse(&der);
        let _ = NodeCertificate::from_pem(&String::from_utf8_lossy(&der));
    }
}
