//! What the pooled view adds to its slowest source: decisions, both ledgers, the partner's node, the page.

use std::time::{Duration, Instant};

use anyhow::Context;
use kinfold_sample::RecordCopy;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{
    Terms, block_on_threads,
    browser::Browser,
    ms, quantile, sorted,
    stage::{Stage, whole_form},
};
use crate::telemetry::complain;

/// Concurrent sessions when the rate is measured.
const SESSIONS: usize = 16;

/// One view: how long it took, and how long its slowest source did, in seconds.
struct Sample {
    whole: f64,
    slowest: f64,
}

pub(super) fn measure(terms: &Terms) -> anyhow::Result<Value> {
    let stage = Stage::set(terms, SESSIONS)?;
    let lasting = Duration::from_secs(terms.seconds);
    block_on_threads(async {
        let processes = stage.begin().await?;
        complain("signing in");
        let mut browsers = stage.browsers(SESSIONS).await?;
        let forms = forms(&stage);
        complain("one session");
        let rest = browsers.split_off(1);
        let (alone, mut browsers) = run(browsers, &forms, lasting).await?;
        browsers.extend(rest);
        complain(&format!("{SESSIONS} sessions"));
        let (together, _) = run(browsers, &forms, lasting).await?;
        processes.stop().await?;
        let added = sorted(alone.iter().map(|sample| sample.whole - sample.slowest).collect());
        let slowest = sorted(alone.iter().map(|sample| sample.slowest).collect());
        #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
        let per_s = (together.len() as f64 / lasting.as_secs_f64()).round();
        Ok(json!({
            "added_p50": ms(quantile(&added, 0.5)),
            "added_p95": ms(quantile(&added, 0.95)),
            "slowest_source_p50": ms(quantile(&slowest, 0.5)),
            "sessions": SESSIONS,
            "per_s": per_s,
            "views": alone.len(),
        }))
    })
}

/// Children whom both agencies know.
fn forms(stage: &Stage) -> Vec<hyper::body::Bytes> {
    let both = stage.district.links.both().take(1_000);
    both.map(|(_, patient)| {
        whole_form(&RecordCopy::demographics(&stage.district.patients[patient]))
    })
    .collect()
}

async fn run(
    browsers: Vec<Browser>,
    forms: &[hyper::body::Bytes],
    lasting: Duration,
) -> anyhow::Result<(Vec<Sample>, Vec<Browser>)> {
    let mut users = JoinSet::new();
    for (place, mut browser) in browsers.into_iter().enumerate() {
        let forms = forms.to_vec();
        users.spawn(async move {
            let (began, mut samples) = (Instant::now(), Vec::new());
            for form in forms.iter().cycle().skip(place * 11) {
                if began.elapsed() >= lasting {
                    break;
                }
                let one = Instant::now();
                let page = browser.page("/view", form.clone()).await?;
                let whole = one.elapsed().as_secs_f64();
                // A child of whom several may be meant is asked of no source.
                if let Some(slowest) = slowest(&page)? {
                    samples.push(Sample { whole, slowest });
                }
            }
            anyhow::Ok((samples, browser))
        });
    }
    let (mut samples, mut browsers) = (Vec::new(), Vec::new());
    while let Some(user) = users.join_next().await {
        let (took, browser) = user??;
        samples.extend(took);
        browsers.push(browser);
    }
    Ok((samples, browsers))
}

/// The longest that a source took, as the page says of each.
fn slowest(page: &[u8]) -> anyhow::Result<Option<f64>> {
    let page = std::str::from_utf8(page).context("the page is no text")?;
    let mut longest: Option<f64> = None;
    for rest in page.split("data-took-us=\"").skip(1) {
        let digits = rest.split('"').next().unwrap_or_default();
        let micros: f64 = digits.parse().context("the page says no time")?;
        longest = Some(longest.unwrap_or(0.0).max(micros / 1e6));
    }
    Ok(longest)
}
