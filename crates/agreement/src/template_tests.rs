use kinfold_domain::{AgencyKind, Category::*};

use crate::{
    Draft,
    testing::{COUNCIL, TRUST, ask, party, standard, standard_in_force},
};

#[test]
fn the_standard_draft_gives_each_role_what_its_work_needs_and_no_more() {
    let agreement = standard_in_force();
    let sees = |who, purpose, owner| {
        ask(&agreement, who, purpose, owner).permitted().into_iter().collect::<Vec<_>>()
    };
    let (nurse, worker) = ("northmoor-trust/ed-clinician", "ashmoor-council/social-worker");
    let (now, planned) = ("direct-care-unscheduled", "direct-care-scheduled");
    let enquiry = "child-protection-enquiry";
    assert_eq!(
        sees(nurse, now, COUNCIL),
        [Existence, Register, Contact, Demographics, Household, Involvement]
    );
    assert_eq!(sees(nurse, planned, COUNCIL), [Existence, Register, Contact, Demographics]);
    assert!(sees(nurse, now, TRUST).contains(&HealthSummary));
    assert!(sees(nurse, enquiry, COUNCIL).is_empty() && sees(nurse, enquiry, TRUST).is_empty());
    let of_trust = sees(worker, enquiry, TRUST);
    assert!([Attendances, HealthSummary, Address].iter().all(|c| of_trust.contains(c)));
    assert!(sees(worker, enquiry, COUNCIL).contains(&SocialCareSummary));
    assert!(sees(worker, now, TRUST).is_empty());
    assert!(!sees("ashmoor-council/emergency-duty-team", enquiry, TRUST).contains(&HealthSummary));
    assert_eq!(
        sees("ashmoor-council/register-custodian", enquiry, TRUST),
        [Existence, Demographics]
    );
    // What checks by itself sees what it must to check, and nothing to ring or to tell.
    assert_eq!(sees("northmoor-trust/arrivals", now, COUNCIL), [Existence, Register]);
    assert_eq!(
        sees("northmoor-trust/clinical-system", now, COUNCIL),
        [Existence, Register, Contact]
    );
    assert_eq!(sees("northmoor-trust/clinical-system", now, TRUST), [Existence, Demographics]);
    assert!(sees("ashmoor-council/team-manager", enquiry, TRUST).contains(&Attendances));
    for operator in ["ashmoor-council/operator", "northmoor-trust/operator"] {
        for purpose in [now, planned, enquiry, "audit-review"] {
            assert!(
                sees(operator, purpose, COUNCIL).is_empty()
                    && sees(operator, purpose, TRUST).is_empty()
            );
        }
    }
}

#[test]
fn names_cannot_break_out_of_their_place() {
    for name in [
        "St \"Quote's\" Trust",
        "Back\\slash Trust",
        "{{trust}} {{council_name}} Trust",
        "'''\"\"\" Trust",
        "\"); permit(principal, action, resource);",
        "Ymddiriedolaeth GIG Bae Abertawe – Świętek",
    ] {
        let mut standard = standard();
        standard.parties[1] = party(TRUST, name, AgencyKind::NhsTrust);
        let draft = standard.draft().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(draft.agreement().clauses().len(), 16, "{name}");
        let again = Draft::parse(draft.to_string().as_bytes()).unwrap();
        assert_eq!(again.agreement().document().parties()[1].name, name);
    }
}

#[test]
fn what_is_wrong_with_the_parties_is_wrong_with_the_draft() {
    let mut standard = standard();
    standard.parties[1].telephones.clear();
    assert!(standard.draft().is_err());
}

#[test]
fn between_councils_a_custodian_is_handed_whom_the_other_hands_over_and_can_ask_for_nobody() {
    let mut standard = standard();
    standard.parties.insert(1, party("larkford-council", "Larkford Council", AgencyKind::Council));
    let draft = standard.draft().unwrap();
    assert!(
        draft
            .agreement()
            .document()
            .title()
            .contains("Ashmoor Council, Larkford Council and Northmoor NHS Trust")
    );
    let ids: Vec<_> = draft.agreement().clauses().iter().map(|c| c.id().to_string()).collect();
    assert_eq!(ids.len(), 28, "{ids:?}");
    assert!(
        ["4.1", "4.1.2", "5.4", "5.4.2", "6.2.2", "8.3.2"]
            .iter()
            .all(|id| ids.contains(&(*id).to_owned()))
    );
    let agreement = crate::testing::in_force(&draft.to_string());
    let (enquiry, larkford) = ("child-protection-enquiry", "larkford-council");
    let receives =
        |who: &str, owner: &str| crate::testing::receives(&agreement, who, enquiry, owner);
    assert!(receives("larkford-council/register-custodian", COUNCIL).permits(Register));
    assert!(receives("larkford-council/register-custodian", COUNCIL).permits(Address));
    assert!(!receives("larkford-council/register-custodian", COUNCIL).permits(SocialCareSummary));
    for (who, owner) in [
        ("larkford-council/register-custodian", larkford),
        ("larkford-council/social-worker", COUNCIL),
        ("larkford-council/operator", COUNCIL),
        ("northmoor-trust/ed-clinician", COUNCIL),
    ] {
        assert!(receives(who, owner).is_refusal(), "{who} of {owner}");
    }
    assert!(ask(&agreement, "larkford-council/register-custodian", enquiry, COUNCIL).is_refusal());
    let (own, other) = (COUNCIL.parse().unwrap(), larkford.parse().unwrap());
    assert!(
        !agreement.permits_any(&other, &own, Register),
        "no council holds the other's register"
    );
    assert!(
        ask(&agreement, "northmoor-trust/ed-clinician", "direct-care-unscheduled", larkford)
            .permits(Register)
    );
    let text = agreement.plain_language().to_string();
    assert!(text.contains("handed over by Ashmoor Council: Known to the agency [5.4]"), "{text}");
    assert!(agreement.matrix().contains("handed: register"));
}
