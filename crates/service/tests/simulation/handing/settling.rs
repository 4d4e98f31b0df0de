//! Until everything has come to rest and whatever crossed was decided.

use std::{sync::Arc, time::Duration};

use kinfold_service::register::{FeedState, Side, State};

use super::{
    custodians::lines,
    deeds::{Saying, say},
};
use crate::{host::Host, world::World};

/// How often it must be found at rest, one look after the other.
const LOOKS: u32 = 3;

pub(super) async fn settle(world: &Arc<World>) {
    // What is still on its way has come by then.
    tokio::time::sleep(Duration::from_secs(30)).await;
    for round in 0..8 {
        quiet(world).await;
        if !decide(world, round).await {
            return;
        }
    }
    panic!("custodians never come to an end");
}

async fn quiet(world: &World) {
    let mut found = 0;
    for _ in 0..120 {
        tokio::time::sleep(Duration::from_secs(5)).await;
        found = if is_quiet(world) { found + 1 } else { 0 };
        if found == LOOKS {
            return;
        }
    }
    panic!("it does not come to rest");
}

fn is_quiet(world: &World) -> bool {
    let read = |host: &Arc<Host>| {
        let node = host.node()?;
        let as_in_case_system = |state: &FeedState| {
            state.answered.is_some_and(|at| host.clock.truly(at) > world.quiet_since())
        };
        let is_read = node.feed.as_ref().is_some_and(|feed| as_in_case_system(&feed.state()));
        let said = host.ground().work.hand_overs().iter().all(|item| item.unsaid.is_empty());
        Some((is_read && said).then(|| node.register.size()))
    };
    let sizes: Option<Vec<_>> = world.councils().iter().map(|host| read(host).flatten()).collect();
    let copies = world.trust().node().map(|node| {
        let owners = world.councils().iter().map(|host| host.ground().agency.id);
        let registers = node.ground.registers.clone();
        owners.map(|owner| registers.len(&owner) as u64).collect::<Vec<_>>()
    });
    sizes.is_some() && sizes == copies && world.told_all()
}

/// Custodians decide what crossed, and of what is offered some; whether there was anything to decide.
async fn decide(world: &World, round: u32) -> bool {
    let mut any = false;
    for council in world.councils() {
        for line in lines(council).await.expect("a node that is up") {
            let saying = match (line.side, line.state) {
                (Side::Giver, State::Conflict) => Saying::Settle(line.id, world.chance.one_in(2)),
                (Side::Taker, State::Offered) if round == 0 && world.chance.one_in(3) => {
                    Saying::Refuse(line.id)
                }
                (Side::Taker, State::Offered) if round == 0 && world.chance.one_in(2) => {
                    Saying::Accept(line.id)
                }
                _ => continue,
            };
            any = true;
            let refused = say(world, council, saying.clone()).await == Some(false);
            if let (true, Saying::Settle(id, stays)) = (refused, saying) {
                say(world, council, Saying::Settle(id, !stays)).await;
            }
        }
    }
    any
}
