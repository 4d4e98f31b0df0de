//! The time service: how far this node's clock is off, by SNTP (RFC 5905).
//!
//! Answers are not authenticated: who can change them on the way can have codes refused. They set no clock.

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use jiff::SignedDuration;
use kinfold_service::own_clock::TimeAnswer;
use rsntp::{AsyncSntpClient, Config, ProtocolError, SynchronizationError, SynchronizationResult};
use tokio::{net::lookup_host, task::JoinSet, time::timeout};

/// How long a server may take, and how long its name may. The longer the way, the less an answer says: at most by half of it.
const WITHIN: Duration = Duration::from_secs(1);

/// Servers that are asked.
pub struct TimeService {
    servers: Vec<String>,
}

impl TimeService {
    /// Of these servers, each a host and a port.
    pub const fn new(servers: Vec<String>) -> Self {
        Self { servers }
    }

    /// Asks them all, side by side; answers within two seconds.
    pub async fn ask(&self) -> Vec<TimeAnswer> {
        let mut asked = JoinSet::new();
        for (place, server) in self.servers.iter().cloned().enumerate() {
            asked.spawn(async move { (place, ask(&server).await) });
        }
        let unasked = |server: &String| {
            let ahead = Err("it could not be asked");
            TimeAnswer { server: server.clone(), ahead }
        };
        let mut answers: Vec<TimeAnswer> = self.servers.iter().map(unasked).collect();
        while let Some(done) = asked.join_next().await {
            // The library gives up on a machine whose clock stands before 1970.
            let Ok((place, ahead)) = done else { continue };
            if let Some(answer) = answers.get_mut(place) {
                answer.ahead = ahead;
            }
        }
        answers
    }
}

async fn ask(server: &str) -> Result<SignedDuration, &'static str> {
    let unknown = "its name is not known";
    let found = timeout(WITHIN, lookup_host(server)).await.map_err(|_| unknown)?;
    let address = found.map_err(|_| unknown)?.next().ok_or(unknown)?;
    let own: SocketAddr = match address {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let client = AsyncSntpClient::with_config(Config::default().bind_address(own).timeout(WITHIN));
    let answer = client.synchronize(address).await.map_err(|error| words(&error))?;
    ahead(&answer)
}

/// How far this node's clock is ahead of the server's.
fn ahead(answer: &SynchronizationResult) -> Result<SignedDuration, &'static str> {
    let way = answer.round_trip_delay().as_secs_f64();
    // Also where the clock was set meanwhile.
    if !(-0.01..=WITHIN.as_secs_f64()).contains(&way) {
        return Err("its answer took too long");
    }
    let behind = SignedDuration::try_from_secs_f64(answer.clock_offset().as_secs_f64());
    behind.map(|behind| -behind).map_err(|_| UNUSABLE)
}

const UNUSABLE: &str = "its answer can't be used";

const fn words(error: &SynchronizationError) -> &'static str {
    match error {
        SynchronizationError::IOError(_) => "it does not answer",
        SynchronizationError::ProtocolError(ProtocolError::ServerNotSynchronized) => {
            "it says that it does not know the time"
        }
        SynchronizationError::ProtocolError(ProtocolError::KissODeath(_)) => {
            "it does not want to be asked"
        }
        SynchronizationError::ProtocolError(_) => UNUSABLE,
    }
}

#[cfg(test)]
#[path = "time_service_tests.rs"]
mod tests;
