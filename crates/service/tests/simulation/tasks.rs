//! What a node does by itself while it serves, at the story's pace.

use std::{future::Future, pin::Pin, sync::Arc};

use kinfold_service::{register::Replica, testing::TestNode};

use crate::world::World;

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The tasks of a node of any kind.
pub(crate) fn of(node: &Arc<TestNode>, world: &Arc<World>) -> Vec<Task> {
    let with = || (Arc::clone(node), Arc::clone(world));
    let mut tasks: Vec<Task> = vec![Box::pin(tell(with()))];
    if node.department.is_some() {
        tasks.push(Box::pin(receive_arrivals(with())));
    }
    for replica in node.replica.iter().chain(&node.also) {
        tasks.push(Box::pin(keep_replica(Arc::clone(replica), Arc::clone(world))));
    }
    if node.feed.is_some() {
        tasks.push(Box::pin(read_register(with())));
    }
    if world.councils().len() > 1 {
        if node.hand_overs.is_some() {
            tasks.push(Box::pin(hand_over(with())));
        }
    } else if node.attendances.is_some() {
        tasks.push(Box::pin(escalate(with())));
    }
    tasks
}

async fn receive_arrivals((node, world): (Arc<TestNode>, Arc<World>)) {
    let arrivals = &node.department.as_ref().unwrap().arrivals;
    loop {
        if arrivals.work().await.is_err() {
            world.pause().await;
            continue;
        }
        tokio::select! {
            biased;
            () = arrivals.wait() => {}
            () = world.pause() => drop(arrivals.look_again().await),
        }
    }
}

async fn keep_replica(replica: Arc<Replica>, world: Arc<World>) {
    loop {
        let wait_ms = if world.chance.one_in(4) { 2_000 } else { 0 };
        let _ = replica.pull(wait_ms).await;
        world.pause().await;
    }
}

async fn read_register((node, world): (Arc<TestNode>, Arc<World>)) {
    loop {
        let _ = node.feed.as_ref().unwrap().poll().await;
        world.pause().await;
    }
}

async fn escalate((node, world): (Arc<TestNode>, Arc<World>)) {
    loop {
        let _ = node.attendances.as_ref().unwrap().escalations.escalate().await;
        world.pause().await;
    }
}

async fn hand_over((node, world): (Arc<TestNode>, Arc<World>)) {
    loop {
        let _ = node.hand_overs.as_ref().unwrap().work().await;
        world.pause().await;
    }
}

async fn tell((node, world): (Arc<TestNode>, Arc<World>)) {
    loop {
        // Until nothing is left: how far the ledger has grown when one delivery begins is its thread's chance, not the story's.
        let mut dealt = None;
        loop {
            match node.notices.deliver().await {
                Ok(upto) if dealt == Some(upto) => break,
                Ok(upto) => dealt = Some(upto),
                Err(_) => {
                    world.pause().await;
                    break;
                }
            }
        }
        world.pause().await;
    }
}
