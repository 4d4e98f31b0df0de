//! One demonstration for all stories: started on free ports, in a folder of its own, and stopped at the end.

use std::{
    collections::HashMap,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Mutex,
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use kinfold_token::{Generator, OtpauthUri};
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, Command},
    time::{sleep, timeout},
};

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_kinfold");
/// For a machine that does much else.
const READY_WITHIN: Duration = Duration::from_mins(4);
/// So that a story need not wait a minute until a replica counts as not confirmed.
pub(crate) const STALE_AFTER: Duration = Duration::from_secs(15);

/// An agency's node.
#[derive(Clone, Copy)]
pub(crate) enum Node {
    Council,
    Trust,
    Neighbour,
}

/// Somebody who can sign in.
#[derive(Clone, Copy)]
pub(crate) struct Person {
    pub(crate) node: Node,
    pub(crate) user_name: &'static str,
    pub(crate) pin: &'static str,
}

const fn person(node: Node, user_name: &'static str, pin: &'static str) -> Person {
    Person { node, user_name, pin }
}

pub(crate) const NURSE: Person = person(Node::Trust, "nina.nurse", "372849");
pub(crate) const OTHER_NURSE: Person = person(Node::Trust, "noel.nurse", "958126");
pub(crate) const SOCIAL_WORKER: Person = person(Node::Council, "wendy.worker", "518203");
pub(crate) const CUSTODIAN: Person = person(Node::Council, "cora.custodian", "740962");
pub(crate) const NEIGHBOURS_CUSTODIAN: Person = person(Node::Neighbour, "lena.custodian", "318570");
pub(crate) const TRUST_GOVERNANCE: Person = person(Node::Trust, "greta.infogov", "614730");
pub(crate) const COUNCIL_GOVERNANCE: Person = person(Node::Council, "ivan.infogov", "295817");
pub(crate) const OPERATOR: Person = person(Node::Trust, "piet.operator", "283965");

/// The running demonstration.
pub(crate) struct Demonstration {
    process: Child,
    folder: tempfile::TempDir,
    port: u16,
    /// The last step of each token that opened something: a code opens once.
    used: Mutex<HashMap<&'static str, u64>>,
}

impl Demonstration {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        Self::with(&[]).await
    }

    /// One with a second council.
    pub(crate) async fn with_neighbour() -> anyhow::Result<Self> {
        Self::with(&["--neighbour"]).await
    }

    async fn with(more: &[&str]) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let port = free_ports()?;
        let mut process = Command::new(PROGRAM)
            .args(["demo", "--people", "600", "--port", &port.to_string()])
            .args(["--stale-after-s", &STALE_AFTER.as_secs().to_string(), "--folder"])
            .arg(folder.path().join("demo"))
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let output = process.stdout.take().context("the demonstration has no output")?;
        let mut lines = BufReader::new(output).lines();
        let ready = async {
            while let Some(line) = lines.next_line().await? {
                if line.starts_with("Ready.") {
                    // What it says later is let run out, so that it never waits for a reader.
                    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                    return Ok(());
                }
            }
            bail!("the demonstration ended before it was ready")
        };
        timeout(READY_WITHIN, ready).await.context("the demonstration is not ready in time")??;
        Ok(Self { process, folder, port, used: Mutex::default() })
    }

    /// Where an agency's pages are.
    pub(crate) fn address(&self, node: Node) -> String {
        let port = self.port
            + match node {
                Node::Council => 1,
                Node::Trust => 2,
                Node::Neighbour => 7,
            };
        format!("http://localhost:{port}")
    }

    /// Where the trust's node takes hospitals' messages.
    pub(crate) fn hospital_messages(&self) -> (&'static str, u16) {
        ("127.0.0.1", self.port + 6)
    }

    pub(crate) fn config(&self, node: Node) -> PathBuf {
        let name = match node {
            Node::Council => "council",
            Node::Trust => "trust",
            Node::Neighbour => "neighbour",
        };
        self.root().join(name).join("kinfold.toml")
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("demo")
    }

    /// A code that this person's token shows and that has opened nothing yet.
    pub(crate) async fn code(&self, person: Person) -> anyhow::Result<String> {
        let file = self.root().join("tokens").join(format!("{}.otpauth", person.user_name));
        let token: OtpauthUri = std::fs::read_to_string(file)?.trim().parse()?;
        let generator = Generator::new(token.seed(), token.parameters());
        loop {
            let now = now();
            let step = generator.parameters().step.number_at(now).number();
            let fresh = {
                let mut used = self.used.lock().map_err(|_| anyhow::anyhow!("a story panicked"))?;
                let fresh = used.get(person.user_name).is_none_or(|last| *last < step);
                if fresh {
                    used.insert(person.user_name, step);
                }
                fresh
            };
            if fresh {
                return Ok(generator.code_at(now).expose().to_string());
            }
            sleep(Duration::from_millis(200)).await;
        }
    }

    /// Kills a node as a power cut would.
    pub(crate) fn kill(&self, node: Node) -> anyhow::Result<()> {
        let config = self.config(node);
        let pid = serving(&config)?.context("the node does not run")?;
        kill_process(pid, Signal::KILL).context("the node can't be killed")
    }

    /// Runs the program with these lines of input; its output, when it succeeds.
    pub(crate) async fn run(&self, arguments: &[&str], input: &str) -> anyhow::Result<String> {
        let mut process = Command::new(PROGRAM)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        if let Some(mut typed) = process.stdin.take() {
            // A command that needs no input may be gone already.
            let _ = typed.write_all(input.as_bytes()).await;
        }
        let output = process.wait_with_output().await?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "kinfold {} failed: {said}", arguments.join(" "));
        Ok(String::from_utf8(output.stdout)?)
    }
}

impl Drop for Demonstration {
    /// Ctrl-C, as at a terminal; its nodes end with it, and only then does their folder go.
    fn drop(&mut self) {
        let Some(pid) = self.process.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?))
        else {
            return;
        };
        if kill_process(pid, Signal::INT).is_err() {
            return;
        }
        for _ in 0..100 {
            if matches!(self.process.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// The process that serves this configuration.
fn serving(config: &Path) -> anyhow::Result<Option<Pid>> {
    let wanted = config.to_string_lossy();
    for entry in std::fs::read_dir("/proc")? {
        let entry = entry?;
        let Ok(id) = entry.file_name().to_string_lossy().parse::<i32>() else { continue };
        // A process that ended meanwhile has no command line to read.
        let Ok(line) = std::fs::read(entry.path().join("cmdline")) else { continue };
        let mut words = line.split(|byte| *byte == 0).map(String::from_utf8_lossy);
        if words.any(|word| word == wanted) {
            return Ok(Pid::from_raw(id));
        }
    }
    Ok(None)
}

/// The first of eight ports that are free together.
fn free_ports() -> anyhow::Result<u16> {
    for _ in 0..50 {
        let first = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let Some(last) = first.checked_add(7) else { continue };
        if (first..=last).all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok()) {
            return Ok(first);
        }
    }
    bail!("no eight ports in a row are free")
}

#[allow(clippy::disallowed_methods, reason = "tokens outside the program go by the real clock")]
pub(crate) fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}
