//! What the configuration says of RADIUS. `docs/radius.md` explains each setting.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use kinfold_domain::{Role, UserName};
use serde::Deserialize;

use super::network::Network;
use crate::Unusable;

/// Where a VPN's concentrators ask, and which ones.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RadiusConfig {
    /// Where RADIUS over UDP is answered: `10.20.0.5:1812`.
    #[serde(default)]
    pub listen: Option<SocketAddr>,
    /// Where RADIUS over TLS is answered.
    #[serde(default)]
    pub radsec: Option<RadSecConfig>,
    /// The concentrators.
    #[serde(rename = "client")]
    pub clients: Vec<RadiusClientConfig>,
    /// Requests of one client in a second; twice as many at once.
    #[serde(default = "defaults::requests_per_s")]
    pub requests_per_s: u32,
    /// Seconds for which a code that was asked for is waited for.
    #[serde(default = "defaults::challenge_s")]
    pub challenge_s: u64,
}

/// RADIUS over TLS (RFC 6614). The files are read when the node starts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RadSecConfig {
    /// Where: `10.20.0.5:2083`.
    pub listen: SocketAddr,
    /// PEM file of the certificate chain.
    pub certificate: PathBuf,
    /// PEM file of its key.
    pub key: PathBuf,
    /// PEM file of the authorities whose certificates a client must show.
    pub client_ca: PathBuf,
    /// Connections at a time.
    #[serde(default = "defaults::max_connections")]
    pub max_connections: usize,
    /// Seconds of silence after which a connection is closed.
    #[serde(default = "defaults::idle_timeout_s")]
    pub idle_timeout_s: u64,
}

/// A concentrator.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RadiusClientConfig {
    /// Its name in the ledger.
    pub name: UserName,
    /// Where it asks from over UDP.
    #[serde(default)]
    pub addresses: Vec<Network>,
    /// A file that holds the secret shared with it, for UDP.
    #[serde(default)]
    pub secret_file: Option<PathBuf>,
    /// The name in its certificate (subjectAltName), over TLS.
    #[serde(default)]
    pub certificate_name: Option<String>,
    /// Roles that may sign in there; without it every employee.
    #[serde(default)]
    pub roles: Option<Vec<Role>>,
    /// Whether the code is asked for when a PIN alone was typed.
    #[serde(default = "defaults::challenge")]
    pub challenge: bool,
}

impl RadiusConfig {
    /// Takes relative paths from `base`.
    pub fn resolve(&mut self, base: &Path) {
        let mut files: Vec<&mut PathBuf> = Vec::new();
        if let Some(radsec) = &mut self.radsec {
            files.extend([&mut radsec.certificate, &mut radsec.key, &mut radsec.client_ca]);
        }
        files.extend(self.clients.iter_mut().filter_map(|client| client.secret_file.as_mut()));
        for file in files {
            *file = base.join(&*file);
        }
    }

    /// Settings that make no sense, all at once.
    pub fn check(&self) -> Result<(), Unusable> {
        let mut problems: Vec<String> = self.ranges();
        for (place, client) in self.clients.iter().enumerate() {
            problems.extend(client.problems(self));
            for before in &self.clients[..place] {
                problems.extend(before.problem_beside(client));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(Unusable::many(problems)) }
    }

    fn ranges(&self) -> Vec<String> {
        const DAY: u64 = 24 * 60 * 60;
        let (connections, idle) = self
            .radsec
            .as_ref()
            .map_or((1, 1), |radsec| (radsec.max_connections, radsec.idle_timeout_s));
        [
            (
                self.listen.is_some() || self.radsec.is_some(),
                "listen or [radius.radsec] must be given",
            ),
            (!self.clients.is_empty(), "[[radius.client]] must be given at least once"),
            ((1..=10_000).contains(&self.requests_per_s), "requests_per_s must be 1 to 10000"),
            ((10..=300).contains(&self.challenge_s), "challenge_s must be 10 to 300"),
            ((1..=10_000).contains(&connections), "radsec.max_connections must be 1 to 10000"),
            ((1..=DAY).contains(&idle), "radsec.idle_timeout_s must be 1 to 86400"),
        ]
        .into_iter()
        .filter(|(fine, _)| !fine)
        .map(|(_, problem)| problem.to_owned())
        .collect()
    }
}

impl RadiusClientConfig {
    fn problems(&self, all: &RadiusConfig) -> Vec<String> {
        let (udp, tls) = (!self.addresses.is_empty(), self.certificate_name.is_some());
        [
            (udp || tls, "needs addresses and secret_file (UDP), or certificate_name (TLS)"),
            (udp == self.secret_file.is_some(), "needs addresses and secret_file together"),
            (!udp || all.listen.is_some(), "has addresses, and [radius] does not listen over UDP"),
            (
                !tls || all.radsec.is_some(),
                "has a certificate_name, and there is no [radius.radsec]",
            ),
            (
                self.roles.as_ref().is_none_or(|roles| !roles.is_empty()),
                "roles names none: leave it out for every employee",
            ),
        ]
        .into_iter()
        .filter(|(fine, _)| !fine)
        .map(|(_, problem)| format!("client {}: {problem}", self.name))
        .collect()
    }

    /// What is wrong with a client that stands after this one.
    fn problem_beside(&self, later: &Self) -> Option<String> {
        let (name, other) = (&self.name, &later.name);
        if name == other {
            return Some(format!("client {name} stands here twice"));
        }
        if let Some(twice) = later.addresses.iter().find(|known| self.addresses.contains(known)) {
            return Some(format!("clients {name} and {other} have the same address {twice}"));
        }
        let twice = later.certificate_name.as_ref();
        let same = twice.filter(|_| self.certificate_name == later.certificate_name);
        same.map(|twice| {
            format!("clients {name} and {other} have the same certificate_name {twice}")
        })
    }
}

mod defaults {
    pub(super) const fn requests_per_s() -> u32 {
        50
    }
    pub(super) const fn challenge_s() -> u64 {
        60
    }
    pub(super) const fn max_connections() -> usize {
        64
    }
    pub(super) const fn idle_timeout_s() -> u64 {
        3600
    }
    pub(super) const fn challenge() -> bool {
        true
    }
}
