//! Notifications against a mail server and a webhook's receiver that others wrote: `aiosmtpd` and `standardwebhooks` (Python).

use std::{path::Path, process::Stdio, time::Duration};

use jiff::Timestamp;
use kinfold_connect::{
    Unusable,
    notify::{EmailConfig, Post, WebhookConfig},
};
use kinfold_service::{
    notifications::{Event, Undelivered},
    ports::{Carrier, Letter, LetterTo},
};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};
use uuid::Uuid;

use crate::hospital_tls::{issued, issuer};
use crate::support::{folder, skip, use_ring};

/// A program of the other side; dropped, it ends.
struct Other {
    port: u16,
    lines: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Other {
    /// Starts one; `None` says that it was skipped.
    async fn start(test: &str, script: &str, arguments: &[&str]) -> Option<Self> {
        use_ring();
        let place = folder().join("notify_clients");
        if !place.join("site/aiosmtpd").is_dir() {
            skip(test, "its packages are missing; run cargo xtask setup");
            return None;
        }
        let mut command = Command::new("python3");
        command.arg(place.join(script)).args(arguments).env("PYTHONPATH", place.join("site"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.next_line().await.unwrap().unwrap().parse().unwrap();
        Some(Self { port, lines, _child: child })
    }

    async fn said(&mut self) -> Value {
        let line = tokio::time::timeout(Duration::from_secs(10), self.lines.next_line()).await;
        serde_json::from_str(&line.unwrap().unwrap().unwrap()).unwrap()
    }
}

fn now() -> Timestamp {
    // The receiver compares with its own clock.
    #[expect(clippy::disallowed_methods, reason = "the other side lives by the machine's clock")]
    Timestamp::now()
}

fn letter(to: LetterTo) -> Letter {
    Letter {
        id: Uuid::from_u128(7),
        event: Event::AttendanceToAcknowledge,
        matter: Uuid::from_u128(9),
        at: "2026-11-23T03:10:00Z".parse().unwrap(),
        to,
    }
}

fn to(address: &str) -> Letter {
    letter(LetterTo::Address(address.parse().unwrap()))
}

fn post(email: Option<&str>, webhooks: &[WebhookConfig]) -> Result<Post, Unusable> {
    let email = email.map(|terms| toml::from_str::<EmailConfig>(terms).unwrap());
    let pages = "https://kinfold.council.example/".parse().unwrap();
    Post::new((email.as_ref(), webhooks), &pages, Duration::from_secs(3))
}

fn mail(port: u16, terms: &str) -> Post {
    let terms = format!(
        "server = \"localhost\"\nport = {port}\nfrom = \"kinfold@council.example\"\n{terms}"
    );
    post(Some(&terms), &[]).unwrap()
}

fn text(said: &Value) -> &str {
    said["message"].as_str().unwrap()
}

#[tokio::test]
async fn a_mail_says_that_something_waits_and_where_and_nothing_else() {
    let Some(mut other) = Other::start("a mail in clear", "mail.py", &["plain"]).await else {
        return;
    };
    let post = mail(other.port, "security = \"none\"");
    for _ in 0..2 {
        post.carry(&to("key.worker@council.example"), now()).await.unwrap();
    }
    let (first, again) = (other.said().await, other.said().await);
    assert_eq!(first["from"], "kinfold@council.example");
    assert_eq!(first["to"], serde_json::json!(["key.worker@council.example"]));
    let message = text(&first).replace("=\r\n", "");
    for line in [
        "From: Kinfold <kinfold@council.example>",
        "Subject: Kinfold: You have an attendance to acknowledge",
        "Message-ID: <00000000-0000-0000-0000-000000000007@council.example>",
        "Auto-Submitted: auto-generated",
        "Date: Mon, 23 Nov 2026 03:10:00 +0000",
        "You have an attendance to acknowledge. Sign in to Kinfold: https://kinfold.council.example/attendances",
    ] {
        assert!(message.contains(line), "{line} in {message}");
    }
    assert_eq!(text(&first), text(&again), "the same bytes whenever it is sent");
}

fn password(folder: &Path, text: &str) -> String {
    let file = folder.join("smtp.password");
    std::fs::write(&file, text).unwrap();
    format!("user = \"kinfold\"\npassword_file = \"{}\"", file.display())
}

#[tokio::test]
async fn mail_goes_encrypted_and_signed_in_by_both_ways() {
    let (files, trust) = (tempfile::tempdir().unwrap(), issuer());
    let (certificate, key) = issued(files.path(), "localhost", &trust);
    let authority = files.path().join("mail-ca.pem");
    std::fs::write(&authority, trust.pem()).unwrap();
    let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
    for security in ["starttls", "tls"] {
        let arguments = [security, certificate, key, "kinfold", "a password"];
        let Some(mut other) = Other::start("encrypted mail", "mail.py", &arguments).await else {
            return;
        };
        let ca = format!("security = \"{security}\"\nca_file = \"{}\"", authority.display());
        let terms = |text: &str| format!("{ca}\n{}", password(files.path(), text));
        let right = mail(other.port, &terms("a password\n"));
        right.carry(&to("key.worker@council.example"), now()).await.unwrap();
        let said = other.said().await;
        assert_eq!((&said["encrypted"], &said["user"]), (&true.into(), &"kinfold".into()));

        let wrong = mail(other.port, &terms("another"));
        let refused = wrong.carry(&to("key.worker@council.example"), now()).await.unwrap_err();
        assert!(refused.why.contains("535") && !refused.is_final, "{refused}");

        let untrusting =
            format!("security = \"{security}\"\n{}", password(files.path(), "a password"));
        let untrusting = mail(other.port, &untrusting);
        let refused = untrusting.carry(&to("key.worker@council.example"), now()).await.unwrap_err();
        assert!(refused.why.contains("not trusted") && !refused.is_final, "{refused}");
    }
}

#[tokio::test]
async fn a_server_that_offers_no_encryption_is_told_nothing() {
    let Some(other) = Other::start("no encryption", "mail.py", &["plain"]).await else { return };
    let refused = mail(other.port, "").carry(&to("key.worker@council.example"), now()).await;
    let refused = refused.unwrap_err();
    assert!(refused.why.contains("encryption") && !refused.is_final, "{refused}");
}

#[tokio::test]
async fn an_address_that_is_refused_is_given_up_at_once_and_not_repeated() {
    let Some(other) = Other::start("a refused address", "mail.py", &["plain"]).await else {
        return;
    };
    let post = mail(other.port, "security = \"none\"");
    let refused = post.carry(&to("refused@council.example"), now()).await.unwrap_err();
    let expected =
        Undelivered { why: "the mail server refused it: 550".to_owned(), is_final: true };
    assert_eq!(refused, expected);
    let later = post.carry(&to("later@council.example"), now()).await.unwrap_err();
    assert_eq!((later.why.as_str(), later.is_final), ("the mail server refused it: 451", false));
    let none = post.carry(&letter(LetterTo::Webhook("paging".to_owned())), now()).await;
    assert!(none.unwrap_err().is_final);
}

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn webhook(folder: &Path, (port, path): (u16, &str), secret: &str) -> Result<Post, Unusable> {
    let file = folder.join("paging.secret");
    std::fs::write(&file, secret).unwrap();
    let terms = format!(
        "name = \"paging\"\nurl = \"http://127.0.0.1:{port}{path}\"\nsecret_file = \"{}\"",
        file.display()
    );
    post(None, &[toml::from_str(&terms).unwrap()])
}

fn paged() -> Letter {
    letter(LetterTo::Webhook("paging".to_owned()))
}

#[tokio::test]
async fn a_webhook_is_verified_by_a_receiver_that_others_wrote() {
    let files = tempfile::tempdir().unwrap();
    let Some(mut other) = Other::start("a webhook", "webhook.py", &[SECRET]).await else { return };
    // While secrets are exchanged, the receiver knows one of them.
    let secrets = format!("whsec_AAKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n{SECRET}\n");
    let post = webhook(files.path(), (other.port, "/taken"), &secrets).unwrap();
    post.carry(&paged(), now()).await.unwrap();
    let said = other.said().await;
    assert_eq!(said["id"], "00000000-0000-0000-0000-000000000007");
    let expected = serde_json::json!({
        "type": "attendance-to-acknowledge",
        "timestamp": "2026-11-23T03:10:00Z",
        "data": {
            "matter": "00000000-0000-0000-0000-000000000009",
            "page": "https://kinfold.council.example/attendances",
        },
    });
    assert_eq!(said["verified"], expected);

    std::fs::write(files.path().join("paging.secret"), "whsec_AAKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        .unwrap();
    post.carry(&paged(), now()).await.unwrap();
    assert!(other.said().await["verified"].is_string(), "another secret is not verified");
}

#[tokio::test]
async fn only_success_counts_and_no_redirect_is_followed() {
    let files = tempfile::tempdir().unwrap();
    let Some(mut other) = Other::start("answers", "webhook.py", &[SECRET]).await else { return };
    for (path, why, is_final) in [
        ("/busy", "HTTP 503", false),
        ("/gone", "HTTP 410: the receiver says that it is gone", true),
        (
            "/elsewhere",
            "HTTP 307: a redirect, which is not followed; correct the webhook's url",
            false,
        ),
        ("/slow", "it took too long", false),
    ] {
        let post = webhook(files.path(), (other.port, path), SECRET).unwrap();
        let refused = post.carry(&paged(), now()).await.unwrap_err();
        assert_eq!((refused.why.as_str(), refused.is_final), (why, is_final));
        assert_eq!(other.said().await["path"], path);
    }
    let nobody = webhook(files.path(), (1, "/taken"), SECRET).unwrap();
    assert_eq!(nobody.carry(&paged(), now()).await.unwrap_err().why, "it can't be reached");
}

#[tokio::test]
async fn a_secret_that_can_t_sign_is_told_before_anything_is_sent() {
    use_ring();
    let files = tempfile::tempdir().unwrap();
    let error = webhook(files.path(), (1, "/"), "hunter2").err().unwrap().to_string();
    assert!(error.contains("paging") && !error.contains("hunter2"), "{error}");
}
