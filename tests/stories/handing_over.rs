//! A child moves: one council's custodian hands the child over, the other's takes over, and a nurse reads who is responsible all the while.

use std::time::Duration;

use anyhow::{bail, ensure};
use jiff::{ToSpan, civil::Date};
use tokio::time::sleep;

use crate::{
    Stage,
    browser::{Browser, Driver, IN_THE_DEPARTMENT},
    demonstration::{CUSTODIAN, Demonstration, NEIGHBOURS_CUSTODIAN, NURSE, now},
};

/// Two councils and a hospital: a demonstration of its own.
pub(crate) async fn story() -> anyhow::Result<()> {
    let demonstration = Demonstration::with_neighbour().await?;
    let stage = Stage { demonstration, driver: Driver::start().await? };
    let nurse = Browser::open(&stage, NURSE).await?;
    nurse.sign_in(&stage, NURSE).await?;
    let giving = Browser::open(&stage, CUSTODIAN).await?;
    giving.sign_in(&stage, CUSTODIAN).await?;
    let taking = Browser::open(&stage, NEIGHBOURS_CUSTODIAN).await?;
    taking.sign_in(&stage, NEIGHBOURS_CUSTODIAN).await?;
    // Until the sessions are there.
    sleep(Duration::from_secs(1)).await;
    offers(&giving).await?;
    is_told(&nurse, "Being handed over to Larkford Council", "hand-over-nurse-before").await?;
    accepts(&taking).await?;
    is_told(&nurse, "Handed over to Larkford Council", "hand-over-nurse-after").await?;
    has_given(&giving).await?;
    for browser in [nurse, giving, taking] {
        browser.close().await?;
    }
    Ok(())
}

async fn offers(giving: &Browser) -> anyhow::Result<()> {
    open_entry(giving).await?;
    giving.seen("hand-over-entry").await?;
    giving.press("button[name='kind'][value='move']").await?;
    giving.arrive("Hand over").await?;
    giving.fill(&[("council", "larkford-council")]).await?;
    date(giving, "moved", today()?).await?;
    giving.fill(&[("address", "4 Sample Street, Larkford")]).await?;
    giving.fill(&[("reason", "The family moves to Larkford")]).await?;
    giving.seen("hand-over-form").await?;
    giving.press("form[action='/register/hand-over/plan'] button").await?;
    giving.arrive("Confirm a hand-over").await?;
    giving.seen("hand-over-confirm").await?;
    giving.press("form[action='/register/hand-over/confirm'] button").await?;
    giving.arrive("Children handed over").await?;
    giving.seen("hand-overs-giving").await
}

async fn accepts(taking: &Browser) -> anyhow::Result<()> {
    taking.go("/register").await?;
    taking.arrive("The register").await?;
    says(taking, "/register", "1 child handed over to us").await?;
    taking.seen("hand-over-register").await?;
    taking.go("/register/hand-overs").await?;
    taking.arrive("Children handed over").await?;
    taking.seen("hand-overs-taking").await?;
    taking.press("button[name='choice']").await?;
    taking.arrive("A hand-over").await?;
    taking.seen("hand-over-opened").await?;
    taking.press("button[name='decision'][value='refuse']").await?;
    taking.arrive("Error: A hand-over").await?;
    taking.seen("hand-over-refused-without-a-reason").await?;
    date(taking, "conference", today()?).await?;
    date(taking, "next", today()?.checked_add(60.days())?).await?;
    taking.fill(&[("category", "EMO"), ("worker", "Larkford Testworker")]).await?;
    taking.fill(&[("team", "Larkford team"), ("telephone", "01632 960733")]).await?;
    taking.seen("hand-over-accept").await?;
    taking.press("form:has(input[value='accept']) button").await?;
    taking.arrive("Children handed over").await?;
    taking.seen("hand-overs-taken").await
}

async fn has_given(giving: &Browser) -> anyhow::Result<()> {
    says(giving, "/register/hand-overs", "Over, within 60 days").await?;
    giving.seen("hand-overs-given").await?;
    open_entry(giving).await?;
    let text = giving.text("main").await?;
    ensure!(text.contains("Recently ended"), "the entry goes on: {text}");
    giving.seen("hand-over-entry-ended").await
}

async fn open_entry(giving: &Browser) -> anyhow::Result<()> {
    giving.go("/register").await?;
    giving.arrive("The register").await?;
    giving.fill(&[("nhs_number", "999 000 0026")]).await?;
    giving.press("form[action='/register/find'] button").await?;
    giving.arrive("Entries of the register").await?;
    giving.press("form[action='/register/entry'] button").await?;
    giving.arrive("An entry of the register").await
}

/// What a nurse is answered about the child, once it has come to the hospital's copy: on a plan, whoever is responsible.
async fn is_told(nurse: &Browser, words: &str, picture: &str) -> anyhow::Result<()> {
    for _ in 0..40 {
        let answered = nurse.check(&[("nhs_number", "999 000 0026")], IN_THE_DEPARTMENT).await?;
        ensure!(answered == "on", "Ruby is answered with {answered}");
        if nurse.text("main").await?.contains(words) {
            let first = nurse.count(".kinfold-ring__now").await?;
            ensure!(first == 1, "{first} telephones are to be rung first");
            return nurse.seen(picture).await;
        }
        sleep(Duration::from_millis(500)).await;
    }
    bail!("a nurse is never told: {words}")
}

/// Waits until a page says something.
async fn says(browser: &Browser, path: &str, words: &str) -> anyhow::Result<()> {
    for _ in 0..60 {
        browser.go(path).await?;
        if browser.text("main").await?.contains(words) {
            return Ok(());
        }
        sleep(Duration::from_millis(500)).await;
    }
    bail!("{path} never says: {words}")
}

async fn date(browser: &Browser, name: &str, day: Date) -> anyhow::Result<()> {
    let parts = [day.day().to_string(), day.month().to_string(), day.year().to_string()];
    for (part, text) in ["day", "month", "year"].iter().zip(&parts) {
        browser.fill(&[(&format!("{name}_{part}"), text)]).await?;
    }
    Ok(())
}

fn today() -> anyhow::Result<Date> {
    Ok(now().in_tz("Europe/London")?.date())
}
