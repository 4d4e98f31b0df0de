//! The use cases, each joined from the same ground.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use jiff::SignedDuration;
use kinfold_agreement::InForce;
use kinfold_domain::{Agency, AgencyKind, Category};
use kinfold_service::{
    audit::{
        Follower, Hearers, Ledgers, NoticeDesk, NoticeSender, TrailKey, WhoDesk, WhoLooked,
        WhoParts,
    },
    check::Check,
    emergency::Emergency,
    feeds::{People, PeopleFeed},
    history::{Histories, HistoryDesk},
    identify::Identify,
    oidc::Links,
    passkeys::Passkeys,
    pooled_view::{AskDesk, Holdings, Pool, PoolParts, SealedDeskTerms},
    ports::{
        AmendmentStore, PeopleStore, RegisterStore, RowsToMend, StaffStore, TokenStore, TrailStore,
    },
    register::{DeskParts, FeedStores, Register, RegisterDesk, RegisterFeed, Registers, Replica},
    sign_in::{SessionLimits, SignIn},
    staff::{Staff, StaffParts},
    tokens::{Inventory, InventoryParts},
};

use super::{
    Desks,
    keys::KeyFolder,
    parts::{Ground, Sources},
};
use crate::config::{Config, SourceConfig};

pub(super) async fn register_feed(
    config: &Config,
    ground: &Ground,
    sources: &Sources,
) -> anyhow::Result<Option<(Arc<Register>, Arc<RegisterFeed>)>> {
    let Some(terms) = &config.register else { return Ok(None) };
    let source = sources.iter().find(|source| source.name() == terms.source);
    let source = source.context("the register's source is not configured")?;
    let register = Arc::new(config.register_of(config.agency.clone()));
    register.confirm(None, Some(terms.phones.clone()));
    let feed = Arc::new(RegisterFeed::new(
        Arc::clone(&register),
        Arc::clone(source),
        FeedStores {
            register: Arc::clone(&ground.store) as Arc<dyn RegisterStore>,
            to_mend: Arc::clone(&ground.store) as Arc<dyn RowsToMend>,
            amendments: Arc::clone(&ground.store) as Arc<dyn AmendmentStore>,
        },
        ground.journal.clone(),
        Arc::clone(&ground.clock),
    ));
    feed.load().await.context("the stored register can't be loaded")?;
    Ok(Some((register, feed)))
}

/// A replica for every partner that is a council. They are known at the start: a new agreement takes effect with a restart of its parties'
/// replicas, which `serve` does by itself when the agreement changes.
fn replicas(config: &Config, ground: &Ground) -> Vec<(Arc<Register>, Arc<Replica>)> {
    let partners = ground.agreements.partners().into_iter();
    partners
        .filter(|party| party.kind == AgencyKind::Council)
        .map(|party| {
            let owner = Agency { id: party.agency, name: party.name, kind: party.kind };
            let register = Arc::new(config.register_of(owner));
            let replica = Replica::new(
                Arc::clone(&register),
                Arc::clone(&ground.identity),
                Arc::clone(&ground.agreements),
                (
                    Arc::clone(&ground.link),
                    Arc::clone(&ground.store) as Arc<dyn RegisterStore>,
                    Arc::clone(&ground.clock),
                ),
            );
            (register, Arc::new(replica))
        })
        .collect()
}

/// The replicas that the agreement lets this agency hold, with what was stored of them. Between councils it may hand entries over and show no
/// register: what an earlier one let this agency hold is forgotten then. Its clauses say so before it is in force, too.
pub(super) async fn loaded_replicas(
    config: &Config,
    ground: &Ground,
) -> anyhow::Result<Vec<(Arc<Register>, Arc<Replica>)>> {
    let (own, agreement) = (ground.agreements.own(), ground.agreements.held());
    let mut loaded = Vec::new();
    for (register, replica) in replicas(config, ground) {
        let permits = |agreement: &Arc<InForce>| {
            agreement.permits_any(own, replica.owner(), Category::Register)
        };
        if agreement.as_ref().is_none_or(permits) {
            replica.load().await.context("a register's replica can't be loaded")?;
            loaded.push((register, replica));
        } else {
            replica.forget().await.context("a register's replica can't be forgotten")?;
        }
    }
    Ok(loaded)
}

pub(super) fn follower(config: &Config, ground: &Ground, key: Arc<TrailKey>) -> Follower {
    let store = Arc::clone(&ground.store) as Arc<dyn TrailStore>;
    Follower::new(config.agency.id.clone(), ground.journal.clone(), store, key)
}

pub(super) fn holdings(
    config: &Config,
    keys: &KeyFolder,
    ground: &Ground,
    (people, sources): (&Arc<People>, &Sources),
    register: Option<Arc<Register>>,
) -> anyhow::Result<Holdings> {
    let deadline = config.sources.iter().map(|source| source.deadline_ms).max().unwrap_or(3_000);
    Ok(Holdings {
        own: config.agency.id.clone(),
        people: Arc::clone(people),
        store: Arc::clone(&ground.store) as Arc<dyn PeopleStore>,
        register,
        sources: sources.clone(),
        deadline: Duration::from_millis(deadline),
        sealed_desk: sealed_desk(config, *keys.bytes("sealed")?),
        clock: Arc::clone(&ground.clock),
    })
}

/// Whom to ring about a sealed child, with the key that makes references which say nothing.
pub(super) fn sealed_desk(config: &Config, reference_key: [u8; 32]) -> SealedDeskTerms {
    let (desk, telephone) = (config.sealed_desk.desk.clone(), config.sealed_desk.telephone.clone());
    SealedDeskTerms { desk, telephone, reference_key }
}

pub(super) fn people_feeds(
    config: &Config,
    ground: &Ground,
    people: &Arc<People>,
    sources: &Sources,
) -> Vec<Arc<PeopleFeed>> {
    let pairs = sources.iter().zip(&config.sources);
    pairs
        .map(|(source, terms)| {
            Arc::new(PeopleFeed::new(
                Arc::clone(source),
                Arc::clone(&ground.store) as Arc<dyn PeopleStore>,
                Arc::clone(people),
                Arc::clone(&ground.clock),
                (SignedDuration::from_hours(terms.sweep_hours.into()), silent_after(config, terms)),
            ))
        })
        .collect()
}

/// A source counts as stopped when it is older than a register may be, and has missed three readings.
fn silent_after(config: &Config, terms: &SourceConfig) -> SignedDuration {
    let seconds = config.stale_after_s.max(3 * terms.refresh_ms.div_ceil(1000));
    SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX))
}

pub(super) fn desks(
    config: &Config,
    ground: &Ground,
    (holdings, histories, hearers): (&Arc<Holdings>, &Arc<Histories>, Hearers),
    feed: Option<&(Arc<Register>, Arc<RegisterFeed>)>,
) -> Desks {
    let register = feed.zip(config.register.as_ref()).map(|((register, feed), terms)| {
        RegisterDesk::new(DeskParts {
            register: Arc::clone(register),
            phones: terms.phones.clone(),
            identity: Arc::clone(&ground.identity),
            agreements: Arc::clone(&ground.agreements),
            store: Arc::clone(&ground.store) as Arc<dyn RegisterStore>,
            journal: ground.journal.clone(),
            clock: Arc::clone(&ground.clock),
            grown: feed.grown(),
        })
    });
    Desks {
        ask: AskDesk::new(
            Arc::clone(&ground.identity),
            Arc::clone(&ground.agreements),
            Arc::clone(holdings),
            ground.journal.clone(),
            Arc::clone(&ground.clock),
        ),
        register,
        notices: NoticeDesk {
            identity: Arc::clone(&ground.identity),
            agreements: Arc::clone(&ground.agreements),
            journal: ground.journal.clone(),
            clock: Arc::clone(&ground.clock),
            hearers,
        },
        who: WhoDesk {
            identity: Arc::clone(&ground.identity),
            agreements: Arc::clone(&ground.agreements),
            ledgers: Arc::clone(&histories.ledgers),
            clock: Arc::clone(&ground.clock),
        },
        history: HistoryDesk {
            identity: Arc::clone(&ground.identity),
            agreements: Arc::clone(&ground.agreements),
            own: Arc::clone(histories),
            journal: ground.journal.clone(),
            clock: Arc::clone(&ground.clock),
        },
    }
}

pub(super) fn sign_in(config: &Config, ground: &Ground) -> SignIn {
    let limits = SessionLimits {
        idle: SignedDuration::from_mins(config.sessions.idle_minutes.into()),
        longest: SignedDuration::from_hours(config.sessions.longest_hours.into()),
    };
    SignIn::new(
        Arc::clone(&ground.store) as Arc<dyn StaffStore>,
        ground.journal.clone(),
        Arc::clone(&ground.own_clock),
        Arc::clone(&ground.entropy),
        limits,
    )
}

pub(super) fn staff(
    config: &Config,
    ground: &Ground,
    (inventory, passkeys, emergency, links): (
        &Arc<Inventory>,
        &Arc<Passkeys>,
        &Arc<Emergency>,
        &Arc<Links>,
    ),
    sign_in: &Arc<SignIn>,
) -> Staff {
    Staff::new(StaffParts {
        agency: config.agency.id.clone(),
        issuer: format!("Kinfold {}", config.agency.id),
        store: Arc::clone(&ground.store) as Arc<dyn StaffStore>,
        inventory: Arc::clone(inventory),
        passkeys: Arc::clone(passkeys),
        emergency: Arc::clone(emergency),
        links: Arc::clone(links),
        sign_in: Arc::clone(sign_in),
        agreements: Arc::clone(&ground.agreements),
        journal: ground.journal.clone(),
        clock: Arc::clone(&ground.clock),
        entropy: Arc::clone(&ground.entropy),
    })
}

pub(super) fn inventory(ground: &Ground, sign_in: &Arc<SignIn>) -> Inventory {
    Inventory::new(InventoryParts {
        tokens: Arc::clone(&ground.store) as Arc<dyn TokenStore>,
        staff: Arc::clone(&ground.store) as Arc<dyn StaffStore>,
        sign_in: Arc::clone(sign_in),
        journal: ground.journal.clone(),
        clock: Arc::clone(&ground.clock),
        entropy: Arc::clone(&ground.entropy),
    })
}

pub(super) fn check(ground: &Ground, registers: Registers) -> Check {
    Check::new(
        Arc::clone(&ground.agreements),
        registers,
        ground.journal.clone(),
        Arc::clone(&ground.clock),
        Arc::clone(&ground.entropy),
    )
}

pub(super) fn identify(ground: &Ground, holdings: &Arc<Holdings>) -> Identify {
    Identify {
        agreements: Arc::clone(&ground.agreements),
        holdings: Arc::clone(holdings),
        journal: ground.journal.clone(),
        clock: Arc::clone(&ground.clock),
        entropy: Arc::clone(&ground.entropy),
    }
}

pub(super) fn pool(ground: &Ground, holdings: Arc<Holdings>, registers: Registers) -> Pool {
    Pool::new(PoolParts {
        identity: Arc::clone(&ground.identity),
        agreements: Arc::clone(&ground.agreements),
        holdings,
        registers,
        link: Arc::clone(&ground.link),
        journal: ground.journal.clone(),
        clock: Arc::clone(&ground.clock),
        entropy: Arc::clone(&ground.entropy),
    })
}

pub(super) fn who(ground: &Ground, ledgers: Arc<Ledgers>) -> WhoLooked {
    WhoLooked::new(WhoParts {
        identity: Arc::clone(&ground.identity),
        agreements: Arc::clone(&ground.agreements),
        ledgers,
        link: Arc::clone(&ground.link),
        journal: ground.journal.clone(),
        clock: Arc::clone(&ground.clock),
        entropy: Arc::clone(&ground.entropy),
    })
}

pub(super) fn notices(config: &Config, ground: &Ground) -> Vec<Arc<NoticeSender>> {
    let hands_over = config.register.is_some();
    let partners = ground.agreements.partners();
    partners
        .into_iter()
        .map(|party| {
            Arc::new(NoticeSender {
                partner: party.agency,
                identity: Arc::clone(&ground.identity),
                agreements: Arc::clone(&ground.agreements),
                link: Arc::clone(&ground.slow_link),
                journal: ground.journal.clone(),
                store: Arc::clone(&ground.store) as Arc<dyn TrailStore>,
                clock: Arc::clone(&ground.clock),
                hand_overs: hands_over.then(|| Arc::clone(&ground.store) as _),
            })
        })
        .collect()
}
