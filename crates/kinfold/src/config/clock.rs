//! The time service by which this node's own clock is checked.

use anyhow::ensure;
use serde::Deserialize;
use url::Host;

/// More servers than that make nothing surer.
const MOST: usize = 8;

/// The time service.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClockConfig {
    /// Its servers. Without any the clock is not checked.
    #[serde(default)]
    pub(crate) time_servers: Vec<TimeServer>,
}

/// A server that answers SNTP: a host and a port.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(try_from = "String")]
pub(crate) struct TimeServer(pub(crate) String);

impl TryFrom<String> for TimeServer {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let parts = text.rsplit_once(':').and_then(|(host, port)| {
            let port: u16 = port.parse().ok().filter(|port| *port > 0)?;
            Host::parse(host).ok().map(|host| (host, port))
        });
        match parts {
            Some((host, port)) => Ok(Self(format!("{host}:{port}"))),
            None => Err("a time server is a host and a port, such as time.our-agency.example:123"),
        }
    }
}

impl ClockConfig {
    pub(super) fn check(&self) -> anyhow::Result<()> {
        let mut servers: Vec<&TimeServer> = self.time_servers.iter().collect();
        servers.sort_unstable();
        servers.dedup();
        ensure!(
            servers.len() == self.time_servers.len(),
            "[clock] time_servers names a server twice"
        );
        ensure!(servers.len() <= MOST, "[clock] time_servers names more than {MOST} servers");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{ClockConfig, TimeServer};

    #[test]
    fn a_time_server_is_a_host_and_a_port() {
        let table = [
            ("time.example:123", "time.example:123"),
            ("Time.Example:0123", "time.example:123"),
            ("10.0.0.1:123", "10.0.0.1:123"),
            ("[::1]:1123", "[::1]:1123"),
        ];
        for (text, read) in table {
            assert_eq!(TimeServer::try_from(text.to_owned()), Ok(TimeServer(read.to_owned())));
        }
        for bad in
            ["", "time.example", "time.example:", "time.example:0", ":123", "::1:123", "a b:123"]
        {
            assert!(TimeServer::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn servers_are_named_once_and_are_not_many() {
        let of = |names: &[String]| {
            let server = |name: &String| TimeServer::try_from(name.clone()).unwrap();
            ClockConfig { time_servers: names.iter().map(server).collect() }.check()
        };
        let names: Vec<String> =
            (1..=9).map(|number| format!("time{number}.example:123")).collect();
        assert!(of(&[]).is_ok() && of(&names[..8]).is_ok());
        assert!(of(&names).is_err());
        assert!(of(&["a.example:123".to_owned(), "A.example:123".to_owned()]).is_err());
    }
}
