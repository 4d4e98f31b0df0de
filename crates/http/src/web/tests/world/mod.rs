//! Two nodes in memory, with everything real but the ports: use cases, agreement, ledger.

pub(crate) mod agreed;
pub(crate) mod children;
pub(crate) mod desks;
pub(crate) mod register;
mod services;
pub(crate) mod staff;
pub(crate) mod stores;
mod ways_in;
pub(crate) mod work;

use std::{
    sync::{Arc, OnceLock, atomic::AtomicBool},
    time::Duration,
};

use jiff::SignedDuration;
use kinfold_domain::{Agency, AgencyId, AgencyKind, AsAt};
use kinfold_ledger::{BodyKey, Ledger, LedgerKeys, Options, testing::MemoryMedia};
use kinfold_service::{
    Journal, NodeIdentity,
    agreements::{Agreements, AgreementsParts, ApproverKeys},
    audit::{Follower, Ledgers, TrailKey, WhoDesk},
    department::Present,
    emergency::Emergency,
    feeds::{AlarmParts, AlarmTerms, FeedAlarms, Feeds, People, PeopleFeed},
    history::{Histories, HistoryDesk},
    oidc::{Links, OutsideParts, OutsideSignIn},
    own_clock::OwnClock,
    passkeys::Passkeys,
    pooled_view::{AskDesk, Holdings, SealedDeskTerms},
    ports::{Clock, Entropy, IdentityProvider, PeopleStore, SourceSystem, TrailStore},
    register::{Custodian, HandOvers, Register, RegisterFeed, Registers},
    sign_in::SignIn,
    staff::Staff,
    testing::{MemoryOutbox, MemoryStaff, MemoryWork, TestProvider},
    tokens::Inventory,
};

use super::Services;
use agreed::{COUNCIL, NEIGHBOUR, TRUST};
use desks::{Desks, TestLink, TestSource};
use stores::{Counting, MemoryAgreements, MemoryPeople, MemoryTrail, TestClock};

/// What everything at a node needs.
pub(crate) struct Core {
    pub(crate) agency: Agency,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) own_clock: Arc<OwnClock>,
    pub(crate) agreements: Arc<Agreements>,
    identity: Arc<NodeIdentity>,
    pub(crate) journal: Journal,
    entropy: Arc<dyn Entropy>,
}

/// What a node holds.
pub(crate) struct Held {
    pub(crate) source: Arc<TestSource>,
    store: Arc<MemoryPeople>,
    people: Arc<People>,
    holdings: Arc<Holdings>,
}

/// One node.
pub(crate) struct Node {
    pub(crate) core: Core,
    pub(crate) holdings: Held,
    pub(crate) media: MemoryMedia,
    pub(crate) staff_store: Arc<MemoryStaff>,
    pub(crate) register: Arc<Register>,
    /// The council's reading of its case system.
    pub(crate) feed: Option<Arc<RegisterFeed>>,
    custodian: Option<Arc<Custodian>>,
    pub(crate) hand_overs: Option<Arc<HandOvers>>,
    pub(crate) link: Arc<TestLink>,
    pub(crate) follower: Follower,
    pub(crate) sign_in: Arc<SignIn>,
    pub(crate) staff: Arc<Staff>,
    inventory: Arc<Inventory>,
    passkeys: Arc<Passkeys>,
    pub(crate) emergency: Arc<Emergency>,
    pub(crate) links: Arc<Links>,
    pub(crate) provider: Arc<TestProvider>,
    outside: Arc<OutsideSignIn>,
    desks: Arc<Desks>,
    ledgers: Arc<Ledgers>,
    pub(crate) work: Arc<MemoryWork>,
    pub(crate) outbox: Arc<MemoryOutbox>,
    feeds: Arc<Feeds>,
    pub(crate) alarms: Arc<FeedAlarms>,
    histories: Arc<Histories>,
    present: Arc<Present>,
}

/// The node's public address.
pub(crate) const ORIGIN: &str = "https://kinfold.trust.example";

/// A proxy in front of the nodes.
pub(crate) const PROXY: &str = "10.1.0.1";

/// The server of the time service.
pub(crate) const TIME_SERVER: &str = "time.trust.example:123";

/// A Monday afternoon in summer, 14:02:07 in England.
pub(crate) const NOW: &str = "2026-06-01T13:02:07Z";

/// The council's node and the trust's, each with the other at the end of its line.
pub(crate) async fn pair() -> (Node, Node) {
    let clock = Arc::new(TestClock::at(NOW));
    let council = node(COUNCIL, AgencyKind::Council, (Arc::clone(&clock), agreed::signed())).await;
    let trust = node(TRUST, AgencyKind::NhsTrust, (clock, agreed::signed())).await;
    let _ = council.link.other.set(Arc::clone(&trust.desks));
    let _ = trust.link.other.set(Arc::clone(&council.desks));
    (council, trust)
}

/// Two councils' nodes under one agreement; the neighbour's register is empty.
pub(crate) async fn councils() -> (Node, Node) {
    let (clock, agreed) = (Arc::new(TestClock::at(NOW)), agreed::signed_by_councils());
    let council = node(COUNCIL, AgencyKind::Council, (Arc::clone(&clock), agreed)).await;
    (council, node(NEIGHBOUR, AgencyKind::Council, (clock, agreed)).await)
}

/// The trust's node, with the council at the end of its line.
pub(crate) async fn trust() -> Node {
    pair().await.1
}

#[expect(clippy::too_many_lines, reason = "everything is joined in one place, in its order")]
async fn node(
    (id, name): (&str, &str),
    kind: AgencyKind,
    (clock, agreed): (Arc<TestClock>, &str),
) -> Node {
    let agency = Agency { id: id.parse().unwrap(), name: name.to_owned(), kind };
    let media = MemoryMedia::new();
    let journal = journal(id, &media);
    let identity = Arc::new(NodeIdentity::new(agency.clone(), agreed::key(id, "node")));
    let entropy: Arc<dyn Entropy> = Arc::new(Counting::default());
    let servers = [TIME_SERVER.to_owned()];
    let own_clock = Arc::new(OwnClock::new(clock.clone(), clock.clone(), &servers));
    let agreements = agreements(&identity, &journal, (&clock, &own_clock), agreed).await;
    let is_council = agency.kind == AgencyKind::Council;
    let register = register(&agency);
    let holdings = holdings(&agency, &clock, &register).await;
    let keys = Arc::new(TrailKey::new([3; 32]));
    let trail_store: Arc<dyn TrailStore> = Arc::new(MemoryTrail::default());
    let ledgers = Arc::new(Ledgers {
        journal: journal.clone(),
        store: Arc::clone(&trail_store),
        keys: Arc::clone(&keys),
    });
    let staff_store = Arc::new(MemoryStaff::default());
    let core = Core { agency, clock, own_clock, agreements, identity, journal, entropy };
    let feed =
        if is_council { Some(register::feed(&core, &holdings, &register).await) } else { None };
    let work: Arc<MemoryWork> = Arc::default();
    let hand_overs = match &feed {
        Some(feed) => Some(register::hand_overs(&core, &holdings, (feed, &work)).await),
        None => None,
    };
    let custodian = feed.as_ref().zip(hand_overs.as_ref());
    let custodian = custodian
        .map(|(feed, handed)| register::custodian(&core, &holdings, (feed, handed, &work)));
    confirm(&register, &core.clock);
    let histories = Arc::new(Histories {
        own: core.agency.id.clone(),
        department: (!is_council).then(|| work.clone() as _),
        heard: is_council.then(|| work.clone() as _),
        registers: Registers::new([Arc::clone(&register)]),
        people: Arc::clone(&holdings.people),
        ledgers: Arc::clone(&ledgers),
    });
    let feeds = Arc::new(feeds(&core, &holdings, (&register, &work)));
    let sign_in = Arc::new(core.sign_in(&staff_store));
    let inventory = Arc::new(core.inventory(&staff_store, &sign_in));
    let passkeys = Arc::new(core.passkeys(&staff_store, &sign_in));
    let alarms = alarms(&core, &feeds, (&work, &staff_store)).await;
    let alarms =
        Arc::new(alarms.beside([Arc::clone(&sign_in) as _, Arc::clone(&core.own_clock) as _]));
    let emergency = Arc::new(core.emergency(&staff_store, &sign_in));
    let links = Arc::new(core.links(&staff_store, &sign_in));
    let provider = Arc::new(TestProvider::default());
    let known: Option<Arc<dyn IdentityProvider>> = Some(provider.clone());
    let outside = OutsideParts { provider: known, links: Arc::clone(&links) };
    Node {
        feeds,
        alarms,
        outbox: Arc::default(),
        work,
        follower: Follower::new(core.agency.id.clone(), core.journal.clone(), trail_store, keys),
        link: Arc::new(TestLink {
            own: core.agency.id.clone(),
            other: OnceLock::new(),
            down: AtomicBool::new(false),
        }),
        staff: Arc::new(core.staff(
            &staff_store,
            (&inventory, &passkeys, &emergency, &links),
            &sign_in,
        )),
        inventory,
        passkeys,
        emergency,
        links,
        provider,
        outside: Arc::new(OutsideSignIn::new(outside)),
        sign_in,
        desks: Arc::new(core.desks(&holdings.holdings, &histories)),
        core,
        media,
        staff_store,
        register,
        feed,
        custodian,
        hand_overs,
        holdings,
        ledgers,
        histories,
        present: Arc::default(),
    }
}

async fn agreements(
    identity: &Arc<NodeIdentity>,
    journal: &Journal,
    (clock, own_clock): (&Arc<TestClock>, &Arc<OwnClock>),
    agreed: &str,
) -> Arc<Agreements> {
    let parts = AgreementsParts {
        identity: Arc::clone(identity),
        approvers: ApproverKeys::default(),
        rules: None,
        store: Arc::new(MemoryAgreements::default()),
        journal: journal.clone(),
        clock: Arc::<TestClock>::clone(clock),
        own_clock: Arc::clone(own_clock),
    };
    let agreements = Arc::new(Agreements::load(parts).await.unwrap());
    agreements.activate(agreed).await.unwrap();
    agreements
}

async fn holdings(agency: &Agency, clock: &Arc<TestClock>, register: &Arc<Register>) -> Held {
    let is_council = agency.kind == AgencyKind::Council;
    let is_neighbour = agency.id.as_str() == NEIGHBOUR.0;
    let name = match (is_council, is_neighbour) {
        (_, true) => "empty-system",
        (true, false) => "case-system",
        (false, false) => "pas",
    };
    let source = Arc::new(TestSource {
        name,
        agency: agency.id.to_string(),
        clock: Arc::clone(clock),
        broken: AtomicBool::new(false),
        unread: parking_lot::Mutex::default(),
    });
    let store = Arc::new(MemoryPeople::default());
    store.0.lock().extend(children::people(name));
    let people = Arc::new(People::default());
    people.load(&*store).await.unwrap();
    let holdings = Arc::new(Holdings {
        own: agency.id.clone(),
        people: Arc::clone(&people),
        store: Arc::<MemoryPeople>::clone(&store),
        register: is_council.then(|| Arc::clone(register)),
        sources: vec![Arc::<TestSource>::clone(&source)],
        deadline: Duration::from_secs(2),
        sealed_desk: SealedDeskTerms {
            desk: "Sealed records desk".to_owned(),
            telephone: "01632 960555".parse().unwrap(),
            reference_key: [5; 32],
        },
        clock: Arc::<TestClock>::clone(clock),
    });
    Held { source, store, people, holdings }
}

impl Core {
    fn clock(&self) -> Arc<dyn Clock> {
        Arc::<TestClock>::clone(&self.clock)
    }

    fn desks(&self, holdings: &Arc<Holdings>, histories: &Arc<Histories>) -> Desks {
        Desks {
            ask: AskDesk::new(
                Arc::clone(&self.identity),
                Arc::clone(&self.agreements),
                Arc::clone(holdings),
                self.journal.clone(),
                self.clock(),
            ),
            who: WhoDesk {
                identity: Arc::clone(&self.identity),
                agreements: Arc::clone(&self.agreements),
                ledgers: Arc::clone(&histories.ledgers),
                clock: self.clock(),
            },
            history: HistoryDesk {
                identity: Arc::clone(&self.identity),
                agreements: Arc::clone(&self.agreements),
                own: Arc::clone(histories),
                journal: self.journal.clone(),
                clock: self.clock(),
            },
        }
    }
}

fn journal(id: &str, media: &MemoryMedia) -> Journal {
    let keys = LedgerKeys {
        signing: agreed::key(id, "ledger"),
        earlier: Vec::new(),
        body: BodyKey::new([9; 32]),
    };
    let options = Options { segment_bytes: 4 << 20, ..Options::default() };
    let entropy = kinfold_ledger::testing::counting_entropy(1);
    let ledger = Ledger::open_on(Arc::new(media.clone()), keys, &options, entropy).unwrap();
    Journal::new(Arc::new(ledger))
}

/// A council's own register, which its node's feed fills, or the council's as the trust holds it.
fn register(agency: &Agency) -> Arc<Register> {
    let (id, name) = COUNCIL;
    let is_council = agency.kind == AgencyKind::Council;
    let owner = Agency {
        id: id.parse::<AgencyId>().unwrap(),
        name: name.to_owned(),
        kind: AgencyKind::Council,
    };
    let owner = if is_council { agency.clone() } else { owner };
    let register = Arc::new(Register::new(owner, 900));
    for change in children::register().into_iter().filter(|_| !is_council) {
        let leaf = serde_json::to_string(&change).unwrap();
        register.apply(change, leaf.as_bytes());
    }
    register
}

/// Confirmed four seconds ago.
fn confirm(register: &Register, clock: &TestClock) {
    let at = clock.now().checked_sub(SignedDuration::from_secs(4)).unwrap();
    register.confirm(Some(AsAt(at)), Some(children::phones()));
}

/// The feeds, with the work that a hospital's messages are.
fn feeds(core: &Core, held: &Held, (register, work): (&Arc<Register>, &Arc<MemoryWork>)) -> Feeds {
    let Held { source, store, people, .. } = held;
    let source: Arc<dyn SourceSystem> = Arc::<TestSource>::clone(source);
    let store: Arc<dyn PeopleStore> = Arc::<MemoryPeople>::clone(store);
    let feed = PeopleFeed::new(
        source,
        Arc::clone(&store),
        Arc::clone(people),
        core.clock(),
        (SignedDuration::from_hours(24), SignedDuration::from_mins(10)),
    );
    Feeds {
        people: Arc::clone(people),
        sources: vec![Arc::new(feed)],
        register: None,
        replicas: Vec::new(),
        registers: Registers::new([Arc::clone(register)]),
        store,
        department: Some(Arc::<MemoryWork>::clone(work)),
        senders: OnceLock::new(),
        vpn: OnceLock::new(),
        module: OnceLock::new(),
        own_clock: Arc::clone(&core.own_clock),
        agreements: Arc::clone(&core.agreements),
        journal: core.journal.clone(),
        clock: core.clock(),
    }
}

/// Who is named to be told of feeds that stop.
pub(crate) const ALARMED: &str = "operator.test1";

async fn alarms(
    core: &Core,
    feeds: &Arc<Feeds>,
    (work, staff): (&Arc<MemoryWork>, &Arc<MemoryStaff>),
) -> FeedAlarms {
    let terms = AlarmTerms {
        first: Some(ALARMED.parse().unwrap()),
        then: None,
        then_after: SignedDuration::from_mins(30),
        sender_silent: SignedDuration::from_mins(60),
    };
    let parts = AlarmParts {
        terms,
        feeds: Arc::clone(feeds),
        store: Arc::<MemoryWork>::clone(work),
        staff: Arc::<MemoryStaff>::clone(staff),
        journal: core.journal.clone(),
        clock: core.clock(),
        entropy: Arc::clone(&core.entropy),
    };
    FeedAlarms::load(parts).await.unwrap()
}
