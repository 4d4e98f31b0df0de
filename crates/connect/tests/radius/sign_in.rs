//! What somebody who types a PIN and a code is told.

use kinfold_radius::{Code, Kind};
use kinfold_service::{records::Entry, sign_in::SignInError};

use crate::vpn::{PIN, Vpn, secret, sign_in, user};

const WRONG: &str = "The user name, PIN or code is not right, or the code was already used. Wait for the next code and try again.";

#[tokio::test]
async fn a_pin_with_the_code_behind_it_is_accepted_and_recorded_without_either() {
    let vpn = Vpn::start().await;
    let concentrator = vpn.concentrator().await;
    let typed = vpn.right().await;
    assert_eq!(concentrator.types("Nurse", &typed).await.code, Code::AccessAccept);
    assert_eq!(vpn.recorded(), ["radius radius:vpn-1"]);
    let entries = vpn.nodes.trust.entries(0);
    let signed_in = entries.iter().rev().find(|entry| matches!(entry, Entry::SignedIn { .. }));
    let told = format!("{:?}", signed_in.unwrap());
    assert!(!told.contains(PIN) && !told.contains(&typed[6..]), "{told}");
    assert_eq!(vpn.state().clients[0].accepted, 1);
    assert!(vpn.state().clients[0].last.is_some());
}

#[tokio::test]
async fn a_wrong_pin_a_wrong_code_a_strange_name_and_nonsense_get_one_answer() {
    let vpn = Vpn::start().await;
    let concentrator = vpn.concentrator().await;
    let code = vpn.code().await;
    for (user, typed) in [
        ("nurse", format!("111222{code}")),
        ("nurse", format!("{PIN}000000")),
        ("nobody", format!("{PIN}{code}")),
        ("nurse", "correct horse battery".to_owned()),
        ("nurse", "123".to_owned()),
        ("nurse", String::new()),
        ("no user name!", format!("{PIN}{code}")),
    ] {
        let told = concentrator.types(user, &typed).await;
        assert_eq!((told.code, told.words.as_str()), (Code::AccessReject, WRONG), "{user}");
    }
    assert_eq!(vpn.recorded(), ["wrong radius:vpn-1"; 7]);
}

#[tokio::test]
async fn a_code_is_good_once_for_the_vpn_and_the_page_together() {
    let vpn = Vpn::start().await;
    let (concentrator, page) = (vpn.concentrator().await, sign_in(&vpn.nodes.trust));
    let on_page = async |code: String| {
        page.sign_in(&user(), PIN.parse().unwrap(), code.parse().unwrap()).await
    };
    let typed = vpn.right().await;
    assert_eq!(concentrator.types("nurse", &typed).await.code, Code::AccessAccept);
    assert_eq!(concentrator.types("nurse", &typed).await.words, WRONG);
    assert!(matches!(on_page(vpn.code().await).await, Err(SignInError::Refused)));

    vpn.nodes.advance(8);
    assert!(on_page(vpn.code().await).await.is_ok());
    assert_eq!(concentrator.types("nurse", &vpn.right().await).await.words, WRONG);
    let [radius, again, page_again, page, last] = &vpn.recorded()[..] else {
        panic!("{:?}", vpn.recorded())
    };
    assert_eq!([radius, page], ["radius radius:vpn-1", "sign-in"]);
    assert_eq!([again, last], ["replayed radius:vpn-1"; 2]);
    assert_eq!(page_again, "replayed");
}

#[tokio::test]
async fn a_pin_alone_is_asked_for_its_code_whether_it_is_right_or_not() {
    let vpn = Vpn::start().await;
    let concentrator = vpn.concentrator().await;
    for (user, pin, outcome) in [
        ("nurse", PIN, Code::AccessAccept),
        ("nurse", "111222", Code::AccessReject),
        ("nobody", PIN, Code::AccessReject),
    ] {
        vpn.nodes.advance(8);
        let asked = concentrator.types(user, pin).await;
        assert_eq!(asked.code, Code::AccessChallenge, "{user}");
        assert_eq!(asked.words, "Enter the code that your token shows now.");
        let state = asked.state.unwrap();
        let told = concentrator.answers(user, &vpn.code().await, &state).await;
        assert_eq!(told.code, outcome, "{user} {pin}");
        vpn.nodes.advance(8);
        let again = concentrator.answers(user, &vpn.code().await, &state).await;
        assert_eq!(again.words, "The code came too late, or was sent twice. Sign in again.");
    }
    let [accepted, late, wrong, ..] = &vpn.recorded()[..] else { panic!() };
    assert_eq!([accepted, late], ["radius radius:vpn-1", "late radius:vpn-1"]);
    assert_eq!((wrong.as_str(), vpn.state().clients[0].challenged), ("wrong radius:vpn-1", 3));
}

#[tokio::test]
async fn without_challenges_a_pin_alone_is_refused() {
    let vpn = Vpn::with(|config| config.clients[0].challenge = false).await;
    let told = vpn.concentrator().await.types("nurse", PIN).await;
    assert_eq!((told.code, told.words.as_str()), (Code::AccessReject, WRONG));
}

#[tokio::test]
async fn misses_slow_and_lock_as_on_the_page_and_say_so() {
    let vpn = Vpn::start().await;
    let concentrator = vpn.concentrator().await;
    for _ in 0..3 {
        concentrator.types("nurse", &format!("{PIN}000000")).await;
    }
    let told = concentrator.types("nurse", &vpn.right().await).await;
    assert!(told.words.starts_with("Too many wrong tries: wait "), "{}", told.words);
    for _ in 0..8 {
        vpn.nodes.advance(300);
        concentrator.types("nurse", &format!("{PIN}000000")).await;
    }
    vpn.nodes.advance(300);
    let told = concentrator.types("nurse", &vpn.right().await).await;
    let locked = "This account is locked after too many wrong tries: ring your operator.";
    assert_eq!((told.code, told.words.as_str()), (Code::AccessReject, locked));
    assert_eq!(vpn.recorded().last().unwrap(), "locked radius:vpn-1");
}

#[tokio::test]
async fn who_has_left_gets_in_no_more() {
    let vpn = Vpn::start().await;
    vpn.nodes.trust.ground.staff.disable(vpn.employee().await);
    let told = vpn.concentrator().await.types("nurse", &vpn.right().await).await;
    assert_eq!((told.code, told.words.as_str()), (Code::AccessReject, WRONG));
}

#[tokio::test]
async fn a_door_for_other_roles_stays_shut_and_spends_the_code() {
    let only = vec!["operator".parse().unwrap()];
    let vpn = Vpn::with(|config| config.clients[0].roles = Some(only)).await;
    let concentrator = vpn.concentrator().await;
    let typed = vpn.right().await;
    let told = concentrator.types("nurse", &typed).await;
    assert_eq!(told.code, Code::AccessReject);
    assert_eq!(told.words, "This way in is not for your role: ring your operator.");
    assert_eq!(concentrator.types("nurse", &typed).await.words, WRONG);
    assert_eq!(vpn.recorded(), ["role radius:vpn-1", "replayed radius:vpn-1"]);
}

#[tokio::test]
async fn nobody_gets_in_when_the_ledger_is_down() {
    let vpn = Vpn::start().await;
    let concentrator = vpn.concentrator().await;
    vpn.nodes.trust.break_ledger().await;
    let told = concentrator.types("nurse", &vpn.right().await).await;
    let failed = "Sign-in is not possible at present: ring your operator.";
    assert_eq!((told.code, told.words.as_str()), (Code::AccessReject, failed));
}

#[tokio::test]
async fn another_way_than_pap_is_refused_with_what_to_do() {
    let vpn = Vpn::start().await;
    let concentrator = vpn.concentrator().await;
    let (ask, asked) = concentrator.access("nurse");
    let told = concentrator.ask(ask.with(Kind(3), &[1; 17]), asked).await;
    assert_eq!(told.words, "This VPN must be set to PAP: ring your operator.");
    assert_eq!(vpn.recorded(), ["not-pap radius:vpn-1"]);
}

#[tokio::test]
async fn what_else_a_request_says_is_left_aside_and_any_length_gets_an_answer() {
    let vpn = Vpn::start().await;
    let concentrator = vpn.concentrator().await;
    let (ask, asked) = concentrator.access("nurse");
    let ask = ask.with(Kind(32), b"vpn-1.trust.example").with(Kind(4), &[127, 0, 0, 1]);
    let told = concentrator.ask(ask.password(vpn.right().await.as_bytes(), &secret()), asked).await;
    assert_eq!(told.code, Code::AccessAccept);
    for length in [24, 25, 127, 128] {
        let told = concentrator.types("nurse", &"1".repeat(length)).await;
        assert_eq!((told.code, told.words.as_str()), (Code::AccessReject, WRONG), "{length}");
        vpn.nodes.advance(300);
    }
}
