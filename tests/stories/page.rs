//! What holds of every page that anybody sees: it can be used by everybody, its title and address tell nothing about a
//! child, and the browser had nothing to complain of.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use serde_json::json;

use crate::browser::Browser;

const AXE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../crates/http/vendor/npm/node_modules/axe-core/axe.min.js"
);
const SCREENSHOTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../artefacts/screenshots");

/// Whatever the stories type or see of a child.
const PERSONAL: [&str; 17] = [
    "Ruby",
    "Mockford",
    "Toby",
    "Sampleby",
    "Grace",
    "Testwell",
    "Robin",
    "Maskwell",
    "Adam",
    "Sampleton",
    "Lily",
    "Oliver",
    "Standin",
    "9990000",
    "999 000",
    "ZZ1",
    "2019",
];

const RUN_AXE: &str = r"
const done = arguments[0];
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']}).then(
  (found) => done(found.violations.map((v) => v.id + ': ' + v.help + ' at ' + v.nodes.map((n) => n.target.join(' ')).join(', '))),
  (error) => done(['axe failed: ' + error]),
);";

impl Browser {
    /// Judges the page that is shown, and keeps a picture of it under this name.
    pub(crate) async fn seen(&self, name: &str) -> anyhow::Result<()> {
        self.tells_nothing_outside(name).await?;
        self.picture(name, 1280).await?;
        if self.scripts {
            self.can_be_used_by_everybody(name).await?;
        }
        self.nothing_was_blocked(name).await
    }

    /// The page at 400 % zoom on a screen that is 1280 wide: nothing may lie beyond its edge.
    pub(crate) async fn seen_at_four_hundred_percent(&self, name: &str) -> anyhow::Result<()> {
        let width = self.picture(&format!("{name}-320"), 320).await?;
        ensure!(width <= 320, "{name} is {width} wide at 400 %: it scrolls sideways");
        Ok(())
    }

    async fn tells_nothing_outside(&self, name: &str) -> anyhow::Result<()> {
        let outside = [self.driver.title().await?, self.driver.current_url().await?.to_string()];
        for text in &outside {
            let told = PERSONAL.iter().find(|value| text.contains(*value));
            ensure!(told.is_none(), "{name} tells {told:?} in its title or address: {text}");
        }
        Ok(())
    }

    /// What axe finds wrong, of the success criteria of WCAG 2.2 at level AA.
    pub(crate) async fn can_be_used_by_everybody(&self, name: &str) -> anyhow::Result<()> {
        let axe = std::fs::read_to_string(AXE).context("axe-core is not fetched")?;
        self.driver.execute(axe, vec![]).await?;
        let found: Vec<String> =
            self.driver.execute_async(RUN_AXE, vec![]).await?.convert::<Vec<String>>()?;
        ensure!(found.is_empty(), "{name} keeps some people out:\n    {}", found.join("\n    "));
        Ok(())
    }

    /// That the browser had nothing to complain of since it was last asked.
    pub(crate) async fn nothing_was_blocked(&self, name: &str) -> anyhow::Result<()> {
        let log = self.driver.browser_log().await?;
        // That a page was refused is the page's own answer.
        let refused = "the server responded with a status of 4";
        let complaints = log.iter().filter(|line| line.level == "SEVERE");
        let bad: Vec<&str> = complaints
            .map(|line| line.message.as_str())
            .filter(|text| !text.contains(refused))
            .collect();
        ensure!(bad.is_empty(), "the browser complains of {name}: {}", bad.join("; "));
        Ok(())
    }

    /// Draws the whole page at a width; how wide its content is.
    async fn picture(&self, name: &str, width: u32) -> anyhow::Result<u32> {
        self.size(width, 900).await?;
        let (wide, high) = self.laid_out(width).await?;
        self.size(width, high.clamp(400, 16_000)).await?;
        std::fs::create_dir_all(SCREENSHOTS)?;
        let file = PathBuf::from(SCREENSHOTS).join(format!("{name}.png"));
        self.driver.screenshot(&file).await?;
        self.size(1280, 900).await?;
        Ok(wide)
    }

    /// The page's width and height once it is laid out anew: a busy browser takes a moment, so it is measured until it fits, two seconds
    /// at most.
    async fn laid_out(&self, width: u32) -> anyhow::Result<(u32, u32)> {
        let mut tries = 0;
        loop {
            let measured = self.driver.cdp().send_raw("Page.getLayoutMetrics", json!({})).await?;
            let content = &measured["cssContentSize"];
            let whole = |side: &str| content[side].as_f64().context("the page has no size");
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a page is small"
            )]
            let (wide, high) = (whole("width")?.ceil() as u32, whole("height")?.ceil() as u32);
            if wide <= width || tries == 20 {
                return Ok((wide, high));
            }
            tries += 1;
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }
}
