//! One connection to a partner's node.

use std::{io, sync::Arc, time::Duration};

use http_body_util::Full;
use hyper::{
    Request,
    body::Bytes,
    client::conn::http2::{Builder, SendRequest},
    header::CONTENT_TYPE,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use jiff::Timestamp;
use kinfold_service::ports::{PartnerError, Route};
use kinfold_tls::{HandshakeFailure, NodeCertificate, Now, client_config, peer_certificate};
use rustls_pki_types::ServerName;
use tokio::{
    net::TcpStream,
    task::AbortHandle,
    time::{Instant, timeout_at},
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{LinkParts, Whereabouts, answer, gate::Gate};

/// A silent connection is asked for a sign of life this often, and given up after the second time without one.
const ALIVE_EVERY: Duration = Duration::from_secs(5);
const ALIVE_WITHIN: Duration = Duration::from_secs(2);
const MAX_HEADER_BYTES: u32 = 16 * 1024;

/// An open connection to a partner that has let this node in.
pub(super) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    _driver: Driver,
    whereabouts: Whereabouts,
    partner_certificate: NodeCertificate,
    own_certificate: Arc<NodeCertificate>,
}

/// Why a message got no answer.
pub(super) enum Lost {
    /// Not a byte of it was sent.
    NotSent,
    /// It may have been read.
    Failed(PartnerError),
}

impl Connection {
    /// Connects, proves both ends, and waits until the partner lets this node in.
    pub(super) async fn open(
        parts: &LinkParts,
        whereabouts: &Whereabouts,
    ) -> Result<Self, PartnerError> {
        let deadline = Instant::now() + parts.deadlines.connect;
        let stream = timeout_at(deadline, TcpStream::connect(&whereabouts.endpoint)).await;
        // A partner whose network swallows everything is not to be reached; one that connects and hangs is late.
        let Ok(Ok(stream)) = stream else { return Err(PartnerError::Unreachable) };
        let own_certificate = parts.credential.certificate();
        let joined = async {
            let stream = handshake(parts, whereabouts, stream).await?;
            let partner_certificate =
                peer_certificate(stream.get_ref().1).ok_or(PartnerError::WrongKey)?;
            let (sender, driver) = enter(stream).await?;
            let whereabouts = whereabouts.clone();
            Ok(Self { sender, _driver: driver, whereabouts, partner_certificate, own_certificate })
        };
        timeout_at(deadline, joined).await.unwrap_or(Err(PartnerError::TimedOut))
    }

    /// Whether it may carry another message: it is open, to where and whom the agreement names now, and both
    /// certificates are those that a new connection would be judged by.
    pub(super) fn is_usable(&self, parts: &LinkParts, whereabouts: &Whereabouts) -> bool {
        let now: Timestamp = parts.clock.now();
        !self.sender.is_closed()
            && self.whereabouts == *whereabouts
            && self.partner_certificate.standing(now).is_ok()
            && self.own_certificate.standing(now).is_ok()
            && Arc::ptr_eq(&self.own_certificate, &parts.credential.certificate())
    }

    /// Sends a message and reads its answer.
    pub(super) async fn exchange(&self, route: Route, message: Bytes) -> Result<String, Lost> {
        let uri = format!("https://{}{}", self.whereabouts.endpoint, route.path());
        let request = Request::post(uri)
            .header(CONTENT_TYPE, "text/plain; charset=utf-8")
            .body(Full::new(message))
            .map_err(|_| Lost::Failed(PartnerError::Unreachable))?;
        match self.sender.clone().try_send_request(request).await {
            Ok(response) => answer::read(response).await.map_err(Lost::Failed),
            Err(unsent) if unsent.message().is_some() => Err(Lost::NotSent),
            Err(_) => Err(Lost::Failed(PartnerError::Unreachable)),
        }
    }
}

/// The task that moves a connection's bytes. It ends with the connection.
struct Driver(AbortHandle);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn handshake(
    parts: &LinkParts,
    whereabouts: &Whereabouts,
    stream: TcpStream,
) -> Result<TlsStream<TcpStream>, PartnerError> {
    // Small messages must not wait for more of them.
    stream.set_nodelay(true).map_err(|_| PartnerError::Unreachable)?;
    let named = whereabouts.key;
    let clock = Arc::clone(&parts.clock);
    let now: Now = Arc::new(move || clock.now());
    let accepted = Arc::new(move |shown: &[u8; 32]| *shown == named);
    let config = client_config(&parts.credential, accepted, now)
        .map_err(|error| PartnerError::Untrusted(error.to_string()))?;
    // Required and of no meaning: the partner is known by its key, and no name is sent.
    let name = ServerName::try_from("node").map_err(|_| PartnerError::Unreachable)?;
    let stream = TlsConnector::from(config).connect(name, stream).await;
    stream.map_err(|error: io::Error| match HandshakeFailure::of(&error) {
        HandshakeFailure::NotYetValid => {
            PartnerError::CertificateNotYetValid { from: HandshakeFailure::valid_from(&error) }
        }
        failure => told(failure),
    })
}

/// Starts HTTP/2 and waits for the partner's first word.
async fn enter(
    stream: TlsStream<TcpStream>,
) -> Result<(SendRequest<Full<Bytes>>, Driver), PartnerError> {
    let (gate, opened) = Gate::new(stream);
    let (sender, driver) = Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(ALIVE_EVERY)
        .keep_alive_timeout(ALIVE_WITHIN)
        .keep_alive_while_idle(true)
        .max_header_list_size(MAX_HEADER_BYTES)
        .handshake(TokioIo::new(gate))
        .await
        .map_err(|_| PartnerError::Unreachable)?;
    let driver = Driver(tokio::spawn(driver).abort_handle());
    match opened.await {
        Ok(Ok(())) => Ok((sender, driver)),
        Ok(Err(failure)) => Err(told(failure)),
        Err(_) => Err(PartnerError::Unreachable),
    }
}

/// What a failed handshake means to whoever asked.
fn told(failure: HandshakeFailure) -> PartnerError {
    match failure {
        HandshakeFailure::UnknownKey => PartnerError::WrongKey,
        HandshakeFailure::Expired => PartnerError::CertificateExpired,
        HandshakeFailure::OwnOutdated => PartnerError::OwnCertificateExpired,
        HandshakeFailure::OwnKeyUnknown => PartnerError::OwnKeyRefused,
        HandshakeFailure::NotYetValid => PartnerError::CertificateNotYetValid { from: None },
        HandshakeFailure::Malformed
        | HandshakeFailure::NoCertificate
        | HandshakeFailure::NotTls13 => PartnerError::Untrusted(failure.to_string()),
        HandshakeFailure::Broken => PartnerError::Unreachable,
    }
}
