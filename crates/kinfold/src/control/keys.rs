//! What an operator's commands tell a node about its keys.

use serde::{Deserialize, Serialize};

use super::Answer;
use crate::node::{Lies, Node};

/// What is asked.
#[derive(Serialize, Deserialize)]
#[serde(tag = "key", rename_all = "kebab-case")]
pub(crate) enum KeyAsk {
    /// Replaces the key `seeds`, by one that lies elsewhere if `to` says so; goes on with a replacement that has not ended.
    Replace { to: Option<Lies> },
    /// Goes on for a moment. `leave_unopened`: destroys the old key although values open under neither.
    GoOn { leave_unopened: bool },
}

pub(super) async fn execute(node: &Node, ask: KeyAsk) -> anyhow::Result<Answer> {
    let told = match ask {
        KeyAsk::Replace { to } => node.seeds_key.replace(to).await?,
        KeyAsk::GoOn { leave_unopened } => node.seeds_key.go_on(leave_unopened).await?,
    };
    Ok(Answer::Key { told })
}
