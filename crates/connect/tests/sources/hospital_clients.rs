//! The listener against hospital clients that others wrote: `hl7` with `hl7apy` (Python), and `node-hl7-client`.

use std::path::Path;

use kinfold_domain::Movement;
use serde_json::Value;
use tokio::process::Command;

use crate::hospital::{Running, config};
use crate::hospital_tls::{encrypted, issued, issuer};
use crate::support::{folder, skip};

/// What a program prints, or why it can't run.
async fn output(mut command: Command) -> Result<String, String> {
    let output = command.output().await.map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    Ok(String::from_utf8(output.stdout).unwrap())
}

async fn python(running: &Running) -> Result<Vec<Value>, String> {
    let place = folder().join("hl7_clients");
    if !place.join("site/hl7apy").is_dir() {
        return Err("its packages are missing; run cargo xtask setup".to_owned());
    }
    let mut command = Command::new("python3");
    command.arg(place.join("hospital.py")).arg(running.address.port().to_string());
    command.env("PYTHONPATH", place.join("site"));
    let lines = output(command).await?;
    Ok(lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

async fn node(running: &Running, files: &[&Path]) -> Result<String, String> {
    let place = folder().join("hl7_clients");
    if !place.join("node_modules").is_dir() {
        return Err("its packages are missing; run cargo xtask setup".to_owned());
    }
    let mut command = Command::new("node");
    command.arg("hospital.mjs").arg(running.address.port().to_string()).args(files);
    command.current_dir(place);
    output(command).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_and_version_that_others_build_is_read_and_our_answers_fit_the_standard() {
    let running = Running::start(&config()).await;
    let said = match python(&running).await {
        Ok(said) => said,
        Err(reason) => {
            return skip("every_event_and_version_that_others_build_is_read", &reason);
        }
    };
    assert_eq!(said.len(), 5 * 12);
    for answer in &said {
        let id = answer["id"].as_str().unwrap();
        let expected = match id.split_once('-').unwrap().1 {
            "broken" => "AE",
            "event" | "processing" => "AR",
            _ => "AA",
        };
        assert_eq!(answer["code"], expected, "{answer}");
        assert_eq!(answer["problems"], Value::Array(vec![]), "{answer}");
    }
    let kept = running.desk.kept.lock();
    let read: Vec<&Movement> = kept.iter().filter_map(|r| r.content.as_ref().ok()).collect();
    assert_eq!((kept.len(), read.len()), (50, 45));
    for movement in read {
        assert_eq!(movement.patient.number.expose(), "H0012345");
        let subject = &movement.patient.subject;
        assert_eq!(subject.nhs_number.unwrap().digits(), "9990000018");
        assert_eq!(subject.name.as_ref().unwrap().family(), "O'Test-Zoë");
        assert_eq!(subject.postcode.as_ref().unwrap().expose(), "S60 1AA");
    }
    assert_eq!(running.state().senders[0].omitted, 0);
}

const ANSWERED: &str = "AA NODE1\nAA NODE2\nAA NODE3\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_node_client_has_its_arrivals_taken_in_order() {
    let running = Running::start(&config()).await;
    match node(&running, &[]).await {
        Ok(said) => assert_eq!(said, ANSWERED),
        Err(reason) => return skip("a_node_client_has_its_arrivals_taken_in_order", &reason),
    }
    assert_eq!(running.desk.ids(), ["NODE1", "NODE2", "NODE3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_client_with_a_certificate_has_its_arrivals_taken_over_tls() {
    let (files, trust) = (tempfile::tempdir().unwrap(), issuer());
    let running = Running::start(&encrypted(files.path(), &trust, Some(&trust))).await;
    let (certificate, key) = issued(files.path(), "pas", &trust);
    let authority = files.path().join("clients.pem");
    match node(&running, &[&authority, &certificate, &key]).await {
        Ok(said) => assert_eq!(said, ANSWERED),
        Err(reason) => {
            return skip("a_node_client_has_its_arrivals_taken_over_tls", &reason);
        }
    }
    assert_eq!(running.desk.ids().len(), 3);
}
