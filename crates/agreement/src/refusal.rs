//! Why something is refused.

use std::sync::Arc;

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::{Clause, Lapse, Origin, clause::numbers, decision::Numbers};

/// Why something is refused. `Display` is a plain sentence for the screen.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// No clause permits it: what is not agreed is not shared.
    #[error("no clause of the agreement permits it")]
    NoClause,
    /// A clause, or a rule of the node's own, forbids it.
    #[error("{}", forbidden(clauses))]
    Forbidden {
        /// Those that do.
        clauses: Arc<[Arc<Clause>]>,
    },
    /// The agreement is not in force.
    #[error("{0}")]
    NotInForce(Lapse),
    /// The requester's agency has no such role under the agreement.
    #[error("the agreement knows no such role at the asking agency")]
    UnknownRole,
    /// The agreement has no such purpose.
    #[error("the agreement knows no such purpose")]
    UnknownPurpose,
    /// The requester takes no part.
    #[error("the asking agency is not a party of the agreement")]
    RequesterNotAParty,
    /// The owner takes no part.
    #[error("the agency that is asked is not a party of the agreement")]
    OwnerNotAParty,
}

impl Refusal {
    /// A short name for ledgers and messages: `no-clause`, `expired`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoClause => "no-clause",
            Self::Forbidden { .. } => "forbidden",
            Self::NotInForce(Lapse::NotYetValid { .. }) => "not-yet-valid",
            Self::NotInForce(Lapse::Expired { .. }) => "expired",
            Self::NotInForce(Lapse::Revoked { .. }) => "revoked",
            Self::UnknownRole => "unknown-role",
            Self::UnknownPurpose => "unknown-purpose",
            Self::RequesterNotAParty => "requester-not-a-party",
            Self::OwnerNotAParty => "owner-not-a-party",
        }
    }
}

impl Serialize for Refusal {
    /// `{"reason":"forbidden","clauses":["8.1"]}`; `clauses` only where there are any.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("reason", self.code())?;
        if let Self::Forbidden { clauses } = self {
            map.serialize_entry("clauses", &Numbers(clauses))?;
        }
        map.end()
    }
}

fn forbidden(clauses: &[Arc<Clause>]) -> String {
    let of = |origin| {
        clauses.iter().filter(|clause| clause.origin == origin).cloned().collect::<Vec<_>>()
    };
    match (of(Origin::Agreement).as_slice(), of(Origin::Local).as_slice()) {
        ([], local) => format!("the agency's own rule {} forbids it", numbers(local)),
        (agreed, _) => format!("clause {} of the agreement forbids it", numbers(agreed)),
    }
}
