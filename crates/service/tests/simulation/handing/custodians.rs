//! Custodians at both councils, one after the other, and their case systems' users.

use std::sync::Arc;

use kinfold_service::{
    register::{HandOverLine, Side, State},
    testing::{caller, entry},
};

use super::{
    deeds::{Saying, say, today},
    first_council, registers,
};
use crate::{
    children::{CHILDREN, child_of, entry_of},
    host::Host,
    world::World,
};

/// What a council's custodians see of hand-overs; `None` where the node is down.
pub(super) async fn lines(council: &Arc<Host>) -> Option<Vec<HandOverLine>> {
    let custodian = caller(council.name, "custodian", "register-custodian");
    let lines = council.call(async move |node| {
        let list = node.custodian.as_ref().unwrap().hand_overs(&custodian).await.ok()?;
        Some(list.content().lines.clone())
    });
    lines.await?
}

/// Custodians offer what they have, or deal with what there is.
pub(super) async fn work(world: Arc<World>, deeds: u32) {
    for _ in 0..deeds {
        tokio::time::sleep(world.up_to(world.span * 2 / deeds)).await;
        let place = world.chance.index(2);
        let council = &world.councils()[place];
        if world.chance.one_in(3) {
            offer(&world, place).await;
            continue;
        }
        let Some(lines) = lines(council).await else { continue };
        let open: Vec<_> = lines.iter().filter(|line| line.is_open).collect();
        let Some(line) = world.chance.pick(&open) else {
            offer(&world, place).await;
            continue;
        };
        if let Some(saying) = next(&world, line) {
            say(&world, council, saying).await;
        }
    }
}

async fn offer(world: &World, place: usize) {
    let (council, other) = (&world.councils()[place], &world.councils()[1 - place]);
    // Few children, so that one goes to and fro.
    let n = world.chance.index(CHILDREN / 2) * 2;
    let Some(entry) = registers::in_force(council, n).into_iter().next() else { return };
    say(world, council, Saying::Offer(entry.id, other.ground().agency.id)).await;
}

/// What somebody may do about a hand-over, as it stands.
fn next(world: &World, line: &HandOverLine) -> Option<Saying> {
    match (line.side, line.state) {
        (Side::Giver, State::Offered) if world.chance.one_in(2) => Some(Saying::Withdraw(line.id)),
        (Side::Giver, State::Conflict) => Some(Saying::Settle(line.id, world.chance.one_in(2))),
        (Side::Taker, State::Offered) if world.chance.one_in(4) => Some(Saying::Refuse(line.id)),
        (Side::Taker, State::Offered) => Some(Saying::Accept(line.id)),
        _ => None,
    }
}

/// Plans are closed in the case system too early, or late, after the hand-over; children who were taken over are keyed in.
pub(super) async fn case_workers(world: Arc<World>, changes: u32) {
    for _ in 0..changes {
        tokio::time::sleep(world.up_to(world.span * 2 / changes)).await;
        let n = world.chance.index(CHILDREN / 2) * 2;
        if world.chance.one_in(2) {
            close(&world, n);
        } else {
            key_in(&world, n);
        }
    }
}

fn close(world: &World, n: usize) {
    let council = &world.councils()[first_council(n)];
    let was_handed_over = registers::entries(council).get(&entry_of(n)).is_some_and(|entry| {
        entry.handing_over.as_ref().is_some_and(|handing| handing.accepted.is_some())
    });
    if !was_handed_over {
        world.happened.lock().closed.insert(n);
    }
    world.note(|| format!("{} closes the plan of child {n} in its case system", council.name));
    let day = today(world);
    let ground = council.ground();
    let mut source = ground.source.register.lock();
    let plans = source.as_mut().unwrap();
    plans.iter_mut().find(|plan| plan.id == entry_of(n)).unwrap().end = Some(day);
}

fn key_in(world: &World, n: usize) {
    let council = &world.councils()[1 - first_council(n)];
    let keyed = format!("keyed-{n}");
    let made = registers::in_force(council, n);
    let Some(made) = made.iter().find(|entry| entry.id.as_str().starts_with("hand-")) else {
        return;
    };
    let ground = council.ground();
    let mut source = ground.source.register.lock();
    let plans = source.as_mut().unwrap();
    if plans.iter().all(|plan| plan.id.as_str() != keyed) {
        world.note(|| format!("{} keys child {n} in", council.name));
        let plan = entry(&keyed, &child_of(n));
        plans.push(kinfold_domain::RegisterEntry { start: made.start, ..plan });
    }
}
