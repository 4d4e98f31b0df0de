//! HTTP: one GET, with everything that can go wrong named.

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use kinfold_service::ports::SourceError;
use kinfold_wire::fhir::{BundleError, Limits, Outcome};
use reqwest::{
    Certificate, Identity, Response, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, RETRY_AFTER},
    redirect::Policy,
};
use tokio::time::Instant;
use url::Url;

use super::{FhirAuth, FhirConfig};
use crate::{Unusable, certificate::certificate_problem};

/// The longest that a server's `Retry-After` is obeyed.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// Why a GET brought nothing to read.
#[derive(Clone, Debug)]
pub(super) enum Trouble {
    /// The server understood, and doesn't serve this: an unknown parameter, type or record.
    Refused { status: u16, code: String },
    /// Anything else.
    Source(SourceError),
}

impl Trouble {
    /// The record isn't there, or isn't any more.
    pub(super) const fn is_absent(&self) -> bool {
        matches!(self, Self::Refused { status: 404 | 410, .. })
    }

    pub(super) const fn is_refused(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }
}

impl From<Trouble> for SourceError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Refused { status, code } => Self::Failed(format!("HTTP {status} {code}")),
            Trouble::Source(error) => error,
        }
    }
}

impl From<BundleError> for Trouble {
    fn from(error: BundleError) -> Self {
        Self::Source(SourceError::Garbled(error.to_string()))
    }
}

/// A client of one server.
pub(super) struct Client {
    http: reqwest::Client,
    auth: FhirAuth,
    limits: Limits,
    /// Set by a 429 or 503 with `Retry-After`: until then nothing is asked.
    pause: Mutex<Option<Instant>>,
}

impl Client {
    pub(super) fn new(config: &FhirConfig) -> Result<Self, Unusable> {
        let mut builder = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(config.connect_seconds))
            .timeout(Duration::from_secs(config.answer_seconds))
            .redirect(Policy::none())
            .no_proxy()
            .user_agent(concat!("kinfold/", env!("CARGO_PKG_VERSION")));
        if let Some(path) = &config.ca_file {
            let certificates = Certificate::from_pem_bundle(&read("ca_file", path)?)
                .ok()
                .filter(|certificates| !certificates.is_empty());
            let certificates = certificates.ok_or_else(|| {
                Unusable::one(format!("ca_file {}: no PEM certificate", path.display()))
            })?;
            builder = builder.tls_certs_only(certificates);
        }
        if let FhirAuth::Mtls { cert_file, key_file } = &config.auth {
            let pem = [
                read("auth.cert_file", cert_file)?,
                b"\n".to_vec(),
                read("auth.key_file", key_file)?,
            ];
            let identity = Identity::from_pem(&pem.concat()).map_err(|_| {
                Unusable::one("auth: cert_file and key_file hold no PEM certificate with its key")
            })?;
            builder = builder.identity(identity);
        }
        let http = builder.build().map_err(|error| {
            Unusable::one(format!("the HTTP client can't be made: {}", chain(&error)))
        })?;
        let limits = Limits { bytes: config.page_bytes, ..Limits::default() };
        Ok(Self { http, auth: config.auth.clone(), limits, pause: Mutex::new(None) })
    }

    pub(super) const fn limits(&self) -> Limits {
        self.limits
    }

    /// The body of a successful answer that says it is JSON.
    pub(super) async fn get(&self, url: Url) -> Result<Vec<u8>, Trouble> {
        if self.is_paused() {
            return Err(Trouble::Source(SourceError::Failed("HTTP 429 throttled".to_owned())));
        }
        let mut request = self.http.get(url).header(ACCEPT, "application/fhir+json");
        request = match &self.auth {
            FhirAuth::None | FhirAuth::Mtls { .. } => request,
            FhirAuth::Basic { user, password_file } => {
                request.basic_auth(user, Some(secret(password_file).await?))
            }
            FhirAuth::Bearer { token_file } => request.bearer_auth(secret(token_file).await?),
        };
        let response = request.send().await.map_err(|error| Trouble::Source(failure(&error)))?;
        let (status, headers) = (response.status(), response.headers().clone());
        if status.is_redirection() {
            let text = format!(
                "HTTP {}: a redirect, which is not followed; correct base_url",
                status.as_u16()
            );
            return Err(Trouble::Source(SourceError::Failed(text)));
        }
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            return Err(Trouble::Source(SourceError::Unauthorised));
        }
        let body = self.body(response).await.map_err(Trouble::Source);
        if status.is_success() {
            let body = body?;
            json_only(&headers)?;
            return not_an_outcome(body);
        }
        self.obey(&headers);
        Err(refusal(status, body.ok().and_then(|body| Outcome::parse(&body))))
    }

    /// Reads the body up to its cap, whatever `Content-Length` claims.
    async fn body(&self, mut response: Response) -> Result<Vec<u8>, SourceError> {
        let too_large = || SourceError::Garbled(BundleError::TooLarge.to_string());
        let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
        if announced.is_some_and(|length| length > self.limits.bytes) {
            return Err(too_large());
        }
        let mut body = Vec::with_capacity(announced.unwrap_or(0));
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
            if body.len() + chunk.len() > self.limits.bytes {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn is_paused(&self) -> bool {
        let pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        pause.is_some_and(|until| Instant::now() < until)
    }

    fn obey(&self, headers: &HeaderMap) {
        let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        if let Some(seconds) = seconds {
            let until = Instant::now() + Duration::from_secs(seconds).min(LONGEST_PAUSE);
            *self.pause.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
        }
    }
}

/// Some servers answer 200 and an `OperationOutcome` that says why not.
fn not_an_outcome(body: Vec<u8>) -> Result<Vec<u8>, Trouble> {
    // An outcome is short; a page that is longer can't be one.
    let outcome = (body.len() < 64 * 1024).then(|| Outcome::parse(&body)).flatten();
    match outcome {
        Some(outcome) => Err(Trouble::Refused { status: 200, code: outcome.code }),
        None => Ok(body),
    }
}

fn refusal(status: StatusCode, outcome: Option<Outcome>) -> Trouble {
    let code = outcome.map_or_else(|| "without OperationOutcome".to_owned(), |o| o.code);
    let number = status.as_u16();
    match number {
        400 | 404 | 405 | 410 | 412 | 422 | 501 => Trouble::Refused { status: number, code },
        408 | 504 => Trouble::Source(SourceError::TimedOut),
        _ => Trouble::Source(SourceError::Failed(format!("HTTP {number} {code}"))),
    }
}

fn json_only(headers: &HeaderMap) -> Result<(), Trouble> {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind.is_empty() || kind.contains("json") {
        return Ok(());
    }
    let what = match kind.as_str() {
        "text/html" => "an HTML page came instead of FHIR JSON; is base_url the FHIR endpoint?",
        _ => "the answer's content type is not JSON",
    };
    Err(Trouble::Source(SourceError::Garbled(what.to_owned())))
}

fn failure(error: &reqwest::Error) -> SourceError {
    tracing::debug!(error = chain(error), "a FHIR request failed");
    if let Some(problem) = certificate_problem(error) {
        SourceError::Failed(problem.to_owned())
    } else if error.is_connect() {
        SourceError::Unreachable
    } else if error.is_timeout() {
        SourceError::TimedOut
    } else if error.is_body() || error.is_decode() {
        SourceError::Garbled("the answer broke off".to_owned())
    } else {
        SourceError::Unreachable
    }
}

/// An error with its causes; reqwest's own text would repeat the URL, so only the causes are told.
fn chain(error: &reqwest::Error) -> String {
    let mut texts = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        texts.push(error.to_string());
        cause = error.source();
    }
    texts.join(": ")
}

async fn secret(path: &Path) -> Result<String, Trouble> {
    let text = tokio::fs::read_to_string(path).await.map_err(|error| {
        tracing::error!(file = %path.display(), %error, "a source's secret can't be read");
        Trouble::Source(SourceError::Unauthorised)
    })?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn read(setting: &str, path: &Path) -> Result<Vec<u8>, Unusable> {
    std::fs::read(path)
        .map_err(|error| Unusable::one(format!("{setting} {}: {error}", path.display())))
}
