//! How a VPN's concentrators stand, as their listener knows it.

use jiff::Timestamp;
use serde::Serialize;

/// A VPN's concentrators, and who asks without being one.
#[derive(Clone, Debug, Default, Serialize)]
pub struct VpnHealth {
    /// Packets and connections from whoever is no client, and handshakes that failed.
    pub strangers: u64,
    /// Each client.
    pub clients: Vec<VpnClientHealth>,
}

/// A VPN's concentrator. Numbers are since the start.
#[derive(Clone, Debug, Default, Serialize)]
pub struct VpnClientHealth {
    /// Its name.
    pub name: String,
    /// Sign-ins that were let in, that were refused, that were asked for their code.
    pub counts: [u64; 3],
    /// Requests without a Message-Authenticator, which are dropped.
    pub unsigned: u64,
    /// Requests with a wrong one, which are dropped.
    pub wrong_secret: u64,
    /// What else was dropped.
    pub dropped: u64,
    /// When the last request came that was believed.
    pub last: Option<Timestamp>,
}

/// Who knows how a VPN's concentrators stand.
pub trait VpnClients: Send + Sync {
    /// All of them.
    fn standing(&self) -> VpnHealth;
}
