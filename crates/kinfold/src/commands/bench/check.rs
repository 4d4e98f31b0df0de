//! Checks of the register through the real HTTP stack, each with two durable ledger entries.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use hyper::body::Bytes;
use serde_json::{Value, json};
use tokio::{task::JoinSet, time::sleep};

use super::{
    Terms, block_on_threads,
    browser::Browser,
    cores::withheld,
    disk::{Meanwhile, fdatasync_p50},
    ms,
    paced::Paced,
    quantile, sorted,
    stage::Stage,
};
use crate::telemetry::complain;

/// Concurrent sessions, each asking again as soon as it is answered: nothing is left idle.
const SESSIONS: [usize; 3] = [1, 16, 256];
/// Sessions that each ask so often, whatever is answered: a thousand checks a second, a third of what two cores do.
const PACED: usize = 16;
const EACH_EVERY: Duration = Duration::from_millis(16);

pub(super) fn measure(terms: &Terms) -> anyhow::Result<Value> {
    let most = SESSIONS.into_iter().max().unwrap_or(1);
    complain("watching the cores");
    let withheld = withheld()?;
    let stage = Stage::set(terms, most)?;
    let lasting = Duration::from_secs(terms.seconds);
    block_on_threads(async {
        let processes = stage.begin().await?;
        complain("signing in");
        let mut browsers = stage.browsers(most).await?;
        let forms = Arc::new(stage.forms());
        // First: whoever asks without a pause leaves work behind that follows the ledger.
        complain(&format!("{PACED} sessions at a steady rate"));
        let rest = browsers.split_off(PACED);
        let beside = Meanwhile::start(stage.folder())?;
        let paced = Paced::start(browsers, &forms, EACH_EVERY);
        sleep(lasting).await;
        let (paced, mut browsers) = paced.stop().await?;
        let beside = beside.stop()?;
        browsers.extend(rest);
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
        let mut report = report((&measured, paced), (&sorted(disk), &beside), lasting);
        report["cores_withheld"] = withheld;
        Ok(report)
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

fn report(
    (measured, paced): (&[(usize, Vec<f64>)], Value),
    (disk, beside): (&[f64], &[f64]),
    lasting: Duration,
) -> Value {
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
        "steady": [paced],
        "fdatasync_meanwhile_p50": ms(quantile(beside, 0.5)),
        "fdatasync_meanwhile_p99": ms(quantile(beside, 0.99)),
        "fdatasync_p50": ms(fdatasync),
        "ratio_p50_to_fdatasync": (single / fdatasync * 100.0).round() / 100.0,
    })
}
