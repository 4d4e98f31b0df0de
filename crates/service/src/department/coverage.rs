//! Coverage: arrivals that were to be checked against checks made, how fast they were answered, and what followed. Numbers only.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use kinfold_domain::Role;
use serde::Serialize;

use super::{
    attendance::{Attendance, Whereabouts},
    outcome::OutcomeError,
};
use crate::{
    caller::Caller,
    journal::Journal,
    ports::{Clock, DepartmentStore},
    records::Entry,
};

/// How far back it looks.
const DAYS: i64 = 28;

/// What happened within one day, or at one hour of all days.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Covered {
    /// Arrivals who were to be checked.
    pub arrivals: u32,
    /// Of them, those whose check was answered.
    pub checked: u32,
    /// From the message to the answer, in milliseconds: the middle one, and the one that 95 in a hundred do not exceed.
    pub answered_ms: Option<(u64, u64)>,
    /// Children whom a register knows.
    pub on_register: u32,
    /// Of them, those of whom somebody said what became.
    pub recorded: u32,
    /// Of them, those for whom somebody at the register's owner answered.
    pub acknowledged: u32,
    /// From the message to that answer, in seconds: the middle one.
    pub acknowledged_s: Option<u64>,
}

/// Coverage of the last four weeks.
#[derive(Clone, Debug, Serialize)]
pub struct Coverage {
    /// When it was counted.
    pub at: Timestamp,
    /// By day, the newest first; days without arrivals are left out.
    pub days: Vec<(Date, Covered)>,
    /// By hour of the day in England, 0 to 23.
    pub hours: Vec<Covered>,
    /// All together.
    pub all: Covered,
}

/// Counts coverage.
pub struct Coverages {
    /// The department at rest.
    pub store: Arc<dyn DepartmentStore>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

impl Coverages {
    /// Counts the last four weeks, for information governance; that somebody looked is recorded.
    pub async fn count(&self, caller: &Caller) -> Result<Coverage, OutcomeError> {
        let employee = caller.employee();
        if employee.role.as_str() != Role::INFORMATION_GOVERNANCE {
            return Err(OutcomeError::Refused(
                "Coverage is for information governance.".to_owned(),
            ));
        }
        let at = self.clock.now();
        let what = "coverage".to_owned();
        self.journal.record(Entry::LedgerRead { at, employee: employee.id, what }).await?;
        let since = at.saturating_sub(SignedDuration::from_hours(24 * DAYS));
        let since = since.unwrap_or(Timestamp::MIN);
        let attendances = self.store.attendances(since).await?;
        Ok(coverage(at, attendances.iter().filter(|known| known.heard >= since)))
    }
}

/// Pure: what entries in error were is not counted, nor what was recorded by hand, which nobody announced.
fn coverage<'a>(at: Timestamp, attendances: impl Iterator<Item = &'a Attendance>) -> Coverage {
    let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
    let mut days: BTreeMap<Date, Vec<&Attendance>> = BTreeMap::new();
    let mut hours: Vec<Vec<&Attendance>> = vec![Vec::new(); 24];
    let mut all = Vec::new();
    for known in attendances {
        let in_error = matches!(known.whereabouts, Whereabouts::Cancelled { .. });
        if in_error || known.sender.is_none() {
            continue;
        }
        let local = known.heard.to_zoned(zone.clone());
        days.entry(local.date()).or_default().push(known);
        if let Some(hour) = usize::try_from(local.hour()).ok().and_then(|hour| hours.get_mut(hour))
        {
            hour.push(known);
        }
        all.push(known);
    }
    Coverage {
        at,
        days: days.iter().rev().map(|(day, known)| (*day, covered(known))).collect(),
        hours: hours.iter().map(|known| covered(known)).collect(),
        all: covered(&all),
    }
}

fn covered(attendances: &[&Attendance]) -> Covered {
    let count = |so: &dyn Fn(&Attendance) -> bool| {
        u32::try_from(attendances.iter().filter(|known| so(known)).count()).unwrap_or(u32::MAX)
    };
    let since = |known: &Attendance, at: Timestamp| {
        u64::try_from(at.duration_since(known.heard).as_millis()).unwrap_or(0)
    };
    let mut answered: Vec<u64> =
        attendances.iter().filter_map(|a| Some(since(a, a.first_checked?))).collect();
    let mut acknowledged: Vec<u64> = attendances
        .iter()
        .filter_map(|a| Some(since(a, a.acknowledged.first()?.at) / 1000))
        .collect();
    answered.sort_unstable();
    acknowledged.sort_unstable();
    Covered {
        arrivals: count(&|_| true),
        checked: count(&|known| known.first_checked.is_some()),
        answered_ms: at_share(&answered, 50).zip(at_share(&answered, 95)),
        on_register: count(&Attendance::concerns_a_register),
        recorded: count(&|known| known.concerns_a_register() && known.recorded.is_some()),
        acknowledged: count(&|known| known.concerns_a_register() && !known.acknowledged.is_empty()),
        acknowledged_s: at_share(&acknowledged, 50),
    }
}

/// The value that so many in a hundred do not exceed.
fn at_share(sorted: &[u64], percent: usize) -> Option<u64> {
    let place = (sorted.len() * percent).div_ceil(100).checked_sub(1)?;
    sorted.get(place).copied()
}

#[cfg(test)]
mod tests {
    use kinfold_domain::{Personal, Subject};
    use uuid::Uuid;

    use super::*;
    use crate::department::AttendanceId;

    fn attendance(n: u128, heard: &str, checked_after_ms: Option<i64>) -> Attendance {
        let heard: Timestamp = heard.parse().unwrap();
        Attendance {
            id: AttendanceId(Uuid::from_u128(n)),
            sender: Some("pas".to_owned()),
            patient: Personal::default(),
            visit: None,
            subject: Subject::default(),
            pregnant: false,
            place: None,
            arrived: heard,
            heard,
            whereabouts: Whereabouts::Present,
            check: None,
            first_checked: checked_after_ms.map(|ms| heard + SignedDuration::from_millis(ms)),
            failure: None,
            recorded: None,
            steps: 0,
            told: Vec::new(),
            ever_told: std::collections::BTreeSet::new(),
            acknowledged: Vec::new(),
        }
    }

    #[test]
    fn arrivals_are_counted_against_checks_by_the_day_and_hour_in_england() {
        let mut cancelled = attendance(4, "2026-06-01T10:00:00Z", None);
        cancelled.whereabouts = Whereabouts::Cancelled { at: cancelled.heard };
        let by_hand = Attendance { sender: None, ..attendance(5, "2026-06-01T10:00:00Z", Some(0)) };
        let known = [
            // Half past midnight in England, the day before in Greenwich.
            attendance(1, "2026-05-31T23:30:00Z", Some(40)),
            attendance(2, "2026-06-01T10:00:00Z", Some(20)),
            attendance(3, "2026-06-01T10:30:00Z", None),
            cancelled,
            by_hand,
        ];
        let counted = coverage("2026-06-02T00:00:00Z".parse().unwrap(), known.iter());
        assert_eq!(counted.days.len(), 1);
        assert_eq!((counted.all.arrivals, counted.all.checked), (3, 2));
        assert_eq!(counted.all.answered_ms, Some((20, 40)));
        assert_eq!((counted.hours[0].arrivals, counted.hours[11].arrivals), (1, 2));
    }

    #[test]
    fn nothing_is_said_of_times_where_nothing_was_answered() {
        let known = [attendance(1, "2026-06-01T10:00:00Z", None)];
        let counted = coverage("2026-06-02T00:00:00Z".parse().unwrap(), known.iter());
        assert_eq!((counted.all.answered_ms, counted.all.acknowledged_s), (None, None));
    }
}
