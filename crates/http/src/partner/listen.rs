//! The listener: lets partners in, keeps strangers out, and stops in time.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use kinfold_tls::{HandshakeFailure, Now, peer_certificate, server_config};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::{
    Knock, PartnerParts,
    budget::Budget,
    connection::{Peer, converse},
    doors::{Doors, Place},
};

/// When the system can't give another connection, one more try makes it no better at once.
const PAUSE: Duration = Duration::from_millis(50);
/// How much of what a refused peer still sends is read away, so that it gets to read why.
const MAX_LINGER_BYTES: u64 = 64 * 1024;
const LINGER: Duration = Duration::from_secs(1);

/// Serves partners' nodes until `stop` resolves; then lets what is being answered end within the grace, and returns.
pub async fn serve(
    listener: TcpListener,
    parts: PartnerParts,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let hall = Arc::new(Hall::new(parts)?);
    let (stopper, stopping) = watch::channel(false);
    let mut visits = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            Some(_) = visits.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, address)) => {
                    if let Some(place) = hall.door(address) {
                        visits.spawn(visit(Arc::clone(&hall), place, stream, stopping.clone()));
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "the partners' port can take no connection");
                    sleep(PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    // There may be nobody left to tell.
    let _ = stopper.send(true);
    let over = async { while visits.join_next().await.is_some() {} };
    if timeout(hall.parts.limits.grace, over).await.is_err() {
        visits.shutdown().await;
    }
    Ok(())
}

/// What all connections share.
struct Hall {
    parts: Arc<PartnerParts>,
    acceptor: TlsAcceptor,
    doors: Arc<Doors>,
    budget: Budget,
}

impl Hall {
    fn new(parts: PartnerParts) -> io::Result<Self> {
        let (keys, clock) = (Arc::clone(&parts.keys), Arc::clone(&parts.clock));
        let now: Now = Arc::new(move || clock.now());
        let accepted = Arc::new(move |key: &[u8; 32]| keys.partner_with_key(key).is_some());
        let config = server_config(&parts.credential, accepted, now).map_err(io::Error::other)?;
        let budget = Budget::new(parts.limits.connections);
        let acceptor = TlsAcceptor::from(config);
        Ok(Self { parts: Arc::new(parts), acceptor, doors: Arc::default(), budget })
    }

    fn door(&self, address: SocketAddr) -> Option<Place> {
        let place = self.doors.enter(address.ip());
        if place.is_none() {
            self.parts.knocks.count(Knock::Crowd);
        }
        place
    }

    /// Who is at the other end of a completed handshake.
    fn peer(&self, stream: &TlsStream<TcpStream>) -> Option<Peer> {
        let certificate = peer_certificate(stream.get_ref().1)?;
        let agency = self.parts.keys.partner_with_key(certificate.public_key())?;
        let share = self.budget.of(&agency);
        Some(Peer::new(agency, certificate, share))
    }
}

async fn visit(
    hall: Arc<Hall>,
    place: Place,
    stream: TcpStream,
    mut stopping: watch::Receiver<bool>,
) {
    let shaken = tokio::select! {
        shaken = shake_hands(&hall, stream) => shaken,
        _ = stopping.wait_for(|stopping| *stopping) => return,
    };
    drop(place);
    let Some(stream) = shaken else { return };
    let Some(peer) = hall.peer(&stream) else {
        return hall.parts.knocks.count(Knock::Handshake(HandshakeFailure::UnknownKey));
    };
    let Ok(_connection) = Arc::clone(&peer.share.connections).try_acquire_owned() else {
        return hall.parts.knocks.count(Knock::Surplus);
    };
    converse(Arc::clone(&hall.parts), Arc::new(peer), stream, stopping).await;
}

/// A completed handshake; one that fails is counted.
async fn shake_hands(hall: &Hall, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
    // Small answers must not wait for more of them; a stream that is gone already fails below.
    let _ = stream.set_nodelay(true);
    let accepting = hall.acceptor.accept(stream).into_fallible();
    match timeout(hall.parts.limits.handshake, accepting).await {
        Ok(Ok(stream)) => return Some(stream),
        Ok(Err((error, stream))) => {
            hall.parts.knocks.count(Knock::Handshake(HandshakeFailure::of(&error)));
            linger(stream).await;
        }
        Err(_) => hall.parts.knocks.count(Knock::Hung),
    }
    None
}

/// The alert has been sent; closing at once, with bytes of the peer's unread, would reset the connection and lose the alert.
async fn linger(mut stream: TcpStream) {
    let farewell = async {
        stream.shutdown().await?;
        let mut rest = stream.take(MAX_LINGER_BYTES);
        tokio::io::copy(&mut rest, &mut tokio::io::sink()).await
    };
    // Whatever becomes of it, the connection ends here.
    let _ = timeout(LINGER, farewell).await;
}
