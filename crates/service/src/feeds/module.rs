//! How a security module stands that holds what opens this node's accounts and tokens.

use jiff::Timestamp;
use serde::Serialize;

/// A security module. The node needs it at a start and when the key is replaced; in between it goes on without.
#[derive(Clone, Debug, Serialize)]
pub struct ModuleHealth {
    /// Its token's name.
    pub token: String,
    /// Whether the key lies in it already.
    pub in_use: bool,
    /// When it last answered.
    pub answered: Option<Timestamp>,
    /// Since when it does not answer.
    pub away: Option<Timestamp>,
}

/// Who knows how the security module stands.
pub trait SecurityModule: Send + Sync {
    /// How it stands now.
    fn standing(&self) -> ModuleHealth;
}
