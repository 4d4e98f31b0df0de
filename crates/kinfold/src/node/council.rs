//! A council's custodian at work, and what is handed over between its register and others'.

use std::sync::Arc;

use anyhow::Context;
use kinfold_domain::Role;
use kinfold_service::{
    System,
    pooled_view::Holdings,
    ports::{DiscussionStore, HandOverStore},
    register::{Custodian, CustodyParts, HandOverParts, HandOvers, Register, RegisterFeed},
};

use super::parts::Ground;
use crate::config::Config;

/// The custodian's work, where this agency keeps a register.
pub(super) fn custodian(
    config: &Config,
    ground: &Ground,
    (holdings, hand_overs): (&Holdings, Option<&Arc<HandOvers>>),
    feed: Option<&(Arc<Register>, Arc<RegisterFeed>)>,
) -> Option<Custodian> {
    let ((_, feed), terms) = feed.zip(config.register.as_ref())?;
    Some(Custodian::new(CustodyParts {
        feed: Arc::clone(feed),
        agreements: Arc::clone(&ground.agreements),
        entropy: Arc::clone(&ground.entropy),
        sealed_desk: holdings.sealed_desk.clone(),
        phones: terms.phones.clone(),
        hand_overs: Arc::clone(hand_overs?),
        discussions: Arc::clone(&ground.store) as Arc<dyn DiscussionStore>,
    }))
}

/// Children handed over to other councils and from them, where this agency keeps a register; loaded before its feed is read.
pub(super) async fn hand_overs(
    config: &Config,
    ground: &Ground,
    holdings: &Holdings,
    feed: Option<&(Arc<Register>, Arc<RegisterFeed>)>,
) -> anyhow::Result<Option<Arc<HandOvers>>> {
    let Some((_, feed)) = feed else { return Ok(None) };
    let system = System::new(
        &config.agency.id,
        "hand-overs".parse().context("the name of hand-overs")?,
        "Hand-overs of the register",
        Role::REGISTER_CUSTODIAN.parse().context("the custodian's role")?,
    );
    let hand_overs = HandOvers::new(HandOverParts {
        feed: Arc::clone(feed),
        agreements: Arc::clone(&ground.agreements),
        store: Arc::clone(&ground.store) as Arc<dyn HandOverStore>,
        sealed_desk: holdings.sealed_desk.clone(),
        system,
        purpose: "child-protection-enquiry".parse().context("the purpose of hand-overs")?,
    });
    hand_overs.load().await.context("the hand-overs can't be loaded")?;
    Ok(Some(Arc::new(hand_overs)))
}
