//! A child handed over between two councils, while the way between them is cut and either node is killed: on one register at every moment,
//! and in the end on the right one alone.

use std::{net::TcpListener, thread, time::Duration};

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use kinfold_domain::Subject;
use kinfold_sample::StoryKey;

use crate::{
    browser::{Browser, Page},
    proxy::{Proxy, Way},
    stage::{Stage, now, wait_for},
};

const GIVING: &str = "cora.custodian";
const TAKING: &str = "lena.custodian";

/// Two councils with a way through the test's hand in each direction, a hospital, and somebody at each.
struct Councils {
    stage: Stage,
    to_neighbour: Proxy,
    to_council: Proxy,
    giving: Browser,
    taking: Browser,
    nurse: Browser,
    child: Subject,
}

impl Councils {
    fn meet(name: &str) -> Self {
        let mut stage = Stage::with_neighbour(name);
        let [to_neighbour, to_council] = ["neighbour", "council"].map(|node| {
            let (agreed, own) = (stage.partner(node), free_port());
            stage.configure(node, &format!(":{agreed}\""), &format!(":{own}\""));
            Proxy::between(agreed, own)
        });
        stage.hospital();
        for node in ["council", "neighbour", "trust"] {
            stage.serve(node);
        }
        stage.settle();
        let giving = Browser::signed_in_again(&stage, "council", GIVING);
        let taking = Browser::signed_in_again(&stage, "neighbour", TAKING);
        let nurse = Browser::signed_in_again(&stage, "trust", "nina.nurse");
        let child = stage.child(StoryKey::OnPlan);
        wait_for("the neighbour to have read its register", || {
            taking.get("/register").status == 200
                && stage.status("neighbour").is_some_and(|status| status["fresh"] == true)
        });
        Self { stage, to_neighbour, to_council, giving, taking, nurse, child }
    }

    fn cut(&self, way: Way) {
        self.to_neighbour.set(way);
        self.to_council.set(way);
    }

    /// Ends a node as a power cut would, and starts it again.
    fn kill(&mut self, node: &'static str) {
        self.stage.kill(node);
        self.stage.serve(node);
    }

    /// The child is on a plan, as a nurse sees the two registers, whose copies age apart.
    #[track_caller]
    fn stands(&self) {
        self.nurse.check(&self.child).must(200, "On a child protection plan");
    }

    fn offer(&self) {
        let today = today();
        let entry = self.entry(&self.giving);
        let days = [today.day().to_string(), today.month().to_string(), today.year().to_string()];
        let handle = entry.field("handle");
        let fields = [
            ("handle", handle.as_str()),
            ("kind", "move"),
            ("council", "larkford-council"),
            ("moved_day", &days[0]),
            ("moved_month", &days[1]),
            ("moved_year", &days[2]),
            ("reason", "The family moves to Larkford."),
        ];
        let plan = self.giving.post("/register/hand-over/plan", &fields);
        plan.must(200, "Is this right?");
        let handle = plan.field("handle");
        let done = self.giving.post("/register/hand-over/confirm", &[("handle", &handle)]);
        assert_eq!(done.status, 303, "{}", done.text());
    }

    /// The child's entry as a custodian opens it.
    fn entry(&self, custodian: &Browser) -> Page {
        let found = self.found(custodian);
        let handle = found.field("handle");
        custodian.post("/register/entry", &[("handle", &handle), ("choice", "0")])
    }

    fn found(&self, custodian: &Browser) -> Page {
        let number = self.child.nhs_number.expect("a number").expose();
        custodian.post("/register/find", &[("nhs_number", &number)])
    }

    /// Opens the only hand-over; the form's handle.
    fn opened(&self) -> String {
        let list = self.taking.get("/register/hand-overs");
        let handle = list.field("handle");
        let fields = [("handle", handle.as_str()), ("choice", "0")];
        self.taking.post("/register/hand-overs/open", &fields).field("handle")
    }

    /// How many hand-overs a custodian's page lists.
    fn listed(custodian: &Browser) -> usize {
        custodian.get("/register/hand-overs").body.matches("<article").count()
    }

    /// The end is complete: on the taker's register once, the giver's entry ended, a nurse told so, both ledgers whole.
    #[track_caller]
    fn is_handed_over(&self) {
        wait_for("the giver to hear of it", || {
            self.stands();
            self.entry(&self.giving).says("Recently ended, on")
        });
        self.entry(&self.giving).must(200, "Handed over to Larkford Council");
        let found = self.found(&self.taking);
        assert_eq!(found.text().matches("In force").count(), 1, "{}", found.text());
        for custodian in [&self.giving, &self.taking] {
            assert_eq!(Self::listed(custodian), 1, "one hand-over, not two");
        }
        wait_for("the nurse to be told who has the child", || {
            self.stands();
            self.nurse.check(&self.child).says("Larkford Testworker")
        });
        for node in ["council", "neighbour", "trust"] {
            let config = format!("{node}/kinfold.toml");
            let told = self.stage.must(&["ledger", "verify", "--config", &config]);
            assert!(told.contains("Sound"), "{node}: {told}");
        }
    }
}

/// Sends the form of the acceptance; what the node answers, where it lives so long.
fn accept(taking: &Browser, handle: &str) -> std::io::Result<Page> {
    let (today, next) = (today(), today().checked_add(60.days()).expect("a day"));
    let days = [today, next]
        .map(|day| [day.day().to_string(), day.month().to_string(), day.year().to_string()]);
    let fields = [
        ("handle", handle),
        ("decision", "accept"),
        ("conference_day", &days[0][0]),
        ("conference_month", &days[0][1]),
        ("conference_year", &days[0][2]),
        ("category", "EMO"),
        ("next_day", &days[1][0]),
        ("next_month", &days[1][1]),
        ("next_year", &days[1][2]),
        ("worker", "Larkford Testworker"),
        ("team", "Larkford team"),
        ("telephone", "01632 960733"),
    ];
    taking.try_post("/register/hand-overs/answer", &fields)
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}

fn today() -> Date {
    now().to_zoned(TimeZone::get("Europe/London").expect("a zone")).date()
}

#[test]
fn a_partition_and_killed_nodes_between_offer_and_acceptance_lose_nothing_and_double_nothing() {
    let mut councils = Councils::meet("handing-partition");
    // The hospital still reaches the council.
    councils.to_neighbour.set(Way::Hanging);
    councils.offer();
    councils.kill("council");
    wait_for("the nurse to be told of it", || {
        let page = councils.nurse.check(&councils.child);
        page.must(200, "On a child protection plan");
        page.says("Being handed over to Larkford Council")
    });
    for way in [Way::HalfOpen, Way::Resetting] {
        councils.cut(way);
        thread::sleep(Duration::from_secs(2));
    }
    councils.cut(Way::Open);
    wait_for("the offer", || Councils::listed(&councils.taking) == 1);
    councils.kill("neighbour");
    thread::sleep(Duration::from_secs(4));
    assert_eq!(Councils::listed(&councils.taking), 1, "heard once");

    councils.cut(Way::Resetting);
    let done = accept(&councils.taking, &councils.opened()).expect("an answer");
    assert_eq!(done.status, 303, "{}", done.text());
    councils.kill("neighbour");
    councils.stands();
    councils.entry(&councils.giving).must(200, "In force");
    councils.kill("council");
    councils.cut(Way::HalfOpen);
    thread::sleep(Duration::from_secs(3));
    councils.kill("council");
    councils.cut(Way::Open);
    councils.is_handed_over();
}

#[test]
fn an_acceptance_during_which_the_node_is_killed_again_and_again_is_made_once() {
    let mut councils = Councils::meet("handing-killed");
    councils.offer();
    wait_for("the offer", || Councils::listed(&councils.taking) == 1);
    let waits = |councils: &Councils| {
        councils.taking.get("/register/hand-overs").says("Waits for your answer")
    };
    for round in 0..6 {
        if !waits(&councils) {
            break;
        }
        let (taking, handle) = (councils.taking.clone(), councils.opened());
        let accepting = thread::spawn(move || accept(&taking, &handle).is_ok());
        // Whatever it is about to write then.
        thread::sleep(Duration::from_millis(2 + 8 * round));
        councils.kill("neighbour");
        // The node may have ended before it answered.
        let _ = accepting.join();
        councils.stands();
        if round % 2 == 1 {
            councils.kill("council");
        }
    }
    if waits(&councils) {
        let done = accept(&councils.taking, &councils.opened()).expect("an answer");
        assert_eq!(done.status, 303, "{}", done.text());
    }
    councils.is_handed_over();
}
