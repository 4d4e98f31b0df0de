//! Checks at a steady rate, beside whatever else is measured: each counted from the moment at which it was due, where the one before it was late.

use std::{sync::Arc, time::Duration};

use hyper::body::Bytes;
use serde_json::{Value, json};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval_at},
};

use super::{browser::Browser, ms, quantile, sorted};

/// Nurses who check at a steady rate until they are told to stop.
pub(super) struct Paced {
    users: JoinSet<anyhow::Result<(Vec<f64>, Browser)>>,
    stop: watch::Sender<bool>,
    every: Duration,
    sessions: usize,
}

impl Paced {
    /// Each of these checks once in so long a time.
    pub(super) fn start(browsers: Vec<Browser>, forms: &Arc<Vec<Bytes>>, every: Duration) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (mut users, sessions) = (JoinSet::new(), browsers.len());
        for (place, mut browser) in browsers.into_iter().enumerate() {
            let (forms, stopped) = (Arc::clone(forms), stopped.clone());
            // They do not all ask at one moment.
            let first =
                every * u32::try_from(place).unwrap_or(0) / u32::try_from(sessions).unwrap_or(1);
            users.spawn(async move {
                let mut ticks = interval_at(Instant::now() + first, every);
                ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
                let (mut took, mut answered) = (Vec::new(), Instant::now());
                for form in forms.iter().cycle().skip(place * 7) {
                    let due = ticks.tick().await;
                    if *stopped.borrow() {
                        break;
                    }
                    // Who was still waiting when the next was due counts from then; otherwise the timer's own lateness is not the node's.
                    let began = if answered > due { due } else { Instant::now() };
                    browser.page("/check", form.clone()).await?;
                    took.push(began.elapsed().as_secs_f64());
                    answered = Instant::now();
                }
                anyhow::Ok((took, browser))
            });
        }
        Self { users, stop, every, sessions }
    }

    /// Stops them; answers what they met, and gives them back.
    pub(super) async fn stop(mut self) -> anyhow::Result<(Value, Vec<Browser>)> {
        self.stop.send_replace(true);
        let (mut took, mut browsers) = (Vec::new(), Vec::new());
        while let Some(user) = self.users.join_next().await {
            let (times, browser) = user??;
            took.extend(times);
            browsers.push(browser);
        }
        let took = sorted(took);
        let per_session = 1.0 / self.every.as_secs_f64();
        let met = json!({
            "sessions": self.sessions,
            "each_per_s": per_session,
            "checks": took.len(),
            "p50": ms(quantile(&took, 0.5)),
            "p99": ms(quantile(&took, 0.99)),
        });
        Ok((met, browsers))
    }
}
