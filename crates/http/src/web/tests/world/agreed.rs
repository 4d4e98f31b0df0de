//! Keys, and the standard agreement signed by both sides.

use std::sync::LazyLock;

use kinfold_agreement::{Approver, Party, PhoneLine, sign, template::Standard};
use kinfold_domain::AgencyKind;
use kinfold_note::SigningKey;

pub(crate) const COUNCIL: (&str, &str) = ("ashmoor-council", "Ashmoor Council");
pub(crate) const TRUST: (&str, &str) = ("northmoor-trust", "Northmoor NHS Trust");

/// A key of that name, the same each time.
pub(crate) fn key(agency: &str, what: &str) -> SigningKey {
    let name = format!("{agency}.example/{what}");
    let mut seed = [7; 32];
    for (at, byte) in name.bytes().enumerate() {
        seed[at % 32] ^= byte.rotate_left(u32::try_from(at / 32).unwrap());
    }
    SigningKey::from_seed(name.parse().unwrap(), &seed).unwrap()
}

fn party((agency, name): (&str, &str), kind: AgencyKind) -> Party {
    Party {
        agency: agency.parse().unwrap(),
        name: name.to_owned(),
        kind,
        endpoint: format!("node.{agency}.example:8443").parse().unwrap(),
        node_key: key(agency, "node").verifier().clone(),
        ledger_key: key(agency, "ledger").verifier().clone(),
        telephones: vec![PhoneLine {
            label: "Duty desk".to_owned(),
            number: "01632 960700".parse().unwrap(),
        }],
        approvers: vec![Approver {
            name: "Test Guardian".to_owned(),
            office: "Caldicott Guardian".to_owned(),
            key: key(agency, "guardian").verifier().clone(),
        }],
    }
}

/// The agreement as both activate it.
pub(crate) fn signed() -> &'static str {
    static NOTE: LazyLock<String> = LazyLock::new(|| {
        let standard = Standard {
            id: "ashmoor-northmoor".parse().unwrap(),
            version: 1,
            valid_from: "2026-01-01".parse().unwrap(),
            valid_until: "2026-12-31".parse().unwrap(),
            council: party(COUNCIL, AgencyKind::Council),
            trust: party(TRUST, AgencyKind::NhsTrust),
        };
        let draft = standard.draft().unwrap().to_string();
        let one = sign(draft.as_bytes(), &key(COUNCIL.0, "guardian")).unwrap();
        sign(one.as_bytes(), &key(TRUST.0, "guardian")).unwrap()
    });
    &NOTE
}
