//! Days counted, and birth dates made from them.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use kinfold_domain::BirthDate;

/// `count` days before `date`; after it when negative.
pub(crate) fn days_before(date: Date, count: i32) -> Date {
    date.saturating_sub(count.days())
}

/// Days from `early` to `late`.
pub(crate) fn days_between(early: Date, late: Date) -> i32 {
    late.since(early).map_or(0, |span| span.get_days())
}

/// Years lived on `today`, as days.
pub(crate) const fn years(count: i32) -> i32 {
    count * 365 + count / 4
}

/// A birth date of an invented person.
#[expect(clippy::expect_used, reason = "a district's people are born within 110 years of its day")]
pub(crate) fn birth(date: Date) -> BirthDate {
    BirthDate::try_from(date).expect("birth dates of a district lie between 1890 and 2199")
}

/// The moment `minute` minutes into a day, in universal time.
pub(crate) fn moment(day: Date, minute: i32) -> Timestamp {
    let midnight = day.to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |z| z.timestamp());
    midnight.saturating_add(minute.minutes()).unwrap_or(midnight)
}
