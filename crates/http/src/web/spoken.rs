//! Time as people say it in England: "today at 14:02:07", "4 seconds ago", "3 April 2019 (7 years old)".

use jiff::{
    Timestamp, Zoned,
    civil::{Date, Time, Weekday, time},
    tz::TimeZone,
};
use kinfold_domain::{BirthDate, WorkingDays};
use serde::Serialize;

/// When the councils' offices answer on working days.
const OFFICE: (Time, Time) = (time(8, 30, 0, 0), time(17, 30, 0, 0));

/// A moment on a page.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Moment {
    /// For the page's own script: RFC 3339.
    pub(super) iso: String,
    /// `14:02:07`
    pub(super) clock: String,
    /// `today at 14:02:07`, `3 March 2026 at 14:02:07`
    pub(super) words: String,
    /// `4 seconds ago`
    pub(super) age: String,
}

/// Says times relative to one moment.
pub(super) struct Spoken {
    now: Timestamp,
    here: Zoned,
    zone: TimeZone,
}

impl Spoken {
    pub(super) fn at(now: Timestamp) -> Self {
        // The zone's data is built in; without it times would still be right but for an hour in summer.
        let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
        Self { now, here: now.to_zoned(zone.clone()), zone }
    }

    /// The day in England.
    pub(super) fn today(&self) -> Date {
        self.here.date()
    }

    /// Whether the councils' offices answer now.
    pub(super) fn is_office_hours(&self) -> bool {
        let weekday = !matches!(self.here.weekday(), Weekday::Saturday | Weekday::Sunday);
        // Of a year whose bank holidays are not known yet, a weekday counts: both numbers stand on the page.
        let working = WorkingDays::england().is_working(self.today()).unwrap_or(weekday);
        working && (OFFICE.0..OFFICE.1).contains(&self.here.time())
    }

    /// A moment with its age.
    pub(super) fn moment(&self, at: Timestamp) -> Moment {
        let here = at.to_zoned(self.zone.clone());
        let clock = clock(here.time());
        let day = match self.today().since(here.date()).map(|span| span.get_days()) {
            Ok(0) => "today".to_owned(),
            Ok(1) => "yesterday".to_owned(),
            _ => day(here.date()),
        };
        let seconds = self.now.as_second() - at.as_second();
        Moment {
            iso: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            words: format!("{day} at {clock}"),
            clock,
            age: age(seconds),
        }
    }

    /// A moment to the minute, for what a source recorded by hand.
    pub(super) fn minute(&self, at: Timestamp) -> String {
        let here = at.to_zoned(self.zone.clone());
        let time = here.time();
        format!("{} at {:02}:{:02}", day(here.date()), time.hour(), time.minute())
    }

    /// A birth date with the age.
    pub(super) fn born(&self, born: BirthDate) -> String {
        let date = born.expose();
        format!("{} ({})", day(date), lived(date, self.today()))
    }
}

/// `3 March 2026`
pub(super) fn day(date: Date) -> String {
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
    let month = usize::try_from(date.month() - 1).ok().and_then(|month| MONTHS.get(month));
    format!("{} {} {}", date.day(), month.unwrap_or(&""), date.year())
}

fn clock(time: Time) -> String {
    format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
}

/// `1 second ago`; what lies ahead is "just now": clocks differ a little.
pub(super) fn age(seconds: i64) -> String {
    match seconds {
        ..=0 => "just now".to_owned(),
        1..=119 => count(seconds, "second"),
        120..=7199 => count(seconds / 60, "minute"),
        7200..=172_799 => count(seconds / 3600, "hour"),
        _ => count(seconds / 86_400, "day"),
    }
}

fn count(n: i64, unit: &str) -> String {
    format!("{} ago", counted(n, unit))
}

fn counted(n: i64, unit: &str) -> String {
    if n == 1 { format!("1 {unit}") } else { format!("{n} {unit}s") }
}

/// How old somebody is, as nurses say it: days, weeks, months, then years.
fn lived(born: Date, today: Date) -> String {
    let days = i64::from(today.since(born).map_or(0, |span| span.get_days()));
    let months = i64::from(today.year() - born.year()) * 12 + i64::from(today.month())
        - i64::from(born.month())
        - i64::from(today.day() < born.day());
    match (days, months) {
        (..0, _) => "not yet born".to_owned(),
        (0..14, _) => format!("{} old", counted(days, "day")),
        (_, ..3) => format!("{} old", counted(days / 7, "week")),
        (_, 3..24) => format!("{} old", counted(months, "month")),
        _ => format!("{} old", counted(months / 12, "year")),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn spoken(now: &str) -> Spoken {
        Spoken::at(now.parse().unwrap())
    }

    #[test]
    fn moments_are_told_in_english_summer_time_with_their_age() {
        let now = spoken("2026-06-01T13:02:11Z");
        let moment = now.moment("2026-06-01T13:02:07Z".parse().unwrap());
        assert_eq!(
            (moment.words.as_str(), moment.age.as_str()),
            ("today at 14:02:07", "4 seconds ago")
        );
        let moment = now.moment("2026-05-31T22:59:59Z".parse().unwrap());
        assert_eq!(moment.words, "yesterday at 23:59:59");
        let moment = now.moment("2026-02-03T09:00:00Z".parse().unwrap());
        assert_eq!(
            (moment.words.as_str(), moment.age.as_str()),
            ("3 February 2026 at 09:00:00", "118 days ago")
        );
    }

    #[test]
    fn ages_are_told_as_nurses_do() {
        let today = date(2026, 6, 1);
        for (born, told) in [
            (date(2026, 6, 1), "0 days old"),
            (date(2026, 5, 19), "13 days old"),
            (date(2026, 5, 1), "4 weeks old"),
            (date(2026, 2, 28), "3 months old"),
            (date(2024, 6, 2), "23 months old"),
            (date(2024, 6, 1), "2 years old"),
            (date(2019, 6, 2), "6 years old"),
            (date(2026, 6, 2), "not yet born"),
        ] {
            assert_eq!(lived(born, today), told, "{born}");
        }
    }

    #[test]
    fn offices_answer_on_working_days_by_english_time() {
        for (now, open) in [
            ("2026-06-01T07:30:00Z", true),
            ("2026-06-01T07:29:59Z", false),
            ("2026-06-01T16:30:00Z", false),
            ("2026-12-01T08:29:00Z", false),
            ("2026-12-01T08:30:00Z", true),
            ("2026-06-06T10:00:00Z", false),
        ] {
            assert_eq!(spoken(now).is_office_hours(), open, "{now}");
        }
    }
}
