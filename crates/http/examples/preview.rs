//! The web application over two nodes in memory, for those who work on its pages.
//!
//! `cargo run -p kinfold-http --example preview -- pages FOLDER` writes each page as a browser would get it, with what it
//! loads; `-- pace COUNT` tells how long a check and its page take, the ledger in memory.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool of the workshop")]

#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../src/web/tests/world/mod.rs"]
mod world;

use std::{path::Path, time::Instant};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use kinfold_http::web::{Department, Services, router};
use tower::ServiceExt;
use world::{Node, children::nhs, staff::PIN};

const CARE: (&str, &str) = ("purpose", "direct-care-unscheduled");

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["pages", folder] => pages(Path::new(folder)).await,
        ["pace", count] => pace(count.parse().unwrap()).await,
        _ => println!("preview pages FOLDER | preview pace COUNT"),
    }
}

/// Somebody at a browser.
struct Visitor {
    router: Router,
    cookie: String,
}

impl Visitor {
    async fn new(node: &Node, role: &str) -> Self {
        let person = node.employ(role).await;
        let mut visitor =
            Self { router: router(node.services(false)).unwrap(), cookie: String::new() };
        let code = node.next_code(&person.token).expose().to_string();
        let fields =
            [("user_name", person.user_name.as_str()), ("pin", PIN), ("code", code.as_str())];
        let response = visitor.router.clone().oneshot(post("/sign-in", &fields, "")).await.unwrap();
        let set = response.headers()[header::SET_COOKIE].to_str().unwrap();
        set.split(';').next().unwrap().clone_into(&mut visitor.cookie);
        visitor
    }

    async fn get(&self, path: &str) -> String {
        let request = Request::get(path).header(header::COOKIE, &self.cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> String {
        self.send(post(path, fields, &self.cookie)).await
    }

    async fn send(&self, request: Request<Body>) -> String {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let body = to_bytes(response.into_body(), 1 << 24).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }
}

fn post(path: &str, fields: &[(&str, &str)], cookie: &str) -> Request<Body> {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields);
    Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header(header::COOKIE, cookie)
        .body(Body::from(form.finish()))
        .unwrap()
}

async fn pages(folder: &Path) {
    let (council, trust) = world::pair().await;
    let nurse = Visitor::new(&trust, "ed-clinician").await;
    let check = async |n| nurse.post("/check", &[("nhs_number", &nhs(n).expose()), CARE]).await;
    let mut pages = vec![
        ("check", nurse.get("/check").await),
        ("on", check(1).await),
        ("ended", check(2).await),
        ("not-on", check(77).await),
        ("sealed", check(5).await),
        ("unborn", check(6).await),
    ];
    let twin = [
        ("given", "C"),
        ("family", "Twinn"),
        ("birth_day", "7"),
        ("birth_month", "8"),
        ("birth_year", "2020"),
        CARE,
    ];
    pages.push(("several", nurse.post("/check", &twin).await));
    let mut other = vec![("nhs_number", nhs(1).digits())];
    other.extend(twin.map(|(name, value)| (name, value.to_owned())));
    let other: Vec<(&str, &str)> = other.iter().map(|(n, v)| (*n, v.as_str())).collect();
    pages.push(("another-name", nurse.post("/check", &other).await));
    pages.push((
        "wrong",
        nurse.post("/check", &[("nhs_number", "999 1"), ("birth_day", "3")]).await,
    ));
    let number = nhs(1).digits();
    pages.push(("view", nurse.post("/view", &[("nhs_number", &number), CARE]).await));
    trust.follower.catch_up().await.unwrap();
    council.follower.catch_up().await.unwrap();
    pages.push(("looks", nurse.get("/looks").await));
    pages.push(("agreement", nurse.get("/agreement").await));
    let governance = Visitor::new(&council, "information-governance").await;
    let review = [("nhs_number", number.as_str()), ("purpose", "audit-review")];
    pages.push(("who", governance.post("/who", &review).await));
    let operator = Visitor::new(&trust, "operator").await;
    pages.push(("feeds", operator.get("/feeds").await));
    pages.push(("refused", operator.get("/check").await));
    pages.push(("sign-in", Visitor { cookie: String::new(), ..operator }.get("/sign-in").await));
    trust.link.down.store(true, std::sync::atomic::Ordering::Relaxed);
    pages.push(("view-down", nurse.post("/view", &[("nhs_number", &number), CARE]).await));
    trust.core.clock.pass(jiff::SignedDuration::from_mins(20));
    pages.push(("unconfirmed", check(77).await));
    trust.media.leave_room(Some(0));
    trust.media.fail_next_write(std::io::ErrorKind::StorageFull);
    pages.push(("no-ledger", check(77).await));
    nurse.post("/lock", &[]).await;
    pages.push(("unlock", nurse.get("/unlock").await));
    for (name, html) in pages {
        write(folder, &format!("{name}.html"), html.as_bytes());
        for path in html.split("/assets/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            if let Some(asset) = kinfold_http::design::asset(path) {
                write(folder, &format!("assets/{path}"), asset.bytes);
            }
        }
    }
}

fn write(folder: &Path, path: &str, bytes: &[u8]) {
    let file = folder.join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, bytes).unwrap();
}

async fn pace(count: u32) {
    let trust = world::trust().await;
    let nurse = Visitor::new(&trust, "ed-clinician").await;
    for (what, n) in [("on a plan", 1), ("not on these registers", 77)] {
        let number = nhs(n).digits();
        let (began, worked) = (Instant::now(), worked());
        let mut bytes = 0;
        for _ in 0..count {
            bytes += nurse.post("/check", &[("nhs_number", &number), CARE]).await.len();
        }
        tell(what, count, (began, worked));
        println!("  {} bytes", bytes / count as usize);
    }
    let (began, worked) = (Instant::now(), worked());
    for _ in 0..count {
        nurse.get("/check").await;
    }
    tell("the form", count, (began, worked));
}

fn tell(what: &str, count: u32, (began, before): (Instant, u64)) {
    let all = began.elapsed().as_micros() / u128::from(count);
    let own = (worked() - before) / 1000 / u64::from(count);
    println!("{what}: {all} µs each, of them {own} µs of work in this thread");
}

/// Nanoseconds that this thread has worked: the ledger's threads, and waiting for them, are not among them. Linux only.
fn worked() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or(0)
}
