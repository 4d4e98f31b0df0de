//! HL7 time stamps (HL7 2.5.1 section 2.A.77, TS): `YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]`.

use hl7_parser::datetime::{TimeStamp, TimeStampOffset};
use jiff::civil::{Date, DateTime, date};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// A clock that runs ahead of ours by more than this is wrong.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// A day, as far as one is said.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Day {
    /// Year, month and day.
    Known(Date),
    /// A year, or a year and a month.
    Partial,
    /// No date.
    Unreadable,
}

/// The day of a time stamp.
pub(super) fn day(text: &str) -> Day {
    let Ok(stamp) = text.parse::<TimeStamp>() else { return Day::Unreadable };
    let (Some(month), Some(day)) = (stamp.month, stamp.day) else { return Day::Partial };
    civil_day(stamp.year, month, day).map_or(Day::Unreadable, Day::Known)
}

/// The moment of a time stamp that says at least the minute and isn't ahead of `now` by more than a day. Without an offset it is civil
/// time in `zone`; of an hour that comes twice, the earlier one.
pub(super) fn moment(text: &str, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let stamp: TimeStamp = text.parse().ok()?;
    let civil = civil(&stamp)?;
    let moment = match stamp.offset {
        Some(offset) => fixed(offset)?.to_timestamp(civil).ok()?,
        None => zone.to_ambiguous_timestamp(civil).compatible().ok()?,
    };
    (moment.duration_since(now) <= AHEAD).then_some(moment)
}

fn civil(stamp: &TimeStamp) -> Option<DateTime> {
    let day = civil_day(stamp.year, stamp.month?, stamp.day?)?;
    let small = |number: u8| i8::try_from(number).ok();
    let nanoseconds = i32::try_from(stamp.microsecond.unwrap_or(0)).ok()?.checked_mul(1000)?;
    let (hour, minute) = (small(stamp.hour?)?, small(stamp.minute?)?);
    let time = jiff::civil::Time::new(hour, minute, small(stamp.second.unwrap_or(0))?, nanoseconds);
    Some(day.to_datetime(time.ok()?))
}

fn civil_day(year: u16, month: u8, day: u8) -> Option<Date> {
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Date::new(i16::try_from(year).ok()?, month, day).ok().filter(|day| *day >= date(1800, 1, 1))
}

fn fixed(offset: TimeStampOffset) -> Option<Offset> {
    let minutes = i32::from(offset.minutes) * 60;
    let hours = i32::from(offset.hours) * 3600;
    Offset::from_seconds(if hours < 0 { hours - minutes } else { hours + minutes }).ok()
}
