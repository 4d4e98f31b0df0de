//! A webhook: one signed POST.

use std::{path::PathBuf, time::Duration};

use jiff::Timestamp;
use kinfold_service::{notifications::Undelivered, ports::Letter};
use reqwest::{Certificate, StatusCode, header::CONTENT_TYPE, redirect::Policy};
use serde::Serialize;
use url::Url;

use super::{WebhookConfig, later, never, page, secret, signature::Keys};
use crate::{Unusable, certificate::certificate_problem};

/// A system that is told of events.
pub(super) struct Webhook {
    name: String,
    url: Url,
    secret_file: PathBuf,
    pages: Url,
    http: reqwest::Client,
}

/// What is posted.
#[derive(Serialize)]
struct Body<'a> {
    /// The event's name.
    #[serde(rename = "type")]
    event: &'a str,
    /// When it happened.
    timestamp: Timestamp,
    data: Data,
}

#[derive(Serialize)]
struct Data {
    /// What it is about: the same for all events of one matter, and nothing else.
    matter: uuid::Uuid,
    /// Where an employee deals with it.
    page: String,
}

impl Webhook {
    pub(super) fn new(
        config: &WebhookConfig,
        pages: Url,
        limit: Duration,
    ) -> Result<Self, Unusable> {
        config.check()?;
        if config.is_plain() {
            tracing::warn!(
                webhook = config.name,
                "events are sent in clear, to this machine: use https for any other"
            );
        }
        // The provider is named by the program; redirects would take what is signed elsewhere.
        let mut builder = reqwest::Client::builder()
            .timeout(limit)
            .redirect(Policy::none())
            .no_proxy()
            .user_agent(concat!("kinfold/", env!("CARGO_PKG_VERSION")));
        if let Some(path) = &config.ca_file {
            let certificates = Certificate::from_pem_bundle(&secret::pem(path)?).ok();
            let certificates = certificates.filter(|some| !some.is_empty()).ok_or_else(|| {
                Unusable::one(format!("ca_file {}: no PEM certificate", path.display()))
            })?;
            builder = builder.tls_certs_only(certificates);
        }
        let http = builder.build().map_err(|_| Unusable::one("the HTTP client can't be made"))?;
        let webhook = Self {
            name: config.name.clone(),
            url: config.url.clone(),
            secret_file: config.secret_file.clone(),
            pages,
            http,
        };
        webhook.keys()?;
        Ok(webhook)
    }

    fn keys(&self) -> Result<Keys, Unusable> {
        let setting = format!("the webhook {}: secret_file", self.name);
        Keys::parse(&self.name, &secret::read(&setting, &self.secret_file)?)
    }

    /// Posts one event; only an answer of success counts.
    pub(super) async fn post(&self, letter: &Letter, now: Timestamp) -> Result<(), Undelivered> {
        let body = Body {
            event: letter.event.word(),
            timestamp: letter.at,
            data: Data { matter: letter.matter, page: page(&self.pages, letter.event.page()) },
        };
        let body = serde_json::to_vec(&body).map_err(|_| never("it can't be written as JSON"))?;
        let keys = self.keys().map_err(|error| later(error.to_string()))?;
        let (id, timestamp) = (letter.id.to_string(), now.as_second());
        let request = self
            .http
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", keys.sign(&id, timestamp, &body))
            .body(body);
        let answer = request.send().await.map_err(|error| failure(&error))?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            status if status.is_redirection() => Err(later(format!(
                "HTTP {}: a redirect, which is not followed; correct the webhook's url",
                status.as_u16()
            ))),
            // The specification: the receiver wants no more.
            StatusCode::GONE => Err(never("HTTP 410: the receiver says that it is gone")),
            status => Err(later(format!("HTTP {}", status.as_u16()))),
        }
    }
}

fn failure(error: &reqwest::Error) -> Undelivered {
    if let Some(problem) = certificate_problem(error) {
        later(problem)
    } else if error.is_timeout() {
        later("it took too long")
    } else if error.is_connect() {
        later("it can't be reached")
    } else {
        later("the connection broke off")
    }
}
