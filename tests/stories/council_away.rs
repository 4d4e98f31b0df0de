//! The council's node is killed: the trust still answers, says how old its answer is, and whom to ring.

use anyhow::ensure;
use tokio::time::sleep;

use crate::{
    Stage,
    browser::{Browser, IN_THE_DEPARTMENT},
    demonstration::{NURSE, Node, STALE_AFTER},
};

pub(crate) async fn story(stage: &Stage) -> anyhow::Result<()> {
    let browser = Browser::open(stage, NURSE).await?;
    browser.sign_in(stage, NURSE).await?;
    browser.arrive("Check a child").await?;
    stage.demonstration.kill(Node::Council)?;
    still_answers(&browser).await?;
    names_who_is_away(&browser).await?;
    sleep(STALE_AFTER).await;
    says_when_it_cannot_be_sure(&browser).await?;
    browser.close().await
}

async fn still_answers(browser: &Browser) -> anyhow::Result<()> {
    let answered = browser.check(&[("nhs_number", "999 000 0026")], IN_THE_DEPARTMENT).await?;
    ensure!(answered == "on", "Ruby is answered with {answered}");
    let age = browser.text(".kinfold-answer__registers").await?;
    ensure!(age.contains("as at") && age.contains("ago"), "the answer has no age: {age}");
    browser.seen("council-away-answer").await
}

async fn names_who_is_away(browser: &Browser) -> anyhow::Result<()> {
    browser.press("form[action='/view'] button").await?;
    browser.arrive("Pooled view").await?;
    let away = browser.text(".kinfold-agency--unreachable").await?;
    ensure!(away.contains("Council") && away.contains("Could not be asked"), "{away}");
    let numbers = browser.count(".kinfold-agency--unreachable a[href^='tel:']").await?;
    ensure!(numbers >= 2, "whom to ring by day and by night: {away}");
    ensure!(away.contains("Ring now"), "none is marked to ring now: {away}");
    browser.seen("council-away-pooled-view").await
}

async fn says_when_it_cannot_be_sure(browser: &Browser) -> anyhow::Result<()> {
    let answered = browser.check(&[("nhs_number", "999 000 0077")], IN_THE_DEPARTMENT).await?;
    ensure!(answered == "unconfirmed", "Grace is answered with {answered}");
    ensure!(browser.count("main a[href^='tel:']").await? >= 2, "nobody to ring");
    let now = browser.text(".kinfold-ring__line--now").await?;
    ensure!(now.contains("Ring now"), "none is marked to ring now: {now}");
    browser.seen("answer-unconfirmed").await?;
    browser.seen_at_four_hundred_percent("answer-unconfirmed").await?;
    let answered = browser.check(&[("nhs_number", "999 000 0026")], IN_THE_DEPARTMENT).await?;
    ensure!(answered == "on", "Ruby is answered with {answered}");
    let page = browser.text("main").await?;
    ensure!(page.contains("last known state"), "an old answer does not say so: {page}");
    browser.seen("answer-on-stale").await
}
