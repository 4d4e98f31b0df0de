//! Categories of data: what an agreement's clauses speak of.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// One category of data, as agreements name it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// This agency knows the child, and no more.
    Existence,
    /// Child protection plans, looked-after status, unborn plans.
    Register,
    /// Professionals and their telephones.
    Contact,
    /// Names, birth date, sex, NHS number as this agency holds them.
    Demographics,
    /// Where the child lives.
    Address,
    /// Parents, siblings, adults in the household.
    Household,
    /// Visits to departments.
    Attendances,
    /// Which services are involved, since when.
    Involvement,
    /// Health: conditions, allergies, medication.
    HealthSummary,
    /// Social care: assessments, plans, chronology.
    SocialCareSummary,
    /// Sexual health, substance misuse, termination.
    Sensitive,
}

/// A set of categories, in the order of the page.
pub type Categories = BTreeSet<Category>;

/// A text names no category.
#[derive(Debug, Clone, Copy, Eq, PartialEq, thiserror::Error)]
#[error("no such category of data")]
pub struct UnknownCategory;

impl Category {
    /// All categories, in the order of the page.
    pub const ALL: [Self; 11] = [
        Self::Existence,
        Self::Register,
        Self::Contact,
        Self::Demographics,
        Self::Address,
        Self::Household,
        Self::Attendances,
        Self::Involvement,
        Self::HealthSummary,
        Self::SocialCareSummary,
        Self::Sensitive,
    ];

    /// The name in agreements and messages: `health-summary`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Existence => "existence",
            Self::Register => "register",
            Self::Contact => "contact",
            Self::Demographics => "demographics",
            Self::Address => "address",
            Self::Household => "household",
            Self::Attendances => "attendances",
            Self::Involvement => "involvement",
            Self::HealthSummary => "health-summary",
            Self::SocialCareSummary => "social-care-summary",
            Self::Sensitive => "sensitive",
        }
    }

    /// The heading on the page.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Existence => "Known to the agency",
            Self::Register => "Register",
            Self::Contact => "Who to ring",
            Self::Demographics => "Identity",
            Self::Address => "Address",
            Self::Household => "Household and family",
            Self::Attendances => "Attendances",
            Self::Involvement => "Services involved",
            Self::HealthSummary => "Health summary",
            Self::SocialCareSummary => "Social care summary",
            Self::Sensitive => "Sensitive",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Category {
    type Err = UnknownCategory;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|c| c.as_str() == text).ok_or(UnknownCategory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_reads_back_from_its_name_and_travels_under_it() {
        for category in Category::ALL {
            assert_eq!(category.as_str().parse(), Ok(category));
            assert_eq!(serde_json::to_string(&category).unwrap(), format!("\"{category}\""));
        }
        assert_eq!("everything".parse::<Category>(), Err(UnknownCategory));
    }
}
