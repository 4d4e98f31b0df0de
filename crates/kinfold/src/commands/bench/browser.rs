//! The least of a browser: one connection, one session, forms posted.

use anyhow::{Context, bail, ensure};
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    client::conn::http1::{SendRequest, handshake},
    header,
};
use hyper_util::rt::TokioIo;
use kinfold_token::Generator;
use tokio::net::TcpStream;

/// A signed-in employee's browser.
pub(super) struct Browser {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    cookie: String,
}

impl Browser {
    /// Opens a connection.
    pub(super) async fn open(port: u16) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move {
            // The other end says why when it closes; the next request fails then.
            let _ = connection.await;
        });
        Ok(Self { sender, host: format!("localhost:{port}"), cookie: String::new() })
    }

    /// Signs in.
    pub(super) async fn sign_in(
        &mut self,
        user_name: &str,
        pin: &str,
        generator: &Generator,
        now: jiff::Timestamp,
    ) -> anyhow::Result<()> {
        let code = generator.code_at(now).expose().to_string();
        let form = form(&[("user_name", user_name), ("pin", pin), ("code", &code)]);
        let response = self.post("/sign-in", form).await?;
        let cookie = response
            .headers()
            .get(header::SET_COOKIE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .context("nobody was signed in")?;
        cookie.clone_into(&mut self.cookie);
        response.into_body().collect().await?;
        Ok(())
    }

    /// Posts a form and reads the page, which must be whole and good.
    pub(super) async fn page(&mut self, path: &str, form: Bytes) -> anyhow::Result<Bytes> {
        let response = self.post(path, form).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        ensure!(status == StatusCode::OK, "{path} answered {status}");
        Ok(body)
    }

    /// Begins to read a page that never ends.
    pub(super) async fn stream(&mut self, path: &str) -> anyhow::Result<Incoming> {
        let request = Request::get(path)
            .header(header::HOST, &self.host)
            .header(header::COOKIE, &self.cookie)
            .body(Full::default())?;
        let response = self.sender.send_request(request).await?;
        ensure!(response.status() == StatusCode::OK, "{path} answered {}", response.status());
        Ok(response.into_body())
    }

    /// Fetches a page's status.
    pub(super) async fn status(&mut self, path: &str) -> anyhow::Result<StatusCode> {
        let request = Request::get(path).header(header::HOST, &self.host);
        let response = self.sender.send_request(request.body(Full::default())?).await?;
        let status = response.status();
        response.into_body().collect().await?;
        Ok(status)
    }

    async fn post(
        &mut self,
        path: &str,
        form: Bytes,
    ) -> anyhow::Result<Response<hyper::body::Incoming>> {
        self.sender.ready().await?;
        let request = Request::post(path)
            .header(header::HOST, &self.host)
            .header(header::ORIGIN, format!("http://{}", self.host))
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let response = self.sender.send_request(request.body(Full::new(form))?).await?;
        if response.status().is_server_error() {
            bail!("{path} answered {}", response.status());
        }
        Ok(response)
    }
}

/// A form's body.
pub(super) fn form(fields: &[(&str, &str)]) -> Bytes {
    let encoded: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    Bytes::from(encoded.join("&"))
}

fn encode(value: &str) -> String {
    value
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
