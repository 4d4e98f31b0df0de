//! The pooled view: what stands where, what is said once, and what is never silent.

use std::sync::atomic::Ordering;

use jiff::SignedDuration;
use kinfold_domain::AsAt;
use kinfold_service::ports::Clock;

use super::{
    browser::{Browser, Page, between},
    pages::{CARE, check, named, nurse},
    world::children::nhs,
};

async fn view(browser: &mut Browser, n: u32) -> Page {
    browser.post("/view", &[("nhs_number", &nhs(n).digits()), CARE]).await
}

/// Where these words begin on the page.
fn place(page: &Page, words: &str) -> usize {
    page.html.find(words).unwrap_or_else(|| panic!("{words} in {}", page.html))
}

/// The HTML of a section.
fn section<'a>(page: &'a Page, id: &str) -> &'a str {
    between(&page.html, &format!("<section class=\"kinfold-section\" id=\"{id}\""), "</section>")
        .unwrap_or_else(|| panic!("no section {id} in {}", page.html))
}

#[tokio::test]
async fn the_pooled_view_names_each_agency_source_age_and_clause() {
    let (_council, _trust, mut browser) = nurse().await;
    let answer = check(&mut browser, 1).await;
    let handle = answer.handle().to_owned();
    let page = browser.post("/view", &[("handle", &handle), CARE]).await;
    assert_eq!(page.heading(), "Pooled view");
    for words in [
        "Northmoor NHS Trust",
        "Ashmoor Council",
        "system “pas”",
        "system “case-system”",
        "as at today at 14:0",
        "Child in need",
        "Fall &lt;from&gt; a swing",
        "Penicillin",
        "clause 6.1",
        "clause 4.1",
        "Withheld",
        "1 March 2026 at 10:00",
        "20 May 2026 at 22:30",
    ] {
        assert!(page.says(words), "{words} in {}", page.html);
    }
    assert!(page.html.find("20 May 2026").unwrap() < page.html.find("1 March 2026").unwrap());
    assert!(!page.says("NEVER SHOWN"), "a clause closes the sensitive category");
    assert!(!page.says("Completed"), "the council tells a nurse no social care summary");
    assert!(page.says("Ask for another purpose"));
}

#[tokio::test]
async fn a_partner_that_is_down_and_a_source_that_fails_are_named_with_whom_to_ring() {
    let (_council, trust, mut browser) = nurse().await;
    trust.link.down.store(true, Ordering::Relaxed);
    trust.holdings.source.broken.store(true, Ordering::Relaxed);
    let page = browser.post("/view", &[("nhs_number", &nhs(1).digits()), CARE]).await;
    for words in [
        "Could not be asked",
        "could not be reached",
        "copy of its register",
        "tel:01632960700",
        "Its system “pas” is missing",
        "Child protection plan",
    ] {
        assert!(page.says(words), "{words} in {}", page.html);
    }
}

#[tokio::test]
async fn one_of_this_agencys_own_people_is_chosen_by_place() {
    let (_council, _trust, mut browser) = nurse().await;
    let page = browser.post("/view", &named("Gil", "Same", ["2", "2", "2016"])).await;
    if page.says("Choose the right one below") {
        let handle = page.handle().to_owned();
        let chosen = browser.post("/view", &[("handle", &handle), ("choice", "0")]).await;
        assert!(chosen.says("Northmoor NHS Trust, system “pas”"), "{}", chosen.html);
    } else {
        assert!(
            page.says("Knows the child"),
            "the matcher may take the two for one: {}",
            page.html
        );
    }
}

#[tokio::test]
async fn whom_to_ring_and_what_has_happened_come_first_and_the_machinery_last() {
    let (_council, _trust, mut browser) = nurse().await;
    let page = view(&mut browser, 1).await;
    let order = [
        "kinfold-identity",
        "id=\"register\"",
        "Ring now",
        "id=\"contact\"",
        "id=\"attendances\"",
        "id=\"involvement\"",
        "id=\"health-summary\"",
        "id=\"household\"",
        "id=\"demographics\"",
        "id=\"answered\"",
        "data-took-us=\"",
    ];
    let places: Vec<usize> = order.iter().map(|words| place(&page, words)).collect();
    assert!(places.is_sorted(), "{order:?} stand at {places:?}");
    assert!(page.says("<details class=\"nhsuk-details\">"), "nothing is missing: it is folded");
    assert!(!page.says("Something is missing"));
    let withheld = between(&page.html, "kinfold-withheld", "</p>").unwrap();
    assert!(place(&page, "kinfold-withheld") < place(&page, "id=\"register\""));
    assert!(withheld.contains("Sensitive of Ashmoor Council"), "{withheld}");
    assert!(withheld.contains("tel:01632960100"), "whom to ring about it: {withheld}");
}

#[tokio::test]
async fn what_several_sources_say_alike_is_said_once_and_names_them_all() {
    let (_council, _trust, mut browser) = nurse().await;
    let page = view(&mut browser, 1).await;
    let register = section(&page, "register");
    assert_eq!(register.matches("Child protection plan").count(), 1, "{register}");
    assert!(register.contains("system “register”") && register.contains("system “case-system”"));
    assert!(!register.contains("sources differ"), "{register}");
    let contact = section(&page, "contact");
    assert_eq!(contact.matches("Key worker: Imani Test").count(), 1, "{contact}");
    assert_eq!(contact.matches("GP: Dr Test").count(), 1, "told by both agencies: {contact}");
    assert!(contact.contains("Northmoor NHS Trust, system") && contact.contains("clause 6.1"));
    let household = section(&page, "household");
    assert_eq!(household.matches("Mother: Maria O&#x27;Brien").count(), 1, "{household}");
    assert!(!household.contains("MARIA"), "the better-written name is shown: {household}");
    assert_eq!(household.matches("kinfold-fact__source").count(), 3, "{household}");
    assert!(household.contains("does not say: Date of birth"), "{household}");
}

#[tokio::test]
async fn what_sources_tell_differently_stands_side_by_side() {
    let (_council, _trust, mut browser) = nurse().await;
    let page = view(&mut browser, 1).await;
    let address = section(&page, "address");
    assert!(!page.says("2 Other Street"), "a clause closes the council's address to nurses");
    assert!(address.contains("1 Test Street") && !address.contains("sources differ"), "{address}");
    let contact = section(&page, "contact");
    assert!(contact.contains("Its sources differ: Telephone"), "{contact}");
    assert!(contact.contains("01632 960222") && contact.contains("01632 960444"), "{contact}");
}

#[tokio::test]
async fn codes_do_not_stand_in_the_way_of_words() {
    let (_council, _trust, mut browser) = nurse().await;
    let page = view(&mut browser, 1).await;
    let health = section(&page, "health-summary");
    assert!(health.contains("Allergy: Penicillin") && !health.contains("snomed.info"), "{health}");
    assert!(health.contains("SNOMED CT 91936005"), "{health}");
}

#[tokio::test]
async fn the_number_that_answers_at_this_hour_is_marked_whatever_is_missing() {
    let (_council, trust, mut browser) = nurse().await;
    trust.link.down.store(true, Ordering::Relaxed);
    for (hours, first) in [(0, "01632960100"), (5, "01632960199")] {
        trust.core.clock.pass(SignedDuration::from_hours(hours));
        trust.register.confirm(Some(AsAt(trust.core.clock.now())), None);
        if hours > 0 {
            browser = Browser::signed_in(&trust, "ed-clinician").await;
        }
        let page = view(&mut browser, 77).await;
        let away = between(&page.html, "kinfold-agency--unreachable", "</section>").unwrap();
        let now = between(away, "Ring now", "</li>").unwrap();
        assert!(now.contains(first), "after {hours} hours: {away}");
        assert_eq!(away.matches("Ring now").count(), 1, "{away}");
        assert!(page.says("<details class=\"nhsuk-details\" open>"), "{}", page.html);
    }
}

#[tokio::test]
async fn a_sealed_child_is_one_clear_sentence() {
    let (_council, _trust, mut browser) = nurse().await;
    let page = view(&mut browser, 5).await;
    assert_eq!(page.html.matches("S-0123456789").count(), 1, "{}", page.html);
    assert_eq!(page.html.matches("Ring the ").count(), 1, "{}", page.html);
    assert!(page.says("Ring the Ashmoor sealed records desk of Ashmoor Council on "));
    assert!(!page.says("Dora") && !page.says("Test Street"));
    let answer = check(&mut browser, 5).await;
    assert_eq!(answer.html.matches("S-0123456789").count(), 1, "{}", answer.html);
    assert_eq!(answer.html.matches("Ring the ").count(), 1, "{}", answer.html);
}

#[tokio::test]
async fn candidates_show_what_tells_them_apart() {
    let (_council, _trust, mut browser) = nurse().await;
    let page = browser.post("/view", &named("Gil", "Same", ["2", "2", "2016"])).await;
    if page.says("kinfold-possible") {
        assert!(page.says("They differ in:</strong> NHS number"), "{}", page.html);
    }
}
