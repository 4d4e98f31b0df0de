//! The fixed schema, and the names that policies use for the things of an agreement.

use std::{collections::HashSet, sync::LazyLock};

use cedar_policy::{Entities, Entity, EntityId, EntityTypeName, EntityUid, Schema};
use kinfold_domain::{AgencyId, Category, Role};

use crate::Document;

#[expect(
    clippy::expect_used,
    reason = "the schema is a constant of this crate, and every test reads it"
)]
pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let (schema, _) = Schema::from_cedarschema_str(include_str!("schema.cedarschema"))
        .expect("the schema is valid");
    schema
});

/// The sorts of things that the schema declares.
#[derive(Clone, Copy)]
pub(crate) enum Sort {
    Agency,
    Role,
    Employee,
    Category,
    Purpose,
    Ledger,
    Action,
}

impl Sort {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Agency => "Agency",
            Self::Role => "Role",
            Self::Employee => "Employee",
            Self::Category => "Category",
            Self::Purpose => "Purpose",
            Self::Ledger => "Ledger",
            Self::Action => "Action",
        }
    }

    pub(crate) fn uid(self, id: &str) -> EntityUid {
        let [agency, role, employee, category, purpose, ledger, action] = &*SORTS;
        let sort = match self {
            Self::Agency => agency,
            Self::Role => role,
            Self::Employee => employee,
            Self::Category => category,
            Self::Purpose => purpose,
            Self::Ledger => ledger,
            Self::Action => action,
        };
        EntityUid::from_type_name_and_id(sort.clone(), EntityId::new(id))
    }
}

/// Parsed once: reading an agreement makes thousands of ids.
#[expect(clippy::expect_used, reason = "the seven names are identifiers")]
static SORTS: LazyLock<[EntityTypeName; 7]> = LazyLock::new(|| {
    use Sort::{Action, Agency, Category, Employee, Ledger, Purpose, Role};
    [Agency, Role, Employee, Category, Purpose, Ledger, Action]
        .map(|sort| sort.as_str().parse().expect("a sort's name is an identifier"))
});

/// A role's name in policies: `ashmoor-council/social-worker`.
pub(crate) fn role_name(agency: &AgencyId, role: &Role) -> String {
    format!("{agency}/{role}")
}

/// Whether the agreement has what a policy names. Sorts outside the schema are left to Cedar's validator.
pub(crate) fn knows(document: &Document, named: &EntityUid) -> bool {
    let id: &str = named.id().as_ref();
    let party = || document.parties().iter().any(|party| party.agency.as_str() == id);
    match named.type_name().to_string().as_str() {
        "Agency" | "Ledger" => party(),
        "Role" => document.roles().iter().any(|role| role_name(&role.agency, &role.id) == id),
        "Purpose" => document.purposes().iter().any(|purpose| purpose.id.as_str() == id),
        "Category" => id.parse::<Category>().is_ok(),
        "Employee" => false,
        _ => true,
    }
}

/// One employee for each role, who is in the role, which is in its agency.
#[expect(
    clippy::expect_used,
    reason = "the document's roles are unique and the hierarchy is a tree"
)]
pub(crate) fn entities(document: &Document) -> Entities {
    let mut all = Vec::new();
    for party in document.parties() {
        all.push(Entity::with_uid(Sort::Agency.uid(party.agency.as_str())));
    }
    for role in document.roles() {
        let name = role_name(&role.agency, &role.id);
        let child_of =
            |sort: Sort, parent| Entity::new_no_attrs(sort.uid(&name), HashSet::from([parent]));
        all.push(child_of(Sort::Role, Sort::Agency.uid(role.agency.as_str())));
        all.push(child_of(Sort::Employee, Sort::Role.uid(&name)));
    }
    Entities::from_entities(all, Some(&SCHEMA)).expect("unique entities fit the schema")
}
