//! How long each step waits before somebody else is asked, by the hour and by the kind of plan. Pure.

use kinfold_domain::RegisterStatus;
use serde::Deserialize;

/// How long each step waits, in minutes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AskedInTime {
    /// The key worker, in office hours.
    pub office: u16,
    /// The key worker out of hours.
    pub out_of_hours: u16,
    /// The emergency duty team, before a manager is asked.
    pub duty_team: u16,
}

impl Default for AskedInTime {
    /// An hour by day, ten minutes by night, half an hour of the duty team.
    fn default() -> Self {
        Self { office: 60, out_of_hours: 10, duty_team: 30 }
    }
}

/// What one kind of plan has of its own; the rest is as for all.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanLimits {
    office: Option<u16>,
    out_of_hours: Option<u16>,
    duty_team: Option<u16>,
}

/// A council's limits: for all attendances, and for kinds of plan that have their own.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttendanceLimits {
    office: Option<u16>,
    out_of_hours: Option<u16>,
    duty_team: Option<u16>,
    #[serde(default, rename = "child-protection-plan")]
    child_protection_plan: PlanLimits,
    #[serde(default, rename = "looked-after")]
    looked_after: PlanLimits,
    #[serde(default, rename = "unborn-plan")]
    unborn_plan: PlanLimits,
}

impl AttendanceLimits {
    /// The limits for a child with these plans: of several the shortest of each, so that nobody waits the longer one by mistake. For a
    /// child whose plan is not known, those for all.
    pub fn of(&self, plans: impl IntoIterator<Item = RegisterStatus>) -> AskedInTime {
        let shorter = |one: AskedInTime, other: AskedInTime| AskedInTime {
            office: one.office.min(other.office),
            out_of_hours: one.out_of_hours.min(other.out_of_hours),
            duty_team: one.duty_team.min(other.duty_team),
        };
        let of_plans = plans.into_iter().map(|plan| self.of_plan(plan)).reduce(shorter);
        of_plans.unwrap_or_else(|| self.of_all())
    }

    fn of_all(&self) -> AskedInTime {
        let usual = AskedInTime::default();
        AskedInTime {
            office: self.office.unwrap_or(usual.office),
            out_of_hours: self.out_of_hours.unwrap_or(usual.out_of_hours),
            duty_team: self.duty_team.unwrap_or(usual.duty_team),
        }
    }

    fn of_plan(&self, plan: RegisterStatus) -> AskedInTime {
        let own = match plan {
            RegisterStatus::ChildProtectionPlan => self.child_protection_plan,
            RegisterStatus::LookedAfter => self.looked_after,
            RegisterStatus::UnbornPlan => self.unborn_plan,
        };
        let all = self.of_all();
        AskedInTime {
            office: own.office.unwrap_or(all.office),
            out_of_hours: own.out_of_hours.unwrap_or(all.out_of_hours),
            duty_team: own.duty_team.unwrap_or(all.duty_team),
        }
    }
}

#[cfg(test)]
mod tests {
    use RegisterStatus::{ChildProtectionPlan, LookedAfter, UnbornPlan};

    use super::*;

    fn limits(json: &str) -> AttendanceLimits {
        serde_json::from_str(json).unwrap()
    }

    fn minutes(limits: &AttendanceLimits, plans: &[RegisterStatus]) -> [u16; 3] {
        let AskedInTime { office, out_of_hours, duty_team } = limits.of(plans.iter().copied());
        [office, out_of_hours, duty_team]
    }

    #[test]
    fn a_plan_has_its_own_limits_and_otherwise_those_for_all() {
        let limits = limits(
            r#"{"office": 45, "child-protection-plan": {"office": 20, "duty_team": 15}, "looked-after": {"out_of_hours": 30}}"#,
        );
        assert_eq!(minutes(&limits, &[]), [45, 10, 30]);
        assert_eq!(minutes(&limits, &[ChildProtectionPlan]), [20, 10, 15]);
        assert_eq!(minutes(&limits, &[LookedAfter]), [45, 30, 30]);
        assert_eq!(minutes(&limits, &[UnbornPlan]), [45, 10, 30]);
        let both = [ChildProtectionPlan, LookedAfter];
        assert_eq!(minutes(&limits, &both), [20, 10, 15], "the shortest of each");
    }

    #[test]
    fn without_a_setting_the_limits_are_the_usual_ones_and_a_misspelt_plan_is_refused() {
        assert_eq!(minutes(&limits("{}"), &[ChildProtectionPlan]), [60, 10, 30]);
        for wrong in [r#"{"looked_after": {}}"#, r#"{"unborn-plan": {"night": 1}}"#] {
            assert!(serde_json::from_str::<AttendanceLimits>(wrong).is_err(), "{wrong}");
        }
    }
}
