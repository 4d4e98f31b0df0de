//! Runs the demonstration's processes: two nodes and the hospital's server, each on its own.

use std::{path::Path, process::Stdio, time::Duration};

use anyhow::{Context, bail};
use kinfold_sample::District;
use rustix::process::{Pid, Signal};
use tokio::process::{Child, Command};

use super::{Places, arrivals::FrontDesk, build, screen};
use crate::{
    commands::serve::stopped,
    config::Config,
    control::{self, Answer, Request},
};

/// How long a process may take to end by itself.
const GRACE: Duration = Duration::from_secs(6);
/// How long the nodes may take until they know their people.
const PATIENCE: Duration = Duration::from_mins(3);

/// The nodes by the names of their folders.
const NODES: [(&str, &str); 3] = [
    ("council", "the council's node"),
    ("trust", "the trust's node"),
    ("neighbour", "the neighbouring council's node"),
];

/// A process of the demonstration.
struct Process {
    what: &'static str,
    child: Child,
}

/// The processes of a demonstration. Dropped, they are killed.
pub(crate) struct Processes(Vec<Process>);

pub(super) async fn run(places: &Places, district: &District) -> anyhow::Result<()> {
    let mut processes = Processes::start(places)?;
    let outcome = tokio::select! {
        outcome = show(places, district) => outcome,
        outcome = processes.first_ended() => outcome,
        () = stopped(false) => Ok(()),
    };
    crate::telemetry::say("\nStopping.");
    processes.stop().await?;
    outcome
}

async fn show(places: &Places, district: &District) -> anyhow::Result<()> {
    let waiting = wait_until_ready(places, district);
    tokio::time::timeout(PATIENCE, waiting)
        .await
        .context("the nodes do not get ready: look at their logs")??;
    build::told(places);
    screen::introduce(places, district);
    tokio::select! {
        outcome = screen::codes(places) => outcome,
        outcome = FrontDesk::open(places, district).work() => outcome,
    }
}

impl Processes {
    /// Starts them all.
    pub(crate) fn start(places: &Places) -> anyhow::Result<Self> {
        let mut processes = Self::without_nodes(places)?;
        for (name, _) in places.agencies() {
            processes.start_node(places, name)?;
        }
        Ok(processes)
    }

    /// Starts the hospital's server alone.
    pub(crate) fn without_nodes(places: &Places) -> anyhow::Result<Self> {
        let program = std::env::current_exe()?;
        let listen = format!("127.0.0.1:{}", places.fhir());
        let mut sample = Command::new(&program);
        sample.args(["sample", "hospital", "--with-parent", "--listen", &listen]);
        sample.arg("--records").arg(places.hospital());
        sample.arg("--token-file").arg(places.hospital_token());
        let log = places.agency("trust").join("hospital.log");
        Ok(Self(vec![spawn("the hospital's server", sample, &log)?]))
    }

    /// Starts one node by the name of its folder.
    pub(crate) fn start_node(&mut self, places: &Places, name: &str) -> anyhow::Result<()> {
        let mut node = Command::new(std::env::current_exe()?);
        node.args(["serve", "--with-parent", "--config"]).arg(places.config(name));
        self.0.push(spawn(node_called(name)?, node, &places.agency(name).join("node.log"))?);
        Ok(())
    }

    /// Lets a node stand still, as one that can't be reached, or go on.
    pub(crate) fn hold_node(&self, name: &str, still: bool) -> anyhow::Result<()> {
        let pid = self.pid(name)?;
        let signal = if still { Signal::STOP } else { Signal::CONT };
        Ok(rustix::process::kill_process(pid, signal)?)
    }

    fn pid(&self, name: &str) -> anyhow::Result<Pid> {
        let what = node_called(name)?;
        let process = self.0.iter().find(|process| process.what == what);
        let id = process.and_then(|process| process.child.id()).context("it does not run")?;
        i32::try_from(id).ok().and_then(Pid::from_raw).context("it has no process")
    }

    /// Tells each to stop, waits, and kills what does not.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        for process in &mut self.0 {
            // Its end of standard input tells it to stop.
            drop(process.child.stdin.take());
        }
        for process in &mut self.0 {
            if tokio::time::timeout(GRACE, process.child.wait()).await.is_err() {
                let killed = process.child.kill().await;
                killed.with_context(|| format!("{} does not end", process.what))?;
            }
        }
        Ok(())
    }

    /// The resident memory of a node, in KiB.
    pub(crate) fn memory_kib(&self, name: &str) -> anyhow::Result<u64> {
        let id = self.pid(name)?.as_raw_nonzero();
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let words = line.and_then(|line| line.split_whitespace().nth(1));
        words.and_then(|kib| kib.parse().ok()).context("the system does not tell its memory")
    }

    /// A demonstration without one of its processes still shows what the others do then: that is told, and the rest goes on.
    async fn first_ended(&mut self) -> anyhow::Result<()> {
        let mut ended: Vec<&str> = Vec::new();
        loop {
            for process in &mut self.0 {
                if let Some(status) = process.child.try_wait()?
                    && !ended.contains(&process.what)
                {
                    ended.push(process.what);
                    screen::ended(process.what, &status.to_string());
                }
            }
            if ended.len() == self.0.len() {
                bail!("every process of the demonstration has ended");
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

fn node_called(name: &str) -> anyhow::Result<&'static str> {
    let known = NODES.iter().find(|(node, _)| *node == name);
    Ok(known.context("no node of that name")?.1)
}

fn spawn(what: &'static str, mut command: Command, log: &Path) -> anyhow::Result<Process> {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(log)?;
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("{what} can't be started"))?;
    Ok(Process { what, child })
}

/// Waits until both nodes know their people, the register is read and replicated.
pub(crate) async fn wait_until_ready(places: &Places, district: &District) -> anyhow::Result<()> {
    let mut sockets = Vec::new();
    for (name, _) in places.agencies() {
        sockets.push(control::socket(&Config::read(&places.config(name))?));
    }
    // The neighbour's people are not this district's.
    let expected = [district.clients.len(), district.patients.len(), 0];
    let bar = screen::bar(expected.iter().sum::<usize>());
    loop {
        let mut people = 0;
        let mut ready = true;
        for (socket, expected) in sockets.iter().zip(expected) {
            match control::ask(socket, &Request::Status).await {
                Ok(Some(Answer::Status { people: here, register, fresh, .. })) => {
                    people += here.min(expected);
                    // Rows that a source rejects are work for somebody, not a reason to wait for ever.
                    ready &= here * 100 >= expected * 95 && register > 0 && fresh;
                }
                _ => ready = false,
            }
        }
        bar.set_position(people as u64);
        if ready {
            bar.finish_and_clear();
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
