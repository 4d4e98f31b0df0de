//! The people of a story: nurses at the board, social workers, the case system's users. Everybody looks, is shown something, and what they
//! are shown is held against what really is.

use std::{sync::Arc, time::Duration};

use jiff::ToSpan;
use kinfold_domain::{CheckAnswer, Purpose};
use kinfold_service::{
    check::{CheckQuestion, Checked},
    department::{BoardView, Outcome},
    records::Wrong,
    testing::{COUNCIL, TRUST, caller},
};

use tokio::time::timeout;

use crate::{
    children::{CHILDREN, known},
    happened::What,
    shown,
    world::World,
};

pub(crate) fn unscheduled() -> Purpose {
    "direct-care-unscheduled".parse().unwrap()
}

/// How long somebody waits for an answer: some leave the page at once, and the node drops what it was doing for them.
pub(crate) fn patience(world: &World) -> Duration {
    if world.chance.one_in(3) { world.chance.millis(1, 60) } else { Duration::from_secs(30) }
}

/// What the board shows a nurse; `None` where the node is down.
pub(crate) async fn board(world: &World) -> Option<BoardView> {
    let view = world.trust().call(async |node| {
        let board = &node.department.as_ref().unwrap().board;
        let watching = board.open(&caller(TRUST, "nurse", "ed-clinician")).await.ok()?;
        Some(board.show(&watching).await.ok()?.content().clone())
    });
    let view = view.await??;
    shown::board(world, &view);
    Some(view)
}

/// What a nurse is answered about a child.
pub(crate) async fn check(world: &World, n: usize) -> Option<Checked> {
    let (subject, purpose) = (known(n), unscheduled());
    let checked = world.trust().call(async move |node| {
        let question = CheckQuestion { subject, purpose, choice: None };
        let asker = caller(TRUST, "nurse", "ed-clinician");
        node.check.check(&asker, question).await.ok().map(|release| release.content().clone())
    });
    let checked = checked.await??;
    shown::answer(world, Some(n), (&checked.answer, &checked.registers, checked.at));
    Some(checked)
}

/// Nurses, one after the other.
pub(crate) async fn nurses(world: Arc<World>, deeds: u32) {
    for _ in 0..deeds {
        tokio::time::sleep(world.up_to(world.span * 2 / deeds)).await;
        match world.chance.between(0, 5) {
            0..=2 => say_what_became(&world).await,
            3 => record_by_hand(&world).await,
            4 => say_what_is_wrong(&world).await,
            _ => drop(check(&world, world.chance.index(CHILDREN)).await),
        }
    }
}

async fn say_what_became(world: &World) {
    let Some(view) = board(world).await else { return };
    let Some(row) = world.chance.pick(&view.rows) else { return };
    let (id, outcome) = (row.attendance, *world.chance.pick(&Outcome::ALL).unwrap());
    let by = world.happened.lock().begin("nurse", What::Outcome(id, outcome));
    let nurse = caller(TRUST, &by, "ed-clinician");
    let patience = patience(world);
    let done = world.trust().call(async move |node| {
        let outcomes = &node.department.as_ref().unwrap().outcomes;
        timeout(patience, outcomes.record(&nurse, id, outcome)).await.ok()
    });
    let done = done.await.flatten().map(|done| done.is_ok());
    world.note(|| format!("{by} said {outcome:?} of {}: {done:?}", id.0));
    world.happened.lock().end(&by, done);
}

async fn record_by_hand(world: &World) {
    let Some(checked) = check(world, world.chance.index(CHILDREN)).await else { return };
    let certain = matches!(
        checked.answer,
        CheckAnswer::OnRegister { .. } | CheckAnswer::RecentlyEnded { .. }
    );
    if !certain {
        return;
    }
    let outcome = *world.chance.pick(&Outcome::ALL).unwrap();
    let entries = checked.entries.iter().map(|(_, entry)| entry.clone()).collect();
    let by = world.happened.lock().begin("nurse", What::ByHand(entries, outcome));
    let nurse = caller(TRUST, &by, "ed-clinician");
    let patience = patience(world);
    let done = world.trust().call(async move |node| {
        let outcomes = &node.department.as_ref().unwrap().outcomes;
        let whom = (&checked.subject, &checked.entries[..]);
        timeout(patience, outcomes.record_by_hand(&nurse, whom, outcome)).await.ok()
    });
    let done = done.await.flatten().map(|done| done.is_ok());
    world.note(|| format!("{by} recorded {outcome:?} by hand: {done:?}"));
    world.happened.lock().end(&by, done);
}

async fn say_what_is_wrong(world: &World) {
    let Some(checked) = check(world, world.chance.index(CHILDREN)).await else { return };
    let Some((owner, entry)) = checked.entries.first().cloned() else { return };
    let by = world.happened.lock().begin("nurse", What::Wrong(entry.clone()));
    let nurse = caller(TRUST, &by, "ed-clinician");
    let done = world.trust().call(async move |node| {
        let what = (Wrong::Number, &unscheduled());
        node.corrections.say(&nurse, (&owner, &entry), what).await
    });
    let done = done.await.map(|done| done.is_ok());
    world.happened.lock().end(&by, done);
}

/// Social workers, one after the other: each reads the list and answers for one attendance.
pub(crate) async fn workers(world: Arc<World>, deeds: u32) {
    for _ in 0..deeds {
        tokio::time::sleep(world.up_to(world.span * 2 / deeds)).await;
        let rows = world.council().call(async |node| {
            let lists = &node.attendances.as_ref().unwrap().lists;
            let list = lists.list(&caller(COUNCIL, "worker", "social-worker")).await.ok()?;
            Some(list.content().rows.clone())
        });
        let Some(rows) = rows.await.flatten() else { continue };
        let waits: Vec<_> = rows.iter().filter(|row| row.heard.waits()).collect();
        let Some(row) = world.chance.pick(&waits) else { continue };
        let (partner, id) = (row.heard.partner.clone(), row.heard.attendance);
        let by = world.happened.lock().begin("worker", What::Answered(id));
        let worker = caller(COUNCIL, &by, "social-worker");
        let patience = patience(&world);
        let done = world.council().call(async move |node| {
            let lists = &node.attendances.as_ref().unwrap().lists;
            timeout(patience, lists.acknowledge(&worker, (&partner, id))).await.ok()
        });
        let done = done.await.flatten().map(|done| done.is_ok());
        world.note(|| format!("{by} answered for {}: {done:?}", id.0));
        world.happened.lock().end(&by, done);
    }
}

/// The case system's users begin, end and correct plans.
pub(crate) async fn case_workers(world: Arc<World>, changes: u32) {
    for _ in 0..changes {
        tokio::time::sleep(world.up_to(world.span * 2 / changes)).await;
        let today = world.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let ended = match world.chance.between(0, 3) {
            0 | 1 => None,
            2 => Some(today.checked_sub(days(world.chance.between(2, 20))).unwrap()),
            _ => Some(today.checked_sub(400.days()).unwrap()),
        };
        let n = world.chance.index(CHILDREN);
        world.note(|| format!("the plan of child {n} changes: ended {ended:?}"));
        world.case_system.lock().change(n, world.now(), ended);
        world.show_case_system();
    }
}

fn days(count: u64) -> jiff::Span {
    i64::try_from(count).unwrap().days()
}
