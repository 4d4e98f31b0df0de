//! What has come so far: numbers and times alone. What a client does wrong is logged once, however often it does it.

use std::collections::HashSet;

use jiff::Timestamp;
use kinfold_domain::UserName;
use parking_lot::Mutex;

/// How the listeners stand.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RadiusState {
    /// Packets from addresses, and connections with certificates, that no client has.
    pub strangers: u64,
    /// Connections whose TLS handshake failed.
    pub handshakes_failed: u64,
    /// Connections over TLS at present.
    pub connections: usize,
    /// Connections beyond `max_connections`.
    pub surplus: u64,
    /// Each client, in the configuration's order.
    pub clients: Vec<RadiusClientState>,
}

/// What came from one client.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RadiusClientState {
    /// Its name.
    pub name: String,
    /// Let in.
    pub accepted: u64,
    /// Refused.
    pub refused: u64,
    /// Asked for the code.
    pub challenged: u64,
    /// Sent again, and answered as before or already being judged.
    pub again: u64,
    /// Questions whether this node is there.
    pub status: u64,
    /// Dropped: no packet.
    pub malformed: u64,
    /// Dropped: without a Message-Authenticator.
    pub unsigned: u64,
    /// Dropped: with a wrong one.
    pub wrong_secret: u64,
    /// Dropped: beyond `requests_per_s`, or more than could be judged side by side.
    pub surplus: u64,
    /// Dropped: accounting and other kinds that are not answered here.
    pub others: u64,
    /// When the last request came that was believed.
    pub last: Option<Timestamp>,
}

/// What a client, or a stranger, does wrong.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Wrong {
    Stranger,
    Surplus,
    Handshake,
    Malformed,
    Unsigned,
    Secret,
    TooFast,
    Other,
}

impl Wrong {
    /// For the operator.
    const fn told(self) -> &'static str {
        match self {
            Self::Stranger => "RADIUS from an address or a certificate that no client has: dropped",
            Self::Surplus => "a RADIUS connection beyond max_connections was closed",
            Self::Handshake => "a RADIUS client's TLS handshake failed: see docs/radius.md",
            Self::Malformed => "a RADIUS client sends what is no packet: dropped",
            Self::Unsigned => {
                "a RADIUS client sends requests without a Message-Authenticator: dropped, see docs/radius.md"
            }
            Self::Secret => {
                "a RADIUS client's Message-Authenticator is wrong: dropped; are the secrets the same?"
            }
            Self::TooFast => "a RADIUS client asks faster than requests_per_s: dropped",
            Self::Other => {
                "a RADIUS client sends accounting or another kind that is not answered here"
            }
        }
    }
}

/// Where the listeners' state can be read while they serve.
#[derive(Debug, Default)]
pub struct RadiusWatch {
    state: Mutex<RadiusState>,
    told: Mutex<HashSet<(Option<usize>, Wrong)>>,
}

impl RadiusWatch {
    pub(super) fn new<'a>(names: impl Iterator<Item = &'a UserName>) -> Self {
        let unheard = |name: &UserName| RadiusClientState {
            name: name.to_string(),
            ..RadiusClientState::default()
        };
        let clients = names.map(unheard).collect();
        let state = Mutex::new(RadiusState { clients, ..RadiusState::default() });
        Self { state, told: Mutex::default() }
    }

    /// How the listeners stand now.
    pub fn state(&self) -> RadiusState {
        self.state.lock().clone()
    }

    pub(super) fn connections(&self, change: impl FnOnce(&mut usize)) {
        change(&mut self.state.lock().connections);
    }

    /// Counts something of the client at `place`.
    pub(super) fn of(&self, place: usize, change: impl FnOnce(&mut RadiusClientState)) {
        if let Some(client) = self.state.lock().clients.get_mut(place) {
            change(client);
        }
    }

    /// Counts what is wrong, and says so the first time.
    pub(super) fn wrong(&self, place: Option<usize>, wrong: Wrong) {
        let mut state = self.state.lock();
        let client = place.and_then(|place| state.clients.get_mut(place));
        let name = client.as_ref().map(|client| client.name.clone()).unwrap_or_default();
        match (wrong, client) {
            (Wrong::Malformed, Some(client)) => client.malformed += 1,
            (Wrong::Unsigned, Some(client)) => client.unsigned += 1,
            (Wrong::Secret, Some(client)) => client.wrong_secret += 1,
            (Wrong::TooFast, Some(client)) => client.surplus += 1,
            (Wrong::Other, Some(client)) => client.others += 1,
            (Wrong::Handshake, _) => state.handshakes_failed += 1,
            (Wrong::Surplus, _) => state.surplus += 1,
            _ => state.strangers += 1,
        }
        drop(state);
        if self.told.lock().insert((place, wrong)) {
            tracing::warn!(client = name, "{}; said once, counted since", wrong.told());
        }
    }
}
