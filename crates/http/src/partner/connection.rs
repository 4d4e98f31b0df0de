//! One partner's connection, from its handshake to its end.

use std::{
    convert::Infallible,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use hyper::{server::conn::http2::Builder, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use kinfold_domain::AgencyId;
use kinfold_tls::NodeCertificate;
use tokio::{
    net::TcpStream,
    sync::{Notify, watch},
    time::sleep,
};
use tokio_rustls::server::TlsStream;

use super::{PartnerParts, budget::Share, request};

const MAX_HEADER_BYTES: u32 = 16 * 1024;
/// As many as a partner may have being answered in all.
const MAX_STREAMS: u32 = 512;
/// A peer that answers no ping for so long is gone, or sends a frame that it never ends.
const ALIVE_WITHIN: Duration = Duration::from_secs(5);

/// Who is at the other end.
pub(super) struct Peer {
    pub(super) agency: AgencyId,
    pub(super) certificate: NodeCertificate,
    pub(super) share: Arc<Share>,
    /// Told when the peer is no longer a partner.
    pub(super) leave: Notify,
    /// Whether it ever asked anything.
    asked: AtomicBool,
}

impl Peer {
    pub(super) fn new(agency: AgencyId, certificate: NodeCertificate, share: Arc<Share>) -> Self {
        Self { agency, certificate, share, leave: Notify::new(), asked: AtomicBool::new(false) }
    }
}

/// Answers a partner until it leaves, is no longer one, or the node stops.
pub(super) async fn converse(
    parts: Arc<PartnerParts>,
    peer: Arc<Peer>,
    stream: TlsStream<TcpStream>,
    mut stopping: watch::Receiver<bool>,
) {
    let read = parts.limits.read;
    let at_the_desk = Arc::clone(&peer);
    let service = service_fn(move |request| {
        let (parts, peer) = (Arc::clone(&parts), Arc::clone(&at_the_desk));
        peer.asked.store(true, Ordering::Relaxed);
        async move { Ok::<_, Infallible>(request::answer(&parts, &peer, request).await) }
    });
    let connection = Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(read)
        .keep_alive_timeout(ALIVE_WITHIN.min(read))
        .max_header_list_size(MAX_HEADER_BYTES)
        .max_concurrent_streams(MAX_STREAMS)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    // Somebody who connects and asks nothing is not waited for; nor is one who should leave and stays.
    let mut patience = pin!(sleep(read));
    let (mut patient, mut leaving) = (true, false);
    loop {
        tokio::select! {
            _ = connection.as_mut() => return,
            () = peer.leave.notified(), if !leaving => {
                leaving = true;
                patience.set(sleep(read));
                patient = true;
                connection.as_mut().graceful_shutdown();
            }
            _ = stopping.wait_for(|stopping| *stopping), if !leaving => {
                leaving = true;
                connection.as_mut().graceful_shutdown();
            }
            () = &mut patience, if patient => {
                if leaving || !peer.asked.load(Ordering::Relaxed) {
                    return;
                }
                patient = false;
            }
        }
    }
}
