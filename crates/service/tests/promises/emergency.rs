//! Emergency codes: made under a fresh code, each good once in place of a token's, and for nothing but getting in.

use std::sync::Arc;

use jiff::Timestamp;
use kinfold_service::{
    Caller,
    emergency::{
        Emergency, EmergencyCredentials, EmergencyError, FreshSheet, SheetLine, SheetWord,
    },
    ports::{Address, Clock, SheetStore, StaffStore, TokenId, TokenRow},
    records::{Asker, Entry},
    sign_in::{Credentials, SessionError, SessionSecret, SignIn, SignInError, StepUp, SteppedUp},
    staff::Job,
    tokens::Listing,
};
use kinfold_token::{
    Digits, EmergencyCode, Generator, Kind, Seed, Standing, TokenParameters, TokenState,
};

use crate::{
    sign_in::{PIN, code, enrolled, pin, user},
    *,
};

/// From where codes are typed.
fn address() -> Address {
    "10.0.0.7".parse::<std::net::IpAddr>().unwrap().into()
}

fn credentials(text: &str, code: &EmergencyCode) -> EmergencyCredentials {
    EmergencyCredentials { pin: pin(text), code: code.clone() }
}

/// A code of no sheet.
fn stray() -> EmergencyCode {
    "0000 0000 0000 0000 0000".parse().unwrap()
}

/// The trust, and a nurse with a token who is signed in.
struct Desk {
    nodes: TwoNodes,
    sign_in: Arc<SignIn>,
    emergency: Arc<Emergency>,
    secret: SessionSecret,
    caller: Caller,
}

async fn desk() -> Desk {
    let nodes = enrolled().await;
    let (sign_in, emergency) = (Arc::clone(&nodes.trust.sign_in), nodes.trust.emergency.clone());
    let typed = code(&nodes.trust, Standing::InUse, 0).await;
    let secret = sign_in.sign_in(&user(), pin(PIN), typed).await.unwrap();
    let caller = sign_in.caller(&secret).await.unwrap();
    Desk { nodes, sign_in, emergency, secret, caller }
}

impl Desk {
    async fn step_up(&self) -> SteppedUp {
        self.nodes.advance(60);
        let code = code(&self.nodes.trust, Standing::InUse, 0).await;
        let typed = Credentials { pin: pin(PIN), code };
        self.sign_in.step_up(&self.caller, typed, StepUp::MakeEmergencyCodes).await.unwrap()
    }

    async fn made(&self) -> FreshSheet {
        self.emergency.make(&self.caller, self.step_up().await).await.unwrap()
    }

    async fn enter(&self, code: &EmergencyCode) -> Result<SessionSecret, SignInError> {
        self.emergency.sign_in(None, &user(), credentials(PIN, code)).await
    }

    async fn own(&self) -> Option<SheetLine> {
        self.emergency.own(&self.caller).await.unwrap()
    }

    /// What the ledger says of emergency codes.
    fn entries(&self) -> Vec<SheetWord> {
        let word = |entry| match entry {
            Entry::EmergencyCodes(word) => Some(*word),
            _ => None,
        };
        self.nodes.trust.entries(0).into_iter().filter_map(word).collect()
    }

    /// The same in words: what, and why.
    fn words(&self) -> Vec<String> {
        let said = |word: SheetWord| match word.why {
            Some(why) => format!("{}: {why}", word.what),
            None => word.what,
        };
        self.entries().into_iter().map(said).collect()
    }
}

#[tokio::test]
async fn each_code_of_a_sheet_signs_its_employee_in_once_and_the_ledger_says_that_it_was_one() {
    let desk = desk().await;
    assert_eq!(desk.own().await, None);
    let sheet = desk.made().await;
    for (used, code) in sheet.codes.iter().enumerate() {
        let opened = desk.emergency.sign_in(Some(address()), &user(), credentials(PIN, code)).await;
        let caller = desk.sign_in.caller(&opened.unwrap()).await.unwrap();
        assert_eq!(caller.employee().user_name, user());
        assert_eq!(desk.own().await.unwrap().left, 9 - used);
        assert!(matches!(desk.enter(code).await, Err(SignInError::Refused)), "it was used");
        desk.nodes.advance(300);
    }
    let entries = desk.entries();
    assert_eq!((entries[0].what.as_str(), entries[0].left), ("made", Some(10)));
    let signed_in = &entries[1];
    assert_eq!((signed_in.what.as_str(), signed_in.left), ("signed-in", Some(9)));
    assert_eq!((signed_in.address, signed_in.employee), (Some(address()), entries[0].employee));
    assert_eq!(entries[2].why.as_deref(), Some("replayed"));
    let by_code = |entry: &Entry| matches!(entry, Entry::SignedIn { how, .. } if how == "sign-in");
    let plain = desk.nodes.trust.entries(0).iter().filter(|entry| by_code(entry)).count();
    assert_eq!(plain, 1, "none of them is told as a sign-in by token");
}

#[tokio::test]
async fn an_emergency_code_lets_in_whose_token_is_lost() {
    let desk = desk().await;
    let sheet = desk.made().await;
    let inventory = &desk.nodes.trust.inventory;
    let holder = Some(user());
    let held = inventory.list(&Listing { holder, ..Listing::default() }).await.unwrap();
    inventory.lost(&held[0].token.serial, None).await.unwrap();
    assert!(matches!(desk.sign_in.caller(&desk.secret).await, Err(SessionError::None)));
    let secret = desk.enter(&sheet.codes[7]).await.unwrap();
    assert!(desk.sign_in.caller(&secret).await.is_ok());
}

#[tokio::test]
async fn whatever_is_wrong_beside_an_emergency_code_gets_one_answer() {
    let desk = desk().await;
    let sheet = desk.made().await;
    let (used, fresh) = (&sheet.codes[0], &sheet.codes[1]);
    desk.enter(used).await.unwrap();
    let stranger = "stranger".parse().unwrap();
    let tries = [
        (user(), "111222", fresh.clone()),
        (user(), PIN, stray()),
        (stranger, PIN, fresh.clone()),
        (user(), PIN, used.clone()),
        (user(), "111222", used.clone()),
    ];
    let mut texts = Vec::new();
    for (who, pin, code) in tries {
        let refused = desk.emergency.sign_in(None, &who, credentials(pin, &code)).await;
        texts.push(refused.err().unwrap().to_string());
        desk.nodes.advance(300);
    }
    let wrong_code = desk.sign_in.sign_in(&user(), pin(PIN), "000000".parse().unwrap()).await;
    texts.push(wrong_code.err().unwrap().to_string());
    assert!(texts.windows(2).all(|pair| pair[0] == pair[1]), "{texts:?}");
    let expected = ["wrong", "wrong", "wrong", "replayed", "replayed"];
    let expected = expected.map(|why| format!("refused: {why}"));
    assert_eq!(desk.words()[2..], expected);
    assert!(desk.enter(fresh).await.is_ok(), "beside a wrong PIN it was not spent");
}

#[tokio::test]
async fn who_has_no_sheet_gets_the_same_answer() {
    let desk = desk().await;
    assert!(matches!(desk.enter(&stray()).await, Err(SignInError::Refused)));
    assert_eq!(desk.words(), ["refused: no-sheet"]);
}

#[tokio::test]
async fn two_sign_ins_at_once_with_one_emergency_code_open_one_session() {
    let desk = desk().await;
    let sheet = desk.made().await;
    let before = desk.nodes.trust.ground.staff.sessions();
    let (one, other) = tokio::join!(desk.enter(&sheet.codes[0]), desk.enter(&sheet.codes[0]));
    assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
    assert_eq!(desk.nodes.trust.ground.staff.sessions(), before + 1);
}

#[tokio::test]
async fn wrong_emergency_codes_make_wait_and_lock_as_a_tokens_do() {
    let desk = desk().await;
    let sheet = desk.made().await;
    let stray = stray();
    let answers = futures::future::join_all((0..8).map(|_| desk.enter(&stray))).await;
    let waits = answers.iter().filter(|answer| matches!(answer, Err(SignInError::Wait { .. })));
    assert_eq!(waits.count(), 5, "side by side they count as one after the other");
    for _ in 3..10 {
        desk.nodes.advance(300);
        assert!(matches!(desk.enter(&stray).await, Err(SignInError::Refused)));
    }
    desk.nodes.advance(300);
    assert!(matches!(desk.enter(&sheet.codes[0]).await, Err(SignInError::Locked)));
    assert!(desk.own().await.unwrap().locked);
    // The token of the same person is untouched by that, and opens a new sheet.
    let again = desk.made().await;
    assert!(desk.enter(&again.codes[0]).await.is_ok());
}

#[tokio::test]
async fn guesses_of_emergency_codes_slow_down_where_they_come_from() {
    let desk = desk().await;
    for number in 0..20 {
        let nobody = format!("nobody{number}").parse().unwrap();
        let typed = credentials(PIN, &stray());
        let refused = desk.emergency.sign_in(Some(address()), &nobody, typed).await;
        assert!(matches!(refused, Err(SignInError::Refused)));
    }
    let typed = credentials(PIN, &stray());
    let waits = desk.emergency.sign_in(Some(address()), &user(), typed).await;
    assert!(matches!(waits, Err(SignInError::Wait { .. })));
    let waiting = |entry: &Entry| matches!(entry, Entry::SignInRefused { why, .. } if why == "origin-waiting");
    assert!(desk.nodes.trust.entries(0).iter().any(waiting));
}

#[tokio::test]
async fn a_locked_screen_opens_with_an_emergency_code_of_its_own_person() {
    let desk = desk().await;
    let sheet = desk.made().await;
    desk.sign_in.lock(&desk.caller).await.unwrap();
    let wrong = desk.emergency.unlock(&desk.secret, credentials(PIN, &stray()), None).await;
    assert!(matches!(wrong, Err(SignInError::Refused)));
    assert!(matches!(desk.sign_in.caller(&desk.secret).await, Err(SessionError::Locked(_))));
    let right = credentials(PIN, &sheet.codes[4]);
    let reopened = desk.emergency.unlock(&desk.secret, right, Some(address())).await.unwrap();
    let caller = desk.sign_in.caller(&reopened.secret).await.unwrap();
    assert!(desk.sign_in.caller(&desk.secret).await.is_err(), "it goes on under another secret");
    let last = desk.entries().pop().unwrap();
    assert_eq!((last.what.as_str(), last.address), ("unlocked", Some(address())));
    desk.sign_in.lock(&caller).await.unwrap();
    let again = credentials(PIN, &sheet.codes[4]);
    assert!(desk.emergency.unlock(&reopened.secret, again, None).await.is_err(), "it was used");
}

#[tokio::test]
async fn what_an_emergency_code_opens_is_not_proved_for_what_wants_a_fresh_code() {
    let desk = desk().await;
    let sheet = desk.made().await;
    let proved = desk.sign_in.caller(&desk.secret).await.unwrap().proved();
    let secret = desk.enter(&sheet.codes[0]).await.unwrap();
    let caller = desk.sign_in.caller(&secret).await.unwrap();
    assert_eq!(caller.proved(), Timestamp::UNIX_EPOCH);
    // A step-up of one session makes no sheet in another.
    let refused = desk.emergency.make(&caller, desk.step_up().await).await;
    assert!(matches!(refused, Err(EmergencyError::SignIn(SignInError::NoSession))));

    let proved_then = desk.sign_in.caller(&desk.secret).await.unwrap().proved();
    assert!(proved_then > proved);
    desk.sign_in.lock(&desk.caller).await.unwrap();
    desk.nodes.advance(60);
    let typed = credentials(PIN, &sheet.codes[1]);
    let reopened = desk.emergency.unlock(&desk.secret, typed, None).await.unwrap();
    assert_eq!(desk.sign_in.caller(&reopened.secret).await.unwrap().proved(), proved_then);
}

#[tokio::test]
async fn a_code_for_one_shift_makes_no_sheet() {
    let desk = desk().await;
    let since = desk.nodes.trust.ground.clock.now();
    let shift = TokenRow {
        id: TokenId(uuid::Uuid::from_u128(99)),
        serial: "SHIFT-1".parse().unwrap(),
        kind: Kind::Temporary,
        employee: desk.caller.employee().id,
        parameters: TokenParameters { digits: Digits::Eight, ..TokenParameters::default() },
        seed: Seed::new(vec![7; 32]).unwrap(),
        state: TokenState::default(),
        standing: Standing::InUse,
        since,
        until: Some(since + jiff::SignedDuration::from_hours(8)),
        version: 0,
    };
    desk.nodes.trust.ground.staff.add_token(&shift).await.unwrap();
    let code = Generator::new(&shift.seed, shift.parameters).temporary_code();
    let typed = Credentials { pin: pin(PIN), code };
    let what = StepUp::MakeEmergencyCodes;
    let stepped_up = desk.sign_in.step_up(&desk.caller, typed, what).await.unwrap();
    let refused = desk.emergency.make(&desk.caller, stepped_up).await;
    assert!(matches!(refused, Err(EmergencyError::OneShift)));
    assert_eq!(desk.own().await, None);
}

#[tokio::test]
async fn a_new_sheet_ends_the_old_one() {
    let desk = desk().await;
    let (old, new) = (desk.made().await, desk.made().await);
    assert!(matches!(desk.enter(&old.codes[0]).await, Err(SignInError::Refused)));
    assert!(desk.enter(&new.codes[0]).await.is_ok());
    assert_eq!(desk.words()[..3], ["made", "ended: replaced", "made"]);
    let sheets: Vec<_> = desk.entries().into_iter().map(|word| word.sheet).collect();
    assert_eq!((sheets[0], sheets[0] == sheets[2]), (sheets[1], false));
}

#[tokio::test]
async fn a_lost_sheet_opens_nothing_and_ends_the_sessions_that_it_may_have_opened() {
    let desk = desk().await;
    let sheet = desk.made().await;
    let secret = desk.enter(&sheet.codes[0]).await.unwrap();
    desk.emergency.end_own(&desk.caller).await.unwrap();
    assert!(matches!(desk.sign_in.caller(&secret).await, Err(SessionError::None)));
    assert!(desk.sign_in.caller(&desk.secret).await.is_ok(), "the one that it was done in");
    assert!(matches!(desk.enter(&sheet.codes[1]).await, Err(SignInError::Refused)));
    let again = desk.emergency.end_own(&desk.caller).await;
    assert!(matches!(again, Err(EmergencyError::NoSheet)));

    let sheet = desk.made().await;
    assert_eq!(desk.emergency.of(&user()).await.unwrap().unwrap().left, 10);
    let by = Asker::from(desk.caller.employee());
    desk.emergency.end(&user(), Some(by.clone())).await.unwrap();
    assert!(matches!(desk.sign_in.caller(&desk.secret).await, Err(SessionError::None)));
    assert!(matches!(desk.enter(&sheet.codes[1]).await, Err(SignInError::Refused)));
    assert_eq!(desk.emergency.of(&user()).await.unwrap(), None);
    let ended = desk.entries().into_iter().filter(|word| word.why.as_deref() == Some("lost"));
    assert_eq!(ended.map(|word| word.by).collect::<Vec<_>>(), [None, Some(by)]);
    let nobody = desk.emergency.end(&"stranger".parse().unwrap(), None).await;
    assert!(matches!(nobody, Err(EmergencyError::NoAccount)));
}

#[tokio::test]
async fn a_leavers_sheet_ends_at_once_and_for_good() {
    let desk = desk().await;
    let sheet = desk.made().await;
    let staff = &desk.nodes.trust.staff;
    staff.leave(&user(), None).await.unwrap();
    assert_eq!(desk.words().last().unwrap(), "ended: left");
    assert!(matches!(desk.enter(&sheet.codes[0]).await, Err(SignInError::Refused)));
    let job = Job { title: "Nurse".to_owned(), role: "ed-clinician".parse().unwrap() };
    staff.come_back(&user(), job, None).await.unwrap();
    assert!(matches!(desk.enter(&sheet.codes[0]).await, Err(SignInError::Refused)));
    assert_eq!(desk.words().last().unwrap(), "refused: no-sheet");
}

#[tokio::test]
async fn who_leaves_while_a_sheet_is_made_has_none() {
    let desk = desk().await;
    let (stepped_up, employee) = (desk.step_up().await, desk.caller.employee().id);
    desk.nodes.trust.ground.staff.disable(employee);
    let refused = desk.emergency.make(&desk.caller, stepped_up).await;
    assert!(matches!(refused, Err(EmergencyError::SignIn(SignInError::NoSession))));
    assert!(desk.nodes.trust.ground.staff.sheet(employee).await.unwrap().is_none());
    assert_eq!(desk.words(), ["made", "ended: left"]);
}

#[tokio::test]
async fn no_sheet_counts_and_nobody_is_let_in_that_the_ledger_does_not_know_of() {
    let desk = desk().await;
    let sheet = desk.made().await;
    let (stepped_up, employee) = (desk.step_up().await, desk.caller.employee().id);
    let before = desk.nodes.trust.ground.staff.sessions();
    desk.nodes.trust.break_ledger().await;
    assert!(matches!(desk.enter(&sheet.codes[0]).await, Err(SignInError::Ledger(_))));
    assert_eq!(desk.nodes.trust.ground.staff.sessions(), before);
    let kept = desk.nodes.trust.ground.staff.sheet(employee).await.unwrap().unwrap();
    let refused = desk.emergency.make(&desk.caller, stepped_up).await;
    assert!(matches!(refused, Err(EmergencyError::Ledger(_))));
    let still = desk.nodes.trust.ground.staff.sheet(employee).await.unwrap().unwrap();
    assert_eq!(still.id, kept.id, "the old one stands");
}

#[tokio::test]
async fn whoever_signs_in_with_three_codes_left_is_told_until_they_have_looked() {
    let desk = desk().await;
    let sheet = desk.made().await;
    for code in &sheet.codes[..6] {
        desk.enter(code).await.unwrap();
    }
    let (sign_in, emergency) = (&desk.sign_in, &desk.emergency);
    emergency.remind(&desk.secret).await.unwrap();
    assert_eq!(sign_in.few_codes(&desk.caller), None, "four are left");
    let secret = desk.enter(&sheet.codes[6]).await.unwrap();
    emergency.remind(&secret).await.unwrap();
    let caller = sign_in.caller(&secret).await.unwrap();
    assert_eq!(sign_in.few_codes(&caller), Some(3));
    assert_eq!(sign_in.few_codes(&desk.caller), None, "that session began before");
    assert!(emergency.own(&caller).await.unwrap().unwrap().short);
    assert_eq!(sign_in.few_codes(&caller), None);
    emergency.remind(&desk.secret).await.unwrap();
    assert_eq!(sign_in.few_codes(&desk.caller), Some(3));
    desk.made().await;
    assert_eq!(sign_in.few_codes(&desk.caller), None);
}
