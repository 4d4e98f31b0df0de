//! How the server is configured: the table `[store.postgres]` of a node's configuration.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Where the database is, and as whom this node comes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Host name, or the folder of its socket (begins with `/`).
    pub host: String,
    /// Port.
    #[serde(default = "port")]
    pub port: u16,
    /// Database: of this node alone.
    pub database: String,
    /// User: who owns the database.
    pub user: String,
    /// File that holds the password.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// Whether the line is encrypted, and whom it believes.
    #[serde(default)]
    pub tls: ServerTls,
    /// PEM file of certification authorities that are believed besides the system's own.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
}

/// How a connection is encrypted.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum ServerTls {
    /// Encrypted, certificate and host name checked.
    #[default]
    VerifyFull,
    /// Not at all: for a socket or this machine only.
    Off,
}

const fn port() -> u16 {
    5432
}

impl Server {
    /// Relative paths are taken from the configuration's own folder.
    pub fn resolve(&mut self, base: &Path) {
        for file in [&mut self.password_file, &mut self.ca_file].into_iter().flatten() {
            *file = base.join(&*file);
        }
    }

    /// Whether what it says may be sent as it is configured: in plain only to a socket and to this machine.
    pub fn is_sheltered(&self) -> bool {
        let here = self.host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        self.tls == ServerTls::VerifyFull
            || here
            || self.host.starts_with('/')
            || self.host == "localhost"
    }
}
