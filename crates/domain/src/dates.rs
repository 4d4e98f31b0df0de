//! Birth dates as people type them, and the moment for which an answer is true.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// The moment for which an answer is known to be true.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AsAt(pub Timestamp);

impl AsAt {
    /// Whole seconds between this moment and `now`; zero when it lies ahead.
    pub fn age_seconds(self, now: Timestamp) -> u64 {
        u64::try_from(now.as_second() - self.0.as_second()).unwrap_or(0)
    }
}

/// A date of birth between 1890 and 2199. `Debug` is redacted.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "Date", into = "Date")]
pub struct BirthDate(Date);

/// Why a text is no date. The text itself is not repeated.
#[derive(Debug, Clone, Copy, Eq, PartialEq, thiserror::Error)]
pub enum DateError {
    /// Not three numbers.
    #[error("a date has a day, a month and a year, such as 31 3 2019")]
    Malformed,
    /// No such day in the calendar.
    #[error("there is no such day in the calendar")]
    Impossible,
    /// Before 1890 or after 2199.
    #[error("the year lies outside 1890 to 2199")]
    OutOfRange,
}

impl BirthDate {
    /// From day, month, and four-digit year.
    pub fn new(day: i8, month: i8, year: i16) -> Result<Self, DateError> {
        Self::try_from(Date::new(year, month, day).map_err(|_| DateError::Impossible)?)
    }

    /// The calendar date.
    pub const fn expose(self) -> Date {
        self.0
    }

    /// Whole years lived on `today`; negative before birth.
    pub fn age_on(self, today: Date) -> i16 {
        let years = today.year() - self.0.year();
        let had_birthday = (today.month(), today.day()) >= (self.0.month(), self.0.day());
        if had_birthday { years } else { years - 1 }
    }
}

impl TryFrom<Date> for BirthDate {
    type Error = DateError;

    fn try_from(date: Date) -> Result<Self, Self::Error> {
        if (1890..=2199).contains(&date.year()) {
            Ok(Self(date))
        } else {
            Err(DateError::OutOfRange)
        }
    }
}

impl From<BirthDate> for Date {
    fn from(date: BirthDate) -> Self {
        date.0
    }
}

/// Reads `31/3/2019`, `31 3 2019`, `31.03.2019`, `31 March 2019`, `31Mar2019`-like words apart from their numbers, and `2019-03-31`.
impl FromStr for BirthDate {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > 40 {
            return Err(DateError::Malformed);
        }
        let parts: Vec<&str> = text
            .split(|c: char| c.is_whitespace() || matches!(c, '/' | '-' | '.' | ','))
            .filter(|part| !part.is_empty())
            .collect();
        let [first, middle, last] = parts[..] else { return Err(DateError::Malformed) };
        let number = |t: &str| t.parse::<i16>().map_err(|_| DateError::Malformed);
        let (day, year) = if first.len() == 4 {
            (number(last)?, number(first)?)
        } else if last.len() == 4 {
            (number(first)?, number(last)?)
        } else {
            return Err(DateError::Malformed);
        };
        let month = month_number(middle).ok_or(DateError::Malformed)?;
        let small = |n: i16| i8::try_from(n).map_err(|_| DateError::Impossible);
        Self::new(small(day)?, month, year)
    }
}

fn month_number(text: &str) -> Option<i8> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let start = text.get(..3)?.to_ascii_lowercase();
    MONTHS.iter().position(|m| *m == start).and_then(|i| i8::try_from(i + 1).ok())
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[birth date]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_and_systems_write_them() {
        let expected = BirthDate::new(3, 4, 2019).unwrap();
        for text in
            ["3/4/2019", "03.04.2019", "3 April 2019", "3-apr-2019", "2019-04-03", " 3 4 2019 "]
        {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn impossible_dates_say_so() {
        let cases = [
            ("30 2 2019", DateError::Impossible),
            ("29 2 2019", DateError::Impossible),
            ("3 13 2019", DateError::Impossible),
            ("300 1 2019", DateError::Impossible),
            ("1 1 1850", DateError::OutOfRange),
            ("1 1 19", DateError::Malformed),
            ("today", DateError::Malformed),
            ("", DateError::Malformed),
        ];
        for (text, error) in cases {
            assert_eq!(text.parse::<BirthDate>().unwrap_err(), error, "{text}");
        }
    }

    #[test]
    fn age_counts_birthdays() {
        let born = BirthDate::new(29, 2, 2016).unwrap();
        let on = |y, m, d| born.age_on(Date::new(y, m, d).unwrap());
        assert_eq!((on(2026, 2, 28), on(2026, 3, 1), on(2016, 1, 1)), (9, 10, -1));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in ".*") {
            let _ = text.parse::<BirthDate>();
        }
    }
}
