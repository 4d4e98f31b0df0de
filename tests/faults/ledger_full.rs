//! A ledger that cannot be written.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use kinfold_sample::StoryKey;

use crate::{
    browser::{Browser, about},
    stage::{Stage, skip, wait_for},
};

/// A small disk over a node's folder. Dropped, it is taken away.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Puts a disk of so many MiB in place of a folder, with the folder's files.
    fn over(folder: &Path, mib: u32) -> Option<Self> {
        let aside = folder.with_extension("aside");
        fs::rename(folder, &aside).expect("a folder set aside");
        fs::create_dir(folder).expect("a folder");
        let size = format!("size={mib}m,mode=700");
        let mounted = run("mount", &["-t", "tmpfs", "-o", &size, "tmpfs", path(folder)]);
        let disk = mounted.then(|| Self(folder.to_owned()))?;
        // Holes are kept: the ledger's own room, set aside beforehand, would outlast a full disk.
        let from = format!("{}/.", aside.display());
        assert!(
            run("cp", &["-a", "--sparse=always", &from, path(folder)]),
            "the disk is too small"
        );
        fs::remove_dir_all(&aside).expect("the folder aside is removed");
        Some(disk)
    }

    fn fill(&self) {
        let mut file = fs::File::create(self.0.join("filling")).expect("a file");
        let block = vec![7; 4096];
        while file.write_all(&block).is_ok() {}
        let _ = file.write_all(&block[..1]);
    }

    fn free(&self) {
        fs::remove_file(self.0.join("filling")).expect("the file is removed");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        run("umount", &["--lazy", path(&self.0)]);
    }
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

fn run(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).status().is_ok_and(|status| status.success())
}

#[test]
fn nothing_is_shown_while_the_ledger_cannot_be_written() {
    let mut stage = Stage::set("full");
    let Some(disk) = SmallDisk::over(&stage.root().join("trust/data"), 48) else {
        return skip("a small disk can be mounted by root only");
    };
    stage.start_all();
    let child = stage.child(StoryKey::OnPlan);
    let nurse = Browser::signed_in(&stage, "trust", "nina.nurse", 0);
    nurse.check(&child).must(200, "On a child protection plan");

    disk.fill();
    let fields = about(&child, "direct-care-unscheduled");
    let fields: Vec<_> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let mut refused = None;
    for _ in 0..20 {
        // A node whose ledger failed ends, and may do so before it has answered.
        let Ok(page) = nurse.try_post("/check", &fields) else { break };
        if page.status != 200 {
            refused = Some(page);
            break;
        }
    }
    let page = refused.expect("a page that says so");
    page.must(503, "the ledger cannot be written at this moment");
    page.must(503, "Ring instead");
    assert!(!page.says("child protection plan"), "{}", page.text());

    disk.free();
    // What is durable is found out by a fresh start, which a supervisor makes.
    if stage.has_ended("trust") {
        stage.serve("trust");
        stage.settled("trust");
    }
    wait_for("checks to be answered again", || {
        nurse.check(&child).says("On a child protection plan")
    });
    let told = stage.must(&["ledger", "verify", "--config", "trust/kinfold.toml"]);
    assert!(told.contains("Sound"), "{told}");
    stage.kill("trust");
}

/// Both nodes, the trust's with a fresh ledger of small segments on a small disk.
fn small_segments(name: &str) -> Option<(Stage, SmallDisk)> {
    let mut stage = Stage::set(name);
    let config = fs::read_to_string(stage.config("trust")).expect("a configuration");
    let (first, rest) = config.split_once("[agency]").expect("an agency");
    let config = format!("{first}[ledger]\nsegment_mib = 1\n\n[agency]{rest}");
    fs::write(stage.config("trust"), config).expect("a written configuration");
    let data = stage.root().join("trust/data");
    fs::remove_dir_all(data.join("ledger")).expect("a ledger that is removed");
    let disk = SmallDisk::over(&data, 48)?;
    stage.start_all();
    // One segment is in use and the next one is ready.
    wait_for("the next segment", || data.join("ledger/segments/0000000001.seg").exists());
    Some((stage, disk))
}

#[test]
fn a_ledger_without_room_for_its_next_segment_shows_nothing_and_goes_on_once_there_is_room() {
    let Some((mut stage, disk)) = small_segments("no-segment") else {
        return skip("a small disk can be mounted by root only");
    };
    let child = stage.child(StoryKey::OnPlan);
    let nurse = Browser::signed_in(&stage, "trust", "nina.nurse", 0);
    disk.fill();
    let fields = about(&child, "direct-care-unscheduled");
    let fields: Vec<_> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let answers = (0..2_000).map(|_| nurse.post("/check", &fields));
    let answers = answers.inspect(|page| {
        assert!(page.status == 200 || !page.says("child protection plan"), "{}", page.text());
    });
    let page = answers.into_iter().find(|page| page.status != 200).expect("a full ledger");
    page.must(503, "the ledger cannot be written at this moment");
    page.must(503, "Ring instead");
    assert!(!nurse.post("/view", &fields).says("Keyworker"));

    disk.free();
    wait_for("the same process to answer again", || {
        nurse.check(&child).says("On a child protection plan")
    });
    let told = stage.must(&["ledger", "verify", "--config", "trust/kinfold.toml"]);
    assert!(told.contains("Sound"), "{told}");
    stage.kill("trust");
}

#[test]
fn who_looked_says_that_its_list_is_not_complete_while_the_disk_is_full() {
    let Some((mut stage, disk)) = small_segments("who-behind") else {
        return skip("a small disk can be mounted by root only");
    };
    let child = stage.child(StoryKey::OnPlan);
    let nurse = Browser::signed_in(&stage, "trust", "nina.nurse", 0);
    let governance = Browser::signed_in(&stage, "trust", "greta.infogov", 0);
    disk.fill();
    let mut page = governance.who(&child);
    for _ in 0..20 {
        for _ in 0..10 {
            nurse.check(&child).must(200, "On a child protection plan");
        }
        page = governance.who(&child);
        if page.says("This list is not complete.") {
            break;
        }
    }
    page.must(200, "This list is not complete.");
    page.must(200, "of this ledger are not searched yet");

    disk.free();
    wait_for("the list to be complete again", || {
        let page = governance.who(&child);
        page.status == 200 && !page.says("This list is not complete.")
    });
    stage.kill("trust");
}
