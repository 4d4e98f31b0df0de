//! A browser as employees have it, driven through its driver.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use serde_json::json;
use thirtyfour::prelude::*;
use thirtyfour::{ChromeCapabilities, LoggingPrefsLogLevel};
use tokio::time::sleep;

use crate::{Stage, demonstration::Person};

/// What the machine lacks, if anything.
pub(crate) fn missing() -> Option<&'static str> {
    [("chromedriver", "chromedriver is not installed"), ("chromium", "chromium is not installed")]
        .into_iter()
        .find(|(program, _)| !answers(program))
        .map(|(_, missing)| missing)
}

fn answers(program: &str) -> bool {
    let mut asked = Command::new(program);
    asked.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    asked.status().is_ok_and(|status| status.success())
}

/// The purposes that are stated.
pub(crate) const IN_THE_DEPARTMENT: &str = "direct-care-unscheduled";
pub(crate) const ENQUIRY: &str = "child-protection-enquiry";

/// The driver's process.
pub(crate) struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        // The driver is asked without TLS; the client that asks wants a provider of it all the same. One that is installed
        // already does as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let process = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("chromedriver can't be started")?;
        let driver = Self { process, port };
        for _ in 0..100 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Ok(driver);
            }
            sleep(Duration::from_millis(100)).await;
        }
        bail!("chromedriver does not listen")
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It ended already, or ends now.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A browser with a profile of its own.
pub(crate) struct Browser {
    pub(crate) driver: WebDriver,
    pub(crate) scripts: bool,
    base: String,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Opens the pages of this person's node.
    pub(crate) async fn open(stage: &Stage, person: Person) -> anyhow::Result<Self> {
        Self::with_scripts(stage, person, true).await
    }

    /// Opens them in a browser that may run their scripts, or none.
    pub(crate) async fn with_scripts(
        stage: &Stage,
        person: Person,
        scripts: bool,
    ) -> anyhow::Result<Self> {
        let profile = tempfile::tempdir()?;
        let capabilities = capabilities(profile.path(), scripts)?;
        let server = format!("http://127.0.0.1:{}", stage.driver.port);
        let driver = WebDriver::new(server, capabilities).await?;
        let base = stage.demonstration.address(person.node);
        driver.cdp().send_raw("Emulation.setScrollbarsHidden", json!({"hidden": true})).await?;
        let browser = Self { driver, scripts, base, _profile: profile };
        browser.size(1280, 900).await?;
        browser.go("/").await?;
        Ok(browser)
    }

    /// Goes to an address of the node.
    pub(crate) async fn go(&self, path: &str) -> anyhow::Result<()> {
        Ok(self.driver.goto(format!("{}{path}", self.base)).await?)
    }

    /// How large the page's part of the window is, in CSS pixels.
    pub(crate) async fn size(&self, width: u32, height: u32) -> anyhow::Result<()> {
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", metrics).await?;
        Ok(())
    }

    /// Waits until the page of this title is there.
    pub(crate) async fn arrive(&self, title: &str) -> anyhow::Result<()> {
        let until = Instant::now() + Duration::from_secs(20);
        let wanted = format!("{title} – Kinfold");
        loop {
            // While one page goes and the next comes there may be none to ask.
            let shown = self.driver.title().await.unwrap_or_default();
            if shown == wanted {
                return Ok(());
            }
            if Instant::now() > until {
                let says = self.text("main").await.unwrap_or_default();
                bail!("“{wanted}” was expected, “{shown}” is shown: {says}");
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until something of this selector is on the page.
    pub(crate) async fn appears(&self, selector: &str) -> anyhow::Result<()> {
        for _ in 0..400 {
            if self.count(selector).await.is_ok_and(|count| count > 0) {
                return Ok(());
            }
            sleep(Duration::from_millis(50)).await;
        }
        bail!("{selector} does not appear")
    }

    /// Types into fields by their names; radio buttons are chosen by their values.
    pub(crate) async fn fill(&self, fields: &[(&str, &str)]) -> anyhow::Result<()> {
        for (name, text) in fields {
            let all = self.driver.find_all(By::Name(*name)).await?;
            let first = all.first().with_context(|| format!("there is no field {name}"))?;
            match first.attr("type").await?.as_deref() {
                Some("hidden") => ensure!(first.value().await?.as_deref() == Some(*text)),
                Some("radio") => {
                    let radio = format!("input[name={name}][value={text}]");
                    self.driver.find(By::Css(radio)).await?.click().await?;
                }
                _ => {
                    first.clear().await?;
                    first.send_keys(*text).await?;
                }
            }
        }
        Ok(())
    }

    /// Presses what a selector names.
    pub(crate) async fn press(&self, selector: &str) -> anyhow::Result<()> {
        let found = self.driver.find(By::Css(selector)).await;
        found.with_context(|| format!("there is no {selector}"))?.click().await?;
        Ok(())
    }

    /// The text that is shown of the first element.
    pub(crate) async fn text(&self, selector: &str) -> anyhow::Result<String> {
        let found = self.driver.find(By::Css(selector)).await;
        Ok(found.with_context(|| format!("there is no {selector}"))?.text().await?)
    }

    /// The texts that are shown of all elements.
    pub(crate) async fn texts(&self, selector: &str) -> anyhow::Result<Vec<String>> {
        let mut texts = Vec::new();
        for element in self.driver.find_all(By::Css(selector)).await? {
            texts.push(element.text().await?);
        }
        Ok(texts)
    }

    pub(crate) async fn count(&self, selector: &str) -> anyhow::Result<usize> {
        Ok(self.driver.find_all(By::Css(selector)).await?.len())
    }

    /// Signs in with the mouse.
    pub(crate) async fn sign_in(&self, stage: &Stage, person: Person) -> anyhow::Result<()> {
        self.arrive("Sign in").await?;
        let code = stage.demonstration.code(person).await?;
        self.fill(&[("user_name", person.user_name), ("pin", person.pin), ("code", &code)]).await?;
        self.press("main form button").await
    }

    /// Checks a child and waits for the answer; which of the six it is, by its mark.
    pub(crate) async fn check(
        &self,
        fields: &[(&str, &str)],
        purpose: &str,
    ) -> anyhow::Result<String> {
        self.go("/check").await?;
        self.arrive("Check a child").await?;
        self.fill(fields).await?;
        self.fill(&[("purpose", purpose)]).await?;
        self.press("main form button").await?;
        self.arrive("Answer").await?;
        self.kind().await
    }

    /// Which of the six answers is shown.
    pub(crate) async fn kind(&self) -> anyhow::Result<String> {
        let answer = self.driver.find(By::Css("section.kinfold-answer")).await?;
        let classes = answer.class_name().await?.unwrap_or_default();
        let kind = classes.split("kinfold-answer--").nth(1).context("an answer of no kind")?;
        Ok(kind.to_owned())
    }

    pub(crate) async fn close(self) -> anyhow::Result<()> {
        Ok(self.driver.quit().await?)
    }
}

fn capabilities(profile: &std::path::Path, scripts: bool) -> anyhow::Result<ChromeCapabilities> {
    let mut capabilities = DesiredCapabilities::chrome();
    for flag in [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--lang=en-GB",
    ] {
        capabilities.add_arg(flag)?;
    }
    capabilities.add_arg(&format!("--user-data-dir={}", profile.display()))?;
    capabilities.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    if !scripts {
        let blocked = json!({"profile.managed_default_content_settings.javascript": 2});
        capabilities.add_experimental_option("prefs", blocked)?;
    }
    Ok(capabilities)
}
