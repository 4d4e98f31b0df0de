//! A nurse breaks the glass where nobody can be rung, and governance of both agencies reviews it.

use anyhow::ensure;
use thirtyfour::prelude::*;

use crate::{
    Stage,
    browser::{Browser, IN_THE_DEPARTMENT},
    demonstration::{COUNCIL_GOVERNANCE, NURSE, Person, TRUST_GOVERNANCE},
    ledgers::who_looked,
};

/// Ruby, as her record's identifier says it and no page's title or address may.
const NUMBER: &str = "999 000 0026";
const REASON: &str = "The father has taken the child and nobody answers any of the numbers";

pub(crate) async fn story(stage: &Stage) -> anyhow::Result<()> {
    opens(stage).await?;
    reviews(stage, TRUST_GOVERNANCE, "glass-trust").await?;
    reviews(stage, COUNCIL_GOVERNANCE, "glass-council").await?;
    let printed = who_looked(stage).await?;
    ensure!(printed.contains(&format!("glass broken: {REASON}")), "the command says {printed}");
    Ok(())
}

async fn opens(stage: &Stage) -> anyhow::Result<()> {
    let browser = Browser::open(stage, NURSE).await?;
    browser.sign_in(stage, NURSE).await?;
    browser.arrive("Check a child").await?;
    browser.go("/view").await?;
    browser.arrive("Pooled view").await?;
    browser.fill(&[("nhs_number", NUMBER), ("purpose", IN_THE_DEPARTMENT)]).await?;
    browser.press("main form button").await?;
    browser.driver.find(By::Id("register")).await?;
    ensure!(browser.count("#social-care-summary").await? == 0, "it was not withheld");
    browser.press("main > details summary").await?;
    browser.seen("view-glass-offered").await?;
    browser.seen_at_four_hundred_percent("view-glass-offered").await?;
    browser.press("form[action='/view/break-glass'] button").await?;
    browser.arrive("Break the glass").await?;
    browser.seen("glass-reason").await?;
    browser.press("main form button").await?;
    browser.arrive("Error: Break the glass").await?;
    browser.seen("glass-reason-error").await?;
    browser.seen_at_four_hundred_percent("glass-reason-error").await?;
    browser.fill(&[("reason", REASON)]).await?;
    browser.press("main form button").await?;
    browser.arrive("Prove that it is you").await?;
    browser.seen("glass-step-up").await?;
    let code = stage.demonstration.code(NURSE).await?;
    browser.fill(&[("pin", NURSE.pin), ("code", &code)]).await?;
    browser.press("main form button").await?;
    browser.arrive("Pooled view").await?;
    let says = browser.text("main").await?;
    ensure!(says.contains("You broke the glass") && says.contains(REASON), "the page says {says}");
    ensure!(browser.count("#social-care-summary").await? == 1, "it was not opened: {says}");
    browser.seen("view-glass-broken").await?;
    browser.seen_at_four_hundred_percent("view-glass-broken").await?;
    browser.close().await
}

async fn reviews(stage: &Stage, person: Person, name: &str) -> anyhow::Result<()> {
    let browser = Browser::open(stage, person).await?;
    browser.sign_in(stage, person).await?;
    browser.arrive("Who looked").await?;
    browser.press("a[href='/broken-glass']").await?;
    browser.arrive("Broken glass").await?;
    let says = browser.text("main").await?;
    ensure!(says.contains(REASON) && says.contains("1 waits"), "the page says {says}");
    browser.seen(&format!("{name}-waits")).await?;
    browser.press("button[value='justified']").await?;
    browser.arrive("Error: Broken glass").await?;
    browser.fill(&[("words", "Spoke to the nurse: nobody could be rung that night")]).await?;
    browser.press("button[value='justified']").await?;
    browser.arrive("Broken glass").await?;
    ensure!(browser.text("main").await?.contains("None waits for a review"), "it still waits");
    browser.seen(&format!("{name}-reviewed")).await?;
    browser.seen_at_four_hundred_percent(&format!("{name}-reviewed")).await?;
    browser.close().await
}
