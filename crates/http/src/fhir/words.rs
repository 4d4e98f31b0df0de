//! Times and days as people in England say them.

use jiff::{Timestamp, civil::Date, fmt::strtime, tz::TimeZone};
use kinfold_domain::Telephone;

/// `1 June 2026 at 14:02:07`
pub(super) fn moment(at: Timestamp) -> String {
    // The zone's data is built in; without it times would still be right but for an hour in summer.
    let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
    let here = at.to_zoned(zone);
    strtime::format("%-d %B %Y at %H:%M:%S", &here).unwrap_or_default()
}

/// `1 June 2026`
pub(super) fn day(day: Date) -> String {
    strtime::format("%-d %B %Y", day).unwrap_or_default()
}

/// A number that a register keeps, with when it was last found right: `01632 960123 (last confirmed 1 June 2026)`
pub(super) fn number(number: &Telephone) -> String {
    let confirmed = number.confirmed();
    let confirmed = confirmed
        .map_or_else(|| "not confirmed".to_owned(), |on| format!("last confirmed {}", day(on)));
    format!("{} ({confirmed})", number.as_str())
}

/// A text that GitHub's Markdown, in which CDS Hooks writes details, shows as it is.
pub(super) fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_punctuation() && !matches!(c, '.' | ',' | ';' | ':' | '\'' | '/' | '?') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_in_english_summer_time() {
        let at = "2026-06-01T13:02:07Z".parse().unwrap();
        assert_eq!(moment(at), "1 June 2026 at 14:02:07");
        assert_eq!(day(jiff::civil::date(2026, 12, 24)), "24 December 2026");
    }

    #[test]
    fn a_name_can_not_become_a_link_or_markup() {
        assert_eq!(markdown("[x](http://y) <b>*"), r"\[x\]\(http://y\) \<b\>\*");
    }
}
