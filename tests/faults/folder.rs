//! Starting and ending.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::{browser::Browser, stage::Stage};

#[test]
fn a_second_node_on_the_same_folder_is_refused_and_the_first_serves_on() {
    let mut stage = Stage::set("second");
    stage.serve("council");
    let second = stage.run(&["serve", "--config", "council/kinfold.toml"]);
    assert!(!second.status.success());
    let told = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(told.contains("is another program using it?"), "{told}");

    // Other ports do not make it another node.
    let other = stage.root().join("council/other.toml");
    let text = std::fs::read_to_string(stage.config("council")).expect("a configuration");
    let moved = text
        .replace(&format!(":{}\"", stage.web("council")), ":0\"")
        .replace(&format!(":{}\"", stage.web("council") + 2), ":0\"");
    std::fs::write(&other, moved).expect("a written configuration");
    let second = stage.run(&["serve", "--config", "council/other.toml"]);
    assert!(!second.status.success());
    let told = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(told.contains("another process"), "{told}");
    assert_eq!(Browser::at(&stage, "council").get("/healthz").status, 200);
    assert!(stage.status("council").is_some());
}

#[test]
fn ctrl_c_ends_a_node_within_five_seconds_with_success() {
    let mut stage = Stage::running("interrupt");
    let _nurse = Browser::signed_in(&stage, "trust", "nina.nurse", 0);
    for node in ["trust", "council"] {
        let (status, took) = stage.signal(node, Signal::INT);
        assert_eq!(status, Some(0), "{}", stage.log(node));
        assert!(took < Duration::from_secs(5), "{node} took {took:?}");
    }
}

#[test]
fn the_demonstration_starts_again_on_what_it_left() {
    let stage = Stage::set("again");
    let folder = stage.root().to_str().expect("a path").to_owned();
    let port = (stage.web("council") - 1).to_string();
    for _ in 0..2 {
        let mut demo = stage.kinfold(&["demo", "--folder", &folder, "--port", &port]);
        let mut child = demo.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it runs");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let ready = lines.map_while(Result::ok).any(|line| line.starts_with("Ready."));
        assert!(ready, "the demonstration did not get ready");
        drop(Browser::signed_in_again(&stage, "trust", "nina.nurse"));
        let begun = Instant::now();
        kill_process(Pid::from_child(&child), Signal::INT).expect("it ran");
        let status = child.wait().expect("it ended");
        assert_eq!(status.code(), Some(0));
        assert!(begun.elapsed() < Duration::from_secs(15));
    }
}
