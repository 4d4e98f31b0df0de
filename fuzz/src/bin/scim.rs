//! What a personnel system sends over SCIM: users, changes of them, filters.
//!
//! The surface's own modules, without the web server around them, which would only slow the fuzzer's build.
#![no_main]

#[path = "../../../crates/http/src/scim/filter.rs"]
#[allow(dead_code, reason = "the surface uses all of it")]
mod filter;
#[path = "../../../crates/http/src/scim/patch.rs"]
mod patch;
#[path = "../../../crates/http/src/scim/user.rs"]
mod user;
#[path = "../../../crates/http/src/scim/wrong.rs"]
mod wrong;

use filter::Filter;
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};
use user::Sent;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        match Filter::parse(text) {
            Ok(Filter::UserName(name)) => assert!(!name.as_str().contains('@')),
            Ok(Filter::External(id)) => assert!(id.len() < text.len()),
            Ok(Filter::Everybody) => unreachable!("a filter names somebody"),
            Ok(Filter::Nobody) => {}
            Err(wrong) => assert_eq!(wrong.kind, "invalidFilter"),
        }
    }
    let Ok(Value::Object(sent)) = serde_json::from_slice(bytes) else { return };
    read(&sent);
    let now = json!({ "userName": "a.nurse", "displayName": "N", "title": "T", "userType": "r", "active": true });
    let Value::Object(now) = now else { return };
    let patch::Patched { user, wrong } = patch::patched(now, &sent);
    assert!(!user["active"].is_null(), "somebody works here or has left");
    let name = user["userName"].as_str().map(str::to_lowercase);
    assert_eq!(name.as_deref(), Some("a.nurse"), "a user name is one person's");
    if let Some(wrong) = wrong {
        assert!(!wrong.text.is_empty(), "a refusal gives its reason");
    } else {
        read(&user);
    }
});

fn read(user: &Map<String, Value>) {
    let sent = Sent { user, known: None, roles: &[] };
    let read = sent.wanted().and_then(|wanted| Ok((wanted, sent.user_name()?)));
    match read {
        Ok((wanted, _)) => assert!(!wanted.name.expose().trim().is_empty()),
        Err(wrong) => assert!(!wrong.text.is_empty(), "a refusal gives its reason"),
    }
}
