//! Certificates, as a peer shows them and as they lie in a file.
#![no_main]

use kinfold_tls::NodeCertificate;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(certificate) = NodeCertificate::parse(bytes) {
        assert_eq!(certificate.der().as_ref(), bytes, "a certificate has one spelling");
        let again = NodeCertificate::from_pem(&certificate.to_pem());
        assert!(again.is_ok_and(|again| again == certificate), "it must survive being kept");
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = NodeCertificate::from_pem(text);
    }
});
