//! A child is booked in at the hospital: with no key pressed the nurse's board answers, the key worker answers by name, the custodian ends
//! the plan, and the next arrival reads "recently ended".

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use thirtyfour::prelude::*;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};

use crate::{
    Stage,
    browser::Browser,
    demonstration::{CUSTODIAN, NURSE, SOCIAL_WORKER, now},
};

/// Ruby's brother, who is on a plan too; the hospital's front desk was told no NHS number.
const CHILD: &str = "MOCKFORD, Alfie";
const PID: &str = "PID|1||H777001^^^ASHMOOR-GENERAL^MR||Mockford^Alfie^^^^^L||20210802|M|||12 Millrace Road^^^^ZZ1 1AA^GBR^H";

pub(crate) async fn story(stage: &Stage) -> anyhow::Result<()> {
    let nurse = Browser::open(stage, NURSE).await?;
    nurse.sign_in(stage, NURSE).await?;
    nurse.arrive("Check a child").await?;
    nurse.go("/department").await?;
    nurse.arrive("Department").await?;
    ensure!(!says(&nurse, CHILD).await?, "nobody has booked him in yet");
    // As a hospital's system does, over its own connection: nobody touches the browser.
    hospital_says(stage, "A04", "V-story-1").await?;
    let row = wait_for_row(&nurse).await?;
    ensure!(row.contains("On a child protection plan"), "the board answers: {row}");
    nurse.seen("department").await?;
    nurse.seen_at_four_hundred_percent("department").await?;
    records_what_became_of_him(&nurse).await?;
    the_key_worker_answers(stage).await?;
    wait_until(&nurse, "answered").await?;
    nurse.seen("department-answered").await?;
    the_custodian_ends_the_plan(stage).await?;
    hospital_says(stage, "A03", "V-story-1").await?;
    hospital_says(stage, "A04", "V-story-2").await?;
    wait_until(&nurse, "Recently ended").await?;
    nurse.close().await
}

async fn records_what_became_of_him(nurse: &Browser) -> anyhow::Result<()> {
    press_in_row(nurse, "form[action='/department/open'] button").await?;
    nurse.arrive("Answer").await?;
    ensure!(nurse.kind().await? == "on", "he is on a plan");
    nurse.seen("answer-attended").await?;
    nurse.press("main details summary").await?;
    nurse.press("button[name='wrong'][value='number']").await?;
    nurse.arrive("Said").await?;
    nurse.seen("correction-said").await?;
    nurse.go("/department").await?;
    nurse.arrive("Department").await?;
    press_in_row(nurse, "button[value='seen']").await?;
    wait_until(nurse, "Recorded: Seen").await
}

async fn the_key_worker_answers(stage: &Stage) -> anyhow::Result<()> {
    let worker = Browser::open(stage, SOCIAL_WORKER).await?;
    worker.sign_in(stage, SOCIAL_WORKER).await?;
    worker.arrive("Check a child").await?;
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        worker.go("/attendances").await?;
        worker.arrive("Attendances").await?;
        let text = worker.text("main").await?;
        if text.contains("Alfie") && text.contains("Seen, says Nina Nurse") {
            break;
        }
        ensure!(Instant::now() < until, "the key worker hears nothing: {text}");
        sleep(Duration::from_millis(500)).await;
    }
    worker.seen("attendances").await?;
    worker.seen_at_four_hundred_percent("attendances").await?;
    for article in worker.driver.find_all(By::Css("main article")).await? {
        if article.text().await?.contains("Alfie") {
            article.find(By::Css("form button")).await?.click().await?;
            break;
        }
    }
    wait_until(&worker, "Answered by Wendy Worker").await?;
    worker.close().await
}

async fn the_custodian_ends_the_plan(stage: &Stage) -> anyhow::Result<()> {
    let custodian = Browser::open(stage, CUSTODIAN).await?;
    custodian.sign_in(stage, CUSTODIAN).await?;
    sleep(Duration::from_millis(300)).await;
    custodian.go("/corrections").await?;
    custodian.arrive("Corrections").await?;
    let text = custodian.text("main").await?;
    ensure!(
        text.contains("Wrong telephone number") && text.contains("Nina Nurse"),
        "no work: {text}"
    );
    custodian.seen("corrections").await?;
    custodian.go("/register").await?;
    custodian.arrive("The register").await?;
    custodian.seen("register").await?;
    custodian.fill(&[("given", "Alfie"), ("family", "Mockford")]).await?;
    custodian.fill(&[("birth_day", "2"), ("birth_month", "8"), ("birth_year", "2021")]).await?;
    custodian.press("form[action='/register/find'] button").await?;
    custodian.arrive("Entries of the register").await?;
    custodian.press("form[action='/register/entry'] button").await?;
    custodian.arrive("An entry of the register").await?;
    custodian.seen("register-entry").await?;
    custodian.press("button[name='change'][value='end']").await?;
    custodian.arrive("Change an entry").await?;
    let today = now().in_tz("Europe/London")?.date();
    let (day, month, year) =
        (today.day().to_string(), today.month().to_string(), today.year().to_string());
    custodian.fill(&[("on_day", &day), ("on_month", &month), ("on_year", &year)]).await?;
    custodian.fill(&[("reason", "The review conference decided it")]).await?;
    custodian.seen("register-change").await?;
    custodian.press("form[action='/register/plan'] button").await?;
    custodian.arrive("Confirm a change").await?;
    custodian.seen("register-confirm").await?;
    custodian.press("form[action='/register/confirm'] button").await?;
    custodian.arrive("Changed").await?;
    custodian.go("/register/queue").await?;
    custodian.arrive("Differences from the case system").await?;
    custodian.seen("register-queue").await?;
    custodian.go("/register/due").await?;
    custodian.arrive("What is due").await?;
    custodian.seen("register-due").await?;
    custodian.close().await
}

async fn says(browser: &Browser, words: &str) -> anyhow::Result<bool> {
    Ok(browser.text("main").await?.contains(words))
}

/// Waits for words on a page that follows by itself.
async fn wait_until(browser: &Browser, words: &str) -> anyhow::Result<()> {
    let until = Instant::now() + Duration::from_secs(30);
    while !says(browser, words).await.unwrap_or(false) {
        let text = browser.text("main").await.unwrap_or_default();
        ensure!(Instant::now() < until, "“{words}” does not come: {text}");
        sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

async fn row(browser: &Browser) -> anyhow::Result<Option<WebElement>> {
    for row in browser.driver.find_all(By::Css(".kinfold-board__row")).await? {
        // The board may have been put anew under the eyes of whoever reads it.
        if row.text().await.is_ok_and(|text| text.contains(CHILD)) {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

async fn wait_for_row(browser: &Browser) -> anyhow::Result<String> {
    wait_until(browser, CHILD).await?;
    let found = row(browser).await?.context("he stands on the board")?;
    Ok(found.text().await?)
}

async fn press_in_row(browser: &Browser, selector: &str) -> anyhow::Result<()> {
    let found = row(browser).await?.context("he stands on the board")?;
    Ok(found.find(By::Css(selector)).await?.click().await?)
}

/// The hospital's patient administration system.
async fn hospital_says(stage: &Stage, event: &str, visit: &str) -> anyhow::Result<()> {
    let sent = now().strftime("%Y%m%d%H%M%S+0000");
    let message = format!(
        "MSH|^~\\&|STORY|ASHMOOR-GENERAL|KINFOLD|ASHMOOR-GENERAL|{sent}||ADT^{event}|{event}{visit}|P|2.4\rEVN||{sent}\r{PID}\rPV1|1|E|Emergency department||||||||||||||||{visit}\r"
    );
    let mut stream = TcpStream::connect(stage.demonstration.hospital_messages()).await?;
    stream.write_all(&[&[0x0b], message.as_bytes(), &[0x1c, 0x0d]].concat()).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(&[0x1c, 0x0d]) {
        ensure!(stream.read_buf(&mut answer).await? > 0, "no acknowledgement");
    }
    let answer = String::from_utf8_lossy(&answer).into_owned();
    ensure!(answer.contains("MSA|AA|"), "not accepted: {answer}");
    Ok(())
}
