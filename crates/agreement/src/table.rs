//! The table of everything that the clauses come to: Cedar is asked once for each line, when an agreement is read.
//!
//! The schema's inputs are finite (role, purpose, owner, category), so the table is complete: a decision is a look-up,
//! and what people read is rendered from the very same cells.

use std::{collections::BTreeMap, sync::Arc};

use cedar_policy::{
    Authorizer, Context, Decision as CedarDecision, Entities, EntityUid, Request, Response,
    RestrictedExpression,
};
use kinfold_domain::{AgencyId, Category, Purpose, Role};

use crate::{
    Clause, Document, Origin, PolicyError, PurposeTerm, Refusal, RoleTerm, Ruling,
    cedar::{Sort, entities, role_name},
    clause::Clauses,
    policy::{Policies, Rare},
};

/// One line: what one role may see of one owner for one purpose.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    see: Vec<Ruling>,
    /// Without an action that no clause of the agreement permits anybody.
    rare: BTreeMap<Rare, Vec<Ruling>>,
    pub(crate) review: Ruling,
    pub(crate) history: Ruling,
}

impl Row {
    pub(crate) fn see(&self, category: Category) -> &Ruling {
        &self.see[category as usize]
    }

    pub(crate) fn rare(&self, rare: Rare, category: Category) -> Ruling {
        let none = Ruling::Refused { why: Refusal::NoClause };
        let of_each = self.rare.get(&rare);
        of_each.and_then(|rulings| rulings.get(category as usize)).cloned().unwrap_or(none)
    }

    /// What breaking the glass opens: nothing that may be seen without, and nothing that a node's own rule keeps from being seen.
    pub(crate) fn opens(&self, category: Category) -> Option<Ruling> {
        let ruling = self.rare(Rare::BreakGlass, category);
        let closed = match self.see(category) {
            Ruling::Permitted { .. } => true,
            Ruling::Refused { why: Refusal::Forbidden { clauses } } => {
                clauses.iter().any(|clause| clause.origin() == Origin::Local)
            }
            Ruling::Refused { .. } => false,
        };
        (ruling.is_permitted() && !closed).then_some(ruling)
    }
}

/// All lines.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    roles: BTreeMap<AgencyId, BTreeMap<Role, usize>>,
    purposes: BTreeMap<Purpose, usize>,
    owners: BTreeMap<AgencyId, usize>,
    rows: Vec<Row>,
    /// The policies that the table was computed from, and their clauses.
    pub(crate) policies: Policies,
}

impl Table {
    pub(crate) fn compute(document: &Document, policies: Policies) -> Result<Self, PolicyError> {
        let cedar = Cedar {
            authorizer: Authorizer::new(),
            entities: entities(document),
            policies: &policies,
        };
        let mut rows = Vec::new();
        for role in document.roles() {
            for purpose in document.purposes() {
                for owner in document.parties() {
                    rows.push(cedar.row(role, purpose, &owner.agency)?);
                }
            }
        }
        let mut roles: BTreeMap<AgencyId, BTreeMap<Role, usize>> = BTreeMap::new();
        for (index, role) in document.roles().iter().enumerate() {
            roles.entry(role.agency.clone()).or_default().insert(role.id.clone(), index);
        }
        let owners = document.parties().iter().map(|party| party.agency.clone());
        let purposes = document.purposes().iter().map(|purpose| purpose.id.clone());
        Ok(Self {
            roles,
            purposes: purposes.zip(0..).collect(),
            owners: owners.zip(0..).collect(),
            rows,
            policies,
        })
    }

    /// The line of a question, or which of its parts the agreement does not know.
    pub(crate) fn row(
        &self,
        requester: &AgencyId,
        role: &Role,
        purpose: &Purpose,
        owner: &AgencyId,
    ) -> Result<&Row, Refusal> {
        if !self.owners.contains_key(requester) {
            return Err(Refusal::RequesterNotAParty);
        }
        let owner = *self.owners.get(owner).ok_or(Refusal::OwnerNotAParty)?;
        let roles = self.roles.get(requester).ok_or(Refusal::UnknownRole)?;
        let role = *roles.get(role).ok_or(Refusal::UnknownRole)?;
        let purpose = *self.purposes.get(purpose).ok_or(Refusal::UnknownPurpose)?;
        let index = (role * self.purposes.len() + purpose) * self.owners.len() + owner;
        self.rows.get(index).ok_or(Refusal::NoClause)
    }

    /// Whether some role of the requester may see that category of the owner for some purpose.
    pub(crate) fn permits_any(
        &self,
        requester: &AgencyId,
        owner: &AgencyId,
        category: Category,
    ) -> bool {
        let Some(roles) = self.roles.get(requester) else { return false };
        roles.keys().any(|role| {
            self.purposes.keys().any(|purpose| {
                self.row(requester, role, purpose, owner)
                    .is_ok_and(|row| row.see(category).is_permitted())
            })
        })
    }
}

struct Cedar<'a> {
    authorizer: Authorizer,
    entities: Entities,
    policies: &'a Policies,
}

impl Cedar<'_> {
    fn row(
        &self,
        role: &RoleTerm,
        purpose: &PurposeTerm,
        owner: &AgencyId,
    ) -> Result<Row, PolicyError> {
        let employee = Sort::Employee.uid(&role_name(&role.agency, &role.id));
        let context = context(&role.agency, owner, &purpose.id);
        let ask = |action, resource| self.ask(&employee, action, resource, context.clone());
        let of_each = |action| {
            let rulings = Category::ALL.into_iter().map(|category| {
                let (response, clauses) = ask(action, Sort::Category.uid(category.as_str()));
                let ruling = rule(&response, clauses);
                self.every_permit_names(category, &response).map(|()| ruling)
            });
            rulings.collect::<Result<Vec<_>, _>>()
        };
        let see = of_each("see")?;
        let permitted = Rare::ALL.into_iter().filter(|rare| self.policies.permit(*rare));
        let rare = permitted.map(|rare| Ok((rare, of_each(rare.action())?)));
        let rare = rare.collect::<Result<_, _>>()?;
        let of_ledger = |action| {
            let (response, clauses) = ask(action, Sort::Ledger.uid(owner.as_str()));
            self.nothing_failed(&response).map(|()| rule(&response, clauses))
        };
        let (review, history) = (of_ledger("review")?, of_ledger("see-history")?);
        Ok(Row { see, rare, review, history })
    }

    #[expect(clippy::expect_used, reason = "only a request that is held against a schema can fail")]
    fn ask(
        &self,
        employee: &EntityUid,
        action_name: &str,
        resource: EntityUid,
        context: Context,
    ) -> (Response, Clauses) {
        let action = Sort::Action.uid(action_name);
        let request = Request::new(employee.clone(), action, resource, context, None)
            .expect("a request without a schema");
        let rare = Rare::ALL.into_iter().find(|rare| rare.action() == action_name);
        let policies = rare.and_then(|rare| self.policies.rare.get(&rare));
        let policies = policies.unwrap_or(&self.policies.set);
        let response = self.authorizer.is_authorized(&request, policies, &self.entities);
        let mut clauses: Vec<Arc<Clause>> = response
            .diagnostics()
            .reason()
            .filter_map(|id| self.policies.written.get(id))
            .map(|written| Arc::clone(&written.clause))
            .collect();
        // In the order of the text: Cedar's is not stable.
        clauses.sort_by_key(|clause| {
            self.policies.clauses.iter().position(|written| written == clause)
        });
        (response, clauses.into())
    }

    fn every_permit_names(
        &self,
        category: Category,
        response: &Response,
    ) -> Result<(), PolicyError> {
        self.nothing_failed(response)?;
        if response.decision() == CedarDecision::Deny {
            return Ok(());
        }
        let given = response.diagnostics().reason();
        let unnamed = given
            .filter_map(|id| self.policies.written.get(id))
            .find(|written| !written.names.contains(&category));
        unnamed.map_or(Ok(()), |written| {
            Err(PolicyError::Unnamed { clause: written.clause.id.clone(), category })
        })
    }

    /// Cedar skips a policy that fails, which for a `forbid` would open what it closes.
    fn nothing_failed(&self, response: &Response) -> Result<(), PolicyError> {
        if let Some(cedar_policy::AuthorizationError::PolicyEvaluationError(error)) =
            response.diagnostics().errors().next()
            && let Some(written) = self.policies.written.get(error.policy_id())
        {
            let (clause, message) = (written.clause.id.clone(), error.inner().to_string());
            return Err(PolicyError::Invalid { clause, message });
        }
        Ok(())
    }
}

#[expect(clippy::expect_used, reason = "three distinct keys")]
fn context(requester: &AgencyId, owner: &AgencyId, purpose: &Purpose) -> Context {
    let entity = |sort: Sort, id: &str| RestrictedExpression::new_entity_uid(sort.uid(id));
    Context::from_pairs([
        ("requester".to_owned(), entity(Sort::Agency, requester.as_str())),
        ("owner".to_owned(), entity(Sort::Agency, owner.as_str())),
        ("purpose".to_owned(), entity(Sort::Purpose, purpose.as_str())),
    ])
    .expect("distinct keys")
}

fn rule(response: &Response, clauses: Clauses) -> Ruling {
    match response.decision() {
        CedarDecision::Allow => Ruling::Permitted { clauses },
        CedarDecision::Deny if clauses.is_empty() => Ruling::Refused { why: Refusal::NoClause },
        CedarDecision::Deny => Ruling::Refused { why: Refusal::Forbidden { clauses } },
    }
}
