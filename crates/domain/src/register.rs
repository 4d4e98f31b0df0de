//! The register: children subject to a child protection plan, looked-after children, unborn plans.

use jiff::{Timestamp, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    AgencyId, BirthDate, Demographics, HouseholdMember, Personal, Professional, Telephone,
    label::label,
};

label! {
    /// The register's own reference of an entry; never reused.
    EntryId
}

/// Why somebody is on the register.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RegisterStatus {
    /// Subject to a child protection plan.
    ChildProtectionPlan,
    /// Looked after by the council.
    LookedAfter,
    /// A plan for an unborn child, found through the mother.
    UnbornPlan,
}

impl RegisterStatus {
    /// As the page says it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::ChildProtectionPlan => "Child protection plan",
            Self::LookedAfter => "Looked after",
            Self::UnbornPlan => "Unborn child protection plan",
        }
    }

    /// Days for which an ended entry still shows (364; 28 for an unborn plan).
    pub const fn recently_ended_days(self) -> i32 {
        match self {
            Self::UnbornPlan => 28,
            Self::ChildProtectionPlan | Self::LookedAfter => 364,
        }
    }
}

/// Category of abuse (NHS Data Dictionary codes `01`–`04`; children in need census adds `MUL`).
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum AbuseCategory {
    /// `01` neglect.
    #[serde(rename = "NEG")]
    Neglect,
    /// `02` physical abuse.
    #[serde(rename = "PHY")]
    Physical,
    /// `03` emotional abuse.
    #[serde(rename = "EMO")]
    Emotional,
    /// `04` sexual abuse.
    #[serde(rename = "SAB")]
    Sexual,
    /// More than one.
    #[serde(rename = "MUL")]
    Multiple,
}

impl AbuseCategory {
    /// As the page says it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Neglect => "Neglect",
            Self::Physical => "Physical abuse",
            Self::Emotional => "Emotional abuse",
            Self::Sexual => "Sexual abuse",
            Self::Multiple => "Multiple categories",
        }
    }
}

/// Legal basis for a looked-after child (Children Act 1989).
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LegalBasis {
    /// Section 20: accommodated.
    S20,
    /// Section 31: care order.
    S31,
    /// Section 38: interim care order.
    S38,
}

impl LegalBasis {
    /// As the page says it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::S20 => "Section 20, accommodated",
            Self::S31 => "Section 31, care order",
            Self::S38 => "Section 38, interim care order",
        }
    }
}

/// Whom to ring about a sealed child, and what to quote: no whereabouts.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct SealedDesk {
    /// The desk's name.
    pub desk: String,
    /// Its telephone.
    pub telephone: Telephone,
    /// The reference to quote.
    pub reference: String,
}

/// The telephones of the register itself.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct RegisterPhones {
    /// Office hours.
    pub office: Telephone,
    /// The emergency duty team, out of hours.
    pub emergency_duty_team: Telephone,
}

/// Another council to which an entry is being handed over, or was: who has to be rung as well.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandingOver {
    /// Which council.
    pub to: AgencyId,
    /// Its name.
    pub name: String,
    /// The day of the offer.
    pub since: Date,
    /// The day on which it had the child on its register; `None` until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Date>,
}

/// One entry of the register. Lists that the reader may not see are empty in the reader's copy.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct RegisterEntry {
    /// The register's own reference.
    pub id: EntryId,
    /// Why the child is on it.
    pub status: RegisterStatus,
    /// The child; for an unborn plan the *mother*, through whom it is found.
    pub subject: Demographics,
    /// Expected date of birth (unborn plans).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<BirthDate>,
    /// Category at the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial_category: Option<AbuseCategory>,
    /// Category now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<AbuseCategory>,
    /// Legal basis (looked-after children).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_basis: Option<LegalBasis>,
    /// Since when.
    pub start: Date,
    /// Until when, once it has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Date>,
    /// Earlier plans of this child.
    #[serde(default)]
    pub previous_plans: u8,
    /// Next review conference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_review: Option<Date>,
    /// The responsible social worker and everybody of the core group, the key worker first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub professionals: Vec<Professional>,
    /// Whom to ring at the council.
    pub phones: RegisterPhones,
    /// Parents, siblings, adults of the household, regular visitors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub household: Vec<HouseholdMember>,
    /// School, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school: Option<Personal<String>>,
    /// Set for a child whose whereabouts must not be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<SealedDesk>,
    /// The entry that took this one's place once it had ended: the newborn's after an unborn plan, or the same plan as the case system has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<EntryId>,
    /// Set while it is being handed over to another council, and once it was. The register alone says so, never a source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handing_over: Option<HandingOver>,
}

impl RegisterPhones {
    /// Its numbers.
    pub fn telephones_mut(&mut self) -> impl Iterator<Item = &mut Telephone> {
        [&mut self.office, &mut self.emergency_duty_team].into_iter()
    }
}

impl RegisterEntry {
    /// The numbers that stand in it to be rung: professionals' first, then the council's.
    pub fn telephones(&self) -> impl Iterator<Item = &Telephone> {
        let of_professionals = self.professionals.iter().filter_map(|p| p.telephone.as_ref());
        of_professionals.chain([&self.phones.office, &self.phones.emergency_duty_team])
    }

    /// The same, to be confirmed.
    pub fn telephones_mut(&mut self) -> impl Iterator<Item = &mut Telephone> {
        let of_professionals = self.professionals.iter_mut().filter_map(|p| p.telephone.as_mut());
        of_professionals.chain(self.phones.telephones_mut())
    }
}

/// How an entry stands on a day.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// In force.
    Current,
    /// Ended, and still shown.
    RecentlyEnded(Date),
    /// Ended longer ago than is shown.
    Past,
}

impl RegisterEntry {
    /// How the entry stands on `today`.
    pub fn standing(&self, today: Date) -> Standing {
        let Some(end) = self.end.filter(|end| *end <= today) else { return Standing::Current };
        // The same child's entry stands in its place; an unborn plan is found by the mother, and its successor is not.
        if self.successor.is_some() && self.status != RegisterStatus::UnbornPlan {
            return Standing::Past;
        }
        let limit = end.saturating_add(self.status.recently_ended_days().days());
        if today <= limit { Standing::RecentlyEnded(end) } else { Standing::Past }
    }
}

/// What happened to an entry.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// A new entry.
    Added,
    /// Details of an entry changed.
    Corrected,
    /// The entry ended.
    Ended,
    /// The entry left the source without an end date: shown as ended on the day that was noticed.
    Withdrawn,
    /// A review was held and the next one set.
    Reviewed,
    /// The category changed.
    CategoryChanged,
    /// An entry that had been ended in error is in force again.
    Reopened,
    /// The child's whereabouts must not be shown any more.
    Sealed,
    /// The seal was taken off.
    Unsealed,
    /// A newborn's plan takes over the mother's unborn plan.
    Born,
    /// An entry made by hand ended because the case system has it now.
    Superseded,
    /// The entry is being handed over to another council, or is not any more.
    HandingOver,
}

impl ChangeKind {
    /// As ledgers name it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Corrected => "corrected",
            Self::Ended => "ended",
            Self::Withdrawn => "withdrawn",
            Self::Reviewed => "reviewed",
            Self::CategoryChanged => "category-changed",
            Self::Reopened => "reopened",
            Self::Sealed => "sealed",
            Self::Unsealed => "unsealed",
            Self::Born => "born",
            Self::Superseded => "superseded",
            Self::HandingOver => "handing-over",
        }
    }

    /// As the page says it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Added => "Added",
            Self::Corrected => "Corrected",
            Self::Ended => "Ended",
            Self::Withdrawn => "Left the case system: ended",
            Self::Reviewed => "Review held",
            Self::CategoryChanged => "Category changed",
            Self::Reopened => "Reopened, ended in error",
            Self::Sealed => "Sealed",
            Self::Unsealed => "Seal taken off",
            Self::Born => "Born: the child’s own plan begins",
            Self::Superseded => "Replaced by the case system’s entry",
            Self::HandingOver => "Hand-over",
        }
    }
}

/// One change of the register: a leaf of its append-only list. The signed head covers all of them.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct RegisterChange {
    /// What happened.
    pub kind: ChangeKind,
    /// When it was recorded.
    pub at: Timestamp,
    /// Who or what recorded it: a user name, or the feed's name.
    pub by: String,
    /// Why, where somebody made it by hand. It stays with the owner: partners' lists are without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal<String>>,
    /// The entry as it stands after the change.
    pub entry: RegisterEntry,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::PersonName;

    fn entry(status: RegisterStatus, end: Option<Date>) -> RegisterEntry {
        RegisterEntry {
            id: "cpp-1".parse().unwrap(),
            status,
            subject: Demographics::named(PersonName::new("Test", "Child").unwrap()),
            expected: None,
            initial_category: Some(AbuseCategory::Neglect),
            category: Some(AbuseCategory::Neglect),
            legal_basis: None,
            start: date(2025, 1, 1),
            end,
            previous_plans: 0,
            next_review: None,
            professionals: vec![],
            phones: RegisterPhones {
                office: "01632 960001".parse().unwrap(),
                emergency_duty_team: "01632 960002".parse().unwrap(),
            },
            household: vec![],
            school: None,
            sealed: None,
            successor: None,
            handing_over: None,
        }
    }

    #[test]
    fn an_ended_plan_shows_for_364_days_and_an_unborn_one_for_28() {
        let plan = entry(RegisterStatus::ChildProtectionPlan, Some(date(2026, 1, 1)));
        assert_eq!(plan.standing(date(2025, 12, 31)), Standing::Current);
        assert_eq!(plan.standing(date(2026, 1, 1)), Standing::RecentlyEnded(date(2026, 1, 1)));
        assert_eq!(plan.standing(date(2026, 12, 31)), Standing::RecentlyEnded(date(2026, 1, 1)));
        assert_eq!(plan.standing(date(2027, 1, 1)), Standing::Past);
        let unborn = entry(RegisterStatus::UnbornPlan, Some(date(2026, 1, 1)));
        assert_eq!(unborn.standing(date(2026, 1, 29)), Standing::RecentlyEnded(date(2026, 1, 1)));
        assert_eq!(unborn.standing(date(2026, 1, 30)), Standing::Past);
    }

    #[test]
    fn what_a_successor_stands_for_no_longer_shows_but_the_mother_of_a_newborn_does() {
        let replaced = |status| RegisterEntry {
            successor: Some("cpp-2".parse().unwrap()),
            ..entry(status, Some(date(2026, 1, 1)))
        };
        let day = date(2026, 1, 2);
        assert_eq!(replaced(RegisterStatus::ChildProtectionPlan).standing(day), Standing::Past);
        let mother = replaced(RegisterStatus::UnbornPlan);
        assert_eq!(mother.standing(day), Standing::RecentlyEnded(date(2026, 1, 1)));
    }

    #[test]
    fn an_entry_survives_its_journey_as_json() {
        let entry = entry(RegisterStatus::LookedAfter, None);
        let json = serde_json::to_string(&entry).unwrap();
        assert_eq!(serde_json::from_str::<RegisterEntry>(&json).unwrap(), entry);
    }
}
