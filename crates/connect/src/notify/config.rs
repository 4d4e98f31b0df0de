//! What the configuration says of the ways out. `docs/webhooks.md` and `docs/configuration.md` explain each setting.

use std::path::PathBuf;

use kinfold_domain::EmailAddress;
use kinfold_service::notifications::Event;
use serde::{Deserialize, Deserializer, de::Error as _};
use url::{Host, Url};

use crate::Unusable;

/// How the way to a mail server is encrypted.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Begun in clear and encrypted before anything is said; refused where the server does not offer it.
    #[default]
    Starttls,
    /// Encrypted from the first byte.
    Tls,
    /// In clear: to a mail server on this machine alone.
    None,
}

/// The mail server that takes notifications.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailConfig {
    /// Its host.
    pub server: String,
    /// Its port; 587, 465 or 25, by `security`.
    pub port: Option<u16>,
    /// How the way there is encrypted.
    #[serde(default)]
    pub security: Security,
    /// The user that signs in there, if one does.
    pub user: Option<String>,
    /// A file that holds the user's password.
    pub password_file: Option<PathBuf>,
    /// Authorities to trust in place of the system's.
    pub ca_file: Option<PathBuf>,
    /// The sender's address.
    pub from: EmailAddress,
}

/// A system that is told of events.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookConfig {
    /// What operators call it.
    pub name: String,
    /// Where events are posted to.
    #[serde(deserialize_with = "url")]
    pub url: Url,
    /// A file that holds the secret which signs them, `whsec_…`; one for each line while they are exchanged.
    pub secret_file: PathBuf,
    /// Authorities to trust in place of the system's.
    pub ca_file: Option<PathBuf>,
    /// The events that it takes; without it all of them.
    pub events: Option<Vec<Event>>,
}

fn url<'de, D: Deserializer<'de>>(text: D) -> Result<Url, D::Error> {
    let text = String::deserialize(text)?;
    Url::parse(&text).map_err(|error| D::Error::custom(format!("{text} is no address: {error}")))
}

impl EmailConfig {
    /// What would send something in clear, or could not work.
    pub fn check(&self) -> Result<(), Unusable> {
        let is_here = matches!(self.server.as_str(), "localhost" | "127.0.0.1" | "::1");
        if self.security == Security::None && !is_here {
            return Err(Unusable::one(format!(
                "[notifications.email] would send to {} in clear: set security to \"starttls\" or \"tls\"; \"none\" is for a mail \
                 server on this machine alone",
                self.server
            )));
        }
        if self.user.is_some() != self.password_file.is_some() {
            return Err(Unusable::one(
                "[notifications.email] needs user and password_file together, or neither",
            ));
        }
        Ok(())
    }

    /// The port.
    pub(super) fn port(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            Security::Starttls => 587,
            Security::Tls => 465,
            Security::None => 25,
        })
    }
}

impl WebhookConfig {
    /// What would send something in clear, or could not work.
    pub fn check(&self) -> Result<(), Unusable> {
        let problem = |what: &str| Unusable::one(format!("the webhook {}: {what}", self.name));
        if self.name.is_empty() || self.name.chars().count() > 64 {
            return Err(problem("name it with 1 to 64 characters"));
        }
        let plain = self.url.username().is_empty() && self.url.password().is_none();
        match self.url.scheme() {
            _ if !plain => {
                Err(problem("its url holds a user or a password, which logs would show"))
            }
            "https" => Ok(()),
            "http" if self.is_loopback() => Ok(()),
            _ => Err(problem(
                "its url must be https: without it anybody on the way could read and repeat what is sent",
            )),
        }
    }

    /// Whether it is in clear, to this machine.
    pub fn is_plain(&self) -> bool {
        self.url.scheme() == "http"
    }

    /// The events that it takes.
    pub fn takes(&self) -> Vec<Event> {
        self.events.clone().unwrap_or_else(|| Event::ALL.to_vec())
    }

    fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(url: &str) -> Result<(), Unusable> {
        let text = format!("name = \"paging\"\nurl = \"{url}\"\nsecret_file = \"paging.secret\"");
        toml::from_str::<WebhookConfig>(&text).unwrap().check()
    }

    fn email(terms: &str) -> Result<(), Unusable> {
        let text = format!("from = \"kinfold@agency.example\"\n{terms}");
        toml::from_str::<EmailConfig>(&text).unwrap().check()
    }

    #[test]
    fn a_webhook_is_https_unless_it_is_on_this_machine() {
        for good in
            ["https://a.example/x", "http://127.0.0.1:80/", "http://[::1]/", "http://localhost/"]
        {
            assert_eq!(webhook(good), Ok(()), "{good}");
        }
        for bad in
            ["http://a.example/", "http://10.0.0.1/", "ftp://a.example/", "https://u:p@a.example/"]
        {
            assert!(webhook(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn mail_leaves_this_machine_encrypted_alone() {
        assert_eq!(email("server = \"mail.example\""), Ok(()));
        assert_eq!(email("server = \"mail.example\"\nsecurity = \"tls\""), Ok(()));
        assert_eq!(email("server = \"localhost\"\nsecurity = \"none\""), Ok(()));
        let error = email("server = \"mail.example\"\nsecurity = \"none\"").unwrap_err();
        assert!(error.to_string().contains("in clear"), "{error}");
        assert!(email("server = \"mail.example\"\nuser = \"kinfold\"").is_err());
    }
}
