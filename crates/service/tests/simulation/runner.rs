//! Which stories are told: as many as is usual, so many as `KINFOLD_SEEDS` says, or the one that `KINFOLD_SEED` names.

use std::{
    env,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Instant,
};

fn number(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

/// Tells the stories; names the seeds of those in which a promise was broken.
pub(crate) fn run(tell: impl Fn(u64, bool) -> Vec<String> + Sync, ordinarily: u64) {
    if let Some(seed) = number("KINFOLD_SEED") {
        for line in tell(seed, true) {
            println!("{line}");
        }
        return;
    }
    let (count, next) = (number("KINFOLD_SEEDS").unwrap_or(ordinarily), AtomicU64::new(0));
    let (broken, began) = (Mutex::new(Vec::new()), Instant::now());
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while broken.lock().unwrap().len() < 5 {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= count {
                        return;
                    }
                    if catch_unwind(AssertUnwindSafe(|| tell(seed, false))).is_err() {
                        println!("the story of seed {seed} is not kept: replay it with KINFOLD_SEED={seed}");
                        broken.lock().unwrap().push(seed);
                    }
                }
            });
        }
    });
    println!("{count} stories in {:.1} s", began.elapsed().as_secs_f64());
    let mut broken = broken.into_inner().unwrap();
    broken.sort_unstable();
    assert!(broken.is_empty(), "KINFOLD_SEED={} replays the first of {broken:?}", broken[0]);
}
