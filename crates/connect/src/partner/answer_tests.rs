use hyper::header::HeaderValue;
use proptest::prelude::*;

use super::*;

fn judged(status: u16, kind: &'static str, body: &[u8]) -> Result<String, PartnerError> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    judge(StatusCode::from_u16(status).unwrap(), &headers, body.to_vec())
}

fn refused(said: &str) -> Result<String, PartnerError> {
    Err(PartnerError::Refused(said.to_owned()))
}

#[test]
fn an_answer_is_text_with_status_200() {
    assert_eq!(judged(200, "text/plain; charset=utf-8", "ß\n".as_bytes()).unwrap(), "ß\n");
    for (status, kind, body) in [
        (200, "text/plain", b"\xff".as_slice()),
        (200, "text/html", b"hello"),
        (204, "text/plain", b""),
        (302, "text/plain", b"elsewhere"),
        (302, "application/problem+json", br#"{"detail":"elsewhere"}"#),
        (200, "application/problem+json", br#"{"detail":"no"}"#),
        (500, "text/plain", b"oh"),
    ] {
        let judged = judged(status, kind, body);
        assert!(matches!(judged, Err(PartnerError::Untrusted(_))), "{status} {kind}: {judged:?}");
    }
}

#[test]
fn a_refusal_is_told_in_its_own_words_without_what_could_disturb_a_screen() {
    let problem = |body: &str| judged(403, "application/problem+json", body.as_bytes());
    assert_eq!(
        problem(r#"{"title":"No","detail":"the clocks differ"}"#),
        refused("the clocks differ")
    );
    assert_eq!(problem(r#"{"title":"No agreement"}"#), refused("No agreement"));
    assert_eq!(problem(r#"{"detail":" a\u001b[2J\nb\u202ec "}"#), refused("a[2Jbc"));
    let long = problem(&format!(r#"{{"detail":"{}"}}"#, "é".repeat(5000)));
    assert_eq!(long, refused(&"é".repeat(MAX_DETAIL_CHARS)));
    for empty in [r#"{"detail":"\n"}"#, "{}", "[]", "{\"detail\":1}", ""] {
        assert!(matches!(problem(empty), Err(PartnerError::Untrusted(_))), "{empty}");
    }
}

proptest! {
    #[test]
    fn no_refusal_carries_control_characters(body in ".{0,400}", status in 400_u16..600) {
        let body = serde_json::json!({ "detail": body }).to_string();
        match judged(status, "application/problem+json", body.as_bytes()) {
            Err(PartnerError::Refused(said)) => {
                prop_assert!(!said.chars().any(char::is_control));
                prop_assert!(said.chars().count() <= MAX_DETAIL_CHARS);
            }
            Err(PartnerError::Untrusted(_)) => {}
            other => prop_assert!(false, "{other:?}"),
        }
    }
}
