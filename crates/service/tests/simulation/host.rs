//! A machine on which a node's process lives, ends and is started again on what was durable.

use std::{future::Future, sync::Arc, time::Duration};

use kinfold_service::testing::{Gate, Ground, TestNode};
use parking_lot::Mutex;
use tokio::task::{AbortHandle, JoinHandle};

use crate::{
    clock::Clockwork,
    durable::Durable,
    life::{Life, Running},
    medium::Mortal,
    tasks,
    world::World,
};

/// A node's machine.
pub(crate) struct Host {
    pub(crate) name: &'static str,
    pub(crate) clock: Arc<Clockwork>,
    /// What its ledger held for good when it was last read.
    pub(crate) durable: Mutex<Durable>,
    ground: Mutex<Ground>,
    process: Mutex<Option<Process>>,
}

#[derive(Clone)]
struct Process {
    life: Arc<Life>,
    node: Arc<TestNode>,
    work: Arc<Mutex<Vec<AbortHandle>>>,
}

impl Process {
    fn spawn<T, F>(&self, work: F) -> JoinHandle<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let handle = tokio::spawn(Running::new(&self.life, work));
        let mut all = self.work.lock();
        all.retain(|work| !work.is_finished());
        all.push(handle.abort_handle());
        handle
    }
}

impl Host {
    pub(crate) fn new(name: &'static str, ground: Ground, clock: Clockwork) -> Self {
        let (ground, process) = (Mutex::new(ground), Mutex::default());
        Self { name, clock: Arc::new(clock), durable: Mutex::default(), ground, process }
    }

    /// What outlives its processes.
    pub(crate) fn ground(&self) -> Ground {
        self.ground.lock().clone()
    }

    /// The node, where it is up: to look at, outside its process.
    pub(crate) fn node(&self) -> Option<Arc<TestNode>> {
        let process = self.process.lock().clone()?;
        (!process.life.is_dead()).then(|| process.node.clone())
    }

    /// Does something in the process; `None` when there is none, or when it ends meanwhile.
    pub(crate) async fn call<T, F>(&self, work: impl FnOnce(Arc<TestNode>) -> F) -> Option<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let process = self.process.lock().clone()?;
        let handle = process.spawn(work(Arc::clone(&process.node)));
        drop(process);
        handle.await.ok()
    }

    /// The effects that are still to come before the process's end count no more.
    pub(crate) fn spare(&self) {
        if let Some(process) = &*self.process.lock() {
            process.life.spare();
        }
    }

    /// Before a message leaves the process.
    pub(crate) async fn sends(&self) {
        let life = self.process.lock().as_ref().map(|process| Arc::clone(&process.life));
        if let Some(life) = life {
            life.lives().await;
        }
    }

    pub(crate) fn kill(&self) {
        if let Some(process) = &*self.process.lock() {
            process.life.kill();
        }
    }

    /// Starts the node, again after each end.
    pub(crate) async fn live(self: Arc<Self>, world: Arc<World>) {
        loop {
            let with = (&world.chance, &world.broken);
            let life = Life::new(&self.ground(), &self.clock, with, world.next_end());
            if let Some(process) = self.start(&life).await {
                world.note(|| format!("{} is up", self.name));
                *self.process.lock() = Some(process.clone());
                for task in tasks::of(&process.node, &world) {
                    process.spawn(task);
                }
                drop(process);
                life.ended().await;
            }
            world.note(|| format!("{} has ended", self.name));
            self.bury(&life, &world).await;
            world.rest(world.downtime()).await;
        }
    }

    async fn start(&self, life: &Arc<Life>) -> Option<Process> {
        let mut ground = self.ground();
        let gate: Arc<dyn Gate> = Arc::clone(life) as Arc<dyn Gate>;
        ground.set_gate(Some(&gate));
        let mortal = Arc::clone(life);
        ground.around.medium = Some(Arc::new(move |inner| Arc::new(Mortal::new(inner, &mortal))));
        let opening = tokio::spawn(Running::new(life, TestNode::open(ground)));
        let abort = opening.abort_handle();
        let node = tokio::select! {
            biased;
            node = opening => Arc::new(node.ok()?),
            () = life.ended() => {
                abort.abort();
                return None;
            }
        };
        self.durable.lock().outlives(&node.journal);
        life.watch(node.journal.ledger());
        Some(Process { life: Arc::clone(life), node, work: Arc::default() })
    }

    /// Ends whatever ran in the process, and finds what a restart finds.
    async fn bury(&self, life: &Life, world: &World) {
        assert!(life.is_dead());
        let process = self.process.lock().take();
        if let Some(process) = process {
            process.work.lock().drain(..).for_each(|work| work.abort());
            let node = Arc::downgrade(&process.node);
            drop(process);
            // Aborted work goes as soon as the runtime comes to it.
            for _ in 0..1_000 {
                if node.strong_count() == 0 {
                    break;
                }
                tokio::task::yield_now().await;
            }
            assert_eq!(node.strong_count(), 0, "something of the process is left");
        } else {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        // A killed process leaves what it wrote; a power cut what it synced.
        let keeps_writes = world.chance.one_in(2);
        let mut ground = self.ground.lock();
        ground.media = ground.media.restart(|| keeps_writes);
    }
}
