//! Broken glass: each agency decides by itself, each ledger has it first, and governance is told and reviews.

use kinfold_domain::{AgencyId, Category};
use kinfold_service::{
    audit::GlassError,
    pooled_view::{PooledView, ViewError},
    records::{Entry, Finding, Reason},
    sign_in::{StepUp, SteppedUp},
};

use crate::{notifications::told_council, *};

fn reason() -> Reason {
    "Nobody answers, and the father is on his way".parse().unwrap()
}

async fn breaks(nodes: &TwoNodes, what: StepUp) -> Result<PooledView, ViewError> {
    let nurse = nurse();
    let stepped_up = SteppedUp::for_tests(&nurse, what);
    let question = question(ada_by_number(), UNSCHEDULED);
    let release = nodes.trust.pool.break_glass(&nurse, question, (&reason(), stepped_up)).await?;
    Ok(release.content().clone())
}

fn categories(view: &PooledView) -> Vec<Category> {
    part(view, COUNCIL).facts.iter().map(kinfold_domain::Fact::category).collect()
}

#[tokio::test]
async fn what_is_opened_and_why_is_durable_at_both_agencies_before_it_is_shown() {
    let nodes = staged().await;
    let whole = nurse_views(&nodes, ada_by_number()).await;
    assert!(!categories(&whole).contains(&Category::SocialCareSummary));
    let (trusts, councils) = (nodes.trust.size(), nodes.council.size());
    let view = breaks(&nodes, StepUp::BreakGlass).await.unwrap();
    assert!(categories(&view).contains(&Category::SocialCareSummary));
    assert_eq!(kinds(&nodes.trust.entries(trusts)), ["intent", "receipt"]);
    assert_eq!(kinds(&nodes.council.entries(councils)), ["disclosure"]);
    let (intent, told) = (&nodes.trust.entries(trusts)[0], &nodes.council.entries(councils)[0]);
    let (Entry::Intent(intent), Entry::Disclosure(told)) = (intent, told) else { panic!() };
    assert_eq!(intent.glass, told.glass);
    let opened = &intent.glass.as_ref().unwrap().opened;
    let council: AgencyId = COUNCIL.parse().unwrap();
    assert!(opened[&council].contains(&Category::SocialCareSummary));
    assert_eq!(opened.len(), 1, "of its own data the trust opens nothing");
    let whole = nurse_views(&nodes, ada_by_number()).await;
    assert!(!categories(&whole).contains(&Category::SocialCareSummary), "it is whole again");
}

#[tokio::test]
async fn without_a_fresh_code_for_this_very_thing_nothing_is_asked_and_the_refusal_is_recorded() {
    let nodes = staged().await;
    let (trusts, councils) = (nodes.trust.size(), nodes.council.size());
    let refused = breaks(&nodes, StepUp::ExportWhoLooked).await;
    assert!(matches!(refused, Err(ViewError::Refused(_))));
    assert_eq!(kinds(&nodes.trust.entries(trusts)), ["refusal"]);
    assert_eq!(nodes.council.size(), councils);
}

#[tokio::test]
async fn governance_is_told_at_once_and_a_review_stands_against_nobody_s_second_word() {
    let (nodes, telling) = told_council().await;
    let view = breaks(&nodes, StepUp::BreakGlass).await.unwrap();
    telling.tell(&nodes.council).await;
    telling.tell(&nodes.council).await;
    assert_eq!(telling.told(), [("governance@council.example".to_owned(), "glass-broken")]);
    let (greta, words) =
        (governance(COUNCIL), "Rang the department: it was right".parse::<Reason>());
    let (matter, words) = ((purpose(REVIEW), view.ask), words.unwrap());
    let review =
        |finding| nodes.council.who.review_glass(&greta, matter.clone(), (finding, words.clone()));
    nodes.council.follower.catch_up().await.unwrap();
    review(Finding::Justified).await.unwrap();
    nodes.council.follower.catch_up().await.unwrap();
    assert!(matches!(review(Finding::NotJustified).await, Err(GlassError::Before)));
    let list = nodes.council.who.broken_glass(&greta, purpose(REVIEW)).await.unwrap();
    let [line] = &list.content().lines[..] else { panic!("one line") };
    assert_eq!(line.review.as_ref().unwrap().finding, Finding::Justified);
    let other = (purpose(REVIEW), kinfold_domain::AskId(uuid::Uuid::from_u128(9)));
    let unknown =
        nodes.council.who.review_glass(&greta, other, (Finding::Justified, words.clone())).await;
    assert!(matches!(unknown, Err(GlassError::Unknown)));
    assert!(nodes.trust.who.broken_glass(&nurse(), purpose(UNSCHEDULED)).await.is_err());
}
