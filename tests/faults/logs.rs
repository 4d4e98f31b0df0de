//! What the processes log.

use kinfold_sample::{StoryKey, agencies};

use crate::{
    browser::{Browser, code, pin},
    council_away::council_governance,
    stage::Stage,
};

#[test]
fn no_personal_value_and_no_secret_stands_in_any_log_however_much_is_logged() {
    let mut stage = Stage::set("logs");
    stage.trace();
    stage.start_all();
    let children = [StoryKey::OnPlan, StoryKey::SiblingOnPlan, StoryKey::Sealed];
    let mut values = Vec::new();
    for (node, user) in [
        ("trust", "nina.nurse"),
        ("trust", "greta.infogov"),
        ("council", "wendy.worker"),
        ("council", council_governance()),
    ] {
        let shown = code(&stage, user, 0);
        let mut browser = Browser::at(&stage, node);
        assert_eq!(browser.sign_in(user, pin(user), &shown).status, 303);
        for child in children.map(|key| stage.child(key)) {
            match user {
                "nina.nurse" => {
                    assert_eq!(browser.check(&child).status, 200);
                    assert_eq!(browser.view(&child).status, 200);
                }
                "wendy.worker" => assert_eq!(browser.view(&child).status, 200),
                _ => assert_eq!(browser.who(&child).status, 200),
            }
        }
        values.extend([shown, pin(user).to_owned(), browser.secret().to_owned()]);
        let employees = agencies().into_iter().flat_map(|agency| agency.employees.iter());
        let employee = employees.into_iter().find(|employee| employee.user_name == user);
        values.push(employee.expect("an employee").name.to_owned());
    }
    for key in children {
        values.extend(personal(&stage, key));
    }
    for what in ["hospital", "council", "trust"] {
        let log = stage.log(what).to_lowercase();
        assert!(what == "hospital" || log.contains("trace"), "{what} logs nothing");
        for value in &values {
            let found = log.lines().find(|line| says(line, &value.to_lowercase()));
            assert!(found.is_none(), "{what} logs {value}: {found:?}");
        }
    }
}

/// Whether a line says a value. Its own time is not what it says, and digits are said where they stand by themselves: six of them are in
/// many a microsecond.
fn says(line: &str, value: &str) -> bool {
    let said = line.split_once(' ').map_or(line, |(_time, said)| said);
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        said.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| word == value)
    } else {
        said.contains(value)
    }
}

/// Everything that stands for a child, as people and as programs write it.
fn personal(stage: &Stage, key: StoryKey) -> Vec<String> {
    let district = stage.district();
    let story = district.story(key).expect("a story");
    let mut values = Vec::new();
    let copies = district.clients.iter().chain(&district.patients);
    for copy in copies.filter(|copy| copy.resident == story.resident) {
        values.extend([copy.name.family().to_owned(), copy.name.given().to_owned()]);
        values.extend(copy.born.map(|born| born.expose().to_string()));
    }
    let subject = &story.ask;
    if let Some(number) = subject.nhs_number.map(kinfold_domain::NhsNumber::expose) {
        values.push(number.replace(' ', ""));
        values.push(number);
    }
    if let Some(postcode) = &subject.postcode {
        values.extend([postcode.expose().to_owned(), postcode.expose().replace(' ', "")]);
    }
    values.retain(|value| value.len() > 2);
    values
}
