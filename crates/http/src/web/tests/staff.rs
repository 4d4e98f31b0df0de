//! The pages of employees, of one's own PIN, and of a lock that two people open.

use axum::http::StatusCode;
use kinfold_service::ports::Clock;
use kinfold_token::{CodePair, Generator};

use super::{
    browser::{Browser, Page},
    world::{self, Node, staff::PIN},
};

/// The six digits that a page shows once.
fn pin_on(page: &Page) -> String {
    let shown =
        page.html.split("kinfold-secret\">").nth(1).unwrap_or_else(|| panic!("{}", page.html));
    shown.chars().take_while(char::is_ascii_digit).collect()
}

async fn equip(trust: &Node, user_name: &str) -> Generator {
    let uri = trust.staff.issue_token(&user_name.parse().unwrap()).await.unwrap().uri;
    let token = Generator::new(uri.seed(), uri.parameters());
    let codes = CodePair::new(trust.next_code(&token), trust.next_code(&token));
    trust.staff.confirm_token(&user_name.parse().unwrap(), &codes).await.unwrap();
    token
}

#[tokio::test]
async fn a_new_employee_chooses_a_pin_of_their_own_before_anything_else_opens() {
    let trust = world::trust().await;
    let mut operator = Browser::signed_in(&trust, "operator").await;
    assert!(operator.get("/staff").await.says("1 work here"));
    let fields = [
        ("user_name", "nina.new"),
        ("name", "Nina Testperson"),
        ("job_title", "Nurse"),
        ("role", "ed-clinician"),
        ("email", "no address"),
    ];
    let page = operator.post("/staff/add", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("Enter an e-mail address like") && page.says("Nina Testperson"));
    let pin = pin_on(&operator.post("/staff/add", &fields[..4]).await);
    assert!(operator.post("/staff/add", &fields[..4]).await.says("never reused"));

    let boss = trust.employ("operator").await;
    let second = trust.employ("ed-clinician").await;
    let mut keeper = Browser::at(&trust);
    keeper.sign_in(&trust, &boss).await;
    let form = keeper.post("/staff/ticket", &[("holder", "nina.new")]).await;
    assert!(form.says("The second person") && !form.says("There is a problem"));
    let own = trust.next_code(&boss.token).expose().to_string();
    let theirs = trust.next_code(&second.token).expose().to_string();
    let both = [
        ("holder", "nina.new"),
        ("asked", "yes"),
        ("pin", PIN),
        ("code", &own),
        ("user_name", second.user_name.as_str()),
        ("second_pin", PIN),
        ("second_code", &theirs),
    ];
    let page = keeper.post("/staff/ticket", &both).await;
    assert!(page.says("Tell nina.new this code"), "{}", page.html);
    let again = keeper.post("/staff/ticket", &both).await;
    assert!(again.says("was not let in"), "a code vouches once");

    let token = equip(&trust, "nina.new").await;
    let mut nurse = Browser::at(&trust);
    let code = trust.next_code(&token).expose().to_string();
    let typed = [("user_name", "nina.new"), ("pin", pin.as_str()), ("code", &code)];
    assert_eq!(nurse.post("/sign-in", &typed).await.location(), "/");
    for path in ["/", "/check", "/department"] {
        assert_eq!(nurse.get(path).await.location(), "/pin", "{path}");
    }
    let refused = nurse.post("/check", &[("nhs_number", "9990000018")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let choose = async |nurse: &mut Browser, one: &str, two: &str| {
        nurse.post("/pin", &[("new_pin", one), ("again", two)]).await
    };
    assert!(choose(&mut nurse, "12", "12").await.says("6 to 16 digits"));
    assert!(choose(&mut nurse, "730518", "730519").await.says("the same PIN twice"));
    assert!(choose(&mut nurse, "123456", "123456").await.says("guessed first"));
    assert!(choose(&mut nurse, &pin, &pin).await.says("choose another one"));
    assert_eq!(choose(&mut nurse, "730518", "730518").await.location(), "/");
    assert_eq!(nurse.get("/check").await.status, StatusCode::OK);

    let code = trust.next_code(&token).expose().to_string();
    let change = [("pin", "730518"), ("code", &code), ("new_pin", PIN), ("again", PIN)];
    assert!(nurse.get("/pin").await.says("Prove the old PIN"));
    assert_eq!(nurse.post("/pin", &change).await.location(), "/sign-in");
    assert_eq!(nurse.get("/check").await.location(), "/sign-in");
}

#[tokio::test]
async fn a_leaver_is_out_at_once_and_nobody_ends_or_moves_themselves() {
    let trust = world::trust().await;
    let boss = trust.employ("operator").await;
    let mut operator = Browser::at(&trust);
    operator.sign_in(&trust, &boss).await;
    let nurse = trust.employ("ed-clinician").await;
    let mut at_work = Browser::at(&trust);
    at_work.sign_in(&trust, &nurse).await;
    let name = ("user_name", nurse.user_name.as_str());
    let page = operator.post("/staff/one", &[name]).await;
    assert!(page.says("Another job") && page.says("Has left") && page.says("in use"));
    let wrong = [name, ("what", "moved"), ("job_title", "Worker"), ("role", "social-worker")];
    let page = operator.post("/staff/change", &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("knows no role"), "{}", page.html);
    let reviewed = operator.post("/staff/change", &[name, ("what", "reviewed")]).await;
    assert_eq!(reviewed.status, StatusCode::BAD_REQUEST, "reviewing is governance's");
    operator.post("/staff/change", &[name, ("what", "left")]).await;
    assert_eq!(at_work.get("/check").await.location(), "/sign-in");
    assert!(operator.post("/staff", &[("show", "left")]).await.says("Kim ed-clinician"));
    let own = [("user_name", boss.user_name.as_str()), ("what", "left")];
    let page = operator.post("/staff/change", &own).await;
    assert!(page.says("Nobody does this for themselves"), "{}", page.html);
    let back = [name, ("what", "back"), ("job_title", "Sister"), ("role", "ed-clinician")];
    let page = operator.post("/staff/change", &back).await;
    assert_eq!(pin_on(&page).len(), 6);
    assert!(at_work.get("/staff").await.location() == "/sign-in");
}

#[tokio::test]
async fn governance_reviews_everybody_each_quarter_and_clinicians_see_no_accounts() {
    let trust = world::trust().await;
    let nurse = trust.employ("ed-clinician").await;
    let lead = trust.employ("information-governance").await;
    let mut governance = Browser::at(&trust);
    governance.sign_in(&trust, &lead).await;
    assert!(governance.get("/staff").await.says("0 to be reviewed"));
    trust.core.clock.pass(jiff::SignedDuration::from_hours(24 * 92));
    let mut governance = Browser::at(&trust);
    governance.sign_in(&trust, &lead).await;
    let page = governance.get("/staff").await;
    assert!(page.says("2 to be reviewed by 30 September 2026"), "{}", page.html);
    assert!(!page.says("Add an employee"));
    let name = ("user_name", nurse.user_name.as_str());
    let page = governance.post("/staff/one", &[name]).await;
    assert!(page.says("Still works here") && !page.says("Another PIN"), "{}", page.html);
    let page = governance.post("/staff/change", &[name, ("what", "reviewed")]).await;
    assert!(page.says("Reviewed") && !page.says("Still works here"), "{}", page.html);
    assert!(governance.post("/staff", &[("show", "due")]).await.says("1 to be reviewed"));
    let mut clinician = Browser::at(&trust);
    clinician.sign_in(&trust, &nurse).await;
    assert_eq!(clinician.get("/staff").await.status, StatusCode::FORBIDDEN);
    assert_eq!(clinician.post("/staff/one", &[name]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(clinician.post("/staff/change", &[name]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_locked_token_says_so_and_two_people_open_it_on_the_page() {
    let trust = world::trust().await;
    let (boss, sister) = (trust.employ("operator").await, trust.employ("ed-clinician").await);
    let nurse = trust.employ("ed-clinician").await;
    let mut operator = Browser::at(&trust);
    operator.sign_in(&trust, &boss).await;
    let mut stranger = Browser::at(&trust);
    for _ in 0..12 {
        trust.core.clock.pass(jiff::SignedDuration::from_secs(1_000));
        let typed =
            [("user_name", nurse.user_name.as_str()), ("pin", "111222"), ("code", "000000")];
        stranger.post("/sign-in", &typed).await;
    }
    operator.sign_in(&trust, &boss).await;
    let page = operator.post("/tokens/find", &[("find", nurse.user_name.as_str())]).await;
    let serial = page.html.split("name=\"serial\" value=\"").nth(1).unwrap();
    let serial = serial.split('"').next().unwrap().to_owned();
    let page = operator.post("/tokens/token", &[("serial", &serial)]).await;
    assert!(page.says("ten wrong tries in a row"), "{}", page.html);
    let form = operator.post("/tokens/unlock", &[("serial", &serial)]).await;
    assert!(form.says("The second person") && !form.says("There is a problem"));
    let own = trust.next_code(&boss.token).expose().to_string();
    let second = trust.next_code(&sister.token).expose().to_string();
    let both = [
        ("serial", serial.as_str()),
        ("asked", "yes"),
        ("pin", PIN),
        ("code", &own),
        ("user_name", sister.user_name.as_str()),
        ("second_pin", PIN),
        ("second_code", &second),
    ];
    let page = operator.post("/tokens/unlock", &both[..4]).await;
    assert!(page.says("The second person enters their PIN"), "{}", page.html);
    let page = operator.post("/tokens/unlock", &both).await;
    assert!(!page.says("Unlock, with a second person"), "{}", page.html);
    // What the token showed while it was locked is spent.
    trust.core.clock.pass(jiff::SignedDuration::from_secs(60));
    let mut nurses = Browser::at(&trust);
    assert_eq!(nurses.sign_in(&trust, &nurse).await.location(), "/");
}

#[tokio::test]
async fn a_token_that_is_refused_is_found_again_on_a_page_that_tells_nothing() {
    let trust = world::trust().await;
    let nurse = trust.employ("ed-clinician").await;
    let mut browser = Browser::at(&trust);
    assert!(browser.get("/resync").await.says("Find a token again"));
    trust.core.clock.pass(jiff::SignedDuration::from_secs(60));
    let later = |seconds: i64| {
        let at = trust.core.clock.now() + jiff::SignedDuration::from_secs(1_200 + seconds);
        nurse.token.code_at(at).expose().to_string()
    };
    let name = nurse.user_name.as_str();
    let nobody = [("user_name", "nobody"), ("pin", PIN), ("first", "123456"), ("second", "654321")];
    let unknown = browser.post("/resync", &nobody).await;
    let wrong = [("user_name", name), ("pin", "111222"), ("first", "123456"), ("second", "654321")];
    let refused = browser.post("/resync", &wrong).await;
    assert_eq!(
        (unknown.status, refused.status),
        (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED)
    );
    assert_eq!(unknown.html.replace("nobody", name), refused.html);
    let (first, second) = (later(0), later(8));
    let right = [("user_name", name), ("pin", PIN), ("first", &first), ("second", &second)];
    let soon = browser.post("/resync", &right).await;
    assert_eq!(soon.status, StatusCode::TOO_MANY_REQUESTS);
    trust.core.clock.pass(jiff::SignedDuration::from_secs(301));
    let (first, second) = (later(0), later(8));
    let right = [("user_name", name), ("pin", PIN), ("first", &first), ("second", &second)];
    assert!(browser.post("/resync", &right).await.says("Your token is found again"));
    trust.core.clock.pass(jiff::SignedDuration::from_secs(60));
    let code = later(0);
    let typed = [("user_name", name), ("pin", PIN), ("code", &code)];
    assert_eq!(browser.post("/sign-in", &typed).await.location(), "/");
}
