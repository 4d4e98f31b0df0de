//! The register's owner goes away and comes back.

use kinfold_sample::StoryKey;

use crate::{
    browser::Browser,
    stage::{Stage, wait_for},
};

#[test]
fn a_killed_council_leaves_checks_with_their_age_then_a_number_to_ring_and_heals_by_itself() {
    let mut stage = Stage::set("council-away");
    stage.configure("trust", "stale_after_s = 60", "stale_after_s = 6");
    stage.start_all();
    let (on_plan, unknown) = (stage.child(StoryKey::OnPlan), stage.child(StoryKey::NotOnRegister));
    let nurse = Browser::signed_in(&stage, "trust", "nina.nurse", 0);
    // A busy machine may let a head wait beyond so short a limit.
    wait_for("the replica to be confirmed", || {
        nurse.check(&unknown).says("Not on these registers")
    });

    stage.kill("council");
    let page = nurse.check(&on_plan);
    page.must(200, "On a child protection plan");
    page.must(200, "register: as at today at ");
    let looked = page.reference();

    let mut page = nurse.check(&unknown);
    wait_for("the replica to be too old", || {
        page = nurse.check(&unknown);
        page.says("Could not be confirmed")
    });
    page.must(200, "Older than its limit");
    page.must(200, "Ring now");
    assert!(page.body.contains("href=\"tel:"), "{}", page.text());
    assert!(!page.says("Not on these registers"));
    let page = nurse.check(&on_plan);
    page.must(200, "On a child protection plan");
    page.must(200, "This is the last known state.");

    let page = nurse.view(&on_plan);
    page.must(200, "Council children's service (synthetic): Could not be asked");
    page.must(200, "The partner's node could not be reached.");

    stage.serve("council");
    wait_for("the replica to be confirmed again", || {
        nurse.check(&unknown).says("Not on these registers")
    });
    let governance = Browser::signed_in(&stage, "council", council_governance(), 0);
    let mut page = governance.who(&on_plan);
    wait_for("the council to hear of the looks", || {
        page = governance.who(&on_plan);
        page.says("Read from this register’s copy") || page.says("Read from this register's copy")
    });
    assert!(page.says(&looked), "{}", page.text());
}

/// The council's information governance lead.
pub(crate) fn council_governance() -> &'static str {
    "ivan.infogov"
}
