//! Ledgers from the command line: sound, and asked who looked.

use anyhow::{Context, ensure};

use crate::{
    Stage,
    demonstration::{Node, TRUST_GOVERNANCE},
};

pub(crate) async fn story(stage: &Stage) -> anyhow::Result<()> {
    for node in [Node::Council, Node::Trust] {
        let config = stage.demonstration.config(node);
        let config = config.to_str().context("a folder that is no text")?;
        let said = stage.demonstration.run(&["ledger", "verify", "--config", config], "").await?;
        ensure!(said.contains("Sound: "), "{said}");
    }
    let said = who_looked(stage).await?;
    ensure!(said.contains("in both ledgers"), "{said}");
    ensure!(!said.contains("could not be asked"), "{said}");
    Ok(())
}

/// What the command says of who looked at Ruby.
pub(crate) async fn who_looked(stage: &Stage) -> anyhow::Result<String> {
    let config = stage.demonstration.config(Node::Trust);
    let config = config.to_str().context("a folder that is no text")?;
    let who = ["ledger", "who", "--config", config, "--as", TRUST_GOVERNANCE.user_name];
    let code = stage.demonstration.code(TRUST_GOVERNANCE).await?;
    let typed = format!("999 000 0026\n{}\n{code}\n", TRUST_GOVERNANCE.pin);
    stage.demonstration.run(&who, &typed).await
}
