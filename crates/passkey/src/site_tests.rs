use super::*;
use crate::testing::SoftPasskey;

const ORIGIN: &str = "https://kinfold.example:8443";

fn site() -> Site {
    Site::new(&ORIGIN.parse().unwrap()).unwrap()
}

fn owner() -> Uuid {
    Uuid::from_u128(7)
}

/// A passkey that the site knows.
fn made(site: &Site) -> (SoftPasskey, Credential) {
    let (options, adding) = site.add((owner(), "t.nurse"), &[]).unwrap();
    let (thing, answer) = SoftPasskey::make(&options.0, ORIGIN);
    (thing, site.added(&answer, &adding).unwrap())
}

fn tried(site: &Site, thing: &mut SoftPasskey, known: &Credential) -> Result<Credential, Refusal> {
    let (options, asking) = site.ask(None).unwrap();
    site.answered(&Answer::parse(&thing.answer(&options.0)).unwrap(), asking, known)
}

#[test]
fn a_site_is_a_domain_over_tls_or_this_machine() {
    for good in ["https://kinfold.example", "http://localhost:8080", "https://localhost/"] {
        assert!(Site::new(&good.parse().unwrap()).is_ok(), "{good}");
    }
    for bad in ["https://127.0.0.1:8443", "http://127.0.0.1/", "https://[::1]/", "http://a.example"]
    {
        assert!(Site::new(&bad.parse().unwrap()).is_err(), "{bad}");
    }
    assert_eq!(site().origin(), ORIGIN);
}

#[test]
fn what_is_asked_needs_no_user_name_and_verifies_the_user_and_names_nobody_who_is_not_signed_in() {
    let site = site();
    let (options, _) = site.add((owner(), "t.nurse"), &[]).unwrap();
    let selection = &options.0["authenticatorSelection"];
    assert_eq!(selection["residentKey"], "required");
    assert_eq!(selection["userVerification"], "required");
    assert_eq!(options.0["attestation"], "none");
    assert_eq!(options.0["rp"]["id"], "kinfold.example");
    let (options, _) = site.ask(None).unwrap();
    assert_eq!(options.0["userVerification"], "required");
    assert_eq!(options.0["allowCredentials"], json!([]));
    assert!(options.0.get("mediation").is_none());
}

#[test]
fn a_passkey_is_known_again_also_after_it_was_stored() {
    let site = site();
    let (mut thing, known) = made(&site);
    let stored = serde_json::to_string(&known).unwrap();
    let known: Credential = serde_json::from_str(&stored).unwrap();
    let (options, asking) = site.ask(Some(std::slice::from_ref(&known))).unwrap();
    let answer = thing.answer(&options.0);
    let sent: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(options.0["allowCredentials"][0]["id"], sent["rawId"]);
    let answer = Answer::parse(&answer).unwrap();
    assert_eq!((answer.credential(), answer.owner()), (known.digest(), Some(owner())));
    site.answered(&answer, asking, &known).unwrap();
    assert_eq!(format!("{known:?}"), "[passkey]");
}

#[test]
fn an_answer_fits_its_own_challenge_alone() {
    let site = site();
    let (mut thing, known) = made(&site);
    let (options, _) = site.ask(None).unwrap();
    let (_, another) = site.ask(None).unwrap();
    let answer = Answer::parse(&thing.answer(&options.0)).unwrap();
    assert_eq!(site.answered(&answer, another, &known).unwrap_err(), Refusal::Challenge);
}

#[test]
fn an_answer_from_another_site_is_refused() {
    let site = site();
    let (mut thing, known) = made(&site);
    for elsewhere in
        ["https://kinfold.example", "http://kinfold.example:8443", "https://evil.example:8443"]
    {
        thing.origin = elsewhere.to_owned();
        assert_eq!(tried(&site, &mut thing, &known).unwrap_err(), Refusal::Origin, "{elsewhere}");
    }
}

#[test]
fn who_holds_it_must_have_been_verified() {
    let site = site();
    let (mut thing, known) = made(&site);
    thing.verifies = false;
    assert_eq!(tried(&site, &mut thing, &known).unwrap_err(), Refusal::NotVerified);
    let (options, adding) = site.add((owner(), "t.nurse"), &[]).unwrap();
    let (_, answer) = SoftPasskey::make_verified(&options.0, ORIGIN, false);
    assert_eq!(site.added(&answer, &adding).unwrap_err(), Refusal::NotVerified);
}

#[test]
fn a_counter_that_does_not_grow_is_refused_where_the_passkey_counts() {
    let site = site();
    let (mut thing, known) = made(&site);
    let known = tried(&site, &mut thing, &known).unwrap();
    let known = tried(&site, &mut thing, &known).unwrap();
    for back in [1, 0] {
        thing.counter = back;
        assert_eq!(tried(&site, &mut thing, &known).unwrap_err(), Refusal::Counter);
    }
    thing.counter = 9;
    tried(&site, &mut thing, &known).unwrap();

    let (mut thing, known) = made(&site);
    thing.counts = 0;
    let known = tried(&site, &mut thing, &known).unwrap();
    tried(&site, &mut thing, &known).unwrap();
}

#[test]
fn the_signature_of_another_passkey_is_wrong() {
    let site = site();
    let ((_, known), (mut other, _)) = (made(&site), made(&site));
    assert_eq!(tried(&site, &mut other, &known).unwrap_err(), Refusal::Wrong);
    let (options, asking) = site.ask(None).unwrap();
    let mut sent: Value = serde_json::from_str(&other.answer(&options.0)).unwrap();
    sent["rawId"] = json!(webauthn_identifier(&known));
    let answer = Answer::parse(&sent.to_string()).unwrap();
    assert_eq!(site.answered(&answer, asking, &known).unwrap_err(), Refusal::Wrong);
}

#[test]
fn what_is_no_answer_is_garbled() {
    for text in ["", "{}", "[]", "{\"id\":1}"] {
        assert_eq!(Answer::parse(text).err(), Some(Refusal::Garbled));
    }
}

fn webauthn_identifier(known: &Credential) -> String {
    base64url(known.0.cred_id())
}
