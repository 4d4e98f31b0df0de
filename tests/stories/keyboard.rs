//! A person without a mouse.

use anyhow::bail;
use thirtyfour::prelude::*;

use crate::browser::Browser;

/// More stops than any page has before its first field.
const MOST_STOPS: usize = 40;

impl Browser {
    /// Presses Tab until the field of this id is reached.
    pub(crate) async fn tab_to(&self, id: &str) -> anyhow::Result<()> {
        for _ in 0..MOST_STOPS {
            self.keys(Key::Tab).await?;
            let here = self.driver.active_element().await?;
            if here.id().await?.as_deref() == Some(id) {
                return Ok(());
            }
        }
        bail!("Tab does not lead to {id}")
    }

    /// Types where the focus is.
    pub(crate) async fn keys(&self, keys: impl Into<TypingData>) -> anyhow::Result<()> {
        Ok(self.driver.action_chain().send_keys(keys).perform().await?)
    }

    /// Alt and a letter.
    pub(crate) async fn alt(&self, letter: char) -> anyhow::Result<()> {
        let chain = self.driver.action_chain().key_down(Key::Alt).send_keys(letter.to_string());
        Ok(chain.key_up(Key::Alt).perform().await?)
    }
}
