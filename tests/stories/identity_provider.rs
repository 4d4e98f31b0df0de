//! A nurse comes in at her agency's identity provider (node-oidc-provider), and proves herself there anew to break the glass.

use std::{path::PathBuf, process::Stdio, time::Duration};

use anyhow::{Context, bail, ensure};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
    time::sleep,
};

use crate::{
    Stage,
    browser::{Browser, Driver, IN_THE_DEPARTMENT},
    demonstration::{Demonstration, NURSE, Node, OPERATOR, TRUST_GOVERNANCE},
    operator::finds_the_nurses_tokens,
};

const NUMBER: &str = "999 000 0026";
const REASON: &str = "The mother has taken the child and nobody answers any of the numbers";
const SIGN_IN: &str = "form[action='/sign-in/oidc'] button";

/// A demonstration of its own: its trust has an identity provider.
pub(crate) async fn story() -> anyhow::Result<()> {
    let demonstration = Demonstration::start().await?;
    let provider = Provider::start(&demonstration.address(Node::Trust)).await?;
    let _trust = demonstration.serve_anew(Node::Trust, &provider.settings()?).await?;
    let stage = Stage { demonstration, driver: Driver::start().await? };
    links_the_nurse(&stage).await?;
    let browser = Browser::open(&stage, NURSE).await?;
    comes_in(&browser).await?;
    breaks_the_glass(&browser).await?;
    is_told_what_did_not_work(&browser).await?;
    browser.close().await
}

async fn links_the_nurse(stage: &Stage) -> anyhow::Result<()> {
    let browser = finds_the_nurses_tokens(stage).await?;
    browser.appears("form[action='/tokens/link'] button").await?;
    browser.press("form[action='/tokens/link'] button").await?;
    browser.arrive("Link an account").await?;
    browser.seen("link-account").await?;
    let own = stage.demonstration.code(OPERATOR).await?;
    let second = stage.demonstration.code(TRUST_GOVERNANCE).await?;
    browser.fill(&[("subject", "787807429511"), ("pin", OPERATOR.pin), ("code", &own)]).await?;
    browser.fill(&[("user_name", TRUST_GOVERNANCE.user_name)]).await?;
    browser.fill(&[("second_pin", TRUST_GOVERNANCE.pin), ("second_code", &second)]).await?;
    browser.press("form[action='/tokens/link'] button").await?;
    browser.appears("form[action='/tokens/unlink'] button").await?;
    browser.seen("tokens-linked").await?;
    browser.close().await
}

async fn comes_in(browser: &Browser) -> anyhow::Result<()> {
    browser.arrive("Sign in").await?;
    browser.seen("sign-in-provider").await?;
    browser.press(SIGN_IN).await?;
    browser.arrive("Check a child").await?;
    browser.press("form[action='/lock'] button").await?;
    browser.arrive("Unlock").await?;
    browser.seen("unlock-provider").await?;
    browser.press("form[action='/unlock/oidc'] button").await?;
    browser.arrive("Check a child").await
}

async fn breaks_the_glass(browser: &Browser) -> anyhow::Result<()> {
    browser.go("/view").await?;
    browser.arrive("Pooled view").await?;
    browser.fill(&[("nhs_number", NUMBER), ("purpose", IN_THE_DEPARTMENT)]).await?;
    browser.press("main form button").await?;
    browser.appears("main > details summary").await?;
    browser.press("main > details summary").await?;
    browser.press("form[action='/view/break-glass'] button").await?;
    browser.arrive("Break the glass").await?;
    browser.fill(&[("reason", REASON)]).await?;
    browser.press("main form button").await?;
    browser.arrive("Prove that it is you").await?;
    browser.seen("step-up-provider").await?;
    browser.seen_at_four_hundred_percent("step-up-provider").await?;
    browser.press("form[action='/step-up/oidc'] button").await?;
    browser.arrive("It is you").await?;
    browser.seen("step-up-proved").await?;
    browser.seen_at_four_hundred_percent("step-up-proved").await?;
    browser.press("form[action='/view/break-glass'] button").await?;
    browser.arrive("Pooled view").await?;
    let says = browser.text("main").await?;
    ensure!(says.contains("You broke the glass") && says.contains(REASON), "the page says {says}");
    ensure!(browser.count("#social-care-summary").await? == 1, "it was not opened: {says}");
    Ok(())
}

async fn is_told_what_did_not_work(browser: &Browser) -> anyhow::Result<()> {
    browser.go("/sign-in/oidc/back?state=kept&code=kept").await?;
    browser.arrive("Not let in").await?;
    browser.seen("provider-not-let-in").await?;
    browser.press("main a[href='/']").await?;
    browser.arrive("Check a child").await
}

/// The provider, which lets in whoever comes as one person, without asking.
struct Provider {
    _process: Child,
    port: u16,
    files: tempfile::TempDir,
}

impl Provider {
    async fn start(site: &str) -> anyhow::Result<Self> {
        let folder =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../connect/tests/identity_provider");
        ensure!(
            folder.join("node_modules").is_dir(),
            "its packages are missing: cargo xtask setup"
        );
        let mut process = Command::new("node")
            .arg("provider.mjs")
            .current_dir(folder)
            .env("BACK", format!("{site}/sign-in/oidc/back"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let output = process.stdout.take().context("the provider has no output")?;
        let port = BufReader::new(output).lines().next_line().await?;
        let port = port.context("the provider did not start")?.trim().parse()?;
        Ok(Self { _process: process, port, files: tempfile::tempdir()? })
    }

    /// What a node's configuration says of it.
    fn settings(&self) -> anyhow::Result<String> {
        let secret = self.files.path().join("oidc.secret");
        std::fs::write(&secret, "a planted secret of thirty-two ch\n")?;
        let (port, secret) = (self.port, secret.display());
        Ok(format!(
            "\n[oidc]\nname = \"Care Identity\"\nissuer = \"http://127.0.0.1:{port}\"\nclient_id = \"basic\"\n\
             auth = {{ kind = \"client_secret_basic\", secret_file = \"{secret}\" }}\nacr = [\"AAL3_ANY\"]\n"
        ))
    }
}

impl Demonstration {
    /// Stops a node, and serves it again with further settings.
    async fn serve_anew(&self, node: Node, settings: &str) -> anyhow::Result<Child> {
        self.kill(node)?;
        let config = self.config(node);
        let known = std::fs::read_to_string(&config)?;
        std::fs::write(&config, known + settings)?;
        let address = self.address(node);
        let (_, at) = address.split_once("//").context("an address of a page")?;
        for _ in 0..200 {
            if TcpStream::connect(at).await.is_err() {
                break;
            }
            sleep(Duration::from_millis(50)).await;
        }
        let serving = Command::new(crate::demonstration::PROGRAM)
            .args(["serve", "--config"])
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        for _ in 0..1200 {
            if TcpStream::connect(at).await.is_ok() {
                return Ok(serving);
            }
            sleep(Duration::from_millis(50)).await;
        }
        bail!("the node does not serve again")
    }
}
