//! Working days in England: Monday to Friday without bank holidays, for the years whose holidays are known.

use std::{collections::BTreeSet, sync::LazyLock};

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

/// The maintained list; see its head.
const HOLIDAYS: &str = include_str!("../data/bank-holidays.txt");

/// Days on which offices and courts are open.
#[derive(Debug)]
pub struct WorkingDays {
    holidays: BTreeSet<Date>,
    years: (i16, i16),
}

/// A day in a year whose bank holidays are not known here: counting on would give a wrong day without saying so.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the bank holidays of {year} are not known to this version: it must be updated")]
pub struct UnknownYear {
    /// The year.
    pub year: i16,
}

impl WorkingDays {
    /// England's.
    pub fn england() -> &'static Self {
        static ENGLAND: LazyLock<WorkingDays> = LazyLock::new(|| WorkingDays::parse(HOLIDAYS));
        &ENGLAND
    }

    /// One day a line, before a space; lines that begin with `#` say something about them.
    fn parse(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let days = lines.filter_map(|line| line.split(' ').next()?.parse::<Date>().ok());
        let holidays: BTreeSet<Date> = days.collect();
        let year = |day: Option<&Date>| day.map_or(0, |day| day.year());
        let years = (year(holidays.first()), year(holidays.last()));
        Self { holidays, years }
    }

    /// The last year whose holidays are known.
    pub const fn last_year(&self) -> i16 {
        self.years.1
    }

    /// Whether a day is a working day.
    pub fn is_working(&self, day: Date) -> Result<bool, UnknownYear> {
        if !(self.years.0..=self.years.1).contains(&day.year()) {
            return Err(UnknownYear { year: day.year() });
        }
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        Ok(!weekend && !self.holidays.contains(&day))
    }

    /// The `count`th working day after a day. The day itself does not count.
    pub fn after(&self, from: Date, count: u16) -> Result<Date, UnknownYear> {
        let mut day = from;
        let mut left = count;
        while left > 0 {
            day = day.saturating_add(1.day());
            if self.is_working(day)? {
                left -= 1;
            }
        }
        Ok(day)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    /// The Sunday of Easter (the anonymous Gregorian algorithm, as Meeus gives it, with his names).
    #[allow(clippy::many_single_char_names, reason = "the algorithm's own names")]
    fn easter(year: i32) -> Date {
        let (a, b, c) = (year % 19, year / 100, year % 100);
        let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
        let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
        let m = (a + 11 * h + 22 * l) / 451;
        let (month, day) = ((h + l - 7 * m + 114) / 31, (h + l - 7 * m + 114) % 31 + 1);
        date(i16::try_from(year).unwrap(), i8::try_from(month).unwrap(), i8::try_from(day).unwrap())
    }

    fn monday(year: i16, month: i8, last: bool) -> Date {
        let first = date(year, month, 1);
        let nth = if last { -1 } else { 1 };
        first.nth_weekday_of_month(nth, Weekday::Monday).unwrap()
    }

    /// Moved off a weekend, and off the days that are taken.
    fn observed(day: Date, taken: &[Date]) -> Date {
        let is_free = |day: &Date| {
            !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !taken.contains(day)
        };
        day.series(1.day()).find(is_free).unwrap()
    }

    #[test]
    fn the_list_is_what_the_law_says_for_each_year_that_it_covers() {
        let england = WorkingDays::england();
        assert!(england.years.0 <= 2024 && england.last_year() >= 2028);
        let mut expected = BTreeSet::new();
        for year in england.years.0..=england.years.1 {
            let sunday = easter(year.into());
            let christmas = observed(date(year, 12, 25), &[date(year, 12, 26)]);
            let christmas = if date(year, 12, 25).weekday() == Weekday::Sunday {
                date(year, 12, 27)
            } else {
                christmas
            };
            expected.extend([
                observed(date(year, 1, 1), &[]),
                sunday.saturating_sub(2.days()),
                sunday.saturating_add(1.day()),
                monday(year, 5, false),
                monday(year, 5, true),
                monday(year, 8, true),
                christmas,
                observed(date(year, 12, 26), &[christmas]),
            ]);
        }
        assert_eq!(england.holidays, expected);
    }

    #[test]
    fn fifteen_working_days_over_easter_are_twenty_three_days() {
        let england = WorkingDays::england();
        assert_eq!(england.after(date(2026, 3, 30), 15), Ok(date(2026, 4, 22)));
        assert_eq!(england.after(date(2026, 12, 24), 1), Ok(date(2026, 12, 29)));
        assert_eq!(england.after(date(2026, 6, 5), 0), Ok(date(2026, 6, 5)));
    }

    #[test]
    fn a_year_that_is_not_known_is_told_and_never_counted_through() {
        let england = WorkingDays::england();
        let beyond = england.last_year() + 1;
        assert_eq!(england.is_working(date(beyond, 6, 1)), Err(UnknownYear { year: beyond }));
        let late = date(england.last_year(), 12, 20);
        assert_eq!(england.after(late, 10), Err(UnknownYear { year: beyond }));
    }

    proptest! {
        #[test]
        fn counting_on_in_two_steps_is_counting_on_in_one(
            days in 0_i32..1_300, first in 0_u16..40, second in 0_u16..40,
        ) {
            let england = WorkingDays::england();
            let from = date(2024, 1, 1).saturating_add(days.days());
            let middle = england.after(from, first).unwrap();
            let end = england.after(middle, second).unwrap();
            prop_assert_eq!(end, england.after(from, first + second).unwrap());
            prop_assert!(first == 0 || england.is_working(middle).unwrap());
            prop_assert!(middle >= from && end >= middle);
        }
    }
}
