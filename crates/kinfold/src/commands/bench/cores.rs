//! What the machine itself withholds: moments in which a thread that only looks at the clock does not run. On a shared machine another
//! guest has the core then, and whatever is measured waits.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::anyhow;
use serde_json::{Value, json};

use super::{ms, quantile, sorted};

/// Shorter ones are interrupts, and change no p99 in milliseconds.
const SHORTEST: Duration = Duration::from_millis(1);
const LASTING: Duration = Duration::from_secs(4);

/// The pauses of all cores while nothing else runs, over four seconds.
pub(super) fn withheld() -> anyhow::Result<Value> {
    let cores = thread::available_parallelism()?.get();
    let watching: Vec<_> = (0..cores).map(|_| thread::spawn(pauses)).collect();
    let mut all = Vec::new();
    for thread in watching {
        all.extend(thread.join().map_err(|_| anyhow!("the cores could not be watched"))?);
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of pauses")]
    let per_s = all.len() as f64 / LASTING.as_secs_f64();
    let all = sorted(all);
    let of = |q| if all.is_empty() { 0.0 } else { ms(quantile(&all, q)) };
    Ok(json!({ "per_s": (per_s * 10.0).round() / 10.0, "p50": of(0.5), "longest": of(1.0) }))
}

/// The seconds of each.
fn pauses() -> Vec<f64> {
    let (mut pauses, began) = (Vec::new(), Instant::now());
    let mut last = began;
    while last - began < LASTING {
        let now = Instant::now();
        if now - last >= SHORTEST {
            pauses.push((now - last).as_secs_f64());
        }
        last = now;
    }
    pauses
}
