//! Two nurses at one workstation: neither loses what they had typed, neither meets the other's, and a page that is left alone locks.

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::json;
use thirtyfour::prelude::*;
use tokio::time::sleep;

use crate::{
    Stage,
    browser::Browser,
    demonstration::{NURSE, OTHER_NURSE, Person},
};

/// What one of them had begun to type: nobody's name.
const BEGUN: [(&str, &str); 2] = [("given", "Half a"), ("family", "Childname")];

pub(crate) async fn story(stage: &Stage) -> anyhow::Result<()> {
    let screen = Browser::open(stage, NURSE).await?;
    screen.sign_in(stage, NURSE).await?;
    screen.arrive("Check a child").await?;
    screen.fill(&BEGUN).await?;
    screen.alt('l').await?;
    screen.arrive("Unlock").await?;
    let says = screen.text("main").await?;
    ensure!(says.contains("is kept for you") && !says.contains("Childname"), "it says {says}");
    screen.seen("unlock-draft").await?;
    screen.press("form[action='/switch'] button").await?;
    screen.sign_in(stage, OTHER_NURSE).await?;
    screen.arrive("Check a child").await?;
    is_blank(&screen).await?;
    screen.press("form[action='/lock'] button").await?;
    screen.arrive("Unlock").await?;
    screen.seen("unlock-colleague").await?;
    screen.seen_at_four_hundred_percent("unlock-colleague").await?;
    screen.press("form[action='/switch'] button[name=session]").await?;
    unlocks(stage, &screen, NURSE).await?;
    stands_again(&screen).await?;
    screen.seen("check-draft").await?;
    locks_by_itself_when_nobody_uses_it_in_any_tab(stage, &screen).await?;
    makes_emergency_codes(stage, &screen).await?;
    screen.close().await
}

async fn unlocks(stage: &Stage, screen: &Browser, person: Person) -> anyhow::Result<()> {
    screen.arrive("Unlock").await?;
    let code = stage.demonstration.code(person).await?;
    screen.fill(&[("pin", person.pin), ("code", &code)]).await?;
    screen.press("form[action='/unlock'] button").await?;
    screen.arrive("Check a child").await
}

async fn typed(screen: &Browser, name: &str) -> anyhow::Result<String> {
    let field = screen.driver.find(By::Name(name)).await?;
    field.prop("value").await?.context("a field without a value")
}

async fn is_blank(screen: &Browser) -> anyhow::Result<()> {
    for (name, _) in BEGUN {
        ensure!(typed(screen, name).await?.is_empty(), "a colleague's {name} is shown");
    }
    Ok(())
}

async fn stands_again(screen: &Browser) -> anyhow::Result<()> {
    for (name, begun) in BEGUN {
        let stands = typed(screen, name).await?;
        ensure!(stands == begun, "{name} was {begun} and is {stands}");
    }
    Ok(())
}

/// In these pages the minutes until a lock are ten seconds: longer than a page takes on a machine that does much else.
const HURRY: &str = "const wait = setTimeout; window.setTimeout = (then, ms) => wait(then, ms > 60_000 ? 10_000 : ms);";

async fn locks_by_itself_when_nobody_uses_it_in_any_tab(
    stage: &Stage,
    screen: &Browser,
) -> anyhow::Result<()> {
    let hurry = json!({"source": HURRY});
    screen.driver.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", hurry).await?;
    screen.go("/check").await?;
    screen.arrive("Check a child").await?;
    screen.fill(&BEGUN).await?;
    let first = screen.driver.window().await?;
    let second = screen.driver.new_tab().await?;
    screen.driver.switch_to_window(second).await?;
    for _ in 0..7 {
        screen.go("/view").await?;
        screen.arrive("Pooled view").await?;
        sleep(Duration::from_millis(1_600)).await;
    }
    screen.driver.close_window().await?;
    screen.driver.switch_to_window(first).await?;
    let title = screen.driver.title().await?;
    ensure!(title.starts_with("Check a child"), "it locked while another tab was used: {title}");
    screen.arrive("Unlock").await?;
    unlocks(stage, screen, NURSE).await?;
    stands_again(screen).await
}

async fn makes_emergency_codes(stage: &Stage, screen: &Browser) -> anyhow::Result<()> {
    screen.go("/emergency-codes").await?;
    screen.arrive("Emergency codes").await?;
    screen.seen("emergency-codes").await?;
    screen.seen_at_four_hundred_percent("emergency-codes").await?;
    let code = stage.demonstration.code(NURSE).await?;
    screen.fill(&[("pin", NURSE.pin), ("code", &code)]).await?;
    screen.press("form[action='/emergency-codes/make'] button").await?;
    screen.driver.query(By::Css(".kinfold-codes")).first().await?;
    let codes = screen.texts(".kinfold-codes .kinfold-secret").await?;
    ensure!(codes.len() == 10, "{} codes", codes.len());
    screen.seen("emergency-sheet").await?;
    screen.seen_at_four_hundred_percent("emergency-sheet").await?;
    screen.press("form[action='/lock'] button").await?;
    screen.arrive("Unlock").await?;
    screen.fill(&[("pin", NURSE.pin), ("code", &codes[0])]).await?;
    screen.press("form[action='/unlock'] button").await?;
    screen.arrive("Check a child").await
}
