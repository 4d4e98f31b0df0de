//! A large register: replicated from nothing, one change after another visible at the partner, and what a check takes meanwhile.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use kinfold_domain::{Demographics, NhsNumber};
use kinfold_sample::CaseSystem;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::{
    RegisterTerms, block_on_threads,
    browser::{Browser, form},
    disk::Meanwhile,
    ms,
    paced::Paced,
    quantile, sorted,
    stage::{Stage, whole_form},
};
use crate::{
    commands::demo::Processes,
    config::Config,
    control::{self, Answer, Request},
    telemetry::complain,
};

/// Nurses who check meanwhile.
const SESSIONS: usize = 16;
/// How often each of them does.
const EVERY: Duration = Duration::from_millis(100);
/// Plans that the custodian ends, one after the other.
const CHANGES: usize = 100;
/// How long the nodes may take to read what they hold.
const PATIENCE: Duration = Duration::from_mins(5);

pub(super) fn measure(terms: &RegisterTerms) -> anyhow::Result<Value> {
    let stage = Stage::set(&terms.terms, SESSIONS + 1)?;
    block_on_threads(async {
        complain(&format!("{} children on the case system's register", terms.entries));
        let cases = CaseSystem::open(&stage.places.case_system()).await?;
        let children = cases.crowd(&stage.district, terms.entries).await?;
        let mut processes = Processes::without_nodes(&stage.places)?;
        processes.start_node(&stage.places, "council")?;
        complain("the council's node reads it");
        let began = Instant::now();
        let size = register_of(&stage, "council", children.len()).await?;
        let read = began.elapsed().as_secs_f64();
        processes.hold_node("council", true)?;
        processes.start_node(&stage.places, "trust")?;
        people_of(&stage, "trust").await?;
        let mut nurses = stage.browsers(SESSIONS + 1).await?;
        let mut watcher = nurses.pop().context("a nurse is signed in")?;
        let disk = Meanwhile::start(stage.folder())?;
        let checks = Paced::start(nurses, &Arc::new(stage.forms()), EVERY);
        complain("the trust's node replicates it");
        let began = Instant::now();
        processes.hold_node("council", false)?;
        register_of(&stage, "trust", size).await?;
        let replicated = began.elapsed().as_secs_f64();
        complain(&format!("{CHANGES} plans end"));
        let mut custodian = stage.custodian().await?;
        let mut visible = Vec::new();
        for child in children.iter().step_by((children.len() / CHANGES).max(1)).take(CHANGES) {
            visible.push(change(&stage, &mut custodian, &mut watcher, child).await?);
        }
        let (checks, _) = checks.stop().await?;
        let disk = disk.stop()?;
        processes.stop().await?;
        let visible = sorted(visible);
        Ok(json!({
            "entries": size,
            "read_from_case_system_s": (read * 10.0).round() / 10.0,
            "replicated_s": (replicated * 100.0).round() / 100.0,
            "changes": visible.len(),
            "visible_p50": ms(quantile(&visible, 0.5)),
            "visible_p99": ms(quantile(&visible, 0.99)),
            "checks_meanwhile": [checks],
            "fdatasync_meanwhile_p50": ms(quantile(&disk, 0.5)),
            "fdatasync_meanwhile_p99": ms(quantile(&disk, 0.99)),
        }))
    })
}

/// Waits until a node holds so many entries, and knows how fresh they are; answers how many there are.
async fn register_of(stage: &Stage, node: &str, least: usize) -> anyhow::Result<usize> {
    let held = until(stage, node, |status| match status {
        Answer::Status { register, fresh: true, .. } if *register >= least => Some(*register),
        _ => None,
    });
    held.await.with_context(|| format!("the {node}'s node does not hold the register"))
}

async fn people_of(stage: &Stage, node: &str) -> anyhow::Result<()> {
    let least = stage.district.patients.len() * 95 / 100;
    until(stage, node, |status| match status {
        Answer::Status { people, .. } if *people >= least => Some(()),
        _ => None,
    })
    .await
}

async fn until<T>(
    stage: &Stage,
    node: &str,
    ready: impl Fn(&Answer) -> Option<T>,
) -> anyhow::Result<T> {
    let socket = control::socket(&Config::read(&stage.places.config(node))?);
    let asking = async {
        loop {
            let status = control::ask(&socket, &Request::Status).await;
            if let Some(found) = status.ok().flatten().as_ref().and_then(&ready) {
                return found;
            }
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(PATIENCE, asking).await.context("it took too long")
}

/// The custodian ends a child's plan; answers the seconds from the confirmation until a check at the partner says so.
async fn change(
    stage: &Stage,
    custodian: &mut Browser,
    nurse: &mut Browser,
    child: &Demographics,
) -> anyhow::Result<f64> {
    let number = child.nhs_number.map(NhsNumber::digits).context("each has a number")?;
    let found = custodian.page("/register/find", form(&[("nhs_number", &number)])).await?;
    let handle = value(&found, "handle")?;
    let today = stage.district.today;
    let (day, month, year) =
        (today.day().to_string(), today.month().to_string(), today.year().to_string());
    let plan = form(&[
        ("handle", &handle),
        ("change", "end"),
        ("on_day", &day),
        ("on_month", &month),
        ("on_year", &year),
        ("reason", "The review conference decided it"),
    ]);
    let planned = custodian.page("/register/plan", plan).await?;
    let confirm = form(&[("handle", &value(&planned, "handle")?)]);
    let check = whole_form(child);
    ensure!(!says_ended(&nurse.page("/check", check.clone()).await?), "the plan is in force");
    let began = Instant::now();
    custodian.page("/register/confirm", confirm).await?;
    while began.elapsed() < Duration::from_secs(30) {
        if says_ended(&nurse.page("/check", check.clone()).await?) {
            return Ok(began.elapsed().as_secs_f64());
        }
        sleep(Duration::from_millis(5)).await;
    }
    bail!("a change does not reach the partner")
}

fn says_ended(page: &[u8]) -> bool {
    String::from_utf8_lossy(page).contains("Recently ended")
}

/// What the first hidden field of this name holds.
fn value(page: &[u8], name: &str) -> anyhow::Result<String> {
    let page = String::from_utf8_lossy(page);
    let rest = page.split_once(&format!("name=\"{name}\"")).context("the form lacks a field")?.1;
    let rest = rest.split_once("value=\"").context("the field lacks its value")?.1;
    Ok(rest.split('"').next().unwrap_or_default().to_owned())
}
