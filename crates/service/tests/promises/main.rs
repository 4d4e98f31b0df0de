//! The promises of the use cases, each tested by a story over two whole nodes: real ledgers, a real agreement, real matching.

#![allow(clippy::unwrap_used, reason = "a story that can't be told has failed")]

mod check_answers;
mod clock;
mod custodian;
mod custodian_property;
mod cut_short;
mod department;
mod discussions;
mod emergency;
mod enrolment;
mod facts;
mod feed_alarms;
mod glass;
mod hand_over;
mod hand_over_cut_short;
mod hand_over_told;
mod history;
mod looked_up;
mod newborn;
mod notifications;
mod oidc;
mod order;
mod partner_down;
mod partner_messages;
mod passkeys;
mod places;
mod register_extract;
mod register_feed;
mod register_import;
mod replica;
mod replica_property;
mod sealed;
mod sign_in;
mod staff;
mod telephones;
mod tokens;
mod tracing_output;
mod trail;
mod unread;
mod views;

use kinfold_domain::{Demographics, FactContent, Purpose, Subject};
use kinfold_service::{
    Caller,
    check::{CheckQuestion, Checked},
    pooled_view::{AgencyPart, PartState, PooledView},
    records::Entry,
    testing::{
        COUNCIL, TRUST, TestNode, TwoNodes, caller, child, entry, fact, nhs_number, person,
        question, rejected, subject_of, summary,
    },
};

const UNSCHEDULED: &str = "direct-care-unscheduled";
const ENQUIRY: &str = "child-protection-enquiry";
const REVIEW: &str = "audit-review";

fn nurse() -> Caller {
    caller(TRUST, "nurse", "ed-clinician")
}

fn social_worker() -> Caller {
    caller(COUNCIL, "worker", "social-worker")
}

fn governance(agency: &str) -> Caller {
    caller(agency, &format!("governance-{agency}"), "information-governance")
}

fn purpose(text: &str) -> Purpose {
    text.parse().unwrap()
}

/// The child whom both agencies know and who is on the register.
fn ada() -> Demographics {
    child(1, "Featherstonehaugh", "Adalind")
}

/// Both nodes up to date; both know Ada, and the council has her on its register.
async fn staged() -> TwoNodes {
    let nodes = TwoNodes::start().await;
    let (council, trust) = (&nodes.council.ground.source, &nodes.trust.ground.source);
    let told = |agency, content| fact(agency, "1", content);
    council.add(
        person(council, "C1", &ada()),
        vec![
            told(COUNCIL, FactContent::Demographics(Box::new(ada()))),
            told(COUNCIL, FactContent::SocialCareSummary(summary("Assessment text"))),
        ],
    );
    council.add_entry(entry("cpp-1", &ada()));
    trust.add(
        person(trust, "T1", &ada()),
        vec![
            told(TRUST, FactContent::Demographics(Box::new(ada()))),
            told(TRUST, FactContent::HealthSummary(summary("Asthma"))),
        ],
    );
    nodes.settle().await;
    nodes
}

fn check_of(subject: Subject) -> CheckQuestion {
    CheckQuestion { subject, purpose: purpose(UNSCHEDULED), choice: None }
}

async fn check(node: &TestNode, subject: Subject) -> Checked {
    node.check.check(&nurse(), check_of(subject)).await.unwrap().content().clone()
}

async fn nurse_views(nodes: &TwoNodes, subject: Subject) -> PooledView {
    let question = question(subject, UNSCHEDULED);
    nodes.trust.pool.view(&nurse(), question).await.unwrap().content().clone()
}

async fn worker_views(nodes: &TwoNodes, subject: Subject) -> PooledView {
    let question = question(subject, ENQUIRY);
    nodes.council.pool.view(&social_worker(), question).await.unwrap().content().clone()
}

fn part<'a>(view: &'a PooledView, agency: &str) -> &'a AgencyPart {
    view.agencies.iter().find(|part| part.agency.id.as_str() == agency).unwrap()
}

fn ada_by_number() -> Subject {
    subject_of(nhs_number(1))
}

/// The reason of the part that refused or could not be asked.
fn reason(part: &AgencyPart) -> String {
    match &part.state {
        PartState::Refused { reason } | PartState::Unreachable { reason, .. } => reason.clone(),
        other => panic!("no refusal: {other:?}"),
    }
}

/// The entries' kinds, in order.
fn kinds(entries: &[Entry]) -> Vec<&'static str> {
    let kind = |entry: &Entry| match entry {
        Entry::Intent(_) => "intent",
        Entry::Refusal(_) => "refusal",
        Entry::Receipt(_) => "receipt",
        Entry::Disclosure(_) => "disclosure",
        Entry::ReplicaLook(_) => "replica-look",
        Entry::PartnerRefused { .. } => "partner-refused",
        Entry::RegisterSent { .. } => "register-sent",
        Entry::RegisterChanged { .. } => "register-changed",
        Entry::RegisterAmended(_) => "register-amended",
        _ => "other",
    };
    entries.iter().map(kind).collect()
}
