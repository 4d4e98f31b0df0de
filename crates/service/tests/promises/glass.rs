//! Broken glass: each agency decides by itself, each ledger has it first, and governance is told and reviews.

use kinfold_domain::{AgencyId, Category};
use kinfold_service::{
    audit::{GlassError, GlassLine},
    pooled_view::{PooledView, ViewError},
    ports::Route,
    records::{Entry, Finding, Statement},
    sign_in::{StepUp, SteppedUp},
};

use crate::{notifications::told_council, *};

fn reason() -> Statement {
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
async fn an_ordinary_ask_says_nothing_of_glass_and_one_that_breaks_it_says_why() {
    let nodes = staged().await;
    nurse_views(&nodes, ada_by_number()).await;
    breaks(&nodes, StepUp::BreakGlass).await.unwrap();
    let sent = nodes.trust.ground.link.sent();
    let asks: Vec<bool> = sent
        .iter()
        .filter(|(route, ..)| *route == Route::Ask)
        .map(|(_, note, _)| note.contains("break_glass") && note.contains("father"))
        .collect();
    assert_eq!(asks, [false, true]);
}

#[tokio::test]
async fn a_partner_that_is_away_opens_nothing_and_the_list_says_that_nothing_was_shown() {
    let nodes = staged().await;
    nodes.trust.ground.link.part();
    let view = breaks(&nodes, StepUp::BreakGlass).await.unwrap();
    let opened = [Category::Address, Category::SocialCareSummary];
    assert!(categories(&view).iter().all(|category| !opened.contains(category)));
    assert!(part(&view, COUNCIL).granted.keys().all(|category| !opened.contains(category)));
    nodes.trust.follower.catch_up().await.unwrap();
    let list = listed(&nodes.trust, TRUST).await;
    assert!(list[0].shown.as_ref().unwrap().is_empty());
}

async fn listed(node: &TestNode, agency: &str) -> Vec<GlassLine> {
    let list = node.who.broken_glass(&governance(agency), purpose(REVIEW)).await.unwrap();
    list.content().lines.clone()
}

type Reviewed = Result<(), GlassError>;

async fn reviews(node: &TestNode, by: &Caller, index: u64, finding: Finding) -> Reviewed {
    let words = "Rang the department: this is what was found".parse().unwrap();
    node.who.review_glass(by, (purpose(REVIEW), index), (finding, words)).await
}

#[tokio::test]
async fn governance_is_told_at_once_and_each_broken_glass_is_reviewed_once() {
    let (nodes, telling) = told_council().await;
    breaks(&nodes, StepUp::BreakGlass).await.unwrap();
    telling.tell(&nodes.council).await;
    telling.tell(&nodes.council).await;
    assert_eq!(telling.told(), [("governance@council.example".to_owned(), "glass-broken")]);
    let council = &nodes.council;
    council.follower.catch_up().await.unwrap();
    let [line] = &listed(council, COUNCIL).await[..] else { panic!("one line") };
    assert_eq!((line.by.user_name.as_str(), &line.shown), ("nurse", &None));
    let (greta, index) = (governance(COUNCIL), line.index);
    let unknown = reviews(council, &greta, index + 1, Finding::Justified).await;
    assert!(matches!(unknown, Err(GlassError::Behind | GlassError::Unknown)));
    council.follower.catch_up().await.unwrap();
    // Side by side, as two who press at the same moment.
    let follows = async {
        loop {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            council.follower.catch_up().await.unwrap();
        }
    };
    let both = async {
        tokio::join!(
            reviews(council, &greta, index, Finding::Justified),
            reviews(council, &greta, index, Finding::NotJustified)
        )
    };
    let (one, other): (Reviewed, Reviewed) =
        tokio::select! { both = both => both, () = follows => unreachable!() };
    one.unwrap();
    assert!(matches!(other, Err(GlassError::Before)), "{other:?}");
    let [line] = &listed(council, COUNCIL).await[..] else { panic!("one line") };
    assert_eq!(line.review.as_ref().unwrap().finding, Finding::Justified);
    assert!(nodes.trust.who.broken_glass(&nurse(), purpose(UNSCHEDULED)).await.is_err());
}

#[tokio::test]
async fn nobody_reviews_themselves_in_another_role_either() {
    let nodes = staged().await;
    breaks(&nodes, StepUp::BreakGlass).await.unwrap();
    for (node, agency) in [(&nodes.trust, TRUST), (&nodes.council, COUNCIL)] {
        node.follower.catch_up().await.unwrap();
        let index = listed(node, agency).await[0].index;
        node.follower.catch_up().await.unwrap();
        let same_identity = caller(agency, "nurse", "information-governance");
        let reviewed = reviews(node, &same_identity, index, Finding::Justified).await;
        match agency {
            TRUST => assert!(matches!(reviewed, Err(GlassError::Own)), "{reviewed:?}"),
            // An identity is its own agency's: there it is somebody else.
            _ => reviewed.unwrap(),
        }
    }
}
