//! What an open session alone does not do: somebody may have left it.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use kinfold_service::records::Entry;

use super::{
    browser::{Browser, DOWNLOADS, Page},
    pages::CARE,
    strangers::{Anew, proved},
    world::{
        self, Node,
        children::nhs,
        staff::{PIN, Person},
    },
};

/// Somebody of this role, and the browser in which they are signed in by the code that is answered.
pub(super) async fn at(node: &Node, role: &str) -> (Person, Browser, String) {
    let person = node.employ(role).await;
    let mut browser = Browser::at(node);
    let code = node.next_code(&person.token).expose().to_string();
    let name = person.user_name.as_str();
    let page =
        browser.post("/sign-in", &[("user_name", name), ("pin", PIN), ("code", &code)]).await;
    assert_eq!(page.location(), "/", "{}", page.html);
    (person, browser, code)
}

/// The list of who looked at Ada, at the trust.
async fn listed(browser: &mut Browser) -> String {
    let number = nhs(1).digits();
    let review = [("nhs_number", &*number), ("purpose", "audit-review")];
    let page = browser.post("/who", &review).await;
    assert!(page.says("Save as a file"), "{}", page.html);
    page.handle().to_owned()
}

/// The handle of a view for which a reason was given already.
pub(super) async fn about_to_break_the_glass(browser: &mut Browser) -> String {
    let number = nhs(1).digits();
    let page = browser.post("/view", &[("nhs_number", &*number), CARE]).await;
    let handle = page.handle().to_owned();
    let reason = ("reason", "The father has taken the child");
    let page = browser.post("/view/break-glass", &[("handle", &*handle), reason]).await;
    assert!(page.says("Code from your token"), "{}", page.html);
    handle
}

fn is_file(page: &Page) -> bool {
    page.headers.contains_key("content-disposition")
}

/// What the ledger says of step-ups: for what, and by whom.
fn stepped_up(node: &Node) -> Vec<String> {
    let ledger = node.core.journal.ledger();
    let entries = (0..ledger.size()).filter_map(|n| node.core.journal.read(n).unwrap());
    let word = |entry| match entry {
        Entry::SignedIn { how, what_for, .. } if how == "step-up" => what_for,
        _ => None,
    };
    entries.filter_map(word).collect()
}

#[tokio::test]
async fn a_session_that_was_left_open_is_not_enough_for_any_route_that_takes_a_fresh_code() {
    let trust = world::trust().await;
    let (_, mut nurse, used) = at(&trust, "ed-clinician").await;
    let (_, mut operator, operators) = at(&trust, "operator").await;
    let (_, mut governance, governances) = at(&trust, "information-governance").await;
    let handle = listed(&mut governance).await;
    let glass = about_to_break_the_glass(&mut nurse).await;
    let holder = "ed-clinician.test";
    let serial = operator.post("/tokens/find", &[("find", holder)]).await;
    let serial = super::browser::between(&serial.html, "name=\"serial\" value=\"", "\"").unwrap();
    let mut tried = BTreeSet::new();
    for (path, anew) in proved() {
        let (browser, used) = match path {
            "/who/export" => (&mut governance, &governances),
            "/passkeys/add" | "/pin" | "/emergency-codes/make" | "/view/break-glass" => {
                (&mut nurse, &used)
            }
            _ => (&mut operator, &operators),
        };
        for (pin, code) in [("", ""), (PIN, &**used), ("730518", "000000")] {
            let fields = [
                ("handle", if path == "/view/break-glass" { &*glass } else { &*handle }),
                ("asked", "1"),
                ("holder", holder),
                ("employee", holder),
                ("subject", "787807429511"),
                ("serial", serial),
                ("hours", "8"),
                ("name", "Blue key"),
                ("new_pin", "618204"),
                ("again", "618204"),
                ("pin", pin),
                ("code", code),
                ("user_name", "information-governance.test"),
                ("second_pin", PIN),
                ("second_code", &*governances),
            ];
            let page = browser.post(path, &fields).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {}", page.html);
            assert!(page.says("There is a problem") && !is_file(&page), "{path}");
            assert_eq!(page.says("second person"), anew == Anew::TwoPeople, "{path}");
        }
        tried.insert(path);
    }
    assert_eq!(tried.len(), 9);
    assert!(stepped_up(&trust).is_empty());
}

#[tokio::test]
async fn who_looked_is_saved_as_a_file_with_a_fresh_code_and_the_ledger_says_by_whom_for_what() {
    let (council, trust) = world::pair().await;
    let mut nurse = Browser::signed_in(&trust, "ed-clinician").await;
    let number = nhs(1).digits();
    nurse.post("/check", &[("nhs_number", &number), ("purpose", "direct-care-unscheduled")]).await;
    let (person, mut governance, _) = at(&trust, "information-governance").await;
    trust.follower.catch_up().await.unwrap();
    council.follower.catch_up().await.unwrap();
    let handle = listed(&mut governance).await;
    let form = governance.post("/who/export", &[("handle", &handle)]).await;
    assert_eq!((form.status, form.heading()), (StatusCode::OK, "Save who looked as a file"));
    assert!(form.says("Code from your token") && !form.says("Kim ed-clinician"), "{}", form.html);

    let code = trust.next_code(&person.token).expose().to_string();
    let typed = [("handle", &*handle), ("asked", "1"), ("pin", PIN), ("code", &code)];
    let file = governance.post("/who/export", &typed).await;
    assert!(is_file(&file), "{}", file.html);
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"who-looked.csv\"");
    let rows: Vec<_> = csv::Reader::from_reader(file.html.as_bytes())
        .into_records()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!((&rows[0][0], rows[0][12].contains("NHS number")), ("asked", true));
    assert!(rows.iter().any(|row| &row[0] == "ledger" && row[12].contains(" entries")));
    assert!(rows.iter().any(|row| &row[5] == "Kim ed-clinician"), "{}", file.html);
    assert_eq!(stepped_up(&trust), ["export-who-looked"]);

    let again = governance.post("/who/export", &typed).await;
    assert!(!is_file(&again) && again.says("already used"), "{}", again.html);
    trust.follower.catch_up().await.unwrap();
    assert!(governance.get("/looks").await.says("Who looked was saved as a file"));
}

#[tokio::test]
async fn a_file_says_by_itself_that_it_is_not_complete() {
    let trust = world::trust().await;
    let (person, mut governance, _) = at(&trust, "information-governance").await;
    let handle = listed(&mut governance).await;
    trust.link.down.store(true, std::sync::atomic::Ordering::Relaxed);
    let code = trust.next_code(&person.token).expose().to_string();
    let typed = [("handle", &*handle), ("asked", "1"), ("pin", PIN), ("code", &code)];
    let file = governance.post("/who/export", &typed).await;
    assert!(is_file(&file) && file.says("Could not be asked. "), "{}", file.html);
    assert!(file.says("This list is not complete. "), "this node's own tables lag: {}", file.html);
}

#[tokio::test]
async fn nobody_exports_what_their_role_may_not_review_or_another_session_asked() {
    let trust = world::trust().await;
    let (_, mut governance, _) = at(&trust, "information-governance").await;
    let handle = listed(&mut governance).await;
    let (_, mut nurse, _) = at(&trust, "ed-clinician").await;
    let page = nurse.post("/who/export", &[("handle", &handle)]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let (_, mut colleague, _) = at(&trust, "information-governance").await;
    let page = colleague.post("/who/export", &[("handle", &handle)]).await;
    assert_eq!(page.status, StatusCode::GONE);
}

#[tokio::test]
async fn counts_are_the_only_file_that_takes_no_fresh_code() {
    let proved: BTreeSet<&str> = proved().into_iter().map(|(path, _)| path).collect();
    let plain: Vec<&str> = DOWNLOADS.into_iter().filter(|path| !proved.contains(path)).collect();
    assert_eq!(plain, ["/coverage.csv"]);
    let trust = world::trust().await;
    let (_, mut governance, _) = at(&trust, "information-governance").await;
    let file = governance.get("/coverage.csv").await;
    assert!(is_file(&file), "{}", file.html);
    assert!(!file.says("Ada") && !file.says("999"), "{}", file.html);
}
