//! FHIR's `date`, `dateTime` and `instant`: as exact as the source knew.

use jiff::{Timestamp, civil, tz::TimeZone};

/// A date as exact as its source gives it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PartialDate {
    /// `2019`
    Year(i16),
    /// `2019-03`
    Month(i16, i8),
    /// `2019-03-31`
    Day(civil::Date),
    /// `2019-03-31T10:00:00+01:00`
    Moment(Timestamp),
    /// `2019-03-31T10:00:00`: FHIR wants an offset, some servers leave it out.
    Local(civil::DateTime),
}

impl PartialDate {
    /// Reads `YYYY`, `YYYY-MM`, `YYYY-MM-DD` and date-times.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > 40 || !text.is_ascii() {
            return None;
        }
        match text.len() {
            4 => year(text).map(Self::Year),
            7 => {
                let (y, m) = text.split_once('-')?;
                let month = two_digits(m).filter(|m| (1..=12).contains(m))?;
                Some(Self::Month(year(y)?, month))
            }
            10 => text.parse().ok().map(Self::Day),
            _ if !text.contains('T') => None,
            _ => text.parse().map(Self::Moment).or_else(|_| text.parse().map(Self::Local)).ok(),
        }
    }

    /// The day, where it is known.
    pub fn day(self, zone: &TimeZone) -> Option<civil::Date> {
        match self {
            Self::Year(_) | Self::Month(..) => None,
            Self::Day(day) => Some(day),
            Self::Moment(moment) => Some(moment.to_zoned(zone.clone()).date()),
            Self::Local(local) => Some(local.date()),
        }
    }

    /// The moment; a day stands for its beginning.
    pub fn moment(self, zone: &TimeZone) -> Option<Timestamp> {
        let local = match self {
            Self::Year(_) | Self::Month(..) => return None,
            Self::Moment(moment) => return Some(moment),
            Self::Day(day) => day.to_datetime(civil::Time::midnight()),
            Self::Local(local) => local,
        };
        local.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
    }

    /// What is known of a day that isn't: `2019`, `March 2019`.
    pub fn words(self) -> Option<String> {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        match self {
            Self::Year(year) => Some(year.to_string()),
            Self::Month(year, month) => {
                let index = usize::try_from(month).ok()?.checked_sub(1)?;
                MONTHS.get(index).map(|name| format!("{name} {year}"))
            }
            Self::Day(_) | Self::Moment(_) | Self::Local(_) => None,
        }
    }

    /// Whether it certainly lies before `day`.
    pub fn is_before(self, day: civil::Date, zone: &TimeZone) -> bool {
        match self {
            Self::Year(year) => year < day.year(),
            Self::Month(year, month) => (year, month) < (day.year(), day.month()),
            other => other.day(zone).is_some_and(|date| date < day),
        }
    }
}

fn year(text: &str) -> Option<i16> {
    let digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn two_digits(text: &str) -> Option<i8> {
    let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_date_is_as_exact_as_its_source_knew() {
        let zone = TimeZone::UTC;
        let read = |text: &str| PartialDate::parse(text).unwrap();
        assert_eq!(read("2019").words().unwrap(), "2019");
        assert_eq!(read("2019-03").words().unwrap(), "March 2019");
        assert_eq!(read("2019-03").day(&zone), None);
        assert_eq!(read("2019-03-31").day(&zone), Some(date(2019, 3, 31)));
        assert_eq!(read("2019-03-31T23:30:00-02:00").day(&zone), Some(date(2019, 4, 1)));
        assert_eq!(
            read("2019-03-31T10:00:00").moment(&zone),
            Some("2019-03-31T10:00:00Z".parse().unwrap())
        );
        assert!(read("2019-03").is_before(date(2019, 4, 1), &zone));
        assert!(!read("2019").is_before(date(2019, 4, 1), &zone));
        for bad in [
            "",
            "19",
            "2019-13",
            "2019-3-1",
            "2019-02-30",
            "31/03/2019",
            "yesterday, say",
            "+201",
            "2019-+3",
        ] {
            assert_eq!(PartialDate::parse(bad), None, "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in ".*") {
            let _ = PartialDate::parse(&text).map(|d| (d.words(), d.moment(&TimeZone::UTC)));
        }
    }
}
