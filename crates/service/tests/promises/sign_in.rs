//! Signing in: two factors, each code good once, sessions that end.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_domain::{EmployeeId, UserName};
use kinfold_service::{
    ports::{AccountChange, Clock, StaffStore},
    records::Entry,
    sign_in::{Credentials, SessionError, SessionSecret, SignInError},
    staff::NewEmployee,
    testing::{Gate, MemoryStaff},
};
use kinfold_token::{Code, CodePair, Generator, Pin, PinHash, Standing};

use crate::*;

pub(crate) const PIN: &str = "483906";

pub(crate) fn pin(text: &str) -> Pin {
    text.parse().unwrap()
}

pub(crate) fn user() -> UserName {
    "nurse".parse().unwrap()
}

/// A nurse's account at the trust, without a token.
pub(crate) async fn account(node: &TestNode) -> EmployeeId {
    let new = NewEmployee {
        user_name: user(),
        name: "Nurse Testperson".to_owned(),
        job_title: "Nurse".to_owned(),
        role: "ed-clinician".parse().unwrap(),
        email: None,
    };
    node.staff.add(new, &pin(PIN).choose().unwrap()).await.unwrap()
}

/// The code that the employee's token of that status shows after so many seconds.
pub(crate) async fn code(node: &TestNode, standing: Standing, after: i64) -> Code {
    let account = node.ground.staff.account(&user()).await.unwrap().unwrap();
    let token = node.ground.staff.token(account.employee.id, standing).await.unwrap().unwrap();
    let at: Timestamp = node.ground.clock.now() + jiff::SignedDuration::from_secs(after);
    Generator::new(&token.seed, token.parameters).code_at(at)
}

pub(crate) async fn pair(node: &TestNode) -> CodePair {
    let first = code(node, Standing::Assigned, 0).await;
    let second = code(node, Standing::Assigned, 8).await;
    CodePair::new(first, second)
}

/// A nurse with a token, some codes later.
pub(crate) async fn enrolled() -> TwoNodes {
    let nodes = TwoNodes::start().await;
    account(&nodes.trust).await;
    nodes.trust.staff.issue_token(&user()).await.unwrap();
    let codes = pair(&nodes.trust).await;
    nodes.trust.staff.confirm_token(&user(), &codes).await.unwrap();
    nodes.advance(60);
    nodes
}

pub(crate) async fn sign_in(nodes: &TwoNodes) -> Result<SessionSecret, SignInError> {
    let code = code(&nodes.trust, Standing::InUse, 0).await;
    nodes.trust.sign_in.sign_in(&user(), pin(PIN), code).await
}

fn typed(code: Code) -> Credentials {
    Credentials { pin: pin(PIN), code }
}

fn wrong_code() -> Code {
    "000000".parse().unwrap()
}

pub(crate) fn whys(node: &TestNode) -> Vec<String> {
    let why = |entry: Entry| match entry {
        Entry::SignInRefused { why, .. } => Some(why),
        _ => None,
    };
    node.entries(0).into_iter().filter_map(why).collect()
}

#[tokio::test]
async fn a_wrong_pin_code_or_user_gets_one_answer() {
    let nodes = enrolled().await;
    let node = &nodes.trust;
    let right = || code(node, Standing::InUse, 0);
    let stranger: UserName = "stranger".parse().unwrap();
    let answers = [
        node.sign_in.sign_in(&user(), pin("111222"), right().await).await,
        node.sign_in.sign_in(&user(), pin(PIN), wrong_code()).await,
        node.sign_in.sign_in(&stranger, pin(PIN), right().await).await,
    ];
    let texts: Vec<String> = answers.into_iter().map(|a| a.err().unwrap().to_string()).collect();
    assert!(texts.windows(2).all(|pair| pair[0] == pair[1]), "{texts:?}");
    assert_eq!(whys(node), ["wrong"; 3]);
    assert_eq!(node.ground.staff.sessions(), 0);
}

#[tokio::test]
async fn a_code_opens_one_session_however_often_it_is_typed() {
    let nodes = enrolled().await;
    let typed = code(&nodes.trust, Standing::InUse, 0).await.expose().clone();
    let name = user();
    let again = || nodes.trust.sign_in.sign_in(&name, pin(PIN), typed.parse().unwrap());
    assert!(again().await.is_ok());
    assert!(matches!(again().await, Err(SignInError::Refused)));
    assert_eq!(whys(&nodes.trust), ["replayed"]);
    assert_eq!(nodes.trust.ground.staff.sessions(), 1);
}

#[tokio::test]
async fn two_sign_ins_at_once_with_one_code_open_one_session() {
    let nodes = enrolled().await;
    let (one, other) = tokio::join!(sign_in(&nodes), sign_in(&nodes));
    assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
    assert_eq!(nodes.trust.ground.staff.sessions(), 1);
}

#[tokio::test]
async fn tries_side_by_side_count_like_tries_one_after_the_other() {
    let nodes = enrolled().await;
    let name = user();
    let guess = || nodes.trust.sign_in.sign_in(&name, pin(PIN), wrong_code());
    let answers = futures::future::join_all((0..8).map(|_| guess())).await;
    let waits = answers.iter().filter(|answer| matches!(answer, Err(SignInError::Wait { .. })));
    assert_eq!(waits.count(), 5, "after the third miss nobody is judged for a while");
    assert!(matches!(sign_in(&nodes).await, Err(SignInError::Wait { .. })));
}

#[tokio::test]
async fn ten_misses_lock_the_account_even_for_the_right_code() {
    let nodes = enrolled().await;
    for _ in 0..10 {
        let _ = nodes.trust.sign_in.sign_in(&user(), pin(PIN), wrong_code()).await;
        nodes.advance(300);
    }
    assert!(matches!(sign_in(&nodes).await, Err(SignInError::Locked)));
    assert_eq!(whys(&nodes.trust).last().unwrap(), "locked");
}

#[tokio::test]
async fn nobody_is_signed_in_when_the_ledger_is_down() {
    let nodes = enrolled().await;
    nodes.trust.break_ledger().await;
    assert!(matches!(sign_in(&nodes).await, Err(SignInError::Ledger(_))));
    assert_eq!(nodes.trust.ground.staff.sessions(), 0);
}

#[tokio::test]
async fn an_idle_session_locks_and_reopens_with_pin_and_a_fresh_code() {
    let nodes = enrolled().await;
    let secret = sign_in(&nodes).await.unwrap();
    let sign_in = &nodes.trust.sign_in;
    nodes.advance(29 * 60);
    assert!(sign_in.caller(&secret).await.is_ok());
    nodes.advance(30 * 60);
    assert!(matches!(sign_in.caller(&secret).await, Err(SessionError::Locked(_))));

    let refused = sign_in.unlock(&secret, typed(wrong_code()), None).await;
    assert!(matches!(refused, Err(SignInError::Refused)));
    assert!(matches!(sign_in.caller(&secret).await, Err(SessionError::Locked(_))));
    let fresh = code(&nodes.trust, Standing::InUse, 0).await;
    let reopened = sign_in.unlock(&secret, typed(fresh), None).await.unwrap();
    assert_eq!(sign_in.caller(&reopened.secret).await.unwrap().employee().user_name, user());
}

#[tokio::test]
async fn a_copy_of_a_locked_sessions_secret_opens_nothing_once_its_owner_is_back() {
    let nodes = enrolled().await;
    let copy = sign_in(&nodes).await.unwrap();
    let caller = nodes.trust.sign_in.caller(&copy).await.unwrap();
    nodes.trust.sign_in.lock(&caller).await.unwrap();
    nodes.advance(60);
    let fresh = code(&nodes.trust, Standing::InUse, 0).await;
    let reopened = nodes.trust.sign_in.unlock(&copy, typed(fresh), None).await.unwrap();
    assert_eq!(reopened.before, caller.session());
    let began = nodes.trust.ground.staff.session(reopened.now).await.unwrap().unwrap().began;
    assert!(began < nodes.trust.ground.clock.now(), "twelve hours count from the sign-in");
    assert!(!nodes.trust.sign_in.stands(reopened.before));
    assert!(nodes.trust.sign_in.stands(reopened.now));
    let nodes = nodes.restart().await;
    assert!(matches!(nodes.trust.sign_in.caller(&copy).await, Err(SessionError::None)));
    assert!(nodes.trust.sign_in.caller(&reopened.secret).await.is_ok());
    assert_eq!(nodes.trust.ground.staff.sessions(), 1);
}

#[tokio::test]
async fn a_lock_by_hand_holds_over_a_restart_and_so_does_a_session() {
    let nodes = enrolled().await;
    let secret = sign_in(&nodes).await.unwrap();
    let nodes = nodes.restart().await;
    let caller = nodes.trust.sign_in.caller(&secret).await.unwrap();
    nodes.trust.sign_in.lock(&caller).await.unwrap();
    let nodes = nodes.restart().await;
    let locked = nodes.trust.sign_in.caller(&secret).await;
    assert!(matches!(locked, Err(SessionError::Locked(_))));
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_however_busy_and_can_not_be_reopened() {
    let nodes = enrolled().await;
    let secret = sign_in(&nodes).await.unwrap();
    for _ in 0..48 {
        assert!(nodes.trust.sign_in.caller(&secret).await.is_ok());
        nodes.advance(15 * 60);
    }
    assert!(matches!(nodes.trust.sign_in.caller(&secret).await, Err(SessionError::None)));
    let fresh = code(&nodes.trust, Standing::InUse, 0).await;
    let reopened = nodes.trust.sign_in.unlock(&secret, typed(fresh), None).await;
    assert!(matches!(reopened, Err(SignInError::NoSession)));
    assert_eq!(nodes.trust.ground.staff.sessions(), 0);
}

#[tokio::test]
async fn signing_out_ends_the_session_and_is_recorded() {
    let nodes = enrolled().await;
    let secret = sign_in(&nodes).await.unwrap();
    nodes.trust.sign_in.sign_out(&secret).await.unwrap();
    assert!(matches!(nodes.trust.sign_in.caller(&secret).await, Err(SessionError::None)));
    let last = nodes.trust.entries(nodes.trust.size() - 1).pop();
    assert!(matches!(last, Some(Entry::SignedOut { .. })));
    nodes.trust.sign_in.sign_out(&secret).await.unwrap();
}

#[tokio::test]
async fn a_disabled_account_signs_in_no_more_and_its_sessions_end_with_it() {
    let nodes = enrolled().await;
    let secret = sign_in(&nodes).await.unwrap();
    let employee = nodes.trust.sign_in.caller(&secret).await.unwrap().employee().id;
    nodes.trust.ground.staff.disable(employee);
    nodes.trust.sign_in.end_sessions_of(employee).await.unwrap();
    nodes.advance(8);
    assert!(matches!(sign_in(&nodes).await, Err(SignInError::Refused)));
    assert!(matches!(nodes.trust.sign_in.caller(&secret).await, Err(SessionError::None)));
}

/// Gives the nurse another PIN, and ends what is open, before the next write: a sign-in under the old one is under way.
struct PinGiven {
    staff: Arc<MemoryStaff>,
    employee: EmployeeId,
    given: AtomicBool,
}

#[async_trait]
impl Gate for PinGiven {
    async fn pass(&self, writes: bool) {
        if !writes || self.given.swap(true, Ordering::SeqCst) {
            return;
        }
        let hash = PinHash::hash(&pin("902817").choose().unwrap(), [3; 16]).unwrap();
        let change = AccountChange::Pin { hash, given: true };
        assert!(self.staff.change_account(self.employee, &change).await.unwrap());
        self.staff.end_sessions_of(self.employee).await.unwrap();
    }
}

#[tokio::test]
async fn a_sign_in_under_a_pin_that_is_replaced_in_the_same_moment_opens_nothing() {
    let nodes = enrolled().await;
    let staff = &nodes.trust.ground.staff;
    let employee = staff.account(&user()).await.unwrap().unwrap().employee.id;
    let gate = PinGiven { staff: Arc::clone(staff), employee, given: AtomicBool::new(false) };
    staff.fault.set_gate(Some(Arc::new(gate)));
    let opened = sign_in(&nodes).await;
    staff.fault.set_gate(None);
    assert!(matches!(opened, Err(SignInError::NoSession)));
    assert!(staff.sessions_of(employee).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_use_of_a_session_is_written_down_beside_the_request_and_a_lock_is_kept() {
    let nodes = enrolled().await;
    let secret = sign_in(&nodes).await.unwrap();
    let (sign_in, staff) = (&nodes.trust.sign_in, &nodes.trust.ground.staff);
    let seen = async || staff.session(secret.id()).await.unwrap().unwrap().seen;
    let opened = seen().await;
    nodes.advance(60);
    staff.fault.begin();
    let caller = sign_in.caller(&secret).await.unwrap();
    assert!(sign_in.note_use().await.is_err());
    staff.fault.end();
    assert_eq!(seen().await, opened, "no request writes it");
    sign_in.note_use().await.unwrap();
    assert_eq!(seen().await, nodes.trust.ground.clock.now());
    sign_in.lock(&caller).await.unwrap();
    sign_in.note_use().await.unwrap();
    assert!(staff.session(secret.id()).await.unwrap().unwrap().locked);
}

#[tokio::test]
async fn an_unlock_that_can_not_be_recorded_leaves_the_session_locked() {
    let nodes = enrolled().await;
    let secret = sign_in(&nodes).await.unwrap();
    let caller = nodes.trust.sign_in.caller(&secret).await.unwrap();
    nodes.trust.sign_in.lock(&caller).await.unwrap();
    nodes.advance(8);
    let fresh = code(&nodes.trust, Standing::InUse, 0).await;
    nodes.trust.break_ledger().await;
    let opened = nodes.trust.sign_in.unlock(&secret, typed(fresh), None).await;
    assert!(matches!(opened, Err(SignInError::Ledger(_))));
    assert!(matches!(nodes.trust.sign_in.caller(&secret).await, Err(SessionError::Locked(_))));
    let stored = nodes.trust.ground.staff.session(caller.session()).await.unwrap();
    assert!(stored.unwrap().locked, "after a restart it would be open");
}
