//! Passkeys: added under a fresh code, a way in by themselves, each answer good once.

use std::sync::Arc;

use jiff::Timestamp;
use kinfold_passkey::testing::SoftPasskey;
use kinfold_service::{
    Caller,
    audit::WhoQuestion,
    passkeys::{PasskeyError, PasskeyLine, Passkeys, PasskeysParts},
    ports::{Address, Clock, StaffStore, TokenId, TokenRow},
    records::{Asker, Entry},
    sign_in::{Credentials, SessionError, SessionSecret, SignIn, SignInError, StepUp, SteppedUp},
    staff::Job,
};
use kinfold_token::{Digits, Generator, Kind, Seed, Standing, TokenParameters, TokenState};

use crate::{
    sign_in::{PIN, code, enrolled, pin, user},
    *,
};

const ORIGIN: &str = "https://kinfold.trust.example";

/// From where passkeys sign in.
fn address() -> Address {
    "10.0.0.7".parse::<std::net::IpAddr>().unwrap().into()
}

/// The trust with passkeys, and a nurse with a token who is signed in.
pub(crate) struct Desk {
    pub(crate) nodes: TwoNodes,
    pub(crate) sign_in: Arc<SignIn>,
    passkeys: Arc<Passkeys>,
    pub(crate) secret: SessionSecret,
    pub(crate) caller: Caller,
}

pub(crate) async fn desk() -> Desk {
    let nodes = enrolled().await;
    let sign_in = Arc::clone(&nodes.trust.sign_in);
    let passkeys = Arc::clone(&nodes.trust.passkeys);
    let typed = code(&nodes.trust, Standing::InUse, 0).await;
    let secret = sign_in.sign_in(&user(), pin(PIN), typed).await.unwrap();
    let caller = sign_in.caller(&secret).await.unwrap();
    nodes.advance(60);
    Desk { nodes, sign_in, passkeys, secret, caller }
}

impl Desk {
    pub(crate) async fn credentials(&self) -> Credentials {
        let code = code(&self.nodes.trust, Standing::InUse, 0).await;
        Credentials { pin: pin(PIN), code }
    }

    async fn step_up(&self) -> SteppedUp {
        self.nodes.advance(60);
        let what = StepUp::AddPasskey;
        self.sign_in.step_up(&self.caller, self.credentials().await, what).await.unwrap()
    }

    pub(crate) async fn added(&self, name: &str) -> SoftPasskey {
        let name = Passkeys::name(name).unwrap();
        let stepped_up = self.step_up().await;
        let asked = self.passkeys.ask_add(&self.caller, stepped_up, name).await.unwrap();
        let (thing, answer) = SoftPasskey::make(&asked.options.0, ORIGIN);
        self.passkeys.add(&self.caller, &asked.id, &answer).await.unwrap();
        thing
    }

    pub(crate) async fn signed_in(
        &self,
        thing: &mut SoftPasskey,
    ) -> Result<SessionSecret, PasskeyError> {
        let asked = self.passkeys.ask().unwrap();
        let answer = thing.answer(&asked.options.0);
        self.passkeys.sign_in(&asked.id, &answer, Some(address())).await
    }

    async fn own(&self) -> Vec<PasskeyLine> {
        self.passkeys.own(&self.caller).await.unwrap()
    }

    /// What the ledger says of passkeys: what, and why.
    fn words(&self) -> Vec<String> {
        let word = |entry| match entry {
            Entry::Passkey(word) => {
                Some(word.why.as_ref().map_or(word.what.clone(), |why| format!("refused: {why}")))
            }
            _ => None,
        };
        self.nodes.trust.entries(0).into_iter().filter_map(word).collect()
    }
}

#[tokio::test]
async fn a_passkey_is_added_under_a_fresh_code_and_signs_its_employee_in_without_a_pin() {
    let desk = desk().await;
    let mut thing = desk.added("Blue key").await;
    assert_eq!(desk.passkeys.origin(), Some(ORIGIN));
    let secret = desk.signed_in(&mut thing).await.unwrap();
    let caller = desk.sign_in.caller(&secret).await.unwrap();
    assert_eq!(caller.employee().user_name, user());
    assert_eq!(desk.words(), ["added", "signed-in"]);
    let last = desk.nodes.trust.entries(desk.nodes.trust.size() - 1).pop();
    let Some(Entry::Passkey(word)) = last else { panic!("not recorded") };
    assert_eq!(word.address, Some(address()));
    let own = desk.own().await;
    assert_eq!((own.len(), own[0].name.expose().as_str()), (1, "Blue key"));
    assert_eq!(own[0].used, Some(desk.nodes.trust.ground.clock.now()));
}

#[tokio::test]
async fn a_fresh_code_is_one_that_was_not_used_and_serves_for_one_thing() {
    let desk = desk().await;
    let (typed, again) = (desk.credentials().await, desk.credentials().await);
    desk.sign_in.step_up(&desk.caller, typed, StepUp::AddPasskey).await.unwrap();
    let refused = desk.sign_in.step_up(&desk.caller, again, StepUp::AddPasskey).await;
    assert!(matches!(refused, Err(SignInError::Refused)));
    let steps = desk
        .nodes
        .trust
        .entries(0)
        .into_iter()
        .filter(|entry| matches!(entry, Entry::SignedIn { how, .. } if how == "step-up"));
    assert_eq!(steps.count(), 1);
    let proved: Timestamp = desk.sign_in.caller(&desk.secret).await.unwrap().proved();
    assert_eq!(proved, desk.nodes.trust.ground.clock.now());
}

#[tokio::test]
async fn a_step_up_in_one_session_adds_no_passkey_in_another() {
    let desk = desk().await;
    let mut thing = desk.added("Blue key").await;
    let secret = desk.signed_in(&mut thing).await.unwrap();
    let other = desk.sign_in.caller(&secret).await.unwrap();
    let name = || Passkeys::name("Red key").unwrap();
    let refused = desk.passkeys.ask_add(&other, desk.step_up().await, name()).await;
    assert!(matches!(refused, Err(PasskeyError::SignIn(SignInError::NoSession))));
    let asked = desk.passkeys.ask_add(&desk.caller, desk.step_up().await, name()).await.unwrap();
    let (_, answer) = SoftPasskey::make(&asked.options.0, ORIGIN);
    let refused = desk.passkeys.add(&other, &asked.id, &answer).await;
    assert!(matches!(refused, Err(PasskeyError::Over)));
}

#[tokio::test]
async fn a_code_for_one_shift_adds_no_passkey() {
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
    let stepped_up = desk.sign_in.step_up(&desk.caller, typed, StepUp::AddPasskey).await.unwrap();
    let name = Passkeys::name("Blue key").unwrap();
    let refused = desk.passkeys.ask_add(&desk.caller, stepped_up, name).await;
    assert!(matches!(refused, Err(PasskeyError::OneShift)));
}

#[tokio::test]
async fn names_are_short_and_what_was_made_elsewhere_or_verifies_nobody_is_not_added() {
    let desk = desk().await;
    for bad in ["", "  ", "a\nb", &"x".repeat(41)] {
        assert!(matches!(Passkeys::name(bad), Err(PasskeyError::Unnamed)), "{bad:?}");
    }
    for (origin, verifies) in [("https://evil.example", true), (ORIGIN, false)] {
        let name = Passkeys::name("Blue key").unwrap();
        let step = desk.step_up().await;
        let asked = desk.passkeys.ask_add(&desk.caller, step, name).await.unwrap();
        let (_, answer) = SoftPasskey::make_verified(&asked.options.0, origin, verifies);
        let refused = desk.passkeys.add(&desk.caller, &asked.id, &answer).await;
        assert!(matches!(refused, Err(PasskeyError::NotAdded)));
    }
    assert!(desk.own().await.is_empty());
}

#[tokio::test]
async fn an_answer_is_good_once_and_for_its_own_challenge() {
    let desk = desk().await;
    let mut thing = desk.added("Blue key").await;
    let asked = desk.passkeys.ask().unwrap();
    let answer = thing.answer(&asked.options.0);
    desk.passkeys.sign_in(&asked.id, &answer, None).await.unwrap();
    let again = desk.passkeys.sign_in(&asked.id, &answer, None).await;
    assert!(matches!(again, Err(PasskeyError::Over)));
    let another = desk.passkeys.ask().unwrap();
    let moved = desk.passkeys.sign_in(&another.id, &answer, None).await;
    assert!(matches!(moved, Err(PasskeyError::Refused)));
    let late = desk.passkeys.ask().unwrap();
    let answer = thing.answer(&late.options.0);
    desk.nodes.advance(301);
    assert!(matches!(
        desk.passkeys.sign_in(&late.id, &answer, None).await,
        Err(PasskeyError::Over)
    ));
    let refused = "refused: challenge";
    assert_eq!(desk.words(), ["added", "signed-in", refused, refused, refused]);
}

#[tokio::test]
async fn whatever_is_wrong_gets_one_answer_and_the_ledger_says_what() {
    let desk = desk().await;
    let mut thing = desk.added("Blue key").await;
    desk.signed_in(&mut thing).await.unwrap();
    thing.verifies = false;
    assert!(matches!(desk.signed_in(&mut thing).await, Err(PasskeyError::Refused)));
    (thing.verifies, thing.origin) = (true, "https://evil.example".to_owned());
    assert!(matches!(desk.signed_in(&mut thing).await, Err(PasskeyError::Refused)));
    desk.nodes.advance(10);
    (thing.counter, thing.origin) = (0, ORIGIN.to_owned());
    assert!(matches!(desk.signed_in(&mut thing).await, Err(PasskeyError::Refused)));
    desk.nodes.advance(10);
    let asked = desk.passkeys.ask().unwrap();
    assert!(matches!(
        desk.passkeys.sign_in(&asked.id, "{}", None).await,
        Err(PasskeyError::Refused)
    ));
    let expected = ["not-verified", "origin", "counter-went-back", "garbled"];
    let expected = expected.map(|why| format!("refused: {why}"));
    assert_eq!(desk.words()[2..], expected);
    thing.counter = 9;
    desk.signed_in(&mut thing).await.unwrap();
}

#[tokio::test]
async fn wrong_answers_make_wait_and_lock_as_wrong_codes_do() {
    let desk = desk().await;
    let mut thing = desk.added("Blue key").await;
    thing.verifies = false;
    for _ in 0..3 {
        assert!(matches!(desk.signed_in(&mut thing).await, Err(PasskeyError::Refused)));
    }
    let waits = desk.signed_in(&mut thing).await;
    assert!(matches!(waits, Err(PasskeyError::Wait { seconds: 1..=3 })));
    for _ in 3..10 {
        desk.nodes.advance(300);
        assert!(matches!(desk.signed_in(&mut thing).await, Err(PasskeyError::Refused)));
    }
    desk.nodes.advance(300);
    thing.verifies = true;
    assert!(matches!(desk.signed_in(&mut thing).await, Err(PasskeyError::Locked)));
    // The token of the same person is untouched by that.
    let typed = desk.credentials().await;
    desk.sign_in.sign_in(&user(), typed.pin, typed.code).await.unwrap();
}

#[tokio::test]
async fn a_passkey_that_was_removed_opens_nothing_and_ends_the_sessions_that_it_may_have_opened() {
    let desk = desk().await;
    let (mut blue, mut red) = (desk.added("Blue key").await, desk.added("Red key").await);
    let secret = desk.signed_in(&mut blue).await.unwrap();
    let line = desk.own().await.remove(0);
    desk.passkeys.remove_own(&desk.caller, line.id).await.unwrap();
    assert!(matches!(desk.sign_in.caller(&secret).await, Err(SessionError::None)));
    assert!(desk.sign_in.caller(&desk.secret).await.is_ok(), "the one that it was done in");
    assert!(matches!(desk.signed_in(&mut blue).await, Err(PasskeyError::Refused)));
    let again = desk.passkeys.remove_own(&desk.caller, line.id).await;
    assert!(matches!(again, Err(PasskeyError::Unknown)));

    let secret = desk.signed_in(&mut red).await.unwrap();
    let by = Asker::from(desk.caller.employee());
    let [line] = &desk.passkeys.of(&user()).await.unwrap()[..] else { panic!("one is left") };
    desk.passkeys.remove(&user(), line.id, by.clone()).await.unwrap();
    assert!(matches!(desk.sign_in.caller(&secret).await, Err(SessionError::None)));
    assert!(matches!(desk.sign_in.caller(&desk.secret).await, Err(SessionError::None)));
    assert!(matches!(desk.signed_in(&mut red).await, Err(PasskeyError::Refused)));
    let removed = desk.nodes.trust.entries(0).into_iter().filter_map(|entry| match entry {
        Entry::Passkey(word) if word.what == "removed" => Some(word.by),
        _ => None,
    });
    assert_eq!(removed.collect::<Vec<_>>(), [None, Some(by)]);
}

#[tokio::test]
async fn a_leavers_passkey_opens_nothing() {
    let desk = desk().await;
    let mut thing = desk.added("Blue key").await;
    desk.nodes.trust.ground.staff.disable(desk.caller.employee().id);
    assert!(matches!(desk.signed_in(&mut thing).await, Err(PasskeyError::Refused)));
    assert_eq!(desk.words().last().unwrap(), "refused: disabled");
}

#[tokio::test]
async fn a_leavers_passkey_is_removed_for_good_also_for_when_they_come_back() {
    let desk = desk().await;
    let mut thing = desk.added("Blue key").await;
    let staff = &desk.nodes.trust.staff;
    staff.leave(&user(), None).await.unwrap();
    assert_eq!(desk.words().last().unwrap(), "removed");
    let job = Job { title: "Nurse".to_owned(), role: "ed-clinician".parse().unwrap() };
    staff.come_back(&user(), job, None).await.unwrap();
    assert!(matches!(desk.signed_in(&mut thing).await, Err(PasskeyError::Refused)));
    assert_eq!(desk.words().last().unwrap(), "refused: unknown");
}

#[tokio::test]
async fn a_locked_session_opens_by_a_passkey_of_its_own_employee_alone() {
    let desk = desk().await;
    let mut thing = desk.added("Blue key").await;
    desk.sign_in.lock(&desk.caller).await.unwrap();
    assert!(matches!(desk.sign_in.caller(&desk.secret).await, Err(SessionError::Locked(_))));
    let sign_in = desk.passkeys.ask().unwrap();
    let answer = thing.answer(&sign_in.options.0);
    let refused = desk.passkeys.unlock(&desk.secret, (&sign_in.id, &answer), None).await;
    assert!(matches!(refused, Err(PasskeyError::Over)), "that was asked for something else");

    let asked = desk.passkeys.ask_unlock(&desk.secret).await.unwrap();
    assert_eq!(asked.options.0["allowCredentials"].as_array().unwrap().len(), 1);
    let name = || Passkeys::name("x").unwrap();
    assert!(desk.passkeys.add(&desk.caller, &asked.id, name().expose()).await.is_err());
    let asked = desk.passkeys.ask_unlock(&desk.secret).await.unwrap();
    let answer = thing.answer(&asked.options.0);
    let reopened = desk.passkeys.unlock(&desk.secret, (&asked.id, &answer), None).await.unwrap();
    assert!(desk.sign_in.caller(&reopened.secret).await.is_ok());
    let before = desk.sign_in.caller(&desk.secret).await;
    assert!(matches!(before, Err(SessionError::None)), "it goes on under another secret");
    assert_eq!(desk.words().last().unwrap(), "unlocked");
}

#[tokio::test]
async fn a_colleagues_passkey_unlocks_nobody_elses_session() {
    let desk = desk().await;
    let mut thing = desk.added("Blue key").await;
    let colleague = NewColleague::signed_in(&desk).await;
    let asked = desk.passkeys.ask_unlock(&colleague.secret).await.unwrap();
    assert_eq!(asked.options.0["allowCredentials"].as_array().unwrap().len(), 0);
    let answer = thing.answer(&asked.options.0);
    let refused = desk.passkeys.unlock(&colleague.secret, (&asked.id, &answer), None).await;
    assert!(matches!(refused, Err(PasskeyError::Refused)));
    assert_eq!(desk.words().last().unwrap(), "refused: another-person");
}

#[tokio::test]
async fn a_passkey_steps_up_in_its_own_employees_session_for_one_thing() {
    let desk = desk().await;
    let mut thing = desk.added("Blue key").await;
    let colleague = NewColleague::signed_in(&desk).await;
    let theirs = desk.sign_in.caller(&colleague.secret).await.unwrap();
    let what = StepUp::ExportWhoLooked;
    let asked = desk.passkeys.ask_step_up(&desk.caller).await.unwrap();
    let answer = thing.answer(&asked.options.0);
    let refused = desk.passkeys.step_up(&theirs, (&asked.id, &answer), what).await;
    assert!(matches!(refused, Err(PasskeyError::Over)), "it was asked in another session");
    let asked = desk.passkeys.ask_step_up(&desk.caller).await.unwrap();
    let answer = thing.answer(&asked.options.0);
    let answer = (&*asked.id, &*answer);
    let stepped_up = desk.passkeys.step_up(&desk.caller, answer, what).await.unwrap();
    assert!(stepped_up.is_of(&desk.caller, what) && !stepped_up.is_of(&theirs, what));
    assert!(!stepped_up.is_of(&desk.caller, StepUp::AddPasskey));
    let again = desk.passkeys.step_up(&desk.caller, answer, what).await;
    assert!(matches!(again, Err(PasskeyError::Over)));
    let proved = desk.sign_in.caller(&desk.secret).await.unwrap().proved();
    assert_eq!(proved, desk.nodes.trust.ground.clock.now());
    let words = desk.nodes.trust.entries(0).into_iter().filter_map(|entry| match entry {
        Entry::Passkey(word) => word.what_for.clone().map(|what_for| (word.what.clone(), what_for)),
        _ => None,
    });
    let words: Vec<_> = words.collect();
    assert_eq!(words, [("stepped-up".to_owned(), "export-who-looked".to_owned())]);
}

#[tokio::test]
async fn nothing_is_exported_but_by_a_step_up_of_ones_own_for_that_very_thing() {
    let desk = desk().await;
    let reviewer = governance(TRUST);
    for what in [StepUp::AddPasskey, StepUp::ExportWhoLooked] {
        desk.nodes.advance(60);
        let credentials = desk.credentials().await;
        // That of a colleague, and one for something else.
        let stepped_up = desk.sign_in.step_up(&desk.caller, credentials, what).await.unwrap();
        let question = WhoQuestion { subject: ada_by_number(), purpose: purpose(REVIEW) };
        let refused = desk.nodes.trust.who.export(&reviewer, question, stepped_up).await;
        assert!(refused.unwrap_err().to_string().contains("a fresh code of its own"));
    }
    let entries = desk.nodes.trust.entries(0);
    let refusals = entries.iter().filter(|entry| matches!(entry, Entry::Refusal(_)));
    assert_eq!(refusals.count(), 2);
    assert!(!entries.iter().any(|entry| matches!(entry, Entry::Intent(_) | Entry::Receipt(_))));
}

/// Somebody else at the same node, with a token of their own.
struct NewColleague {
    secret: SessionSecret,
}

impl NewColleague {
    async fn signed_in(desk: &Desk) -> Self {
        let (node, name) = (&desk.nodes.trust, "sister".parse().unwrap());
        let new = kinfold_service::staff::NewEmployee {
            user_name: name,
            name: "Sister Testperson".to_owned(),
            job_title: "Sister".to_owned(),
            role: "ed-clinician".parse().unwrap(),
            email: None,
        };
        let name: kinfold_domain::UserName = new.user_name.clone();
        let id = node.staff.add(new, &pin(PIN).choose().unwrap()).await.unwrap();
        node.staff.issue_token(&name).await.unwrap();
        let token = node.ground.staff.token(id, Standing::Assigned).await.unwrap().unwrap();
        let shown = kinfold_token::Generator::new(&token.seed, token.parameters);
        let now = node.ground.clock.now();
        let after = |seconds| shown.code_at(now + jiff::SignedDuration::from_secs(seconds));
        let pair = kinfold_token::CodePair::new(after(0), after(8));
        node.staff.confirm_token(&name, &pair).await.unwrap();
        desk.nodes.advance(60);
        let secret = desk.sign_in.sign_in(&name, pin(PIN), after(60)).await.unwrap();
        Self { secret }
    }
}

#[tokio::test]
async fn a_passkey_needs_no_clock() {
    let desk = desk().await;
    let mut thing = desk.added("Blue key").await;
    let typed = desk.credentials().await;
    desk.nodes.advance(3 * 3600);
    let refused = desk.sign_in.sign_in(&user(), typed.pin, typed.code).await;
    assert!(matches!(refused, Err(SignInError::Refused)), "the code is of another hour");
    desk.signed_in(&mut thing).await.unwrap();
}

#[tokio::test]
async fn nobody_is_let_in_by_a_passkey_while_the_ledger_can_not_be_written() {
    let desk = desk().await;
    let mut thing = desk.added("Blue key").await;
    let before = desk.nodes.trust.ground.staff.sessions();
    let asked = desk.passkeys.ask().unwrap();
    let answer = thing.answer(&asked.options.0);
    desk.nodes.trust.break_ledger().await;
    let refused = desk.passkeys.sign_in(&asked.id, &answer, None).await;
    assert!(matches!(refused, Err(PasskeyError::Ledger(_))));
    assert_eq!(desk.nodes.trust.ground.staff.sessions(), before);
}

#[tokio::test]
async fn two_answers_side_by_side_with_one_counter_open_one_session() {
    let desk = desk().await;
    let mut thing = desk.added("Blue key").await;
    let (one, other) = (desk.passkeys.ask().unwrap(), desk.passkeys.ask().unwrap());
    let first = thing.answer(&one.options.0);
    thing.counter -= 1;
    let second = thing.answer(&other.options.0);
    let (first, second) = tokio::join!(
        desk.passkeys.sign_in(&one.id, &first, None),
        desk.passkeys.sign_in(&other.id, &second, None)
    );
    assert_eq!([first.is_ok(), second.is_ok()].iter().filter(|opened| **opened).count(), 1);
}

#[tokio::test]
async fn without_a_domain_no_passkey_is_asked_for() {
    let desk = desk().await;
    let ground = &desk.nodes.trust.ground;
    let passkeys = Passkeys::new(PasskeysParts {
        site: None,
        passkeys: ground.staff.clone(),
        staff: ground.staff.clone(),
        sign_in: Arc::clone(&desk.sign_in),
        journal: desk.nodes.trust.journal.clone(),
        clock: ground.clock.clone(),
        entropy: ground.entropy.clone(),
    });
    assert_eq!(passkeys.origin(), None);
    assert!(matches!(passkeys.ask(), Err(PasskeyError::NotHere)));
    assert!(passkeys.own(&desk.caller).await.unwrap().is_empty());
}
