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
use kinfold_service::testing::{COUNCIL, Ground, TRUST, TwoNodes, Way, start};
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
    pub(crate) fn new(seed: u64, told: Option<Told>) -> Arc<Self> {
        let chance = Arc::new(Chance::new(seed));
        let began = Instant::now();
        let minutes = *chance.pick(&[2, 2, 10, 10, 10, 60, 60, 26 * 60]).unwrap();
        let on_register: Vec<usize> = (0..5).filter(|_| chance.one_in(2)).collect();
        let world = Arc::new_cyclic(|world| {
            let hosts = [COUNCIL, TRUST].map(|name| {
                let ground = ground(name);
                let from = ground.agency.id.clone();
                ground.link.set(Way::Through(Arc::new(Wire { from, world: world.clone() })));
                let wrong_by = i64::try_from(chance.between(0, 4_000)).unwrap() - 2_000;
                Arc::new(Host::new(name, ground, Clockwork::new(began, wrong_by)))
            });
            Self {
                broken: Arc::default(),
                network: Network::default(),
                case_system: Mutex::new(CaseSystem::of(&on_register)),
                happened: Mutex::default(),
                hosts: hosts.to_vec(),
                clock: Clockwork::new(began, 0),
                span: Duration::from_secs(minutes * 60),
                calm: OnceLock::new(),
                calmed: Notify::new(),
                ends: AtomicU64::new(0),
                told,
                chance,
            }
        });
        world.show_case_system();
        world
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
        &self.hosts[1]
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
        let [council, trust] = [self.council(), self.trust()];
        let told = |host: &Host, partner: &Host| {
            let size = host.node().map(|node| node.size());
            size == Some(host.ground().trail.told(&partner.ground().agency.id))
        };
        told(council, trust) && told(trust, council)
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
    let mut ground = Ground::new(name);
    let (council, trust) = agreements();
    ground.around.agreement = Some(Arc::clone(if name == COUNCIL { council } else { trust }));
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
        let held = async {
            let nodes = TwoNodes::start().await;
            let of = |node: &kinfold_service::testing::TestNode| {
                node.agreements.in_force(start()).expect("in force")
            };
            (of(&nodes.council), of(&nodes.trust))
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        // A story runs already on this thread.
        let other = std::thread::spawn(move || runtime.unwrap().block_on(held));
        other.join().unwrap()
    })
}
