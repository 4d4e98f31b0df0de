//! Policies: Cedar text, parsed, annotated, validated against the schema and the agreement.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use cedar_policy::{
    ActionConstraint, Effect as CedarEffect, Policy, PolicyId, PolicySet, ValidationMode, Validator,
};
use kinfold_domain::{Categories, Category};

use crate::{
    Clause, ClauseId, Document, Effect, Notified, Origin, PolicyError,
    cedar::{SCHEMA, Sort, knows},
    document::{READING, wording},
    guard,
};

/// The most clauses of one text.
pub(crate) const MAX_CLAUSES: usize = 200;

/// A policy with its clause and the categories that it names.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) clause: Arc<Clause>,
    pub(crate) names: Categories,
    /// The rare actions that it permits.
    permits: BTreeSet<Rare>,
}

/// Actions that few clauses speak of: each is asked of those clauses alone, so that the table costs little more.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Rare {
    Receive,
    BreakGlass,
}

impl Rare {
    pub(crate) const ALL: [Self; 2] = [Self::Receive, Self::BreakGlass];

    pub(crate) const fn action(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::BreakGlass => "break-glass",
        }
    }
}

/// Policies that passed every check, and their clauses by Cedar's policy id.
#[derive(Clone, Debug)]
pub(crate) struct Policies {
    pub(crate) set: PolicySet,
    /// Those of them that say something of a rare action.
    pub(crate) rare: BTreeMap<Rare, PolicySet>,
    pub(crate) written: BTreeMap<PolicyId, Written>,
    /// In the order of the text.
    pub(crate) clauses: Vec<Arc<Clause>>,
}

impl Policies {
    pub(crate) fn parse(
        text: &str,
        origin: Origin,
        document: &Document,
    ) -> Result<Self, PolicyError> {
        guard::check(text)?;
        let parsed: PolicySet = text.parse().map_err(|error| syntax(text, &error))?;
        if let Some(template) = parsed.templates().next() {
            return Err(PolicyError::Template { position: position(template.id()) + 1 });
        }
        let mut policies: Vec<&Policy> = parsed.policies().collect();
        // A file of a node's own rules may be empty: then nothing is narrowed.
        let least = usize::from(origin == Origin::Agreement);
        if !(least..=MAX_CLAUSES).contains(&policies.len()) {
            return Err(PolicyError::Count { found: policies.len(), most: MAX_CLAUSES });
        }
        policies.sort_by_key(|policy| position(policy.id()));
        let mut all = Self {
            set: PolicySet::new(),
            rare: Rare::ALL.map(|rare| (rare, PolicySet::new())).into(),
            written: BTreeMap::new(),
            clauses: Vec::new(),
        };
        for (index, policy) in policies.into_iter().enumerate() {
            let clause = Arc::new(clause_of(policy, index + 1, origin)?);
            check_names(policy, &clause, document)?;
            all.add(policy, clause)?;
        }
        all.validate()?;
        Ok(all)
    }

    fn add(&mut self, policy: &Policy, clause: Arc<Clause>) -> Result<(), PolicyError> {
        let id = PolicyId::new(match clause.origin {
            Origin::Agreement => clause.id.to_string(),
            Origin::Local => format!("local {}", clause.id),
        });
        let twice = |_| PolicyError::Twice { clause: clause.id.clone() };
        self.set.add(policy.new_id(id.clone())).map_err(&twice)?;
        let mut permits = BTreeSet::new();
        for (rare, set) in &mut self.rare {
            if speaks_of(*rare, policy) {
                set.add(policy.new_id(id.clone())).map_err(&twice)?;
                permits.extend((policy.effect() == CedarEffect::Permit).then_some(*rare));
            }
        }
        let names = named_categories(policy);
        self.written.insert(id, Written { clause: Arc::clone(&clause), names, permits });
        self.clauses.push(clause);
        Ok(())
    }

    /// These policies and those: their sets of ids are disjoint, for local ones have a prefix.
    pub(crate) fn with(&self, more: &Self) -> Result<Self, PolicyError> {
        let mut all = self.clone();
        for (id, written) in &more.written {
            let Some(policy) = more.set.policy(id) else { continue };
            all.add(policy, Arc::clone(&written.clause))?;
        }
        Ok(all)
    }

    /// Whether some clause lets anybody do this at all: without one, nobody needs to ask.
    pub(crate) fn permit(&self, rare: Rare) -> bool {
        self.written.values().any(|written| written.permits.contains(&rare))
    }

    fn validate(&self) -> Result<(), PolicyError> {
        let result = Validator::new(SCHEMA.clone()).validate(&self.set, ValidationMode::Strict);
        let errors = result.validation_errors().map(|error| (error.policy_id(), error.to_string()));
        // A clause that can never apply is a slip of the pen: the parties believe that it says something.
        let warnings =
            result.validation_warnings().map(|warning| (warning.policy_id(), warning.to_string()));
        let Some((id, message)) = errors.chain(warnings).next() else { return Ok(()) };
        let message = message.trim_start_matches(&format!("for policy `{id}`, ")).to_owned();
        let clause = self.written.get(id).map(|written| written.clause.id.clone());
        clause.map_or_else(
            || Err(PolicyError::Syntax { line: 1, message: message.clone() }),
            |clause| Err(PolicyError::Invalid { clause, message: message.clone() }),
        )
    }
}

fn clause_of(policy: &Policy, position: usize, origin: Origin) -> Result<Clause, PolicyError> {
    let missing = |annotation| PolicyError::Annotation { position, annotation };
    let id = policy.annotation("clause").and_then(|id| id.parse::<ClauseId>().ok());
    let id = id.ok_or_else(|| missing("clause"))?;
    let reads = policy.annotation("reads").ok_or_else(|| missing("reads"))?;
    wording("a reading", reads, READING).map_err(|_| missing("reads"))?;
    let mut annotations = policy.annotations();
    let unknown = annotations.find(|(key, _)| !matches!(*key, "clause" | "reads" | "notifies"));
    if let Some((annotation, _)) = unknown {
        return Err(PolicyError::UnknownAnnotation {
            clause: id,
            annotation: annotation.to_owned(),
        });
    }
    let effect = match policy.effect() {
        CedarEffect::Permit => Effect::Permit,
        CedarEffect::Forbid => Effect::Forbid,
    };
    let notifies = notifies(policy, &id, effect)?;
    Ok(Clause { id, reads: reads.to_owned(), effect, origin, notifies })
}

/// Whom a clause notifies. A clause that gives nothing notifies nobody, and a name that nobody has would be silent by mistake.
fn notifies(
    policy: &Policy,
    clause: &ClauseId,
    effect: Effect,
) -> Result<Option<Notified>, PolicyError> {
    let Some(named) = policy.annotation("notifies") else { return Ok(None) };
    match Notified::read(named) {
        Some(notified) if effect == Effect::Permit => Ok(Some(notified)),
        _ => Err(PolicyError::Notifies { clause: clause.clone() }),
    }
}

fn check_names(policy: &Policy, clause: &Clause, document: &Document) -> Result<(), PolicyError> {
    let unknown = policy.entity_literals().into_iter().find(|named| !knows(document, named));
    unknown.map_or(Ok(()), |thing| {
        Err(PolicyError::Unknown { clause: clause.id.clone(), thing: thing.to_string() })
    })
}

fn named_categories(policy: &Policy) -> Categories {
    let category = |named: &cedar_policy::EntityUid| {
        let id: &str = named.id().as_ref();
        let is = named.type_name().to_string() == Sort::Category.as_str();
        is.then(|| id.parse::<Category>().ok()).flatten()
    };
    policy.entity_literals().iter().filter_map(category).collect()
}

fn speaks_of(rare: Rare, policy: &Policy) -> bool {
    let named = Sort::Action.uid(rare.action());
    match policy.action_constraint() {
        ActionConstraint::Any => true,
        ActionConstraint::In(actions) => actions.contains(&named),
        ActionConstraint::Eq(action) => action == named,
    }
}

/// Cedar numbers the policies of a text `policy0`, `policy1`, ….
fn position(id: &PolicyId) -> usize {
    let id: &str = id.as_ref();
    id.trim_start_matches("policy").parse().unwrap_or(usize::MAX - 1)
}

fn syntax(text: &str, errors: &cedar_policy::ParseErrors) -> PolicyError {
    use miette::Diagnostic as _;
    let offset = errors.labels().and_then(|mut labels| labels.next()).map(|label| label.offset());
    let before = text.get(..offset.unwrap_or(0)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    PolicyError::Syntax { line, message: errors.to_string() }
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
