//! Clocks that differ.

use std::path::{Path, PathBuf};

use kinfold_sample::StoryKey;

use crate::{
    browser::Browser,
    council_away::council_governance,
    stage::{Stage, skip, wait_for},
};

/// The library that sets a process to another time.
pub(crate) fn faketime() -> Option<PathBuf> {
    let folders = ["x86_64-linux-gnu", "aarch64-linux-gnu"];
    let library = |folder| Path::new("/usr/lib").join(folder).join("faketime/libfaketimeMT.so.1");
    folders.into_iter().map(library).find(|path| path.exists())
}

#[test]
fn nothing_flows_between_clocks_two_minutes_apart_and_both_ends_record_why() {
    let Some(library) = faketime() else { return skip("libfaketime is not installed") };
    let mut stage = Stage::set("clocks");
    stage.hospital();
    stage.serve_ahead("council", &library, "+120s");
    stage.serve("trust");
    wait_for("people", || stage.knows_people("council") && stage.knows_people("trust"));
    let child = stage.child(StoryKey::OnPlan);
    let apart = "The two nodes' clocks are 1";

    let worker = Browser::signed_in(&stage, "council", "wendy.worker", 120);
    let page = worker.view(&child);
    page.must(200, apart);
    assert!(!page.says("NHS Trust (synthetic), system “"), "{}", page.text());

    let nurse = Browser::signed_in(&stage, "trust", "nina.nurse", 0);
    let page = nurse.view(&child);
    page.must(200, apart);
    assert!(!page.says("service (synthetic), system “case-system”, record"), "{}", page.text());
    nurse.check(&child).must(200, "Could not be confirmed");
    assert_eq!(stage.status("trust").expect("a node that serves")["register"], 0);

    let recorded = [("council", council_governance(), 120), ("trust", "greta.infogov", 0)];
    for (node, governance, ahead) in recorded {
        let governance = Browser::signed_in(&stage, node, governance, ahead);
        wait_for("the refusal in the ledger", || {
            let page = governance.who(&child);
            page.says(&format!("Refused: {apart}"))
        });
    }
}
