//! RADIUS over UDP.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use kinfold_radius::{Code, MAX_LENGTH, Packet, Reply, Secret};
use tokio::{
    net::UdpSocket,
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep},
};

use super::{
    answered::{Before, Mark},
    listener::{Belief, Hall, stopped},
    state::Wrong,
};

/// When the system can give no packet, one more try makes it no better at once.
const PAUSE: Duration = Duration::from_millis(50);

/// What is done about a packet at once.
pub(super) enum Received {
    /// Nothing, or nothing yet.
    Nothing,
    /// This is sent back.
    Answer(Vec<u8>),
    /// It is judged.
    Ask(Box<Ask>),
}

/// A request that was believed and did not come before.
pub(super) struct Ask {
    place: usize,
    secret: Secret,
    request: Packet,
    mark: Mark,
    _turn: tokio::sync::OwnedSemaphorePermit,
}

/// Answers packets until the node stops; the requests at hand are answered still.
pub(super) async fn serve(
    socket: Arc<UdpSocket>,
    hall: Arc<Hall>,
    mut stopping: watch::Receiver<bool>,
) {
    let mut asks = JoinSet::new();
    // One octet more than a packet can have: it tells a longer one.
    let mut octets = vec![0; MAX_LENGTH + 1];
    loop {
        let received = tokio::select! {
            () = stopped(&mut stopping) => break,
            Some(_) = asks.join_next() => continue,
            received = socket.recv_from(&mut octets) => received,
        };
        match received {
            Ok((length, from)) => match receive(&hall, from, &octets[..length]) {
                Received::Nothing => {}
                Received::Answer(octets) => send(&socket, &octets, from).await,
                Received::Ask(ask) => {
                    let (socket, hall) = (Arc::clone(&socket), Arc::clone(&hall));
                    asks.spawn(async move {
                        if let Some(octets) = answer(&hall, *ask).await {
                            send(&socket, &octets, from).await;
                        }
                    });
                }
            },
            Err(error) => {
                tracing::warn!(%error, "the RADIUS port can take no packet");
                sleep(PAUSE).await;
            }
        }
    }
    while asks.join_next().await.is_some() {}
}

/// A lost answer is as good as one lost on the way: the client asks again.
async fn send(socket: &UdpSocket, octets: &[u8], to: SocketAddr) {
    if let Err(error) = socket.send_to(octets, to).await {
        tracing::debug!(error = %error.kind(), "a RADIUS answer could not be sent");
    }
}

/// Whose packet this is, whether it is believed, and whether it came before.
fn receive(hall: &Hall, from: SocketAddr, octets: &[u8]) -> Received {
    let Some((place, secret)) = hall.desk.clients.at(from.ip()) else {
        hall.desk.watch.wrong(None, Wrong::Stranger);
        return Received::Nothing;
    };
    let whole = Some(octets).filter(|octets| octets.len() <= MAX_LENGTH);
    let Some(request) = whole.and_then(|octets| Packet::parse(octets).ok()) else {
        hall.desk.watch.wrong(Some(place), Wrong::Malformed);
        return Received::Nothing;
    };
    let Some(turn) = hall.believe(place, &request, (secret, Belief::Signed)) else {
        return Received::Nothing;
    };
    if request.code() == Code::StatusServer {
        let alive = Reply::new(Code::AccessAccept).answer(&request, secret);
        return alive.map_or(Received::Nothing, Received::Answer);
    }
    let mark = (from, request.identifier(), request.authenticator());
    match hall.answered.lock().begin(mark, Instant::now()) {
        Before::Never => {
            let secret = secret.clone();
            Received::Ask(Box::new(Ask { place, secret, request, mark, _turn: turn }))
        }
        before => {
            hall.desk.watch.of(place, |client| client.again += 1);
            match before {
                Before::Answered(octets) => Received::Answer(octets),
                _ => Received::Nothing,
            }
        }
    }
}

async fn answer(hall: &Hall, ask: Ask) -> Option<Vec<u8>> {
    let reply = hall.desk.reply(ask.place, &ask.request, &ask.secret).await;
    let octets = reply.answer(&ask.request, &ask.secret).ok()?;
    hall.answered.lock().answer(&ask.mark, &octets);
    Some(octets)
}
