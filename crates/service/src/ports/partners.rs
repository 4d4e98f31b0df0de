//! The way to a partner's node: signed notes over mutual TLS.

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_domain::AgencyId;
use serde::{Deserialize, Serialize};

/// What is asked of a partner: each is one path of the partner protocol.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Route {
    /// `POST /partner/v1/ask`: facts about a child.
    Ask,
    /// `POST /partner/v1/register`: changes of the partner's register and its signed head.
    Register,
    /// `POST /partner/v1/notices`: looks at the partner's register from the replica.
    Notices,
    /// `POST /partner/v1/who`: who looked at a child.
    Who,
    /// `POST /partner/v1/history`: where a child attended, and the last looks at it.
    History,
}

impl Route {
    /// Every route.
    pub const ALL: [Self; 5] = [Self::Ask, Self::Register, Self::Notices, Self::Who, Self::History];

    /// Its path.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Ask => "/partner/v1/ask",
            Self::Register => "/partner/v1/register",
            Self::Notices => "/partner/v1/notices",
            Self::Who => "/partner/v1/who",
            Self::History => "/partner/v1/history",
        }
    }
}

/// Why a partner did not answer. No variant's text carries personal data.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "failure", content = "detail", rename_all = "kebab-case")]
pub enum PartnerError {
    /// No connection.
    #[error("the partner's node could not be reached")]
    Unreachable,
    /// It took longer than the deadline.
    #[error("the partner's node did not answer in time")]
    TimedOut,
    /// Its certificate is out of date.
    #[error("the partner's certificate is out of date: its operator must renew it")]
    CertificateExpired,
    /// Its certificate begins later than now by the clock here: one of the two clocks is wrong, or it was made too early.
    #[error("the partner's certificate is not valid until {}: check both nodes' clocks", begins(*from))]
    CertificateNotYetValid {
        /// Its first moment, where that could be read.
        from: Option<Timestamp>,
    },
    /// It takes this node's certificate for out of date.
    #[error(
        "this node's own certificate is out of date for the partner: renew it here, or set the clocks right"
    )]
    OwnCertificateExpired,
    /// Its key is not the one that the agreement names.
    #[error("the partner's node shows another key than the agreement names")]
    WrongKey,
    /// It does not accept this node's key: the two nodes hold different agreements, or only one holds any.
    #[error("the partner's node does not accept this node's key: do both hold the same agreement?")]
    OwnKeyRefused,
    /// The agreement held here names no such partner.
    #[error("the agreement names no such partner")]
    NotAPartner,
    /// Its signature, proof or message is not right.
    #[error("the partner's message can't be trusted: {0}")]
    Untrusted(String),
    /// It refused, and said why.
    #[error("the partner's node refused: {0}")]
    Refused(String),
}

/// The way to partners' nodes. The implementation authenticates the peer's key as the agreement names it; what is sent and
/// answered are signed notes, which the use case makes and verifies.
#[async_trait]
pub trait PartnerLink: Send + Sync {
    /// Sends a signed note and returns the partner's signed note.
    async fn send(
        &self,
        partner: &AgencyId,
        route: Route,
        message: String,
    ) -> Result<String, PartnerError>;
}

/// A moment as screens say it: `1 April 2026 at 00:00 UTC`.
fn begins(from: Option<Timestamp>) -> String {
    from.map_or_else(
        || "a later time".to_owned(),
        |from| from.strftime("%-d %B %Y at %H:%M UTC").to_string(),
    )
}
