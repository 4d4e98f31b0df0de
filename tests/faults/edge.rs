//! What comes in at the edge.

use std::{thread::sleep, time::Duration};

use kinfold_sample::StoryKey;

use crate::{
    browser::{Browser, code, pin},
    stage::Stage,
};

const PURPOSE: (&str, &str) = ("purpose", "direct-care-unscheduled");

#[test]
fn bad_details_are_told_field_by_field_and_every_real_name_is_taken() {
    let stage = Stage::running("details");
    let nurse = Browser::signed_in(&stage, "trust", "nina.nurse", 0);
    let check = |fields: &[(&str, &str)]| {
        let fields: Vec<_> = [PURPOSE].iter().chain(fields).copied().collect();
        nurse.post("/check", &fields)
    };
    let number = stage.child(StoryKey::OnPlan).nhs_number.expect("a number").expose();
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let last = if digits.ends_with('0') { "1" } else { "0" };
    let wrong = format!("{}{last}", &digits[..9]);
    check(&[("nhs_number", &wrong)]).must(422, "A digit of this NHS number is wrong.");
    check(&[("nhs_number", "999")]).must(422, "NHS number must be 10 digits");
    check(&born("Stone", "Ada", ["30", "2", "2019"])).must(422, "there is no such day");
    check(&born("Stone", "Ada", ["1", "1", "2190"])).must(422, "must be today or in the past");
    check(&[]).must(422, "Enter an NHS number, or a name and date of birth");

    for (family, given) in [
        ("O’Neill-D'Arcy", "Siân"),
        ("Łukasiewicz", "Żaneta"),
        ("الخطيب", "فاطمة"),
        ("כהן", "נועה"),
        ("<script>alert(1)</script>", "'; DROP TABLE people; --"),
    ] {
        let page = check(&born(family, given, ["31", "3", "2019"]));
        assert!(page.status == 200, "{family}: {} {}", page.status, page.text());
        assert!(!page.body.contains("<script>alert"), "{family}");
    }
    check(&born("Nobodyatall", "Zebedee", ["31", "3", "2019"])).must(200, "Not on these registers");
    let page = nurse.view(&stage.child(StoryKey::NotOnRegister));
    page.must(200, "Pooled view");
    let huge = "a".repeat(5 * 1024 * 1024);
    let page = check(&born(&huge, "Ada", ["31", "3", "2019"]));
    page.must(413, "What you sent is too large");
    check(&born("Nobodyatall", "Zebedee", ["31", "3", "2019"])).must(200, "Not on these registers");
}

fn born<'a>(family: &'a str, given: &'a str, date: [&'a str; 3]) -> [(&'a str, &'a str); 5] {
    let [day, month, year] = date;
    [
        ("family", family),
        ("given", given),
        ("birth_day", day),
        ("birth_month", month),
        ("birth_year", year),
    ]
}

#[test]
fn a_wrong_pin_a_wrong_code_and_an_unknown_name_get_one_answer_and_a_code_opens_once() {
    let mut stage = Stage::set("sign-in");
    stage.serve("trust");
    let (nurse, mut browser) = ("nina.nurse", Browser::at(&stage, "trust"));
    let good = code(&stage, nurse, 0);
    assert_eq!(browser.sign_in(nurse, pin(nurse), &good).status, 303);
    browser.get("/passkeys").must(200, "127.0.0.1");
    let refused = "The user name, PIN or code is not right, or the code was already used.";

    let mut other = Browser::at(&stage, "trust");
    let replayed = other.sign_in(nurse, pin(nurse), &good);
    replayed.must(401, refused);
    assert_eq!(other.secret(), "");
    let nobody = other.sign_in("nobody.atall", pin(nurse), &good);
    nobody.must(401, refused);

    let greta = "greta.infogov";
    let wrong_pin = other.sign_in(greta, "000000", &code(&stage, greta, 0));
    wrong_pin.must(401, refused);
    sleep(Duration::from_secs(8));
    let shown = code(&stage, greta, 0);
    let wrong = if shown.starts_with('0') { "1" } else { "0" };
    let wrong_code = other.sign_in(greta, pin(greta), &format!("{wrong}{}", &shown[1..]));
    wrong_code.must(401, refused);
    assert_eq!(wrong_pin.body, wrong_code.body);
    assert_eq!(nobody.body.replace("nobody.atall", greta), wrong_pin.body);
}

#[test]
fn tries_are_slowed_from_the_third_wrong_one_on() {
    let mut stage = Stage::set("slowed");
    stage.serve("trust");
    let mut browser = Browser::at(&stage, "trust");
    let mut slowed = Vec::new();
    for _ in 0..5 {
        let page = browser.sign_in("nina.nurse", "000000", "000000");
        match page.retry_after() {
            Some(seconds) => {
                page.must(429, "Too many wrong tries: wait");
                slowed.push(seconds);
            }
            None => page.must(401, "is not right"),
        }
    }
    assert!(slowed.len() >= 2, "of five wrong tries at once {} were slowed", slowed.len());
    // The right PIN and code have to wait, too.
    let page = browser.sign_in("nina.nurse", pin("nina.nurse"), &code(&stage, "nina.nurse", 0));
    assert!(page.status == 429 && browser.secret().is_empty(), "{}", page.text());
}
