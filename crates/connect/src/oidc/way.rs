//! HTTP to a provider, with everything that can go wrong named for an operator. No text holds what was sent or answered.

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use kinfold_oidc::{Http, Request, Response, Unreachable};
use reqwest::{Certificate, redirect::Policy};

use crate::{Unusable, certificate::certificate_problem};

/// Somebody waits before the page.
const CONNECT: Duration = Duration::from_secs(4);
const ANSWER: Duration = Duration::from_secs(10);
/// The longest answer: descriptions and key sets have some kilobytes.
const LONGEST: usize = 512 << 10;

/// The way.
pub(super) struct Way(reqwest::Client);

impl Way {
    pub(super) fn new(ca_file: Option<&Path>) -> Result<Self, Unusable> {
        let mut builder = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .redirect(Policy::none())
            .no_proxy()
            .user_agent(concat!("kinfold/", env!("CARGO_PKG_VERSION")));
        if let Some(path) = ca_file {
            let problem =
                |what: String| Unusable::one(format!("ca_file {}: {what}", path.display()));
            let pem = std::fs::read(path).map_err(|error| problem(error.to_string()))?;
            let certificates = Certificate::from_pem_bundle(&pem).ok();
            let certificates = certificates
                .filter(|some| !some.is_empty())
                .ok_or_else(|| problem("no PEM certificate".to_owned()))?;
            builder = builder.tls_certs_only(certificates);
        }
        let http = builder.build().map_err(|_| Unusable::one("the HTTP client can't be made"))?;
        Ok(Self(http))
    }
}

#[async_trait]
impl Http for Way {
    async fn send(&self, request: Request) -> Result<Response, Unreachable> {
        let request =
            reqwest::Request::try_from(request).map_err(|_| told("its address can't be used"))?;
        let mut answer = self.0.execute(request).await.map_err(|error| failure(&error))?;
        if answer.status().is_redirection() {
            return Err(told("it answers with a redirect, which is not followed: correct issuer"));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| failure(&error))? {
            if body.len() + chunk.len() > LONGEST {
                return Err(told("its answer is too long"));
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = Response::new(body);
        *response.status_mut() = answer.status();
        std::mem::swap(response.headers_mut(), answer.headers_mut());
        Ok(response)
    }
}

fn told(why: &str) -> Unreachable {
    Unreachable(why.to_owned())
}

fn failure(error: &reqwest::Error) -> Unreachable {
    told(if let Some(problem) = certificate_problem(error) {
        problem
    } else if error.is_timeout() {
        "it took too long"
    } else if error.is_connect() {
        "it can't be reached"
    } else {
        "the connection broke off"
    })
}
