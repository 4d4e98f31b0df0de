//! Signing in at an identity provider that others wrote (node-oidc-provider, which the `OpenID` Foundation has certified), honest and not.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop where it stands")]

mod clients;
mod server;

use jiff::{SignedDuration, Timestamp};
use kinfold_connect::oidc::{OidcConfig, provider};
use kinfold_oidc::{Asked, Identity, Provider, Refusal, Trouble};
use serde_json::{Value, json};
use server::{BACK, Server, folder, use_ring};

const TERMS: &str = "acr = [\"AAL3_ANY\", \"AAL2_OR_AAL3_ANY\"]";

/// The provider as this node has it configured. The folder lives as long as the files are read, which is at once.
fn configured(issuer: &str, client: &str, terms: &str) -> Provider {
    use_ring();
    let files = tempfile::tempdir().unwrap();
    std::fs::write(files.path().join("secret"), "a planted secret of thirty-two ch\n").unwrap();
    let kind = if client == "post" { "client_secret_post" } else { "client_secret_basic" };
    let text = format!(
        "name = \"Care Identity\"\nissuer = \"{issuer}\"\nclient_id = \"{client}\"\n\
         auth = {{ kind = \"{kind}\", secret_file = \"secret\" }}\n{terms}\n"
    );
    let mut config: OidcConfig = toml::from_str(&text).unwrap();
    config.resolve(files.path());
    provider(&config, BACK.parse().unwrap()).unwrap()
}

/// The machine's own time: the provider has that, too.
fn now() -> Timestamp {
    let since = std::fs::metadata("/proc/self/stat").unwrap().modified().unwrap();
    Timestamp::try_from(since).unwrap()
}

fn asked(number: u8) -> Asked {
    Asked::new([[number; 32], [number + 1; 32], [number + 2; 32]])
}

/// Somebody signs in, and whom the provider has made sure of.
async fn sign_in(server: &Server, provider: &Provider) -> Result<Identity, Trouble> {
    let question = asked(1);
    let brought = server.browse(provider.ask(&question, now()).await?).await;
    assert!(question.is_answered_by(&brought["state"]));
    assert_eq!(brought["iss"], provider.issuer());
    provider.exchange(&brought["code"], question, now()).await
}

async fn refused(server: &Server, provider: &Provider, told: Value) -> Refusal {
    let mut whole =
        json!({ "account": "787807429511", "acr": "AAL3_ANY", "amr": ["N3_SMARTCARD"] });
    whole.as_object_mut().unwrap().extend(told.as_object().unwrap().clone());
    server.tell(whole).await;
    match sign_in(server, provider).await {
        Err(Trouble::Refused(refusal)) => refusal,
        other => panic!("{told}: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_whom_the_provider_has_made_sure_of_is_known_by_issuer_and_subject() {
    let Some(server) = Server::start(&[]) else { return };
    for client in ["basic", "post"] {
        let provider = configured(&server.issuer(), client, TERMS);
        let known = sign_in(&server, &provider).await.unwrap();
        assert_eq!(known.issuer, server.issuer());
        assert_eq!(known.subject.expose(), "787807429511");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_sent_with_all_that_binds_the_answer() {
    let Some(server) = Server::start(&[]) else { return };
    let provider =
        configured(&server.issuer(), "basic", "scopes = [\"profile\"]\nacr = [\"AAL3_ANY\"]");
    let address = provider.ask(&asked(1), now()).await.unwrap();
    let said: std::collections::BTreeMap<_, _> = address.query_pairs().into_owned().collect();
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "basic"),
        ("redirect_uri", BACK),
        ("scope", "openid profile"),
        ("code_challenge_method", "S256"),
        ("acr_values", "AAL3_ANY"),
        ("max_age", "300"),
        ("prompt", "login"),
    ] {
        assert_eq!(said[name], value, "{name}");
    }
    assert!(
        said["state"].len() == 43
            && said["nonce"].len() == 43
            && said["code_challenge"].len() == 43
    );
    assert_ne!(said["state"], said["nonce"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assurance_that_is_too_low_or_missing_lets_nobody_in() {
    let Some(server) = Server::start(&[]) else { return };
    let provider = configured(&server.issuer(), "basic", TERMS);
    for told in [json!({ "acr": "AAL1_USERPASS" }), json!({ "alter": { "acr": null } })] {
        assert_eq!(refused(&server, &provider, told).await, Refusal::Acr);
    }
    let provider = configured(&server.issuer(), "basic", "amr = [\"N3_SMARTCARD\"]");
    for told in [json!({ "amr": ["pwd"] }), json!({ "amr": null }), json!({ "amr": [] })] {
        assert_eq!(refused(&server, &provider, told).await, Refusal::Amr);
    }
    let claims = "claims = { authentication_assurance_level = [\"3\"] }";
    let provider = configured(&server.issuer(), "basic", claims);
    assert_eq!(refused(&server, &provider, json!({ "level": "1" })).await, Refusal::Claim);
    server.tell(json!({ "account": "787807429511", "level": "3" })).await;
    sign_in(&server, &provider).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_proved_themselves_long_ago_is_not_let_in() {
    let Some(server) = Server::start(&[]) else { return };
    let provider = configured(&server.issuer(), "basic", TERMS);
    let long_ago = now().as_second() - 3600;
    for told in
        [json!({ "alter": { "auth_time": long_ago } }), json!({ "alter": { "auth_time": null } })]
    {
        assert_eq!(refused(&server, &provider, told).await, Refusal::AuthTime);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_made_for_another_question_client_issuer_or_time_is_not_believed() {
    let Some(server) = Server::start(&[]) else { return };
    let provider = configured(&server.issuer(), "basic", TERMS);
    let second = now().as_second();
    for (alter, expected) in [
        (json!({ "nonce": "another" }), Refusal::Nonce),
        (json!({ "nonce": null }), Refusal::Nonce),
        (json!({ "aud": "another" }), Refusal::Audience),
        (json!({ "aud": ["basic", "another"] }), Refusal::Audience),
        (json!({ "azp": "another" }), Refusal::Audience),
        (json!({ "iss": "https://another.example" }), Refusal::Issuer),
        (json!({ "exp": second - 1 }), Refusal::Expired),
        (json!({ "iat": second - 3600 }), Refusal::Expired),
        (json!({ "iat": second + 3600, "exp": second + 7200 }), Refusal::Expired),
        (json!({ "sub": "a\nb" }), Refusal::Garbled),
    ] {
        assert_eq!(
            refused(&server, &provider, json!({ "alter": alter })).await,
            expected,
            "{alter}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_somebody_else_signed_is_not_believed() {
    let Some(server) = Server::start(&[]) else { return };
    let provider = configured(&server.issuer(), "basic", TERMS);
    let forged = json!({ "resign": true });
    assert_eq!(refused(&server, &provider, forged).await, Refusal::Signature);
    let unknown = json!({ "resign": true, "header": { "kid": "unknown" } });
    assert_eq!(refused(&server, &provider, unknown).await, Refusal::Signature);
    // By the secret that the provider shares with this node: whoever reads that could make tokens.
    let hmac = configured(&server.issuer(), "hmac", TERMS);
    assert_eq!(refused(&server, &hmac, json!({})).await, Refusal::Signature);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_once_and_with_its_own_verifier() {
    let Some(server) = Server::start(&[]) else { return };
    let provider = configured(&server.issuer(), "basic", TERMS);
    let brought = server.browse(provider.ask(&asked(1), now()).await.unwrap()).await;
    let stolen = provider.exchange(&brought["code"], asked(11), now()).await;
    assert_eq!(stolen.unwrap_err(), Refusal::Code.into(), "another browser's verifier");
    let brought = server.browse(provider.ask(&asked(1), now()).await.unwrap()).await;
    provider.exchange(&brought["code"], asked(1), now()).await.unwrap();
    let again = provider.exchange(&brought["code"], asked(1), now()).await;
    assert_eq!(again.unwrap_err(), Refusal::Code.into());
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_the_provider_has_changed_are_fetched_anew() {
    let Some(server) = Server::start(&[("KEY", "one")]) else { return };
    let provider = configured(&server.issuer(), "basic", TERMS);
    sign_in(&server, &provider).await.unwrap();
    let port = server.end().to_string();
    for (pause, key, alg) in [(11, "two", "RS256"), (33, "two", "RS256"), (55, "three", "ES256")] {
        let server = Server::start(&[("KEY", key), ("PORT", &port), ("ALG", alg)]).unwrap();
        let question = asked(1);
        let brought = server.browse(provider.ask(&question, now()).await.unwrap()).await;
        // Keys that were fetched just now are not fetched again at once: whoever sends nonsense keeps nobody busy.
        let later = now() + SignedDuration::from_secs(pause);
        let known = provider.exchange(&brought["code"], question, later).await;
        assert_eq!(known.unwrap().subject.expose(), "787807429511", "{key}, {alg}");
        server.end();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_away_or_another_is_told_in_words_for_an_operator() {
    let Some(server) = Server::start(&[]) else { return };
    let issuer = server.issuer();
    let provider = configured(&issuer, "basic", TERMS);
    let question = asked(1);
    let brought = server.browse(provider.ask(&question, now()).await.unwrap()).await;
    let wrong = configured(&format!("{issuer}/"), "basic", TERMS);
    let Err(Trouble::Away(why)) = wrong.ask(&asked(1), now()).await else { panic!("another") };
    assert!(why.contains("to the last character"), "{why}");
    let wrong = configured(&format!("{issuer}/no"), "basic", TERMS);
    let Err(Trouble::Away(why)) = wrong.ask(&asked(1), now()).await else { panic!("another") };
    assert!(why.contains("HTTP 404"), "{why}");
    server.end();
    let away = Trouble::Away("it can't be reached".to_owned());
    assert_eq!(provider.exchange(&brought["code"], question, now()).await.unwrap_err(), away);
    let other = configured(&issuer, "basic", TERMS);
    for _ in 0..2 {
        assert_eq!(other.ask(&asked(1), now()).await.unwrap_err(), away);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_has_against_this_node_is_told_apart() {
    let Some(server) = Server::start(&[]) else { return };
    let wrong = configured(&server.issuer(), "post", TERMS);
    let brought = server.browse(wrong.ask(&asked(1), now()).await.unwrap()).await;
    // A client that proves itself otherwise than the provider has it.
    let basic = configured(&server.issuer(), "key", TERMS);
    let told = basic.exchange(&brought["code"], asked(1), now()).await.unwrap_err();
    assert!(
        matches!(told, Trouble::Misconfigured(why) if why.contains("invalid_client")),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_refuses_comes_back_as_its_own_word() {
    let Some(server) = Server::start(&[]) else { return };
    let provider = configured(&server.issuer(), "basic", TERMS);
    server.tell(json!({ "error": "access_denied" })).await;
    let question = asked(1);
    let brought = server.browse(provider.ask(&question, now()).await.unwrap()).await;
    assert!(question.is_answered_by(&brought["state"]));
    assert_eq!(brought["error"], "access_denied");
    assert!(!brought.contains_key("code"));
    assert!(folder().join("provider.mjs").is_file());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_to_prove_themselves_anew_does_not_get_by_with_a_sign_in_of_before() {
    let Some(server) = Server::start(&[]) else { return };
    let provider = configured(&server.issuer(), "basic", &format!("{TERMS}\neach_time = false"));
    let address = provider.ask(&asked(1), now()).await.unwrap();
    assert!(!address.query().unwrap().contains("prompt="), "the settings ask for none");
    let anew = || Asked::anew([[1; 32], [2; 32], [3; 32]], now());
    let address = provider.ask(&anew(), now()).await.unwrap();
    let said: std::collections::BTreeMap<_, _> = address.query_pairs().into_owned().collect();
    assert_eq!((&*said["prompt"], &*said["max_age"]), ("login", "0"));

    let question = anew();
    let brought = server.browse(provider.ask(&question, now()).await.unwrap()).await;
    let known = provider.exchange(&brought["code"], question, now()).await.unwrap();
    assert_eq!(known.subject.expose(), "787807429511");

    // Within what the settings let pass at a sign-in, and before the question all the same.
    let before = json!({ "account": "787807429511", "acr": "AAL3_ANY", "alter": { "auth_time": now().as_second() - 120 } });
    server.tell(before).await;
    sign_in(&server, &provider).await.unwrap();
    let question = anew();
    let brought = server.browse(provider.ask(&question, now()).await.unwrap()).await;
    let told = provider.exchange(&brought["code"], question, now()).await.unwrap_err();
    assert_eq!(told, Refusal::AuthTime.into());
}
