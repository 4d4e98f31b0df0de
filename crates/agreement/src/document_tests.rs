use proptest::prelude::*;

use super::*;
use crate::testing::{amended, draft, key};

fn error(old: &str, new: &str) -> DocumentError {
    Document::parse(&amended(old, new)).unwrap_err()
}

#[test]
fn the_standard_draft_reads_back_as_it_was_written() {
    let text = draft().to_string();
    let document = Document::parse(&text).unwrap();
    assert_eq!((document.id().as_str(), document.version()), ("ashmoor-northmoor", 1));
    assert_eq!(document.parties().len(), 2);
    let council = "ashmoor-council".parse().unwrap();
    let party = document.party(&council).unwrap();
    assert_eq!(party.telephones[0].number.as_str(), "01632 960100");
    assert_eq!(document.agency(&council).unwrap().name, "Ashmoor Council");
    assert_eq!(document.party_of_node(&party.node_key), Some(party));
    assert_eq!(document.party_of_node(&party.ledger_key), None);
    let role = document.role(&council, &"register-custodian".parse().unwrap()).unwrap();
    assert!(role.high);
    assert!(document.role(&council, &"ed-clinician".parse().unwrap()).is_none());
    assert!(document.purpose(&"audit-review".parse().unwrap()).is_some());
}

#[test]
fn every_fault_of_the_text_has_its_own_sentence() {
    let header = DocumentError::Header;
    assert_eq!(error("kinfold/agreement/v1", "kinfold/agreement/v2"), header);
    assert_eq!(header.to_string(), "an agreement begins with the line kinfold/agreement/v1");
    assert_eq!(error("Ashmoor Council", "Ashmoor\u{202e} Council"), DocumentError::Unseen);
    assert_eq!(error("Ashmoor Council", "Ashmoor\u{200b} Council"), DocumentError::Unseen);
    assert_eq!(error("\nversion = 1", "\n\tversion = 1"), DocumentError::Unseen);
    assert_eq!(error("version = 1", "version = 0"), DocumentError::Version);
    assert_eq!(error("2026-12-31", "2025-12-31"), DocumentError::Term);
    assert_eq!(
        error("title = \"Agreement", "title = \" Agreement"),
        DocumentError::Wording { what: "the title" }
    );
    assert_eq!(
        error("name = \"Ashmoor Council\"", "name = \"\""),
        DocumentError::Wording { what: "a party's name" }
    );
    let long = format!("name = \"{}\"", "a".repeat(201));
    assert_eq!(
        error("name = \"Ashmoor Council\"", &long),
        DocumentError::TooLong { what: "a party's name", most: 200 }
    );
    let long = format!("{HEADER}#{}", "a".repeat(MAX_TEXT));
    assert_eq!(
        Document::parse(&long),
        Err(DocumentError::TooLong { what: "the agreement", most: MAX_TEXT })
    );
}

#[test]
fn a_field_that_is_missing_unknown_or_unreadable_is_told_with_its_line() {
    for (old, new, expected) in [
        ("version = 1", "version = 1\nsurprise = 2", "unknown field `surprise`"),
        ("version = 1\n", "", "missing field `version`"),
        ("version = 1", "version = -1", "invalid value"),
        ("kind = \"council\"", "kind = \"police\"", "unknown variant `police`"),
        ("endpoint = \"node", "endpoint = \"https://node", "an endpoint is a host and a port"),
        ("01632 960100", "ring me", "a telephone number has"),
        ("2026-01-01", "1 January 2026", "write a day such as"),
        ("id = \"social-worker\"", "id = \"Social Worker\"", "lower-case"),
        ("high = true", "high = \"yes\"", "invalid type"),
        ("version = 1", "version = 1\nversion = 2", "duplicate key"),
    ] {
        let DocumentError::Toml { line, message } = error(old, new) else {
            panic!("{new} was read");
        };
        assert!(message.contains(expected), "{new}: {message}");
        assert!(line >= 2, "{new}: line {line}");
    }
    let faulty = amended("version = 1", "version = 1\nsurprise = 2");
    let line = faulty.lines().position(|line| line.starts_with("surprise")).unwrap() + 1;
    assert!(
        matches!(Document::parse(&faulty), Err(DocumentError::Toml { line: l, .. }) if l == line)
    );
}

#[test]
fn an_altered_key_is_told_apart_by_its_hash() {
    let vkey = key("ashmoor-council.example/node").verifier().to_string();
    let last = vkey.replace("+01", "+02");
    assert!(last == vkey || matches!(error(&vkey, &last), DocumentError::Toml { .. }));
    let mistyped = format!("{}A{}", &vkey[..vkey.len() - 5], &vkey[vkey.len() - 4..]);
    let message = error(&vkey, &mistyped).to_string();
    assert!(message.contains("key"), "{message}");
}

#[test]
fn names_are_given_once_and_every_key_has_one_purpose() {
    let twice = |what, name: &str| DocumentError::Twice { what, name: name.to_owned() };
    assert_eq!(
        error("id = \"emergency-duty-team\"", "id = \"social-worker\""),
        twice("role", "ashmoor-council/social-worker")
    );
    assert_eq!(
        error("id = \"direct-care-scheduled\"", "id = \"direct-care-unscheduled\""),
        twice("purpose", "direct-care-unscheduled")
    );
    assert_eq!(
        error("name = \"Northmoor NHS Trust\"", "name = \"Ashmoor Council\""),
        twice("party's name", "Ashmoor Council")
    );
    let endpoint = "node.ashmoor-council.example:8443";
    assert_eq!(error("node.northmoor-trust.example:8443", endpoint), twice("endpoint", endpoint));
    assert_eq!(
        error("agency = \"northmoor-trust\"", "agency = \"ashmoor-council\""),
        twice("party", "ashmoor-council")
    );
    let node = key("ashmoor-council.example/node").verifier().to_string();
    let guardian = key("ashmoor-council.example/guardian").verifier().to_string();
    let shared = DocumentError::SharedKey { key: "ashmoor-council.example/node".to_owned() };
    assert_eq!(error(&guardian, &node), shared);
    assert!(shared.to_string().contains("each key has one purpose"));
}

#[test]
fn roles_belong_to_parties_and_lists_have_bounds() {
    let stranger = error(
        "id = \"social-worker\"\nagency = \"ashmoor-council\"",
        "id = \"social-worker\"\nagency = \"westmoor-council\"",
    );
    assert_eq!(
        stranger.to_string(),
        "role social-worker belongs to westmoor-council, which is not a party"
    );
    let text = draft().to_string();
    let toml: DocumentToml = toml::from_str(text.strip_prefix(HEADER).unwrap()).unwrap();
    let refused = |toml: &DocumentToml| check(toml).unwrap_err().to_string();
    let one = DocumentToml { party: toml.party[..1].to_vec(), ..toml.clone() };
    assert_eq!(refused(&one), "an agreement has 2 to 8 parties, this one 1");
    let none = DocumentToml { legal_basis: vec![], ..toml.clone() };
    assert_eq!(refused(&none), "an agreement has 1 to 32 legal bases, this one 0");
    let mut unreachable = toml.clone();
    unreachable.party[1].telephones.clear();
    assert!(refused(&unreachable).contains("telephones of a party, this one 0"));
    let mut unsigned = toml.clone();
    unsigned.party[0].approvers.clear();
    assert!(refused(&unsigned).contains("approvers of a party, this one 0"));
    let mut wide = toml;
    wide.role = vec![wide.role[0].clone(); 64];
    wide.purpose = vec![wide.purpose[0].clone(); 32];
    assert!(refused(&wide).contains("combinations of role, purpose and party"));
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC*", tail in "(?s).{0,200}") {
        let _ = Document::parse(&text);
        let _ = Document::parse(&format!("{HEADER}{tail}"));
        let _ = crate::Draft::parse(tail.as_bytes());
    }

    #[test]
    fn no_mangled_draft_makes_the_parser_panic(at in 0_usize..12_000, cut in 0_usize..40, put in "\\PC{0,6}") {
        let text = draft_text();
        let start = text.char_indices().map(|(i, _)| i).nth(at % text.len()).unwrap_or(0);
        let end = text[start..].char_indices().map(|(i, _)| start + i).nth(cut).unwrap_or(text.len());
        let mangled = format!("{}{put}{}", &text[..start], &text[end..]);
        let _ = Document::parse(&mangled);
    }

    #[test]
    fn no_bytes_make_the_reader_of_files_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = crate::Draft::parse(&bytes);
        let _ = crate::Draft::parse(&[HEADER.as_bytes(), &bytes].concat());
    }
}

fn draft_text() -> &'static str {
    static TEXT: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| draft().to_string());
    &TEXT
}
