//! What a browser says that a passkey answered. Nobody guesses a challenge, so nothing that is not made for it may count.
#![no_main]

use std::sync::LazyLock;

use kinfold_passkey::{Answer, Credential, Refusal, Site, testing::SoftPasskey};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

/// A site, and a passkey that it knows.
static KNOWN: LazyLock<(Site, Credential)> = LazyLock::new(|| {
    let address = "https://kinfold.example".parse().expect("an address");
    let site = Site::new(&address).expect("a site");
    let (options, adding) = site.add((owner(), "t.nurse"), &[]).expect("a challenge");
    let (_, answer) = SoftPasskey::make(&options.0, site.origin());
    let credential = site.added(&answer, &adding).expect("a passkey");
    (site, credential)
});

fn owner() -> uuid::Uuid {
    uuid::Uuid::from_u128(7)
}

fuzz_target!(|text: &str| {
    let (site, credential) = &*KNOWN;
    let (_, adding) = site.add((owner(), "t.nurse"), &[]).expect("a challenge");
    assert!(site.added(text, &adding).is_err(), "a passkey was added that nobody asked for");

    // In the name of the one that is known, so that the answer is read to its end.
    let Ok(Value::Object(mut answer)) = serde_json::from_str(text) else { return };
    let known = serde_json::to_value(credential).expect("it can be kept");
    answer.insert("rawId".to_owned(), known["cred"]["cred_id"].clone());
    let Ok(answer) = Answer::parse(&json!(answer).to_string()) else { return };
    assert_eq!(answer.credential(), credential.digest());
    let (_, asking) = site.ask(None).expect("a challenge");
    let judged = site.answered(&answer, asking, credential);
    assert!(!matches!(judged, Ok(_) | Err(Refusal::Counter)), "a challenge was guessed");
});
