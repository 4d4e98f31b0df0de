use kinfold_domain::{AgencyKind, Category::*};

use crate::{
    Draft, Notified, ReviewQuestion,
    testing::{COUNCIL, TRUST, ask, now, party, standard, standard_in_force},
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
fn emergency_clinicians_notify_and_everybody_else_looks_in_silence() {
    let agreement = standard_in_force();
    let notifies = |who, purpose| {
        ask(&agreement, who, purpose, COUNCIL).notifies(Register) == Some(Notified::KeyWorker)
    };
    assert!(notifies("northmoor-trust/ed-clinician", "direct-care-unscheduled"));
    for (who, purpose) in [
        ("northmoor-trust/ed-clinician", "direct-care-scheduled"),
        ("northmoor-trust/arrivals", "direct-care-unscheduled"),
        ("northmoor-trust/clinical-system", "direct-care-unscheduled"),
        ("ashmoor-council/social-worker", "child-protection-enquiry"),
        ("ashmoor-council/register-custodian", "child-protection-enquiry"),
        ("northmoor-trust/information-governance", "audit-review"),
    ] {
        assert!(!notifies(who, purpose), "{who}");
    }
}

#[test]
fn who_may_check_sees_the_history_beside_the_answer_and_no_review_of_who_looked() {
    let agreement = standard_in_force();
    for (who, purpose, may) in [
        ("northmoor-trust/ed-clinician", "direct-care-unscheduled", true),
        ("northmoor-trust/ed-clinician", "audit-review", false),
        ("northmoor-trust/arrivals", "direct-care-unscheduled", false),
        ("northmoor-trust/clinical-system", "direct-care-unscheduled", false),
        ("northmoor-trust/operator", "direct-care-unscheduled", false),
        ("ashmoor-council/social-worker", "child-protection-enquiry", true),
        ("ashmoor-council/register-custodian", "child-protection-enquiry", true),
        ("ashmoor-council/information-governance", "audit-review", false),
    ] {
        let (agency, role) = who.split_once('/').unwrap();
        for owner in [COUNCIL, TRUST] {
            let question = ReviewQuestion {
                requester: &agency.parse().unwrap(),
                owner: &owner.parse().unwrap(),
                role: &role.parse().unwrap(),
                purpose: &purpose.parse().unwrap(),
                now: now(),
            };
            assert_eq!(agreement.decide_history(&question).is_permitted(), may, "{who}");
            let review = agreement.decide_review(&question).is_permitted();
            assert_eq!(review, purpose == "audit-review" && !may && role != "ed-clinician");
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
        assert_eq!(draft.agreement().clauses().len(), 19, "{name}");
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
    assert_eq!(ids.len(), 34, "{ids:?}");
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
