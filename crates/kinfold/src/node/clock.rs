//! This node's own clock, held against the time servers that its configuration names.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use kinfold_connect::time_service::TimeService;
use kinfold_service::{
    Journal,
    own_clock::{ClockState, OwnClock},
    ports::Clock,
};
use tokio::time::{Instant, sleep};

use super::Node;
use crate::{ambient::SystemSteady, config::Config};

/// How often a clock that is right is confirmed.
const ASK_EVERY: Duration = Duration::from_secs(64);
/// How often the service is asked while the clock is not confirmed: somebody may wait for it. Less would be more than servers take.
const ASK_AGAIN: Duration = Duration::from_secs(16);
/// How often the clock is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// A node's clock: it was there before, as its ledger says.
pub(super) fn own_clock(
    config: &Config,
    clock: &Arc<dyn Clock>,
    journal: &Journal,
) -> anyhow::Result<Arc<OwnClock>> {
    let own = OwnClock::new(Arc::clone(clock), Arc::new(SystemSteady::start()), &servers(config));
    if let Some(at) = journal.newest().context("the ledger's last entries can't be read")? {
        own.shown_before(at);
    }
    Ok(Arc::new(own))
}

fn servers(config: &Config) -> Vec<String> {
    config.clock.time_servers.iter().map(|server| server.0.clone()).collect()
}

/// Watches it.
pub(crate) struct ClockWatch {
    own: Arc<OwnClock>,
    service: TimeService,
}

impl ClockWatch {
    /// Over a node's clock.
    pub(crate) fn over(node: &Node) -> Self {
        let service = TimeService::new(servers(&node.config));
        Self { own: Arc::clone(&node.own_clock), service }
    }

    /// Asks the time service once; that takes two seconds at most.
    pub(crate) async fn ask(&self) {
        let asked = self.own.ask();
        self.own.told(asked, self.service.ask().await);
    }

    /// Looks at the clock all the time, and asks the service now and then, and at once when the clock was set.
    pub(super) async fn watch(self) {
        let (mut due, mut before) = (self.next(), None);
        loop {
            before = Some(self.tell(before));
            tokio::select! {
                () = self.own.jumped() => due = Instant::now(),
                () = sleep(LOOK) => {}
            }
            if Instant::now() >= due {
                self.ask().await;
                due = self.next();
            }
        }
    }

    fn next(&self) -> Instant {
        let right = self.own.standing().state == ClockState::Right;
        Instant::now() + if right { ASK_EVERY } else { ASK_AGAIN }
    }

    /// Says what has changed.
    fn tell(&self, before: Option<ClockState>) -> ClockState {
        let state = self.own.standing().state;
        let was_off = matches!(before, Some(ClockState::Off { .. }));
        match state {
            ClockState::Off { why, .. } if !was_off => {
                tracing::error!(%why, "codes are refused until this node's clock is right again");
            }
            ClockState::Unconfirmed if before != Some(ClockState::Unconfirmed) => {
                tracing::warn!(
                    "the time service does not answer: this node's clock is not confirmed"
                );
            }
            ClockState::Off { .. } => {}
            ClockState::Right | ClockState::Unchecked | ClockState::Unconfirmed => {
                if was_off {
                    tracing::info!("codes are taken again");
                }
            }
        }
        state
    }
}
