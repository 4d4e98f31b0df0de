//! Facts: what a source tells about a child, typed by category, with where it comes from and how old it is.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    Address, AgencyId, AsAt, Category, Demographics, Personal, RegisterEntry, Sex, Telephone,
};

/// Where a fact comes from.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// The agency that answers for it.
    pub agency: AgencyId,
    /// The source system's name as the agency's configuration gives it.
    pub system: String,
    /// The source's own identifier of the record.
    pub record: String,
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// What it says.
    pub content: FactContent,
    /// Where it comes from.
    pub source: Source,
    /// When it was known to be true.
    pub as_at: AsAt,
}

impl Fact {
    /// The category whose clause must permit this fact.
    pub const fn category(&self) -> Category {
        self.content.category()
    }
}

/// What a fact says, by category.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "category", content = "is", rename_all = "kebab-case")]
pub enum FactContent {
    /// The agency knows the child.
    Existence,
    /// An entry on the register.
    Register(Box<RegisterEntry>),
    /// A professional to ring.
    Contact(Professional),
    /// Identity as the agency holds it.
    Demographics(Box<Demographics>),
    /// Where the child lives.
    Address(Address),
    /// Somebody of the household or family.
    Household(HouseholdMember),
    /// A visit to a department.
    Attendances(Attendance),
    /// A service that is involved.
    Involvement(Involvement),
    /// An item of the health summary.
    HealthSummary(SummaryItem),
    /// An item of the social care summary.
    SocialCareSummary(SummaryItem),
    /// An item that needs a clause of its own.
    Sensitive(SummaryItem),
}

impl FactContent {
    /// The category whose clause must permit this.
    pub const fn category(&self) -> Category {
        match self {
            Self::Existence => Category::Existence,
            Self::Register(_) => Category::Register,
            Self::Contact(_) => Category::Contact,
            Self::Demographics(_) => Category::Demographics,
            Self::Address(_) => Category::Address,
            Self::Household(_) => Category::Household,
            Self::Attendances(_) => Category::Attendances,
            Self::Involvement(_) => Category::Involvement,
            Self::HealthSummary(_) => Category::HealthSummary,
            Self::SocialCareSummary(_) => Category::SocialCareSummary,
            Self::Sensitive(_) => Category::Sensitive,
        }
    }
}

/// A professional who is involved, and how to reach them.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Professional {
    /// Name.
    pub name: Personal<String>,
    /// What they are to the child: "Key worker", "Health visitor".
    pub role: String,
    /// Team or practice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<Telephone>,
}

/// Somebody of the household or family.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct HouseholdMember {
    /// Name.
    pub name: Personal<String>,
    /// What they are to the child: "Mother", "Sibling", "Regular visitor".
    pub relationship: String,
    /// Date of birth, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<crate::BirthDate>,
    /// Sex.
    #[serde(default)]
    pub sex: Sex,
    /// Holds parental responsibility.
    #[serde(default)]
    pub parental_responsibility: bool,
    /// Is subject to a plan themselves (siblings).
    #[serde(default)]
    pub has_plan: bool,
}

/// A visit to a department.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Attendance {
    /// When the child arrived.
    pub arrived: Timestamp,
    /// When they left, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Timestamp>,
    /// Department or site.
    pub place: String,
    /// Why they came, as recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal<String>>,
    /// How it ended, as recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Personal<String>>,
}

/// A service that is involved with the child.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Involvement {
    /// The service: "Child in need", "Community paediatrics".
    pub service: String,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
    /// Until when, where it has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Who is responsible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub professional: Option<Professional>,
}

/// An item of a summary: a condition, an allergy, an assessment.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct SummaryItem {
    /// What kind of item: "Allergy", "Condition", "Assessment".
    pub kind: String,
    /// What it says.
    pub text: Personal<String>,
    /// The date it carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
    /// A code with its system, such as SNOMED CT, where the source has one: `http://snomed.info/sct|91936005`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}
