use std::{collections::BTreeSet, fmt::Write as _, sync::Arc};

use kinfold_domain::{Categories, Category, Purpose, Role};
use proptest::prelude::*;

use super::*;
use crate::{
    AgreementError,
    testing::{COUNCIL, TRUST, agreement, ask, rule, standard_in_force, with_clauses},
};

fn names() -> (Vec<(String, Role)>, Vec<Purpose>) {
    let agreement = standard_in_force();
    let document = agreement.agreement().document();
    let roles = document.roles().iter().map(|r| (r.agency.to_string(), r.id.clone())).collect();
    (roles, document.purposes().iter().map(|p| p.id.clone()).collect())
}

/// Everything that is permitted anywhere: who, purpose, owner, category.
fn everything(agreement: &InForce) -> BTreeSet<(String, String, String, Category)> {
    let (roles, purposes) = names();
    let mut all = BTreeSet::new();
    for (agency, role) in &roles {
        for purpose in &purposes {
            for owner in [COUNCIL, TRUST] {
                let who = format!("{agency}/{role}");
                let decision = ask(agreement, &who, purpose.as_str(), owner);
                for category in decision.permitted() {
                    all.insert((who.clone(), purpose.to_string(), owner.to_owned(), category));
                }
            }
        }
    }
    all
}

fn some_categories() -> impl Strategy<Value = Vec<Category>> {
    proptest::sample::subsequence(Category::ALL.to_vec(), 1..6)
}

fn listed(categories: &[Category]) -> String {
    let names: Vec<String> = categories.iter().map(|c| format!("Category::\"{c}\"")).collect();
    names.join(", ")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn no_category_is_permitted_that_no_permit_names(
        clauses in proptest::collection::vec((some_categories(), some_categories(), any::<bool>(), 0_usize..8, 0_usize..4), 1..4),
    ) {
        let (roles, purposes) = names();
        let mut named = Categories::new();
        let mut text = String::new();
        for (index, (gives, except, permit, role, purpose)) in clauses.iter().enumerate() {
            let (agency, role) = &roles[*role];
            let effect = if *permit { "permit" } else { "forbid" };
            // Some of these give by exception, without naming: the whole agreement is then refused.
            let what = if index == 2 { format!("!(resource in [{}])", listed(gives)) } else { format!("resource in [{}]", listed(gives)) };
            let _ = write!(text,
                "@clause(\"{index}\")\n@reads(\"Test.\")\n{effect} (principal in Role::\"{agency}/{role}\", action == Action::\"see\", resource)\nwhen {{ {what} && context.purpose == Purpose::\"{}\" }}\nunless {{ resource in [{}] }};\n",
                purposes[*purpose], listed(except)
            );
            if *permit {
                named.extend(gives.iter().chain(except));
            }
        }
        match agreement(&with_clauses(&text)) {
            Ok(agreement) => {
                let agreement = InForce::new(Arc::new(agreement), Vec::new(), COUNCIL.parse().unwrap());
                let permitted = everything(&agreement);
                prop_assert!(permitted.iter().all(|(_, _, _, category)| named.contains(category)));
            }
            Err(AgreementError::Policy(PolicyError::Unnamed { clause, .. })) => {
                prop_assert_eq!(clause.as_str(), "2");
            }
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    #[test]
    fn local_rules_never_widen(categories in some_categories(), role in 0_usize..8, purpose in 0_usize..4, not in any::<bool>()) {
        let (roles, purposes) = names();
        let (agency, role) = &roles[role];
        let not = if not { "!" } else { "" };
        let text = rule(&format!(
            "{not}(principal in Role::\"{agency}/{role}\" && context.purpose == Purpose::\"{}\") && resource in [{}]",
            purposes[purpose], listed(&categories)
        ));
        let narrowed = everything(&standard_in_force().narrowed_by(&text).unwrap());
        prop_assert!(narrowed.is_subset(&everything(&standard_in_force())));
    }
}
