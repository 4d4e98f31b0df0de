//! The wiring: configuration in, use cases out.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, anyhow};
use jiff::SignedDuration;
use kinfold_connect::{
    fhir::FhirSource,
    partner::{Deadlines, Link, LinkParts},
    sql::SqlSource,
};
use kinfold_domain::{Agency, AgencyKind};
use kinfold_ledger::{BodyKey, Ledger, LedgerKeys, Options};
use kinfold_service::{
    Journal, NodeIdentity,
    agreements::{Agreements, AgreementsParts, ApproverKeys},
    audit::{
        Follower, Ledgers, NoticeDesk, NoticeSender, OwnLooks, TrailKey, WhoDesk, WhoLooked,
        WhoParts,
    },
    check::Check,
    feeds::{Feeds, People, PeopleFeed},
    pooled_view::{AskDesk, Holdings, Pool, PoolParts, SealedDeskTerms},
    ports::{
        AgreementStore, Clock, Entropy, PartnerLink, PeopleStore, RegisterStore, SourceSystem,
        StaffStore, TrailStore,
    },
    register::{DeskParts, Register, RegisterDesk, RegisterFeed, Registers, Replica},
    sign_in::{SessionLimits, SignIn},
    staff::{Staff, StaffParts},
};
use kinfold_store::Store;
use kinfold_tls::{Credential, NodeCertificate, Validity};

use super::{Desks, keys::KeyFolder};
use crate::{
    ambient::{SystemClock, SystemEntropy},
    config::{Config, SourceConfig},
};

/// How long a node's certificate lasts.
const CERTIFICATE_DAYS: u16 = 90;

/// A node, opened: nothing listens and no task runs yet.
pub(crate) struct Node {
    pub(crate) config: Config,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) credential: Arc<Credential>,
    pub(crate) journal: Journal,
    pub(crate) agreements: Arc<Agreements>,
    pub(crate) sign_in: Arc<SignIn>,
    pub(crate) staff: Arc<Staff>,
    pub(crate) check: Arc<Check>,
    pub(crate) pool: Arc<Pool>,
    pub(crate) own_looks: Arc<OwnLooks>,
    pub(crate) who: Arc<WhoLooked>,
    pub(crate) feeds: Arc<Feeds>,
    pub(crate) follower: Arc<Follower>,
    pub(crate) notices: Vec<Arc<NoticeSender>>,
    pub(crate) desks: Arc<Desks>,
}

/// What nearly everything needs.
#[derive(Clone)]
struct Ground {
    identity: Arc<NodeIdentity>,
    agreements: Arc<Agreements>,
    journal: Journal,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    store: Arc<Store>,
    link: Arc<dyn PartnerLink>,
}

impl Node {
    /// Opens keys, store, ledger, agreement and sources; fails whole, with what to do.
    pub(crate) async fn open(config: Config) -> anyhow::Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let keys = KeyFolder::of(&config.folder);
        let journal = Journal::new(Arc::new(open_ledger(&config, &keys, &entropy)?));
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
            })
            .await?,
        );
        let credential = Arc::new(credential(&config, &keys, &*clock)?);
        let link = Arc::new(Link::new(LinkParts {
            directory: Arc::clone(&agreements) as _,
            credential: Arc::clone(&credential),
            clock: Arc::clone(&clock),
            deadlines: Deadlines {
                answer: Duration::from_millis(config.partner.deadline_ms),
                ..Deadlines::default()
            },
        }));
        let ground = Ground { identity, agreements, journal, clock, entropy, store, link };
        Self::join(config, &keys, ground, credential).await
    }

    async fn join(
        config: Config,
        keys: &KeyFolder,
        ground: Ground,
        credential: Arc<Credential>,
    ) -> anyhow::Result<Self> {
        let sources = open_sources(&config, &ground.clock)?;
        let people = Arc::new(People::default());
        people.load(&*ground.store).await.context("the index of people can't be loaded")?;
        let feed = register_feed(&config, &ground, &sources).await?;
        let replicas = replicas(&config, &ground);
        for (_, replica) in &replicas {
            replica.load().await.context("a register's replica can't be loaded")?;
        }
        let own = feed.as_ref().map(|(register, _)| Arc::clone(register));
        let registers =
            Registers::new(own.iter().cloned().chain(replicas.iter().map(|(r, _)| Arc::clone(r))));
        let holdings = Arc::new(holdings(&config, keys, &ground, (&people, &sources, own))?);
        let trail_key = Arc::new(TrailKey::new(*keys.bytes("trail")?));
        let ledgers = Arc::new(Ledgers {
            journal: ground.journal.clone(),
            store: Arc::clone(&ground.store) as Arc<dyn TrailStore>,
            keys: Arc::clone(&trail_key),
        });
        let desks = desks(&config, &ground, (&holdings, &ledgers), feed.as_ref());
        let feeds = Feeds {
            people: Arc::clone(&people),
            sources: people_feeds(&config, &ground, &people, &sources),
            register: feed.map(|(_, feed)| feed),
            replicas: replicas.into_iter().map(|(_, replica)| replica).collect(),
            registers: registers.clone(),
            store: Arc::clone(&ground.store) as Arc<dyn PeopleStore>,
            agreements: Arc::clone(&ground.agreements),
            journal: ground.journal.clone(),
            clock: Arc::clone(&ground.clock),
        };
        Ok(Self {
            sign_in: Arc::new(sign_in(&config, &ground)),
            staff: Arc::new(staff(&config, &ground)),
            check: Arc::new(Check::new(
                Arc::clone(&ground.agreements),
                registers.clone(),
                ground.journal.clone(),
                Arc::clone(&ground.clock),
                Arc::clone(&ground.entropy),
            )),
            pool: Arc::new(pool(&ground, holdings, registers)),
            own_looks: Arc::new(OwnLooks {
                journal: ground.journal.clone(),
                store: Arc::clone(&ground.store) as Arc<dyn TrailStore>,
                clock: Arc::clone(&ground.clock),
            }),
            who: Arc::new(who(&ground, ledgers)),
            feeds: Arc::new(feeds),
            follower: Arc::new(Follower::new(
                config.agency.id.clone(),
                ground.journal.clone(),
                Arc::clone(&ground.store) as Arc<dyn TrailStore>,
                trail_key,
            )),
            notices: notices(&ground),
            desks: Arc::new(desks),
            clock: ground.clock,
            journal: ground.journal,
            agreements: ground.agreements,
            credential,
            config,
        })
    }
}

fn open_ledger(
    config: &Config,
    keys: &KeyFolder,
    entropy: &Arc<dyn Entropy>,
) -> anyhow::Result<Ledger> {
    let entropy = Arc::clone(entropy);
    let ledger_keys = LedgerKeys {
        signing: keys.signing("ledger")?,
        earlier: Vec::new(),
        body: BodyKey::new(*keys.bytes("body")?),
    };
    let options =
        Options { segment_bytes: config.ledger.segment_mib << 20, ..Options::default() };
    let folder = config.folder.join("ledger");
    std::fs::create_dir_all(&folder)?;
    let random = Arc::new(move || entropy.bytes32());
    Ledger::open(&folder, ledger_keys, &options, random)
        .with_context(|| format!("the ledger in {} can't be opened", folder.display()))
}

async fn open_store(
    config: &Config,
    keys: &KeyFolder,
    entropy: &Arc<dyn Entropy>,
) -> anyhow::Result<Arc<Store>> {
    let path = config.folder.join("store.sqlite");
    let store = Store::open(&path, &keys.store()?, Arc::clone(entropy)).await;
    Ok(Arc::new(store.with_context(|| format!("the store {} can't be opened", path.display()))?))
}

fn local_rules(config: &Config) -> anyhow::Result<Option<String>> {
    let Some(path) = &config.local_rules else { return Ok(None) };
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the local rules {} can't be read", path.display()))?;
    Ok(Some(text))
}

/// The node's certificate: kept, and renewed at a start when it nears its end.
fn credential(
    config: &Config,
    keys: &KeyFolder,
    clock: &dyn Clock,
) -> anyhow::Result<Credential> {
    let path: PathBuf = config.folder.join("node-certificate.pem");
    let key = keys.signing("node")?;
    let kept = std::fs::read_to_string(&path).ok();
    let kept = kept.and_then(|pem| NodeCertificate::from_pem(&pem).ok());
    let certificate = match kept.filter(|certificate| !certificate.needs_renewal(clock.now())) {
        Some(certificate) => certificate,
        None => {
            let validity = Validity::of_days(clock.now(), CERTIFICATE_DAYS)?;
            let fresh = NodeCertificate::issue(&key, validity)?;
            std::fs::write(&path, fresh.to_pem())
                .with_context(|| format!("can't write {}", path.display()))?;
            fresh
        }
    };
    Credential::new(key, certificate).context("the node's certificate is not its key's")
}

fn open_sources(
    config: &Config,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Vec<Arc<dyn SourceSystem>>> {
    let mut sources = Vec::new();
    for source in &config.sources {
        let opened = open_source(source, &config.agency, clock);
        sources.push(opened.with_context(|| format!("the source {} is not right", source.name))?);
    }
    Ok(sources)
}

fn open_source(
    source: &SourceConfig,
    agency: &Agency,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Arc<dyn SourceSystem>> {
    let (name, agency) = (source.name.as_str(), agency.id.clone());
    match (&source.fhir, &source.sql) {
        (Some(fhir), _) => {
            Ok(Arc::new(FhirSource::new(name, agency, fhir.clone(), Arc::clone(clock))?))
        }
        (_, Some(sql)) => {
            Ok(Arc::new(SqlSource::new(name, agency, sql.clone(), Arc::clone(clock))?))
        }
        (None, None) => Err(anyhow!("it has neither [source.fhir] nor [source.sql]")),
    }
}

async fn register_feed(
    config: &Config,
    ground: &Ground,
    sources: &[Arc<dyn SourceSystem>],
) -> anyhow::Result<Option<(Arc<Register>, Arc<RegisterFeed>)>> {
    let Some(terms) = &config.register else { return Ok(None) };
    let source = sources.iter().find(|source| source.name() == terms.source);
    let source = source.context("the register's source is not configured")?;
    let register = Arc::new(Register::new(config.agency.clone(), config.stale_after_s));
    register.confirm(None, Some(terms.phones.clone()));
    let feed = Arc::new(RegisterFeed::new(
        Arc::clone(&register),
        Arc::clone(source),
        Arc::clone(&ground.store) as Arc<dyn RegisterStore>,
        ground.journal.clone(),
        Arc::clone(&ground.clock),
    ));
    feed.load().await.context("the stored register can't be loaded")?;
    Ok(Some((register, feed)))
}

/// A replica for every partner that is a council. They are known at the start: a new agreement takes effect with a restart of its parties'
/// replicas, which `serve` does by itself when the agreement changes.
fn replicas(config: &Config, ground: &Ground) -> Vec<(Arc<Register>, Arc<Replica>)> {
    let partners = ground.agreements.partners();
    let councils = partners.into_iter().filter(|party| party.kind == AgencyKind::Council);
    councils
        .map(|party| {
            let owner = Agency { id: party.agency, name: party.name, kind: party.kind };
            let register = Arc::new(Register::new(owner, config.stale_after_s));
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

fn holdings(
    config: &Config,
    keys: &KeyFolder,
    ground: &Ground,
    (people, sources, register): (
        &Arc<People>,
        &[Arc<dyn SourceSystem>],
        Option<Arc<Register>>,
    ),
) -> anyhow::Result<Holdings> {
    let deadline = config.sources.iter().map(|source| source.deadline_ms).max().unwrap_or(3_000);
    Ok(Holdings {
        own: config.agency.id.clone(),
        people: Arc::clone(people),
        store: Arc::clone(&ground.store) as Arc<dyn PeopleStore>,
        register,
        sources: sources.to_vec(),
        deadline: Duration::from_millis(deadline),
        sealed_desk: SealedDeskTerms {
            desk: config.sealed_desk.desk.clone(),
            telephone: config.sealed_desk.telephone.clone(),
            reference_key: *keys.bytes("sealed")?,
        },
        clock: Arc::clone(&ground.clock),
    })
}

fn people_feeds(
    config: &Config,
    ground: &Ground,
    people: &Arc<People>,
    sources: &[Arc<dyn SourceSystem>],
) -> Vec<Arc<PeopleFeed>> {
    let pairs = sources.iter().zip(&config.sources);
    pairs
        .map(|(source, terms)| {
            Arc::new(PeopleFeed::new(
                Arc::clone(source),
                Arc::clone(&ground.store) as Arc<dyn PeopleStore>,
                Arc::clone(people),
                Arc::clone(&ground.clock),
                SignedDuration::from_hours(terms.sweep_hours.into()),
            ))
        })
        .collect()
}

fn desks(
    config: &Config,
    ground: &Ground,
    (holdings, ledgers): (&Arc<Holdings>, &Arc<Ledgers>),
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
        },
        who: WhoDesk {
            identity: Arc::clone(&ground.identity),
            agreements: Arc::clone(&ground.agreements),
            ledgers: Arc::clone(ledgers),
            clock: Arc::clone(&ground.clock),
        },
    }
}

fn sign_in(config: &Config, ground: &Ground) -> SignIn {
    let limits = SessionLimits {
        idle: SignedDuration::from_mins(config.sessions.idle_minutes.into()),
        longest: SignedDuration::from_hours(config.sessions.longest_hours.into()),
    };
    SignIn::new(
        Arc::clone(&ground.store) as Arc<dyn StaffStore>,
        ground.journal.clone(),
        Arc::clone(&ground.clock),
        Arc::clone(&ground.entropy),
        limits,
    )
}

fn staff(config: &Config, ground: &Ground) -> Staff {
    Staff::new(StaffParts {
        agency: config.agency.id.clone(),
        issuer: format!("Kinfold {}", config.agency.id),
        store: Arc::clone(&ground.store) as Arc<dyn StaffStore>,
        agreements: Arc::clone(&ground.agreements),
        journal: ground.journal.clone(),
        clock: Arc::clone(&ground.clock),
        entropy: Arc::clone(&ground.entropy),
    })
}

fn pool(ground: &Ground, holdings: Arc<Holdings>, registers: Registers) -> Pool {
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

fn who(ground: &Ground, ledgers: Arc<Ledgers>) -> WhoLooked {
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

fn notices(ground: &Ground) -> Vec<Arc<NoticeSender>> {
    let partners = ground.agreements.partners();
    let councils = partners.into_iter().filter(|party| party.kind == AgencyKind::Council);
    councils
        .map(|party| {
            Arc::new(NoticeSender {
                partner: party.agency,
                identity: Arc::clone(&ground.identity),
                agreements: Arc::clone(&ground.agreements),
                link: Arc::clone(&ground.link),
                journal: ground.journal.clone(),
                store: Arc::clone(&ground.store) as Arc<dyn TrailStore>,
                clock: Arc::clone(&ground.clock),
            })
        })
        .collect()
}
