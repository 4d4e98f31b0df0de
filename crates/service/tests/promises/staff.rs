//! Joiners, movers and leavers: what each may open, from the moment at which somebody said so.

use kinfold_domain::UserName;
use kinfold_service::{
    ports::Clock,
    records::{Asker, Entry},
    sign_in::{Credentials, PinError, SessionError, SessionSecret, SignInError},
    staff::{Job, NewEmployee, RollError, StaffError},
};
use kinfold_token::{Code, CodePair, Generator, Pin, Profile, Standing};

use crate::{
    sign_in::{PIN, pin},
    *,
};

struct Person {
    user_name: UserName,
    pin: Pin,
    token: Generator,
}

fn new(name: &str, role: &str) -> NewEmployee {
    NewEmployee {
        user_name: name.parse().unwrap(),
        name: "Joan Testperson".to_owned(),
        job_title: "Nurse".to_owned(),
        role: role.parse().unwrap(),
        email: None,
    }
}

fn job(title: &str, role: &str) -> Job {
    Job { title: title.to_owned(), role: role.parse().unwrap() }
}

fn code(nodes: &TwoNodes, token: &Generator) -> Code {
    nodes.advance(60);
    token.code_at(nodes.trust.ground.clock.now())
}

async fn equip(nodes: &TwoNodes, user_name: &UserName) -> Generator {
    let staff = &nodes.trust.staff;
    let uri = staff.issue_token(user_name).await.unwrap().uri;
    let token = Generator::new(uri.seed(), uri.parameters());
    let now = nodes.trust.ground.clock.now();
    let codes = [0, 8].map(|after| token.code_at(now + jiff::SignedDuration::from_secs(after)));
    let [first, second] = codes;
    staff.confirm_token(user_name, &CodePair::new(first, second)).await.unwrap();
    token
}

/// Somebody who has joined with a given PIN and has a token.
async fn joined(nodes: &TwoNodes, name: &str, role: &str) -> Person {
    let given = nodes.trust.staff.join(new(name, role), None).await.unwrap();
    let user_name: UserName = name.parse().unwrap();
    let token = equip(nodes, &user_name).await;
    Person { user_name, pin: given.expose().parse().unwrap(), token }
}

/// Somebody who has chosen their own PIN.
async fn settled(nodes: &TwoNodes, name: &str, role: &str) -> (Person, SessionSecret) {
    let mut person = joined(nodes, name, role).await;
    let secret = enter(nodes, &person).await.unwrap();
    let own = pin(PIN);
    nodes.trust.sign_in.choose_pin(&secret, own.clone().choose().unwrap()).await.unwrap();
    person.pin = own;
    (person, secret)
}

async fn enter(nodes: &TwoNodes, person: &Person) -> Result<SessionSecret, SignInError> {
    let code = code(nodes, &person.token);
    nodes.trust.sign_in.sign_in(&person.user_name, person.pin.clone(), code).await
}

async fn operator(nodes: &TwoNodes) -> Asker {
    let (person, secret) = settled(nodes, "boss", "operator").await;
    let caller = nodes.trust.sign_in.caller(&secret).await.unwrap();
    assert_eq!(caller.employee().user_name, person.user_name);
    Asker::from(caller.employee())
}

fn said(node: &TestNode) -> Vec<(String, Option<String>, bool)> {
    let entries = node.entries(0).into_iter().filter_map(|entry| match entry {
        Entry::Staff { what, role, by, .. } => {
            Some((what, role.map(|role| role.to_string()), !by.is_empty()))
        }
        _ => None,
    });
    entries.collect()
}

#[tokio::test]
async fn a_given_pin_opens_nothing_but_the_choice_of_another_one() {
    let nodes = TwoNodes::start().await;
    let person = joined(&nodes, "nurse", "ed-clinician").await;
    let sign_in = &nodes.trust.sign_in;
    let secret = enter(&nodes, &person).await.unwrap();
    assert!(matches!(sign_in.caller(&secret).await, Err(SessionError::GivenPin(_))));
    let vouching = Credentials { pin: person.pin.clone(), code: code(&nodes, &person.token) };
    let vouched = sign_in.vouch(None, &person.user_name, vouching).await;
    assert!(matches!(vouched, Err(SignInError::GivenPin)), "nor is anybody vouched for");
    let same = sign_in.choose_pin(&secret, person.pin.clone().choose().unwrap()).await;
    assert!(matches!(same, Err(PinError::Same)));
    sign_in.choose_pin(&secret, pin(PIN).choose().unwrap()).await.unwrap();
    assert!(sign_in.caller(&secret).await.is_ok());
    let again = sign_in.choose_pin(&secret, pin("730518").choose().unwrap()).await;
    assert!(again.is_err(), "the next one takes the old one");
    assert!(matches!(enter(&nodes, &person).await, Err(SignInError::Refused)), "it is over");
    assert!(enter(&nodes, &Person { pin: pin(PIN), ..person }).await.is_ok());
}

#[tokio::test]
async fn ones_own_pin_is_changed_with_the_old_one_and_a_fresh_code_and_ends_every_session() {
    let nodes = TwoNodes::start().await;
    let (person, secret) = settled(&nodes, "nurse", "ed-clinician").await;
    let sign_in = &nodes.trust.sign_in;
    let caller = sign_in.caller(&secret).await.unwrap();
    let new = || pin("730518").choose().unwrap();
    let wrong = Credentials { pin: pin("111222"), code: code(&nodes, &person.token) };
    assert!(sign_in.change_pin(&caller, wrong, new()).await.is_err());
    assert!(sign_in.caller(&secret).await.is_ok());
    let right = Credentials { pin: person.pin.clone(), code: code(&nodes, &person.token) };
    sign_in.change_pin(&caller, right, new()).await.unwrap();
    assert!(matches!(sign_in.caller(&secret).await, Err(SessionError::None)));
    assert!(enter(&nodes, &person).await.is_err());
    assert!(enter(&nodes, &Person { pin: pin("730518"), ..person }).await.is_ok());
}

#[tokio::test]
async fn a_leaver_has_no_session_no_token_and_no_way_in_and_comes_back_with_neither() {
    let nodes = TwoNodes::start().await;
    let by = operator(&nodes).await;
    let (person, secret) = settled(&nodes, "nurse", "ed-clinician").await;
    let (staff, sign_in) = (&nodes.trust.staff, &nodes.trust.sign_in);
    let ticket = staff.issue_ticket(&person.user_name).await.unwrap();
    staff.leave(&person.user_name, Some(&by)).await.unwrap();
    assert!(matches!(sign_in.caller(&secret).await, Err(SessionError::None)));
    assert!(matches!(enter(&nodes, &person).await, Err(SignInError::Refused)));
    let begun = staff.begin(None, &person.user_name, person.pin.clone(), ticket.expose()).await;
    assert!(begun.is_err(), "an enrolment code opens nothing either");
    assert!(staff.issue_token(&person.user_name).await.is_err());
    let listing =
        kinfold_service::tokens::Listing { standing: Some(Standing::InUse), ..Default::default() };
    let used = nodes.trust.inventory.list(&listing).await.unwrap();
    assert_eq!(used.len(), 1, "the operator's alone");
    staff.leave(&person.user_name, Some(&by)).await.unwrap();

    let back = job("Sister", "ed-clinician");
    let given = staff.come_back(&person.user_name, back, Some(&by)).await.unwrap();
    let again = Person { pin: given.expose().parse().unwrap(), ..person };
    assert!(enter(&nodes, &again).await.is_err(), "the old token is gone");
    let token = equip(&nodes, &again.user_name).await;
    let again = Person { token, ..again };
    let secret = enter(&nodes, &again).await.unwrap();
    assert!(matches!(sign_in.caller(&secret).await, Err(SessionError::GivenPin(_))));
    let not_left = staff.come_back(&again.user_name, job("Sister", "ed-clinician"), None).await;
    assert!(matches!(not_left, Err(StaffError::NotLeft)));
    let left = ("left".to_owned(), None, true);
    assert_eq!(said(&nodes.trust).iter().filter(|line| **line == left).count(), 2);
}

#[tokio::test]
async fn a_mover_sees_what_the_new_role_may_from_the_next_sign_in_and_nobody_moves_themselves() {
    let nodes = TwoNodes::start().await;
    let by = operator(&nodes).await;
    let (person, secret) = settled(&nodes, "nurse", "ed-clinician").await;
    let staff = &nodes.trust.staff;
    let own = staff.move_to(&by.user_name, job("Nurse", "ed-clinician"), Some(&by)).await;
    assert!(matches!(own, Err(StaffError::Oneself)));
    let unknown = staff.move_to(&person.user_name, job("Worker", "social-worker"), Some(&by)).await;
    assert!(matches!(unknown, Err(StaffError::UnknownRole { .. })));
    let governance = job("Governance lead", "information-governance");
    staff.move_to(&person.user_name, governance, Some(&by)).await.unwrap();
    assert!(matches!(nodes.trust.sign_in.caller(&secret).await, Err(SessionError::None)));
    let secret = enter(&nodes, &person).await.unwrap();
    let caller = nodes.trust.sign_in.caller(&secret).await.unwrap();
    assert_eq!(caller.employee().role.as_str(), "information-governance");
    let moved = ("moved".to_owned(), Some("information-governance".to_owned()), true);
    assert!(said(&nodes.trust).contains(&moved));
}

#[tokio::test]
async fn a_lock_is_opened_by_two_people_and_every_code_shown_meanwhile_is_spent() {
    let nodes = TwoNodes::start().await;
    let (boss, _) = settled(&nodes, "boss", "operator").await;
    let (sister, _) = settled(&nodes, "sister", "ed-clinician").await;
    let (person, _) = settled(&nodes, "nurse", "ed-clinician").await;
    let inventory = &nodes.trust.inventory;
    let both = async |second: &Person| {
        let one = code(&nodes, &boss.token);
        let two = second.token.code_at(nodes.trust.ground.clock.now());
        let first = (&boss.user_name, boss.pin.clone(), one);
        inventory.witnesses(None, first, (&second.user_name, second.pin.clone(), two)).await
    };
    let early = inventory.unlock(&person.user_name, &both(&sister).await.unwrap()).await;
    assert!(early.is_err(), "there is nothing to unlock");
    for _ in 0..12 {
        nodes.advance(1_000);
        let typed = (pin("111222"), code(&nodes, &person.token));
        assert!(nodes.trust.sign_in.sign_in(&person.user_name, typed.0, typed.1).await.is_err());
    }
    assert!(matches!(enter(&nodes, &person).await, Err(SignInError::Locked)));
    assert!(both(&person).await.is_err(), "the locked one vouches for nobody");
    let shown = person.token.code_at(nodes.trust.ground.clock.now());
    inventory.unlock(&person.user_name, &both(&sister).await.unwrap()).await.unwrap();
    let spent = nodes.trust.sign_in.sign_in(&person.user_name, person.pin.clone(), shown).await;
    assert!(spent.is_err());
    assert!(enter(&nodes, &person).await.is_ok());
}

const ROLL: &str = "\
User name,Name,Job title,Role,Email
nurse,Joan Testperson,Sister,ed-clinician,
newcomer,Nia Testperson,Nurse,ed-clinician,nia@trust.example
boss,Bo Testperson,Operator,operator,
";

#[tokio::test]
async fn a_roll_joins_moves_and_ends_and_the_same_roll_again_changes_nothing() {
    let nodes = TwoNodes::start().await;
    let staff = &nodes.trust.staff;
    for (name, role) in [("nurse", "ed-clinician"), ("gone", "ed-clinician")] {
        staff.join(new(name, role), None).await.unwrap();
    }
    operator(&nodes).await;
    let plan = staff.plan(ROLL, true).await.unwrap();
    let names = |names: &[UserName]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(names(&plan.leave), ["gone"]);
    assert_eq!((plan.join.len(), plan.moved.len(), plan.back.len()), (1, 2, 0));
    let pins = staff.carry_out(plan).await.unwrap();
    assert_eq!(pins.len(), 1);
    let again = staff.plan(ROLL, true).await.unwrap();
    assert_eq!((again.unchanged, again.leave.len(), again.join.len()), (3, 0, 0));
}

#[tokio::test]
async fn with_one_wrong_line_nothing_of_a_roll_is_done_and_each_is_told_with_its_number() {
    let nodes = TwoNodes::start().await;
    let staff = &nodes.trust.staff;
    let text = "user_name,name,job_title,role,email\n\
        good,Joan,Nurse,ed-clinician,\n\
        bad name!,Joan,Nurse,ed-clinician,\n\
        c,,Nurse,ed-clinician,\n\
        d,Joan,Nurse,social-worker,\n\
        good,Other,Nurse,ed-clinician,\n\
        e,Joan,Nurse,ed-clinician,no address\n";
    let plan = staff.plan(text, false).await.unwrap();
    let lines: Vec<u64> = plan.wrong.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [3, 4, 5, 6, 7], "{:?}", plan.wrong);
    assert!(matches!(staff.carry_out(plan).await, Err(RollError::Wrong(5))));
    assert!(staff.everybody().await.unwrap().is_empty());
    for text in ["", "hello", "user_name,name,role\n", "\u{0}\u{1}"] {
        let plan = staff.plan(text, false).await;
        assert!(matches!(plan, Err(RollError::NoColumn(_))), "{text:?}");
    }
}

#[tokio::test]
async fn nothing_of_a_leaver_is_left_open_when_the_store_fails_half_way() {
    let nodes = TwoNodes::start().await;
    let (person, secret) = settled(&nodes, "nurse", "ed-clinician").await;
    let (staff, fault) = (&nodes.trust.staff, &nodes.trust.ground.staff.fault);
    for writes in 0..4 {
        fault.begin_after(writes);
        let left = staff.leave(&person.user_name, None).await;
        fault.end();
        if left.is_ok() {
            break;
        }
        if staff.one(&person.user_name).await.unwrap().left {
            assert!(matches!(enter(&nodes, &person).await, Err(SignInError::Refused)));
        }
    }
    staff.leave(&person.user_name, None).await.unwrap();
    assert!(matches!(nodes.trust.sign_in.caller(&secret).await, Err(SessionError::None)));
}

#[tokio::test]
async fn a_token_whose_clock_has_wandered_is_found_by_two_codes_and_once_in_five_minutes() {
    let nodes = TwoNodes::start().await;
    let (person, _) = settled(&nodes, "nurse", "ed-clinician").await;
    let sign_in = &nodes.trust.sign_in;
    // Twenty minutes ahead.
    let ahead = |after: i64| {
        let now = nodes.trust.ground.clock.now();
        person.token.code_at(now + jiff::SignedDuration::from_secs(1_200 + after))
    };
    nodes.advance(60);
    let code = ahead(0);
    let refused = sign_in.sign_in(&person.user_name, person.pin.clone(), code).await;
    assert!(matches!(refused, Err(SignInError::Refused)));
    let find = async |pin: Pin, second: i64| {
        let codes = CodePair::new(ahead(0), ahead(second));
        sign_in.resynchronise(None, &person.user_name, pin, &codes).await
    };
    nodes.advance(60);
    let wrong = find(pin("111222"), 8).await;
    assert!(matches!(wrong, Err(SignInError::Refused)), "the PIN counts");
    let soon = find(person.pin.clone(), 8).await;
    assert!(matches!(soon, Err(SignInError::Wait { seconds }) if seconds > 200), "{soon:?}");
    nodes.advance(301);
    find(person.pin.clone(), 8).await.unwrap();
    let spent = sign_in.sign_in(&person.user_name, person.pin.clone(), ahead(8)).await;
    assert!(spent.is_err(), "both codes are spent");
    nodes.advance(60);
    sign_in.sign_in(&person.user_name, person.pin.clone(), ahead(0)).await.unwrap();
    let found = nodes
        .trust
        .entries(0)
        .into_iter()
        .any(|entry| matches!(entry, Entry::Token(word) if word.what == "resynchronised"));
    assert!(found);
    let nobody = CodePair::new(ahead(0), ahead(8));
    let nobody = sign_in.resynchronise(None, &"nobody".parse().unwrap(), pin(PIN), &nobody).await;
    assert!(matches!(nobody, Err(SignInError::Refused)));
}

#[tokio::test]
async fn whoever_needs_it_is_given_more_time_to_type_a_code() {
    let nodes = TwoNodes::start().await;
    let by = operator(&nodes).await;
    let (person, _) = settled(&nodes, "nurse", "ed-clinician").await;
    let staff = &nodes.trust.staff;
    let late = async || {
        nodes.advance(120);
        let code = person.token.code_at(nodes.trust.ground.clock.now());
        nodes.advance(36);
        nodes.trust.sign_in.sign_in(&person.user_name, person.pin.clone(), code).await
    };
    assert!(matches!(late().await, Err(SignInError::Refused)));
    staff.give_time(&person.user_name, Profile::Accessible, Some(&by)).await.unwrap();
    assert!(late().await.is_ok());
    staff.give_time(&person.user_name, Profile::Standard, Some(&by)).await.unwrap();
    assert!(late().await.is_err());
    let own = staff.give_time(&by.user_name, Profile::Accessible, Some(&by)).await;
    assert!(matches!(own, Err(StaffError::Oneself)));
}
