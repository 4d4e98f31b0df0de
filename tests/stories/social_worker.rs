//! The other way round: a social worker at the council, and what the trust knows.

use anyhow::ensure;
use thirtyfour::prelude::*;

use crate::{
    Stage,
    browser::{Browser, ENQUIRY},
    demonstration::SOCIAL_WORKER,
};

pub(crate) async fn story(stage: &Stage) -> anyhow::Result<()> {
    let browser = Browser::open(stage, SOCIAL_WORKER).await?;
    browser.sign_in(stage, SOCIAL_WORKER).await?;
    browser.arrive("Check a child").await?;
    browser.seen("council-check").await?;
    let answered = browser.check(&[("nhs_number", "999 000 0026")], ENQUIRY).await?;
    ensure!(answered == "on", "Ruby is answered with {answered}");
    browser.seen("council-answer-on").await?;
    browser.press("form[action='/view'] button").await?;
    browser.arrive("Pooled view").await?;
    let attendances = browser.driver.find(By::Id("attendances")).await?;
    let from = attendances.find(By::Css(".kinfold-fact__source")).await?.text().await?;
    ensure!(from.contains("Hospitals"), "attendances are told by {from}");
    let visits = attendances.find_all(By::Css(".kinfold-fact")).await?.len();
    ensure!(visits >= 4, "{visits} visits to the emergency department");
    browser.seen("council-pooled-view").await?;
    browser.close().await
}
