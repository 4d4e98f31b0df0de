use proptest::prelude::*;

use super::*;
use crate::KeyError;

/// The vectors of Go's `golang.org/x/mod/sumdb/note` package.
const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const PETER_PRIVATE: &str =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const TEXT: &str = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n";
const PETER_LINE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
/// The example of the specification itself.
const SPEC_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const SPEC_NOTE: &str = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

fn vkey(text: &str) -> VerifierKey {
    text.parse().unwrap()
}

fn skey(name: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(name.parse().unwrap(), &[seed; 32]).unwrap()
}

fn peters_note() -> String {
    format!("{TEXT}\n{PETER_LINE}")
}

#[test]
fn the_reference_key_signs_the_reference_note_byte_for_byte() {
    let key: SigningKey = PETER_PRIVATE.parse().unwrap();
    assert_eq!(sign(TEXT, &[&key]).unwrap(), peters_note());
    assert_eq!(key.verifier(), &vkey(PETER));
    assert_eq!(key.expose().as_str(), PETER_PRIVATE);
    assert_eq!(vkey(PETER).to_string(), PETER);
}

#[test]
fn reference_notes_verify() {
    for (key, note) in [(PETER, peters_note()), (SPEC_KEY, SPEC_NOTE.to_owned())] {
        let (note, keys) = (Note::parse(note.as_bytes()).unwrap(), [vkey(key)]);
        assert!(note.verify(&keys).unwrap().is_signed_by(&keys[0]));
    }
}

#[test]
fn every_cut_or_altered_key_is_refused() {
    for start in 0..=PETER.len() {
        for end in start + 1..=PETER.len() {
            if (start, end) != (0, PETER.len()) {
                assert!(PETER[start..end].parse::<VerifierKey>().is_err(), "{start}..{end}");
            }
        }
    }
    for at in 0..PETER.len() {
        let mut bytes = PETER.as_bytes().to_vec();
        bytes[at] += 1;
        assert!(String::from_utf8(bytes).unwrap().parse::<VerifierKey>().is_err(), "at {at}");
    }
}

#[test]
fn keys_of_other_types_are_named_as_such() {
    let other = "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    assert_eq!(other.parse::<VerifierKey>(), Err(KeyError::Type));
}

#[test]
fn a_wrong_line_of_a_known_key_spoils_the_note() {
    let (good, other) = (skey("good.example/k", 1), skey("other.example/k", 2));
    let note = sign(TEXT, &[&good, &other]).unwrap();
    let altered = Note::parse(note.replace("cryptography", "cryptographY").as_bytes()).unwrap();
    assert_eq!(
        altered.verify(&[good.verifier().clone()]),
        Err(VerifyError::Forged(good.name().clone()))
    );
    let mut half_right = Note::parse(note.as_bytes()).unwrap();
    half_right.signatures[1].bytes[9] ^= 1;
    let both = [good.verifier().clone(), other.verifier().clone()];
    assert_eq!(half_right.verify(&both), Err(VerifyError::Forged(other.name().clone())));
    assert!(half_right.verify(&both[..1]).is_ok(), "a line of an unknown key must not matter");
}

#[test]
fn unknown_keys_and_types_are_kept_and_do_not_vouch() {
    let key = skey("a.example/k", 1);
    let mut note = Note::new(TEXT).unwrap();
    let unknown = Signature::new("w.example/mldsa".parse().unwrap(), 7, vec![6; 2500]).unwrap();
    note.attach(unknown.clone()).unwrap();
    assert_eq!(note.verify(&[key.verifier().clone()]), Err(VerifyError::Unsigned));
    note.add_signature(&key).unwrap();
    let read = Note::parse(note.to_string().as_bytes()).unwrap();
    assert_eq!(read.signatures()[0], unknown);
    assert_eq!(read.verify(&[key.verifier().clone()]).unwrap().signers(), [key.verifier()]);
}

#[test]
fn signing_again_replaces_the_earlier_line() {
    let key = skey("a.example/k", 1);
    let mut note = Note::new(TEXT).unwrap();
    note.add_signature(&key).unwrap();
    note.add_signature(&key).unwrap();
    assert_eq!(note.signatures().len(), 1);
}

#[test]
fn malformed_notes_are_refused() {
    let line = PETER_LINE;
    let cases = [
        (String::new(), NoteError::Malformed),
        (TEXT.to_owned(), NoteError::Malformed),
        (format!("{TEXT}{line}"), NoteError::Malformed),
        (format!("{TEXT}\n"), NoteError::Malformed),
        (format!("{TEXT}\n{}", line.trim_end()), NoteError::Malformed),
        (format!("{TEXT}\n{}", line.replace('—', "-")), NoteError::Malformed),
        (format!("{TEXT}\n{}", line.replace("x08go", "x08g!")), NoteError::Malformed),
        (format!("{TEXT}\n— a+b x08goAA=\n"), NoteError::Malformed),
        (format!("{TEXT}\n—  x08goAA=\n"), NoteError::Malformed),
        (format!("{TEXT}\n— a x08g\n"), NoteError::Malformed),
        (format!("tab\there\n\n{line}"), NoteError::Characters),
        (format!("carriage\r\n\n{line}"), NoteError::Characters),
        (format!("{TEXT}\n{}", line.repeat(MAX_SIGNATURES + 1)), NoteError::TooManySignatures),
        (format!("{}\n\n{line}", "x".repeat(MAX_TEXT_BYTES)), NoteError::TooLong),
        (format!("{TEXT}\n— a {}\n", "A".repeat(MAX_LINE_BYTES)), NoteError::TooLong),
    ];
    for (text, error) in cases {
        assert_eq!(Note::parse(text.as_bytes()), Err(error), "{text:.80}");
    }
    assert_eq!(Note::parse(b"\xff\n\n"), Err(NoteError::Characters));
    assert_eq!(Note::new("no newline"), Err(NoteError::Malformed));
    assert_eq!(sign(TEXT, &[]), Err(NoteError::Malformed));
}

#[test]
fn a_text_may_contain_blank_lines() {
    let (key, text) = (skey("a.example/k", 1), "one\n\n\ntwo\n\n");
    let note = Note::parse(sign(text, &[&key]).unwrap().as_bytes()).unwrap();
    assert_eq!(note.text(), text);
}

#[test]
fn a_private_key_does_not_show_in_debug() {
    let key: SigningKey = PETER_PRIVATE.parse().unwrap();
    let shown = format!("{key:?}");
    assert!(shown.contains(PETER) && !shown.contains("AYEKFALV"), "{shown}");
}

#[test]
fn a_verifier_key_is_a_string_in_json() {
    let json = serde_json::to_string(&vkey(PETER)).unwrap();
    assert_eq!(json, format!("\"{PETER}\""));
    assert_eq!(serde_json::from_str::<VerifierKey>(&json).unwrap(), vkey(PETER));
    assert!(serde_json::from_str::<VerifierKey>("\"nonsense\"").is_err());
}

proptest! {
    #[test]
    fn what_was_signed_parses_back_and_verifies(
        text in "([ -~é\n]{0,80}\n){1,3}", name in "[a-z./]{1,20}", seed: [u8; 32],
    ) {
        let key = SigningKey::from_seed(name.parse().unwrap(), &seed).unwrap();
        let signed = sign(&text, &[&key]).unwrap();
        let note = Note::parse(signed.as_bytes()).unwrap();
        prop_assert_eq!(note.text(), &text);
        prop_assert!(note.verify(std::slice::from_ref(key.verifier())).is_ok());
        prop_assert_eq!(note.to_string(), signed);
        let again: SigningKey = key.expose().parse().unwrap();
        prop_assert_eq!(again.verifier(), key.verifier());
    }

    #[test]
    fn a_flipped_byte_never_verifies(at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let mut bytes = peters_note().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let verified = Note::parse(&bytes).is_ok_and(|note| note.verify(&[vkey(PETER)]).is_ok());
        prop_assert!(!verified, "byte {}", at);
    }

    #[test]
    fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Note::parse(&bytes);
        let _ = String::from_utf8_lossy(&bytes).parse::<VerifierKey>();
        let _ = String::from_utf8_lossy(&bytes).parse::<SigningKey>();
    }
}
