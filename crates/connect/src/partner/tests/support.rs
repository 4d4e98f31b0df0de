//! A partner's node as the tests want it.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use http_body_util::{BodyExt as _, Full, combinators::BoxBody};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use jiff::Timestamp;
use kinfold_domain::AgencyId;
use kinfold_note::{SigningKey, VerifierKey};
use kinfold_service::ports::{Clock, PartnerError, PartnerLink as _, Route};
use kinfold_tls::{Credential, DEFAULT_DAYS, NodeCertificate, Now, Validity, server_config};
use parking_lot::Mutex;
use tokio::{net::TcpListener, task::JoinSet, time::sleep};
use tokio_rustls::TlsAcceptor;

use crate::partner::{Deadlines, Directory, Link, LinkParts, Whereabouts};

/// An answer's body.
pub(super) type Text = BoxBody<Bytes, Infallible>;

pub(super) const NOW: i64 = 1_780_000_000;
pub(super) const DAY: i64 = 86_400;

pub(super) fn key(byte: u8) -> SigningKey {
    SigningKey::from_seed("node.trust.example".parse().unwrap(), &[byte; 32]).unwrap()
}

pub(super) fn certificate(byte: u8, made: i64) -> NodeCertificate {
    let validity = Validity::of_days(Timestamp::from_second(made).unwrap(), DEFAULT_DAYS).unwrap();
    NodeCertificate::issue(&key(byte), validity).unwrap()
}

/// A node of that key whose certificate was made at that time.
pub(super) fn credential(byte: u8, made: i64) -> Arc<Credential> {
    Arc::new(Credential::new(key(byte), certificate(byte, made)).unwrap())
}

/// A clock that tests set.
pub(super) struct SetClock(pub(super) AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

/// A directory of one partner that tests change.
pub(super) struct OneEntry(pub(super) Mutex<Option<(AgencyId, Whereabouts)>>);

impl Directory for OneEntry {
    fn whereabouts(&self, partner: &AgencyId) -> Option<Whereabouts> {
        self.0.lock().clone().filter(|(agency, _)| agency == partner).map(|(_, entry)| entry)
    }
}

pub(super) fn at(port: u16, key: &VerifierKey) -> Whereabouts {
    Whereabouts { endpoint: format!("127.0.0.1:{port}"), key: key.public_key() }
}

pub(super) fn agency() -> AgencyId {
    "the-trust".parse().unwrap()
}

/// This node, key 1, with what tests may change about it.
pub(super) struct Own {
    pub(super) link: Link,
    pub(super) directory: Arc<OneEntry>,
    pub(super) credential: Arc<Credential>,
    pub(super) clock: Arc<SetClock>,
}

pub(super) fn own(whereabouts: Whereabouts, deadlines: Deadlines) -> Own {
    let directory = Arc::new(OneEntry(Mutex::new(Some((agency(), whereabouts)))));
    let credential = credential(1, NOW);
    let clock = Arc::new(SetClock(AtomicI64::new(NOW)));
    let link = Link::new(LinkParts {
        directory: directory.clone(),
        credential: credential.clone(),
        clock: clock.clone(),
        deadlines,
    });
    Own { link, directory, credential, clock }
}

/// Long enough for a busy machine.
pub(super) fn patient() -> Deadlines {
    let long = Duration::from_mins(1);
    Deadlines { connect: long, answer: long, register: long }
}

pub(super) fn link(partner: &Partner) -> Link {
    own(partner.whereabouts(), patient()).link
}

pub(super) async fn asker(link: &Link) -> Result<String, PartnerError> {
    link.send(&agency(), Route::Ask, "ask".to_owned()).await
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

pub(super) fn answer(text: &str) -> Response<Text> {
    let response = Response::builder().header("content-type", "text/plain; charset=utf-8");
    response.body(Full::new(Bytes::from(text.to_owned())).boxed()).unwrap()
}

pub(super) fn problem(status: u16, text: &str) -> Response<Text> {
    let response = Response::builder().status(status);
    let response = response.header("content-type", "application/problem+json");
    response.body(Full::new(Bytes::from(text.to_owned())).boxed()).unwrap()
}

/// A partner's node, key 2 unless told otherwise, that lets key 1 in.
pub(super) struct Partner {
    port: u16,
    seen: Arc<Seen>,
    visits: Arc<Mutex<JoinSet<()>>>,
    _listener: JoinSet<()>,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    messages: AtomicUsize,
    open: AtomicUsize,
}

impl Partner {
    pub(super) async fn start<D, A>(desk: D) -> Self
    where
        D: Fn(String, String) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Response<Text>> + Send + 'static,
    {
        Self::start_as(credential(2, NOW), 1, desk).await
    }

    pub(super) async fn start_as<D, A>(credential: Arc<Credential>, lets_in: u8, desk: D) -> Self
    where
        D: Fn(String, String) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Response<Text>> + Send + 'static,
    {
        let named = key(lets_in).verifier().public_key();
        let now: Now = Arc::new(|| Timestamp::from_second(NOW).unwrap());
        let accepted = Arc::new(move |shown: &[u8; 32]| *shown == named);
        let acceptor = TlsAcceptor::from(server_config(&credential, accepted, now).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (seen, visits) = (Arc::<Seen>::default(), Arc::<Mutex<JoinSet<()>>>::default());
        let mut task = JoinSet::new();
        let (told, held) = (seen.clone(), visits.clone());
        task.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (acceptor, seen, desk) = (acceptor.clone(), told.clone(), desk.clone());
                held.lock().spawn(async move {
                    seen.connections.fetch_add(1, Ordering::Relaxed);
                    let Ok(stream) = acceptor.accept(stream).await else {
                        // So that the alert is read before the socket goes.
                        return sleep(Duration::from_millis(200)).await;
                    };
                    seen.open.fetch_add(1, Ordering::Relaxed);
                    converse(stream, &seen, desk).await;
                    seen.open.fetch_sub(1, Ordering::Relaxed);
                });
            }
        });
        Self { port, seen, visits, _listener: task }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn whereabouts(&self) -> Whereabouts {
        at(self.port, key(2).verifier())
    }

    /// Connections ever made.
    pub(super) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::Relaxed)
    }

    /// Messages ever read.
    pub(super) fn messages(&self) -> usize {
        self.seen.messages.load(Ordering::Relaxed)
    }

    /// Connections open now.
    pub(super) fn open(&self) -> usize {
        self.seen.open.load(Ordering::Relaxed)
    }

    /// Cuts all connections, as a node does that is killed.
    pub(super) async fn cut(&self) {
        let mut visits = std::mem::take(&mut *self.visits.lock());
        visits.shutdown().await;
    }
}

async fn converse<D, A>(
    stream: tokio_rustls::server::TlsStream<tokio::net::TcpStream>,
    seen: &Arc<Seen>,
    desk: D,
) where
    D: Fn(String, String) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Response<Text>> + Send + 'static,
{
    let seen = seen.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let (desk, seen) = (desk.clone(), seen.clone());
        async move {
            let path = request.uri().path().to_owned();
            let note = request.into_body().collect().await.unwrap().to_bytes();
            seen.messages.fetch_add(1, Ordering::Relaxed);
            let note = String::from_utf8(note.to_vec()).unwrap();
            Ok::<_, Infallible>(desk(path, note).await)
        }
    });
    let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
}
