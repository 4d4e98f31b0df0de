//! A node whose store lies in a `PostgreSQL` server: moved there, fallen, come back.

use kinfold_sample::StoryKey;
use kinfold_temporary_postgres::TemporaryPostgres;

use crate::{
    browser::{Browser, code, pin},
    stage::{Stage, skip, wait_for},
};

const MOVE: [&str; 4] = ["store", "move", "--config", "trust/kinfold.toml"];
const SERVE: [&str; 3] = ["serve", "--config", "trust/kinfold.toml"];
const NURSE: &str = "nina.nurse";

fn refused(stage: &Stage, arguments: &[&str]) -> String {
    let output = stage.run(arguments);
    assert!(!output.status.success(), "{arguments:?} was done");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_store_is_moved_to_a_server_that_may_fall_and_come_back_with_every_code_spent_that_was_spent() {
    let server = match TemporaryPostgres::start() {
        Ok(server) => server,
        Err(why) => return skip(&why),
    };
    server.sql("postgres", "CREATE DATABASE trust TEMPLATE template0");
    let mut stage = Stage::running("database-server");
    let spent = code(&stage, NURSE, 0);
    let mut browser = Browser::at(&stage, "trust");
    assert_eq!(browser.sign_in(NURSE, pin(NURSE), &spent).status, 303);
    browser.check(&stage.child(StoryKey::OnPlan)).must(200, "On a child protection plan");

    let settings = format!(
        "[store.postgres]\nhost = \"{}\"\nport = {}\ndatabase = \"trust\"\nuser = \"postgres\"\ntls = \"off\"\n\n[sealed_desk]",
        server.socket(),
        server.port
    );
    stage.configure("trust", "[sealed_desk]", &settings);
    assert!(refused(&stage, &MOVE).contains("the node serves"));
    stage.kill("trust");
    assert!(refused(&stage, &SERVE).contains("kinfold store move"));
    let told = stage.must(&MOVE);
    assert!(told.contains("rows are in the server's database"), "{told}");
    let (file, aside) = ("trust/data/store.sqlite", "trust/data/store.sqlite.moved");
    assert!(!stage.root().join(file).exists() && stage.root().join(aside).exists());
    assert!(refused(&stage, &MOVE).contains("nothing to move"));

    // Session, spent code, index of people and agreement came along.
    stage.serve("trust");
    stage.settled("trust");
    browser.check(&stage.child(StoryKey::OnPlan)).must(200, "On a child protection plan");
    let mut other = Browser::at(&stage, "trust");
    assert_eq!(other.sign_in(NURSE, pin(NURSE), &spent).status, 401);

    // A check needs none of the store, and goes on; whoever would sign in is told.
    server.stop().unwrap();
    browser.check(&stage.child(StoryKey::OnPlan)).must(200, "On a child protection plan");
    let away = other.sign_in("noel.nurse", pin("noel.nurse"), &code(&stage, "noel.nurse", 0));
    assert!(away.status >= 500, "{} {}", away.status, away.text());
    server.run().unwrap();
    wait_for("the server", || {
        let page = other.sign_in("noel.nurse", pin("noel.nurse"), &code(&stage, "noel.nurse", 0));
        page.status == 303
    });
    let told = stage.must(&["ledger", "verify", "--config", "trust/kinfold.toml"]);
    assert!(told.contains("Sound"), "{told}");

    stage.kill("trust");
    stage.configure("trust", &settings, "[sealed_desk]");
    assert!(refused(&stage, &SERVE).contains("[store.postgres] is not configured"));
}
