//! Both listeners: who is believed, how much is judged at a time, and the end in time.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use kinfold_radius::{Code, NotAuthentic, Packet, Secret};
use kinfold_service::{
    ports::{Clock, Entropy},
    sign_in::SignIn,
};
use parking_lot::Mutex;
use tokio::{
    net::{TcpListener, UdpSocket},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::timeout,
};

use super::{
    answered::Answered,
    challenges::Challenges,
    clients::Clients,
    config::{RadSecConfig, RadiusConfig},
    desk::Desk,
    pace::Pace,
    radsec::{self, RadSec},
    state::{RadiusWatch, Wrong},
    udp,
};
use crate::{
    Unusable,
    acceptor::{ServerFiles, acceptor},
};

/// Requests at hand at a time, judged or waiting for it.
const AT_HAND: usize = 256;
/// How long the requests at hand may take when the node stops.
const GRACE: Duration = Duration::from_secs(3);

/// What the listeners are made of, beside their settings.
pub struct RadiusParts {
    /// Who judges what was typed.
    pub sign_in: Arc<SignIn>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance, for the marks of challenges.
    pub entropy: Arc<dyn Entropy>,
}

/// Listens for a VPN's concentrators.
pub struct RadiusListener {
    udp: Option<UdpSocket>,
    radsec: Option<RadSec>,
    hall: Arc<Hall>,
}

/// What both listeners share.
pub(super) struct Hall {
    pub(super) desk: Desk,
    pub(super) answered: Mutex<Answered>,
    pace: Pace,
    at_hand: Arc<Semaphore>,
}

/// What a request is believed by.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Belief {
    /// The Message-Authenticator, which it must have.
    Signed,
    /// The connection: a Message-Authenticator must be right where there is one.
    Encrypted,
}

impl RadiusListener {
    /// Checks the settings whole, reads the files and takes the ports; nothing is read from them yet.
    pub async fn bind(config: &RadiusConfig, parts: RadiusParts) -> Result<Self, Unusable> {
        config.check()?;
        let clients = Clients::open(config).await?;
        let udp = match config.listen {
            Some(address) => Some(UdpSocket::bind(address).await.map_err(taken(address))?),
            None => None,
        };
        let radsec = match &config.radsec {
            Some(radsec) => Some(open(radsec).await?),
            None => None,
        };
        let watch = Arc::new(RadiusWatch::new(clients.iter().map(|client| &client.door.name)));
        let challenges = Challenges::new(Duration::from_secs(config.challenge_s));
        let RadiusParts { sign_in, clock, entropy } = parts;
        let pace = Pace::new(config.requests_per_s, config.clients.len());
        let hall = Hall {
            desk: Desk::new((clients, challenges), watch, sign_in, (clock, entropy)),
            answered: Mutex::default(),
            pace,
            at_hand: Arc::new(Semaphore::new(AT_HAND)),
        };
        Ok(Self { udp, radsec, hall: Arc::new(hall) })
    }

    /// Where it listens over UDP.
    pub fn udp_address(&self) -> Option<io::Result<SocketAddr>> {
        self.udp.as_ref().map(UdpSocket::local_addr)
    }

    /// Where it listens over TLS.
    pub fn radsec_address(&self) -> Option<io::Result<SocketAddr>> {
        self.radsec.as_ref().map(|radsec| radsec.listener.local_addr())
    }

    /// Where its state can be read while it serves.
    pub fn watch(&self) -> Arc<RadiusWatch> {
        Arc::clone(&self.hall.desk.watch)
    }

    /// Serves clients until `stop` resolves; then the requests at hand are answered, and this returns.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        let Self { udp, radsec, hall } = self;
        let (stopper, stopping) = watch::channel(false);
        let mut serving = JoinSet::new();
        if let Some(socket) = udp {
            serving.spawn(udp::serve(Arc::new(socket), Arc::clone(&hall), stopping.clone()));
        }
        if let Some(radsec) = radsec {
            serving.spawn(radsec::serve(radsec, hall, stopping));
        }
        stop.await;
        // There may be nobody left to tell.
        let _ = stopper.send(true);
        let over = async { while serving.join_next().await.is_some() {} };
        if timeout(GRACE, over).await.is_err() {
            serving.shutdown().await;
        }
    }
}

impl Hall {
    /// A turn for a request that is believed and answered here; what is not is counted.
    pub(super) fn believe(
        &self,
        place: usize,
        request: &Packet,
        (secret, belief): (&Secret, Belief),
    ) -> Option<OwnedSemaphorePermit> {
        let watch = &self.desk.watch;
        if !matches!(request.code(), Code::AccessRequest | Code::StatusServer) {
            watch.wrong(Some(place), Wrong::Other);
            return None;
        }
        match request.authenticate(secret) {
            Ok(()) => {}
            Err(NotAuthentic::Missing) if belief == Belief::Encrypted => {}
            Err(NotAuthentic::Missing) => {
                watch.wrong(Some(place), Wrong::Unsigned);
                return None;
            }
            Err(NotAuthentic::Wrong) => {
                watch.wrong(Some(place), Wrong::Secret);
                return None;
            }
        }
        let turn = Arc::clone(&self.at_hand).try_acquire_owned().ok();
        let turn = turn.filter(|_| self.pace.allows(place));
        if turn.is_none() {
            watch.wrong(Some(place), Wrong::TooFast);
            return None;
        }
        let (now, status) = (self.desk.clock.now(), request.code() == Code::StatusServer);
        watch.of(place, |client| {
            client.last = Some(now);
            client.status += u64::from(status);
        });
        turn
    }
}

/// Resolves when the node stops.
pub(super) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // A sender that is gone has stopped, too.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

async fn open(config: &RadSecConfig) -> Result<RadSec, Unusable> {
    let files = ServerFiles {
        setting: "radsec",
        certificate: &config.certificate,
        key: &config.key,
        client_ca: Some(&config.client_ca),
    };
    let acceptor = acceptor(&files).await?;
    let listener = TcpListener::bind(config.listen).await.map_err(taken(config.listen))?;
    Ok(RadSec {
        listener,
        acceptor,
        places: Arc::new(Semaphore::new(config.max_connections)),
        idle: Duration::from_secs(config.idle_timeout_s),
    })
}

fn taken(address: SocketAddr) -> impl Fn(io::Error) -> Unusable {
    move |error| Unusable::one(format!("listen: {address} can't be listened on: {error}"))
}
