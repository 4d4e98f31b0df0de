//! A node's partners' port, and a peer that asks it.

use std::{
    collections::HashMap,
    io::Cursor,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, body::Bytes, client::conn::http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use jiff::Timestamp;
use kinfold_domain::AgencyId;
use kinfold_note::SigningKey;
use kinfold_service::{
    agreements::RefusedPeer,
    ports::{Clock, Route},
};
use kinfold_tls::{
    Credential, DEFAULT_DAYS, HandshakeFailure, NodeCertificate, Now, Validity, client_config,
};
use parking_lot::Mutex;
use rustls_pki_types::ServerName;
use tokio::{
    io::AsyncReadExt as _,
    net::{TcpListener, TcpStream},
    sync::{Notify, oneshot},
    task::JoinHandle,
    time::sleep,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::partner::{Knocks, Limits, PartnerDesk, PartnerKeys, PartnerParts, serve};

pub(super) const NOW: i64 = 1_780_000_000;
pub(super) const DAY: i64 = 86_400;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn key(byte: u8) -> SigningKey {
    SigningKey::from_seed("node.council.example".parse().unwrap(), &[byte; 32]).unwrap()
}

/// A node's key with a certificate made so many seconds after now.
pub(super) fn credential(byte: u8, made: i64) -> Arc<Credential> {
    let validity = Validity::of_days(at(NOW + made), DEFAULT_DAYS).unwrap();
    let certificate = NodeCertificate::issue(&key(byte), validity).unwrap();
    Arc::new(Credential::new(key(byte), certificate).unwrap())
}

pub(super) struct SetClock(AtomicI64);

impl SetClock {
    pub(super) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        at(self.0.load(Ordering::Relaxed))
    }
}

#[derive(Default)]
pub(super) struct Keys(Mutex<HashMap<[u8; 32], AgencyId>>);

impl Keys {
    pub(super) fn forget(&self) {
        self.0.lock().clear();
    }
}

/// From now on the key is that partner's.
pub(super) fn knows(keys: &Keys, byte: u8, agency: &str) {
    keys.0.lock().insert(key(byte).verifier().public_key(), agency.parse().unwrap());
}

impl PartnerKeys for Keys {
    fn partner_with_key(&self, public_key: &[u8; 32]) -> Option<AgencyId> {
        self.0.lock().get(public_key).cloned()
    }
}

/// Answers with what it was asked; does as the note says if it says `hold`, `panic` or `refuse: …`.
#[derive(Default)]
pub(super) struct Desk {
    answers: AtomicUsize,
    held: Arc<AtomicUsize>,
    go_on: Notify,
}

impl Desk {
    /// How many notes it ever saw.
    pub(super) fn answers(&self) -> usize {
        self.answers.load(Ordering::Relaxed)
    }

    /// How many it holds back now.
    pub(super) fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    pub(super) fn release(&self) {
        self.go_on.notify_waiters();
    }
}

struct Holding(Arc<AtomicUsize>);

impl Drop for Holding {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[async_trait]
impl PartnerDesk for Desk {
    async fn answer(
        &self,
        route: Route,
        peer: &AgencyId,
        note: &[u8],
    ) -> Result<String, RefusedPeer> {
        self.answers.fetch_add(1, Ordering::Relaxed);
        let note = std::str::from_utf8(note).unwrap();
        match note {
            "hold" => {
                let go_on = self.go_on.notified();
                self.held.fetch_add(1, Ordering::Relaxed);
                let _holding = Holding(self.held.clone());
                go_on.await;
            }
            "panic" => panic!("as the test wants"),
            "refuse: clock" => return Err(RefusedPeer::Clock(120)),
            "refuse: other agreement" => return Err(RefusedPeer::OtherAgreement),
            _ => {}
        }
        Ok(format!("{peer} asks {}: {note}", route.path()))
    }
}

/// A node, key 2, whose agreement names key 1 as the council's.
pub(super) struct Node {
    pub(super) address: SocketAddr,
    pub(super) parts: PartnerParts,
    pub(super) keys: Arc<Keys>,
    pub(super) desk: Arc<Desk>,
    pub(super) clock: Arc<SetClock>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Node {
    pub(super) async fn start(limits: Limits) -> Self {
        Self::start_with(credential(2, 0), limits).await
    }

    pub(super) async fn start_with(credential: Arc<Credential>, limits: Limits) -> Self {
        let (keys, desk) = (Arc::<Keys>::default(), Arc::<Desk>::default());
        knows(&keys, 1, "the-council");
        let clock = Arc::new(SetClock(AtomicI64::new(NOW)));
        let parts = PartnerParts {
            credential,
            keys: keys.clone(),
            desk: desk.clone(),
            clock: clock.clone(),
            limits,
            knocks: Arc::<Knocks>::default(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(serve(listener, parts.clone(), async {
            let _ = stopped.await;
        }));
        Self { address, parts, keys, desk, clock, stop: Some(stop), task }
    }

    pub(super) fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    pub(super) async fn stopped(&mut self) {
        (&mut self.task).await.unwrap().unwrap();
    }
}

pub(super) async fn eventually(true_in_the_end: impl Fn() -> bool) {
    for _ in 0..3000 {
        if true_in_the_end() {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came true");
}

/// A TLS connection with that credential, whatever the node makes of it.
pub(super) async fn tls(
    node: &Node,
    credential: &Arc<Credential>,
) -> Result<TlsStream<TcpStream>, HandshakeFailure> {
    let now: Now = Arc::new(|| at(NOW));
    let expected = key(2).verifier().public_key();
    let accepted = Arc::new(move |shown: &[u8; 32]| *shown == expected);
    let config = client_config(credential, accepted, now).unwrap();
    let stream = TcpStream::connect(node.address).await.unwrap();
    let name = ServerName::try_from("node").unwrap();
    let stream = TlsConnector::from(config).connect(name, stream).await;
    stream.map_err(|error| HandshakeFailure::of(&error))
}

/// A partner's node that has been let in.
pub(super) struct Peer {
    sender: http2::SendRequest<Full<Bytes>>,
}

/// What it was told.
pub(super) struct Told {
    pub(super) status: u16,
    pub(super) kind: String,
    pub(super) caching: String,
    pub(super) text: String,
}

impl Peer {
    pub(super) async fn connect(
        node: &Node,
        credential: &Arc<Credential>,
    ) -> Result<Self, HandshakeFailure> {
        let mut stream = tls(node, credential).await?;
        // The head of the node's settings, or its alert.
        let mut first = [0; 9];
        stream.read_exact(&mut first).await.map_err(|error| HandshakeFailure::of(&error))?;
        let (rest, writing) = tokio::io::split(stream);
        let stream = tokio::io::join(Cursor::new(first).chain(rest), writing);
        let (sender, driver) =
            http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
        tokio::spawn(driver);
        Ok(Self { sender })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    pub(super) async fn post(&self, path: &str, note: &str) -> Option<Told> {
        self.send("POST", path, note).await
    }

    /// `None` if the connection broke.
    pub(super) async fn send(&self, method: &str, path: &str, note: &str) -> Option<Told> {
        let request = Request::builder().method(method).uri(format!("https://node{path}"));
        let request = request.body(Full::new(Bytes::from(note.to_owned()))).unwrap();
        let response = self.sender.clone().send_request(request).await.ok()?;
        let (head, body) = response.into_parts();
        let header = |name: &str| {
            let value = head.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
            value.unwrap_or_default()
        };
        Some(Told {
            status: head.status.as_u16(),
            kind: header("content-type"),
            caching: header("cache-control"),
            text: String::from_utf8(body.collect().await.ok()?.to_bytes().to_vec()).unwrap(),
        })
    }
}
