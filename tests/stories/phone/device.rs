//! A browser as a phone, and as whoever enrols with it.

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::json;
use thirtyfour::prelude::*;
use tokio::time::sleep;

use super::PHONE_OWNER;
use crate::{
    Stage,
    browser::Browser,
    demonstration::{Node, now},
};

impl Browser {
    /// A finger in place of a mouse.
    pub(super) async fn is_a_phone(&self) -> anyhow::Result<()> {
        let touch = json!({"enabled": true, "maxTouchPoints": 5});
        self.driver.cdp().send_raw("Emulation.setTouchEmulationEnabled", touch).await?;
        Ok(())
    }

    pub(super) async fn connected(&self, connected: bool) -> anyhow::Result<()> {
        let network = json!({"offline": !connected, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
        self.driver.cdp().send_raw("Network.enable", json!({})).await?;
        self.driver.cdp().send_raw("Network.emulateNetworkConditions", network).await?;
        Ok(())
    }

    /// In light and in the dark: usable by everybody, no wider than a small phone.
    pub(super) async fn seen_on_a_phone(&self, name: &str) -> anyhow::Result<()> {
        for scheme in ["light", "dark"] {
            let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
            self.driver.cdp().send_raw("Emulation.setEmulatedMedia", media).await?;
            let name = format!("{name}-{scheme}");
            self.seen_at_four_hundred_percent(&name).await?;
            self.can_be_used_by_everybody(&name).await?;
        }
        Ok(())
    }

    /// The operator's enrolment code, typed together with user name and PIN.
    pub(super) async fn begin_enrolling(&self, stage: &Stage) -> anyhow::Result<()> {
        let config = stage.demonstration.config(Node::Trust);
        let config = config.to_string_lossy();
        let run = ["token", "enrol", "--page", "--config", &*config, PHONE_OWNER.user_name];
        let said = stage.demonstration.run(&run, "").await?;
        let ticket = said
            .lines()
            .map(str::trim)
            .find(|line| line.len() == 19 && line.matches('-').count() == 3);
        let ticket = ticket.with_context(|| format!("no enrolment code in {said}"))?;
        self.go("/enrol").await?;
        let fields =
            [("user_name", PHONE_OWNER.user_name), ("pin", PHONE_OWNER.pin), ("ticket", ticket)];
        self.fill(&fields).await?;
        self.press("main form button").await?;
        self.until("the set-up page is there", "h1", "Read this into your token").await
    }

    /// The newest token's code, as its digits. Both halves are read in one breath: between two reads the code may change.
    pub(super) async fn shown_code(&self) -> anyhow::Result<String> {
        Ok(self.driver.execute(SHOWN_CODE, vec![]).await?.convert()?)
    }

    pub(super) async fn next_code(&self) -> anyhow::Result<String> {
        let shown = self.shown_code().await?;
        for _ in 0..100 {
            let next = self.shown_code().await?;
            if next != shown {
                return Ok(next);
            }
            sleep(Duration::from_millis(100)).await;
        }
        anyhow::bail!("the code does not change: {shown}, second {}", now().as_second())
    }

    pub(super) async fn keeps_no_readable_secret(&self) -> anyhow::Result<()> {
        let readable = self.driver.execute_async(READABLE, vec![]).await?.convert::<String>()?;
        ensure!(readable == "false InvalidAccessError", "a script can read the key: {readable}");
        Ok(())
    }

    /// Waits until what a selector names shows these words.
    pub(super) async fn until(
        &self,
        what: &str,
        selector: &str,
        words: &str,
    ) -> anyhow::Result<()> {
        let mut told = String::new();
        for _ in 0..120 {
            if let Ok(found) = self.driver.find(By::Css(selector)).await {
                told = found.prop("textContent").await.ok().flatten().unwrap_or_default();
                if told.contains(words) && found.is_displayed().await.unwrap_or(false) {
                    return Ok(());
                }
            }
            sleep(Duration::from_millis(100)).await;
        }
        anyhow::bail!("waited in vain: {what}; {selector} says “{told}”")
    }

    pub(super) async fn wait_for(&self, what: &str, script: &str) -> anyhow::Result<()> {
        let met = self.driver.execute_async(script, vec![]).await?.convert::<bool>()?;
        ensure!(met, "waited in vain: {what}");
        Ok(())
    }
}

const SHOWN_CODE: &str = r#"
const halves = document.querySelectorAll(".phone-token:first-child .phone-code [aria-hidden]");
return [...halves].map((half) => half.textContent).join("");
"#;

const READABLE: &str = r#"
const done = arguments[0];
const asked = indexedDB.open("kinfold-phone", 1);
asked.onsuccess = () => {
  const all = asked.result.transaction("tokens").objectStore("tokens").getAll();
  all.onsuccess = () => {
    const [{ key, ...rest }] = all.result;
    if (JSON.stringify(rest).match(/[A-Z2-7]{26}/)) return done("in plain");
    crypto.subtle.exportKey("raw", key).then(() => done("exported"), (error) => done(`${key.extractable} ${error.name}`));
  };
};
"#;
