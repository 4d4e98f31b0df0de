//! Joiners, movers, leavers: what each may open, from the moment at which the personnel system said so.

use axum::http::StatusCode;
use kinfold_service::{staff::Job, tokens::Listing};
use serde_json::json;

use super::world::{USERS, World, nurse, replace};

fn by_scim(what: &str) -> (String, Vec<String>) {
    (what.to_owned(), vec!["scim".to_owned()])
}

#[tokio::test]
async fn a_joiner_is_known_and_has_no_way_in() {
    let world = World::start().await;
    let place = world.joined(&nurse("A.Nurse")).await;
    let read = world.send("GET", &place, None).await.json;
    assert_eq!((&read["userName"], &read["active"]), (&json!("a.nurse"), &json!(true)));
    assert_eq!((&read["externalId"], &read["userType"]), (&json!("X-7"), &json!("ed-clinician")));
    assert_eq!(read["emails"], json!([{ "value": "nia@trust.example", "type": "work" }]));
    let name = "a.nurse".parse().unwrap();
    assert!(world.nodes.trust.staff.one(&name).await.unwrap().given_pin, "that nobody knows");
    let tokens = world.nodes.trust.inventory.list(&Listing::default()).await.unwrap();
    assert!(tokens.is_empty());
    assert_eq!(world.said(), [by_scim("account-added")]);
    let by_id = format!("{USERS}?filter=externalId%20eq%20%22X-7%22&attributes=userName");
    let list = world.send("GET", &by_id, None).await.json;
    assert_eq!((&list["totalResults"], &list["itemsPerPage"]), (&json!(1), &json!(1)));
    assert!(list["Resources"][0].get("title").is_none(), "only what was asked for");
}

#[tokio::test]
async fn a_leaver_has_no_session_and_no_way_in_from_that_moment() {
    let world = World::start().await;
    for (user_name, how) in [("a.nurse", "change"), ("b.nurse", "replacement"), ("c.nurse", "end")]
    {
        let person = world.employed(user_name, "ed-clinician").await;
        let session = world.sign_in(&person).await.unwrap();
        let place = world.found(&person.user_name).await.unwrap();
        let answer = match how {
            "change" => world.send("PATCH", &place, Some(&replace("active", "False"))).await,
            "replacement" => {
                // Whatever else of them can't be read.
                let user = json!({ "userName": "other", "userType": 7, "active": false });
                world.send("PUT", &place, Some(&user)).await
            }
            _ => world.send("DELETE", &place, None).await,
        };
        assert!(answer.status.is_success(), "{how}: {}", answer.json);
        assert!(!world.stands(&session).await, "{how}");
        assert!(world.sign_in(&person).await.is_err(), "{how}");
        assert!(world.nodes.trust.staff.one(&person.user_name).await.unwrap().left);
    }
    let said = world.said();
    assert_eq!(said.iter().filter(|line| **line == by_scim("left")).count(), 3);
    assert!(said.contains(&by_scim("withdrawn")));
}

#[tokio::test]
async fn nobody_who_is_to_leave_stays_because_something_else_is_wrong() {
    let world = World::start().await;
    let person = world.employed("a.nurse", "ed-clinician").await;
    let session = world.sign_in(&person).await.unwrap();
    let place = world.found(&person.user_name).await.unwrap();
    let change = json!({ "Operations": [
        { "op": "replace", "path": "shoeSize", "value": 9 },
        { "op": "replace", "path": "active", "value": false },
    ] });
    let answer = world.send("PATCH", &place, Some(&change)).await;
    assert_eq!(answer.json["scimType"], "invalidPath", "it is told");
    assert!(!world.stands(&session).await);
}

#[tokio::test]
async fn whoever_had_left_comes_back_only_where_that_is_said_and_without_a_way_in() {
    let world = World::start().await;
    let person = world.employed("a.nurse", "ed-clinician").await;
    let place = world.found(&person.user_name).await.unwrap();
    for _ in 0..2 {
        world.send("PATCH", &place, Some(&replace("active", false))).await;
    }
    let mut user = nurse("a.nurse");
    user.as_object_mut().unwrap().remove("active");
    let still = world.send("PUT", &place, Some(&user)).await;
    assert_eq!(still.json["active"], false);
    let back = world.send("PUT", &place, Some(&nurse("a.nurse"))).await;
    assert_eq!(
        (&back.json["active"], &back.json["displayName"]),
        (&json!(true), &json!("Nia Testperson"))
    );
    assert!(world.sign_in(&person).await.is_err(), "neither PIN nor token is what it was");
    let said = world.said();
    let times = |what: &str| said.iter().filter(|line| **line == by_scim(what)).count();
    assert_eq!((times("left"), times("came-back"), times("renamed")), (1, 1, 1), "{said:?}");
}

#[tokio::test]
async fn a_mover_sees_what_the_new_role_may_and_what_is_said_again_changes_nothing() {
    let world = World::start().await;
    let person = world.employed("a.nurse", "ed-clinician").await;
    let session = world.sign_in(&person).await.unwrap();
    let place = world.found(&person.user_name).await.unwrap();
    let moved = world.send("PATCH", &place, Some(&replace("title", "Sister"))).await;
    assert_eq!((moved.status, &moved.json["title"]), (StatusCode::OK, &json!("Sister")));
    assert!(!world.stands(&session).await);
    let session = world.sign_in(&person).await.unwrap();
    let before = world.nodes.trust.size();
    world.send("PATCH", &place, Some(&replace("title", "Sister"))).await;
    assert!(world.stands(&session).await && world.nodes.trust.size() == before);
    world.send("PATCH", &place, Some(&replace("displayName", "Joan Married"))).await;
    assert!(!world.stands(&session).await, "nothing is said under the old name any more");
}

#[tokio::test]
async fn a_role_that_operators_give_is_neither_given_nor_taken_and_its_owner_can_leave() {
    let world = World::start().await;
    let boss = world.employed("boss", "operator").await;
    let nurse = world.employed("a.nurse", "ed-clinician").await;
    for (person, role) in [(&boss, "ed-clinician"), (&nurse, "operator")] {
        let session = world.sign_in(person).await.unwrap();
        let place = world.found(&person.user_name).await.unwrap();
        let answer = world.send("PATCH", &place, Some(&replace("userType", role))).await;
        assert_eq!(answer.json["scimType"], "invalidValue", "{role}");
        assert!(world.stands(&session).await);
    }
    let place = world.found(&boss.user_name).await.unwrap();
    let renamed = world.send("PATCH", &place, Some(&replace("displayName", "Bo"))).await;
    assert_eq!(renamed.status, StatusCode::OK, "the rest of them can be said");
    world.send("PATCH", &place, Some(&replace("active", false))).await;
    let back = world.send("PATCH", &place, Some(&replace("active", true))).await;
    assert_eq!(back.json["scimType"], "invalidValue", "nor does it come back by itself");
    assert!(world.sign_in(&boss).await.is_err());
}

#[tokio::test]
async fn somebody_whom_the_personnel_system_deleted_is_its_again_once_they_are_back() {
    let world = World::start().await;
    let person = world.employed("a.nurse", "ed-clinician").await;
    let place = world.found(&person.user_name).await.unwrap();
    world.send("DELETE", &place, None).await;
    assert!(world.found(&person.user_name).await.is_none());
    let job = Job { title: "Sister".to_owned(), role: "ed-clinician".parse().unwrap() };
    world.nodes.trust.staff.come_back(&person.user_name, job, None).await.unwrap();
    let place = world.found(&person.user_name).await.unwrap();
    let left = world.send("PATCH", &place, Some(&replace("active", false))).await;
    assert_eq!(left.json["active"], false, "so that it can say when they leave");
}

#[tokio::test]
async fn an_employee_who_is_called_what_the_system_is_called_leaves_all_the_same() {
    let world = World::start().await;
    let person = world.employed("scim", "ed-clinician").await;
    let place = world.found(&person.user_name).await.unwrap();
    let left = world.send("PATCH", &place, Some(&replace("active", false))).await;
    assert_eq!(left.json["active"], false);
}
