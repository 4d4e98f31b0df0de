//! A trust's node, and the personnel system that tells it of employees.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use jiff::SignedDuration;
use kinfold_domain::UserName;
use kinfold_service::{
    System,
    ports::Clock,
    records::{Asker, Entry},
    sign_in::{SessionSecret, SignInError},
    staff::{NewEmployee, Personnel},
    testing::TwoNodes,
};
use kinfold_token::{Code, CodePair, Generator, Pin};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::scim::{ScimServices, Token, router};

pub(super) const TOKEN: &str = "5cd5a3f2a9c84e1fb0a74b6f1f5d2c3e";
pub(super) const BASE: &str = "https://kinfold.trust.example/";
pub(super) const USERS: &str = "/scim/v2/Users";
const PIN: &str = "804713";

/// The node, and its way in for the personnel system.
pub(super) struct World {
    pub(super) nodes: TwoNodes,
    pub(super) router: Router,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) json: Value,
}

/// An employee whose PIN and token the test knows.
pub(super) struct Person {
    pub(super) user_name: UserName,
    token: Generator,
}

/// What the trust's surface is given at that address; the personnel system gives the role of clinicians and that of receptionists.
pub(super) fn services_at(nodes: &TwoNodes, base: &str) -> ScimServices {
    let (trust, name) = (&nodes.trust, "scim".parse().unwrap());
    let role = "personnel-system".parse().unwrap();
    let system = System::new(&trust.ground.agency.id, name, "Personnel system, over SCIM", role);
    let roles = ["ed-clinician", "receptionist"].map(|role| role.parse().unwrap());
    let staff = Arc::clone(&trust.staff);
    let personnel = Personnel::new(staff, Asker::from(system.named()), roles.into());
    ScimServices { personnel, token: Token::parse(TOKEN).unwrap(), base_url: base.parse().unwrap() }
}

/// A nurse as a personnel system describes one.
pub(super) fn nurse(user_name: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": user_name,
        "externalId": "X-7",
        "displayName": "Nia Testperson",
        "title": "Staff nurse",
        "userType": "ed-clinician",
        "emails": [{ "value": "nia@trust.example", "type": "work", "primary": true }],
        "active": true,
    })
}

/// One operation of a change.
pub(super) fn replace(path: &str, value: impl Into<Value>) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "replace", "path": path, "value": value.into() }],
    })
}

impl World {
    pub(super) async fn start() -> Self {
        let nodes = TwoNodes::start().await;
        let router = router(services_at(&nodes, BASE));
        Self { nodes, router }
    }

    /// Sends as whoever has the token does.
    pub(super) async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {TOKEN}"))
            .header(header::CONTENT_TYPE, "application/scim+json");
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.knock(request.body(body).unwrap()).await
    }

    pub(super) async fn knock(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        assert_eq!(headers[header::CACHE_CONTROL], "no-store", "whatever the answer is");
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        Answer { status, headers, json }
    }

    /// Adds somebody; the address of what came of it.
    pub(super) async fn joined(&self, user: &Value) -> String {
        let answer = self.send("POST", USERS, Some(user)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json);
        let place = answer.headers[header::LOCATION].to_str().unwrap();
        format!("/{}", place.strip_prefix(BASE).unwrap())
    }

    /// Somebody of this role whom an operator added, with a PIN of their own and a token.
    pub(super) async fn employed(&self, user_name: &str, role: &str) -> Person {
        let (staff, user_name) = (&self.nodes.trust.staff, user_name.parse::<UserName>().unwrap());
        let new = NewEmployee {
            user_name: user_name.clone(),
            name: "Joan Testperson".to_owned(),
            job_title: "Nurse".to_owned(),
            role: role.parse().unwrap(),
            email: None,
        };
        staff.add(new, &PIN.parse::<Pin>().unwrap().choose().unwrap()).await.unwrap();
        let uri = staff.issue_token(&user_name).await.unwrap().uri;
        let token = Generator::new(uri.seed(), uri.parameters());
        let codes = CodePair::new(self.next_code(&token), self.next_code(&token));
        staff.confirm_token(&user_name, &codes).await.unwrap();
        Person { user_name, token }
    }

    pub(super) async fn sign_in(&self, person: &Person) -> Result<SessionSecret, SignInError> {
        let code = self.next_code(&person.token);
        let pin = PIN.parse::<Pin>().unwrap();
        self.nodes.trust.sign_in.sign_in(&person.user_name, pin, code).await
    }

    /// Whether what somebody opened is open still.
    pub(super) async fn stands(&self, session: &SessionSecret) -> bool {
        self.nodes.trust.sign_in.caller(session).await.is_ok()
    }

    /// Where the personnel system finds somebody.
    pub(super) async fn found(&self, user_name: &UserName) -> Option<String> {
        let path = format!("{USERS}?filter=userName%20eq%20%22{user_name}%22");
        let answer = self.send("GET", &path, None).await;
        let id = answer.json["Resources"].as_array().unwrap().first()?["id"].clone();
        Some(format!("{USERS}/{}", id.as_str().unwrap()))
    }

    /// What the ledger says of accounts, and who did it.
    pub(super) fn said(&self) -> Vec<(String, Vec<String>)> {
        let entries = self.nodes.trust.entries(0).into_iter();
        let said = entries.filter_map(|entry| match entry {
            Entry::Staff { what, by, .. } => {
                Some((what, by.iter().map(|by| by.user_name.to_string()).collect()))
            }
            _ => None,
        });
        said.collect()
    }

    fn next_code(&self, token: &Generator) -> Code {
        let clock = &self.nodes.trust.ground.clock;
        self.nodes.advance(SignedDuration::from_secs(8).as_secs());
        token.code_at(clock.now())
    }
}
