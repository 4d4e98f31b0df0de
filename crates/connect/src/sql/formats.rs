//! Dates and times as a source writes them.

use jiff::{
    Timestamp,
    civil::{self, DateTime},
    fmt::strtime,
    tz::TimeZone,
};
use kinfold_wire::fhir::PartialDate;

/// What a pattern may hold, longest first, in `strptime`'s words.
const TOKENS: [(&str, &str); 7] = [
    ("YYYY", "%Y"),
    ("MMM", "%b"),
    ("MM", "%m"),
    ("DD", "%d"),
    ("HH", "%H"),
    ("mm", "%M"),
    ("ss", "%S"),
];

/// A way to write dates or times.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Format {
    /// ISO 8601, as databases print their own date types.
    Iso,
    /// Seconds since 1970.
    Unix,
    /// Milliseconds since 1970.
    UnixMillis,
    /// A pattern, in `strptime`'s words; with how people write it.
    Pattern { strptime: String, written: String },
}

impl Format {
    /// Reads `iso`, `unix`, `unix-ms`, or a pattern of `YYYY MM DD MMM HH mm ss` with anything between.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "iso" => return Ok(Self::Iso),
            "unix" => return Ok(Self::Unix),
            "unix-ms" => return Ok(Self::UnixMillis),
            _ => {}
        }
        let (mut rest, mut strptime) = (text, String::new());
        while let Some(next) = rest.chars().next() {
            if let Some((token, code)) = TOKENS.iter().find(|(token, _)| rest.starts_with(token)) {
                strptime.push_str(code);
                rest = &rest[token.len()..];
            } else if next.is_ascii_punctuation() && next != '%' || next == ' ' || next == 'T' {
                strptime.push(next);
                rest = &rest[next.len_utf8()..];
            } else {
                return Err("a format is iso, unix, unix-ms, or made of YYYY MM MMM DD HH mm ss, as in DD/MM/YYYY".to_owned());
            }
        }
        let whole = ["%Y", "%d"].iter().all(|code| strptime.contains(code))
            && (strptime.contains("%m") || strptime.contains("%b"));
        if !whole || text.len() > 40 {
            return Err(
                "a format names the year as YYYY, the month as MM or MMM, and the day as DD"
                    .to_owned(),
            );
        }
        Ok(Self::Pattern { strptime, written: text.to_owned() })
    }

    /// How people write it.
    pub(super) fn words(&self) -> &str {
        match self {
            Self::Iso => "YYYY-MM-DD",
            Self::Unix => "seconds since 1970",
            Self::UnixMillis => "milliseconds since 1970",
            Self::Pattern { written, .. } => written,
        }
    }

    /// The day.
    pub(super) fn day(&self, text: &str, zone: &TimeZone) -> Option<civil::Date> {
        match self {
            Self::Iso => iso(text)?.day(zone),
            Self::Unix | Self::UnixMillis => {
                self.moment(text, zone).map(|moment| moment.to_zoned(zone.clone()).date())
            }
            Self::Pattern { strptime, .. } => {
                strtime::parse(strptime, text.trim()).ok()?.to_date().ok()
            }
        }
    }

    /// The moment; a day stands for its beginning in the source's zone.
    pub(super) fn moment(&self, text: &str, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Iso => iso(text)?.moment(zone),
            Self::Unix => Timestamp::from_second(text.trim().parse().ok()?).ok(),
            Self::UnixMillis => Timestamp::from_millisecond(text.trim().parse().ok()?).ok(),
            Self::Pattern { strptime, .. } => {
                let parsed = strtime::parse(strptime, text.trim()).ok()?;
                let local = match parsed.to_datetime() {
                    Ok(local) => local,
                    Err(_) => DateTime::from_parts(parsed.to_date().ok()?, civil::Time::midnight()),
                };
                local.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
            }
        }
    }
}

/// Databases write a space where ISO 8601 has a T, and `+00` for an offset.
fn iso(text: &str) -> Option<PartialDate> {
    let text = text.trim();
    if text.len() > 40 || !text.is_ascii() {
        return None;
    }
    let mut text = text.replacen(' ', "T", 1);
    let has_short_offset = text.len() > 13
        && text.get(text.len() - 3..).is_some_and(|end| {
            end.starts_with(['+', '-']) && end[1..].bytes().all(|b| b.is_ascii_digit())
        });
    if has_short_offset {
        text.push_str(":00");
    }
    PartialDate::parse(&text)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn dates_are_read_as_the_mapping_declares_them() {
        let london = TimeZone::get("Europe/London").unwrap();
        let day = |format: &str, text: &str| Format::parse(format).unwrap().day(text, &london);
        assert_eq!(day("DD/MM/YYYY", "03/04/2019"), Some(date(2019, 4, 3)));
        assert_eq!(day("DD-MMM-YYYY", "03-APR-2019"), Some(date(2019, 4, 3)));
        assert_eq!(day("YYYYMMDD", "20190403"), Some(date(2019, 4, 3)));
        assert_eq!(day("iso", "2019-04-03"), Some(date(2019, 4, 3)));
        assert_eq!(day("iso", "2019-04-03 00:00:00"), Some(date(2019, 4, 3)));
        assert_eq!(day("iso", "2019-06-30 23:30:00+00"), Some(date(2019, 7, 1)));
        assert_eq!(day("unix", "1561937400"), Some(date(2019, 7, 1)));
        for (format, bad) in [
            ("DD/MM/YYYY", "2019-04-03"),
            ("DD/MM/YYYY", "31/02/2019"),
            ("DD/MM/YYYY", "03/04/2019x"),
            ("iso", "03/04/2019"),
            ("unix", "x"),
        ] {
            assert_eq!(day(format, bad), None, "{bad}");
        }
    }

    #[test]
    fn times_without_an_offset_are_the_sources_own() {
        let london = TimeZone::get("Europe/London").unwrap();
        let at = |format: &str, text: &str| {
            Format::parse(format).unwrap().moment(text, &london).map(|t| t.to_string())
        };
        assert_eq!(at("iso", "2026-07-01 10:00:00").as_deref(), Some("2026-07-01T09:00:00Z"));
        assert_eq!(
            at("iso", "2026-07-01 10:00:00.25+00").as_deref(),
            Some("2026-07-01T10:00:00.25Z")
        );
        assert_eq!(
            at("DD/MM/YYYY HH:mm", "01/07/2026 10:00").as_deref(),
            Some("2026-07-01T09:00:00Z")
        );
        assert_eq!(at("DD/MM/YYYY", "01/07/2026").as_deref(), Some("2026-06-30T23:00:00Z"));
    }

    #[test]
    fn formats_that_would_guess_are_refused() {
        for bad in ["", "DD/MM/YY", "MM/YYYY", "dd/mm/yyyy", "DD/MM/YYYY %q", "whenever"] {
            assert!(Format::parse(bad).is_err(), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_a_format_panic(format in ".*", text in ".*") {
            let format = Format::parse(&format).unwrap_or(Format::Iso);
            let _ = (format.day(&text, &TimeZone::UTC), format.moment(&text, &TimeZone::UTC));
        }
    }
}
