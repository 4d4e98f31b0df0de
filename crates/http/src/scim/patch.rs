//! A change of a user (RFC 7644, section 3.5.2): its operations are carried out on the user as it reads now, and what comes of that is
//! how the employee is to stand.

use serde_json::{Map, Value};

use super::{
    user::{SCHEMA, get},
    wrong::Wrong,
};

/// The most operations of one change.
const MOST: usize = 50;
/// What can be changed; `roles` and `name` in place of `userType` and `displayName`.
const KNOWN: [&str; 9] = [
    "active",
    "displayName",
    "emails",
    "externalId",
    "name",
    "roles",
    "title",
    "userName",
    "userType",
];
/// What RFC 7643 has for a user (sections 3.1 and 4.1), and Kinfold does not keep.
const UNKEPT: [&str; 17] = [
    "schemas",
    "id",
    "meta",
    "nickName",
    "profileUrl",
    "preferredLanguage",
    "locale",
    "timezone",
    "password",
    "phoneNumbers",
    "ims",
    "photos",
    "addresses",
    "groups",
    "entitlements",
    "x509Certificates",
    "manager",
];
/// Each is another way of saying its neighbour: what is said last counts.
const ALIASES: [(&str, &str); 2] = [("displayName", "name"), ("userType", "roles")];

/// What has come of a change.
pub(super) struct Patched {
    /// The user after all operations that can be carried out.
    pub(super) user: Map<String, Value>,
    /// What is wrong with the first one that can't: nothing of the change counts then but that somebody is to leave.
    pub(super) wrong: Option<Wrong>,
}

/// Carries the operations out, in their order.
pub(super) fn patched(mut user: Map<String, Value>, sent: &Map<String, Value>) -> Patched {
    let operations = match operations(sent) {
        Ok(operations) => operations,
        Err(wrong) => return Patched { user, wrong: Some(wrong) },
    };
    let carried = operations.iter().map(|operation| {
        let operation = operation.as_object().ok_or_else(|| syntax("an operation is an object"))?;
        carry_out(&mut user, operation)
    });
    // All of them are gone through, whichever is wrong.
    let wrong = carried.collect::<Vec<_>>().into_iter().find_map(Result::err);
    Patched { user, wrong }
}

fn operations(sent: &Map<String, Value>) -> Result<&Vec<Value>, Wrong> {
    let operations = get(sent, "Operations").and_then(Value::as_array);
    let operations = operations.filter(|all| !all.is_empty() && all.len() <= MOST);
    operations.ok_or_else(|| syntax(format!("Operations is a list of 1 to {MOST}")))
}

fn carry_out(user: &mut Map<String, Value>, operation: &Map<String, Value>) -> Result<(), Wrong> {
    let op = get(operation, "op").and_then(Value::as_str).unwrap_or_default().to_lowercase();
    let value = get(operation, "value");
    let path = match get(operation, "path") {
        None => None,
        Some(Value::String(path)) => Some(path.as_str()),
        Some(_) => return Err(bad_path("")),
    };
    match (op.as_str(), path, value) {
        ("add" | "replace", Some(path), Some(value)) => put(user, path, value.clone()),
        ("add" | "replace", None, Some(Value::Object(values))) => {
            // As in a whole user, `displayName` goes before `name`: here by coming last.
            let goes_before =
                |path: &str| ALIASES.iter().any(|(one, _)| one.eq_ignore_ascii_case(path));
            let (last, first): (Vec<_>, Vec<_>) =
                values.iter().partition(|(path, _)| goes_before(path));
            let all = first.into_iter().chain(last);
            let put = |(path, value): (&String, &Value)| put(user, path, value.clone());
            all.map(put).collect::<Vec<_>>().into_iter().collect()
        }
        ("remove", Some(path), _) => put(user, path, Value::Null),
        ("remove", None, _) => Err(Wrong::new("noTarget", "a remove says of which path")),
        ("add" | "replace", ..) => Err(Wrong::value("an operation has a value")),
        _ => Err(syntax("op is add, replace or remove")),
    }
}

/// Puts a value at `title`, `name.formatted`, `emails[type eq "work"].value` and the like. There is one e-mail address and one role, so
/// whichever is picked out is that one.
fn put(user: &mut Map<String, Value>, path: &str, value: Value) -> Result<(), Wrong> {
    let Some(plain) = of_users(path) else { return Ok(()) };
    let (name, part) = split(plain).ok_or_else(|| bad_path(path))?;
    if UNKEPT.iter().any(|unkept| unkept.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    let name = KNOWN.into_iter().find(|known| known.eq_ignore_ascii_case(name));
    let name = name.ok_or_else(|| bad_path(path))?;
    if name == "userName" && !same_text(user.get(name), &value) {
        return Err(Wrong::for_good());
    }
    if name == "active" && value.is_null() {
        return Err(Wrong::new("mutability", "active is true or false"));
    }
    let value = match (name, part.map(str::to_lowercase).as_deref()) {
        (_, None) => value,
        ("emails" | "roles", Some("value")) => Value::Array(vec![value]),
        // Whether it is the primary one, and of which kind, does not matter where there is one.
        ("emails" | "roles", Some("primary" | "type" | "display")) => return Ok(()),
        ("name", Some("formatted")) => {
            Value::Object(Map::from_iter([("formatted".to_owned(), value)]))
        }
        _ => return Err(bad_path(path)),
    };
    for (one, other) in ALIASES {
        for (said, unsaid) in [(one, other), (other, one)] {
            if name == said {
                user.remove(unsaid);
            }
        }
    }
    user.insert(name.to_owned(), value);
    Ok(())
}

/// An attribute's name, and the part behind it; what stands in brackets is left out.
fn split(path: &str) -> Option<(&str, Option<&str>)> {
    let (name, rest) = match path.find('[') {
        Some(open) => {
            let close = path.rfind(']').filter(|close| *close > open)?;
            (path.get(..open)?, path.get(close + 1..)?)
        }
        None => path.split_at(path.find('.').unwrap_or(path.len())),
    };
    match rest {
        "" => Some((name, None)),
        rest => Some((name, Some(rest.strip_prefix('.')?))),
    }
}

/// The path within a user; none where it is an extension's.
fn of_users(path: &str) -> Option<&str> {
    if starts_with(path, SCHEMA) {
        return path.get(SCHEMA.len()..).map(|rest| rest.trim_start_matches(':'));
    }
    (!starts_with(path, "urn:")).then_some(path)
}

fn starts_with(path: &str, start: &str) -> bool {
    path.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

fn same_text(one: Option<&Value>, other: &Value) -> bool {
    let text = |value: &Value| value.as_str().map(str::to_lowercase);
    one.and_then(text) == text(other)
}

/// Of a path only the attribute's name is repeated: a filter within it may hold somebody's address.
fn bad_path(path: &str) -> Wrong {
    let path = of_users(path).unwrap_or_default();
    let name: String = path.chars().take_while(char::is_ascii_alphanumeric).take(40).collect();
    let text = format!("nothing is kept at a path like {name:?}; known: {}", KNOWN.join(", "));
    Wrong::new("invalidPath", text)
}

fn syntax(text: impl Into<String>) -> Wrong {
    Wrong::new("invalidSyntax", text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        let Value::Object(object) = value else { panic!("no object") };
        object
    }

    fn patch(operation: Value) -> Result<Value, Wrong> {
        let user = object(json!({
            "userName": "a.nurse", "displayName": "A Nurse", "userType": "ed-clinician", "active": true,
        }));
        let sent = Map::from_iter([("Operations".to_owned(), Value::Array(vec![operation]))]);
        let Patched { user, wrong } = patched(user, &sent);
        wrong.map_or(Ok(Value::Object(user)), Err)
    }

    #[test]
    fn whatever_way_a_change_is_written_it_says_the_same() {
        for (operation, attribute, expected) in [
            (
                json!({ "op": "Replace", "path": "active", "value": "False" }),
                "active",
                json!("False"),
            ),
            (json!({ "op": "replace", "value": { "active": false } }), "active", json!(false)),
            (
                json!({ "op": "add", "path": format!("{SCHEMA}:Title"), "value": "Sister" }),
                "title",
                json!("Sister"),
            ),
            (
                json!({ "op": "replace", "path": "name.formatted", "value": "B" }),
                "name",
                json!({ "formatted": "B" }),
            ),
            (
                json!({ "op": "replace", "path": "roles[primary eq true].value", "value": "x" }),
                "roles",
                json!(["x"]),
            ),
            (
                json!({ "op": "add", "path": "emails[type eq \"work\"].value", "value": "a@b.example" }),
                "emails",
                json!(["a@b.example"]),
            ),
            (json!({ "op": "remove", "path": "displayName" }), "displayName", Value::Null),
        ] {
            assert_eq!(patch(operation).unwrap()[attribute], expected, "{attribute}");
        }
    }

    #[test]
    fn of_two_ways_to_say_a_thing_the_last_counts() {
        let user = patch(json!({ "op": "replace", "path": "roles", "value": [{ "value": "x" }] }))
            .unwrap();
        assert!(user.get("userType").is_none());
        let both =
            json!({ "displayName": "A. Nurse", "name": { "givenName": "A", "familyName": "N" } });
        let user = patch(json!({ "op": "replace", "value": both })).unwrap();
        assert!(user["displayName"] == "A. Nurse" && user.get("name").is_none());
        let user =
            patch(json!({ "op": "replace", "path": "name.formatted", "value": "B" })).unwrap();
        assert!(user.get("displayName").is_none());
    }

    #[test]
    fn whatever_else_is_wrong_with_a_change_it_still_says_who_leaves() {
        for operations in [
            json!([{ "op": "replace", "path": "shoeSize", "value": 9 }, { "op": "replace", "path": "active", "value": false }]),
            json!([{ "op": "replace", "value": { "active": false, "shoeSize": 9 } }]),
            json!([{ "op": "replace", "value": { "shoeSize": 9, "userName": "other", "active": false } }]),
        ] {
            let user = object(json!({ "userName": "a.nurse", "active": true }));
            let Patched { user, wrong } =
                patched(user, &object(json!({ "Operations": operations })));
            assert!(wrong.is_some() && user["active"] == false, "{operations}");
        }
    }

    #[test]
    fn what_is_of_another_schema_is_left_unread_and_anything_else_is_refused_with_its_word() {
        let foreign = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
        for unkept in [foreign, "phoneNumbers[type eq \"work\"].value", "nickName"] {
            assert!(
                patch(json!({ "op": "add", "path": unkept, "value": "A&E" })).is_ok(),
                "{unkept}"
            );
        }
        for (operation, word) in [
            (json!({ "op": "replace", "path": "shoeSize", "value": 9 }), "invalidPath"),
            (json!({ "op": "replace", "path": "name.givenName", "value": "B" }), "invalidPath"),
            (json!({ "op": "replace", "path": "emails[type", "value": "B" }), "invalidPath"),
            (json!({ "op": "replace", "path": "userName", "value": "b.nurse" }), "mutability"),
            (json!({ "op": "remove", "path": "active" }), "mutability"),
            (json!({ "op": "remove" }), "noTarget"),
            (json!({ "op": "replace", "path": "title" }), "invalidValue"),
            (json!({ "op": "dance", "path": "title", "value": "x" }), "invalidSyntax"),
            (json!("replace"), "invalidSyntax"),
        ] {
            let refused = patch(operation.clone());
            assert!(matches!(refused, Err(Wrong { kind, .. }) if kind == word), "{operation}");
        }
    }
}
