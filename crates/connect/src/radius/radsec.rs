//! RADIUS over TLS (RFC 6614): clients are known by the names in their certificates, and ask as often as they like on one connection.

use std::{io, sync::Arc, time::Duration};

use futures::StreamExt as _;
use kinfold_radius::{Code, Packet, Reply, Secret};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::codec::FramedRead;

use super::{
    listener::{Belief, Hall, stopped},
    state::Wrong,
    stream::Packets,
};

const PAUSE: Duration = Duration::from_millis(50);
/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long an answer may take to go.
const WRITE: Duration = Duration::from_secs(10);
/// Requests of one connection that are judged at a time; more wait in the stream.
const AT_ONCE: usize = 16;

/// Where connections come in.
pub(super) struct RadSec {
    pub(super) listener: TcpListener,
    pub(super) acceptor: TlsAcceptor,
    pub(super) places: Arc<Semaphore>,
    pub(super) idle: Duration,
}

/// Serves connections until the node stops; the requests at hand are answered still.
pub(super) async fn serve(radsec: RadSec, hall: Arc<Hall>, mut stopping: watch::Receiver<bool>) {
    let mut visits = JoinSet::new();
    loop {
        tokio::select! {
            () = stopped(&mut stopping) => break,
            Some(_) = visits.join_next() => {}
            accepted = radsec.listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let Ok(place) = Arc::clone(&radsec.places).try_acquire_owned() else {
                        hall.desk.watch.wrong(None, Wrong::Surplus);
                        continue;
                    };
                    let visit = Visit { hall: Arc::clone(&hall), idle: radsec.idle, _place: place };
                    visits.spawn(visit.begin(radsec.acceptor.clone(), stream, stopping.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "the RadSec port can take no connection");
                    sleep(PAUSE).await;
                }
            },
        }
    }
    while visits.join_next().await.is_some() {}
}

/// One connection.
struct Visit {
    hall: Arc<Hall>,
    idle: Duration,
    _place: OwnedSemaphorePermit,
}

impl Visit {
    async fn begin(
        self,
        acceptor: TlsAcceptor,
        stream: TcpStream,
        mut stopping: watch::Receiver<bool>,
    ) {
        // Small answers must not wait for more of them; a stream that is gone already fails below.
        let _ = stream.set_nodelay(true);
        let watch = Arc::clone(&self.hall.desk.watch);
        let shaken = tokio::select! {
            shaken = timeout(HANDSHAKE, acceptor.accept(stream)) => shaken,
            () = stopped(&mut stopping) => return,
        };
        let Ok(Ok(stream)) = shaken else {
            return watch.wrong(None, Wrong::Handshake);
        };
        let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        let Some(client) = shown.and_then(|shown| self.hall.desk.clients.showing(shown)) else {
            return watch.wrong(None, Wrong::Stranger);
        };
        watch.connections(|open| *open += 1);
        if let Err(error) = self.serve(client, stream, stopping).await {
            tracing::debug!(error = %error.kind(), "a RADIUS connection broke off");
        }
        watch.connections(|open| *open -= 1);
    }

    async fn serve(
        &self,
        client: usize,
        stream: impl AsyncRead + AsyncWrite,
        mut stopping: watch::Receiver<bool>,
    ) -> io::Result<()> {
        let (read, mut write) = tokio::io::split(stream);
        let mut packets = std::pin::pin!(FramedRead::new(read, Packets));
        let mut answers: JoinSet<Option<Vec<u8>>> = JoinSet::new();
        let (mut heard, mut ending) = (Instant::now(), false);
        while !ending || !answers.is_empty() {
            tokio::select! {
                () = stopped(&mut stopping), if !ending => ending = true,
                Some(answered) = answers.join_next() => {
                    if let Ok(Some(octets)) = answered {
                        let sent = async { write.write_all(octets.as_slice()).await?; write.flush().await };
                        timeout(WRITE, sent).await.unwrap_or(Err(io::ErrorKind::TimedOut.into()))?;
                    }
                }
                packet = packets.next(), if !ending && answers.len() < AT_ONCE => {
                    heard = Instant::now();
                    match packet {
                        Some(Ok(request)) => self.take(client, request, &mut answers),
                        Some(Err(_)) => {
                            self.hall.desk.watch.wrong(Some(client), Wrong::Malformed);
                            ending = true;
                        }
                        None => ending = true,
                    }
                }
                () = sleep_until(heard + self.idle), if !ending && answers.is_empty() => ending = true,
            }
        }
        timeout(WRITE, write.shutdown()).await.unwrap_or(Ok(()))
    }

    /// Has a request judged, unless it is dropped.
    fn take(&self, client: usize, request: Packet, answers: &mut JoinSet<Option<Vec<u8>>>) {
        let (hall, secret) = (Arc::clone(&self.hall), Secret::radsec());
        let Some(turn) = hall.believe(client, &request, (&secret, Belief::Encrypted)) else {
            return;
        };
        answers.spawn(async move {
            let _turn = turn;
            let reply = match request.code() {
                Code::StatusServer => Reply::new(Code::AccessAccept),
                _ => hall.desk.reply(client, &request, &secret).await,
            };
            reply.answer(&request, &secret).ok()
        });
    }
}
