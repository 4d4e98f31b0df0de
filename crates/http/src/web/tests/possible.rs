//! Several possible children, and a number that belongs to another name.

use axum::http::StatusCode;

use super::{
    browser::between,
    pages::{check, named, nurse},
    world::children::{self, nhs},
};

#[tokio::test]
async fn one_of_several_possible_children_is_chosen_by_a_handle_that_says_nothing() {
    let (_council, _trust, mut browser) = nurse().await;
    let page = browser.post("/check", &named("C", "Twinn", ["7", "8", "2020"])).await;
    assert!(page.says("kinfold-answer--several"), "{}", page.html);
    assert!(page.says("TWINN, Cleo") && page.says("TWINN, Cora"));
    for hidden in page.html.split("type=\"hidden\"").skip(1) {
        let field = hidden.split('>').next().unwrap();
        assert!(!field.contains("lac-") && !field.contains("Twinn"), "{field}");
    }
    let cleo_first = page.html.find("Cleo").unwrap() < page.html.find("Cora").unwrap();
    let handle = page.handle().to_owned();
    let chosen = browser.post("/check", &[("handle", &handle), ("choice", "0")]).await;
    assert_eq!(chosen.heading(), "Looked after by the council");
    assert!(chosen.says(if cleo_first { "TWINN, Cleo" } else { "TWINN, Cora" }));
    let gone = browser.post("/check", &[("handle", &handle), ("choice", "9")]).await;
    assert_eq!(gone.status, StatusCode::GONE);
}

#[tokio::test]
async fn more_possible_children_than_stand_there_are_told_and_a_closer_search_is_asked_for() {
    let (_council, trust, mut browser) = nurse().await;
    for n in 20..40 {
        let mut change = children::register().remove(2);
        change.entry.id = format!("lac-{n}").parse().unwrap();
        change.entry.subject.nhs_number = Some(nhs(n));
        trust.register.apply(change, b"");
    }
    let page = browser.post("/check", &named("C", "Twinn", ["7", "8", "2020"])).await;
    assert_eq!(page.heading(), "More than 8 possible children: narrow the search");
    assert!(page.says("not all who fit stand here"), "{}", page.html);
}

#[tokio::test]
async fn what_tells_possible_children_apart_stands_out_and_nothing_more_is_shown() {
    let (_council, _trust, mut browser) = nurse().await;
    let page = browser.post("/check", &named("C", "Twinn", ["7", "8", "2020"])).await;
    assert!(page.says("They differ in:</strong> First names, NHS number"), "{}", page.html);
    let card = between(&page.html, "kinfold-possible", "</article>").unwrap();
    for (row, differs) in
        [("First names", true), ("NHS number", true), ("Date of birth", false), ("Sex", false)]
    {
        let start = card.find(&format!("<dt>{row}")).unwrap();
        let class = &card[..start][card[..start].rfind("<div").unwrap()..];
        assert_eq!(class.contains("kinfold-trait--differs"), differs, "{row} in {card}");
    }
    assert!(card.contains("You entered <bdi>C</bdi>"), "{card}");
    for hidden in ["Test Street", "S60 1AA", "Imani", "Neglect", "Maria", "Test Primary"] {
        assert!(!page.says(hidden), "{hidden} is not for this step");
    }
}

#[tokio::test]
async fn a_number_with_another_name_is_on_the_register_and_opens_nothing_unconfirmed() {
    let (_council, _trust, mut browser) = nurse().await;
    let number = nhs(1).digits();
    let mut fields = named("Zebedee", "Xylophone", ["31", "12", "2008"]);
    fields.push(("nhs_number", &number));
    let page = browser.post("/check", &fields).await;
    assert_eq!(page.heading(), "On the register: this number, another name");
    assert!(page.says("O&#x27;BRIEN") && page.says("Child protection plan"));
    let first = between(&page.html, "kinfold-possible", "</article>").unwrap();
    assert!(first.contains("The number that you entered is this child’s"), "{first}");
    assert!(page.says("You entered <bdi>Zebedee</bdi>"), "{}", page.html);
    assert!(page.says("You entered <bdi>31 December 2008"), "{}", page.html);
    for closed in ["Imani", "Neglect", "Maria", "Open the pooled view"] {
        assert!(!page.says(closed), "{closed} before it is confirmed");
    }
    let handle = page.handle().to_owned();
    let choice = [("handle", handle.as_str()), ("choice", "0")];
    for path in ["/check", "/view"] {
        let unconfirmed = browser.post(path, &choice).await;
        assert_eq!(unconfirmed.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(!unconfirmed.says("Imani") && !unconfirmed.says("BRIEN"), "{path}");
    }
    let confirmed = [choice[0], choice[1], ("confirmed", "0")];
    let page = browser.post("/check", &confirmed).await;
    assert_eq!(page.heading(), "On a child protection plan");
    assert!(page.says("This number, another name") && page.says("Imani"), "the warning stays");
}

#[tokio::test]
async fn a_plan_that_ended_is_not_said_to_be_on_the_register_under_another_name() {
    let (_council, _trust, mut browser) = nurse().await;
    let number = nhs(2).digits();
    let mut fields = named("Zebedee", "Xylophone", ["31", "12", "2008"]);
    fields.push(("nhs_number", &number));
    let page = browser.post("/check", &fields).await;
    assert_eq!(page.heading(), "Recently ended: this number, another name");
    assert!(page.says("Child protection plan, ended 3 March 2026"), "{}", page.html);
}

#[tokio::test]
async fn the_end_of_a_plan_is_said_once() {
    let (_council, _trust, mut browser) = nurse().await;
    let page = check(&mut browser, 2).await;
    assert_eq!(page.html.matches("3 March 2026").count(), 1, "{}", page.html);
}
