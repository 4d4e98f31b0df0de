//! What a node does by itself while it serves: reads its sources, keeps replicas, follows its ledger, tells partners.

use std::{io, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use kinfold_service::{
    attendances::Escalations,
    audit::{Follower, NoticeSender},
    department::Arrivals,
    feeds::{FeedAlarms, PeopleFeed},
    notifications::{Herald, Sender},
    ports::{Clock, DepartmentStore},
    register::{HandOvers, RegisterFeed, Replica},
    sign_in::SignIn,
};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, MissedTickBehavior, sleep},
};

use super::{ClockWatch, Node, Replacing, SeedsKey, behind::Behind, module::ModuleWatch};

/// How long a partner may hold a replica's request back: a fresh head comes at least that often.
const HEAD_EVERY_MS: u32 = 2_000;
/// How long the search tables may lag while nobody asks for them.
const FOLLOW_AGAIN: Duration = Duration::from_millis(500);
/// A reading of the register is followed by a rest of at least so many times as long.
const RESTS: u32 = 4;
/// How often notifications that are due are looked for.
const SEND_AGAIN: Duration = Duration::from_secs(2);
/// How often those who are here, and those who wait for an answer, are gone through.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// How often it is written down when sessions were used.
const NOTE_AGAIN: Duration = Duration::from_secs(30);
/// How often messages of long ago are forgotten.
const FORGET_AGAIN: Duration = Duration::from_hours(1);
/// The pause after a failure to replace a key: the whole file may be written each time.
const SEAL_AGAIN: Duration = Duration::from_secs(30);
/// The pause after a failure.
const PAUSE: Duration = Duration::from_secs(2);

/// A node's background tasks; dropping them ends them.
pub(crate) struct Tasks {
    tasks: JoinSet<()>,
    behind: [Behind; 2],
}

impl Tasks {
    /// Starts them all.
    pub(crate) fn start(node: &Node) -> io::Result<Self> {
        let mut tasks = JoinSet::new();
        if let Some(department) = &node.department {
            tasks.spawn(receive_arrivals(Arc::clone(&department.arrivals)));
        }
        if let (Some(store), Some(terms)) = (&node.feeds.department, &node.config.department) {
            let known_for = SignedDuration::from_hours(24 * i64::from(terms.known_for_days));
            tasks.spawn(forget_messages(Arc::clone(store), Arc::clone(&node.clock), known_for));
        }
        if let Some(at_partners) = &node.at_partners {
            tasks.spawn(escalate(Arc::clone(&at_partners.escalations)));
        }
        if let Some(hand_overs) = &node.hand_overs {
            tasks.spawn(hand_over(Arc::clone(hand_overs)));
        }
        tasks.spawn(seal_anew(Arc::clone(&node.seeds_key)));
        if let Some(module) = ModuleWatch::over(node) {
            tasks.spawn(module.watch());
        }
        tasks.spawn(note_use(Arc::clone(&node.sign_in)));
        tasks.spawn(ClockWatch::over(node).watch());
        tasks.spawn(watch_feeds(Arc::clone(&node.alarms)));
        tasks.spawn(send(Arc::clone(&node.telling.sender)));
        Ok(Self { tasks, behind: [read(node)?, follow_and_tell(node)?] })
    }

    /// Ends them and waits until they are gone.
    pub(crate) async fn stop(mut self) {
        self.tasks.shutdown().await;
        for behind in self.behind {
            behind.stop().await;
        }
    }
}

/// What reads whole lists: people, registers, replicas.
fn read(node: &Node) -> io::Result<Behind> {
    let sources = node.feeds.sources.iter().zip(&node.config.sources);
    let people: Vec<_> = sources
        .map(|(feed, terms)| read_people(Arc::clone(feed), Duration::from_millis(terms.refresh_ms)))
        .collect();
    let register = node.feeds.register.as_ref().zip(node.config.register.as_ref());
    let register = register
        .map(|(feed, terms)| read_register(Arc::clone(feed), Duration::from_millis(terms.poll_ms)));
    let replicas: Vec<_> = node.feeds.replicas.iter().map(Arc::clone).map(keep_replica).collect();
    Behind::start("reading", |tasks| {
        for people in people {
            tasks.spawn_local(people);
        }
        for replica in replicas {
            tasks.spawn_local(replica);
        }
        if let Some(register) = register {
            tasks.spawn_local(register);
        }
    })
}

/// What is made of the ledger.
fn follow_and_tell(node: &Node) -> io::Result<Behind> {
    let follow = follow(Arc::clone(&node.follower), node);
    let tell: Vec<_> = node.notices.iter().map(|n| tell(Arc::clone(n), node)).collect();
    let announce = announce(Arc::clone(&node.telling.herald), node);
    Behind::start("following", |tasks| {
        tasks.spawn_local(follow);
        tasks.spawn_local(announce);
        for tell in tell {
            tasks.spawn_local(tell);
        }
    })
}

async fn read_people(feed: Arc<PeopleFeed>, every: Duration) {
    let source = feed.source().name().to_owned();
    loop {
        if let Err(error) = feed.poll(&|_| {}).await {
            tracing::warn!(source, %error, "a source's people could not be read");
        }
        sleep(every).await;
    }
}

async fn read_register(feed: Arc<RegisterFeed>, every: Duration) {
    loop {
        let began = Instant::now();
        match feed.poll().await {
            Ok(0) => {}
            Ok(changes) => tracing::info!(changes, "the register changed"),
            Err(error) => tracing::warn!(%error, "the register could not be read"),
        }
        // A large register takes seconds to read: the case system, and whoever uses this node, are left the most of the time.
        sleep(every.max(began.elapsed() * RESTS)).await;
    }
}

/// Deals with messages as they come, and every few seconds looks again at whoever is here: a register may have changed, a check failed.
async fn receive_arrivals(arrivals: Arc<Arrivals>) {
    let mut again = tokio::time::interval(LOOK_AGAIN);
    again.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        if let Err(error) = arrivals.work().await {
            tracing::error!(%error, "arrivals wait: they will be dealt with as soon as that is mended");
            sleep(PAUSE).await;
            continue;
        }
        let due = tokio::select! {
            biased;
            _ = again.tick() => true,
            () = arrivals.wait() => false,
        };
        if due && let Err(error) = arrivals.look_again().await {
            tracing::error!(%error, "those who are here could not be checked again");
        }
    }
}

/// Forgets messages that no hospital sends again any more.
async fn forget_messages(
    store: Arc<dyn DepartmentStore>,
    clock: Arc<dyn Clock>,
    known_for: SignedDuration,
) {
    loop {
        let before = clock.now().saturating_sub(known_for).unwrap_or(Timestamp::MIN);
        if let Err(error) = store.forget_messages(before).await {
            tracing::warn!(%error, "messages of long ago could not be forgotten");
        }
        sleep(FORGET_AGAIN).await;
    }
}

/// Writes down when sessions were used, beside the requests that used them.
async fn note_use(sign_in: Arc<SignIn>) {
    loop {
        sleep(NOTE_AGAIN).await;
        if let Err(error) = sign_in.note_use().await {
            tracing::warn!(%error, "it could not be written down when sessions were used");
        }
    }
}

async fn escalate(escalations: Arc<Escalations>) {
    loop {
        match escalations.escalate().await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "attendances were escalated"),
            Err(error) => tracing::error!(%error, "attendances could not be escalated"),
        }
        sleep(LOOK_AGAIN).await;
    }
}

/// Goes on with the replacement of a key, also with one that the last process did not end.
async fn seal_anew(key: Arc<SeedsKey>) {
    loop {
        match key.go_on(false).await {
            Ok(told) if told.goes_on() => {}
            Ok(told) => {
                if let Replacing::Unopened { count, .. } = told {
                    tracing::error!(
                        count,
                        "values open under neither key, so the old key seeds is kept: \
                        `kinfold key rotate seeds` names them"
                    );
                }
                key.begun().await;
            }
            Err(error) => {
                tracing::error!(
                    error = format!("{error:#}"),
                    "the replacement of the key seeds waits"
                );
                sleep(SEAL_AGAIN).await;
            }
        }
    }
}

/// Ends what was handed over, takes back what can't be, says what a process that ended has left unsaid.
async fn hand_over(hand_overs: Arc<HandOvers>) {
    loop {
        match hand_overs.work().await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "hand-overs went on"),
            Err(error) => tracing::error!(%error, "hand-overs wait"),
        }
        sleep(LOOK_AGAIN).await;
    }
}

/// Raises an alarm for each feed that stops, and ends it when it is heard again.
async fn watch_feeds(alarms: Arc<FeedAlarms>) {
    loop {
        if let Err(error) = alarms.watch().await {
            tracing::error!(%error, "feeds could not be watched");
        }
        sleep(LOOK_AGAIN).await;
    }
}

async fn send(sender: Arc<Sender>) {
    loop {
        if let Err(error) = sender.send_due().await {
            tracing::error!(%error, "notifications wait: they will be sent as soon as that is mended");
        }
        sleep(SEND_AGAIN).await;
    }
}

async fn keep_replica(replica: Arc<Replica>) {
    let mut failing = false;
    loop {
        match replica.pull(HEAD_EVERY_MS).await {
            Ok(_) => failing = false,
            Err(error) => {
                // Said once: the page shows for how long.
                if !failing {
                    tracing::warn!(owner = %replica.owner(), %error, "a register's replica ages");
                }
                failing = true;
                sleep(PAUSE).await;
            }
        }
    }
}

fn follow(follower: Arc<Follower>, node: &Node) -> impl Future<Output = ()> + use<> {
    let journal = node.journal.clone();
    async move {
        loop {
            match follower.catch_up().await {
                Ok(size) => {
                    if journal.ledger().growth(size).grown().await.is_none() {
                        return;
                    }
                    // Entries come in bursts: a pause makes one transaction of many. Who waits for the tables ends it.
                    tokio::select! {
                        () = sleep(FOLLOW_AGAIN) => {}
                        () = journal.hurried() => {}
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "the search tables do not follow the ledger");
                    sleep(PAUSE).await;
                }
            }
        }
    }
}

/// Puts down who is to be told, as the ledger grows.
fn announce(herald: Arc<Herald>, node: &Node) -> impl Future<Output = ()> + use<> {
    let journal = node.journal.clone();
    async move {
        loop {
            match herald.catch_up().await {
                Ok(upto) => {
                    if journal.ledger().growth(upto).grown().await.is_none() {
                        return;
                    }
                    sleep(Duration::from_millis(200)).await;
                }
                Err(error) => {
                    tracing::error!(%error, "notifications do not follow the ledger");
                    sleep(PAUSE).await;
                }
            }
        }
    }
}

fn tell(notices: Arc<NoticeSender>, node: &Node) -> impl Future<Output = ()> + use<> {
    let journal = node.journal.clone();
    async move {
        loop {
            match notices.deliver().await {
                Ok(delivered) => {
                    if journal.ledger().growth(delivered).grown().await.is_none() {
                        return;
                    }
                    sleep(Duration::from_millis(200)).await;
                }
                Err(error) => {
                    tracing::debug!(%error, "notices wait for the partner");
                    sleep(PAUSE).await;
                }
            }
        }
    }
}

/// Ends the process when the ledger can't be written any more: nothing may be shown without it.
pub(crate) async fn watch_ledger(node: &Node, stop: watch::Sender<bool>) {
    loop {
        if node.journal.ledger().failure().is_some() {
            tracing::error!(
                "the ledger failed to write: the node stops, so that its next start finds out what is durable"
            );
            // Nobody may be left to hear it.
            let _ = stop.send(true);
            return;
        }
        sleep(Duration::from_millis(500)).await;
    }
}
