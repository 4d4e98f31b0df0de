//! One story: people and systems at work, everything failing around them, then quiet; and what must be true then.

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::Arc,
    time::Duration,
};

use kinfold_service::register::FeedState;
use tokio::{task::JoinSet, time::timeout};

use crate::{
    after,
    hospital::Hospital,
    network::Weather,
    people::{board, case_workers, nurses, workers},
    world::{Told, World},
};

/// Tells the story of a seed; a broken promise panics. What happened, where that is asked for.
pub(crate) fn tell(seed: u64, tells: bool) -> Vec<String> {
    tell_of(tells, |told| World::new(seed, told), play)
}

/// Tells a story of any world.
pub(crate) fn tell_of(
    tells: bool,
    world: impl FnOnce(Option<Told>) -> Arc<World>,
    play: impl AsyncFnOnce(&Arc<World>),
) -> Vec<String> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let (runtime, told) = (runtime.unwrap(), Arc::default());
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            let world = world(tells.then(|| Arc::clone(&told)));
            let broken = Arc::clone(&world.broken);
            tokio::select! {
                biased;
                panic = broken.told() => resume_unwind(panic),
                told = timeout(world.longest(), play(&world)) => {
                    told.expect("the story ends: nobody is kept waiting for ever");
                }
            }
        });
    }));
    let told = std::mem::take(&mut *told.lock());
    if let Err(panic) = outcome {
        for line in &told {
            println!("{line}");
        }
        resume_unwind(panic);
    }
    told
}

async fn play(world: &Arc<World>) {
    let mut lives = JoinSet::new();
    for host in world.hosts() {
        lives.spawn(Arc::clone(host).live(Arc::clone(world)));
    }
    let mut acts = JoinSet::new();
    acts.spawn(Hospital::new(world, "pas").work(7));
    acts.spawn(Hospital::new(world, "triage").work(3));
    acts.spawn(nurses(Arc::clone(world), 6));
    acts.spawn(workers(Arc::clone(world), 3));
    acts.spawn(case_workers(Arc::clone(world), 4));
    acts.spawn(weather(Arc::clone(world)));
    acts.spawn(power_cuts(Arc::clone(world)));
    while let Some(done) = acts.join_next().await {
        if let Err(error) = done {
            resume_unwind(error.into_panic());
        }
    }
    world.calm_down();
    settle(world).await;
    after::everything(world).await;
    world.hosts().iter().for_each(|host| host.kill());
    lives.shutdown().await;
}

/// Ways are cut, each direction by itself or both, and open again.
async fn weather(world: Arc<World>) {
    let (council, trust) = (world.council().ground().agency.id, world.trust().ground().agency.id);
    for _ in 0..world.chance.between(0, 3) {
        tokio::time::sleep(world.up_to(world.span / 2)).await;
        let kinds = [Weather::Refusing, Weather::Silent, Weather::Deaf];
        let weather = *world.chance.pick(&kinds).unwrap();
        let both = world.chance.between(0, 3);
        world.note(|| format!("{weather:?} ({both})"));
        if both != 1 {
            world.network.set(&council, &trust, weather);
        }
        if both != 2 {
            world.network.set(&trust, &council, weather);
        }
        tokio::time::sleep(world.up_to(world.span / 2)).await;
        world.network.clear();
        world.note(|| "the ways are open".to_owned());
    }
}

/// A node ends whatever it does.
pub(crate) async fn power_cuts(world: Arc<World>) {
    for _ in 0..world.chance.between(0, 2) {
        tokio::time::sleep(world.up_to(world.span)).await;
        let host = world.chance.pick(world.hosts()).unwrap();
        host.kill();
    }
}

/// Until both nodes are up and have done all that they do by themselves; then somebody looks, as somebody will, and they tell of it.
async fn settle(world: &Arc<World>) {
    // What is still on its way has come by then.
    tokio::time::sleep(Duration::from_secs(30)).await;
    quiet(world).await;
    board(world).await.expect("a board");
    quiet(world).await;
}

async fn quiet(world: &World) {
    for _ in 0..60 {
        tokio::time::sleep(Duration::from_secs(5)).await;
        if is_quiet(world) {
            return;
        }
    }
    panic!("it does not come to rest");
}

fn is_quiet(world: &World) -> bool {
    let (Some(council), Some(trust)) = (world.council().node(), world.trust().node()) else {
        return false;
    };
    let as_in_case_system = |state: &FeedState| {
        state.answered.is_some_and(|at| world.council().clock.truly(at) > world.quiet_since())
    };
    world.trust().ground().work.unsettled() == 0
        && council.feed.as_ref().is_some_and(|feed| as_in_case_system(&feed.state()))
        && council.register.size() == trust.register.size()
        && world.told_all()
}
