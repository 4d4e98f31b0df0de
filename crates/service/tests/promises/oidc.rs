//! Signing in at an identity provider: whom it has made sure of is whoever two named people linked to it, and nobody else.

use std::sync::Arc;

use jiff::SignedDuration;
use kinfold_domain::UserName;
use kinfold_oidc::{Refusal, Trouble};
use kinfold_service::{
    Caller,
    oidc::{Brought, LinkError, OutsideError, Waiting, Went},
    ports::{Address, Clock},
    records::Entry,
    sign_in::{SessionError, SessionSecret, SignInError, StepUp},
    staff::NewEmployee,
    testing::TestProvider,
    tokens::Witnesses,
};
use kinfold_token::{Code, CodePair, Generator, Standing};

use crate::{
    sign_in::{PIN, code, enrolled, pin, user},
    *,
};

const SUBJECT: &str = "787807429511";

fn address() -> Address {
    "10.0.0.7".parse::<std::net::IpAddr>().unwrap().into()
}

/// The trust with a nurse who has a token, and two colleagues.
struct Desk {
    nodes: TwoNodes,
    operator: Generator,
    sister: Generator,
}

async fn desk() -> Desk {
    let nodes = enrolled().await;
    let operator = colleague(&nodes, "operator", "operator").await;
    let sister = colleague(&nodes, "sister", "ed-clinician").await;
    Desk { nodes, operator, sister }
}

async fn colleague(nodes: &TwoNodes, user_name: &str, role: &str) -> Generator {
    let user_name: UserName = user_name.parse().unwrap();
    let new = NewEmployee {
        user_name: user_name.clone(),
        name: "Kim Testperson".to_owned(),
        job_title: "Test job".to_owned(),
        role: role.parse().unwrap(),
        email: None,
    };
    let staff = &nodes.trust.staff;
    staff.add(new, &pin(PIN).choose().unwrap()).await.unwrap();
    let uri = staff.issue_token(&user_name).await.unwrap().uri;
    let token = Generator::new(uri.seed(), uri.parameters());
    let now = nodes.trust.ground.clock.now();
    let codes =
        CodePair::new(token.code_at(now), token.code_at(now + SignedDuration::from_secs(8)));
    staff.confirm_token(&user_name, &codes).await.unwrap();
    nodes.advance(60);
    token
}

impl Desk {
    fn trust(&self) -> &TestNode {
        &self.nodes.trust
    }

    async fn two(&self, (first, second): (&str, &str)) -> Witnesses {
        self.nodes.advance(60);
        let (operator, second): (UserName, UserName) =
            (first.parse().unwrap(), second.parse().unwrap());
        let now = self.trust().ground.clock.now();
        let shown: Code = match second.as_str() {
            "nurse" => code(self.trust(), Standing::InUse, 0).await,
            _ => self.sister.code_at(now),
        };
        let first = (&operator, pin(PIN), self.operator.code_at(now));
        self.trust().inventory.witnesses(None, first, (&second, pin(PIN), shown)).await.unwrap()
    }

    async fn link(&self, who: &str, subject: &str) -> Result<(), LinkError> {
        let two = self.two(("operator", "sister")).await;
        let who = who.parse().unwrap();
        self.trust().links.link(&who, (TestProvider::ISSUER, subject), &two).await
    }

    /// Goes to the provider and brings back what it says.
    async fn through(&self, change: impl FnOnce(&mut Brought<'_>)) -> Result<Went, OutsideError> {
        let going = self.trust().outside.ask().await?;
        let state = going.address.split_once("state=").unwrap().1.to_owned();
        let mut brought = Brought { state: &state, code: Some("good"), ..Brought::default() };
        change(&mut brought);
        self.trust().outside.back(&going.mark, brought, Some(address())).await
    }

    async fn signed_in(&self) -> Result<SessionSecret, OutsideError> {
        match self.through(|_| {}).await? {
            Went::SignedIn(secret) => Ok(secret),
            Went::Unlocked(_) | Went::SteppedUp => panic!("nothing was locked or wanted"),
        }
    }

    async fn caller(&self) -> Caller {
        let secret = self.signed_in().await.unwrap();
        self.trust().sign_in.caller(&secret).await.unwrap()
    }

    /// Steps up at the provider, to break the glass.
    async fn steps_up(&self, caller: &Caller) -> Result<Went, OutsideError> {
        let going =
            self.trust().outside.ask_step_up(caller, StepUp::BreakGlass, "the view").await?;
        let state = going.address.split_once("state=").unwrap().1.to_owned();
        assert_eq!(self.trust().provider.asked_anew(), Some(true), "however lately they did");
        let brought = Brought { state: &state, code: Some("good"), ..Brought::default() };
        self.trust().outside.back(&going.mark, brought, Some(address())).await
    }

    /// Why sign-ins at the provider were refused, as the ledger has it.
    fn whys(&self) -> Vec<String> {
        let label = format!("oidc:{}", TestProvider::ISSUER);
        let why = |entry| match entry {
            Entry::SignInRefused { why, by: Some(by), .. } if by == label => Some(why),
            _ => None,
        };
        self.trust().entries(0).into_iter().filter_map(why).collect()
    }
}

fn told<T>(result: Result<T, OutsideError>) -> OutsideError {
    match result {
        Err(error) => error,
        Ok(_) => panic!("somebody was let in"),
    }
}

#[tokio::test]
async fn whoever_two_people_linked_is_signed_in_and_the_ledger_says_how_and_where() {
    let desk = desk().await;
    desk.link("nurse", SUBJECT).await.unwrap();
    let linked = desk.trust().entries(0).into_iter().find_map(|entry| match entry {
        Entry::IdentityLink(word) => Some(word),
        _ => None,
    });
    let linked = linked.expect("recorded");
    assert_eq!((linked.what.as_str(), linked.subject.expose().as_str()), ("linked", SUBJECT));
    let by: Vec<_> = linked.by.iter().map(|by| by.user_name.as_str()).collect();
    assert_eq!(by, ["operator", "sister"]);

    let secret = desk.signed_in().await.unwrap();
    let caller = desk.trust().sign_in.caller(&secret).await.unwrap();
    assert_eq!(caller.employee().user_name, user());
    let last = desk.trust().entries(desk.trust().size() - 1).pop();
    let Some(Entry::SignedIn { how, by, address: from, .. }) = last else { panic!("not recorded") };
    assert_eq!((how.as_str(), by.as_deref()), ("oidc", Some("oidc:https://idp.example")));
    assert_eq!(from, Some(address()));
    assert!(desk.whys().is_empty());
}

#[tokio::test]
async fn an_answer_is_good_once_in_its_own_browser_and_for_ten_minutes() {
    let desk = desk().await;
    desk.link("nurse", SUBJECT).await.unwrap();
    let outside = &desk.trust().outside;
    let (one, other) = (outside.ask().await.unwrap(), outside.ask().await.unwrap());
    let state = one.address.split_once("state=").unwrap().1;
    let brought = Brought { state, code: Some("good"), ..Brought::default() };
    let in_another = told(outside.back(&other.mark, brought, None).await);
    assert!(matches!(in_another, OutsideError::Refused));
    assert!(matches!(told(outside.back("", brought, None).await), OutsideError::Over));
    assert!(outside.back(&one.mark, brought, None).await.is_ok());
    assert!(matches!(told(outside.back(&one.mark, brought, None).await), OutsideError::Over));
    let late = outside.ask().await.unwrap();
    let state = late.address.split_once("state=").unwrap().1;
    desk.nodes.advance(600);
    let brought = Brought { state, code: Some("good"), ..Brought::default() };
    assert!(matches!(told(outside.back(&late.mark, brought, None).await), OutsideError::Over));
    assert_eq!(desk.whys(), ["state", "state", "state", "state"]);
}

#[tokio::test]
async fn whatever_the_provider_has_not_made_sure_of_is_refused_and_recorded_in_a_word() {
    let desk = desk().await;
    desk.link("nurse", SUBJECT).await.unwrap();
    let declined =
        desk.through(|brought| (brought.error, brought.code) = (Some("access_denied"), None));
    assert!(matches!(told(declined.await), OutsideError::Declined { .. }));
    let planted = desk.through(|brought| brought.error = Some("Planted <b>text</b>"));
    assert!(matches!(told(planted.await), OutsideError::Declined { .. }));
    let another = desk.through(|brought| brought.issuer = Some("https://other.example"));
    assert!(matches!(told(another.await), OutsideError::Refused));
    let stolen = desk.through(|brought| brought.code = Some("stolen"));
    assert!(matches!(told(stolen.await), OutsideError::Refused));
    for refusal in [Refusal::Acr, Refusal::Amr, Refusal::Claim] {
        desk.trust().provider.say(Err(refusal.into()));
        assert!(matches!(told(desk.signed_in().await), OutsideError::TooWeak { .. }));
    }
    desk.trust().provider.say(Err(Refusal::AuthTime.into()));
    assert!(matches!(told(desk.signed_in().await), OutsideError::TooOld { .. }));
    desk.trust().provider.say(Err(Trouble::Away("it can't be reached".to_owned())));
    assert!(matches!(told(desk.signed_in().await), OutsideError::Away { .. }));
    let expected =
        ["access_denied", "provider-refused", "issuer", "code", "acr", "amr", "claim", "auth-time"];
    assert_eq!(desk.whys(), expected);
}

#[tokio::test]
async fn whoever_is_not_linked_or_has_left_is_told_the_same_and_opens_nothing() {
    let desk = desk().await;
    let unknown = told(desk.signed_in().await);
    desk.link("nurse", SUBJECT).await.unwrap();
    let secret = desk.signed_in().await.unwrap();
    desk.trust().staff.leave(&user(), None).await.unwrap();
    let left = told(desk.signed_in().await);
    assert!(matches!(unknown, OutsideError::NotLinked { .. }));
    assert_eq!(unknown.to_string(), left.to_string());
    let over = desk.trust().sign_in.caller(&secret).await;
    assert!(matches!(over, Err(SessionError::None)));
    assert_eq!(desk.whys(), ["not-linked", "not-linked"]);
    let unlinked = desk.trust().entries(0).into_iter();
    let unlinked = unlinked.filter(|e| matches!(e, Entry::IdentityLink(w) if w.what == "unlinked"));
    assert_eq!(unlinked.count(), 1, "the link went with them");
}

#[tokio::test]
async fn a_link_that_is_removed_ends_the_sessions_and_a_question_that_was_out() {
    let desk = desk().await;
    desk.link("nurse", SUBJECT).await.unwrap();
    let secret = desk.signed_in().await.unwrap();
    desk.trust().links.unlink(&user(), None).await.unwrap();
    let over = desk.trust().sign_in.caller(&secret).await;
    assert!(matches!(over, Err(SessionError::None)));
    assert!(matches!(told(desk.signed_in().await), OutsideError::NotLinked { .. }));
    let again = desk.trust().links.unlink(&user(), None).await;
    assert!(matches!(again, Err(LinkError::Unknown)));
    desk.link("nurse", SUBJECT).await.unwrap();
    assert!(desk.signed_in().await.is_ok());
}

#[tokio::test]
async fn a_locked_session_is_unlocked_by_its_own_employee_alone() {
    let desk = desk().await;
    desk.link("nurse", SUBJECT).await.unwrap();
    colleague(&desk.nodes, "doctor", "ed-clinician").await;
    desk.link("doctor", "another").await.unwrap();
    let secret = desk.signed_in().await.unwrap();
    let caller = desk.trust().sign_in.caller(&secret).await.unwrap();
    desk.trust().sign_in.lock(&caller).await.unwrap();
    let unlock = async || {
        let going = desk.trust().outside.ask_unlock(&secret).await?;
        let state = going.address.split_once("state=").unwrap().1.to_owned();
        let brought = Brought { state: &state, code: Some("good"), ..Brought::default() };
        desk.trust().outside.back(&going.mark, brought, Some(address())).await
    };
    desk.trust().provider.say(Ok("another"));
    assert!(matches!(told(unlock().await), OutsideError::Refused));
    assert_eq!(desk.whys(), ["another-person"]);
    desk.trust().provider.say(Ok(SUBJECT));
    let Ok(Went::Unlocked(reopened)) = unlock().await else { panic!("it stays locked") };
    assert!(desk.trust().sign_in.caller(&reopened.secret).await.is_ok());
    let before = desk.trust().sign_in.caller(&secret).await;
    assert!(matches!(before, Err(SessionError::None)), "it goes on under another secret");
    let over = told(unlock().await);
    assert!(matches!(over, OutsideError::SignIn(SignInError::NoSession)));
}

#[tokio::test]
async fn an_account_is_linked_to_one_person_by_two_others() {
    let desk = desk().await;
    let with_nurse = desk.two(("operator", "nurse")).await;
    let links = Arc::clone(&desk.trust().links);
    let own = links.link(&user(), (TestProvider::ISSUER, SUBJECT), &with_nurse).await;
    assert!(matches!(own, Err(LinkError::NotTwoPeople)));
    assert!(matches!(desk.link("nobody", SUBJECT).await, Err(LinkError::NoAccount)));
    assert!(matches!(desk.link("nurse", "a\nb").await, Err(LinkError::Subject)));
    let two = desk.two(("operator", "sister")).await;
    links.link(&user(), (TestProvider::ISSUER, SUBJECT), &two).await.unwrap();
    let twice = links.link(&user(), (TestProvider::ISSUER, "another"), &two).await;
    assert!(matches!(twice, Err(LinkError::HasAnother)));
    let elses = links.link(&"nurse".parse().unwrap(), (TestProvider::ISSUER, SUBJECT), &two).await;
    assert!(matches!(elses, Err(LinkError::Taken)));
    assert_eq!(links.of(&user()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_is_signed_in_while_the_ledger_is_down() {
    let desk = desk().await;
    desk.link("nurse", SUBJECT).await.unwrap();
    desk.trust().break_ledger().await;
    assert!(matches!(told(desk.signed_in().await), OutsideError::Ledger(_)));
}

#[tokio::test]
async fn whoever_proves_themselves_there_anew_has_stepped_up_once_for_that_one_thing() {
    let desk = desk().await;
    desk.link("nurse", SUBJECT).await.unwrap();
    let (caller, outside) = (desk.caller().await, &desk.trust().outside);
    assert_eq!(desk.trust().provider.asked_anew(), Some(false), "as the settings say");
    assert!(outside.waiting(&caller).is_none());
    assert!(matches!(desk.steps_up(&caller).await, Ok(Went::SteppedUp)));
    let last = desk.trust().entries(desk.trust().size() - 1).pop();
    let Some(Entry::SignedIn { how, what_for, by, .. }) = last else { panic!("not recorded") };
    assert_eq!((how.as_str(), what_for.as_deref()), ("step-up", Some("break-glass")));
    assert_eq!(by.as_deref(), Some("oidc:https://idp.example"));

    let wanted = Waiting { what: StepUp::BreakGlass, handle: "the view".to_owned() };
    assert_eq!(outside.waiting(&caller), Some(wanted));
    let elsewhere = desk.caller().await;
    assert!(outside.waiting(&elsewhere).is_none(), "the same person, in another session");
    let taken = outside.take_step_up(&elsewhere, StepUp::BreakGlass);
    assert!(matches!(told(taken), OutsideError::Over));
    let proof = outside.take_step_up(&caller, StepUp::BreakGlass).unwrap();
    assert!(proof.is_of(&caller, StepUp::BreakGlass) && !proof.lasting());
    assert!(!proof.is_of(&caller, StepUp::ExportWhoLooked));
    assert!(matches!(told(outside.take_step_up(&caller, StepUp::BreakGlass)), OutsideError::Over));
}

#[tokio::test]
async fn a_proof_that_waited_for_two_minutes_or_for_another_thing_is_none() {
    let desk = desk().await;
    desk.link("nurse", SUBJECT).await.unwrap();
    let (caller, outside) = (desk.caller().await, &desk.trust().outside);
    desk.steps_up(&caller).await.unwrap();
    let other = outside.take_step_up(&caller, StepUp::ExportWhoLooked);
    assert!(matches!(told(other), OutsideError::Over));
    let spent = outside.take_step_up(&caller, StepUp::BreakGlass);
    assert!(matches!(told(spent), OutsideError::Over), "it was spent on the wrong thing");
    desk.steps_up(&caller).await.unwrap();
    desk.nodes.advance(119);
    assert!(outside.waiting(&caller).is_some());
    desk.nodes.advance(1);
    assert!(outside.waiting(&caller).is_none());
    assert!(matches!(told(outside.take_step_up(&caller, StepUp::BreakGlass)), OutsideError::Over));
}

#[tokio::test]
async fn nobody_steps_up_for_a_colleague_without_a_link_or_in_a_session_that_has_ended() {
    let desk = desk().await;
    desk.link("nurse", SUBJECT).await.unwrap();
    colleague(&desk.nodes, "doctor", "ed-clinician").await;
    desk.link("doctor", "another").await.unwrap();
    let caller = desk.caller().await;
    desk.trust().provider.say(Ok("another"));
    assert!(matches!(told(desk.steps_up(&caller).await), OutsideError::Refused));
    assert!(desk.trust().outside.waiting(&caller).is_none());
    desk.trust().provider.say(Ok("nobody here"));
    assert!(matches!(told(desk.steps_up(&caller).await), OutsideError::NotLinked { .. }));
    assert_eq!(desk.whys(), ["another-person", "not-linked"]);

    desk.trust().provider.say(Ok(SUBJECT));
    let secret = desk.signed_in().await.unwrap();
    let caller = desk.trust().sign_in.caller(&secret).await.unwrap();
    let going = desk.trust().outside.ask_step_up(&caller, StepUp::BreakGlass, "").await.unwrap();
    desk.trust().sign_in.sign_out(&secret).await.unwrap();
    let state = going.address.split_once("state=").unwrap().1;
    let brought = Brought { state, code: Some("good"), ..Brought::default() };
    let over = told(desk.trust().outside.back(&going.mark, brought, None).await);
    assert!(matches!(over, OutsideError::SignIn(SignInError::NoSession)));
    assert!(desk.trust().outside.waiting(&caller).is_none());
}

#[tokio::test]
async fn nobody_steps_up_there_while_the_ledger_is_down() {
    let desk = desk().await;
    desk.link("nurse", SUBJECT).await.unwrap();
    let caller = desk.caller().await;
    desk.trust().break_ledger().await;
    assert!(matches!(told(desk.steps_up(&caller).await), OutsideError::Ledger(_)));
    assert!(desk.trust().outside.waiting(&caller).is_none());
}
