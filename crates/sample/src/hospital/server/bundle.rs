//! The searchset Bundle: total, `self` and `next` links, entries.

use std::fmt::Write;

use axum::http::Uri;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{super::HospitalError, parameters::Parameters, search::Page};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bundle {
    resource_type: &'static str,
    r#type: &'static str,
    total: i64,
    link: Vec<Link>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    entry: Vec<Entry>,
}

#[derive(Serialize)]
struct Link {
    relation: &'static str,
    url: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    full_url: String,
    resource: Box<RawValue>,
    search: Mode,
}

#[derive(Serialize)]
struct Mode {
    mode: &'static str,
}

/// One page as JSON.
pub(super) fn searchset(
    base: &str,
    search: &Parameters,
    page: &Page,
) -> Result<String, HospitalError> {
    let mut link = vec![Link { relation: "self", url: address(base, search, None) }];
    if let Some(next) = &page.next {
        link.push(Link { relation: "next", url: address(base, search, Some(&next.text())) });
    }
    let mut entry = Vec::with_capacity(page.results.len() + page.included.len());
    for (id, body) in &page.results {
        entry.push(one(base, (search.kind.0, id), body, "match")?);
    }
    for (id, body) in &page.included {
        entry.push(one(base, ("Practitioner", id), body, "include")?);
    }
    let total = page.total;
    let bundle = Bundle { resource_type: "Bundle", r#type: "searchset", total, link, entry };
    Ok(serde_json::to_string(&bundle)?)
}

fn one(
    base: &str,
    (kind, id): (&str, &str),
    body: &str,
    mode: &'static str,
) -> Result<Entry, HospitalError> {
    let resource = RawValue::from_string(body.to_owned())?;
    Ok(Entry { full_url: format!("{base}/{kind}/{id}"), resource, search: Mode { mode } })
}

/// The search's address with the parameters that were understood, and the cursor of another page.
fn address(base: &str, search: &Parameters, cursor: Option<&str>) -> String {
    let mine = cursor.is_some();
    let kept = search.understood.iter().filter(|(name, _)| !(mine && name == "_cursor"));
    let kept = kept.map(|(name, value)| format!("{}={}", escape(name), escape(value)));
    let next = cursor.map(|text| format!("_cursor={text}"));
    let query: Vec<String> = kept.chain(next).collect();
    let whole = format!("{base}/{}?{}", search.kind.0, query.join("&"));
    debug_assert!(whole.parse::<Uri>().is_ok(), "links are legal addresses");
    whole
}

/// Percent-encodes all but what RFC 3986 leaves unreserved.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            escaped.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}
