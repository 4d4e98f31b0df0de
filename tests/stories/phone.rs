//! An employee's own phone: keeps the token, shows its codes without a connection, and signs in at the desk with one of them.

mod codes;
mod device;

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::json;
use thirtyfour::prelude::*;
use tokio::time::sleep;

use crate::{
    Stage,
    browser::Browser,
    demonstration::{OTHER_NURSE, Person},
};

/// Whose token of the demonstration is replaced: no later story signs in with it.
const PHONE_OWNER: Person = OTHER_NURSE;
const FIRST_CODE: &str = ".phone-token .phone-code";

pub(crate) async fn story(stage: &Stage) -> anyhow::Result<()> {
    let phone = Browser::open(stage, PHONE_OWNER).await?;
    phone.is_a_phone().await?;
    codes::computes_the_codes_that_the_node_computes(&phone).await?;
    is_told_what_is_missing(&phone).await?;
    keeps_a_token_in_the_tap_that_proves_it(stage, &phone).await?;
    opens_without_a_connection(stage, &phone).await?;
    asks_for_voice_and_announcements(&phone).await?;
    keeps_still_for_whoever_asked_for_it(&phone).await?;
    says_that_the_clock_is_wrong(&phone).await?;
    takes_a_second_token_in_by_its_phone_code(stage, &phone).await?;
    removes_a_token_once_it_was_confirmed(&phone).await?;
    phone.close().await?;
    says_what_it_needs_without_scripts(stage).await
}

async fn is_told_what_is_missing(phone: &Browser) -> anyhow::Result<()> {
    phone.until("the page says that it is empty", "#none", "No token is kept").await?;
    phone.seen_on_a_phone("phone-empty").await?;
    phone.press("#add-more summary").await?;
    for (typed, told) in [
        ("", "Enter the phone code"),
        ("0000-1111-2222-3333", "not right"),
        ("otpauth://hotp/a?secret=AA", "not the set-up address"),
    ] {
        phone.driver.find(By::Id("phone-code")).await?.clear().await?;
        phone.driver.find(By::Id("phone-code")).await?.send_keys(typed).await?;
        phone.press("#add button").await?;
        phone.until("the field says what is wrong", "#add-wrong", told).await?;
    }
    phone.seen_on_a_phone("phone-code-wrong").await
}

async fn keeps_a_token_in_the_tap_that_proves_it(
    stage: &Stage,
    phone: &Browser,
) -> anyhow::Result<()> {
    phone.begin_enrolling(stage).await?;
    phone.seen_on_a_phone("phone-enrol").await?;
    phone.press("#keep-now").await?;
    phone.arrive("Token set up").await?;
    phone.press("a[href='/phone/']").await?;
    phone.until("the code is shown", FIRST_CODE, " ").await?;
    let owner = phone.text(".phone-token h2").await?;
    ensure!(owner.contains(PHONE_OWNER.user_name) && owner.contains("ashmoor-trust"), "{owner}");
    phone.seen_on_a_phone("phone-code").await?;
    phone.nothing_was_blocked("phone-code").await?;
    phone.keeps_no_readable_secret().await
}

async fn opens_without_a_connection(stage: &Stage, phone: &Browser) -> anyhow::Result<()> {
    phone.wait_for("the worker keeps the page", WORKER_READY).await?;
    let found = phone.driver.cdp().send_raw("Page.getInstallabilityErrors", json!({})).await?;
    let errors = found["installabilityErrors"].as_array().context("no word of installing")?;
    ensure!(errors.is_empty(), "it can't be put on a home screen: {errors:?}");
    keeps_this_page_and_nothing_else(phone).await?;
    phone.connected(false).await?;
    phone.driver.refresh().await?;
    phone.until("the code is shown without a connection", FIRST_CODE, " ").await?;
    phone.seen_on_a_phone("phone-offline").await?;
    ensure!(phone.go("/sign-in").await.is_err(), "another page of the site was kept");
    phone.go("/phone/").await?;
    phone.until("the way back works without a connection", FIRST_CODE, " ").await?;

    let desk = Browser::open(stage, PHONE_OWNER).await?;
    desk.arrive("Sign in").await?;
    // The codes that proved the token are spent: the next one signs in.
    sleep(Duration::from_secs(9)).await;
    let code = phone.shown_code().await?;
    let fields =
        [("user_name", PHONE_OWNER.user_name), ("pin", PHONE_OWNER.pin), ("code", code.as_str())];
    desk.fill(&fields).await?;
    desk.press("main form button").await?;
    desk.arrive("Check a child").await?;
    desk.close().await?;
    phone.connected(true).await
}

const WORKER_READY: &str = r#"
const done = arguments[0];
navigator.serviceWorker.ready.then((one) => done(one.active?.scriptURL.endsWith("/phone/worker.js") && one.scope.endsWith("/phone/")));
"#;

/// Goes to other pages while the worker is there, and looks into everything that the browser keeps for scripts.
async fn keeps_this_page_and_nothing_else(phone: &Browser) -> anyhow::Result<()> {
    for path in ["/sign-in", "/enrol", "/phone/time", "/phone/"] {
        phone.go(path).await?;
    }
    phone.until("the code is shown", FIRST_CODE, " ").await?;
    let kept: Vec<String> = phone.driver.execute_async(EVERYTHING_KEPT, vec![]).await?.convert()?;
    let own = |path: &&String| {
        ["/phone/", "/phone/manifest.webmanifest"].contains(&path.as_str())
            || path.starts_with("/assets/phone")
            || path.starts_with("/assets/nhsuk-frontend-")
            || path.starts_with("/assets/mark-")
            || path.starts_with("/assets/favicon-")
    };
    let others: Vec<&String> = kept.iter().filter(|path| !own(path)).collect();
    ensure!(kept.len() == 13 && others.is_empty(), "kept: {kept:?}");
    Ok(())
}

const EVERYTHING_KEPT: &str = r"
const done = arguments[0];
(async () => {
  const kept = [];
  for (const name of await caches.keys()) {
    for (const one of await (await caches.open(name)).keys()) kept.push(new URL(one.url).pathname + new URL(one.url).search);
  }
  done(kept.sort());
})();
";

async fn asks_for_voice_and_announcements(phone: &Browser) -> anyhow::Result<()> {
    let live = phone.driver.find(By::Css(".phone-token [data-live]")).await?;
    ensure!(
        live.prop("textContent").await?.as_deref() == Some(""),
        "each code is announced unasked"
    );
    phone.press("#announce").await?;
    phone.until("the next code is announced", ".phone-token [data-live]", " ").await?;
    phone.press("#announce").await?;
    phone.driver.execute(VOICES, vec![]).await?;
    phone.press("[data-aloud]").await?;
    let said = phone.driver.execute("return window.said", vec![]).await?;
    let said: String = said.convert().context("nothing was read aloud")?;
    let digits = said.chars().filter(char::is_ascii_digit).count();
    ensure!(digits == 6 && said.matches(", ").count() == 4, "read aloud: {said}");
    phone
        .driver
        .execute("speechSynthesis.getVoices = () => [{lang: 'en-GB', localService: false}]", vec![])
        .await?;
    phone.press("[data-aloud]").await?;
    phone.until("no voice elsewhere is told a code", "#said", "no voice of its own").await
}

const VOICES: &str = r"
speechSynthesis.getVoices = () => [{lang: 'en-GB', localService: true}];
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
speechSynthesis.speak = (one) => { window.said = one.text; };
";

async fn keeps_still_for_whoever_asked_for_it(phone: &Browser) -> anyhow::Result<()> {
    for (wanted, moves) in [("reduce", false), ("no-preference", true)] {
        let media = json!({"features": [{"name": "prefers-reduced-motion", "value": wanted}]});
        phone.driver.cdp().send_raw("Emulation.setEmulatedMedia", media).await?;
        sleep(Duration::from_millis(1_200)).await;
        let drawn = "return document.querySelector('[data-ring]').style.transition";
        let drawn: String = phone.driver.execute(drawn, vec![]).await?.convert()?;
        ensure!(drawn.contains("linear") == moves, "{wanted}: the ring moves by “{drawn}”");
    }
    Ok(())
}

async fn says_that_the_clock_is_wrong(phone: &Browser) -> anyhow::Result<()> {
    ensure!(!phone.driver.find(By::Id("clock")).await?.is_displayed().await?, "the clock is right");
    let off = "const right = Date.now.bind(Date); Date.now = () => right() - 65_000; dispatchEvent(new Event('online'));";
    phone.driver.execute(off, vec![]).await?;
    phone.until("the clock is said to be wrong", "#clock", "65 seconds slow").await?;
    phone.seen_on_a_phone("phone-clock-wrong").await?;
    ensure!(phone.shown_code().await?.len() == 6, "a wrong clock must not hide the code");
    phone.go("/phone/").await
}

/// As the camera does: the address with the phone code behind its #.
async fn takes_a_second_token_in_by_its_phone_code(
    stage: &Stage,
    phone: &Browser,
) -> anyhow::Result<()> {
    let desk = Browser::open(stage, PHONE_OWNER).await?;
    desk.begin_enrolling(stage).await?;
    desk.seen("enrol-for-a-phone").await?;
    desk.seen_at_four_hundred_percent("enrol-for-a-phone").await?;
    let here = desk.driver.find(By::Id("keep-here")).await?;
    ensure!(!here.is_displayed().await?, "a token could be left on a workstation");
    let code = desk.text(".kinfold-secret").await?;
    phone.go(&format!("/phone/#{code}")).await?;
    phone.until("the phone asks first", "#keeping", "Keep your token").await?;
    let address = phone.driver.current_url().await?;
    ensure!(address.fragment().is_none(), "the phone code stays in the address");
    phone.seen_on_a_phone("phone-keeping").await?;
    phone.press("#keeping button[value=yes]").await?;
    phone.until("it is kept", "#said", "is kept in this phone").await?;
    ensure!(phone.count(".phone-token").await? == 2, "the older one is still there");
    phone.until("both have one name", "#twice", "remove the older").await?;
    let typed = [phone.shown_code().await?, phone.next_code().await?];
    desk.fill(&[("first", &typed[0]), ("second", &typed[1])]).await?;
    desk.press("main form button").await?;
    desk.arrive("Token set up").await?;
    desk.close().await
}

async fn removes_a_token_once_it_was_confirmed(phone: &Browser) -> anyhow::Result<()> {
    let older = phone.driver.find(By::Css(".phone-token:last-child")).await?;
    older.find(By::Css("summary")).await?.click().await?;
    older.find(By::Css("[data-remove]")).await?.click().await?;
    phone.until("it asks first", "#removing", "Remove this token").await?;
    phone.seen_on_a_phone("phone-removing").await?;
    phone.press("#removing button[value=no]").await?;
    ensure!(phone.count(".phone-token").await? == 2, "it was removed without a yes");
    older.find(By::Css("[data-remove]")).await?.click().await?;
    phone.press("#removing button[value=yes]").await?;
    phone.until("it is gone", "#said", "Removed").await?;
    ensure!(phone.count(".phone-token").await? == 1, "both were removed, or none");
    phone.driver.refresh().await?;
    phone.until("the other one is kept", FIRST_CODE, " ").await
}

async fn says_what_it_needs_without_scripts(stage: &Stage) -> anyhow::Result<()> {
    let browser = Browser::with_scripts(stage, PHONE_OWNER, false).await?;
    browser.go("/phone/").await?;
    ensure!(browser.text("main").await?.contains("needs JavaScript"), "no word without scripts");
    browser.seen("phone-without-scripts").await?;
    browser.close().await
}
