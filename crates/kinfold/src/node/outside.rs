//! The identity provider that employees may sign in at, and who they are there.

use std::sync::Arc;

use anyhow::Context;
use kinfold_connect::oidc::provider;
use kinfold_service::{
    oidc::{Links, LinksParts, OutsideParts, OutsideSignIn},
    ports::{IdentityProvider, LinkStore, StaffStore},
    sign_in::SignIn,
};
use kinfold_store::NodeStore;

use super::{parts::Ground, passkeys::address};
use crate::config::Config;

/// Where the provider sends browsers back to.
const BACK: &str = "/sign-in/oidc/back";

pub(super) fn links(ground: &Ground, sign_in: &Arc<SignIn>) -> Links {
    Links::new(LinksParts {
        links: Arc::<dyn NodeStore>::clone(&ground.store) as Arc<dyn LinkStore>,
        staff: Arc::<dyn NodeStore>::clone(&ground.store) as Arc<dyn StaffStore>,
        sign_in: Arc::clone(sign_in),
        journal: ground.journal.clone(),
        clock: Arc::clone(&ground.clock),
        entropy: Arc::clone(&ground.entropy),
    })
}

/// Nothing is asked of the provider here: one that is away keeps no node from starting.
pub(super) fn outside(config: &Config, links: &Arc<Links>) -> anyhow::Result<OutsideSignIn> {
    let provider = match &config.oidc {
        None => None,
        Some(terms) => {
            let mut redirect = address(&config.web).context("[oidc] needs [web] public_url")?;
            redirect.set_path(BACK);
            let provider = provider(terms, redirect).context("[oidc] is not right")?;
            Some(Arc::new(provider) as Arc<dyn IdentityProvider>)
        }
    };
    Ok(OutsideSignIn::new(OutsideParts { provider, links: Arc::clone(links) }))
}
