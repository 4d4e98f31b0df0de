//! A nurse at night: a child on the register, whom to ring, what both agencies know; then every other answer.

use std::collections::BTreeSet;

use anyhow::ensure;
use thirtyfour::prelude::*;

use crate::{
    Stage,
    browser::{Browser, IN_THE_DEPARTMENT},
    demonstration::NURSE,
};

/// A child to check: a name for its pictures, what to type, the answer.
type Asked = (&'static str, &'static [(&'static str, &'static str)], &'static str);

const ANSWERS: [Asked; 6] = [
    ("answer-on", &[("nhs_number", "999 000 0026")], "on"),
    ("answer-ended", &[("nhs_number", "999 000 0050")], "ended"),
    ("answer-not-on", &[("nhs_number", "999 000 0077")], "not-on"),
    ("answer-sealed", &[("nhs_number", "999 000 0123")], "sealed"),
    (
        "answer-several",
        &[
            ("given", "Adam"),
            ("family", "Sampleton"),
            ("birth_day", "12"),
            ("birth_month", "1"),
            ("birth_year", "2017"),
        ],
        "several",
    ),
    (
        "answer-another-name",
        &[
            ("nhs_number", "999 000 0166"),
            ("given", "Lily"),
            ("family", "Standin"),
            ("birth_day", "23"),
            ("birth_month", "7"),
            ("birth_year", "2016"),
        ],
        "several",
    ),
];

pub(crate) async fn story(stage: &Stage) -> anyhow::Result<()> {
    let browser = Browser::open(stage, NURSE).await?;
    signs_in_without_a_mouse(stage, &browser).await?;
    checks_without_a_mouse(&browser).await?;
    sees_what_both_agencies_know(&browser).await?;
    is_told_what_is_wrong_with_a_form(&browser).await?;
    tells_the_answers_apart(&browser).await?;
    finds_her_own_looks(&browser).await?;
    locks_and_goes_on(stage, &browser).await?;
    signs_out(&browser).await?;
    browser.close().await
}

async fn signs_in_without_a_mouse(stage: &Stage, browser: &Browser) -> anyhow::Result<()> {
    browser.arrive("Sign in").await?;
    browser.seen("sign-in").await?;
    browser.tab_to("user_name").await?;
    browser.keys(NURSE.user_name).await?;
    browser.tab_to("pin").await?;
    browser.keys(NURSE.pin).await?;
    browser.tab_to("code").await?;
    browser.keys(stage.demonstration.code(NURSE).await?).await?;
    browser.keys(Key::Enter).await?;
    browser.arrive("Check a child").await?;
    browser.seen("check").await?;
    browser.seen_at_four_hundred_percent("check").await
}

async fn checks_without_a_mouse(browser: &Browser) -> anyhow::Result<()> {
    browser.tab_to("purpose").await?;
    browser.keys(" ").await?;
    browser.tab_to("nhs_number").await?;
    browser.keys("999 000 0026").await?;
    browser.keys(Key::Enter).await?;
    browser.arrive("Answer").await?;
    ensure!(browser.kind().await? == "on", "Ruby is on the register");
    let ring = browser.text(".kinfold-ring").await?;
    ensure!(ring.to_lowercase().contains("key worker"), "no key worker to ring: {ring}");
    ensure!(browser.count(".kinfold-ring a[href^='tel:']").await? > 0, "no number to touch");
    browser.seen("answer-on").await?;
    browser.seen_at_four_hundred_percent("answer-on").await
}

async fn sees_what_both_agencies_know(browser: &Browser) -> anyhow::Result<()> {
    browser.press("form[action='/view'] button").await?;
    browser.arrive("Pooled view").await?;
    let first = browser.text("main h2").await?;
    ensure!(first == "Register", "the facts begin with {first}");
    let ring = browser.text("#register .kinfold-ring__line--now").await?;
    ensure!(ring.contains("Ring now"), "whom to ring at this hour: {ring}");
    every_statement_has_its_sources(browser).await?;
    for section in ["register", "contact", "household"] {
        let titles = browser.texts(&format!("#{section} .kinfold-fact__title")).await?;
        let once: BTreeSet<&String> = titles.iter().collect();
        ensure!(
            once.len() == titles.len() && !titles.is_empty(),
            "{section} says twice {titles:?}"
        );
    }
    browser.seen("pooled-view").await?;
    browser.seen_at_four_hundred_percent("pooled-view").await?;
    browser.press("#answered summary").await?;
    let states = browser.texts("#answered .kinfold-state").await?;
    let known = states.iter().filter(|state| *state == "Knows the child");
    ensure!(known.count() == 2 && states.len() == 2, "{states:?}");
    browser.seen("pooled-view-sources").await
}

async fn every_statement_has_its_sources(browser: &Browser) -> anyhow::Result<()> {
    let statements = browser.count(".kinfold-fact__statement").await?;
    let sources = browser.texts(".kinfold-fact__source").await?;
    ensure!(statements > 0 && sources.len() >= statements, "{statements} of {sources:?}");
    let whole =
        |source: &String| ["system “", "as at ", "clause"].iter().all(|part| source.contains(part));
    ensure!(sources.iter().all(whole), "without source, age or clause: {sources:?}");
    for agency in ["Trust", "Council"] {
        let tells =
            |source: &String| source.split(", system").next().unwrap_or("").contains(agency);
        ensure!(sources.iter().any(tells), "nothing of the {agency}: {sources:?}");
    }
    Ok(())
}

async fn is_told_what_is_wrong_with_a_form(browser: &Browser) -> anyhow::Result<()> {
    browser.go("/check").await?;
    browser.fill(&[("nhs_number", "999 000 0027")]).await?;
    browser.press("main form button").await?;
    browser.arrive("Error: Check a child").await?;
    let summary = browser.text(".nhsuk-error-summary").await?;
    ensure!(summary.contains("A digit of this NHS number is wrong"), "{summary}");
    browser.seen("check-wrong").await
}

async fn tells_the_answers_apart(browser: &Browser) -> anyhow::Result<()> {
    let mut headings = BTreeSet::new();
    for (name, fields, kind) in ANSWERS {
        let answered = browser.check(fields, IN_THE_DEPARTMENT).await?;
        ensure!(answered == kind, "{name} is answered with {answered}");
        let heading = browser.text("h1").await?;
        ensure!(headings.insert(heading.clone()), "two answers are headed “{heading}”");
        browser.seen(name).await?;
        browser.seen_at_four_hundred_percent(name).await?;
    }
    confirms_a_child_under_another_name(browser).await
}

/// The last answer: Oliver's number with his sister's name.
async fn confirms_a_child_under_another_name(browser: &Browser) -> anyhow::Result<()> {
    let heading = browser.text("h1").await?;
    ensure!(heading == "On the register: this number, another name", "{heading}");
    ensure!(browser.count("form[action='/view']").await? == 0, "more is opened unconfirmed");
    let differs = browser.text(".kinfold-trait--differs").await?;
    ensure!(differs.contains("Oliver") && differs.contains("You entered Lily"), "{differs}");
    browser.press("main form button").await?;
    ensure!(browser.kind().await? == "several", "it is opened without a confirmation");
    browser.press("input[name='confirmed']").await?;
    browser.press("main form button").await?;
    browser.arrive("Answer").await?;
    for _ in 0..100 {
        if browser.kind().await.is_ok_and(|kind| kind == "on") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    ensure!(browser.kind().await? == "on", "it is not opened after the confirmation");
    let page = browser.text("main").await?;
    ensure!(page.contains("This number, another name"), "the warning is lost: {page}");
    browser.seen("answer-another-name-confirmed").await
}

async fn finds_her_own_looks(browser: &Browser) -> anyhow::Result<()> {
    browser.press("header a[href='/looks']").await?;
    browser.arrive("My look-ups").await?;
    let looks = browser.texts("tbody tr").await?;
    ensure!(looks.len() > ANSWERS.len(), "{} look-ups", looks.len());
    ensure!(looks.iter().any(|look| look.contains("Pooled view shown")), "{looks:?}");
    ensure!(looks.iter().any(|look| look.contains("On the register")), "{looks:?}");
    browser.seen("my-look-ups").await?;
    browser.seen_at_four_hundred_percent("my-look-ups").await
}

async fn locks_and_goes_on(stage: &Stage, browser: &Browser) -> anyhow::Result<()> {
    browser.alt('l').await?;
    browser.arrive("Unlock").await?;
    browser.seen("unlock").await?;
    browser.go("/looks").await?;
    browser.arrive("Unlock").await?;
    let code = stage.demonstration.code(NURSE).await?;
    browser.fill(&[("pin", NURSE.pin), ("code", &code)]).await?;
    browser.press("form[action='/unlock'] button").await?;
    browser.arrive("Check a child").await
}

async fn signs_out(browser: &Browser) -> anyhow::Result<()> {
    browser.press("form[action='/sign-out'] button").await?;
    browser.arrive("Sign in").await?;
    browser.driver.back().await?;
    let shown = browser.driver.source().await?;
    ensure!(!shown.contains("Mockford"), "the way back leads to a child");
    browser.go("/looks").await?;
    browser.arrive("Sign in").await
}
