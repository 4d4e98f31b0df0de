//! A trust's node in memory with a nurse and her token, the listener in front of it, and a concentrator's end.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    sync::atomic::{AtomicU8, Ordering},
    time::Duration,
};

use kinfold_connect::radius::{
    RadiusClientConfig, RadiusConfig, RadiusListener, RadiusParts, RadiusState, RadiusWatch,
};
use kinfold_domain::{EmployeeId, UserName};
use kinfold_radius::{
    Code, Kind, Packet, Secret,
    testing::{Ask, judge_reply},
};
use kinfold_service::{
    ports::{Clock, StaffStore},
    records::Entry,
    sign_in::{SessionLimits, SignIn},
    staff::NewEmployee,
    testing::{TestNode, TwoNodes},
};
use kinfold_token::{CodePair, Generator, Pin, Standing};
use tempfile::TempDir;
use tokio::{net::UdpSocket, sync::oneshot, time::timeout};

pub(crate) const PIN: &str = "483906";
pub(crate) const SECRET: &str = "a-secret-for-tests-alone";

pub(crate) fn secret() -> Secret {
    Secret::new(SECRET.as_bytes())
}

pub(crate) fn user() -> UserName {
    "nurse".parse().unwrap()
}

/// A listener that answers a concentrator on this machine.
pub(crate) struct Vpn {
    pub(crate) nodes: TwoNodes,
    pub(crate) folder: TempDir,
    pub(crate) udp: Option<SocketAddr>,
    pub(crate) radsec: Option<SocketAddr>,
    watch: Arc<RadiusWatch>,
    _stop: oneshot::Sender<()>,
}

/// The usual settings: one client on this machine.
pub(crate) fn settings(folder: &Path) -> RadiusConfig {
    RadiusConfig {
        listen: Some("127.0.0.1:0".parse().unwrap()),
        radsec: None,
        clients: vec![client(folder)],
        requests_per_s: 50,
        challenge_s: 60,
    }
}

pub(crate) fn client(folder: &Path) -> RadiusClientConfig {
    RadiusClientConfig {
        name: "vpn-1".parse().unwrap(),
        addresses: vec!["127.0.0.1".parse().unwrap()],
        secret_file: Some(file(folder, "secret", &format!("{SECRET}\n"))),
        certificate_name: None,
        roles: None,
        challenge: true,
    }
}

pub(crate) fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// A sign-in over what a node stands on.
pub(crate) fn sign_in(node: &TestNode) -> Arc<SignIn> {
    Arc::new(SignIn::new(
        Arc::clone(&node.ground.staff) as Arc<dyn StaffStore>,
        node.journal.clone(),
        Arc::clone(&node.own_clock),
        Arc::clone(&node.ground.entropy) as _,
        SessionLimits::default(),
    ))
}

pub(crate) fn parts(node: &TestNode) -> RadiusParts {
    RadiusParts {
        sign_in: sign_in(node),
        clock: Arc::clone(&node.ground.clock) as _,
        entropy: Arc::clone(&node.ground.entropy) as _,
    }
}

impl Vpn {
    /// The usual one.
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// One whose settings were changed.
    pub(crate) async fn with(change: impl FnOnce(&mut RadiusConfig)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = settings(folder.path());
        change(&mut config);
        Self::of(folder, &config).await
    }

    pub(crate) async fn of(folder: TempDir, config: &RadiusConfig) -> Self {
        let nodes = TwoNodes::start().await;
        enrol(&nodes).await;
        let listener = RadiusListener::bind(config, parts(&nodes.trust)).await.unwrap();
        let (udp, radsec) = (listener.udp_address(), listener.radsec_address());
        let (udp, radsec) = (udp.transpose().unwrap(), radsec.transpose().unwrap());
        let watch = listener.watch();
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(listener.serve(async move {
            let _ = stopped.await;
        }));
        Self { nodes, folder, udp, radsec, watch, _stop: stop }
    }

    pub(crate) fn state(&self) -> RadiusState {
        self.watch.state()
    }

    /// What the nurse's token shows now.
    pub(crate) async fn code(&self) -> String {
        code(&self.nodes, Standing::InUse, 0).await
    }

    /// Her PIN with that code behind it.
    pub(crate) async fn right(&self) -> String {
        format!("{PIN}{}", self.code().await)
    }

    pub(crate) async fn employee(&self) -> EmployeeId {
        self.nodes.trust.ground.staff.account(&user()).await.unwrap().unwrap().employee.id
    }

    /// What the ledger says of sign-ins: how or why, and by which door.
    pub(crate) fn recorded(&self) -> Vec<String> {
        let told = |entry: Entry| match entry {
            Entry::SignedIn { how: word, by, .. } | Entry::SignInRefused { why: word, by, .. } => {
                Some(format!("{word} {}", by.unwrap_or_default()).trim().to_owned())
            }
            _ => None,
        };
        self.nodes.trust.entries(0).into_iter().filter_map(told).collect()
    }

    pub(crate) async fn concentrator(&self) -> Concentrator {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        socket.connect(self.udp.unwrap()).await.unwrap();
        Concentrator { socket, number: AtomicU8::new(0) }
    }
}

async fn code(nodes: &TwoNodes, standing: Standing, after: i64) -> String {
    let ground = &nodes.trust.ground;
    let account = ground.staff.account(&user()).await.unwrap().unwrap();
    let token = ground.staff.token(account.employee.id, standing).await.unwrap().unwrap();
    let at = ground.clock.now() + jiff::SignedDuration::from_secs(after);
    Generator::new(&token.seed, token.parameters).code_at(at).expose().to_string()
}

async fn enrol(nodes: &TwoNodes) {
    let new = NewEmployee {
        user_name: user(),
        name: "Nurse Testperson".to_owned(),
        job_title: "Nurse".to_owned(),
        role: "ed-clinician".parse().unwrap(),
        email: None,
    };
    let staff = &nodes.trust.staff;
    staff.add(new, &PIN.parse::<Pin>().unwrap().choose().unwrap()).await.unwrap();
    staff.issue_token(&user()).await.unwrap();
    let codes = CodePair::new(
        code(nodes, Standing::Assigned, 0).await.parse().unwrap(),
        code(nodes, Standing::Assigned, 8).await.parse().unwrap(),
    );
    staff.confirm_token(&user(), &codes).await.unwrap();
    nodes.advance(60);
}

/// A concentrator's end of UDP.
pub(crate) struct Concentrator {
    socket: UdpSocket,
    number: AtomicU8,
}

/// What was answered.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Told {
    pub(crate) code: Code,
    pub(crate) words: String,
    pub(crate) state: Option<Vec<u8>>,
}

pub(crate) fn told(reply: &Packet) -> Told {
    let words = reply.attributes().filter(|known| known.kind == Kind::REPLY_MESSAGE);
    let words: Vec<u8> = words.flat_map(|known| known.value.to_vec()).collect();
    Told {
        code: reply.code(),
        words: String::from_utf8(words).unwrap(),
        state: reply.first(Kind::STATE).map(<[u8]>::to_vec),
    }
}

impl Concentrator {
    /// A request that was not made before.
    pub(crate) fn access(&self, user: &str) -> (Ask, [u8; 16]) {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let mut asked = [number; 16];
        asked[0] = self.socket.local_addr().unwrap().port().to_be_bytes()[1];
        (Ask::access(number, asked, user), asked)
    }

    /// Sends octets and waits for some.
    pub(crate) async fn send(&self, octets: &[u8], patience: Duration) -> Option<Vec<u8>> {
        self.socket.send(octets).await.unwrap();
        let mut answer = vec![0; 4096];
        let length = timeout(patience, self.socket.recv(&mut answer)).await.ok()?.unwrap();
        answer.truncate(length);
        Some(answer)
    }

    /// Sends octets that nobody answers.
    pub(crate) async fn dropped(&self, octets: &[u8]) {
        let answer = self.send(octets, Duration::from_millis(300)).await;
        assert_eq!(answer, None, "it was answered");
    }

    /// What a request is answered, with both authenticators right.
    pub(crate) async fn ask(&self, ask: Ask, asked: [u8; 16]) -> Told {
        let octets = ask.signed(&secret());
        let answer = self.send(&octets, Duration::from_secs(10)).await.unwrap();
        told(&judge_reply(&answer, asked, &secret()).unwrap())
    }

    /// What somebody who types this is told.
    pub(crate) async fn types(&self, user: &str, typed: &str) -> Told {
        let (ask, asked) = self.access(user);
        self.ask(ask.password(typed.as_bytes(), &secret()), asked).await
    }

    /// The same as the answer to a challenge.
    pub(crate) async fn answers(&self, user: &str, typed: &str, state: &[u8]) -> Told {
        let (ask, asked) = self.access(user);
        let ask = ask.password(typed.as_bytes(), &secret()).with(Kind::STATE, state);
        self.ask(ask, asked).await
    }
}
