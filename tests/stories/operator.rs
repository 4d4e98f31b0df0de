//! An operator: how feeds stand, live, and no child.

use std::time::Duration;

use anyhow::ensure;
use thirtyfour::prelude::*;
use tokio::time::sleep;

use crate::{
    Stage,
    browser::Browser,
    demonstration::{NURSE, OPERATOR},
};

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
    orders_tokens(&browser).await?;
    keeps_accounts(&browser).await?;
    for path in ["/check", "/view", "/who"] {
        browser.go(path).await?;
        browser.arrive("There is a problem").await?;
        ensure!(browser.count("main input").await? == 0, "{path} has a form for an operator");
    }
    browser.seen("operator-refused").await?;
    browser.close().await
}

/// An order of tokens is written down, and is late.
async fn orders_tokens(browser: &Browser) -> anyhow::Result<()> {
    browser.go("/tokens/orders").await?;
    browser.arrive("Orders of tokens").await?;
    browser.press("form[action='/tokens/orders'] button").await?;
    browser.arrive("Error: Orders of tokens").await?;
    browser.seen("tokens-orders-refused").await?;
    let typed = [
        ("reference", "PO-2071"),
        ("vendor", "A maker of fobs"),
        ("tokens", "200"),
        ("ordered_day", "2"),
        ("ordered_month", "3"),
        ("ordered_year", "2026"),
        ("expected_day", "20"),
        ("expected_month", "3"),
        ("expected_year", "2026"),
    ];
    browser.fill(&typed).await?;
    browser.press("form[action='/tokens/orders'] button").await?;
    browser.arrive("Orders of tokens").await?;
    ensure!(browser.count("main .nhsuk-tag--red").await? == 1, "a late order is not marked");
    browser.seen("tokens-orders").await
}

/// Somebody joins, is looked at, and leaves.
async fn keeps_accounts(browser: &Browser) -> anyhow::Result<()> {
    browser.go("/staff").await?;
    browser.arrive("Employees").await?;
    browser.seen("staff").await?;
    browser.go("/staff/add").await?;
    browser.arrive("Add an employee").await?;
    browser.press("form[action='/staff/add'] button").await?;
    browser.arrive("Error: Add an employee").await?;
    browser.seen("staff-add-refused").await?;
    let typed =
        [("user_name", "jo.joiner"), ("name", "Jo Joinerson"), ("job_title", "Staff nurse")];
    browser.fill(&typed).await?;
    browser.press("#role option[value='ed-clinician']").await?;
    browser.seen("staff-add").await?;
    browser.press("form[action='/staff/add'] button").await?;
    browser.arrive("A PIN").await?;
    browser.seen("staff-given").await?;
    browser.go("/staff").await?;
    browser.press("button[name='user_name'][value='jo.joiner']").await?;
    browser.arrive("An employee").await?;
    browser.seen("staff-one").await?;
    browser.press("form[action='/staff/ticket'] button").await?;
    browser.arrive("An enrolment code").await?;
    browser.seen("staff-ticket").await?;
    browser.go("/staff").await?;
    browser.press("button[name='user_name'][value='jo.joiner']").await?;
    browser.arrive("An employee").await?;
    browser.press("form:has(input[value='left']) button").await?;
    browser.arrive("An employee").await?;
    ensure!(browser.count("input[name='what'][value='back']").await? == 1, "they have left");
    browser.seen("staff-left").await?;
    browser.go("/pin").await?;
    browser.arrive("Choose a PIN").await?;
    browser.seen("pin").await
}

/// The operator's browser, on the page of the nurse's tokens.
pub(crate) async fn finds_the_nurses_tokens(stage: &Stage) -> anyhow::Result<Browser> {
    let browser = Browser::open(stage, OPERATOR).await?;
    browser.sign_in(stage, OPERATOR).await?;
    browser.arrive("Feeds").await?;
    browser.go("/tokens").await?;
    browser.arrive("Tokens").await?;
    browser.fill(&[("find", NURSE.user_name)]).await?;
    browser.press("form[action='/tokens/find'] button").await?;
    Ok(browser)
}
