//! Attendances while one of the two nodes, or the network between them, is away: all of them told, each once, each in order.

use std::{
    thread::{self, sleep},
    time::Duration,
};

use crate::{
    arrivals::{arrival, departure, hospital_says, say},
    browser::Browser,
    clocks::faketime,
    proxy::{Proxy, Way},
    stage::{Stage, skip, wait_for},
};

const DAY_S: i64 = 86_400;

/// How many attendances the council's page names, and how many of them ended.
fn heard(worker: &Browser) -> (usize, usize) {
    let page = worker.get("/attendances").body;
    (page.matches(": Arrived").count(), page.matches(": Left").count())
}

/// Each attendance of the council's page arrived once, and left, if it did, after that.
#[track_caller]
fn each_is_told_in_order(worker: &Browser) {
    let page = worker.get("/attendances").body;
    for attendance in page.split("<article").skip(1) {
        let (arrived, left) = (attendance.find(": Arrived"), attendance.find(": Left"));
        assert!(arrived.is_some(), "an attendance that nobody told of arriving");
        assert!(left.is_none_or(|left| Some(left) > arrived), "left before arriving");
        assert_eq!(attendance.matches(": Arrived").count(), 1);
        assert!(attendance.matches(": Left").count() <= 1);
    }
}

/// So many children arrive, and every third leaves.
fn many_arrive(stage: &Stage, count: usize) {
    for n in 0..count {
        let (message, visit) = (format!("C{n}"), format!("V{n}"));
        assert_eq!(hospital_says(stage, &arrival(&message, &visit)).as_deref(), Some("AA"));
        if n % 3 == 0 {
            let left = departure(&format!("D{n}"), &visit);
            assert_eq!(hospital_says(stage, &left).as_deref(), Some("AA"));
        }
    }
}

#[test]
fn a_day_s_attendances_wait_for_a_council_that_is_away_and_are_told_once_and_in_order() {
    let Some(library) = faketime() else { return skip("libfaketime is not installed") };
    let mut stage = Stage::running("arrivals-day");
    stage.kill("council");
    many_arrive(&stage, 150);
    stage.kill("trust");
    let ahead = format!("+{DAY_S}s");
    stage.serve_ahead("trust", &library, &ahead);
    stage.serve_ahead("council", &library, &ahead);
    stage.settle();
    let worker = Browser::signed_in(&stage, "council", "wendy.worker", DAY_S);
    wait_for("all to be told", || heard(&worker) == (150, 50));
    sleep(Duration::from_secs(3));
    assert_eq!(heard(&worker), (150, 50), "each is told once");
    each_is_told_in_order(&worker);
    for node in ["council", "trust"] {
        let config = format!("{node}/kinfold.toml");
        assert!(stage.must(&["ledger", "verify", "--config", &config]).contains("Sound"));
    }
}

#[test]
fn an_answer_given_while_the_hospital_s_node_is_down_comes_back_once() {
    let mut stage = Stage::running("arrivals-answered");
    assert_eq!(hospital_says(&stage, &arrival("C1", "V1")).as_deref(), Some("AA"));
    let worker = Browser::signed_in(&stage, "council", "wendy.worker", 0);
    wait_for("the attendance to be told", || heard(&worker).0 == 1);
    stage.kill("trust");
    let page = worker.get("/attendances").body;
    let value = |name: &str| {
        let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).expect("a field");
        rest.split('"').next().expect("its value").to_owned()
    };
    let (partner, attendance) = (value("partner"), value("attendance"));
    let fields = [("partner", partner.as_str()), ("attendance", attendance.as_str())];
    assert_eq!(worker.post("/attendances/acknowledge", &fields).status, 303);
    // What was answered outlives the council's node, too, before the hospital's has heard it.
    stage.kill("council");
    stage.serve("council");
    assert!(worker.get("/attendances").says("Answered by"));
    stage.serve("trust");
    stage.settle();
    let nurse = Browser::signed_in(&stage, "trust", "nina.nurse", 0);
    let answers = || nurse.get("/department").text().matches(", answered ").count();
    wait_for("the answer on the board", || answers() == 1);
    sleep(Duration::from_secs(3));
    assert_eq!(answers(), 1, "the answer came back once");
    assert!(!nurse.get("/department").says("nobody has answered yet"));
}

#[test]
fn a_way_that_hangs_resets_and_loses_answers_in_the_middle_of_telling_tells_each_once() {
    let mut stage = Stage::set("arrivals-partition");
    let (agreed, own) = (stage.partner("council"), stage.free_port());
    stage.configure("council", &format!(":{agreed}\""), &format!(":{own}\""));
    let way = Proxy::between(agreed, own);
    stage.start_all();
    thread::scope(|scope| {
        scope.spawn(|| {
            for turn in [Way::HalfOpen, Way::Resetting, Way::Hanging, Way::Open, Way::HalfOpen] {
                way.set(turn);
                sleep(Duration::from_millis(if turn == Way::Hanging { 7_000 } else { 1_500 }));
            }
            way.set(Way::Open);
        });
        many_arrive(&stage, 60);
    });
    let worker = Browser::signed_in(&stage, "council", "wendy.worker", 0);
    wait_for("all to be told", || heard(&worker) == (60, 20));
    sleep(Duration::from_secs(3));
    assert_eq!(heard(&worker), (60, 20), "each is told once");
    each_is_told_in_order(&worker);
}

#[test]
fn an_arrival_that_is_sent_until_it_is_acknowledged_is_told_once_wherever_the_node_was_killed() {
    let mut stage = Stage::running("arrivals-cut");
    let rounds = 8;
    for round in 0..rounds {
        let message = arrival(&format!("C{round}"), &format!("V{round}"));
        // Nobody waits for the acknowledgement: the node ends before, while or after it keeps the message, checks, records and stores.
        let said = say(&stage, &message);
        sleep(Duration::from_millis(round * 4));
        stage.kill("trust");
        drop(said);
        stage.serve("trust");
        let again = || hospital_says(&stage, &message).as_deref() == Some("AA");
        wait_for("the acknowledgement", again);
    }
    let worker = Browser::signed_in(&stage, "council", "wendy.worker", 0);
    let rounds = usize::try_from(rounds).expect("few");
    wait_for("all to be told", || heard(&worker).0 == rounds);
    let nurse = Browser::signed_in(&stage, "trust", "nina.nurse", 0);
    let rows = nurse.get("/department").body.matches("kinfold-board__row--on").count();
    assert_eq!(rows, rounds);
    sleep(Duration::from_secs(2));
    assert_eq!(heard(&worker).0, rounds, "each is told once");
}
