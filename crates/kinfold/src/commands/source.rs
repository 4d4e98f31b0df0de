//! `kinfold source …`: source systems, before a node relies on them.

use std::{sync::Arc, time::Duration};

use anyhow::bail;
use clap::{Args, Subcommand};
use kinfold_service::ports::Clock;

use super::{OfNode, block_on};
use crate::{
    ambient::SystemClock,
    node::{Standing, check_sources},
    telemetry::say,
};

/// Longer than any source's own deadlines: it ends what never would.
const LONGEST: Duration = Duration::from_mins(2);

/// Source systems.
#[derive(Subcommand)]
pub(crate) enum Source {
    /// Asks each configured source for what the configuration relies on. Nothing is stored; the node need not be stopped.
    Check(Check),
}

/// Checks a configuration's sources.
#[derive(Args)]
pub(crate) struct Check {
    #[command(flatten)]
    node: OfNode,
}

impl Source {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Self::Check(check) = self;
        check.run()
    }
}

impl Check {
    fn run(self) -> anyhow::Result<()> {
        let config = self.node.read()?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let standings = block_on(async { Ok(check_sources(&config, &clock, LONGEST).await) })?;
        if standings.is_empty() {
            say("no source is configured");
        }
        for standing in &standings {
            say(&lines(standing));
        }
        let unusable = standings.iter().filter(|standing| standing.result.is_err()).count();
        if unusable > 0 {
            bail!("{unusable} of {} sources can't be used", standings.len());
        }
        Ok(())
    }
}

fn lines(standing: &Standing) -> String {
    let (word, more) = match &standing.result {
        Ok(checked) => {
            let categories: Vec<&str> = checked.categories.iter().map(|c| c.as_str()).collect();
            let mut more = Vec::new();
            if !categories.is_empty() {
                more.push(format!("answers {}", categories.join(", ")));
            }
            if checked.keeps_register {
                more.push("keeps a register".to_owned());
            }
            more.extend(checked.notes.iter().map(|note| format!("note: {note}")));
            ("usable", more)
        }
        Err(unusable) if unusable.no_answer => ("does not answer", unusable.problems.clone()),
        Err(unusable) => ("can't be used", unusable.problems.clone()),
    };
    let more = more.iter().map(|line| format!("\n  {line}"));
    format!("{}: {word}{}", standing.source, more.collect::<String>())
}
