//! How fast a node starts with its people, and what it takes up when nobody asks.

use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{Terms, block_on_threads, browser::Browser, ms, quantile, sorted, stage::Stage};
use crate::{commands::demo::Processes, telemetry::complain};

/// Starts that are measured.
const STARTS: usize = 5;

pub(super) fn measure(terms: &Terms) -> anyhow::Result<Value> {
    let stage = Stage::set(terms, 0)?;
    block_on_threads(async {
        complain("the first start reads every person from the source");
        let first = Instant::now();
        stage.begin().await?.stop().await?;
        let first = first.elapsed().as_secs_f64();
        let (mut starts, mut memory) = (Vec::new(), 0);
        for start in 1..=STARTS {
            complain(&format!("start {start} of {STARTS}"));
            let began = Instant::now();
            let processes = Processes::start(&stage.places)?;
            wait_for(stage.places.web("trust")).await?;
            starts.push(began.elapsed().as_secs_f64());
            if start == STARTS {
                sleep(Duration::from_secs(terms.seconds)).await;
                memory = processes.memory_kib("trust")?;
            }
            processes.stop().await?;
        }
        Ok(json!({
            "start": ms(quantile(&sorted(starts), 0.5)),
            "first_start": ms(first),
            "idle_rss_mb": memory / 1024,
            "people": stage.district.patients.len(),
        }))
    })
}

/// Waits until a node serves its pages.
pub(super) async fn wait_for(port: u16) -> anyhow::Result<()> {
    let answering = async {
        loop {
            if let Ok(mut browser) = Browser::open(port).await
                && browser.status("/healthz").await.is_ok_and(|status| status.is_success())
            {
                return;
            }
            sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), answering).await.context("the node does not start")
}
