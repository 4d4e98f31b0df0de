//! Settings that can't be used refuse the start with what to do.

use kinfold_connect::radius::{RadSecConfig, RadiusConfig, RadiusListener};
use kinfold_service::testing::TwoNodes;

use crate::vpn::{client, file, parts, settings};

fn problems(change: impl FnOnce(&mut RadiusConfig)) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut config = settings(folder.path());
    change(&mut config);
    config.check().err().map(|unusable| unusable.problems).unwrap_or_default()
}

fn radsec() -> RadSecConfig {
    RadSecConfig {
        listen: "127.0.0.1:0".parse().unwrap(),
        certificate: "a".into(),
        key: "b".into(),
        client_ca: "c".into(),
        max_connections: 1,
        idle_timeout_s: 1,
    }
}

#[test]
fn what_makes_no_sense_is_told_at_once() {
    assert!(problems(|_| {}).is_empty());
    let nowhere = problems(|config| config.listen = None);
    assert_eq!(
        nowhere,
        [
            "listen or [radius.radsec] must be given",
            "client vpn-1: has addresses, and [radius] does not listen over UDP"
        ]
    );
    let nobody = problems(|config| config.clients.clear());
    assert_eq!(nobody, ["[[radius.client]] must be given at least once"]);
    let ranges = problems(|config| {
        (config.requests_per_s, config.challenge_s) = (0, 1);
        config.radsec = Some(RadSecConfig { max_connections: 0, idle_timeout_s: 0, ..radsec() });
    });
    assert_eq!(ranges.len(), 4, "{ranges:?}");
}

#[test]
fn a_client_that_could_not_be_told_apart_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let twice = problems(|config| config.clients.push(client(folder.path())));
    assert_eq!(twice, ["client vpn-1 stands here twice"]);
    let same = problems(|config| {
        let mut other = client(folder.path());
        other.name = "vpn-2".parse().unwrap();
        config.clients.push(other);
    });
    assert_eq!(same, ["clients vpn-1 and vpn-2 have the same address 127.0.0.1/32"]);
    let half = problems(|config| config.clients[0].secret_file = None);
    assert_eq!(half, ["client vpn-1: needs addresses and secret_file together"]);
    let tls = problems(|config| {
        config.clients[0].certificate_name = Some("vpn-1.example".to_owned());
        config.clients[0].roles = Some(Vec::new());
    });
    assert_eq!(
        tls,
        [
            "client vpn-1: has a certificate_name, and there is no [radius.radsec]",
            "client vpn-1: roles names none: leave it out for every employee"
        ]
    );
}

#[tokio::test]
async fn a_short_secret_refuses_the_start_and_is_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let nodes = TwoNodes::start().await;
    let mut config = settings(folder.path());
    config.clients[0].secret_file = Some(file(folder.path(), "short", "fifteen-letters\n"));
    let refused = RadiusListener::bind(&config, parts(&nodes.trust)).await.err().unwrap();
    let told = refused.to_string();
    assert!(told.contains("holds fewer than 16 characters"), "{told}");
    assert!(!told.contains("fifteen-letters"), "{told}");
    config.clients[0].secret_file = Some(folder.path().join("missing"));
    let refused = RadiusListener::bind(&config, parts(&nodes.trust)).await.err().unwrap();
    assert!(refused.to_string().starts_with("client vpn-1: secret_file "), "{refused}");
}
