//! The `radclient` and `radtest` of `FreeRADIUS`, and `radsecproxy` in front of them for TLS.

use std::{
    net::{SocketAddr, UdpSocket},
    process::Stdio,
    time::Duration,
};

use tokio::{
    io::AsyncWriteExt as _,
    process::{Child, Command},
};

use crate::{
    radsec::{NAME, issuer, start},
    vpn::{PIN, SECRET, Vpn, file},
};

/// Says that a test can't be run on this machine; where all must run, that is a failure.
fn skip(program: &str) {
    assert!(std::env::var("CI").as_deref() != Ok("true"), "can't be skipped: {program} is missing");
    println!("skipped: {program} is not installed; run cargo xtask test");
}

fn is_here(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
    folders.into_iter().any(|folder| folder.join(program).is_file())
}

/// What `radclient` prints when it asks this.
async fn radclient(server: SocketAddr, what: &str, attributes: &str) -> String {
    let mut command = Command::new("radclient");
    command.args(["-x", "-r", "1", "-t", "5", &server.to_string(), what, SECRET]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(attributes.as_bytes()).await.unwrap();
    drop(input);
    let output = child.wait_with_output().await.unwrap();
    let text = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&text).into_owned()
}

fn access(typed: &str) -> String {
    format!("User-Name = \"nurse\", User-Password = \"{typed}\", Message-Authenticator = 0x00")
}

#[tokio::test(flavor = "multi_thread")]
async fn radtest_is_let_in_once_with_a_code() {
    if !is_here("radtest") {
        return skip("radtest");
    }
    let vpn = Vpn::start().await;
    let typed = vpn.right().await;
    let said = async || {
        let server = vpn.udp.unwrap().to_string();
        let output = Command::new("radtest")
            .args(["-x", "nurse", &typed, &server, "0", SECRET])
            .output()
            .await
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let first = said().await;
    assert!(first.contains("Received Access-Accept"), "{first}");
    let second = said().await;
    assert!(second.contains("Received Access-Reject"), "{second}");
    assert!(second.contains("or the code was already used"), "{second}");
    assert_eq!(vpn.recorded(), ["radius radius:vpn-1", "replayed radius:vpn-1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn radclient_is_refused_asked_for_a_code_and_let_in() {
    if !is_here("radclient") {
        return skip("radclient");
    }
    let vpn = Vpn::start().await;
    let server = vpn.udp.unwrap();
    let refused = radclient(server, "auth", &access(&format!("{PIN}000000"))).await;
    assert!(refused.contains("Received Access-Reject"), "{refused}");

    let asked = radclient(server, "auth", &access(PIN)).await;
    assert!(asked.contains("Received Access-Challenge"), "{asked}");
    assert!(asked.contains("Enter the code that your token shows now."), "{asked}");
    let (_, state) = asked.split_once("State = ").unwrap();
    let state = state.split_whitespace().next().unwrap();
    let answer = format!("{}, State = {state}", access(&vpn.code().await));
    let accepted = radclient(server, "auth", &answer).await;
    assert!(accepted.contains("Received Access-Accept"), "{accepted}");
    let again = radclient(server, "auth", &answer).await;
    assert!(again.contains("sent twice"), "{again}");

    let alive = radclient(server, "status", "Message-Authenticator = 0x00").await;
    assert!(alive.contains("Received Access-Accept"), "{alive}");
}

/// `radsecproxy` on a port of its own, in front of a listener over TLS; dropped, it ends.
struct Proxy {
    address: SocketAddr,
    _process: Child,
}

impl Proxy {
    fn start(vpn: &Vpn) -> Self {
        let folder = vpn.folder.path();
        let address = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let place = folder.display();
        let settings = format!(
            "ListenUDP {address}\nLogLevel 2\nLogDestination file://{place}/proxy.log\n\
             tls kinfold {{\n CACertificateFile {place}/ca.pem\n CertificateFile {place}/{NAME}.pem\n \
             CertificateKeyFile {place}/{NAME}.key\n}}\n\
             client vpn {{\n host 127.0.0.1\n type udp\n secret {SECRET}\n}}\n\
             server kinfold {{\n host localhost\n IPv4Only on\n port {}\n type tls\n tls kinfold\n secret radsec\n statusServer on\n}}\n\
             realm * {{\n server kinfold\n}}\n",
            vpn.radsec.unwrap().port()
        );
        let settings = file(folder, "proxy.conf", &settings);
        let mut command = Command::new("radsecproxy");
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{path}:/usr/sbin")).arg("-f").arg("-c").arg(settings);
        command.arg("-i").arg(folder.join("proxy.pid")).kill_on_drop(true);
        Self { address, _process: command.spawn().unwrap() }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn radclient_is_let_in_over_tls_by_radsecproxy() {
    if !is_here("radsecproxy") || !is_here("radclient") {
        return skip("radsecproxy or radclient");
    }
    let vpn = start(&issuer(), |_| {}).await;
    let proxy = Proxy::start(&vpn);
    for _ in 0..100 {
        if vpn.state().connections == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let typed = vpn.right().await;
    let accepted = radclient(proxy.address, "auth", &access(&typed)).await;
    let log = std::fs::read_to_string(vpn.folder.path().join("proxy.log")).unwrap_or_default();
    assert!(accepted.contains("Received Access-Accept"), "{accepted}\n{log}");
    let replayed = radclient(proxy.address, "auth", &access(&typed)).await;
    assert!(replayed.contains("Received Access-Reject"), "{replayed}");
    let asked = radclient(proxy.address, "auth", &access(PIN)).await;
    assert!(asked.contains("Received Access-Challenge"), "{asked}");
    assert_eq!(vpn.recorded(), ["radius radius:vpn-1", "replayed radius:vpn-1"]);
    assert_eq!(vpn.state().connections, 1, "all on one connection");
}
