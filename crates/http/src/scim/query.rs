//! What a request's address asks for: `filter`, `startIndex`, `count`, `attributes`, `excludedAttributes`.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};

use super::{filter::Filter, view::Wish, wrong::Wrong};

/// The most users of one answer.
pub(super) const MOST: usize = 200;

/// What a request's address asks for.
#[derive(Default)]
pub(super) struct Query {
    pairs: Vec<(String, String)>,
}

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self { pairs: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect() })
    }
}

impl Query {
    fn text(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Which attributes are wanted.
    pub(super) fn wish(&self) -> Wish {
        let list = |text: &str| text.split(',').map(|name| name.trim().to_owned()).collect();
        Wish {
            only: self.text("attributes").map(list),
            without: self.text("excludedAttributes").map(list).unwrap_or_default(),
        }
    }

    /// The first one, from one, and how many at most. What is below its least value counts as that (RFC 7644, section 3.4.2.4).
    pub(super) fn page(&self) -> Result<(usize, usize), Wrong> {
        let number = |name: &'static str, otherwise: usize, least: i64| -> Result<usize, Wrong> {
            let Some(text) = self.text(name) else { return Ok(otherwise) };
            let number: i64 =
                text.parse().map_err(|_| Wrong::value(format!("{name} is a whole number")))?;
            Ok(usize::try_from(number.max(least)).unwrap_or(otherwise))
        };
        Ok((number("startIndex", 1, 1)?, number("count", MOST, 0)?.min(MOST)))
    }

    /// Who is looked for.
    pub(super) fn filter(&self) -> Result<Filter, Wrong> {
        self.text("filter").map_or(Ok(Filter::Everybody), Filter::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_held_within_its_limits() {
        let page = |name: &str, value: &str| {
            Query { pairs: vec![(name.to_owned(), value.to_owned())] }.page()
        };
        assert_eq!(page("startIndex", "-4").unwrap(), (1, MOST));
        assert_eq!(page("count", "100000").unwrap(), (1, MOST));
        assert_eq!(page("count", "-1").unwrap(), (1, 0));
        assert!(page("count", "many").is_err());
    }
}
