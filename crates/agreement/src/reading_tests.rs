use kinfold_domain::Category;

use crate::testing::{COUNCIL, TRUST, ask, draft, in_force, standard_in_force, with_clauses};

#[test]
fn the_reading_says_what_the_decisions_do_and_nothing_else() {
    let agreement = standard_in_force();
    let document = agreement.agreement().document();
    let reading = agreement.plain_language();
    let mut lines = 0;
    for role in document.roles() {
        for purpose in document.purposes() {
            for owner in document.parties() {
                let who = format!("{}/{}", role.agency, role.id);
                let decision = ask(&agreement, &who, purpose.id.as_str(), owner.agency.as_str());
                let whose = &document.party(&role.agency).unwrap().name;
                let sight = reading.sights.iter().find(|sight| {
                    sight.who == role.reads
                        && sight.whose == *whose
                        && sight.purpose == purpose.reads
                        && sight.owner == owner.name
                });
                for category in Category::ALL {
                    let read = sight.and_then(|s| s.sees.iter().find(|g| g.category == category));
                    let read = read.map_or(&[][..], |given| &given.clauses);
                    let decided = decision.clauses(category).iter().map(|clause| clause.id());
                    assert!(read.iter().eq(decided), "{who} {} {category}", purpose.id);
                }
                lines += usize::from(sight.is_some());
            }
        }
    }
    assert_eq!(lines, reading.sights.len());
}

#[test]
fn the_reading_names_parties_dates_telephones_and_those_who_see_nothing() {
    let text = draft().agreement().plain_language().to_string();
    for expected in [
        "Agreement between Ashmoor Council and Northmoor NHS Trust",
        "Agreement ashmoor-northmoor, version 1",
        "From 1 January 2026 at 00:00 UTC",
        "Until 1 January 2027 at 00:00 UTC",
        "    may sign: Test Caldicott Guardian, Caldicott Guardian",
        "    Duty desk: 01632 960100",
        "    of Ashmoor Council: Known to the agency [4.1], Register [4.1], Who to ring [4.1]",
        "    who looked, in the ledger of Northmoor NHS Trust: yes [7.1]",
        "    attendances and last looks known to Ashmoor Council: yes [7.3]",
        "    a look-up on the register is told to the key worker: yes [4.1]",
        "       A look-up without an attendance is told to the key worker.",
        "  IT operators (Ashmoor Council)\n    Nothing, for no purpose.",
        "NOBODY MAY SEE\n  Sensitive",
        "  8.1  Sexual health, substance misuse and termination are shared with nobody",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
}

#[test]
fn a_reading_that_flatters_its_clause_does_not_hide_what_the_clause_gives() {
    let agreement = in_force(&with_clauses(
        "@clause(\"1\")\n@reads(\"Nobody sees anything.\")\npermit (principal in Agency::\"northmoor-trust\", action == Action::\"see\", resource == Category::\"address\");\n",
    ));
    let text = agreement.plain_language().to_string();
    assert!(text.contains("of Ashmoor Council: Address [1]"), "{text}");
    assert!(
        ask(&agreement, "northmoor-trust/operator", "audit-review", COUNCIL)
            .permits(Category::Address)
    );
    assert!(
        !ask(&agreement, "ashmoor-council/operator", "audit-review", TRUST)
            .permits(Category::Address)
    );
}

#[test]
fn the_nodes_own_rules_stand_in_the_reading_and_are_marked() {
    let rule = "@clause(\"local-1\")\n@reads(\"No household.\")\nforbid (principal, action == Action::\"see\", resource == Category::\"household\");";
    let agreement = standard_in_force().narrowed_by(rule).unwrap();
    let text = agreement.plain_language().to_string();
    assert!(text.contains("local-1  (this node's own rule) No household."));
    assert!(text.contains("NOBODY MAY SEE\n  Household and family, Sensitive"));
    assert!(!agreement.agreement().plain_language().to_string().contains("local-1"));
    assert!(agreement.matrix().contains("no local-1"));
}
