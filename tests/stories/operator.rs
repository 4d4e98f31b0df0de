//! An operator: how feeds stand, live, and no child.

use std::time::Duration;

use anyhow::ensure;
use thirtyfour::prelude::*;
use tokio::time::sleep;

use crate::{Stage, browser::Browser, demonstration::OPERATOR};

pub(crate) async fn story(stage: &Stage) -> anyhow::Result<()> {
    let browser = Browser::open(stage, OPERATOR).await?;
    browser.sign_in(stage, OPERATOR).await?;
    browser.arrive("Feeds").await?;
    let live = browser.driver.find(By::Id("live")).await?;
    let mut waited = 0;
    while !live.is_displayed().await? {
        ensure!(waited < 40, "the page of feeds does not come alive");
        waited += 1;
        sleep(Duration::from_millis(250)).await;
    }
    ensure!(browser.count(".kinfold-feed").await? >= 2, "a source and a register");
    browser.seen("feeds").await?;
    browser.go("/notifications").await?;
    browser.arrive("Notifications").await?;
    browser.seen("notifications").await?;
    browser.go("/tokens").await?;
    browser.arrive("Tokens").await?;
    browser.seen("tokens").await?;
    browser.go("/tokens/import").await?;
    browser.arrive("Import tokens").await?;
    browser.seen("tokens-import").await?;
    for path in ["/check", "/view", "/who"] {
        browser.go(path).await?;
        browser.arrive("There is a problem").await?;
        ensure!(browser.count("main input").await? == 0, "{path} has a form for an operator");
    }
    browser.seen("operator-refused").await?;
    browser.close().await
}
