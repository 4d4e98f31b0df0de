//! Keys, parties and agreements for this crate's tests: plainly synthetic.

use jiff::Timestamp;
use kinfold_domain::{AgencyId, AgencyKind, Categories, Category, Purpose, Role};
use kinfold_note::{SigningKey, VerifierKey};

use crate::{
    Agreement, Approver, Decision, Draft, InForce, Own, Party, PhoneLine, Question,
    SignedAgreement, Trust, sign, template::Standard,
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
        council: party(COUNCIL, "Ashmoor Council", AgencyKind::Council),
        trust: party(TRUST, "Northmoor NHS Trust", AgencyKind::NhsTrust),
    }
}

pub(crate) fn draft() -> Draft {
    standard().draft().unwrap()
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

pub(crate) fn signed(text: &str) -> SignedAgreement {
    Draft::parse(file(text).as_bytes()).unwrap().signed().unwrap()
}

pub(crate) fn in_force(text: &str) -> InForce {
    let own = COUNCIL.parse().unwrap();
    let own = Own { agency: &own, node_key: &node_key(COUNCIL), trust: Trust::AsNamed };
    signed(text).activate(&own).unwrap()
}

pub(crate) fn now() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

/// `agency/role`, purpose, owner: everything is wanted.
pub(crate) fn ask(agreement: &InForce, who: &str, purpose: &str, owner: &str) -> Decision {
    let (agency, role) = who.split_once('/').unwrap();
    let requester: AgencyId = agency.parse().unwrap();
    let role: Role = role.parse().unwrap();
    let purpose: Purpose = purpose.parse().unwrap();
    let wanted = Categories::from(Category::ALL);
    agreement.decide(&Question {
        requester: &requester,
        owner: &owner.parse().unwrap(),
        role: &role,
        purpose: &purpose,
        wanted: &wanted,
        now: now(),
    })
}

pub(crate) fn agreement(text: &str) -> Result<Agreement, crate::AgreementError> {
    Agreement::parse(text)
}
