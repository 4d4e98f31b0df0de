//! RADIUS (RFC 2865, with the Message-Authenticator of RFC 3579) and RADIUS over TLS (RFC 6614): a VPN's concentrator asks whether
//! PIN and code are right. `docs/radius.md` is the guide.
//!
//! What was typed is judged by `service::sign_in`, as on the page, with the same throttle, locks and ledger; here are packets, clients,
//! and the answers that are sent again. What nobody with the secret can have sent is dropped unanswered, counted, and told once.

mod answered;
mod challenges;
mod clients;
mod config;
mod desk;
mod listener;
mod network;
mod pace;
mod radsec;
mod state;
mod stream;
mod udp;

pub use config::{RadSecConfig, RadiusClientConfig, RadiusConfig};
pub use listener::{RadiusListener, RadiusParts};
pub use network::Network;
pub use state::{RadiusClientState, RadiusState, RadiusWatch};
