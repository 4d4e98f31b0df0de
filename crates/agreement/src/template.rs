//! The standard agreement between councils' children's services and NHS trusts, one of each or several: a draft to sign, or to amend
//! first.

use kinfold_domain::{AgencyKind, Purpose, Role};
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
    /// Who takes part: each party's kind says what it is in the clauses.
    pub parties: Vec<Party>,
}

impl Standard {
    /// The draft, checked as every agreement is. Its `Display` is the text to review, to amend and to sign.
    pub fn draft(&self) -> Result<Draft, AgreementError> {
        let names: Vec<&str> = self.parties.iter().map(|party| party.name.as_str()).collect();
        let toml = DocumentToml {
            id: self.id.clone(),
            title: format!(
                "Agreement between {} on sharing what protects children",
                joined(&names)
            ),
            version: self.version,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            legal_basis: LEGAL_BASIS.map(str::to_owned).to_vec(),
            purpose: PURPOSES.iter().map(|(id, reads)| purpose(id, reads)).collect(),
            role: self.parties.iter().flat_map(roles).collect(),
            policy: PolicyText { cedar: clauses(&self.parties) },
            party: self.parties.clone(),
        };
        // Unreachable for values of these types; a draft that cannot be written is no note either.
        let body = toml::to_string_pretty(&toml)
            .map_err(|_| AgreementError::Note(NoteError::Malformed))?;
        Draft::parse(format!("{HEADER}{body}").as_bytes())
    }
}

/// `A and B`, `A, B and C`
fn joined(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[expect(clippy::expect_used, reason = "the names are constants of this module")]
fn purpose(id: &str, reads: &str) -> PurposeTerm {
    PurposeTerm { id: id.parse::<Purpose>().expect("a purpose"), reads: reads.to_owned() }
}

#[expect(clippy::expect_used, reason = "the names are constants of this module")]
fn roles(party: &Party) -> impl Iterator<Item = RoleTerm> {
    let roles: &[(&str, &str, bool)] = match party.kind {
        AgencyKind::Council => &COUNCIL_ROLES,
        AgencyKind::NhsTrust => &TRUST_ROLES,
    };
    roles.iter().map(|(id, reads, high)| RoleTerm {
        id: id.parse().expect("a role"),
        agency: party.agency.clone(),
        reads: (*reads).to_owned(),
        high: *high,
    })
}

/// The clauses, each written once for everybody whom it speaks of: 4.1 of the first council and trust, 4.1.2 of the next pair.
fn clauses(parties: &[Party]) -> String {
    let of = |kind| parties.iter().filter(move |party| party.kind == kind).collect::<Vec<_>>();
    let (councils, trusts) = (of(AgencyKind::Council), of(AgencyKind::NhsTrust));
    let blocks = CLAUSES.trim_end().split("\n\n").flat_map(|block| {
        let says = |word: &str| block.contains(&format!("{{{{{word}}}}}"));
        let all = match (says("council"), says("trust"), says("giver")) {
            (.., true) => pairs(&councils, &councils)
                .filter(|(giver, taker)| giver.agency != taker.agency)
                .map(|(giver, taker)| vec![("giver", giver), ("taker", taker)])
                .collect(),
            (true, true, _) => pairs(&councils, &trusts)
                .map(|(council, trust)| vec![("council", council), ("trust", trust)])
                .collect(),
            (true, false, _) => councils.iter().map(|party| vec![("council", *party)]).collect(),
            (false, true, _) => trusts.iter().map(|party| vec![("trust", *party)]).collect(),
            (false, false, _) => vec![Vec::new()],
        };
        let numbered: Vec<_> = (1..).zip(all).collect();
        numbered.into_iter().map(move |(n, named)| written(block, n, &named, parties))
    });
    let blocks: Vec<String> = blocks.collect();
    // A heading is left out where nothing stands under it.
    let is_heading = |block: &String| block.starts_with("//") && !block.contains('\n');
    let last = blocks.len();
    let stays = (0..last).filter(|&at| {
        let next = blocks.get(at + 1);
        at == 0 || !is_heading(&blocks[at]) || next.is_some_and(|next| !is_heading(next))
    });
    stays.map(|at| blocks[at].clone()).collect::<Vec<_>>().join("\n\n") + "\n"
}

fn pairs<'a>(
    some: &[&'a Party],
    others: &[&'a Party],
) -> impl Iterator<Item = (&'a Party, &'a Party)> {
    some.iter().flat_map(|one| others.iter().map(|other| (*one, *other)))
}

/// One block of the text for these parties, the `n`th of its kind.
fn written(block: &str, n: usize, named: &[(&str, &Party)], parties: &[Party]) -> String {
    let mut text = block.to_owned();
    if n > 1
        && let Some((before, rest)) = text.split_once("@clause(\"")
        && let Some((number, after)) = rest.split_once('"')
    {
        text = format!("{before}@clause(\"{number}.{n}\"{after}");
    }
    for role in [Role::INFORMATION_GOVERNANCE, Role::OPERATOR] {
        let of_all = parties.iter().map(|party| format!("Role::\"{}/{role}\"", party.agency));
        let of_all = of_all.collect::<Vec<_>>().join(", ");
        text = text.replace(&format!("{{{{every/{role}}}}}"), &of_all);
    }
    for (word, party) in named {
        text = text.replace(&format!("{{{{{word}}}}}"), party.agency.as_str());
    }
    // Names go last, so that no name can pass for a placeholder of an identifier.
    for (word, party) in named {
        text = text.replace(&format!("{{{{{word}_name}}}}"), &quoted(&party.name));
    }
    text
}

/// A name within a Cedar string.
fn quoted(name: &str) -> String {
    name.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
#[path = "template_tests.rs"]
mod tests;
