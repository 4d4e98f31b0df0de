//! Arrivals: from the frame that the hospital's system sends to the answer on a nurse's open board.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use kinfold_sample::{RecordCopy, VisitMessage};
use kinfold_service::ports::Clock;
use parking_lot::Mutex;
use serde_json::{Map, Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::{Interval, MissedTickBehavior, interval},
};

use super::{ArrivalTerms, block_on_threads, ms, paced::Paced, quantile, sorted, stage::Stage};
use crate::{ambient::SystemClock, telemetry::complain};

/// Arrivals a second.
const OFFERED: u32 = 50;
/// Connections of the hospital's systems: so many tell of visits, and so many of whatever else happens.
const SENDERS: u32 = 5;
/// A child leaves after so many further arrivals at its sender: about a hundred are in the department at a time.
const STAYS: usize = 20;
/// Nurses who check meanwhile, and how often each.
const NURSES: usize = 16;
const EACH_EVERY: Duration = Duration::from_millis(100);
/// How long the last ones may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// When each arrival was sent, and how long it took until the board had it, in seconds; by its bay, which no two have.
type Sent = Arc<Mutex<HashMap<u32, (Instant, Option<f64>)>>>;

/// The bays of those who are in the department.
type Here = Arc<Mutex<VecDeque<u32>>>;

pub(super) fn measure(ArrivalTerms { terms, messages }: &ArrivalTerms) -> anyhow::Result<Value> {
    let stage = Stage::set(terms, 1 + NURSES)?;
    let seconds = u32::try_from(terms.seconds).unwrap_or(10);
    let count = OFFERED * seconds;
    // Who arrives leaves again: two messages each.
    let others = messages.saturating_sub(2 * OFFERED);
    block_on_threads(async {
        let processes = stage.begin().await?;
        let mut browsers = stage.browsers(1 + NURSES).await?;
        let mut nurse = browsers.pop().context("a nurse is signed in")?;
        let board = nurse.stream("/department/events").await?;
        let sent = Sent::default();
        let watching = tokio::spawn(watch(board, Arc::clone(&sent)));
        let nurses = Paced::start(browsers, &Arc::new(stage.forms()), EACH_EVERY);
        complain(&format!("{OFFERED} arrivals among {messages} messages a second"));
        let children = Arc::new(children(&stage));
        let (here, port) = (Here::default(), stage.places.mllp());
        let mut senders = JoinSet::new();
        for sender in 0..SENDERS {
            let (sent, children) = (Arc::clone(&sent), Arc::clone(&children));
            let here = Arc::clone(&here);
            senders
                .spawn(async move { send(sender, (count, port), &children, (&sent, &here)).await });
        }
        for sender in (0..SENDERS).filter(|_| others > 0) {
            let (here, children) = (Arc::clone(&here), Arc::clone(&children));
            let pace = (others, others * seconds, port);
            senders.spawn(async move { send_others(sender, pace, &children, &here).await });
        }
        let mut acknowledged = Vec::new();
        while let Some(took) = senders.join_next().await {
            acknowledged.extend(took??);
        }
        let mut report = Map::new();
        report.insert("messages_per_s".to_owned(), (*messages).into());
        report.insert("checks_meanwhile".to_owned(), json!([nurses.stop().await?.0]));
        tokio::time::sleep(PATIENCE).await;
        watching.abort();
        processes.stop().await?;
        report.extend(arrivals(&sent.lock(), &sorted(acknowledged)));
        Ok(report.into())
    })
}

/// Children of the hospital, every tenth of them on the register; with whether it is a mother who is found for her unborn child.
fn children(stage: &Stage) -> Vec<(RecordCopy, bool)> {
    let district = &stage.district;
    let known = |copy: &&RecordCopy| {
        district.placements.iter().any(|placement| placement.resident == copy.resident)
    };
    let is_child = |copy: &&RecordCopy| district.residents[copy.resident.0].is_child();
    let mut listed = district.patients.iter().filter(known).cycle();
    let others = district.patients.iter().filter(is_child).take(2_000).enumerate();
    others
        .map(|(place, child)| if place % 10 == 0 { listed.next().unwrap_or(child) } else { child })
        .map(|copy| (copy.clone(), !is_child(&copy)))
        .collect()
}

/// One system: books in at its share of the rate, whatever the node does, and books out; how long each acknowledgement took.
async fn send(
    sender: u32,
    (count, port): (u32, u16),
    children: &[(RecordCopy, bool)],
    (sent, here): (&Sent, &Here),
) -> anyhow::Result<Vec<f64>> {
    let (mut stream, mut ticks) = (connect(port).await?, ticks(OFFERED));
    let (mut took, mut stays) = (Vec::new(), VecDeque::new());
    for bay in (sender..count).step_by(SENDERS as usize) {
        ticks.tick().await;
        let visit = visit(children, bay);
        let now = SystemClock.now();
        let arrival = at_bay(&visit.arrival(&format!("A{bay}"), now), bay);
        sent.lock().insert(bay, (Instant::now(), None));
        took.push(ask(&mut stream, &arrival).await?);
        stays.push_back((bay, visit));
        here.lock().push_back(bay);
        if stays.len() > STAYS
            && let Some((bay, visit)) = stays.pop_front()
        {
            here.lock().retain(|other| *other != bay);
            took.push(ask(&mut stream, &visit.departure(&format!("D{bay}"), now)).await?);
        }
    }
    Ok(took)
}

/// Another system: so many a second tell in turns of somebody who is here, and of somebody who is not.
async fn send_others(
    sender: u32,
    (per_s, count, port): (u32, u32, u16),
    children: &[(RecordCopy, bool)],
    here: &Here,
) -> anyhow::Result<Vec<f64>> {
    let (mut stream, mut ticks) = (connect(port).await?, ticks(per_s));
    let mut took = Vec::new();
    for place in (sender..count).step_by(SENDERS as usize) {
        ticks.tick().await;
        let now = SystemClock.now();
        let bay = {
            let here = here.lock();
            here.get(place as usize % here.len().max(1)).copied()
        };
        let message = match bay.filter(|_| place % 2 == 0) {
            Some(bay) => at_bay(&visit(children, bay).update(&format!("U{place}"), now), bay),
            None => visit(children, place).person(&format!("P{place}"), now),
        };
        took.push(ask(&mut stream, &message).await?);
    }
    Ok(took)
}

async fn connect(port: u16) -> anyhow::Result<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// One sender's share of so many a second; what is late is made up for.
fn ticks(per_s: u32) -> Interval {
    let mut ticks = interval(Duration::from_secs(1) * SENDERS / per_s.max(1));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    ticks
}

fn visit(children: &[(RecordCopy, bool)], bay: u32) -> VisitMessage<'_> {
    let (patient, pregnant) = &children[bay as usize % children.len()];
    let arrived = SystemClock.now();
    VisitMessage { patient, visit: format!("B{bay}"), arrived, pregnant: *pregnant }
}

/// With a place that no two share: the board shows it.
fn at_bay(message: &str, bay: u32) -> String {
    message.replace("Emergency department", &format!("Bay {bay}"))
}

/// Sends a message; answers how long its acknowledgement took, in seconds.
async fn ask(stream: &mut TcpStream, message: &str) -> anyhow::Result<f64> {
    let began = Instant::now();
    stream.write_all(&[&[0x0b], message.as_bytes(), &[0x1c, 0x0d]].concat()).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(&[0x1c, 0x0d]) {
        if stream.read_buf(&mut answer).await? == 0 {
            bail!("the node closed the connection");
        }
    }
    let taken = answer.windows(7).any(|part| part == b"MSA|AA|");
    if taken { Ok(began.elapsed().as_secs_f64()) } else { bail!("the node did not take a message") }
}

/// Reads the live board, and notes when each bay first stands on it.
async fn watch(mut board: Incoming, sent: Sent) -> anyhow::Result<()> {
    let mut text = String::new();
    while let Some(frame) = board.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        text.push_str(&String::from_utf8_lossy(&data));
        // An event is whole at its empty line.
        while let Some(end) = text.find("\n\n") {
            note(&text[..end], &sent);
            text.drain(..end + 2);
        }
    }
    Ok(())
}

fn note(event: &str, sent: &Sent) {
    let mut sent = sent.lock();
    for rest in event.split("Bay ").skip(1) {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let Some((began, took)) = digits.parse().ok().and_then(|bay: u32| sent.get_mut(&bay))
        else {
            continue;
        };
        took.get_or_insert(began.elapsed().as_secs_f64());
    }
}

fn arrivals(
    sent: &HashMap<u32, (Instant, Option<f64>)>,
    acknowledged: &[f64],
) -> Map<String, Value> {
    let shown = sorted(sent.values().filter_map(|(_, took)| *took).collect());
    let figures = [
        ("offered_per_s", json!(OFFERED)),
        ("arrivals", json!(sent.len())),
        ("lost", json!(sent.len() - shown.len())),
        ("p50", json!(ms(quantile(&shown, 0.5)))),
        ("p99", json!(ms(quantile(&shown, 0.99)))),
        ("acknowledged", json!(acknowledged.len())),
        ("acknowledged_p50", json!(ms(quantile(acknowledged, 0.5)))),
        ("acknowledged_p99", json!(ms(quantile(acknowledged, 0.99)))),
    ];
    figures.into_iter().map(|(name, figure)| (name.to_owned(), figure)).collect()
}
