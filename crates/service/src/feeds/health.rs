//! How every feed stands: for the operator, without anything about a child.

use std::sync::{Arc, OnceLock};

use jiff::{SignedDuration, Timestamp};
use kinfold_domain::{Agency, AsAt};
use serde::Serialize;

use super::{
    People, PeopleFeed,
    mending::{for_operators, message_for_operators},
    module::{ModuleHealth, SecurityModule},
    signal::{FeedId, Signal},
    vpn::{VpnClients, VpnHealth},
};
use crate::{
    agreements::Agreements,
    own_clock::{ClockStanding, OwnClock},
    ports::{Clock, DepartmentStore, MessageToMend, PeopleStore, PortError, RowToMend},
    register::{RegisterFeed, Registers, Replica},
    today,
};

/// Rows to mend that are listed of one source.
const LISTED: u32 = 50;
/// How long a source may give a register that can't be read before that counts as its silence: an answer may break off once.
const READ_AGAIN: SignedDuration = SignedDuration::from_secs(30);

/// One source of this agency.
#[derive(Clone, Debug, Serialize)]
pub struct FeedHealth {
    /// The source's name.
    pub source: String,
    /// People read from it.
    pub people: u64,
    /// When it last answered.
    pub answered: Option<Timestamp>,
    /// When the last whole reading ended.
    pub swept: Option<Timestamp>,
    /// Why the last try failed.
    pub failure: Option<String>,
    /// Rows to mend, of its people, its register and its facts: how many, and the last met of them. No identifier is an NHS number.
    pub to_mend: (u64, Vec<RowToMend>),
}

/// A register that is held here.
#[derive(Clone, Debug, Serialize)]
pub struct PartnerHealth {
    /// Whose.
    pub agency: Agency,
    /// The agency's own, or a replica.
    pub own: bool,
    /// Current entries, and recently ended ones.
    pub entries: (usize, usize),
    /// When its owner last confirmed it.
    pub confirmed: Option<AsAt>,
    /// Older than its limit.
    pub stale: bool,
    /// Why the last try failed.
    pub failure: Option<String>,
    /// Rows that can't be loaded; they are listed with their source.
    pub rejected: usize,
    /// Entries that vanished at once, too many to believe.
    pub vanished: usize,
}

/// A hospital's system that sends messages.
#[derive(Clone, Debug, Serialize)]
pub struct SenderHealth {
    /// Its name.
    pub name: String,
    /// Messages that were taken, that came again, that are work for somebody, that were refused, since the start.
    pub counts: [u64; 4],
    /// When the last one came, before the start, too.
    pub last: Option<Timestamp>,
}

/// How hospitals' systems stand, as the listener knows it.
pub trait HospitalSenders: Send + Sync {
    /// Each of them.
    fn standing(&self) -> Vec<SenderHealth>;
}

/// All feeds of a node at one moment.
#[derive(Clone, Debug, Serialize)]
pub struct FeedsHealth {
    /// When.
    pub at: Timestamp,
    /// People in the index.
    pub people: usize,
    /// This agency's sources.
    pub sources: Vec<FeedHealth>,
    /// The registers.
    pub registers: Vec<PartnerHealth>,
    /// Hospitals' systems that send messages.
    pub senders: Vec<SenderHealth>,
    /// A VPN's concentrators.
    pub vpn: VpnHealth,
    /// The security module, where there is one.
    pub module: Option<ModuleHealth>,
    /// This node's clock.
    pub clock: ClockStanding,
    /// Messages that could not be understood: work for somebody.
    pub messages: Vec<MessageToMend>,
    /// Why nothing flows, if nothing does.
    pub no_agreement: Option<String>,
    /// Entries in the ledger.
    pub ledger_size: u64,
}

/// What the health page looks at.
pub struct Feeds {
    /// People.
    pub people: Arc<People>,
    /// The sources' feeds.
    pub sources: Vec<Arc<PeopleFeed>>,
    /// The own register's feed.
    pub register: Option<Arc<RegisterFeed>>,
    /// Replicas.
    pub replicas: Vec<Arc<Replica>>,
    /// Registers.
    pub registers: Registers,
    /// The store.
    pub store: Arc<dyn PeopleStore>,
    /// The department, at a hospital.
    pub department: Option<Arc<dyn DepartmentStore>>,
    /// Hospitals' systems, once the listener has begun.
    pub senders: OnceLock<Arc<dyn HospitalSenders>>,
    /// A VPN's concentrators, once their listener has begun.
    pub vpn: OnceLock<Arc<dyn VpnClients>>,
    /// The security module, where there is one.
    pub module: OnceLock<Arc<dyn SecurityModule>>,
    /// What is known of this node's clock.
    pub own_clock: Arc<OwnClock>,
    /// The agreement.
    pub agreements: Arc<Agreements>,
    /// The ledger.
    pub journal: crate::journal::Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

impl Feeds {
    /// How everything stands now.
    pub async fn health(&self) -> Result<FeedsHealth, PortError> {
        let at = self.clock.now();
        let mut sources = Vec::new();
        for feed in &self.sources {
            sources.push(self.source(feed).await?);
        }
        let messages = match &self.department {
            Some(store) => store.to_mend(LISTED).await?,
            None => Vec::new(),
        };
        Ok(FeedsHealth {
            messages: messages.into_iter().map(message_for_operators).collect(),
            senders: self.senders.get().map(|known| known.standing()).unwrap_or_default(),
            vpn: self.vpn.get().map(|known| known.standing()).unwrap_or_default(),
            module: self.module.get().map(|known| known.standing()),
            clock: self.own_clock.standing(),
            at,
            people: self.people.len(),
            sources,
            registers: self.registers.iter().map(|r| self.register(r, at)).collect(),
            no_agreement: self.agreements.in_force(at).err().map(|error| error.0),
            ledger_size: self.journal.ledger().size(),
        })
    }

    /// When each feed was last heard, and how long it may be silent.
    pub(super) async fn signals(
        &self,
        sender_silent: SignedDuration,
    ) -> Result<Vec<Signal>, PortError> {
        let mut signals = Vec::new();
        for feed in &self.sources {
            signals.push(self.source_signal(feed).await?);
        }
        signals.extend(self.replicas.iter().filter_map(|replica| {
            let register = self.registers.of(replica.owner())?;
            let (last, limit) = register.last();
            let (feed, limit) = (FeedId::Register(register.owner().name.clone()), seconds(limit));
            Some(Signal { feed, last, limit })
        }));
        let senders = self.senders.get().map(|known| known.standing()).unwrap_or_default();
        signals.extend(senders.into_iter().map(|sender| Signal {
            feed: FeedId::Sender(sender.name),
            last: sender.last,
            limit: sender_silent,
        }));
        Ok(signals)
    }

    /// A source that keeps the register is heard when both its people and its register are.
    async fn source_signal(&self, feed: &PeopleFeed) -> Result<Signal, PortError> {
        let name = feed.source().name();
        let mut last = self.store.progress(name).await?.answered;
        let mut limit = feed.silent_after();
        let own = self.register.as_ref().filter(|register| register.source() == name);
        if let Some(register) = own.and_then(|_| self.registers.of(self.agreements.own())) {
            let (heard, old) = register.last();
            last = last.min(heard);
            limit = limit.max(seconds(old));
        }
        let spoilt = own.and_then(|register| register.state().unreadable);
        if spoilt.is_some_and(|since| self.clock.now().duration_since(since) > READ_AGAIN) {
            limit = SignedDuration::ZERO;
        }
        Ok(Signal { feed: FeedId::Source(name.to_owned()), last, limit })
    }

    /// An operator has dealt with a message that could not be understood.
    pub async fn mended(&self, place: u64) -> Result<(), PortError> {
        match &self.department {
            Some(store) => store.mended(place).await,
            None => Ok(()),
        }
    }

    /// An operator has mended a row of facts.
    pub async fn row_mended(&self, source: &str, place: u64) -> Result<(), PortError> {
        self.store.mended_by_hand(source, place).await
    }

    async fn source(&self, feed: &PeopleFeed) -> Result<FeedHealth, PortError> {
        let name = feed.source().name();
        let progress = self.store.progress(name).await?;
        let (number, rows) = self.store.to_mend(name, LISTED).await?;
        Ok(FeedHealth {
            source: name.to_owned(),
            people: self.store.count(name).await?,
            answered: progress.answered,
            swept: progress.swept,
            failure: feed.failure().map(|(_, why)| why),
            to_mend: (number, rows.into_iter().map(for_operators).collect()),
        })
    }

    fn register(&self, register: &crate::register::Register, at: Timestamp) -> PartnerHealth {
        let confirmed = register.confirmed(at);
        let own = self.agreements.own() == &register.owner().id;
        let feed = self.register.as_ref().filter(|_| own).map(|feed| feed.state());
        let replica = self.replicas.iter().find(|r| r.owner() == &register.owner().id);
        let replica_failure = replica.and_then(|replica| replica.failure()).map(|e| e.to_string());
        let feed = feed.unwrap_or_default();
        PartnerHealth {
            agency: register.owner().clone(),
            own,
            entries: register.standing(today(at)),
            confirmed: confirmed.as_at,
            stale: confirmed.stale,
            failure: feed.failure.or(replica_failure),
            rejected: feed.rejected.len(),
            vanished: feed.vanished.map_or(0, |vanished| vanished.gone),
        }
    }
}

fn seconds(limit: u64) -> SignedDuration {
    SignedDuration::from_secs(i64::try_from(limit).unwrap_or(i64::MAX))
}
