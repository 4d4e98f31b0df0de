//! A node is killed in the middle of its work.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use kinfold_sample::StoryKey;

use crate::{
    browser::{Browser, about},
    stage::{Stage, wait_for},
};

#[test]
fn every_check_that_was_answered_is_in_a_sound_ledger_after_the_node_was_killed() {
    let mut stage = Stage::running("crash");
    let child = stage.child(StoryKey::OnPlan);
    let nurse = Browser::signed_in(&stage, "trust", "nina.nurse", 0);
    let fields = about(&child, "direct-care-unscheduled");
    let fields: Vec<_> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let (answered, count) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while let Ok(page) = nurse.try_post("/check", &fields) {
                    page.must(200, "On a child protection plan");
                    answered.lock().unwrap().push(page.reference());
                    if count.fetch_add(1, Ordering::Relaxed) > 400 {
                        break;
                    }
                }
            });
        }
        wait_for("some checks", || count.load(Ordering::Relaxed) >= 30);
        stage.kill("trust");
    });
    let answered = answered.into_inner().unwrap();
    assert!(answered.len() >= 30);

    let told = stage.must(&["ledger", "verify", "--config", "trust/kinfold.toml"]);
    assert!(told.contains("Sound"), "{told}");
    stage.serve("trust");
    let told = stage.must(&["ledger", "verify", "--config", "trust/kinfold.toml"]);
    assert!(told.contains("Sound"), "{told}");
    let governance = Browser::signed_in(&stage, "trust", "greta.infogov", 0);
    wait_for("every answered check among the looks", || {
        let page = governance.who(&child);
        answered.iter().all(|reference| page.says(reference))
    });
}
