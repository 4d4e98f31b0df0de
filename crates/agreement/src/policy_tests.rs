use crate::{
    AgreementError, PolicyError,
    testing::{agreement, with_clauses},
};

fn error(cedar: &str) -> PolicyError {
    match agreement(&with_clauses(cedar)) {
        Err(AgreementError::Policy(error)) => error,
        other => panic!("{cedar}: {:?}", other.map(|_| "was accepted")),
    }
}

/// Clause 1.1 with that condition, on whatever category.
fn clause(condition: &str) -> String {
    format!(
        "@clause(\"1.1\")\n@reads(\"A test.\")\npermit (principal, action == Action::\"see\", resource)\nwhen {{ {condition} }};\n"
    )
}

#[test]
fn whatever_the_agreement_does_not_have_is_told_with_the_clause_that_speaks_of_it() {
    for (condition, thing) in [
        ("principal in Role::\"ashmoor-council/teacher\"", "Role::\"ashmoor-council/teacher\""),
        ("principal in Role::\"social-worker\"", "Role::\"social-worker\""),
        (
            "principal in Role::\"northmoor-trust/social-worker\"",
            "Role::\"northmoor-trust/social-worker\"",
        ),
        ("context.purpose == Purpose::\"research\"", "Purpose::\"research\""),
        ("context.owner == Agency::\"westmoor\"", "Agency::\"westmoor\""),
        (
            "resource in [Category::\"register\", Category::\"everything\"]",
            "Category::\"everything\"",
        ),
        (
            "principal == Employee::\"ashmoor-council/social-worker\"",
            "Employee::\"ashmoor-council/social-worker\"",
        ),
    ] {
        let error = error(&clause(condition));
        let sentence = format!("clause 1.1 speaks of {thing}, which the agreement does not have");
        assert_eq!(error.to_string(), sentence, "{condition}");
    }
}

#[test]
fn what_cedars_strict_validation_refuses_is_told_with_its_clause() {
    for (condition, expected) in [
        ("context.reason == \"curious\"", "attribute `reason`"),
        ("context.purpose == \"audit-review\"", "not compatible"),
        ("principal in Nurse::\"a\"", "unrecognized entity type `Nurse`"),
        ("context.purpose", "expected Bool"),
        ("principal has pager && principal.pager == 1", "impossible"),
        ("resource == Category::\"register\" && false", "impossible"),
    ] {
        let text = error(&clause(condition)).to_string();
        let told = text.starts_with("clause 1.1: ") && !text.contains("for policy");
        assert!(
            (told || text.contains("cannot be read")) && text.contains(expected),
            "{condition}: {text}"
        );
    }
    let delete = clause("true").replace("\"see\"", "\"delete\"");
    assert!(error(&delete).to_string().starts_with("clause 1.1: unrecognized action"));
}

#[test]
fn every_policy_carries_its_clause_and_its_reading() {
    let bare = "permit (principal, action, resource);\n";
    let missing = |position, annotation| PolicyError::Annotation { position, annotation };
    assert_eq!(error(bare), missing(1, "clause"));
    assert_eq!(error(&format!("@clause(\"1.1\")\n{bare}")), missing(1, "reads"));
    assert_eq!(error(&format!("@reads(\"A test.\")\n{bare}")), missing(1, "clause"));
    for (old, new, annotation) in [
        ("1.1", "", "clause"),
        ("1.1", "4 point 1", "clause"),
        ("1.1", "12345678901234567", "clause"),
        ("A test.", "", "reads"),
        ("A test.", "A\\ntest.", "reads"),
        ("A test.", &"a".repeat(601), "reads"),
    ] {
        let sound = clause("resource == Category::\"register\"");
        let faulty = sound.replace("1.1", "0.9") + &sound.replacen(old, new, 1);
        let error = agreement(&with_clauses(&faulty)).unwrap_err();
        assert_eq!(error, AgreementError::Policy(missing(2, annotation)), "{new}");
    }
    assert_eq!(missing(2, "reads").to_string(), "policy 2 needs @reads(\"…\")");
}

#[test]
fn an_annotation_without_a_meaning_is_refused_for_it_might_have_been_meant_to_narrow() {
    let text = clause("resource == Category::\"register\"")
        .replace("@reads", "@unless(\"sealed\")\n@reads");
    assert_eq!(error(&text).to_string(), "clause 1.1: @unless is unknown");
}

#[test]
fn whom_a_clause_notifies_is_known_and_a_clause_that_gives_nothing_notifies_nobody() {
    let with = |named: &str| {
        clause("resource == Category::\"register\"")
            .replace("@reads", &format!("@notifies(\"{named}\")\n@reads"))
    };
    assert!(agreement(&with_clauses(&with("key-worker"))).is_ok());
    let told = "clause 1.1: only a permit notifies, and only @notifies(\"key-worker\")";
    assert_eq!(error(&with("the-key-worker")).to_string(), told);
    assert_eq!(error(&with("")).to_string(), told);
    assert_eq!(error(&with("key-worker").replace("permit (", "forbid (")).to_string(), told);
}

#[test]
fn two_clauses_cannot_share_a_number() {
    let one = clause("resource == Category::\"register\"");
    assert_eq!(error(&one.repeat(2)).to_string(), "clause 1.1 is given twice");
}

#[test]
fn a_permit_names_every_category_that_it_gives() {
    for condition in [
        "true",
        "resource != Category::\"sensitive\"",
        "principal in Agency::\"northmoor-trust\"",
        "context.purpose == Purpose::\"audit-review\" || resource == Category::\"register\"",
    ] {
        let error = error(&clause(condition));
        assert!(matches!(error, PolicyError::Unnamed { .. }), "{condition}: {error}");
        assert!(error.to_string().starts_with("clause 1.1 gives existence without naming it"));
    }
    let named = clause("resource in [Category::\"register\", Category::\"contact\"]");
    assert!(agreement(&with_clauses(&named)).is_ok());
    // Naming a category to leave it out gives it not.
    let but = clause("resource in [Category::\"register\", Category::\"address\"]")
        .replace("};", "} unless { resource == Category::\"address\" };");
    assert!(agreement(&with_clauses(&but)).is_ok());
}

#[test]
fn templates_and_texts_that_are_no_policies_are_refused() {
    let slot = clause("true").replace("(principal,", "(principal == ?principal,");
    assert_eq!(error(&slot), PolicyError::Template { position: 1 });
    assert_eq!(error(""), PolicyError::Count { found: 0, most: 200 });
    assert_eq!(error("// nothing\n"), PolicyError::Count { found: 0, most: 200 });
    let good = clause("resource == Category::\"register\"");
    let lines = good.lines().count();
    let PolicyError::Syntax { line, .. } = error(&format!("{good}permit (everybody);\n")) else {
        panic!("not a syntax error");
    };
    assert_eq!(line, lines + 1);
    let many: String = (0..201).map(|n| good.replace("1.1", &n.to_string())).collect();
    assert_eq!(error(&many), PolicyError::Count { found: 201, most: 200 });
    let long = format!("// {}\n{good}", "a".repeat(70_000));
    assert_eq!(error(&long), PolicyError::TooLong { most: 64 << 10 });
}

#[test]
fn the_deepest_clause_that_is_let_through_does_not_exhaust_a_threads_stack() {
    let named = "resource == Category::\"register\"";
    let deep = format!("{}{named}{}", "(".repeat(20), ")".repeat(20));
    assert!(agreement(&with_clauses(&clause(&deep))).is_ok());
    let chain = format!("{named}{}", " && true".repeat(38));
    agreement(&with_clauses(&clause(&chain))).unwrap();
    let ifs = format!("{}{named}", format!("if {named} then true else ").repeat(18));
    agreement(&with_clauses(&clause(&ifs))).unwrap();
    let brackets = clause(&"[".repeat(100_000 / 2));
    assert!(matches!(error(&brackets), PolicyError::TooDeep { .. }));
}

#[test]
fn a_clause_that_could_fail_when_asked_is_refused() {
    // 2^62 * 4 overflows: Cedar would skip the policy, and a forbid that is skipped opens what it closes.
    let text = clause("resource == Category::\"register\" && 4611686018427387904 * 4 > 1")
        .replace("permit", "forbid");
    let error = error(&text).to_string();
    assert!(error.starts_with("clause 1.1: ") && error.contains("overflow"), "{error}");
}
