//! What the configuration says of the listener. `docs/hl7.md` explains each setting.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use kinfold_wire::hl7::Processing;
use serde::Deserialize;

use crate::Unusable;

/// Where hospital systems connect, and which ones.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MllpConfig {
    /// Where to listen: `0.0.0.0:2575`.
    pub listen: SocketAddr,
    /// The encryption; without it messages travel in clear.
    #[serde(default)]
    pub tls: Option<MllpTls>,
    /// The systems that may send.
    #[serde(rename = "sender")]
    pub senders: Vec<SenderConfig>,
    /// Connections at a time.
    #[serde(default = "defaults::max_connections")]
    pub max_connections: usize,
    /// Seconds of silence between messages after which a connection is closed.
    #[serde(default = "defaults::idle_timeout_s")]
    pub idle_timeout_s: u64,
    /// Seconds that one message may take to come, and its acknowledgement to go.
    #[serde(default = "defaults::message_timeout_s")]
    pub message_timeout_s: u64,
    /// Bytes that a message may have.
    #[serde(default = "defaults::max_bytes")]
    pub max_bytes: usize,
}

/// How connections are encrypted. The files are read when the node starts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MllpTls {
    /// PEM file of the certificate chain.
    pub certificate: PathBuf,
    /// PEM file of its key.
    pub key: PathBuf,
    /// PEM file of the authorities whose certificates a sender must show; without it none is asked for.
    #[serde(default)]
    pub client_ca: Option<PathBuf>,
}

/// One system that may send.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SenderConfig {
    /// What staff call it.
    pub name: String,
    /// The addresses that it connects from.
    pub addresses: Vec<IpAddr>,
    /// What it calls itself in MSH-3, where that tells it from others at the same address.
    #[serde(default)]
    pub application: Option<String>,
    /// What it calls itself in MSH-4.
    #[serde(default)]
    pub facility: Option<String>,
    /// The zone of times that carry no offset.
    #[serde(default = "defaults::time_zone")]
    pub time_zone: String,
    /// The processing identifiers (MSH-11) that are taken from it: `P`, `T`, `D`.
    #[serde(default = "defaults::processing")]
    pub processing: Vec<Processing>,
}

impl MllpConfig {
    /// The usual settings.
    pub fn at(listen: SocketAddr, senders: Vec<SenderConfig>) -> Self {
        Self {
            listen,
            tls: None,
            senders,
            max_connections: defaults::max_connections(),
            idle_timeout_s: defaults::idle_timeout_s(),
            message_timeout_s: defaults::message_timeout_s(),
            max_bytes: defaults::max_bytes(),
        }
    }

    /// Numbers and lists that would make no sense.
    pub(super) fn check(&self) -> Result<(), Unusable> {
        const DAY: u64 = 24 * 60 * 60;
        let mut problems: Vec<String> = [
            ("max_connections", (1..=10_000).contains(&self.max_connections), "1 to 10000"),
            ("idle_timeout_s", (1..=DAY).contains(&self.idle_timeout_s), "1 to 86400"),
            ("message_timeout_s", (1..=300).contains(&self.message_timeout_s), "1 to 300"),
            ("max_bytes", (4096..=64 << 20).contains(&self.max_bytes), "4096 to 67108864"),
            ("sender", !self.senders.is_empty(), "given at least once"),
        ]
        .into_iter()
        .filter(|(_, fine, _)| !fine)
        .map(|(name, _, range)| format!("{name} must be {range}"))
        .collect();
        for (place, sender) in self.senders.iter().enumerate() {
            problems.extend(sender.problems());
            for before in &self.senders[..place] {
                problems.extend(before.problem_for(sender));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(Unusable::many(problems)) }
    }
}

impl SenderConfig {
    /// The usual settings for a system that connects from these addresses.
    pub fn of(name: &str, addresses: Vec<IpAddr>) -> Self {
        Self {
            name: name.to_owned(),
            addresses,
            application: None,
            facility: None,
            time_zone: defaults::time_zone(),
            processing: defaults::processing(),
        }
    }

    /// What is wrong with a sender that stands after this one.
    fn problem_for(&self, later: &Self) -> Option<String> {
        let (name, hidden) = (&self.name, &later.name);
        if name == hidden {
            return Some(format!("sender {name} stands here twice"));
        }
        let covers =
            |mine: &Option<String>, theirs: &Option<String>| mine.is_none() || mine == theirs;
        let hides = self.addresses.iter().any(|address| later.addresses.contains(address))
            && covers(&self.application, &later.application)
            && covers(&self.facility, &later.facility);
        hides.then(|| {
            format!(
                "sender {hidden} would be taken for {name}, which has the same address: tell them apart by application or facility"
            )
        })
    }

    fn problems(&self) -> Vec<String> {
        let name = &self.name;
        [
            (!name.trim().is_empty(), "a sender needs a name".to_owned()),
            (
                !self.addresses.is_empty(),
                format!("sender {name}: addresses must name one at least"),
            ),
            (!self.processing.is_empty(), format!("sender {name}: processing must be P, T or D")),
        ]
        .into_iter()
        .filter_map(|(fine, problem)| (!fine).then_some(problem))
        .collect()
    }
}

mod defaults {
    use kinfold_wire::hl7::Processing;

    pub(super) const fn max_connections() -> usize {
        64
    }
    pub(super) const fn idle_timeout_s() -> u64 {
        3600
    }
    pub(super) const fn message_timeout_s() -> u64 {
        30
    }
    pub(super) const fn max_bytes() -> usize {
        1 << 20
    }
    pub(super) fn time_zone() -> String {
        "Europe/London".to_owned()
    }
    pub(super) fn processing() -> Vec<Processing> {
        vec![Processing::Production]
    }
}
