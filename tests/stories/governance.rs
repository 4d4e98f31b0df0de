//! Information governance: who looked at Ruby, as both ledgers have it.

use std::time::{Duration, Instant};

use anyhow::ensure;
use tokio::time::sleep;

use crate::{
    Stage,
    browser::Browser,
    demonstration::{COUNCIL_GOVERNANCE, Node, Person, TRUST_GOVERNANCE},
};

pub(crate) async fn story(stage: &Stage) -> anyhow::Result<()> {
    sees_both_sides(stage, TRUST_GOVERNANCE, "who-looked").await?;
    sees_both_sides(stage, COUNCIL_GOVERNANCE, "council-who-looked").await
}

async fn sees_both_sides(stage: &Stage, person: Person, name: &str) -> anyhow::Result<()> {
    let browser = Browser::open(stage, person).await?;
    browser.sign_in(stage, person).await?;
    browser.arrive("Who looked").await?;
    browser.seen(&format!("{name}-form")).await?;
    browser.fill(&[("nhs_number", "999 000 0026")]).await?;
    browser.press("main form button").await?;
    // The form and its answer have one title: the answer is there once it names a ledger.
    let until = Instant::now() + Duration::from_secs(20);
    while browser.count("main > ul.nhsuk-list > li").await.unwrap_or(0) == 0 {
        ensure!(Instant::now() < until, "no answer comes");
        sleep(Duration::from_millis(50)).await;
    }
    browser.arrive("Who looked").await?;
    let ledgers = browser.texts("main > ul.nhsuk-list > li").await?;
    let asked = |ledger: &String| !ledger.contains("could not be asked");
    ensure!(ledgers.len() == 2 && ledgers.iter().all(asked), "{ledgers:?}");
    let looks = browser.texts("tbody tr").await?;
    ensure!(looks.len() >= 2, "{} looks at Ruby", looks.len());
    let joined = looks.iter().filter(|look| look.contains("Council") && look.contains("Trust"));
    ensure!(joined.count() >= 2, "sides of both ledgers are joined: {looks:#?}");
    browser.seen(name).await?;
    browser.seen_at_four_hundred_percent(name).await?;
    if matches!(person.node, Node::Trust) {
        browser.go("/coverage").await?;
        browser.arrive("Coverage").await?;
        browser.seen("coverage").await?;
        browser.seen_at_four_hundred_percent("coverage").await?;
    }
    browser.close().await
}
