//! One story's world: its nodes, its network, its time, and what really happened in it.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};

use jiff::Timestamp;
use kinfold_agreement::InForce;
use kinfold_domain::AgencyId;
use kinfold_ledger::Options;
use kinfold_service::testing::{
    COUNCIL, Ground, NEIGHBOUR, TRUST, TestNode, TwoCouncils, TwoNodes, Way, agency, start,
};
use parking_lot::Mutex;
use tokio::{sync::Notify, time::Instant};

use crate::{
    case_system::CaseSystem,
    chance::Chance,
    clock::Clockwork,
    happened::Happened,
    host::Host,
    life::Broken,
    network::{Network, Wire},
};

/// How many times each node's process may end within a story.
const MOST_ENDS: u64 = 4;

/// The longest pause when nothing goes wrong.
const QUIET: Duration = Duration::from_secs(6);

/// What happened, line by line.
pub(crate) type Told = Arc<Mutex<Vec<String>>>;

/// The world.
pub(crate) struct World {
    pub(crate) chance: Arc<Chance>,
    pub(crate) broken: Arc<Broken>,
    pub(crate) network: Network,
    pub(crate) case_system: Mutex<CaseSystem>,
    pub(crate) happened: Mutex<Happened>,
    hosts: Vec<Arc<Host>>,
    clock: Clockwork,
    /// How long the story's troubles last.
    pub(crate) span: Duration,
    calm: OnceLock<Timestamp>,
    calmed: Notify,
    ends: AtomicU64,
    told: Option<Told>,
}

impl World {
    /// A council and a hospital.
    pub(crate) fn new(seed: u64, told: Option<Told>) -> Arc<Self> {
        let world = Self::of(seed, told, &[COUNCIL, TRUST]);
        world.show_case_system();
        world
    }

    /// Two councils and a hospital.
    pub(crate) fn of_councils(seed: u64, told: Option<Told>) -> Arc<Self> {
        Self::of(seed, told, &[COUNCIL, NEIGHBOUR, TRUST])
    }

    fn of(seed: u64, told: Option<Told>, cast: &[&'static str]) -> Arc<Self> {
        let chance = Arc::new(Chance::new(seed));
        let began = Instant::now();
        let minutes = *chance.pick(&[2, 2, 10, 10, 10, 60, 60, 26 * 60]).unwrap();
        let on_register: Vec<usize> = (0..5).filter(|_| chance.one_in(2)).collect();
        Arc::new_cyclic(|world| {
            let host = |name: &&'static str| {
                let ground = if cast.len() == 2 { ground(name) } else { ground_of_three(name) };
                let from = ground.agency.id.clone();
                ground.link.set(Way::Through(Arc::new(Wire { from, world: world.clone() })));
                let wrong_by = i64::try_from(chance.between(0, 4_000)).unwrap() - 2_000;
                Arc::new(Host::new(name, ground, Clockwork::new(began, wrong_by)))
            };
            Self {
                broken: Arc::default(),
                network: Network::default(),
                case_system: Mutex::new(CaseSystem::of(&on_register)),
                happened: Mutex::default(),
                hosts: cast.iter().map(host).collect(),
                clock: Clockwork::new(began, 0),
                span: Duration::from_secs(minutes * 60),
                calm: OnceLock::new(),
                calmed: Notify::new(),
                ends: AtomicU64::new(0),
                told,
                chance: Arc::clone(&chance),
            }
        })
    }

    pub(crate) fn hosts(&self) -> &[Arc<Host>] {
        &self.hosts
    }

    pub(crate) fn host(&self, agency: &AgencyId) -> &Arc<Host> {
        self.hosts.iter().find(|host| host.name == agency.as_str()).expect("a node")
    }

    pub(crate) fn council(&self) -> &Arc<Host> {
        &self.hosts[0]
    }

    pub(crate) fn trust(&self) -> &Arc<Host> {
        &self.hosts[self.hosts.len() - 1]
    }

    /// Every council's.
    pub(crate) fn councils(&self) -> &[Arc<Host>] {
        &self.hosts[..self.hosts.len() - 1]
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.true_time()
    }

    /// The council's source says what the case system holds.
    pub(crate) fn show_case_system(&self) {
        let now = self.case_system.lock().now().to_vec();
        *self.council().ground().source.register.lock() = Some(now);
    }

    /// Whether nothing goes wrong any more.
    pub(crate) fn is_calm(&self) -> bool {
        self.calm.get().is_some()
    }

    /// From now on nothing goes wrong.
    pub(crate) fn calm_down(&self) {
        self.calm.get_or_init(|| self.now());
        self.network.clear();
        self.calmed.notify_waiters();
        self.hosts.iter().for_each(|host| host.spare());
        self.note(|| "nothing goes wrong any more".to_owned());
    }

    /// Since when.
    pub(crate) fn quiet_since(&self) -> Timestamp {
        self.calm.get().copied().unwrap_or(Timestamp::MAX)
    }

    /// After how many effects a process ends.
    pub(crate) fn next_end(&self) -> Option<u64> {
        let more = !self.is_calm() && self.ends.fetch_add(1, SeqCst) < 2 * MOST_ENDS;
        (more && !self.chance.one_in(4)).then(|| self.chance.between(0, 60))
    }

    /// How long a node stays down.
    pub(crate) fn downtime(&self) -> Duration {
        let longest = if self.chance.one_in(3) { self.span / 3 } else { Duration::from_secs(20) };
        self.up_to(longest)
    }

    /// What a node leaves between two things that it does by itself.
    pub(crate) async fn pause(&self) {
        self.rest(self.up_to(self.span / 4)).await;
    }

    /// Lets that time pass, or as much of it as there is until nothing goes wrong any more.
    pub(crate) async fn rest(&self, time: Duration) {
        let calm = self.calmed.notified();
        if self.is_calm() {
            tokio::time::sleep(time.min(QUIET)).await;
        } else {
            let _ = tokio::time::timeout(time, calm).await;
        }
    }

    /// How long a message takes.
    pub(crate) fn delay(&self) -> Duration {
        let slow = !self.is_calm() && self.chance.one_in(20);
        self.chance.millis(1, if slow { 8_000 } else { 200 })
    }

    pub(crate) fn up_to(&self, longest: Duration) -> Duration {
        self.chance.millis(1, u64::try_from(longest.as_millis()).unwrap())
    }

    /// Whether every node has told its partner all that its ledger holds.
    pub(crate) fn told_all(&self) -> bool {
        self.hosts.iter().all(|host| {
            let size = host.node().map(|node| node.size());
            size == Some(host.ground().trail.told(&host.ground().partner.id))
        })
    }

    /// No story takes longer.
    pub(crate) fn longest(&self) -> Duration {
        self.span * 10 + Duration::from_hours(6)
    }

    /// Writes down what happened, for whoever replays the story.
    pub(crate) fn note(&self, what: impl FnOnce() -> String) {
        if let Some(told) = &self.told {
            let line = format!("{} {}", self.now().strftime("%H:%M:%S%.3f"), what());
            told.lock().push(line);
        }
    }
}

/// A machine on which nothing ran yet, but for the agreement.
fn ground(name: &str) -> Ground {
    let (council, trust) = agreements();
    on(Ground::new(name), if name == COUNCIL { council } else { trust })
}

/// The same where two councils and a hospital have agreed.
fn ground_of_three(name: &str) -> Ground {
    let partner = if name == COUNCIL { NEIGHBOUR } else { COUNCIL };
    let mut ground = Ground::beside(name, partner);
    ground.also = (name == TRUST).then(|| agency(NEIGHBOUR));
    let [council, neighbour, trust] = agreements_of_three();
    on(
        ground,
        match name {
            COUNCIL => council,
            NEIGHBOUR => neighbour,
            _ => trust,
        },
    )
}

fn on(mut ground: Ground, agreement: &Arc<InForce>) -> Ground {
    ground.around.agreement = Some(Arc::clone(agreement));
    ground.around.ledger = Some(Options {
        segment_bytes: 32 << 10,
        publish_pause: Duration::from_hours(1),
        ..Options::default()
    });
    ground
}

/// The agreement as each node takes it over: verified once for all stories.
fn agreements() -> &'static (Arc<InForce>, Arc<InForce>) {
    static HELD: OnceLock<(Arc<InForce>, Arc<InForce>)> = OnceLock::new();
    HELD.get_or_init(|| {
        apart(async {
            let nodes = TwoNodes::start().await;
            (held_by(&nodes.council), held_by(&nodes.trust))
        })
    })
}

fn agreements_of_three() -> &'static [Arc<InForce>; 3] {
    static HELD: OnceLock<[Arc<InForce>; 3]> = OnceLock::new();
    HELD.get_or_init(|| {
        apart(async {
            let councils = TwoCouncils::start().await;
            let trust = Ground::beside(TRUST, COUNCIL);
            let trust = Ground { agreements: councils.giver.ground.agreements.clone(), ..trust };
            let trust = TestNode::open(trust).await;
            [&councils.giver, &councils.taker, &trust].map(held_by)
        })
    })
}

fn held_by(node: &TestNode) -> Arc<InForce> {
    node.agreements.in_force(start()).expect("in force")
}

/// On a thread of its own: a story runs already on this one.
fn apart<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let other = std::thread::spawn(move || runtime.unwrap().block_on(work));
    other.join().unwrap()
}
