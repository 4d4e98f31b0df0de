//! Arrivals: from the frame that the hospital's system sends to the answer on a nurse's open board.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use kinfold_sample::{RecordCopy, VisitMessage};
use kinfold_service::ports::Clock;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use super::{Terms, block_on_threads, ms, quantile, sorted, stage::Stage};
use crate::{ambient::SystemClock, telemetry::complain};

/// Arrivals a second.
const OFFERED: u32 = 50;
/// Connections of the hospital's systems.
const SENDERS: u32 = 5;
/// A child leaves after so many further arrivals at its sender: about a hundred are in the department at a time.
const STAYS: usize = 20;
/// How long the last ones may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// When each arrival was sent, and how long it took until the board had it, in seconds; by its bay, which no two have.
type Sent = Arc<Mutex<HashMap<u32, (Instant, Option<f64>)>>>;

pub(super) fn measure(terms: &Terms) -> anyhow::Result<Value> {
    let stage = Stage::set(terms, 1)?;
    let count = OFFERED * u32::try_from(terms.seconds).unwrap_or(10);
    block_on_threads(async {
        let processes = stage.begin().await?;
        let mut browsers = stage.browsers(1).await?;
        let mut nurse = browsers.pop().context("a nurse is signed in")?;
        let board = nurse.stream("/department/events").await?;
        let sent = Sent::default();
        let watching = tokio::spawn(watch(board, Arc::clone(&sent)));
        complain(&format!("{OFFERED} arrivals a second"));
        let children = Arc::new(children(&stage));
        let mut senders = JoinSet::new();
        for sender in 0..SENDERS {
            let (sent, children) = (Arc::clone(&sent), Arc::clone(&children));
            let port = stage.places.mllp();
            senders.spawn(async move { send(sender, (count, port), &children, &sent).await });
        }
        let mut acknowledged = Vec::new();
        while let Some(took) = senders.join_next().await {
            acknowledged.extend(took??);
        }
        tokio::time::sleep(PATIENCE).await;
        watching.abort();
        processes.stop().await?;
        Ok(report(&sent.lock(), &sorted(acknowledged)))
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
    sent: &Sent,
) -> anyhow::Result<Vec<f64>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let mut ticks = interval(Duration::from_secs(1) * SENDERS / OFFERED);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (mut took, mut here) = (Vec::new(), Vec::new());
    for bay in (sender..count).step_by(SENDERS as usize) {
        ticks.tick().await;
        let (patient, pregnant) = &children[bay as usize % children.len()];
        let now = SystemClock.now();
        let visit =
            VisitMessage { patient, visit: format!("B{bay}"), arrived: now, pregnant: *pregnant };
        let arrival = visit.arrival(&format!("A{bay}"), now);
        let arrival = arrival.replace("Emergency department", &format!("Bay {bay}"));
        let began = Instant::now();
        sent.lock().insert(bay, (began, None));
        ask(&mut stream, &arrival).await?;
        took.push(began.elapsed().as_secs_f64());
        here.push((bay, visit));
        if here.len() > STAYS {
            let (bay, visit) = here.remove(0);
            ask(&mut stream, &visit.departure(&format!("D{bay}"), now)).await?;
        }
    }
    Ok(took)
}

async fn ask(stream: &mut TcpStream, message: &str) -> anyhow::Result<()> {
    stream.write_all(&[&[0x0b], message.as_bytes(), &[0x1c, 0x0d]].concat()).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(&[0x1c, 0x0d]) {
        if stream.read_buf(&mut answer).await? == 0 {
            bail!("the node closed the connection");
        }
    }
    let taken = answer.windows(7).any(|part| part == b"MSA|AA|");
    if taken { Ok(()) } else { bail!("the node did not take a message") }
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

fn report(sent: &HashMap<u32, (Instant, Option<f64>)>, acknowledged: &[f64]) -> Value {
    let shown = sorted(sent.values().filter_map(|(_, took)| *took).collect());
    json!({
        "offered_per_s": OFFERED,
        "arrivals": sent.len(),
        "lost": sent.len() - shown.len(),
        "p50": ms(quantile(&shown, 0.5)),
        "p99": ms(quantile(&shown, 0.99)),
        "acknowledged_p50": ms(quantile(acknowledged, 0.5)),
        "acknowledged_p99": ms(quantile(acknowledged, 0.99)),
    })
}
