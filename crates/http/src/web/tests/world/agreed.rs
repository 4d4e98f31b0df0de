//! Keys, and the standard agreement signed by both sides.

use std::sync::LazyLock;

use kinfold_agreement::{Approver, Party, PhoneLine, template::Standard};
use kinfold_domain::AgencyKind;
use kinfold_note::SigningKey;

pub(crate) const COUNCIL: (&str, &str) = ("ashmoor-council", "Ashmoor Council");
/// Takes part where a test needs it.
pub(crate) const NEIGHBOUR: (&str, &str) = ("larkford-council", "Larkford Council");
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
    static NOTE: LazyLock<String> = LazyLock::new(|| signed_by(&[COUNCIL, TRUST]));
    &NOTE
}

/// The same between two councils and the trust.
pub(crate) fn signed_by_councils() -> &'static str {
    static NOTE: LazyLock<String> = LazyLock::new(|| signed_by(&[COUNCIL, NEIGHBOUR, TRUST]));
    &NOTE
}

fn signed_by(parties: &[(&str, &str)]) -> String {
    let kind = |id: &str| if id == TRUST.0 { AgencyKind::NhsTrust } else { AgencyKind::Council };
    let standard = Standard {
        id: "ashmoor-northmoor".parse().unwrap(),
        version: 1,
        valid_from: "2026-01-01".parse().unwrap(),
        valid_until: "2026-12-31".parse().unwrap(),
        parties: parties.iter().map(|named| party(*named, kind(named.0))).collect(),
    };
    let mut draft = standard.draft().unwrap();
    for (id, _) in parties {
        draft.sign(&key(id, "guardian")).unwrap();
    }
    draft.to_string()
}
