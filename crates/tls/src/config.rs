//! The settings of both ends: TLS 1.3 alone, HTTP/2 alone, both sides' keys pinned, nothing resumed.

use std::{fmt, sync::Arc};

use jiff::Timestamp;
use rustls::{
    ClientConfig, CommonState, Error, ServerConfig, client::Resumption,
    crypto::ring::default_provider, server::NoServerSessionStorage, time_provider::TimeProvider,
    version::TLS13,
};
use rustls_pki_types::UnixTime;

use crate::{Credential, NodeCertificate, verifier::PinnedKeys};

/// What the two ends speak above TLS: HTTP/2 (RFC 9113).
pub const ALPN: &[u8] = b"h2";

/// Which Ed25519 keys are accepted. Asked at each handshake.
pub trait AcceptedKeys: Send + Sync {
    /// Whether the holder of this key may connect, or is whom this node meant to reach.
    fn accepts(&self, public_key: &[u8; 32]) -> bool;
}

impl<F: Fn(&[u8; 32]) -> bool + Send + Sync> AcceptedKeys for F {
    fn accepts(&self, public_key: &[u8; 32]) -> bool {
        self(public_key)
    }
}

/// The clock. Asked at each handshake.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The settings of the end that listens. A peer without a certificate is refused.
pub fn server_config(
    credential: &Arc<Credential>,
    accepted: Arc<dyn AcceptedKeys>,
    now: Now,
) -> Result<Arc<ServerConfig>, Error> {
    let provider = Arc::new(default_provider());
    let algorithms = provider.signature_verification_algorithms;
    let mut config = ServerConfig::builder_with_details(provider, Arc::new(Time(now)))
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(Arc::new(PinnedKeys { accepted, algorithms }))
        .with_cert_resolver(Arc::<Credential>::clone(credential));
    config.alpn_protocols = vec![ALPN.to_vec()];
    // A resumed session would not judge the peer's certificate again.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(Arc::new(config))
}

/// The settings of the end that connects.
pub fn client_config(
    credential: &Arc<Credential>,
    accepted: Arc<dyn AcceptedKeys>,
    now: Now,
) -> Result<Arc<ClientConfig>, Error> {
    let provider = Arc::new(default_provider());
    let algorithms = provider.signature_verification_algorithms;
    let mut config = ClientConfig::builder_with_details(provider, Arc::new(Time(now)))
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(PinnedKeys { accepted, algorithms }))
        .with_client_cert_resolver(Arc::<Credential>::clone(credential));
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.resumption = Resumption::disabled();
    config.enable_sni = false;
    Ok(Arc::new(config))
}

/// The certificate that the peer of a completed handshake showed.
pub fn peer_certificate(connection: &CommonState) -> Option<NodeCertificate> {
    let shown = connection.peer_certificates()?.first()?;
    NodeCertificate::parse(shown).ok()
}

struct Time(Now);

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Time")
    }
}

impl TimeProvider for Time {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from((self.0)().as_second()).ok()?;
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds)))
    }
}

#[cfg(test)]
#[path = "handshake_tests.rs"]
mod tests;
