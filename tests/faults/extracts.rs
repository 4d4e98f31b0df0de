//! A register that a case system writes out into a folder: taken, taken once, aged, and held against a part of a file.

use std::{fs, path::PathBuf, thread::sleep, time::Duration};

use kinfold_domain::{PersonName, Subject};

use crate::{
    browser::Browser,
    stage::{Stage, wait_for},
};

const NODE: [&str; 2] = ["--config", "council/kinfold.toml"];
const HEADER: &str = "nhs_number,plan_type,start_date,end_date,given_names,family_name,birth_date";
const FIRST: &str = "9998887003";
const SECOND: &str = "9998887011";

/// Two children whom nobody takes for one.
fn name(number: &str) -> &'static str {
    if number == FIRST { "Extracted" } else { "Writtenout" }
}

fn child(number: &str) -> Subject {
    Subject {
        nhs_number: number.parse().ok(),
        name: PersonName::new(name(number), "Iseult").ok(),
        birth_date: "2019-03-02".parse().ok(),
        ..Subject::default()
    }
}

/// Puts an extract there as a careful job does: written elsewhere, then moved.
fn put(stage: &Stage, name: &str, text: &str) -> PathBuf {
    let folder = stage.root().join("council/extracts");
    let (part, whole) = (folder.join(format!("{name}.part")), folder.join(name));
    fs::write(&part, text).expect("a written extract");
    fs::rename(part, &whole).expect("a moved extract");
    whole
}

fn extract(rows: &[(&str, &str)]) -> String {
    let rows: Vec<String> = rows
        .iter()
        .map(|(number, end)| {
            let name = name(number);
            format!("{number},CPP,2026-05-01,{end},Iseult,{name},2019-03-02\n")
        })
        .collect();
    format!("{HEADER}\n{}END,{}\n", rows.concat(), rows.len())
}

fn answer(file: &std::path::Path) -> String {
    fs::read_to_string(format!("{}.answer.csv", file.display())).unwrap_or_default()
}

/// The council's register comes from a folder, and both nodes know that it is written once a day.
fn from_a_folder(stage: &Stage) {
    fs::create_dir(stage.root().join("council/extracts")).expect("a folder");
    stage.configure(
        "council",
        "source = \"case-system\"\npoll_ms = 3000",
        "source = \"extracts\"\npoll_ms = 300",
    );
    let source = "[[source]]\nname = \"extracts\"\n\n[source.files]\nfolder = \"extracts\"\nsettle_seconds = 1\n\n";
    let known = "[[source]]\nname = \"case-system\"";
    stage.configure("council", known, &format!("{source}{known}"));
    for node in ["council", "trust"] {
        let ages = "stale_after_s = 20\n\n[register_age_s]\nashmoor-council = 90000";
        stage.configure(node, "stale_after_s = 60", ages);
    }
}

#[test]
fn a_case_system_s_files_are_the_register_through_kills_and_never_in_part() {
    let mut stage = Stage::set("extracts");
    from_a_folder(&stage);
    let told = stage.must(&[&["source", "check"], &NODE[..]].concat());
    assert!(told.contains("extracts: usable") && told.contains("no extract"), "{told}");
    let first = put(&stage, "first.csv", &extract(&[(FIRST, "")]));
    stage.start_all();
    let nurse = Browser::signed_in(&stage, "trust", "nina.nurse", 0);
    nurse.check(&child(FIRST)).must(200, "On a child protection plan");
    let told = answer(&first);
    assert!(told.contains("file,CPF02,loaded") && told.contains("2,CPR06,loaded"), "{told}");

    // Killed while the next one is taken, again and again.
    let second = put(&stage, "second.csv", &extract(&[(FIRST, "2026-06-01"), (SECOND, "")]));
    for pause in [0, 400, 900, 1100] {
        sleep(Duration::from_millis(pause));
        stage.kill("council");
        stage.serve("council");
    }
    wait_for("the next extract to stand at the partner", || {
        nurse.check(&child(SECOND)).says("On a child protection plan")
            && nurse.check(&child(FIRST)).says("Recently ended")
    });
    let (told, count) =
        (answer(&second), stage.status("council").expect("a status")["register"].clone());
    assert!(told.contains("file,CPF02,loaded"), "{told}");
    stage.kill("council");
    stage.serve("council");
    stage.settle();
    assert_eq!(answer(&second), told, "it was taken once");
    assert_eq!(stage.status("council").expect("a status")["register"], count);

    a_part_changes_nothing(&stage, &nurse);
}

/// A part of a file changes nothing, and is told to a named employee without anybody asking.
fn a_part_changes_nothing(stage: &Stage, nurse: &Browser) {
    let half = extract(&[(FIRST, "")]).replace("END,1\n", "");
    let third = put(stage, "third.csv", &half);
    wait_for("the answer to a part of a file", || answer(&third).contains("CPF01"));
    nurse.check(&child(SECOND)).must(200, "On a child protection plan");
    let operator = Browser::signed_in(stage, "council", "otto.operator", 0);
    wait_for("the operator's page to say it", || {
        operator.get("/feeds").says("the file is not whole")
    });
    sleep(Duration::from_secs(25));
    wait_for("the alarm", || {
        operator.get("/feeds").says("has stopped") || operator.get("/feeds").says("Stopped")
    });
    put(stage, "fourth.csv", &extract(&[(SECOND, "")]));
    wait_for("the next one to be right", || !operator.get("/feeds").says("the file is not whole"));
    nurse.check(&child(SECOND)).must(200, "On a child protection plan");
}
