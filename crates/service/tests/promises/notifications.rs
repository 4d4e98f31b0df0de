//! Notifications: what calls for one is never forgotten, whatever ends the process, and none says anything about a child.

use std::sync::Arc;

use kinfold_domain::Role;
use kinfold_service::{
    notifications::{
        Audience, Event, Herald, HeraldParts, Notification, NotificationDesk, RetryPolicy, Sender,
        SenderParts, Standing, Undelivered,
    },
    ports::{LetterTo, NotificationStore},
    records::{NotificationStep, Wrong},
    staff::NewEmployee,
    testing::{MemoryOutbox, Post},
};
use kinfold_token::Pin;

use crate::{department::arrives, *};

/// What tells at the council's node.
pub(crate) struct Telling {
    outbox: Arc<MemoryOutbox>,
    post: Arc<Post>,
    audience: Audience,
}

impl Telling {
    pub(crate) fn new() -> Self {
        let role = |role: &str| role.parse::<Role>().unwrap();
        let audience = Audience {
            by_email: true,
            roles: [
                (Event::CorrectionWaiting, vec![role(Role::REGISTER_CUSTODIAN)]),
                (Event::HandOverOffered, vec![role(Role::REGISTER_CUSTODIAN)]),
                (Event::HandOverAnswered, vec![role(Role::REGISTER_CUSTODIAN)]),
                (Event::HandOverDue, vec![role(Role::REGISTER_CUSTODIAN)]),
                (Event::DeadLetter, vec![role(Role::OPERATOR)]),
            ]
            .into(),
            webhooks: vec![("paging".to_owned(), vec![Event::AttendanceToAcknowledge])],
        };
        Self { outbox: Arc::default(), post: Arc::default(), audience }
    }

    pub(crate) fn herald(&self, node: &TestNode) -> Herald {
        Herald::new(HeraldParts {
            own: node.ground.agency.id.clone(),
            audience: self.audience.clone(),
            register: Some(node.register.clone()),
            staff: node.ground.staff.clone(),
            store: self.outbox.clone(),
            journal: node.journal.clone(),
            clock: node.ground.clock.clone(),
        })
    }

    fn sender(&self, node: &TestNode) -> Sender {
        Sender::new(SenderParts {
            policy: RetryPolicy { give_up_after: 3, ..RetryPolicy::default() },
            carrier: self.post.clone(),
            store: self.outbox.clone(),
            staff: node.ground.staff.clone(),
            journal: node.journal.clone(),
            clock: node.ground.clock.clone(),
            entropy: node.ground.entropy.clone(),
        })
    }

    fn desk(&self, node: &TestNode) -> NotificationDesk {
        let stores = (self.outbox.clone() as _, node.ground.staff.clone() as _);
        NotificationDesk::new(stores, node.journal.clone(), node.ground.clock.clone())
    }

    /// Follows the ledger and sends what is due.
    pub(crate) async fn tell(&self, node: &TestNode) {
        self.herald(node).catch_up().await.unwrap();
        self.sender(node).send_due().await.unwrap();
        // A dead letter calls for an operator in turn.
        self.herald(node).catch_up().await.unwrap();
        self.sender(node).send_due().await.unwrap();
    }

    /// Whom was told of what, in order of the names.
    pub(crate) fn told(&self) -> Vec<(String, &'static str)> {
        let taken = self.post.taken.lock();
        let mut told: Vec<_> = taken
            .iter()
            .map(|letter| match &letter.to {
                LetterTo::Address(address) => (address.expose().to_owned(), letter.event.word()),
                LetterTo::Webhook(name) => (name.clone(), letter.event.word()),
            })
            .collect();
        told.sort_unstable();
        told
    }
}

pub(crate) async fn employ(node: &TestNode, user_name: &str, (name, role): (&str, &str)) {
    let new = NewEmployee {
        user_name: user_name.parse().unwrap(),
        name: name.to_owned(),
        job_title: "Test job".to_owned(),
        role: role.parse().unwrap(),
        email: format!("{user_name}@council.example").parse().ok(),
    };
    let pin = "804713".parse::<Pin>().unwrap().choose().unwrap();
    node.staff.add(new, &pin).await.unwrap();
}

/// The council with its staff, following its ledger; the key worker's name is the register's, in another order.
pub(crate) async fn told_council() -> (TwoNodes, Telling) {
    let (nodes, telling) = (staged().await, Telling::new());
    let council = &nodes.council;
    employ(council, "key.worker", ("Testperson, Keyworker", "social-worker")).await;
    employ(council, "other.worker", ("Olga Testperson", "social-worker")).await;
    employ(council, "duty.team", ("Dora Testperson", "emergency-duty-team")).await;
    employ(council, "team.manager", ("Mona Testperson", "team-manager")).await;
    employ(council, "custodian", ("Cora Testperson", "register-custodian")).await;
    employ(council, "governance", ("Greta Testperson", "information-governance")).await;
    employ(council, "operator", ("Otto Testperson", "operator")).await;
    telling.herald(council).begin().await.unwrap();
    (nodes, telling)
}

const ATTENDANCE: &str = "attendance-to-acknowledge";

#[tokio::test]
async fn the_key_worker_then_the_duty_team_then_a_manager_are_told_of_an_attendance_once_each() {
    let (nodes, telling) = told_council().await;
    arrives(&nodes, &ada_by_number()).await;
    telling.tell(&nodes.council).await;
    let key_worker = ("key.worker@council.example".to_owned(), ATTENDANCE);
    assert_eq!(telling.told(), [key_worker, ("paging".to_owned(), ATTENDANCE)]);
    let steps = [("duty.team@council.example", 3_600), ("team.manager@council.example", 1_800)];
    for (next, wait) in steps {
        telling.post.taken.lock().clear();
        nodes.advance(wait);
        nodes.settle().await;
        telling.tell(&nodes.council).await;
        telling.tell(&nodes.council).await;
        let mut expected = [(next.to_owned(), ATTENDANCE), ("paging".to_owned(), ATTENDANCE)];
        expected.sort_unstable();
        assert_eq!(telling.told(), expected);
    }
    let all = telling.outbox.all();
    assert!(all.iter().all(|known| known.matter == all[0].matter), "one matter");
}

#[tokio::test]
async fn who_is_told_of_a_child_learns_nothing_of_the_child() {
    let (nodes, telling) = told_council().await;
    arrives(&nodes, &ada_by_number()).await;
    telling.tell(&nodes.council).await;
    let said = format!("{:?} {}", telling.post.taken.lock(), stored(&telling));
    for personal in
        ["Featherstonehaugh", "Adalind", "9990000018", "cpp-1", TRUST, "Emergency department"]
    {
        assert!(!said.contains(personal), "{personal}");
    }
}

fn stored(telling: &Telling) -> String {
    serde_json::to_string(&telling.outbox.all()).unwrap()
}

#[tokio::test]
async fn a_node_that_never_followed_tells_nobody_of_what_is_long_past() {
    let nodes = staged().await;
    arrives(&nodes, &ada_by_number()).await;
    let telling = Telling::new();
    telling.herald(&nodes.council).begin().await.unwrap();
    telling.tell(&nodes.council).await;
    assert!(telling.told().is_empty());
}

#[tokio::test]
async fn a_correction_is_told_to_the_custodian() {
    let (nodes, telling) = told_council().await;
    let entry = "cpp-1".parse().unwrap();
    let owner = nodes.council.ground.agency.id.clone();
    let corrections = &nodes.trust.corrections;
    let (wrong, purpose) = (Wrong::Number, purpose(UNSCHEDULED));
    corrections.say(&nurse(), (&owner, &entry), (wrong, &purpose)).await.unwrap();
    nodes.settle().await;
    telling.tell(&nodes.council).await;
    let custodian = "custodian@council.example".to_owned();
    assert_eq!(telling.told(), [(custodian, "correction-waiting")]);
}

#[tokio::test]
async fn what_was_sent_and_could_not_be_noted_is_sent_again_with_the_same_identity() {
    let (nodes, telling) = told_council().await;
    arrives(&nodes, &ada_by_number()).await;
    telling.herald(&nodes.council).catch_up().await.unwrap();
    // The process ends between the two: the other side took it, and the store does not know.
    telling.outbox.fault.begin_after(2);
    assert!(telling.sender(&nodes.council).send_due().await.is_err());
    telling.outbox.fault.end();
    assert_eq!(telling.told().len(), 2, "both left, one is noted");
    telling.sender(&nodes.council).send_due().await.unwrap();
    telling.sender(&nodes.council).send_due().await.unwrap();
    let mut ids: Vec<_> = telling.post.taken.lock().iter().map(|letter| letter.id).collect();
    assert_eq!(ids.len(), 3, "the one that is not noted leaves once more");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 2, "with the identity that it had");
    assert_eq!(telling.outbox.notification_counts().await.unwrap(), (0, 0));
}

#[tokio::test]
async fn wherever_following_is_interrupted_everybody_is_told_once() {
    for writes in 0..3 {
        let (nodes, telling) = told_council().await;
        arrives(&nodes, &ada_by_number()).await;
        telling.outbox.fault.begin_after(writes);
        let _ = telling.herald(&nodes.council).catch_up().await;
        telling.outbox.fault.end();
        for _ in 0..2 {
            telling.tell(&nodes.council).await;
        }
        assert_eq!(telling.told().len(), 2, "after {writes} writes");
    }
}

fn refuse(telling: &Telling, is_final: bool) {
    let why = "HTTP 503".to_owned();
    *telling.post.refusal.lock() = Some(Undelivered { why, is_final });
}

fn operator() -> Caller {
    caller(COUNCIL, "operator", "operator")
}

#[tokio::test]
async fn what_can_t_be_delivered_is_put_aside_for_an_operator_who_decides_by_name() {
    let (nodes, telling) = told_council().await;
    arrives(&nodes, &ada_by_number()).await;
    refuse(&telling, false);
    for _ in 0..3 {
        nodes.council.ground.clock.advance(3_600);
        telling.tell(&nodes.council).await;
    }
    let desk = telling.desk(&nodes.council);
    let aside = desk.put_aside().await.unwrap();
    let of_paging = aside.iter().find(|known| known.to == "paging").unwrap();
    let of_worker = aside.iter().find(|known| known.to == "key.worker").unwrap();
    assert_eq!((aside.len(), of_paging.notification.tries), (2, 3));
    assert_eq!(of_paging.notification.problem.as_deref(), Some("HTTP 503"));

    *telling.post.refusal.lock() = None;
    nodes.council.ground.clock.advance(3_600);
    telling.tell(&nodes.council).await;
    let operators = ("operator@council.example".to_owned(), "dead-letter");
    assert_eq!(telling.told(), [operators.clone(), operators], "one for each");

    let before = nodes.council.size();
    assert!(desk.send_again(&nurse(), of_paging.notification.id).await.is_err(), "not a nurse");
    desk.send_again(&operator(), of_paging.notification.id).await.unwrap();
    desk.give_up(&operator(), of_worker.notification.id).await.unwrap();
    desk.give_up(&operator(), of_paging.notification.id).await.unwrap();
    let decided: Vec<_> = nodes.council.entries(before).into_iter().filter_map(decision).collect();
    assert_eq!(decided, ["sent-again by operator", "given-up by operator"]);
    telling.post.taken.lock().clear();
    telling.tell(&nodes.council).await;
    assert_eq!(telling.told(), [("paging".to_owned(), ATTENDANCE)]);
    assert_eq!(desk.counts().await.unwrap(), (0, 0));
}

fn decision(entry: Entry) -> Option<String> {
    let Entry::Notification(step) = entry else { return None };
    let NotificationStep { what, by, .. } = *step;
    Some(format!("{what} by {}", by?.user_name))
}

#[tokio::test]
async fn a_dead_letter_that_can_t_be_delivered_calls_for_nobody_else() {
    let (nodes, telling) = told_council().await;
    arrives(&nodes, &ada_by_number()).await;
    refuse(&telling, true);
    for _ in 0..5 {
        nodes.council.ground.clock.advance(3_600);
        telling.tell(&nodes.council).await;
    }
    let all = telling.outbox.all();
    let is_dead = |known: &&Notification| known.event == Event::DeadLetter;
    assert_eq!((all.len(), all.iter().filter(is_dead).count()), (4, 2));
    assert!(all.iter().all(|known| matches!(known.standing, Standing::PutAside { .. })));
}

#[tokio::test]
async fn who_lost_their_address_or_may_not_sign_in_any_more_is_not_written_to() {
    let (nodes, telling) = told_council().await;
    let council = &nodes.council;
    council.staff.set_email(&"duty.team".parse().unwrap(), None).await.unwrap();
    arrives(&nodes, &ada_by_number()).await;
    telling.herald(council).catch_up().await.unwrap();
    council.staff.set_email(&"key.worker".parse().unwrap(), None).await.unwrap();
    telling.tell(council).await;
    let aside = telling.desk(council).put_aside().await.unwrap();
    assert_eq!(aside.len(), 1, "it was put down while there was an address");
    assert!(aside[0].notification.problem.as_deref().unwrap().contains("set-email"));
    nodes.advance(3_600);
    nodes.settle().await;
    telling.tell(council).await;
    assert!(telling.told().iter().all(|(to, _)| !to.starts_with("duty.team")));
}
