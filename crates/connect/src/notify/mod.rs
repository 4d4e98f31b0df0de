//! The way out for notifications: e-mail over SMTP, and webhooks signed as the Standard Webhooks specification has it.
//!
//! Neither carries anything about a child, a family or a partner: what happened in a word, an opaque identity, a moment, and the address of
//! the page on which it is dealt with. No error's text repeats an address, or what the other side wrote.

mod config;
mod mail;
mod secret;
mod signature;
mod webhook;

pub use config::{EmailConfig, Security, WebhookConfig};

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_service::{
    notifications::Undelivered,
    ports::{Carrier, Letter, LetterTo},
};
use mail::Mail;
use url::Url;
use webhook::Webhook;

use crate::Unusable;

/// Carries notifications.
pub struct Post {
    mail: Option<Mail>,
    webhooks: BTreeMap<String, Webhook>,
    /// The longest that one try may take.
    limit: Duration,
}

impl Post {
    /// Over these ways; `pages` is the address under which employees reach the pages. Secrets are read once here, so that a wrong file is
    /// told at the start, and again for each try, so that one can be exchanged while the node runs.
    pub fn new(
        (email, webhooks): (Option<&EmailConfig>, &[WebhookConfig]),
        pages: &Url,
        limit: Duration,
    ) -> Result<Self, Unusable> {
        let mail = email.map(|config| Mail::new(config, pages.clone(), limit)).transpose()?;
        let open = |config: &WebhookConfig| {
            Ok((config.name.clone(), Webhook::new(config, pages.clone(), limit)?))
        };
        let webhooks = webhooks.iter().map(open).collect::<Result<_, Unusable>>()?;
        Ok(Self { mail, webhooks, limit })
    }

    async fn try_once(&self, letter: &Letter, now: Timestamp) -> Result<(), Undelivered> {
        match &letter.to {
            LetterTo::Address(address) => match &self.mail {
                Some(mail) => mail.send(letter, address).await,
                None => Err(never("no mail server is configured: [notifications.email]")),
            },
            LetterTo::Webhook(name) => match self.webhooks.get(name) {
                Some(webhook) => webhook.post(letter, now).await,
                None => Err(never("no webhook of this name is configured any more")),
            },
        }
    }
}

#[async_trait]
impl Carrier for Post {
    async fn carry(&self, letter: &Letter, now: Timestamp) -> Result<(), Undelivered> {
        let tried = tokio::time::timeout(self.limit, self.try_once(letter, now)).await;
        tried.unwrap_or_else(|_| Err(later("it took too long")))
    }
}

/// The address of the page on which an event is dealt with.
fn page(pages: &Url, path: &str) -> String {
    pages.join(path).map_or_else(|_| pages.to_string(), |url| url.to_string())
}

/// Another try may end otherwise.
fn later(why: impl Into<String>) -> Undelivered {
    Undelivered { why: why.into(), is_final: false }
}

/// Another try would end alike.
fn never(why: impl Into<String>) -> Undelivered {
    Undelivered { why: why.into(), is_final: true }
}
