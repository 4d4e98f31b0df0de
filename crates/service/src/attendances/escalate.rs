//! When nobody answers for an attendance in time, somebody else is asked: the emergency duty team, then a manager.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use kinfold_domain::{Role, WorkingDays};

use super::{
    heard::{AskedRole, Attendances, HeardAttendance},
    limits::{AskedInTime, AttendanceLimits},
    listed::ListError,
};
use crate::{records::Entry, register::Register};

/// A role to be asked of one attendance.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Escalation {
    /// Nobody else yet.
    None,
    /// The emergency duty team.
    DutyTeam,
    /// A manager.
    Manager,
}

impl AskedInTime {
    /// Who is to be asked now. Pure: `is_office` says whether a moment lies in office hours.
    pub fn due(
        &self,
        known: &HeardAttendance,
        now: Timestamp,
        is_office: impl Fn(Timestamp) -> bool,
    ) -> Escalation {
        if !known.waits() {
            return Escalation::None;
        }
        let was_asked = |role: &str| known.asked.iter().find(|asked| asked.role.as_str() == role);
        if was_asked(Role::TEAM_MANAGER).is_some() {
            return Escalation::None;
        }
        let waited = |since: Timestamp, minutes: u16| {
            now.duration_since(since) >= SignedDuration::from_mins(minutes.into())
        };
        match was_asked(Role::EMERGENCY_DUTY_TEAM) {
            Some(asked) if waited(asked.at, self.duty_team) => Escalation::Manager,
            Some(_) => Escalation::None,
            None => {
                // An attendance of the evening does not wait until the morning for the day's limit.
                let limit = if is_office(known.heard) && is_office(now) {
                    self.office
                } else {
                    self.out_of_hours
                };
                if waited(known.heard, limit) { Escalation::DutyTeam } else { Escalation::None }
            }
        }
    }
}

/// Whether a moment lies in office hours: 8:30 to 17:30 on a working day in England. A day of a year whose bank holidays are not known is
/// none, so that nobody waits the longer limit by mistake.
pub(crate) fn is_office(moment: Timestamp) -> bool {
    let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
    let local = moment.to_zoned(zone).datetime();
    let minutes = i32::from(local.hour()) * 60 + i32::from(local.minute());
    let is_working = WorkingDays::england().is_working(local.date()).unwrap_or(false);
    is_working && (8 * 60 + 30..17 * 60 + 30).contains(&minutes)
}

/// Asks whoever is due.
pub struct Escalations {
    /// The attendances.
    pub attendances: Arc<Attendances>,
    /// This agency's register: it knows the kind of plan.
    pub register: Arc<Register>,
    /// How long each step waits.
    pub limits: AttendanceLimits,
}

impl Escalations {
    /// Goes through what waits; answers how many were escalated. Each step is recorded before it counts.
    pub async fn escalate(&self) -> Result<usize, ListError> {
        let attendances = &self.attendances;
        let mut changing = attendances.change().await?;
        let now = attendances.clock.now();
        let mut count = 0;
        for mut known in attendances.store.waiting_attendances().await? {
            let role = match self.limits_of(&known).due(&known, now, is_office) {
                Escalation::None => continue,
                Escalation::DutyTeam => Role::EMERGENCY_DUTY_TEAM,
                Escalation::Manager => Role::TEAM_MANAGER,
            };
            let Ok(role) = role.parse::<Role>() else { continue };
            let entry = Entry::AttendanceEscalated {
                at: now,
                partner: known.partner.clone(),
                attendance: known.attendance,
                to: role.clone(),
            };
            known.asked.push(AskedRole { role, at: now });
            changing.carry_out(entry, known).await?;
            count += 1;
        }
        Ok(count)
    }

    /// The register is asked for the kinds of plan alone, and nobody is told them: they say how long to wait.
    fn limits_of(&self, known: &HeardAttendance) -> AskedInTime {
        let entries = known.entries(self.attendances.agreements.own());
        let plans = entries.iter().filter_map(|id| self.register.known(id));
        self.limits.of(plans.map(|entry| entry.status))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::department::AttendanceId;

    fn heard(at: &str) -> HeardAttendance {
        HeardAttendance {
            partner: "trust".parse().unwrap(),
            attendance: AttendanceId(uuid::Uuid::from_u128(1)),
            heard: at.parse().unwrap(),
            steps: Vec::new(),
            asked: Vec::new(),
            acknowledged: None,
        }
    }

    #[test]
    fn the_duty_team_is_asked_after_an_hour_by_day_and_ten_minutes_by_night_then_a_manager() {
        let limits = AskedInTime::default();
        let due =
            |known: &HeardAttendance, now: &str| limits.due(known, now.parse().unwrap(), is_office);
        // A Monday morning, and a Sunday.
        let (day, night) = (heard("2026-11-23T10:00:00Z"), heard("2026-11-22T03:00:00Z"));
        assert_eq!(due(&day, "2026-11-23T10:59:59Z"), Escalation::None);
        assert_eq!(due(&day, "2026-11-23T11:00:00Z"), Escalation::DutyTeam);
        assert_eq!(due(&night, "2026-11-22T03:09:59Z"), Escalation::None);
        assert_eq!(due(&night, "2026-11-22T03:10:00Z"), Escalation::DutyTeam);
        let mut asked = night;
        asked.asked.push(AskedRole {
            role: Role::EMERGENCY_DUTY_TEAM.parse().unwrap(),
            at: "2026-11-22T03:10:00Z".parse().unwrap(),
        });
        assert_eq!(due(&asked, "2026-11-22T03:39:59Z"), Escalation::None);
        assert_eq!(due(&asked, "2026-11-22T03:40:00Z"), Escalation::Manager);
        asked.asked.push(AskedRole {
            role: Role::TEAM_MANAGER.parse().unwrap(),
            at: "2026-11-22T03:40:00Z".parse().unwrap(),
        });
        assert_eq!(due(&asked, "2026-11-23T03:40:00Z"), Escalation::None);
    }

    #[test]
    fn a_bank_holiday_is_out_of_hours() {
        // Boxing Day of 2026 is a Saturday: Monday the 28th stands for it.
        let known = heard("2026-12-28T10:00:00Z");
        let at = |now: &str| AskedInTime::default().due(&known, now.parse().unwrap(), is_office);
        assert_eq!(at("2026-12-28T10:09:59Z"), Escalation::None);
        assert_eq!(at("2026-12-28T10:10:00Z"), Escalation::DutyTeam);
    }

    #[test]
    fn an_attendance_of_the_late_afternoon_does_not_wait_for_the_day_s_limit() {
        let known = heard("2026-11-23T17:20:00Z");
        let at = |now: &str| AskedInTime::default().due(&known, now.parse().unwrap(), is_office);
        assert_eq!(at("2026-11-23T17:29:00Z"), Escalation::None);
        assert_eq!(at("2026-11-23T17:30:00Z"), Escalation::DutyTeam);
    }
}
