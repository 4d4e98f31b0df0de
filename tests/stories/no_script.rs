//! The hot path in a browser that runs no scripts.

use anyhow::ensure;

use crate::{
    Stage,
    browser::{Browser, IN_THE_DEPARTMENT},
    demonstration::OTHER_NURSE,
};

pub(crate) async fn story(stage: &Stage) -> anyhow::Result<()> {
    let browser = Browser::with_scripts(stage, OTHER_NURSE, false).await?;
    browser.sign_in(stage, OTHER_NURSE).await?;
    browser.arrive("Check a child").await?;
    let body = browser.driver.find(thirtyfour::By::Tag("body")).await?;
    let classes = body.class_name().await?.unwrap_or_default();
    ensure!(!classes.contains("js-enabled"), "scripts run in this browser");
    let answered = browser.check(&[("nhs_number", "999 000 0026")], IN_THE_DEPARTMENT).await?;
    ensure!(answered == "on", "Ruby is answered with {answered}");
    browser.seen("answer-without-scripts").await?;
    browser.press("form[action='/view'] button").await?;
    browser.arrive("Pooled view").await?;
    ensure!(browser.count(".kinfold-fact").await? > 0, "no facts without scripts");
    browser.press("form[action='/lock'] button").await?;
    browser.arrive("Unlock").await?;
    browser.press("form[action='/sign-out'] button").await?;
    browser.arrive("Sign in").await?;
    browser.close().await
}
