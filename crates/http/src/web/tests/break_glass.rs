//! Breaking the glass: what it opens, for whom, and what is left behind of it.

use axum::http::StatusCode;
use kinfold_service::records::{AskKind, Entry};

use super::{
    browser::{Browser, Page, between},
    pages::CARE,
    step_up::at,
    world::{
        self, Node,
        children::nhs,
        staff::{PIN, Person},
    },
};

const WHY: &str = "The father has taken the child and nobody answers the telephone";

/// What the node's ledger says of broken glass: intents and disclosures.
fn broken(node: &Node) -> Vec<Entry> {
    let ledger = node.core.journal.ledger();
    let entries = (0..ledger.size()).filter_map(|n| node.core.journal.read(n).unwrap());
    let about_glass = |entry: &Entry| match entry {
        Entry::Intent(intent) => intent.glass.is_some(),
        Entry::Disclosure(told) => told.glass.is_some(),
        _ => false,
    };
    entries.filter(about_glass).collect()
}

async fn view(browser: &mut Browser, n: u32) -> Page {
    browser.post("/view", &[("nhs_number", &nhs(n).digits()), CARE]).await
}

/// Says why, and proves that it is this person.
async fn breaks(node: &Node, (person, browser): (&Person, &mut Browser), handle: &str) -> Page {
    let asked = browser.post("/view/break-glass", &[("handle", handle), ("reason", WHY)]).await;
    assert_eq!(asked.heading(), "Break the glass", "{}", asked.html);
    assert!(asked.says("Code from your token") && !asked.says(WHY), "{}", asked.html);
    let code = node.next_code(&person.token).expose().to_string();
    let typed = [("handle", handle), ("asked", "1"), ("pin", PIN), ("code", &code)];
    browser.post("/view/break-glass", &typed).await
}

#[tokio::test]
async fn a_nurse_opens_what_is_withheld_for_a_reason_and_both_ledgers_have_it_before_she_sees_it() {
    let (council, trust) = world::pair().await;
    let (person, mut nurse, _) = at(&trust, "ed-clinician").await;
    let page = view(&mut nurse, 1).await;
    assert!(page.says("Break the glass") && page.says("social care summary of Ashmoor Council"));
    assert!(!page.says("Completed") && !page.says("id=\"social-care-summary\""));
    let handle = page.handle().to_owned();
    let form = nurse.post("/view/break-glass", &[("handle", &handle)]).await;
    assert!(form.says("A sealed child stays sealed") && form.says("Why it can not wait"));
    assert!(broken(&trust).is_empty());

    let page = breaks(&trust, (&person, &mut nurse), &handle).await;
    assert_eq!(page.heading(), "Pooled view", "{}", page.html);
    for words in ["You broke the glass", WHY, "Completed", "clause 9.1", "clause 4.1"] {
        assert!(page.says(words), "{words} in {}", page.html);
    }
    assert!(!page.says("NEVER SHOWN"), "sensitive stays closed");
    assert!(!page.says("If the child may come to serious harm"), "it is open already");
    let [Entry::Intent(intent)] = &broken(&trust)[..] else { panic!("one intent") };
    let [Entry::Disclosure(told)] = &broken(&council)[..] else { panic!("one disclosure") };
    assert_eq!((intent.kind, told.kind), (AskKind::BreakGlass, AskKind::BreakGlass));
    assert_eq!(intent.glass, told.glass);
    assert_eq!(intent.glass.as_ref().unwrap().reason.expose(), WHY);
    assert!(!format!("{intent:?}{told:?}").contains(WHY));

    // Back to the page before, with another code: the reason was good for one opening.
    let code = trust.next_code(&person.token).expose().to_string();
    let typed = [("handle", &*handle), ("asked", "1"), ("pin", PIN), ("code", &code)];
    let back = nurse.post("/view/break-glass", &typed).await;
    assert!(back.says("Why it can not wait") && !back.says("Completed"), "{}", back.html);
    assert_eq!(broken(&trust).len(), 1);
    let again = nurse.post("/view", &[("handle", page.handle())]).await;
    assert!(!again.says("Completed"), "the glass is whole again: {}", again.html);
    trust.follower.catch_up().await.unwrap();
    assert!(nurse.get("/looks").await.says("Glass broken"));
}

#[tokio::test]
async fn governance_of_both_agencies_reviews_it_by_name_and_once() {
    let (council, trust) = world::pair().await;
    let (person, mut nurse, _) = at(&trust, "ed-clinician").await;
    let handle = view(&mut nurse, 1).await.handle().to_owned();
    breaks(&trust, (&person, &mut nurse), &handle).await;
    for (node, own) in [(&trust, true), (&council, false)] {
        node.follower.catch_up().await.unwrap();
        let (_, mut governance, _) = at(node, "information-governance").await;
        let page = governance.get("/broken-glass").await;
        let opened = "to open: Address, Social care summary of Ashmoor Council";
        let shown = "Shown: Address, Social care summary of Ashmoor Council";
        assert_eq!(page.says(shown), own, "{}", page.html);
        for words in ["Kim ed-clinician", WHY, opened, "1 waits for a review", &*nhs(1).expose()] {
            assert!(page.says(words), "{words} in {}", page.html);
        }
        let place = between(&page.html, "name=\"place\" value=\"", "\"").unwrap().to_owned();
        let short = [("place", &*place), ("words", "fine"), ("finding", "justified")];
        let page = governance.post("/broken-glass/review", &short).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("Say it in 10 to 500 characters") && page.says(">fine</textarea>"));
        let words = ("words", "Rang the nurse: nobody answered at night");
        let found = [("place", &*place), words, ("finding", "justified")];
        node.follower.catch_up().await.unwrap();
        let page = governance.post("/broken-glass/review", &found).await;
        assert_eq!(page.location(), "/broken-glass");
        node.follower.catch_up().await.unwrap();
        let page = governance.get("/broken-glass").await;
        for words in ["Justified:", "nobody answered at night", "Kim information-governance"] {
            assert!(page.says(words), "{words} in {}", page.html);
        }
        assert!(page.says("None waits for a review") && !page.says("name=\"place\""));
        node.follower.catch_up().await.unwrap();
        let twice = governance.post("/broken-glass/review", &found).await;
        assert!(twice.says("It was reviewed before"), "{}", twice.html);
        let (_, mut nurse, _) = at(node, "operator").await;
        assert_eq!(nurse.get("/broken-glass").await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn nothing_is_opened_without_a_reason_or_by_a_role_that_no_clause_names() {
    let (council, trust) = world::pair().await;
    let (_, mut nurse, used) = at(&trust, "ed-clinician").await;
    let handle = view(&mut nurse, 1).await.handle().to_owned();
    let page = nurse.post("/view/break-glass", &[("handle", &handle), ("reason", "urgent")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("Say it in 10 to 500 characters") && page.says(">urgent</textarea>"));
    // A code alone, with no reason said before, leads back to the reason.
    let typed = [("handle", &*handle), ("asked", "1"), ("pin", PIN), ("code", &used)];
    let page = nurse.post("/view/break-glass", &typed).await;
    assert!(page.says("Why it can not wait"), "{}", page.html);

    let (_, mut colleague, _) = at(&trust, "ed-clinician").await;
    let page = colleague.post("/view/break-glass", &[("handle", &handle)]).await;
    assert_eq!(page.status, StatusCode::GONE, "a handle is its own session's");
    let enquiry = ("purpose", "child-protection-enquiry");
    let (_, mut worker, _) = at(&council, "social-worker").await;
    let page = worker.post("/view", &[("nhs_number", &nhs(1).digits()), enquiry]).await;
    assert!(!page.says("Break the glass"), "{}", page.html);
    let page = worker.post("/view/break-glass", &[("handle", page.handle())]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(broken(&trust).is_empty() && broken(&council).is_empty());
}

#[tokio::test]
async fn a_sealed_child_is_not_opened_by_breaking_the_glass() {
    let (_council, trust) = world::pair().await;
    let (person, mut nurse, _) = at(&trust, "ed-clinician").await;
    let page = view(&mut nurse, 5).await;
    assert!(!page.says("Break the glass"), "it is not offered: {}", page.html);
    let handle = page.handle().to_owned();
    let page = breaks(&trust, (&person, &mut nurse), &handle).await;
    assert!(page.says("sealed records desk") && !page.says("id=\"address\""), "{}", page.html);
    assert!(!page.says("id=\"social-care-summary\""), "{}", page.html);
}
