//! Two nodes and a hospital as processes of their own, on a copy of one built demonstration.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{MutexGuard, OnceLock, PoisonError},
    thread::sleep,
    time::{Duration, Instant},
};

use kinfold_domain::Subject;
use kinfold_sample::{District, StoryKey};
use rustix::process::{Pid, Signal, kill_process};

use crate::built::{Built, copy, scratch};

/// How long anything may take that happens by itself.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

static BUILT: OnceLock<Built> = OnceLock::new();
static WITH_NEIGHBOUR: OnceLock<Built> = OnceLock::new();

/// The time.
#[expect(clippy::disallowed_methods, reason = "whole processes live by the machine's clock")]
pub(crate) fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// What a test plays on. Dropped, its processes are killed and its folder is removed.
pub(crate) struct Stage {
    root: PathBuf,
    base: u16,
    trace: bool,
    surroundings: Vec<(&'static str, PathBuf)>,
    processes: Vec<(&'static str, Child)>,
    built: &'static Built,
    _turn: MutexGuard<'static, ()>,
}

impl Stage {
    /// A fresh copy of the demonstration; nothing runs yet.
    pub(crate) fn set(name: &str) -> Self {
        Self::of(name, BUILT.get_or_init(Built::new))
    }

    /// The same with a second council.
    pub(crate) fn with_neighbour(name: &str) -> Self {
        Self::of(name, WITH_NEIGHBOUR.get_or_init(Built::with_neighbour))
    }

    fn of(name: &str, built: &'static Built) -> Self {
        let turn = built.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let root = scratch(&format!("faults-{name}"));
        let _ = fs::remove_dir_all(&root);
        let stage = Self {
            root,
            base: built.base,
            trace: false,
            surroundings: Vec::new(),
            processes: Vec::new(),
            built,
            _turn: turn,
        };
        copy(&built.folder, &stage.root);
        stage
    }

    /// A copy on which everything runs and is up to date.
    pub(crate) fn running(name: &str) -> Self {
        let mut stage = Self::set(name);
        stage.start_all();
        stage
    }

    /// Gives every process that is started from now on an environment variable.
    pub(crate) fn surround(&mut self, name: &'static str, path: PathBuf) {
        self.surroundings.push((name, path));
    }

    /// Has processes that are started from now on log all they can.
    pub(crate) fn trace(&mut self) {
        self.trace = true;
    }

    /// Starts everything and waits until it is up to date.
    pub(crate) fn start_all(&mut self) {
        self.hospital();
        self.serve("council");
        self.serve("trust");
        self.settle();
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn config(&self, node: &str) -> PathBuf {
        self.root.join(node).join("kinfold.toml")
    }

    pub(crate) fn web(&self, node: &str) -> u16 {
        self.base
            + match node {
                "council" => 1,
                "neighbour" => 7,
                _ => 2,
            }
    }

    /// Where a node answers its partner, by the agreement.
    pub(crate) fn partner(&self, node: &str) -> u16 {
        self.base
            + match node {
                "council" => 3,
                "neighbour" => 0,
                _ => 4,
            }
    }

    /// A port that nobody uses, but for a neighbour.
    pub(crate) fn free_port(&self) -> u16 {
        self.base + 7
    }

    pub(crate) fn hospital_port(&self) -> u16 {
        self.base + 5
    }

    /// Where the trust's node takes hospitals' messages.
    pub(crate) fn hospital_messages(&self) -> u16 {
        self.base + 6
    }

    pub(crate) fn district(&self) -> &District {
        &self.built.district
    }

    /// What to type for a child of the demonstration.
    pub(crate) fn child(&self, key: StoryKey) -> Subject {
        self.built.district.story(key).expect("a story").ask.clone()
    }

    /// Changes a node's configuration.
    pub(crate) fn configure(&self, node: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.config(node)).expect("a configuration");
        assert!(text.contains(from), "{from} is not configured");
        fs::write(self.config(node), text.replace(from, to)).expect("a written configuration");
    }

    /// A command of the program.
    pub(crate) fn kinfold(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kinfold"));
        command.args(arguments).current_dir(&self.root);
        command.envs(self.surroundings.iter().map(|(name, path)| (name, path)));
        command
    }

    /// Runs a command of the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.kinfold(arguments).output().expect("the program runs")
    }

    /// Runs a command that must succeed.
    #[track_caller]
    pub(crate) fn must(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {told}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Starts the hospital's server.
    pub(crate) fn hospital(&mut self) {
        let listen = format!("127.0.0.1:{}", self.hospital_port());
        let arguments = ["sample", "hospital", "--records", "trust/hospital.sqlite", "--listen"];
        let mut command = self.kinfold(&arguments);
        command.args([&listen, "--token-file", "trust/hospital.token"]);
        self.start("hospital", command);
    }

    /// Starts a node and waits until it serves.
    pub(crate) fn serve(&mut self, node: &'static str) {
        let command = self.kinfold(&["serve", "--config", &format!("{node}/kinfold.toml")]);
        self.start_node(node, command);
    }

    /// Starts a node whose clock is ahead.
    pub(crate) fn serve_ahead(&mut self, node: &'static str, library: &Path, ahead: &str) {
        let mut command = self.kinfold(&["serve", "--config", &format!("{node}/kinfold.toml")]);
        command.env("LD_PRELOAD", library).env("FAKETIME", ahead).env("DONT_FAKE_MONOTONIC", "1");
        self.start_node(node, command);
    }

    fn start_node(&mut self, node: &'static str, command: Command) {
        self.start(node, command);
        let serves = || crate::browser::Browser::at(self, node);
        wait_for("a node that serves", || {
            std::net::TcpStream::connect(("127.0.0.1", self.web(node))).is_ok()
                && serves().get("/healthz").status == 200
        });
    }

    fn start(&mut self, what: &'static str, mut command: Command) {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.log_file(what));
        if self.trace {
            command.env("RUST_LOG", "trace");
        }
        let log = log.expect("a log");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.processes.push((what, command.spawn().expect("the program runs")));
    }

    fn log_file(&self, what: &str) -> PathBuf {
        self.root.join(format!("{what}.log"))
    }

    /// What a process logged.
    pub(crate) fn log(&self, what: &str) -> String {
        fs::read_to_string(self.log_file(what)).unwrap_or_default()
    }

    /// Kills a process as a power cut would.
    pub(crate) fn kill(&mut self, what: &str) {
        let mut child = self.take(what);
        child.kill().expect("it ran");
        child.wait().expect("it ended");
    }

    /// Sends a signal and waits for the end: its status and how long it took.
    pub(crate) fn signal(&mut self, what: &str, signal: Signal) -> (Option<i32>, Duration) {
        let mut child = self.take(what);
        let begun = Instant::now();
        kill_process(Pid::from_child(&child), signal).expect("it ran");
        let mut status = None;
        wait_for("a process that ends", || {
            status = child.try_wait().expect("a child");
            status.is_some()
        });
        (status.and_then(|status| status.code()), begun.elapsed())
    }

    /// Whether a process ends by itself within a few seconds; then it is forgotten.
    pub(crate) fn has_ended(&mut self, what: &str) -> bool {
        let mut child = self.take(what);
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(6) {
            if child.try_wait().expect("a child").is_some() {
                return true;
            }
            sleep(Duration::from_millis(100));
        }
        let name = if what == "trust" { "trust" } else { "council" };
        self.processes.push((name, child));
        false
    }

    fn take(&mut self, what: &str) -> Child {
        let place = self.processes.iter().position(|(name, _)| *name == what);
        self.processes.remove(place.expect("a process of this name")).1
    }

    /// How a node stands, as its control socket tells.
    pub(crate) fn status(&self, node: &str) -> Option<serde_json::Value> {
        let mut socket =
            UnixStream::connect(self.root.join(node).join("data/control.sock")).ok()?;
        socket.write_all(b"{\"do\":\"status\"}\n").ok()?;
        let mut line = String::new();
        BufReader::new(socket).read_line(&mut line).ok()?;
        serde_json::from_str(&line).ok()
    }

    /// Waits until both nodes know their people, and the register is read and replicated.
    pub(crate) fn settle(&self) {
        self.settled("council");
        self.settled("trust");
    }

    /// Waits until a node knows its people and an up-to-date register.
    pub(crate) fn settled(&self, node: &str) {
        wait_for("a node that is up to date", || {
            self.status(node).is_some_and(|status| {
                self.knows_people(node)
                    && status["register"].as_u64() > Some(0)
                    && status["fresh"] == true
            })
        });
    }

    /// Whether a node knows all its people.
    pub(crate) fn knows_people(&self, node: &str) -> bool {
        let district = self.district();
        let people = if node == "council" { &district.clients } else { &district.patients };
        let known = self.status(node).and_then(|status| status["people"].as_u64());
        known.is_some_and(|known| known >= people.len() as u64)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        for (_, child) in &mut self.processes {
            let _ = child.kill();
            let _ = child.wait();
        }
        // What a failed test left may tell why it failed.
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.root);
        }
    }
}

/// Waits until something is so.
#[track_caller]
pub(crate) fn wait_for(what: &str, mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        sleep(Duration::from_millis(100));
    }
}

/// Says that a test can't be run on this machine; where all must run, that is a failure.
pub(crate) fn skip(why: &str) {
    assert!(std::env::var("CI").as_deref() != Ok("true"), "can't be skipped: {why}");
    println!("skipped: {why}");
}
