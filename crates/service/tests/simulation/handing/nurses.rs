//! Nurses at the hospital, which holds copies of both registers.

use std::sync::Arc;

use kinfold_domain::{CheckAnswer, RegisterHit};
use kinfold_service::{
    check::CheckQuestion,
    testing::{TRUST, caller},
};

use super::registers::of_child;
use crate::{
    children::{CHILDREN, known},
    people::unscheduled,
    world::World,
};

pub(super) async fn check(world: Arc<World>, times: u32) {
    for _ in 0..times {
        tokio::time::sleep(world.up_to(world.span * 2 / times)).await;
        answer(&world, world.chance.index(CHILDREN)).await;
    }
}

/// What a nurse is answered about a child: never that it is on neither register; nor that a plan has ended that goes on elsewhere.
pub(super) async fn answer(world: &World, n: usize) -> Option<CheckAnswer> {
    let (subject, purpose) = (known(n), unscheduled());
    let checked = world.trust().call(async move |node| {
        let question = CheckQuestion { subject, purpose, choice: None };
        let asker = caller(TRUST, "nurse", "ed-clinician");
        node.check.check(&asker, question).await.ok().map(|release| release.content().clone())
    });
    let checked = checked.await??;
    let is_theirs = |hit: &RegisterHit| of_child(&hit.entry, n);
    match &checked.answer {
        CheckAnswer::NotOnRegister => panic!("child {n} was said to be on neither register"),
        CheckAnswer::OnRegister { hits } => assert!(hits.iter().all(is_theirs)),
        CheckAnswer::RecentlyEnded { hits, .. } => {
            let closed = world.happened.lock().closed.contains(&n);
            assert!(closed, "of child {n} it was said that the plan has ended: {hits:?}");
        }
        CheckAnswer::Unconfirmed => {
            let unread = checked.registers.iter().any(|register| register.as_at.is_none());
            assert!(unread, "child {n} was not found on a register that was read");
        }
        other => panic!("child {n}: {other:?}"),
    }
    Some(checked.answer)
}
