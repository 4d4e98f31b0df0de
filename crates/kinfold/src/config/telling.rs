//! Who is told of what, and on which way.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::ensure;
use kinfold_connect::notify::{EmailConfig, WebhookConfig};
use kinfold_domain::{Role, UserName};
use kinfold_service::notifications::Event;
use serde::Deserialize;

/// Who is told when a feed stops.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedsConfig {
    /// Who is told first.
    pub(crate) alarm: Option<UserName>,
    /// Who is told when nobody sees to it.
    pub(crate) then: Option<UserName>,
    /// How long after the first, in minutes.
    #[serde(default = "default_then")]
    pub(crate) then_after_min: u16,
}

impl Default for FeedsConfig {
    fn default() -> Self {
        Self { alarm: None, then: None, then_after_min: default_then() }
    }
}

/// Notifications outside the page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NotificationsConfig {
    /// So many failed tries put a notification aside for an operator.
    #[serde(default = "default_give_up")]
    pub(crate) give_up_after: u32,
    /// The pause after the first failed try; each further one doubles it.
    #[serde(default = "default_first_retry")]
    pub(crate) first_retry_s: u32,
    /// The longest pause.
    #[serde(default = "default_longest_retry")]
    pub(crate) longest_retry_s: u32,
    /// How long one try may take.
    #[serde(default = "default_timeout")]
    pub(crate) timeout_s: u16,
    /// Roles that are told of an event by e-mail, beside those whom it is about.
    #[serde(default)]
    pub(crate) roles: BTreeMap<Event, Vec<Role>>,
    /// The mail server.
    pub(crate) email: Option<EmailConfig>,
    /// Systems that are told.
    #[serde(default, rename = "webhook")]
    pub(crate) webhooks: Vec<WebhookConfig>,
}

impl Default for NotificationsConfig {
    fn default() -> Self {
        Self {
            give_up_after: default_give_up(),
            first_retry_s: default_first_retry(),
            longest_retry_s: default_longest_retry(),
            timeout_s: default_timeout(),
            roles: BTreeMap::new(),
            email: None,
            webhooks: Vec::new(),
        }
    }
}

const fn default_then() -> u16 {
    30
}
const fn default_give_up() -> u32 {
    12
}
const fn default_first_retry() -> u32 {
    10
}
const fn default_longest_retry() -> u32 {
    3_600
}
const fn default_timeout() -> u16 {
    15
}

impl NotificationsConfig {
    /// Whether anything can leave.
    pub(crate) fn has_way_out(&self) -> bool {
        self.email.is_some() || !self.webhooks.is_empty()
    }

    /// Roles by event: what the configuration says, and for the others the role whose work it is.
    pub(crate) fn roles(&self) -> anyhow::Result<BTreeMap<Event, Vec<Role>>> {
        let mut roles = BTreeMap::from([
            (Event::CorrectionWaiting, vec![Role::REGISTER_CUSTODIAN.parse()?]),
            (Event::HandOverOffered, vec![Role::REGISTER_CUSTODIAN.parse()?]),
            (Event::HandOverAnswered, vec![Role::REGISTER_CUSTODIAN.parse()?]),
            (Event::HandOverDue, vec![Role::REGISTER_CUSTODIAN.parse()?]),
            (Event::DeadLetter, vec![Role::OPERATOR.parse()?]),
        ]);
        roles.extend(self.roles.clone());
        Ok(roles)
    }

    pub(super) fn resolve(&mut self, base: &Path) {
        let mut files: Vec<&mut PathBuf> = Vec::new();
        if let Some(email) = &mut self.email {
            files.extend(&mut email.password_file);
            files.extend(&mut email.ca_file);
        }
        for webhook in &mut self.webhooks {
            files.push(&mut webhook.secret_file);
            files.extend(&mut webhook.ca_file);
        }
        for file in files {
            *file = base.join(&*file);
        }
    }

    pub(super) fn check(&self) -> anyhow::Result<()> {
        let within = [
            ("give_up_after", (1..=1000).contains(&self.give_up_after), "1 to 1000"),
            ("first_retry_s", (1..=3600).contains(&self.first_retry_s), "1 to 3600"),
            (
                "longest_retry_s",
                (self.first_retry_s..=86_400).contains(&self.longest_retry_s),
                "first_retry_s to 86400",
            ),
            ("timeout_s", (1..=300).contains(&self.timeout_s), "1 to 300"),
        ];
        for (name, fine, range) in within {
            ensure!(fine, "[notifications] {name} lies outside {range}");
        }
        if let Some(email) = &self.email {
            email.check()?;
        }
        for (place, webhook) in self.webhooks.iter().enumerate() {
            webhook.check()?;
            let twice = self.webhooks[..place].iter().any(|before| before.name == webhook.name);
            ensure!(!twice, "two webhooks are named {}", webhook.name);
        }
        Ok(())
    }
}
