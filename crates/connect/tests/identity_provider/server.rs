//! node-oidc-provider, started for a test, and the browser of somebody who signs in there.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use reqwest::{
    Client, StatusCode,
    header::{COOKIE, LOCATION, SET_COOKIE},
    redirect::Policy,
};
use serde_json::Value;
use url::Url;

pub(crate) const BACK: &str = "https://kinfold.trust.example/sign-in/oidc/back";

pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/identity_provider")
}

pub(crate) fn use_ring() {
    // A second test of the same process finds it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// The provider. `Drop` ends it.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    browser: Client,
}

impl Server {
    /// Says what is missing where it can't run; in CI that may not be.
    pub(crate) fn start(terms: &[(&str, &str)]) -> Option<Self> {
        if !folder().join("node_modules").is_dir() {
            let reason = "its packages are missing; run cargo xtask setup";
            eprintln!("skipped: {reason}");
            assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "in CI: {reason}");
            return None;
        }
        use_ring();
        let mut child = Command::new("node")
            .arg("provider.mjs")
            .current_dir(folder())
            .envs(terms.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        let port = port.trim().parse().expect("the provider started");
        let browser = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        Some(Self { child, port, browser })
    }

    pub(crate) fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Whom it makes sure of from now on, and how.
    pub(crate) async fn tell(&self, what: Value) {
        let told = self.browser.post(format!("{}/test", self.issuer())).json(&what).send().await;
        assert_eq!(told.unwrap().status(), StatusCode::NO_CONTENT);
    }

    /// Goes where a browser goes, until it is sent back: what it brings.
    pub(crate) async fn browse(&self, first: Url) -> BTreeMap<String, String> {
        let (mut at, mut cookies) = (first, BTreeMap::new());
        while !at.as_str().starts_with(BACK) {
            let jar: Vec<String> =
                cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let asked = self.browser.get(at.clone()).header(COOKIE, jar.join("; "));
            let answer = asked.send().await.unwrap();
            for cookie in answer.headers().get_all(SET_COOKIE) {
                let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = cookie.split_once('=').unwrap();
                cookies.insert(name.to_owned(), value.to_owned());
            }
            let status = answer.status();
            let Some(next) = answer.headers().get(LOCATION).cloned() else {
                panic!("{status}: {}", answer.text().await.unwrap())
            };
            at = at.join(next.to_str().unwrap()).unwrap();
        }
        at.query_pairs().into_owned().collect()
    }

    /// Ends it; the port is free then.
    pub(crate) fn end(mut self) -> u16 {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.port
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
