//! Keys, parties and agreements for this crate's tests: plainly synthetic.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use kinfold_domain::{AgencyKind, Categories, Category};
use kinfold_note::{SigningKey, VerifierKey};

use crate::{
    Agreement, Approver, Decision, Draft, InForce, Party, PhoneLine, Question, SignedAgreement,
    sign, template::Standard,
};

pub(crate) const COUNCIL: &str = "ashmoor-council";
pub(crate) const TRUST: &str = "northmoor-trust";

/// A key of that name, the same each time.
pub(crate) fn key(name: &str) -> SigningKey {
    let mut seed = [7; 32];
    for (at, byte) in name.bytes().enumerate() {
        seed[at % 32] ^= byte.rotate_left(u32::try_from(at / 32).unwrap());
    }
    SigningKey::from_seed(name.parse().unwrap(), &seed).unwrap()
}

pub(crate) fn node_key(agency: &str) -> VerifierKey {
    key(&format!("{agency}.example/node")).verifier().clone()
}

pub(crate) fn guardian(agency: &str) -> SigningKey {
    key(&format!("{agency}.example/guardian"))
}

pub(crate) fn deputy(agency: &str) -> SigningKey {
    key(&format!("{agency}.example/deputy"))
}

pub(crate) fn party(agency: &str, name: &str, kind: AgencyKind) -> Party {
    let approver = |office: &str, key: SigningKey| Approver {
        name: format!("Test {office}"),
        office: office.to_owned(),
        key: key.verifier().clone(),
    };
    Party {
        agency: agency.parse().unwrap(),
        name: name.to_owned(),
        kind,
        endpoint: format!("node.{agency}.example:8443").parse().unwrap(),
        node_key: node_key(agency),
        ledger_key: key(&format!("{agency}.example/ledger")).verifier().clone(),
        telephones: vec![PhoneLine {
            label: "Duty desk".to_owned(),
            number: "01632 960100".parse().unwrap(),
        }],
        approvers: vec![
            approver("Caldicott Guardian", guardian(agency)),
            approver("Deputy Caldicott Guardian", deputy(agency)),
        ],
    }
}

pub(crate) fn standard() -> Standard {
    Standard {
        id: "ashmoor-northmoor".parse().unwrap(),
        version: 1,
        valid_from: "2026-01-01".parse().unwrap(),
        valid_until: "2026-12-31".parse().unwrap(),
        parties: vec![
            party(COUNCIL, "Ashmoor Council", AgencyKind::Council),
            party(TRUST, "Northmoor NHS Trust", AgencyKind::NhsTrust),
        ],
    }
}

/// The standard draft. Cedar is slow without optimisation, so what is read often is read once.
pub(crate) fn draft() -> Draft {
    static DRAFT: LazyLock<Draft> = LazyLock::new(|| standard().draft().unwrap());
    DRAFT.clone()
}

/// The standard agreement, in force at the council.
pub(crate) fn standard_in_force() -> InForce {
    static IN_FORCE: LazyLock<InForce> = LazyLock::new(|| in_force(&draft().to_string()));
    IN_FORCE.clone()
}

/// The standard draft's text, amended.
pub(crate) fn amended(old: &str, new: &str) -> String {
    let text = draft().to_string();
    assert!(text.contains(old), "the draft has no {old:?}");
    text.replacen(old, new, 1)
}

/// The standard agreement with other clauses.
pub(crate) fn with_clauses(cedar: &str) -> String {
    let text = draft().to_string();
    let (before, _) = text.split_once("[policy]").unwrap();
    format!("{before}[policy]\ncedar = '''\n{cedar}'''\n")
}

pub(crate) fn file(text: &str) -> String {
    let one = sign(text.as_bytes(), &guardian(COUNCIL)).unwrap();
    sign(one.as_bytes(), &guardian(TRUST)).unwrap()
}

/// The standard agreement, signed by both guardians.
pub(crate) fn standard_file() -> String {
    static FILE: LazyLock<String> = LazyLock::new(|| file(&draft().to_string()));
    FILE.clone()
}

pub(crate) fn signed(text: &str) -> SignedAgreement {
    Draft::parse(file(text).as_bytes()).unwrap().signed().unwrap()
}

/// Whatever the text says, as if everybody had signed it and the council's node had activated it.
pub(crate) fn in_force(text: &str) -> InForce {
    let agreement = Arc::new(Agreement::parse(text).unwrap());
    InForce::new(agreement, Vec::new(), COUNCIL.parse().unwrap())
}

pub(crate) fn now() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

/// `agency/role`, purpose, owner: everything is wanted.
pub(crate) fn ask(agreement: &InForce, who: &str, purpose: &str, owner: &str) -> Decision {
    asked((who, purpose, owner), |question| agreement.decide(question))
}

/// The same of what may be handed over.
pub(crate) fn receives(agreement: &InForce, who: &str, purpose: &str, owner: &str) -> Decision {
    asked((who, purpose, owner), |question| agreement.decide_receiving(question))
}

/// The same for whoever breaks the glass.
pub(crate) fn breaks_glass(agreement: &InForce, who: &str, purpose: &str, owner: &str) -> Decision {
    asked((who, purpose, owner), |question| agreement.decide_breaking_glass(question))
}

fn asked(
    (who, purpose, owner): (&str, &str, &str),
    decide: impl Fn(&Question<'_>) -> Decision,
) -> Decision {
    let (agency, role) = who.split_once('/').unwrap();
    decide(&Question {
        requester: &agency.parse().unwrap(),
        owner: &owner.parse().unwrap(),
        role: &role.parse().unwrap(),
        purpose: &purpose.parse().unwrap(),
        wanted: &Categories::from(Category::ALL),
        now: now(),
    })
}

pub(crate) fn agreement(text: &str) -> Result<Agreement, crate::AgreementError> {
    Agreement::parse(text)
}

/// A rule of a node's own on what is seen.
pub(crate) fn rule(condition: &str) -> String {
    format!(
        "@clause(\"local-1\")\n@reads(\"A rule.\")\nforbid (principal, action == Action::\"see\", resource) when {{ {condition} }};\n"
    )
}
