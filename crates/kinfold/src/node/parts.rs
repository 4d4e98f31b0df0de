//! The wiring: configuration in, use cases out.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use anyhow::Context;
use kinfold_connect::partner::{Deadlines, Link, LinkParts};
use kinfold_service::{
    Journal, NodeIdentity,
    agreements::{Agreements, AgreementsParts, ApproverKeys},
    audit::{Follower, NoticeSender, OwnLooks, TrailKey, WhoLooked},
    check::Check,
    corrections::Corrections,
    emergency::Emergency,
    feeds::{FeedAlarms, Feeds, People},
    history::History,
    identify::Identify,
    oidc::{Links, OutsideSignIn},
    own_clock::OwnClock,
    passkeys::Passkeys,
    pooled_view::Pool,
    ports::{AgreementStore, Clock, Entropy, PartnerLink, PeopleStore, SourceSystem},
    register::{Custodian, HandOvers, Registers},
    sign_in::SignIn,
    staff::Staff,
    tokens::Inventory,
};
use kinfold_store::NodeStore;
use kinfold_tls::Credential;

use super::{
    Desks, SeedsKey,
    beside::{histories, history, ledgers},
    clock::own_clock,
    council::{custodian, hand_overs},
    department::{AtPartners, Department, at_partners, corrections, department, hearers},
    emergency::emergency,
    joining::{
        check, desks, follower, holdings, identify, inventory, loaded_replicas, notices,
        people_feeds, pool, register_feed, sign_in, staff, who,
    },
    keys::KeyFolder,
    opening::{credential, local_rules, open_ledger, open_store},
    outside::{links, outside},
    passkeys::passkeys,
    sources::open_sources,
    telling::{Telling, alarms, telling},
};
use crate::{
    ambient::{SystemClock, SystemEntropy},
    config::Config,
};

/// A node, opened: nothing listens and no task runs yet.
pub(crate) struct Node {
    pub(crate) config: Config,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) own_clock: Arc<OwnClock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) credential: Arc<Credential>,
    pub(crate) journal: Journal,
    pub(crate) agreements: Arc<Agreements>,
    pub(crate) sign_in: Arc<SignIn>,
    pub(crate) staff: Arc<Staff>,
    pub(crate) inventory: Arc<Inventory>,
    pub(crate) passkeys: Arc<Passkeys>,
    pub(crate) emergency: Arc<Emergency>,
    pub(crate) links: Arc<Links>,
    pub(crate) outside: Arc<OutsideSignIn>,
    pub(crate) check: Arc<Check>,
    pub(crate) identify: Arc<Identify>,
    pub(crate) pool: Arc<Pool>,
    pub(crate) own_looks: Arc<OwnLooks>,
    pub(crate) who: Arc<WhoLooked>,
    pub(crate) history: Arc<History>,
    pub(crate) custodian: Option<Arc<Custodian>>,
    pub(crate) hand_overs: Option<Arc<HandOvers>>,
    pub(crate) feeds: Arc<Feeds>,
    pub(crate) alarms: Arc<FeedAlarms>,
    pub(crate) telling: Telling,
    pub(crate) follower: Arc<Follower>,
    pub(crate) notices: Vec<Arc<NoticeSender>>,
    pub(crate) desks: Arc<Desks>,
    pub(crate) department: Option<Department>,
    pub(crate) at_partners: Option<AtPartners>,
    pub(crate) corrections: Arc<Corrections>,
    pub(crate) seeds_key: Arc<SeedsKey>,
}

/// This agency's sources, in the configuration's order.
pub(super) type Sources = Vec<Arc<dyn SourceSystem>>;

/// What nearly everything needs.
#[derive(Clone)]
pub(super) struct Ground {
    pub(super) identity: Arc<NodeIdentity>,
    pub(super) agreements: Arc<Agreements>,
    pub(super) journal: Journal,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) own_clock: Arc<OwnClock>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) store: Arc<dyn NodeStore>,
    pub(super) link: Arc<dyn PartnerLink>,
    /// Connections of their own for what may lag: an employee's ask never waits for a thread that yields.
    pub(super) slow_link: Arc<dyn PartnerLink>,
}

impl Node {
    /// Opens keys, store, ledger, agreement and sources; fails whole, with what to do.
    pub(crate) async fn open(config: Config) -> anyhow::Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let keys = KeyFolder::of_node(&config);
        let journal = Journal::new(Arc::new(open_ledger(&config, &keys, &entropy)?));
        let own_clock = own_clock(&config, &clock, &journal)?;
        let store = open_store(&config, &keys, &entropy).await?;
        let identity = Arc::new(NodeIdentity::new(config.agency.clone(), keys.signing("node")?));
        let agreements = Arc::new(
            Agreements::load(AgreementsParts {
                identity: Arc::clone(&identity),
                approvers: ApproverKeys(config.approvers.clone()),
                rules: local_rules(&config)?,
                store: Arc::clone(&store) as Arc<dyn AgreementStore>,
                journal: journal.clone(),
                clock: Arc::clone(&clock),
                own_clock: Arc::clone(&own_clock),
            })
            .await?,
        );
        let credential = Arc::new(credential(&config, &keys, &*clock)?);
        let link = || {
            Arc::new(Link::new(LinkParts {
                directory: Arc::clone(&agreements) as _,
                credential: Arc::clone(&credential),
                clock: Arc::clone(&clock),
                deadlines: Deadlines {
                    answer: Duration::from_millis(config.partner.deadline_ms),
                    ..Deadlines::default()
                },
            }))
        };
        let (link, slow_link) = (link(), link());
        let ground = Ground {
            identity,
            agreements,
            journal,
            clock,
            own_clock,
            entropy,
            store,
            link,
            slow_link,
        };
        Self::join(config, &keys, ground, credential).await
    }

    #[expect(clippy::too_many_lines, reason = "everything is joined in one place, in its order")]
    async fn join(
        config: Config,
        keys: &KeyFolder,
        ground: Ground,
        credential: Arc<Credential>,
    ) -> anyhow::Result<Self> {
        let sources = open_sources(&config, keys, &ground.clock)?;
        let people = Arc::new(People::default());
        people.load(&*ground.store).await.context("the index of people can't be loaded")?;
        let feed = register_feed(&config, &ground, &sources).await?;
        let replicas = loaded_replicas(&config, &ground).await?;
        let own = feed.as_ref().map(|(register, _)| Arc::clone(register));
        let registers =
            Registers::new(own.iter().cloned().chain(replicas.iter().map(|(r, _)| Arc::clone(r))));
        let telling = telling(&config, &ground, own.clone()).await?;
        let check = Arc::new(check(&ground, registers.clone()));
        let department = department(&config, &ground, &check).await?;
        let corrections = corrections(&ground, own.as_ref())?;
        let trail_key = Arc::new(TrailKey::new(*keys.bytes("trail")?));
        let ledgers = ledgers(&ground, &trail_key);
        let at_partners = at_partners(&config, &ground, (own.as_ref(), &ledgers)).await?;
        let (at_partners, attendances) = at_partners.unzip();
        let holdings = Arc::new(holdings(&config, keys, &ground, (&people, &sources), own)?);
        let hand_overs = hand_overs(&config, &ground, &holdings, feed.as_ref()).await?;
        let hearers = hearers(department.as_ref(), attendances, &corrections, hand_overs.as_ref());
        let histories = histories(&config, &ground, (&registers, &people), Arc::clone(&ledgers));
        let desks = desks(&config, &ground, (&holdings, &histories, hearers), feed.as_ref());
        let custodian =
            custodian(&config, &ground, (&holdings, hand_overs.as_ref()), feed.as_ref());
        let feeds = Arc::new(Feeds {
            people: Arc::clone(&people),
            sources: people_feeds(&config, &ground, &people, &sources),
            register: feed.map(|(_, feed)| feed),
            replicas: replicas.into_iter().map(|(_, replica)| replica).collect(),
            registers: registers.clone(),
            store: Arc::clone(&ground.store) as Arc<dyn PeopleStore>,
            department: department.is_some().then(|| Arc::clone(&ground.store) as _),
            senders: OnceLock::new(),
            vpn: OnceLock::new(),
            module: OnceLock::new(),
            own_clock: Arc::clone(&ground.own_clock),
            agreements: Arc::clone(&ground.agreements),
            journal: ground.journal.clone(),
            clock: Arc::clone(&ground.clock),
        });
        let sign_in = Arc::new(sign_in(&config, &ground));
        let inventory = Arc::new(inventory(&ground, &sign_in));
        let passkeys = Arc::new(passkeys(&config, &ground, &sign_in));
        let emergency = Arc::new(emergency(&ground, &sign_in));
        let links = Arc::new(links(&ground, &sign_in));
        let outside = Arc::new(outside(&config, &links)?);
        let ways_in = (&inventory, &passkeys, &emergency, &links);
        let staff = Arc::new(staff(&config, &ground, ways_in, &sign_in));
        let seeds_key = Arc::new(SeedsKey::new(keys.clone(), &ground));
        let alarms = alarms(&config, &ground, &feeds).await?;
        let beside = [Arc::clone(&sign_in) as _, Arc::clone(&ground.own_clock) as _];
        let alarms = Arc::new(alarms.beside(beside));
        Ok(Self {
            alarms,
            seeds_key,
            telling,
            inventory,
            passkeys,
            emergency,
            links,
            outside,
            sign_in,
            staff,
            check,
            department,
            at_partners,
            corrections,
            identify: Arc::new(identify(&ground, &holdings)),
            pool: Arc::new(pool(&ground, holdings, registers)),
            own_looks: Arc::new(OwnLooks {
                ledgers: Arc::clone(&ledgers),
                clock: Arc::clone(&ground.clock),
            }),
            who: Arc::new(who(&ground, ledgers)),
            history: Arc::new(history(&ground, histories)),
            custodian: custodian.map(Arc::new),
            hand_overs,
            feeds,
            follower: Arc::new(follower(&config, &ground, trail_key)),
            notices: notices(&config, &ground),
            desks: Arc::new(desks),
            clock: ground.clock,
            own_clock: ground.own_clock,
            entropy: ground.entropy,
            journal: ground.journal,
            agreements: ground.agreements,
            credential,
            config,
        })
    }
}
