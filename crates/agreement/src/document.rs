//! The document: the TOML text that the approvers sign, parsed and checked.

use std::collections::BTreeSet;

use kinfold_domain::{Agency, AgencyId, Purpose, Role};
use kinfold_note::VerifierKey;
use serde::{Deserialize, Serialize};

use crate::{AgreementId, DocumentError, Moment, Party, PurposeTerm, RoleTerm, Term};

/// The first line of every agreement.
pub const HEADER: &str = "kinfold/agreement/v1\n";

/// Caps. All of them together bound what reading an agreement of unknown origin costs.
pub(crate) const MAX_TEXT: usize = 256 << 10;
const MAX_PARTIES: usize = 8;
const MAX_PURPOSES: usize = 32;
const MAX_ROLES: usize = 64;
const MAX_ROWS: usize = 2048;
const MAX_PER_PARTY: usize = 16;
const MAX_BASES: usize = 32;
/// Characters of a name, a title, a telephone's label.
const NAME: usize = 200;
/// Characters of a plain reading or of one legal basis.
pub(crate) const READING: usize = 600;

/// The document as TOML has it. Only [`Document`] is checked.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DocumentToml {
    pub(crate) id: AgreementId,
    pub(crate) title: String,
    pub(crate) version: u32,
    pub(crate) valid_from: Moment,
    pub(crate) valid_until: Moment,
    pub(crate) legal_basis: Vec<String>,
    pub(crate) party: Vec<Party>,
    pub(crate) purpose: Vec<PurposeTerm>,
    pub(crate) role: Vec<RoleTerm>,
    pub(crate) policy: PolicyText,
}

/// The clauses as they are written.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyText {
    /// Cedar policies, each with `@clause` and `@reads`.
    pub cedar: String,
}

/// What an agreement says, apart from what its clauses come to: complete, within its caps, without contradictions.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Document {
    toml: DocumentToml,
    term: Term,
}

impl Document {
    /// Parses the signed text: [`HEADER`], then TOML.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        if text.len() > MAX_TEXT {
            return Err(DocumentError::TooLong { what: "the agreement", most: MAX_TEXT });
        }
        let body = text.strip_prefix(HEADER).ok_or(DocumentError::Header)?;
        if text.chars().any(is_unseen) {
            return Err(DocumentError::Unseen);
        }
        let toml: DocumentToml = toml::from_str(body).map_err(|error| {
            let before = error.span().map_or(0, |span| span.start.min(body.len()));
            let line = body.bytes().take(before).filter(|byte| *byte == b'\n').count() + 2;
            DocumentError::Toml { line, message: error.message().to_owned() }
        })?;
        let term = Term::new(toml.valid_from, toml.valid_until).ok_or(DocumentError::Term)?;
        check(&toml)?;
        Ok(Self { toml, term })
    }

    /// Its short name.
    pub fn id(&self) -> &AgreementId {
        &self.toml.id
    }

    /// What it is called.
    pub fn title(&self) -> &str {
        &self.toml.title
    }

    /// Which version of it; at least 1.
    pub const fn version(&self) -> u32 {
        self.toml.version
    }

    /// The laws that it rests on, as the parties state them.
    pub fn legal_basis(&self) -> &[String] {
        &self.toml.legal_basis
    }

    /// From when until when.
    pub const fn term(&self) -> Term {
        self.term
    }

    /// Who takes part: two at least.
    pub fn parties(&self) -> &[Party] {
        &self.toml.party
    }

    /// The party of that name.
    pub fn party(&self, agency: &AgencyId) -> Option<&Party> {
        self.toml.party.iter().find(|party| party.agency == *agency)
    }

    /// The agency of that name, as people know it.
    pub fn agency(&self, agency: &AgencyId) -> Option<Agency> {
        let party = self.party(agency)?;
        Some(Agency { id: party.agency.clone(), name: party.name.clone(), kind: party.kind })
    }

    /// The party whose node has that key.
    pub fn party_of_node(&self, node: &VerifierKey) -> Option<&Party> {
        self.toml.party.iter().find(|party| party.node_key == *node)
    }

    /// The purposes.
    pub fn purposes(&self) -> &[PurposeTerm] {
        &self.toml.purpose
    }

    /// The purpose of that name.
    pub fn purpose(&self, id: &Purpose) -> Option<&PurposeTerm> {
        self.toml.purpose.iter().find(|purpose| purpose.id == *id)
    }

    /// The roles of all parties.
    pub fn roles(&self) -> &[RoleTerm] {
        &self.toml.role
    }

    /// The role of that name at that agency.
    pub fn role(&self, agency: &AgencyId, id: &Role) -> Option<&RoleTerm> {
        self.toml.role.iter().find(|role| role.agency == *agency && role.id == *id)
    }

    /// The clauses as they are written.
    pub fn policy(&self) -> &PolicyText {
        &self.toml.policy
    }
}

fn check(toml: &DocumentToml) -> Result<(), DocumentError> {
    if toml.version == 0 {
        return Err(DocumentError::Version);
    }
    wording("the title", &toml.title, NAME)?;
    count("legal bases", toml.legal_basis.len(), 1, MAX_BASES)?;
    toml.legal_basis.iter().try_for_each(|basis| wording("a legal basis", basis, READING))?;
    count("parties", toml.party.len(), 2, MAX_PARTIES)?;
    count("purposes", toml.purpose.len(), 1, MAX_PURPOSES)?;
    count("roles", toml.role.len(), 1, MAX_ROLES)?;
    let rows = toml.party.len() * toml.purpose.len() * toml.role.len();
    count("combinations of role, purpose and party", rows, 1, MAX_ROWS)?;
    toml.party.iter().try_for_each(check_party)?;
    check_unique(toml)?;
    for purpose in &toml.purpose {
        wording("a purpose's reading", &purpose.reads, READING)?;
    }
    for role in &toml.role {
        wording("a role's reading", &role.reads, READING)?;
        if !toml.party.iter().any(|party| party.agency == role.agency) {
            let (role, agency) = (role.id.to_string(), role.agency.to_string());
            return Err(DocumentError::RoleOfStranger { role, agency });
        }
    }
    Ok(())
}

fn check_party(party: &Party) -> Result<(), DocumentError> {
    wording("a party's name", &party.name, NAME)?;
    count("telephones of a party", party.telephones.len(), 1, MAX_PER_PARTY)?;
    count("approvers of a party", party.approvers.len(), 1, MAX_PER_PARTY)?;
    party
        .telephones
        .iter()
        .try_for_each(|line| wording("a telephone's label", &line.label, NAME))?;
    party.approvers.iter().try_for_each(|approver| {
        wording("an approver's name", &approver.name, NAME)?;
        wording("an approver's office", &approver.office, NAME)
    })
}

fn check_unique(toml: &DocumentToml) -> Result<(), DocumentError> {
    once("party", toml.party.iter().map(|party| party.agency.to_string()))?;
    once("party's name", toml.party.iter().map(|party| party.name.clone()))?;
    once("endpoint", toml.party.iter().map(|party| party.endpoint.to_string()))?;
    once("purpose", toml.purpose.iter().map(|purpose| purpose.id.to_string()))?;
    once("role", toml.role.iter().map(|role| format!("{}/{}", role.agency, role.id)))?;
    let keys = toml.party.iter().flat_map(|party| {
        let approvers = party.approvers.iter().map(|approver| &approver.key);
        [&party.node_key, &party.ledger_key].into_iter().chain(approvers)
    });
    // One key, one purpose: a node's key that could also approve would let its operator sign agreements.
    let mut seen = BTreeSet::new();
    for key in keys {
        if !seen.insert(key.public_key()) {
            return Err(DocumentError::SharedKey { key: key.name().to_string() });
        }
    }
    Ok(())
}

fn once(what: &'static str, names: impl Iterator<Item = String>) -> Result<(), DocumentError> {
    let mut seen = BTreeSet::new();
    for name in names {
        if seen.contains(&name) {
            return Err(DocumentError::Twice { what, name });
        }
        seen.insert(name);
    }
    Ok(())
}

fn count(what: &'static str, found: usize, least: usize, most: usize) -> Result<(), DocumentError> {
    if (least..=most).contains(&found) {
        Ok(())
    } else {
        Err(DocumentError::Count { what, found, least, most })
    }
}

/// One line of words: not empty, not padded, not longer than `most` characters.
pub(crate) fn wording(what: &'static str, text: &str, most: usize) -> Result<(), DocumentError> {
    if text.is_empty() || text.trim() != text || text.contains('\n') {
        return Err(DocumentError::Wording { what });
    }
    if text.chars().count() > most { Err(DocumentError::TooLong { what, most }) } else { Ok(()) }
}

/// Characters that make a text read otherwise than it is: controls, direction overrides, zero-width ones.
pub(crate) fn is_unseen(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
#[path = "document_tests.rs"]
mod tests;
