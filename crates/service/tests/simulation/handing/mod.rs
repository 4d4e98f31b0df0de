//! The second story: two councils and a hospital. Custodians hand children over, take offers back, accept, refuse, decide what has crossed,
//! while everything fails around them; nurses ask who is on a register.

mod after;
mod custodians;
mod deeds;
mod nurses;
pub(crate) mod registers;
mod settling;

pub(crate) use deeds::Word;

use std::{panic::resume_unwind, sync::Arc};

use kinfold_service::testing::entry;
use tokio::task::JoinSet;

use crate::{
    children::{CHILDREN, child_of, entry_of},
    network::Weather,
    story::{power_cuts, tell_of},
    world::World,
};

/// Children of the first council; the others are the second's.
const OF_FIRST: usize = CHILDREN / 2;

/// Tells the story of a seed.
pub(crate) fn tell(seed: u64, tells: bool) -> Vec<String> {
    tell_of(tells, |told| World::of_councils(seed, told), play)
}

/// The council on whose register a child stands when the story begins.
fn first_council(n: usize) -> usize {
    usize::from(n >= OF_FIRST)
}

async fn play(world: &Arc<World>) {
    for (place, council) in world.councils().iter().enumerate() {
        let theirs = (0..CHILDREN).filter(|n| first_council(*n) == place);
        let plans = theirs.map(|n| entry(entry_of(n).as_str(), &child_of(n))).collect();
        *council.ground().source.register.lock() = Some(plans);
    }
    let mut lives = JoinSet::new();
    for host in world.hosts() {
        lives.spawn(Arc::clone(host).live(Arc::clone(world)));
    }
    let mut acts = JoinSet::new();
    acts.spawn(custodians::work(Arc::clone(world), 16));
    acts.spawn(custodians::case_workers(Arc::clone(world), 3));
    acts.spawn(nurses::check(Arc::clone(world), 10));
    acts.spawn(weather(Arc::clone(world)));
    acts.spawn(power_cuts(Arc::clone(world)));
    while let Some(done) = acts.join_next().await {
        if let Err(error) = done {
            resume_unwind(error.into_panic());
        }
    }
    world.calm_down();
    settling::settle(world).await;
    after::everything(world).await;
    world.hosts().iter().for_each(|host| host.kill());
    lives.shutdown().await;
}

/// Ways between any two are cut, in one direction or both, and open again.
async fn weather(world: Arc<World>) {
    for _ in 0..world.chance.between(0, 4) {
        tokio::time::sleep(world.up_to(world.span / 2)).await;
        let kinds = [Weather::Refusing, Weather::Silent, Weather::Deaf];
        let weather = *world.chance.pick(&kinds).unwrap();
        let agencies: Vec<_> = world.hosts().iter().map(|host| host.ground().agency.id).collect();
        let from = world.chance.index(agencies.len());
        let to = (from + 1 + world.chance.index(agencies.len() - 1)) % agencies.len();
        world.note(|| format!("{weather:?} from {} to {}", agencies[from], agencies[to]));
        world.network.set(&agencies[from], &agencies[to], weather);
        if world.chance.one_in(2) {
            world.network.set(&agencies[to], &agencies[from], weather);
        }
        tokio::time::sleep(world.up_to(world.span / 2)).await;
        world.network.clear();
        world.note(|| "the ways are open".to_owned());
    }
}
