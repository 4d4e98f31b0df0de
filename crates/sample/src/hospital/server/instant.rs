//! Moments in searches: a prefix, then a date or an instant (R4, "3.1.1.4.7 date").

use jiff::{Timestamp, ToSpan, civil::Date};

use super::outcome::Refused;
use crate::dates::moment;

/// `ge2026-11-01T12:00:00Z`, as milliseconds: a bound of the range that the text means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Bound {
    /// At this millisecond or later.
    From(i64),
    /// Before this millisecond.
    Before(i64),
}

/// Reads one value of `_lastUpdated`: one bound, or two for equality.
pub(super) fn bounds(text: &str) -> Result<Vec<Bound>, Refused> {
    let split = text.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    let (prefix, value) = text.split_at(split);
    let (low, high) = range(value).ok_or(Refused::invalid("this is no date or instant"))?;
    match prefix {
        "" | "eq" => Ok(vec![Bound::From(low), Bound::Before(high)]),
        "ge" => Ok(vec![Bound::From(low)]),
        "gt" | "sa" => Ok(vec![Bound::From(high)]),
        "lt" | "eb" => Ok(vec![Bound::Before(low)]),
        "le" => Ok(vec![Bound::Before(high)]),
        _ => Err(Refused::invalid("this prefix of a date is not supported")),
    }
}

/// The first millisecond that the text means, and the first after it.
fn range(text: &str) -> Option<(i64, i64)> {
    if text.contains('T') {
        let at: Timestamp = text.parse().ok()?;
        let precision = if text.contains('.') { 1 } else { 1_000 };
        return Some((at.as_millisecond(), at.as_millisecond() + precision));
    }
    let day: Date = text.parse().ok()?;
    let next = day.checked_add(1.day()).ok()?;
    Some((moment(day, 0).as_millisecond(), moment(next, 0).as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_means_its_whole_day_and_a_second_its_whole_second() {
        let day = bounds("2026-11-01").unwrap();
        assert!(matches!(day[..], [Bound::From(a), Bound::Before(b)] if b - a == 86_400_000));
        let gt = bounds("gt2026-11-01T12:00:00Z").unwrap();
        let ge = bounds("ge2026-11-01T12:00:00Z").unwrap();
        assert!(
            matches!((&gt[..], &ge[..]), ([Bound::From(a)], [Bound::From(b)]) if a - b == 1_000)
        );
        assert_eq!(bounds("le2026-11-01T12:00:00.250+00:00").unwrap().len(), 1);
        for bad in ["", "ge", "ne2026-11-01", "2026-13-01", "gtT"] {
            assert!(bounds(bad).is_err(), "{bad}");
        }
    }
}
