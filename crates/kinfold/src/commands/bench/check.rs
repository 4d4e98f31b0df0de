//! Checks of the register through the real HTTP stack, each with two durable ledger entries.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use hyper::body::Bytes;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{
    Terms, block_on_threads, browser::Browser, disk::fdatasync_p50, ms, quantile, sorted,
    stage::Stage,
};
use crate::telemetry::complain;

/// Concurrent sessions.
const SESSIONS: [usize; 3] = [1, 16, 256];

pub(super) fn measure(terms: &Terms) -> anyhow::Result<Value> {
    let most = SESSIONS.into_iter().max().unwrap_or(1);
    let stage = Stage::set(terms, most)?;
    let lasting = Duration::from_secs(terms.seconds);
    block_on_threads(async {
        let processes = stage.begin().await?;
        complain("signing in");
        let mut browsers = stage.browsers(most).await?;
        let forms = Arc::new(stage.forms());
        let mut measured = Vec::new();
        let mut disk = Vec::new();
        for sessions in SESSIONS {
            complain(&format!("{sessions} sessions"));
            disk.push(fdatasync_p50(stage.folder(), Duration::from_secs(1))?);
            let rest = browsers.split_off(sessions);
            let (times, back) = run(browsers, &forms, lasting).await?;
            browsers = back;
            browsers.extend(rest);
            measured.push((sessions, times));
        }
        processes.stop().await?;
        Ok(report(&measured, &sorted(disk), lasting))
    })
}

async fn run(
    browsers: Vec<Browser>,
    forms: &Arc<Vec<Bytes>>,
    lasting: Duration,
) -> anyhow::Result<(Vec<f64>, Vec<Browser>)> {
    let mut users = JoinSet::new();
    for (place, mut browser) in browsers.into_iter().enumerate() {
        let forms = Arc::clone(forms);
        users.spawn(async move {
            let (began, mut times) = (Instant::now(), Vec::new());
            for form in forms.iter().cycle().skip(place * 7) {
                if began.elapsed() >= lasting {
                    break;
                }
                let one = Instant::now();
                browser.page("/check", form.clone()).await?;
                times.push(one.elapsed().as_secs_f64());
            }
            anyhow::Ok((times, browser))
        });
    }
    let (mut times, mut browsers) = (Vec::new(), Vec::new());
    while let Some(user) = users.join_next().await {
        let (took, browser) = user??;
        times.extend(took);
        browsers.push(browser);
    }
    Ok((sorted(times), browsers))
}

fn report(measured: &[(usize, Vec<f64>)], disk: &[f64], lasting: Duration) -> Value {
    let fdatasync = quantile(disk, 0.5);
    let line = |(sessions, times): &(usize, Vec<f64>)| {
        #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
        let per_s = (times.len() as f64 / lasting.as_secs_f64()).round();
        json!({
            "sessions": sessions,
            "per_s": per_s,
            "p50": ms(quantile(times, 0.5)),
            "p99": ms(quantile(times, 0.99)),
        })
    };
    let single = measured.first().map_or(f64::NAN, |(_, times)| quantile(times, 0.5));
    json!({
        "sessions": measured.iter().map(line).collect::<Vec<_>>(),
        "fdatasync_p50": ms(fdatasync),
        "ratio_p50_to_fdatasync": (single / fdatasync * 100.0).round() / 100.0,
    })
}
