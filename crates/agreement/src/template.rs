//! The standard agreement between a council's children's service and an NHS trust: a draft to sign, or to amend first.

use kinfold_domain::{AgencyId, Purpose, Role};
use kinfold_note::NoteError;

use crate::{
    AgreementError, AgreementId, Draft, HEADER, Moment, Party, PolicyText, PurposeTerm, RoleTerm,
    document::DocumentToml,
};

const CLAUSES: &str = include_str!("template.cedar");

const LEGAL_BASIS: [&str; 5] = [
    "Children Act 2004, sections 10 and 11: co-operation to improve well-being, and arrangements to safeguard and promote welfare",
    "Children Act 1989, sections 17, 27 and 47: children in need, co-operation between authorities, enquiries",
    "UK GDPR, article 6(1)(e) public task and article 9(2)(g) and (h): substantial public interest, health and social care",
    "Data Protection Act 2018, schedule 1, paragraph 18: safeguarding of children and of individuals at risk",
    "Common law duty of confidentiality: disclosure in the overriding interest of the child's safety; Caldicott principles 1 to 8",
];

const PURPOSES: [(&str, &str); 4] = [
    (
        "direct-care-unscheduled",
        "Unscheduled direct care: the child is in the department, or on the way to it",
    ),
    ("direct-care-scheduled", "Scheduled direct care: a clinic, a ward stay or a planned visit"),
    (
        "child-protection-enquiry",
        "Child protection: an enquiry or assessment, or work on a plan that is in force",
    ),
    ("audit-review", "Review of access: whether those who looked had reason to"),
];

/// Role, what it is, whether it is high.
const TRUST_ROLES: [(&str, &str, bool); 5] = [
    ("ed-clinician", "Emergency department clinicians", false),
    (Role::ARRIVALS, "The node itself, checking who arrives in the department", false),
    (
        "clinical-system",
        "Clinical systems that show clinicians what this node answers, each registered by name",
        false,
    ),
    (Role::INFORMATION_GOVERNANCE, "Information governance, Caldicott Guardian", true),
    (Role::OPERATOR, "IT operators", true),
];

const COUNCIL_ROLES: [(&str, &str, bool); 6] = [
    (Role::SOCIAL_WORKER, "Social workers", false),
    (Role::EMERGENCY_DUTY_TEAM, "Emergency duty team, on call out of hours", false),
    (Role::TEAM_MANAGER, "Team managers of social workers", false),
    (Role::REGISTER_CUSTODIAN, "Register custodian", true),
    (Role::INFORMATION_GOVERNANCE, "Information governance, Caldicott Guardian", true),
    (Role::OPERATOR, "IT operators", true),
];

/// What the standard agreement needs to be told.
#[derive(Clone, Debug)]
pub struct Standard {
    /// Its short name.
    pub id: AgreementId,
    /// Which version; 1 for the first.
    pub version: u32,
    /// Its beginning.
    pub valid_from: Moment,
    /// Its end.
    pub valid_until: Moment,
    /// The council's children's service.
    pub council: Party,
    /// The NHS trust.
    pub trust: Party,
}

impl Standard {
    /// The draft, checked as every agreement is. Its `Display` is the text to review, to amend and to sign.
    pub fn draft(&self) -> Result<Draft, AgreementError> {
        let (council, trust) = (&self.council, &self.trust);
        let toml = DocumentToml {
            id: self.id.clone(),
            title: format!(
                "Agreement between {} and {} on sharing what protects children",
                council.name, trust.name
            ),
            version: self.version,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            legal_basis: LEGAL_BASIS.map(str::to_owned).to_vec(),
            purpose: PURPOSES.iter().map(|(id, reads)| purpose(id, reads)).collect(),
            role: roles(&council.agency, &COUNCIL_ROLES)
                .chain(roles(&trust.agency, &TRUST_ROLES))
                .collect(),
            policy: PolicyText { cedar: clauses(council, trust) },
            party: vec![council.clone(), trust.clone()],
        };
        // Unreachable for values of these types; a draft that cannot be written is no note either.
        let body = toml::to_string_pretty(&toml)
            .map_err(|_| AgreementError::Note(NoteError::Malformed))?;
        Draft::parse(format!("{HEADER}{body}").as_bytes())
    }
}

#[expect(clippy::expect_used, reason = "the names are constants of this module")]
fn purpose(id: &str, reads: &str) -> PurposeTerm {
    PurposeTerm { id: id.parse::<Purpose>().expect("a purpose"), reads: reads.to_owned() }
}

#[expect(clippy::expect_used, reason = "the names are constants of this module")]
fn roles(
    agency: &AgencyId,
    roles: &'static [(&str, &str, bool)],
) -> impl Iterator<Item = RoleTerm> {
    roles.iter().map(|(id, reads, high)| RoleTerm {
        id: id.parse().expect("a role"),
        agency: agency.clone(),
        reads: (*reads).to_owned(),
        high: *high,
    })
}

fn clauses(council: &Party, trust: &Party) -> String {
    // Names go last, so that no name can pass for a placeholder of an identifier.
    CLAUSES
        .replace("{{council}}", council.agency.as_str())
        .replace("{{trust}}", trust.agency.as_str())
        .replace("{{council_name}}", &quoted(&council.name))
        .replace("{{trust_name}}", &quoted(&trust.name))
}

/// A name within a Cedar string.
fn quoted(name: &str) -> String {
    name.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
#[path = "template_tests.rs"]
mod tests;
