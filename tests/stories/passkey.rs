//! A nurse gives her account a passkey and comes in by it, with a security key that the browser plays (`WebAuthn`’s virtual authenticator).

use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{Stage, browser::Browser, demonstration::NURSE, operator::finds_the_nurses_tokens};

const PASSKEY: &str = "form[data-asking] button";

pub(crate) async fn story(stage: &Stage) -> anyhow::Result<()> {
    let browser = Browser::open(stage, NURSE).await?;
    let key = SecurityKey::plugged_into(&browser).await?;
    browser.sign_in(stage, NURSE).await?;
    browser.arrive("Check a child").await?;
    adds_one(stage, &browser).await?;
    unlocks_by_it(&browser).await?;
    signs_in_by_it(&browser, &key).await?;
    the_operator_sees_it(stage).await?;
    removes_it(&browser).await?;
    browser.close().await
}

async fn adds_one(stage: &Stage, browser: &Browser) -> anyhow::Result<()> {
    browser.press("a[href='/passkeys']").await?;
    browser.arrive("My ways to sign in").await?;
    browser.seen("ways-to-sign-in").await?;
    browser.press("form[action='/passkeys/add'] button").await?;
    browser.arrive("Error: My ways to sign in").await?;
    browser.seen("ways-to-sign-in-error").await?;
    let code = stage.demonstration.code(NURSE).await?;
    browser.fill(&[("name", "Blue key"), ("pin", NURSE.pin), ("code", &code)]).await?;
    browser.press("form[action='/passkeys/add'] button").await?;
    browser.arrive("Add a passkey").await?;
    browser.seen("passkey-make").await?;
    browser.press("form[data-making] button").await?;
    browser.arrive("My ways to sign in").await?;
    let listed = browser.text("#passkeys").await?;
    ensure!(listed.contains("Blue key") && listed.contains("never"), "listed is {listed}");
    browser.seen("ways-to-sign-in-passkey").await?;
    browser.seen_at_four_hundred_percent("ways-to-sign-in-passkey").await
}

async fn unlocks_by_it(browser: &Browser) -> anyhow::Result<()> {
    browser.press("form[action='/lock'] button").await?;
    browser.arrive("Unlock").await?;
    browser.seen("unlock-passkey").await?;
    browser.press(PASSKEY).await?;
    browser.arrive("Check a child").await
}

async fn signs_in_by_it(browser: &Browser, key: &SecurityKey) -> anyhow::Result<()> {
    browser.press("form[action='/sign-out'] button").await?;
    browser.arrive("Sign in").await?;
    browser.seen("sign-in-passkey").await?;
    key.knows_its_holder(browser, false).await?;
    browser.press(PASSKEY).await?;
    until_it_says(browser, "cancelled").await?;
    ensure!(browser.count("form[action='/sign-in'] input[name=code]").await? == 1);
    browser.seen("sign-in-passkey-cancelled").await?;
    key.knows_its_holder(browser, true).await?;
    browser.press(PASSKEY).await?;
    browser.arrive("Check a child").await
}

async fn the_operator_sees_it(stage: &Stage) -> anyhow::Result<()> {
    let browser = finds_the_nurses_tokens(stage).await?;
    browser.appears("form[action='/tokens/passkey']").await?;
    browser.seen("tokens-passkeys").await?;
    browser.close().await
}

async fn removes_it(browser: &Browser) -> anyhow::Result<()> {
    browser.go("/passkeys").await?;
    browser.arrive("My ways to sign in").await?;
    ensure!(!browser.text("#passkeys").await?.contains("never"), "it was used");
    browser.press("form[action='/passkeys/remove'] button").await?;
    until_gone(browser, "#passkeys").await?;
    browser.press("form[action='/sign-out'] button").await?;
    browser.arrive("Sign in").await?;
    browser.press(PASSKEY).await?;
    browser.arrive("Error: Sign in").await?;
    browser.seen("sign-in-passkey-refused").await
}

async fn until_it_says(browser: &Browser, word: &str) -> anyhow::Result<()> {
    let until = Instant::now() + Duration::from_secs(20);
    while !browser.text("form[data-asking] [role=status]").await?.contains(word) {
        ensure!(Instant::now() < until, "the page does not say {word}");
        sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

async fn until_gone(browser: &Browser, selector: &str) -> anyhow::Result<()> {
    for _ in 0..400 {
        if browser.count(selector).await.is_ok_and(|count| count == 0) {
            return Ok(());
        }
        sleep(Duration::from_millis(50)).await;
    }
    bail!("{selector} is there for too long")
}

/// A security key with a PIN, plugged into a browser.
struct SecurityKey {
    id: Value,
}

impl SecurityKey {
    async fn plugged_into(browser: &Browser) -> anyhow::Result<Self> {
        let cdp = browser.driver.cdp();
        cdp.send_raw("WebAuthn.enable", json!({})).await?;
        let options = json!({
            "protocol": "ctap2",
            "transport": "usb",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "isUserVerified": true,
            "automaticPresenceSimulation": true,
        });
        let added =
            cdp.send_raw("WebAuthn.addVirtualAuthenticator", json!({ "options": options })).await?;
        let id = added.get("authenticatorId").context("the browser plays no security key")?;
        Ok(Self { id: id.clone() })
    }

    /// Whether whoever holds it knows its PIN.
    async fn knows_its_holder(&self, browser: &Browser, knows: bool) -> anyhow::Result<()> {
        let told = json!({ "authenticatorId": self.id, "isUserVerified": knows });
        browser.driver.cdp().send_raw("WebAuthn.setUserVerified", told).await?;
        Ok(())
    }
}
