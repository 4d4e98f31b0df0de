//! A council's node and a trust's, and a clinical system that is registered with the trust's.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kinfold_domain::{Demographics, RegisterEntry};
use kinfold_service::{
    System,
    ports::Clock,
    testing::{TRUST, TwoNodes, child, entry, person},
};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::fhir::{Client, Clients, FhirServices, KeySet, router};

pub(super) const BASE: &str = "https://kinfold.trust.example";
pub(super) const CLIENT: &str = "ed-system";
pub(super) const ISSUER: &str = "https://ehr.trust.example";
pub(super) const BOTH: &str = "system/Flag.rs system/Patient.r";

/// A key of a client's.
pub(super) struct Key(EcdsaKeyPair);

impl Key {
    pub(super) fn new() -> Self {
        let (kind, chance) = (&ECDSA_P384_SHA384_FIXED_SIGNING, SystemRandom::new());
        let bytes = EcdsaKeyPair::generate_pkcs8(kind, &chance).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(kind, bytes.as_ref(), &chance).unwrap())
    }

    /// Its public half, as the key `1`.
    pub(super) fn set(&self) -> Value {
        let point = &self.0.public_key().as_ref()[1..];
        let [x, y] = [&point[..48], &point[48..]].map(|half| URL_SAFE_NO_PAD.encode(half));
        json!({ "keys": [{ "kty": "EC", "crv": "P-384", "kid": "1", "alg": "ES384", "x": x, "y": y }] })
    }

    pub(super) fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

pub(super) fn header() -> Value {
    json!({ "alg": "ES384", "kid": "1", "typ": "JWT" })
}

/// Both nodes, and who asks.
pub(super) struct World {
    pub(super) nodes: TwoNodes,
    pub(super) router: Router,
    pub(super) key: Key,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(super) fn says(&self, words: &str) -> bool {
        self.text.contains(words)
    }
}

/// The child whom both agencies know, on a plan.
pub(super) fn ada() -> Demographics {
    child(1, "Featherstonehaugh", "Adalind")
}

impl World {
    /// With this on the council's register, as the trust's replica has it, and Ada among the trust's people.
    pub(super) async fn with(entries: Vec<RegisterEntry>) -> Self {
        Self::registered("clinical-system", entries).await
    }

    pub(super) async fn with_ada() -> Self {
        Self::with(vec![entry("cpp-1", &ada())]).await
    }

    /// The same, with the system registered in another role.
    pub(super) async fn registered(role: &str, entries: Vec<RegisterEntry>) -> Self {
        let nodes = served(entries).await;
        let key = Key::new();
        let router = router(services_at(&nodes, role, &key.set(), BASE));
        Self { nodes, router, key }
    }

    pub(super) fn now(&self) -> i64 {
        Self::now_of(&self.nodes)
    }

    pub(super) fn now_of(nodes: &TwoNodes) -> i64 {
        nodes.trust.ground.clock.now().as_second()
    }

    /// Claims of an assertion that is believed, each with another `jti`.
    pub(super) fn claims(&self) -> Value {
        let random: u128 = rand_id();
        json!({ "iss": CLIENT, "sub": CLIENT, "aud": format!("{BASE}/fhir/token"),
            "exp": self.now() + 240, "iat": self.now(), "jti": random.to_string() })
    }

    /// Claims of a token for a call of the hook.
    pub(super) fn hook_claims(&self) -> Value {
        let mut claims = self.claims();
        claims["iss"] = json!(ISSUER);
        claims["aud"] = json!(format!("{BASE}/cds-services/child-protection"));
        claims
    }

    pub(super) fn hook_token(&self) -> String {
        self.key.sign(&header(), &self.hook_claims())
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert_eq!(headers[header::CACHE_CONTROL], "no-store", "whatever the answer is");
        Answer { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    pub(super) async fn form(&self, path: &str, token: &str, fields: &[(&str, &str)]) -> Answer {
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    pub(super) async fn json(&self, path: &str, token: &str, body: &Value) -> Answer {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    pub(super) async fn get(&self, path: &str, token: Option<&str>) -> Answer {
        let mut request = Request::get(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// The answer to an assertion.
    pub(super) async fn ask_token(&self, assertion: &str, scope: &str) -> Answer {
        let fields = [
            ("grant_type", "client_credentials"),
            ("scope", scope),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion),
        ];
        self.form("/fhir/token", "none", &fields).await
    }

    /// An access token of these scopes.
    pub(super) async fn token(&self, scope: &str) -> String {
        let assertion = self.key.sign(&header(), &self.claims());
        let answer = self.ask_token(&assertion, scope).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// A search for flags with these fields.
    pub(super) async fn flags(&self, fields: &[(&str, &str)]) -> Answer {
        let token = self.token(BOTH).await;
        self.form("/fhir/Flag/_search", &token, fields).await
    }
}

/// Both nodes up to date: this on the council's register, Ada among the trust's people.
pub(super) async fn served(entries: Vec<RegisterEntry>) -> TwoNodes {
    let nodes = TwoNodes::start().await;
    *nodes.council.ground.source.register.lock() = Some(entries);
    let pas = &nodes.trust.ground.source;
    pas.add(person(pas, "T1", &ada()), Vec::new());
    nodes.settle().await;
    nodes
}

/// What the trust's FHIR surface is given at that address, with a system registered in this role under these keys.
pub(super) fn services_at(nodes: &TwoNodes, role: &str, keys: &Value, base: &str) -> FhirServices {
    let trust = &nodes.trust;
    let agency = &trust.ground.agency;
    assert_eq!(agency.id.as_str(), TRUST);
    let system = System::new(
        &agency.id,
        CLIENT.parse().unwrap(),
        "Emergency department system",
        role.parse().unwrap(),
    );
    let keys = KeySet::parse(keys.to_string().as_bytes()).unwrap();
    let client = Client { system, keys, issuer: Some(ISSUER.to_owned()) };
    FhirServices {
        agency: agency.clone(),
        agreements: trust.agreements.clone(),
        check: trust.check.clone(),
        identify: trust.identify.clone(),
        clients: Clients::new([client]).unwrap(),
        clock: trust.ground.clock.clone(),
        entropy: trust.ground.entropy.clone(),
        base_url: base.parse().unwrap(),
    }
}

fn rand_id() -> u128 {
    let mut bytes = [0; 16];
    ring::rand::SecureRandom::fill(&SystemRandom::new(), &mut bytes).unwrap();
    u128::from_be_bytes(bytes)
}

/// What an `OperationOutcome` among a bundle's entries says first: its coded answer, severity, and text.
pub(super) fn told(bundle: &Value) -> (String, String, String) {
    let entries = bundle["entry"].as_array().unwrap();
    let outcome = entries.iter().find(|entry| entry["search"]["mode"] == "outcome").unwrap();
    let issue = &outcome["resource"]["issue"][0];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let answer = &issue["details"]["coding"][0]["code"];
    (text(answer), text(&issue["severity"]), text(&issue["details"]["text"]))
}

/// The resources that match.
pub(super) fn matches(bundle: &Value) -> Vec<&Value> {
    let entries = bundle["entry"].as_array().unwrap().iter();
    entries.filter(|entry| entry["search"]["mode"] == "match").collect()
}
