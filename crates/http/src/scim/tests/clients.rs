//! A personnel system that others wrote, over HTTP: the conformance tester of python-scim. `cargo xtask setup` fetches it.

use std::{path::PathBuf, process::Command};

use kinfold_service::testing::TwoNodes;

use super::world::{TOKEN, services_at};
use crate::scim::router;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scim_client")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conformance_tester_that_others_wrote_finds_nothing_wrong() {
    if !folder().join("site/scim2_tester").is_dir() {
        eprintln!("skipped: the conformance tester is missing; run cargo xtask setup");
        let in_ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
        assert!(!in_ci, "skipped in CI");
        return;
    }
    let nodes = TwoNodes::start().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/", listener.local_addr().unwrap());
    let app = router(services_at(&nodes, &base));
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let output = tokio::task::spawn_blocking(move || {
        Command::new("python3")
            .arg(folder().join("check.py"))
            .args([&base, TOKEN])
            .current_dir(std::env::temp_dir())
            .env("PYTHONPATH", folder().join("site"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .output()
            .unwrap()
    });
    let output = output.await.unwrap();
    let told = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (told(&output.stdout), told(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    println!("{out}");
}
