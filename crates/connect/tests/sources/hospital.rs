//! A listener with a desk in memory, and a hospital's end of a connection.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use kinfold_connect::Unusable;
use kinfold_connect::mllp::{MllpConfig, MllpListener, MllpState, SenderConfig, Watch};
use kinfold_domain::MovementEvent;
use kinfold_service::ports::{HospitalDesk, PortError, Received, Taken};
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::support::noon;

/// Keeps what it is handed, unless it is told to fail or to take its time.
#[derive(Default)]
pub(crate) struct Desk {
    pub(crate) kept: Mutex<Vec<Received>>,
    pub(crate) fails: Mutex<bool>,
    pub(crate) takes: Mutex<Duration>,
}

#[async_trait]
impl HospitalDesk for Desk {
    async fn take(&self, received: Received) -> Result<Taken, PortError> {
        let takes = *self.takes.lock();
        sleep(takes).await;
        if *self.fails.lock() {
            return Err(PortError::new("keeping a hospital's message", "the disk is full"));
        }
        let mut kept = self.kept.lock();
        let same = |other: &Received| {
            (&other.sender, &other.control_id) == (&received.sender, &received.control_id)
        };
        if kept.iter().any(same) {
            return Ok(Taken::Again);
        }
        kept.push(received);
        Ok(Taken::Kept)
    }
}

impl Desk {
    /// The control ids of what was kept, in order.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.kept.lock().iter().map(|received| received.control_id.clone()).collect()
    }

    pub(crate) fn events(&self) -> Vec<Option<MovementEvent>> {
        let kept = self.kept.lock();
        kept.iter().map(|r| r.content.as_ref().ok().map(|movement| movement.event)).collect()
    }
}

pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) desk: Arc<Desk>,
    watch: Arc<Watch>,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

pub(crate) fn config() -> MllpConfig {
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    MllpConfig::at((here, 0).into(), vec![SenderConfig::of("pas", vec![here])])
}

pub(crate) async fn bind(config: &MllpConfig) -> Result<MllpListener, Unusable> {
    MllpListener::bind(config, Arc::new(Desk::default()), noon()).await
}

impl Running {
    pub(crate) async fn start(config: &MllpConfig) -> Self {
        let desk = Arc::new(Desk::default());
        let shared: Arc<dyn HospitalDesk> = Arc::<Desk>::clone(&desk);
        let listener = MllpListener::bind(config, shared, noon()).await.unwrap();
        let (address, watch) = (listener.address().unwrap(), listener.watch());
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(listener.serve(async move {
            let _ = stopped.await;
        }));
        Self { address, desk, watch, stop: Some(stop), serving }
    }

    pub(crate) fn state(&self) -> MllpState {
        self.watch.state()
    }

    pub(crate) async fn connect(&self) -> Client<TcpStream> {
        Client(TcpStream::connect(self.address).await.unwrap())
    }

    pub(crate) fn ask_to_stop(&mut self) {
        let _ = self.stop.take().unwrap().send(());
    }

    pub(crate) async fn stopped(self) {
        timeout(Duration::from_secs(5), self.serving).await.unwrap().unwrap();
    }

    /// Waits until the state is as wanted.
    pub(crate) async fn until(&self, wanted: impl Fn(&MllpState) -> bool) {
        for _ in 0..500 {
            if wanted(&self.state()) {
                return;
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("it never came to that: {:?}", self.state());
    }
}

/// A hospital's end.
pub(crate) struct Client<S>(pub(crate) S);

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
        self.0.flush().await.unwrap();
    }

    /// The next acknowledgement without its frame; `None` when the connection is closed instead.
    pub(crate) async fn answer(&mut self) -> Option<String> {
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\x1c\r") {
            let read = timeout(Duration::from_secs(10), self.0.read_u8()).await.unwrap();
            let Ok(byte) = read else {
                assert!(bytes.is_empty(), "an acknowledgement broke off");
                return None;
            };
            bytes.push(byte);
        }
        let text = String::from_utf8(bytes).unwrap();
        Some(text.strip_prefix('\u{b}').unwrap().trim_end_matches("\u{1c}\r").to_owned())
    }

    /// Sends a message and returns what MSA says: code and control id.
    pub(crate) async fn ask(&mut self, message: &str) -> String {
        self.send(&frame(message)).await;
        verdict(&self.answer().await.unwrap())
    }
}

/// `AA|id` of an acknowledgement.
pub(crate) fn verdict(answer: &str) -> String {
    let msa = answer.split('\r').find_map(|segment| segment.strip_prefix("MSA|")).unwrap();
    msa.split('|').take(2).collect::<Vec<_>>().join("|")
}

pub(crate) fn frame(message: &str) -> Vec<u8> {
    format!("\u{b}{message}\u{1c}\r").into_bytes()
}

/// A message of an invented child.
pub(crate) fn message(event: &str, id: &str) -> String {
    format!(
        "MSH|^~\\&|PAS|ASHMOOR|KINFOLD|ASHMOOR|20261101115500||ADT^{event}|{id}|P|2.5.1|||AL|NE\r\
         EVN|{event}|20261101115500\r\
         PID|1||H0012345^^^ASHMOOR^MR~9990000018^^^NHS^NH||Testperson^Adeline||20190331|F|||1 Sample Row^^Ashmoor^^S60 1AA\r\
         MRG|H0054321\r\
         PV1|1|E|ED||||||||||||||||V1\r"
    )
}

/// One that can't be read.
pub(crate) fn broken(id: &str) -> String {
    message("A04", id).replace("H0012345^^^ASHMOOR^MR~9990000018^^^NHS^NH", "")
}
