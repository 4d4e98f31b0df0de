//! Which representation a client wants: there is one, JSON.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};

use super::refusal::Refusal;

/// A client that takes JSON.
pub(super) struct TakesJson;

impl<S: Sync> FromRequestParts<S> for TakesJson {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let query = parts.uri.query().unwrap_or_default();
        let mut formats =
            url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "_format");
        // `_format` beats the header (hl7.org/fhir/R4/http.html#parameters).
        let takes = match formats.next() {
            // A plus that was not escaped arrives as a space.
            Some((_, format)) => is_json(&format.replace(' ', "+")),
            None => accepts(&parts.headers),
        };
        if takes { Ok(Self) } else { Err(Refusal::NotAcceptable) }
    }
}

fn accepts(headers: &HeaderMap) -> bool {
    let mut wanted = headers.get_all(header::ACCEPT).iter().peekable();
    if wanted.peek().is_none() {
        return true;
    }
    let mut ranges = wanted.filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(','));
    ranges.any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default();
        let refused = parts.any(|parameter| {
            parameter.strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0))
        });
        !refused && (matches!(kind, "*/*" | "application/*") || is_json(kind))
    })
}

pub(super) fn is_json(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(
        kind.as_str(),
        "json"
            | "application/json"
            | "application/fhir+json"
            | "application/json+fhir"
            | "text/json"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_takes_json_among_others_is_answered() {
        for (accept, takes) in [
            ("application/fhir+json", true),
            ("application/fhir+xml, application/json;q=0.5", true),
            ("*/*", true),
            ("application/*;q=0.1", true),
            ("application/fhir+xml", false),
            ("application/json;q=0, text/html", false),
            ("text/html", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            assert_eq!(accepts(&headers), takes, "{accept}");
        }
        assert!(accepts(&HeaderMap::new()));
    }
}
