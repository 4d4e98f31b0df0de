//! Each quarter a named person says of every employee whether they still work here, in this job.

use jiff::{Timestamp, ToSpan, civil::Date};

use super::Employed;
use crate::today;

/// When an employee is to be reviewed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReviewDue {
    /// The last day for it.
    pub by: Date,
    /// It was due before.
    pub overdue: bool,
}

impl Employed {
    /// When this employee is to be reviewed; `None` where they have left, or were seen to in this quarter.
    pub fn review_due(&self, now: Timestamp) -> Option<ReviewDue> {
        if self.left {
            return None;
        }
        let quarter = first_of_quarter(today(now));
        let last = self.reviewed.max(self.changed).map(today);
        if last.is_some_and(|day| day >= quarter) {
            return None;
        }
        let before = quarter.saturating_sub(3.months());
        let overdue = last.is_none_or(|day| day < before);
        let by = quarter.saturating_add(3.months()).saturating_sub(1.day());
        Some(ReviewDue { by: if overdue { quarter.saturating_sub(1.day()) } else { by }, overdue })
    }
}

fn first_of_quarter(day: Date) -> Date {
    let first = (day.month() - 1) / 3 * 3 + 1;
    Date::new(day.year(), first, 1).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TRUST, caller};

    fn due(reviewed: Option<&str>, changed: Option<&str>) -> Option<(String, bool)> {
        let at = |day: &str| format!("{day}T12:00:00Z").parse::<Timestamp>().unwrap();
        let employed = Employed {
            employee: caller(TRUST, "nurse", "ed-clinician").employee().clone(),
            left: false,
            given_pin: false,
            more_time: false,
            changed: changed.map(at),
            reviewed: reviewed.map(at),
        };
        assert_eq!(Employed { left: true, ..employed.clone() }.review_due(at("2026-11-23")), None);
        employed.review_due(at("2026-11-23")).map(|due| (due.by.to_string(), due.overdue))
    }

    #[test]
    fn everybody_is_reviewed_once_a_quarter_and_joiners_and_movers_in_the_next_one() {
        let table = [
            (None, Some("2026-10-01"), None),
            (Some("2026-10-01"), Some("2024-01-09"), None),
            (None, Some("2026-09-30"), Some(("2026-12-31", false))),
            (Some("2026-07-01"), Some("2024-01-09"), Some(("2026-12-31", false))),
            (Some("2026-06-30"), Some("2024-01-09"), Some(("2026-09-30", true))),
            (None, None, Some(("2026-09-30", true))),
        ];
        for (reviewed, changed, expected) in table {
            let expected = expected.map(|(by, overdue)| (by.to_owned(), overdue));
            assert_eq!(due(reviewed, changed), expected, "{reviewed:?} {changed:?}");
        }
    }
}
