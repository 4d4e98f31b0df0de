use jiff::Timestamp;
use kinfold_domain::{
    Categories,
    Category::{self, Contact, Demographics, Existence, Household, Involvement, Register},
};

use super::*;
use crate::testing::{
    COUNCIL, TRUST, amended, ask, breaks_glass, draft, guardian, in_force, now, rule,
    standard_in_force, with_clauses,
};

const NURSE: &str = "northmoor-trust/ed-clinician";
const NOW: &str = "direct-care-unscheduled";

fn why(decision: &Decision, category: Category) -> String {
    match decision.ruling(category) {
        Some(Ruling::Refused { why }) => format!("{}: {why}", why.code()),
        other => panic!("{category}: {other:?}"),
    }
}

fn review(agreement: &InForce, who: &str, purpose: &str, owner: &str) -> ReviewDecision {
    let (agency, role) = who.split_once('/').unwrap();
    agreement.decide_review(&ReviewQuestion {
        requester: &agency.parse().unwrap(),
        owner: &owner.parse().unwrap(),
        role: &role.parse().unwrap(),
        purpose: &purpose.parse().unwrap(),
        now: now(),
    })
}

#[test]
fn a_permission_names_the_clauses_that_give_it() {
    let decision = ask(&standard_in_force(), NURSE, NOW, COUNCIL);
    assert!(decision.permits(Category::Register) && !decision.is_refusal());
    let [clause] = decision.clauses(Category::Register) else { panic!("one clause") };
    assert_eq!(clause.id().as_str(), "4.1");
    assert!(clause.reads().starts_with("Emergency department clinicians of Northmoor NHS Trust"));
    assert_eq!((clause.effect(), clause.origin()), (Effect::Permit, Origin::Agreement));
    assert!(decision.clauses(Category::Address).is_empty());
}

#[test]
fn every_refusal_has_its_own_reason() {
    let agreement = standard_in_force();
    let of = |who, purpose, owner, category| why(&ask(&agreement, who, purpose, owner), category);
    let register = Category::Register;
    assert_eq!(
        of(NURSE, NOW, TRUST, Category::SocialCareSummary),
        "no-clause: no clause of the agreement permits it"
    );
    assert_eq!(
        of(NURSE, NOW, COUNCIL, Category::Address),
        "forbidden: clause 8.3 of the agreement forbids it"
    );
    assert_eq!(
        of("northmoor-trust/operator", NOW, COUNCIL, Category::Sensitive),
        "forbidden: clause 8.1, 8.2 of the agreement forbids it"
    );
    assert!(of("northmoor-trust/porter", NOW, COUNCIL, register).starts_with("unknown-role: "));
    assert!(
        of("northmoor-trust/social-worker", NOW, COUNCIL, register).starts_with("unknown-role: ")
    );
    assert!(of(NURSE, "curiosity", COUNCIL, register).starts_with("unknown-purpose: "));
    assert!(
        of("westmoor/ed-clinician", NOW, COUNCIL, register).starts_with("requester-not-a-party: ")
    );
    assert!(of(NURSE, NOW, "westmoor", register).starts_with("owner-not-a-party: "));
}

fn at(agreement: &InForce, now: Timestamp) -> Decision {
    agreement.decide(&Question {
        requester: &TRUST.parse().unwrap(),
        owner: &COUNCIL.parse().unwrap(),
        role: &"ed-clinician".parse().unwrap(),
        purpose: &NOW.parse().unwrap(),
        wanted: &Categories::from([Category::Register]),
        now,
    })
}

#[test]
fn an_agreement_that_lapses_while_the_node_runs_refuses_from_that_moment() {
    let agreement = standard_in_force();
    let at = |moment: &str| at(&agreement, moment.parse().unwrap());
    assert!(why(&at("2025-12-31T23:59:59Z"), Category::Register).starts_with("not-yet-valid: "));
    assert!(at("2026-01-01T00:00:00Z").permits(Category::Register));
    assert!(at("2026-12-31T23:59:59.9Z").permits(Category::Register));
    assert_eq!(
        why(&at("2027-01-01T00:00:00Z"), Category::Register),
        "expired: the agreement ended on 1 January 2027 at 00:00 UTC"
    );
}

#[test]
fn a_revocation_stops_everything_at_once() {
    let agreement = standard_in_force();
    let later: Timestamp = "2026-09-01T00:00:00Z".parse().unwrap();
    let file =
        crate::revoke(agreement.agreement(), "a party leaves", later, &guardian(TRUST)).unwrap();
    let revocation = Revocation::verify(file.as_bytes(), agreement.agreement()).unwrap();
    let agreement = agreement.with_revocation(revocation.clone()).unwrap();
    assert_eq!(agreement.revocation(), Some(&revocation));
    assert_eq!(
        why(&at(&agreement, now()), Category::Register),
        "revoked: the agreement was revoked on 1 September 2026 at 00:00 UTC"
    );
    let governance = "ashmoor-council/information-governance";
    assert!(!review(&agreement, governance, "audit-review", COUNCIL).is_permitted());
    let next = in_force(&amended("version = 1", "version = 2"));
    assert_eq!(next.with_revocation(revocation).unwrap_err(), RevocationError::AnotherAgreement);
}

#[test]
fn what_was_not_asked_for_is_not_decided() {
    let decision = at(&standard_in_force(), now());
    assert_eq!(decision.permitted(), Categories::from([Category::Register]));
    assert!(decision.ruling(Category::Contact).is_none() && !decision.permits(Category::Contact));
}

#[test]
fn a_forbid_beats_every_permit() {
    let permit = "@clause(\"1\")\n@reads(\"All.\")\npermit (principal, action == Action::\"see\", resource == Category::\"register\");\n";
    let forbid = "@clause(\"2\")\n@reads(\"Not the trust.\")\nforbid (principal in Agency::\"northmoor-trust\", action, resource);\n";
    let open = in_force(&with_clauses(permit));
    assert!(ask(&open, NURSE, NOW, COUNCIL).permits(Category::Register));
    for both in [[permit, forbid].concat(), [forbid, permit].concat()] {
        let closed = in_force(&with_clauses(&both));
        assert!(why(&ask(&closed, NURSE, NOW, COUNCIL), Category::Register).contains("clause 2"));
        let worker = ask(&closed, "ashmoor-council/social-worker", NOW, TRUST);
        assert_eq!(worker.permitted(), Categories::from([Category::Register]));
    }
}

#[test]
fn who_looked_is_for_information_governance_and_for_review_only() {
    let agreement = standard_in_force();
    for agency in [COUNCIL, TRUST] {
        let governance = format!("{agency}/information-governance");
        for owner in [COUNCIL, TRUST] {
            let decision = review(&agreement, &governance, "audit-review", owner);
            assert_eq!(decision.ruling().permitting()[0].id().as_str(), "7.1");
            assert!(!review(&agreement, &governance, NOW, owner).is_permitted());
            assert!(
                !review(&agreement, &format!("{agency}/operator"), "audit-review", owner)
                    .is_permitted()
            );
        }
    }
    assert!(!review(&agreement, NURSE, "audit-review", TRUST).is_permitted());
    assert!(
        !review(&agreement, "westmoor/information-governance", "audit-review", TRUST)
            .is_permitted()
    );
}

#[test]
fn a_decision_travels_to_the_ledger_with_agreement_question_and_clauses() {
    let agreement = standard_in_force();
    let decision = agreement.decide(&Question {
        requester: &TRUST.parse().unwrap(),
        owner: &COUNCIL.parse().unwrap(),
        role: &"ed-clinician".parse().unwrap(),
        purpose: &NOW.parse().unwrap(),
        wanted: &Categories::from([Category::Register, Category::Address, Category::Attendances]),
        now: now(),
    });
    let asked = serde_json::json!({
        "requester": TRUST, "owner": COUNCIL, "role": "ed-clinician", "purpose": NOW,
        "at": "2026-06-01T12:00:00Z",
    });
    let named = serde_json::json!({
        "id": "ashmoor-northmoor", "version": 1, "digest": agreement.agreement().digest().to_string(),
    });
    assert_eq!(
        serde_json::to_value(&decision).unwrap(),
        serde_json::json!({
            "agreement": named, "asked": asked,
            "permitted": { "register": ["4.1"] },
            "refused": {
                "address": { "reason": "forbidden", "clauses": ["8.3"] },
                "attendances": { "reason": "no-clause" },
            },
        })
    );
    let review =
        review(&agreement, "northmoor-trust/information-governance", "audit-review", COUNCIL);
    let json = serde_json::to_value(&review).unwrap();
    assert_eq!((&json["agreement"], &json["permitted"]), (&named, &serde_json::json!(["7.1"])));
    let refused = Refusal::UnknownRole;
    assert_eq!(
        serde_json::to_value(&refused).unwrap(),
        serde_json::json!({ "reason": "unknown-role" })
    );
}

#[test]
fn a_replica_may_hold_what_some_role_may_see_and_no_more() {
    let agreement = standard_in_force();
    let (council, trust) = (COUNCIL.parse().unwrap(), TRUST.parse().unwrap());
    let held: Vec<Category> =
        Category::ALL.into_iter().filter(|c| agreement.permits_any(&trust, &council, *c)).collect();
    assert_eq!(held, [Existence, Register, Contact, Demographics, Household, Involvement]);
    assert!(agreement.permits_any(&council, &trust, Category::HealthSummary));
    assert!(!agreement.permits_any(&"westmoor".parse().unwrap(), &council, Register));
    assert!(!agreement.permits_any(&council, &"westmoor".parse().unwrap(), Register));
    let narrowed = agreement.narrowed_by(&rule("resource == Category::\"household\"")).unwrap();
    assert!(!narrowed.permits_any(&trust, &council, Household));
    assert!(narrowed.agreement().permits_any(&trust, &council, Household));
}

#[test]
fn local_rules_narrow_and_are_named_as_the_nodes_own() {
    let narrowed =
        standard_in_force().narrowed_by(&rule("resource == Category::\"household\"")).unwrap();
    let decision = ask(&narrowed, NURSE, NOW, COUNCIL);
    assert_eq!(
        why(&decision, Category::Household),
        "forbidden: the agency's own rule local-1 forbids it"
    );
    assert!(decision.permits(Category::Register));
    // The agreement's own forbid is told first, where both forbid.
    let narrowed =
        standard_in_force().narrowed_by(&rule("resource == Category::\"address\"")).unwrap();
    let decision = ask(&narrowed, NURSE, NOW, COUNCIL);
    assert_eq!(
        why(&decision, Category::Address),
        "forbidden: clause 8.3 of the agreement forbids it"
    );
    // An empty file narrows nothing; rules replace those that were set before.
    assert_eq!(
        standard_in_force().narrowed_by("// none\n").unwrap().matrix(),
        standard_in_force().matrix()
    );
    assert_eq!(narrowed.narrowed_by("").unwrap().matrix(), standard_in_force().matrix());
}

#[test]
fn local_rules_are_held_to_the_same_rules_as_clauses_and_may_not_permit() {
    let refused = |text: &str| standard_in_force().narrowed_by(text).unwrap_err().to_string();
    let household = rule("resource == Category::\"household\"");
    assert_eq!(
        refused(&household.replace("forbid", "permit")),
        "rule local-1 permits: a node's own rules may only forbid"
    );
    assert_eq!(
        refused(&rule("resource == Category::\"househould\"")),
        "clause local-1 speaks of Category::\"househould\", which the agreement does not have"
    );
    assert!(refused(&household.replace("@clause(\"local-1\")", "")).contains("@clause"));
    assert!(refused("forbid").contains("cannot be read"));
    // A number that a clause of the agreement has too is no clash.
    assert!(standard_in_force().narrowed_by(&household.replace("local-1", "4.1")).is_ok());
}

#[test]
fn breaking_the_glass_opens_what_a_clause_names_beside_what_may_be_seen_and_nothing_else() {
    let agreement = standard_in_force();
    let seen = ask(&agreement, NURSE, NOW, COUNCIL).permitted();
    let broken = breaks_glass(&agreement, NURSE, NOW, COUNCIL);
    let opened = Categories::from([Category::Address, Category::SocialCareSummary]);
    assert_eq!(*broken.opened(), opened);
    assert_eq!(broken.permitted(), &seen | &opened);
    let [clause] = broken.clauses(Category::Address) else { panic!("one clause") };
    assert_eq!(clause.id().as_str(), "9.1");
    assert_eq!(
        why(&broken, Category::Sensitive),
        "forbidden: clause 8.1 of the agreement forbids it"
    );
    let (council, trust) = (COUNCIL.parse().unwrap(), TRUST.parse().unwrap());
    assert!(!agreement.permits_any(&trust, &council, Category::Address), "no replica holds it");

    let duty = "ashmoor-council/emergency-duty-team";
    let broken = breaks_glass(&agreement, duty, "child-protection-enquiry", TRUST);
    assert_eq!(*broken.opened(), Categories::from([Category::HealthSummary]));
    for (who, purpose, owner) in [
        (NURSE, "direct-care-scheduled", COUNCIL),
        (NURSE, NOW, TRUST),
        ("northmoor-trust/operator", NOW, COUNCIL),
        ("northmoor-trust/information-governance", "audit-review", COUNCIL),
        ("ashmoor-council/social-worker", "child-protection-enquiry", TRUST),
        ("northmoor-trust/arrivals", NOW, COUNCIL),
    ] {
        let plain = ask(&agreement, who, purpose, owner);
        let broken = breaks_glass(&agreement, who, purpose, owner);
        assert!(broken.opened().is_empty(), "{who} for {purpose} of {owner}");
        assert_eq!(broken.permitted(), plain.permitted(), "{who} for {purpose} of {owner}");
    }
}

#[test]
fn no_glass_can_be_broken_past_a_forbidding_clause_a_local_rule_or_an_agreement_that_ended() {
    let opens =
        |agreement: &InForce| !breaks_glass(agreement, NURSE, NOW, COUNCIL).opened().is_empty();
    let sensitive = "[Category::\"address\", Category::\"sensitive\"]";
    let old = "[Category::\"address\", Category::\"social-care-summary\"]\n};\n\n@clause(\"9.2\")";
    let new = format!("{sensitive}\n}};\n\n@clause(\"9.2\")");
    let agreement = in_force(&amended(old, &new));
    let broken = breaks_glass(&agreement, NURSE, NOW, COUNCIL);
    assert!(broken.permits(Category::Address) && !broken.permits(Category::Sensitive));

    let rule = r#"
@clause("l1")
@reads("Nobody breaks the glass here.")
forbid (principal, action == Action::"break-glass", resource);
"#;
    assert!(opens(&standard_in_force()));
    assert!(!opens(&standard_in_force().narrowed_by(rule).unwrap()));
    // A node's own rule was written when nothing but seeing was to be kept: it holds here, too.
    let rule = r#"
@clause("l1")
@reads("No address of ours leaves.")
forbid (principal, action == Action::"see", resource == Category::"address");
"#;
    let narrowed = standard_in_force().narrowed_by(rule).unwrap();
    let broken = breaks_glass(&narrowed, NURSE, NOW, COUNCIL);
    assert_eq!(*broken.opened(), Categories::from([Category::SocialCareSummary]));
    let late = Question {
        requester: &TRUST.parse().unwrap(),
        owner: &COUNCIL.parse().unwrap(),
        role: &"ed-clinician".parse().unwrap(),
        purpose: &NOW.parse().unwrap(),
        wanted: &Categories::from(Category::ALL),
        now: "2027-02-01T00:00:00Z".parse().unwrap(),
    };
    let late = standard_in_force().decide_breaking_glass(&late);
    assert!(late.opened().is_empty() && late.is_refusal());
}

#[test]
fn an_agreement_without_a_word_of_breaking_the_glass_opens_nothing_more() {
    let draft = draft();
    let (clauses, _) = draft.agreement().document().policy().cedar.split_once("// 9 ").unwrap();
    let agreement = in_force(&with_clauses(clauses));
    assert!(breaks_glass(&agreement, NURSE, NOW, COUNCIL).opened().is_empty());
    assert!(!agreement.matrix().contains("breaking glass: "));
}
