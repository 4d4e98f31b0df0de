//! One life of a node's process: everything that runs in it, the effects that it may still have, and its end.

use std::{
    any::Any,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Arc, Condvar, Mutex, OnceLock,
        atomic::{AtomicBool, AtomicI64, Ordering::SeqCst},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use async_trait::async_trait;
use kinfold_ledger::Ledger;
use kinfold_service::testing::{Gate, Ground};
use tokio::sync::Notify;

use crate::{chance::Chance, clock::Clockwork};

/// How long the ledger's thread may take before something is wrong, by the machine's clock.
const PATIENCE: Duration = Duration::from_secs(20);

/// A process from its start to its end. An effect is a write of a store, a write or a sync of the ledger's medium, or a message that
/// leaves; when `left` of them are spent, the process ends before the next.
pub(crate) struct Life {
    ground: Ground,
    clock: Arc<Clockwork>,
    chance: Arc<Chance>,
    dead: AtomicBool,
    left: AtomicI64,
    ended: Notify,
    ledger: OnceLock<Written>,
    /// Whether the story waits for the ledger: its thread works only then.
    waits: Mutex<bool>,
    turned: Condvar,
    broken: Arc<Broken>,
}

/// A promise that was broken within a process: the story ends with it.
#[derive(Default)]
pub(crate) struct Broken {
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    told: Notify,
}

impl Broken {
    fn tell(&self, panic: Box<dyn Any + Send>) {
        self.panic.lock().unwrap().get_or_insert(panic);
        self.told.notify_one();
    }

    /// Once a promise was broken.
    pub(crate) async fn told(&self) -> Box<dyn Any + Send> {
        self.told.notified().await;
        self.panic.lock().unwrap().take().unwrap()
    }
}

/// The ledger, and where it and its salts stood when this life began.
struct Written {
    ledger: Arc<Ledger>,
    size: u64,
    salts: u64,
}

impl Life {
    pub(crate) fn new(
        ground: &Ground,
        clock: &Arc<Clockwork>,
        (chance, broken): (&Arc<Chance>, &Arc<Broken>),
        left: Option<u64>,
    ) -> Arc<Self> {
        Arc::new(Self {
            ground: ground.clone(),
            clock: Arc::clone(clock),
            chance: Arc::clone(chance),
            dead: AtomicBool::new(false),
            left: AtomicI64::new(left.map_or(i64::MAX, |left| i64::try_from(left).unwrap())),
            ended: Notify::new(),
            ledger: OnceLock::new(),
            waits: Mutex::new(false),
            turned: Condvar::new(),
            broken: Arc::clone(broken),
        })
    }

    /// From now on, entries that the ledger was handed are waited for.
    pub(crate) fn watch(&self, ledger: &Arc<Ledger>) {
        let (size, salts) = (ledger.size(), self.handed());
        let ledger = Arc::clone(ledger);
        assert!(self.ledger.set(Written { ledger, size, salts }).is_ok(), "watched once");
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.dead.load(SeqCst)
    }

    /// No end comes by itself any more.
    pub(crate) fn spare(&self) {
        self.left.store(i64::MAX, SeqCst);
    }

    /// Ends the process where it stands.
    pub(crate) fn kill(&self) {
        self.die();
        self.ended.notify_one();
    }

    fn die(&self) {
        self.dead.store(true, SeqCst);
        // With the lock held, so that the ledger's thread can't miss it.
        let _waits = self.waits.lock().unwrap();
        self.turned.notify_all();
    }

    pub(crate) async fn ended(&self) {
        while !self.is_dead() {
            self.ended.notified().await;
        }
    }

    /// Before an effect: whether the process is still there to have it.
    pub(crate) fn effect(&self) -> bool {
        if !self.is_dead() && self.left.fetch_sub(1, SeqCst) <= 0 {
            self.die();
        }
        !self.is_dead()
    }

    /// Before an effect of the ledger's thread: it comes when the story waits for it, so that it is never faster one time than another.
    pub(crate) fn ledger_effect(&self) -> bool {
        let waits = self.waits.lock().unwrap();
        let early = |waits: &mut bool| !*waits && !self.is_dead();
        drop(self.turned.wait_timeout_while(waits, PATIENCE, early).unwrap());
        self.effect()
    }

    fn wait_for_ledger(&self, waits: bool) {
        *self.waits.lock().unwrap() = waits;
        self.turned.notify_all();
    }

    fn handed(&self) -> u64 {
        self.ground.around.salts.load(SeqCst)
    }

    /// Before an effect; never ready when the process ended.
    pub(crate) async fn lives(&self) {
        if !self.effect() {
            self.ended.notify_one();
            std::future::pending::<()>().await;
        }
    }

    fn ledger_works(&self) -> bool {
        let Some(Written { ledger, size, salts }) = self.ledger.get() else { return false };
        let handed = self.handed() - salts;
        ledger.size() < size + handed && ledger.failure().is_none()
    }
}

#[async_trait]
impl Gate for Life {
    async fn pass(&self, writes: bool) {
        if self.chance.one_in(if writes { 3 } else { 12 }) {
            tokio::time::sleep(self.chance.millis(1, 40)).await;
        }
        if writes {
            self.lives().await;
        }
    }
}

/// What runs in a process. Its ledger's thread is waited for within the poll, so that nothing but chance decides what comes next; its
/// clock goes by the story's; and when the process has ended it is never polled again.
pub(crate) struct Running<F> {
    life: Arc<Life>,
    work: Pin<Box<F>>,
}

impl<F> Running<F> {
    pub(crate) fn new(life: &Arc<Life>, work: F) -> Self {
        Self { life: Arc::clone(life), work: Box::pin(work) }
    }
}

impl<F: Future> Future for Running<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let life = Arc::clone(&self.life);
        loop {
            if life.is_dead() {
                return Poll::Pending;
            }
            life.clock.show(&life.ground);
            let bell = Arc::new(Bell::new(context.waker().clone()));
            let (waker, handed) = (bell.clone().into(), life.handed());
            let work = self.work.as_mut();
            let poll = AssertUnwindSafe(|| work.poll(&mut Context::from_waker(&waker)));
            let polled = match catch_unwind(poll) {
                Ok(polled) => polled,
                Err(panic) => {
                    life.broken.tell(panic);
                    return Poll::Pending;
                }
            };
            if life.is_dead() {
                life.ended.notify_one();
                return Poll::Pending;
            }
            if polled.is_ready() {
                return polled;
            }
            if life.handed() == handed {
                bell.pass_on();
                return Poll::Pending;
            }
            life.wait_for_ledger(true);
            bell.wait(&life);
            life.wait_for_ledger(false);
            if life.is_dead() {
                life.ended.notify_one();
                return Poll::Pending;
            }
            // What became durable is answered at once, or others come first.
            if life.chance.one_in(3) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
        }
    }
}

/// Rung by whatever the work waits for: waited for here while that is the ledger, passed on to the runtime otherwise.
struct Bell {
    state: Mutex<(bool, bool)>,
    rang: Condvar,
    outer: Waker,
}

impl Bell {
    fn new(outer: Waker) -> Self {
        Self { state: Mutex::default(), rang: Condvar::new(), outer }
    }

    fn pass_on(&self) {
        let mut state = self.state.lock().unwrap();
        state.1 = true;
        if state.0 {
            self.outer.wake_by_ref();
        }
    }

    fn wait(&self, life: &Life) {
        let mut state = self.state.lock().unwrap();
        while !state.0 || life.ledger_works() {
            let (after, waited) = self.rang.wait_timeout(state, PATIENCE).unwrap();
            assert!(!waited.timed_out(), "the ledger's thread does not answer");
            state = after;
        }
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        let mut state = self.state.lock().unwrap();
        state.0 = true;
        if state.1 {
            self.outer.wake_by_ref();
        }
        self.rang.notify_all();
    }
}
