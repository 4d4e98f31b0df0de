//! From when until when.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// One end of a term as the agreement writes it: a day (in UTC) or a moment (RFC 3339).
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Moment {
    /// A whole day: a term begins with its first moment and ends with its last, in UTC.
    Day(Date),
    /// A moment; as an end it is the first moment that is no longer within.
    Instant(Timestamp),
}

/// A text is neither a day nor a moment.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("write a day such as 2026-04-01 or a moment such as 2026-04-01T09:00:00Z")]
pub struct MomentError;

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() == 10
            && let Ok(day) = text.parse()
        {
            return Ok(Self::Day(day));
        }
        text.parse().map(Self::Instant).map_err(|_| MomentError)
    }
}

impl TryFrom<String> for Moment {
    type Error = MomentError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        moment.to_string()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Instant(moment) => moment.fmt(f),
        }
    }
}

/// From `from` (included) until `until` (no longer included).
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Term {
    from: Timestamp,
    until: Timestamp,
}

impl Term {
    /// `None` when it would be empty or leave the calendar.
    pub(crate) fn new(from: Moment, until: Moment) -> Option<Self> {
        let midnight = |day: Date| day.to_zoned(TimeZone::UTC).ok().map(|start| start.timestamp());
        let from = match from {
            Moment::Day(day) => midnight(day)?,
            Moment::Instant(moment) => moment,
        };
        let until = match until {
            Moment::Day(day) => midnight(day.checked_add(1.day()).ok()?)?,
            Moment::Instant(moment) => moment,
        };
        (from < until).then_some(Self { from, until })
    }

    /// The first moment.
    pub const fn from(&self) -> Timestamp {
        self.from
    }

    /// The first moment that is past it.
    pub const fn until(&self) -> Timestamp {
        self.until
    }

    pub(crate) fn at(&self, now: Timestamp) -> Result<(), Lapse> {
        if now < self.from {
            Err(Lapse::NotYetValid { from: self.from })
        } else if now >= self.until {
            Err(Lapse::Expired { until: self.until })
        } else {
            Ok(())
        }
    }
}

/// Why an agreement that was signed by everybody is not in force at a moment.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, thiserror::Error)]
#[serde(tag = "lapse", rename_all = "kebab-case")]
pub enum Lapse {
    /// It begins later.
    #[error("the agreement begins on {}", words(*.from))]
    NotYetValid {
        /// Its first moment.
        from: Timestamp,
    },
    /// It ended.
    #[error("the agreement ended on {}", words(*.until))]
    Expired {
        /// The first moment past it.
        until: Timestamp,
    },
    /// A party revoked it.
    #[error("the agreement was revoked on {}", words(*.at))]
    Revoked {
        /// When, as the revocation says.
        at: Timestamp,
    },
}

/// A moment as screens say it: `1 April 2026 at 00:00 UTC`.
pub(crate) fn words(moment: Timestamp) -> String {
    moment.strftime("%-d %B %Y at %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(from: &str, until: &str) -> Option<Term> {
        Term::new(from.parse().unwrap(), until.parse().unwrap())
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_whole_and_moments_are_exact() {
        let days = term("2026-04-01", "2026-04-01").unwrap();
        assert!(matches!(days.at(at("2026-03-31T23:59:59.999Z")), Err(Lapse::NotYetValid { .. })));
        assert_eq!(days.at(at("2026-04-01T00:00:00Z")), Ok(()));
        assert_eq!(days.at(at("2026-04-01T23:59:59.999Z")), Ok(()));
        assert!(matches!(days.at(at("2026-04-02T00:00:00Z")), Err(Lapse::Expired { .. })));
        let exact = term("2026-04-01T09:00:00+01:00", "2026-04-01T08:00:01Z").unwrap();
        assert_eq!(exact.at(at("2026-04-01T08:00:00Z")), Ok(()));
        assert!(exact.at(at("2026-04-01T08:00:01Z")).is_err());
    }

    #[test]
    fn a_term_is_never_empty_and_never_beyond_the_calendar() {
        assert_eq!(term("2026-04-02", "2026-04-01"), None);
        assert_eq!(term("2026-04-01T00:00:00Z", "2026-04-01T00:00:00Z"), None);
        assert_eq!(term("2026-04-01", "9999-12-31"), None);
        for bad in ["", "soon", "2026-13-01", "2026-04-01T25:00:00Z", "2026-04-01T09:00:00"] {
            assert_eq!(bad.parse::<Moment>(), Err(MomentError), "{bad}");
        }
    }

    #[test]
    fn a_lapse_says_when_in_words() {
        let lapse = Lapse::Expired { until: at("2026-04-01T00:00:00Z") };
        assert_eq!(lapse.to_string(), "the agreement ended on 1 April 2026 at 00:00 UTC");
    }
}
