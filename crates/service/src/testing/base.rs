//! The parts of a node, put together as the program does it.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use kinfold_domain::{Agency, AgencyKind, RegisterPhones, Role};

use super::{
    Desks, Ground, TestAttendances, TestDepartment, TestNode, TestProvider,
    department::{corrections, hearers},
    ways_in::outside,
};
use crate::{
    Journal, NodeIdentity, System,
    agreements::Agreements,
    audit::{
        Follower, Hearers, Ledgers, NoticeDesk, NoticeSender, OwnLooks, TrailKey, WhoDesk,
        WhoLooked, WhoParts,
    },
    check::Check,
    feeds::{People, PeopleFeed},
    history::{Histories, History, HistoryDesk, HistoryParts},
    identify::Identify,
    own_clock::OwnClock,
    pooled_view::{AskDesk, Holdings, Pool, PoolParts, SealedDeskTerms},
    ports::{AttendanceStore, Clock, DepartmentStore, PartnerLink, PeopleStore, SourceSystem},
    register::{
        Custodian, CustodyParts, DeskParts, FeedStores, HandOverParts, HandOvers, Register,
        RegisterDesk, RegisterFeed, Registers, Replica,
    },
};

/// A register older than that is stale, in seconds.
const STALE_AFTER_S: u64 = 60;
/// How long a source may take.
const DEADLINE: Duration = Duration::from_millis(300);

/// What the parts of a node are made from.
pub(super) struct Base {
    pub(super) ground: Ground,
    pub(super) journal: Journal,
    pub(super) identity: Arc<NodeIdentity>,
    pub(super) agreements: Arc<Agreements>,
    pub(super) own_clock: Arc<OwnClock>,
    pub(super) people: Arc<People>,
}

impl Base {
    #[expect(clippy::too_many_lines, reason = "everything is joined in one place, in its order")]
    pub(super) async fn open(self) -> TestNode {
        let council = self.is_council();
        let owner = if council { &self.ground.agency } else { &self.ground.partner };
        let register = Arc::new(Register::new(owner.clone(), STALE_AFTER_S));
        let feed = if council { Some(self.feed(&register).await) } else { None };
        let replica = if council { None } else { Some(Arc::new(self.replica(&register).await)) };
        let further = self.further().await;
        let (second, also) = further.unzip();
        let registers = Registers::new(std::iter::once(Arc::clone(&register)).chain(second));
        let holdings = Arc::new(self.holdings(council.then(|| Arc::clone(&register))));
        let keys = Arc::new(TrailKey::new([if council { 5 } else { 6 }; 32]));
        let (journal, store) = (self.journal.clone(), self.ground.trail.clone());
        let ledgers = Arc::new(Ledgers { journal, store, keys: Arc::clone(&keys) });
        let check = Arc::new(self.check(&registers));
        let (journal, agreements) = (&self.journal, &self.agreements);
        let department = if council {
            None
        } else {
            Some(TestDepartment::open(&self.ground, (journal, agreements, &check)).await)
        };
        let attendances = council.then(|| {
            TestAttendances::open(&self.ground, (journal, agreements), (&register, &ledgers))
        });
        if let Some(attendances) = &attendances {
            attendances.kept.recover().await.expect("the stored attendances");
        }
        let own = council.then(|| Arc::clone(&register));
        let corrections = corrections(&self.ground, (journal, agreements), own);
        let hand_overs = self.hand_overs(feed.as_ref()).await;
        let hearers =
            hearers(department.as_ref(), attendances.as_ref(), &corrections, hand_overs.as_ref());
        let histories = self.histories(&registers, (&department, &attendances), &ledgers);
        let held = (&holdings, &ledgers, &histories, hearers);
        let desks = self.desks(&register, held, feed.as_ref());
        let desks = Arc::new(desks);
        let sign_in = Arc::new(self.sign_in());
        let inventory = Arc::new(self.inventory(&sign_in));
        let passkeys = Arc::new(self.passkeys(&sign_in));
        let emergency = Arc::new(self.emergency(&sign_in));
        let links = Arc::new(self.links(&sign_in));
        let provider = Arc::new(TestProvider::default());
        let outside = outside(&provider, &links);
        TestNode {
            people_feed: Arc::new(self.people_feed()),
            custodian: feed.as_ref().zip(hand_overs.as_ref()).map(|(f, h)| self.custodian(f, h)),
            hand_overs,
            check,
            department,
            attendances,
            corrections,
            identify: Arc::new(self.identify(&holdings)),
            pool: self.pool(&holdings, registers),
            own_looks: OwnLooks { ledgers: Arc::clone(&ledgers), clock: self.ground.clock.clone() },
            who: self.who(ledgers),
            history: self.history(histories),
            follower: self.follower(keys),
            notices: self.notices(),
            staff: Arc::new(self.staff(&inventory, (&passkeys, &emergency, &links), &sign_in)),
            passkeys,
            emergency,
            links,
            provider,
            outside,
            inventory,
            sign_in,
            journal: self.journal,
            agreements: self.agreements,
            own_clock: self.own_clock,
            people: self.people,
            ground: self.ground,
            register,
            feed,
            replica,
            also,
            desks,
        }
    }

    fn is_council(&self) -> bool {
        self.ground.agency.kind == AgencyKind::Council
    }

    async fn feed(&self, register: &Arc<Register>) -> Arc<RegisterFeed> {
        register.confirm(None, Some(phones()));
        let feed = RegisterFeed::new(
            Arc::clone(register),
            self.ground.source.clone(),
            FeedStores {
                register: self.ground.registers.clone(),
                to_mend: self.ground.people.clone(),
                amendments: self.ground.amendments.clone(),
            },
            self.journal.clone(),
            self.ground.clock.clone(),
        );
        feed.load().await.expect("the stored register");
        Arc::new(feed)
    }

    async fn hand_overs(&self, feed: Option<&Arc<RegisterFeed>>) -> Option<Arc<HandOvers>> {
        let feed = feed?;
        let role = Role::REGISTER_CUSTODIAN.parse().expect("a role");
        let (own, name) = (&self.ground.agency.id, "hand-overs".parse().expect("a name"));
        let hand_overs = HandOvers::new(HandOverParts {
            feed: Arc::clone(feed),
            agreements: Arc::clone(&self.agreements),
            store: self.ground.work.clone(),
            sealed_desk: sealed_desk(),
            system: System::new(own, name, "Hand-overs of the register", role),
            purpose: "child-protection-enquiry".parse().expect("a purpose"),
        });
        hand_overs.load().await.expect("the stored hand-overs");
        Some(Arc::new(hand_overs))
    }

    fn custodian(&self, feed: &Arc<RegisterFeed>, hand_overs: &Arc<HandOvers>) -> Custodian {
        Custodian::new(CustodyParts {
            feed: Arc::clone(feed),
            agreements: Arc::clone(&self.agreements),
            entropy: self.ground.entropy.clone(),
            sealed_desk: sealed_desk(),
            phones: phones(),
            hand_overs: Arc::clone(hand_overs),
            discussions: self.ground.work.clone(),
        })
    }

    async fn replica(&self, register: &Arc<Register>) -> Replica {
        let ground = &self.ground;
        let replica = Replica::new(
            Arc::clone(register),
            Arc::clone(&self.identity),
            Arc::clone(&self.agreements),
            (ground.link.clone(), ground.registers.clone(), ground.clock.clone()),
        );
        replica.load().await.expect("the stored replica");
        replica
    }

    async fn further(&self) -> Option<(Arc<Register>, Arc<Replica>)> {
        let register = Arc::new(Register::new(self.ground.also.clone()?, STALE_AFTER_S));
        let replica = Arc::new(self.replica(&register).await);
        Some((register, replica))
    }

    fn holdings(&self, register: Option<Arc<Register>>) -> Holdings {
        Holdings {
            own: self.ground.agency.id.clone(),
            people: Arc::clone(&self.people),
            store: self.ground.people.clone() as Arc<dyn PeopleStore>,
            register,
            sources: vec![self.ground.source.clone() as Arc<dyn SourceSystem>],
            deadline: DEADLINE,
            sealed_desk: sealed_desk(),
            clock: self.ground.clock.clone(),
        }
    }

    fn desks(
        &self,
        register: &Arc<Register>,
        (holdings, ledgers, histories, hearers): (
            &Arc<Holdings>,
            &Arc<Ledgers>,
            &Arc<Histories>,
            Hearers,
        ),
        feed: Option<&Arc<RegisterFeed>>,
    ) -> Desks {
        let (identity, agreements) = (&self.identity, &self.agreements);
        let clock: Arc<dyn Clock> = self.ground.clock.clone();
        Desks {
            ask: AskDesk::new(
                Arc::clone(identity),
                Arc::clone(agreements),
                Arc::clone(holdings),
                self.journal.clone(),
                Arc::clone(&clock),
            ),
            register: feed.map(|feed| {
                RegisterDesk::new(DeskParts {
                    register: Arc::clone(register),
                    phones: phones(),
                    identity: Arc::clone(identity),
                    agreements: Arc::clone(agreements),
                    store: self.ground.registers.clone(),
                    journal: self.journal.clone(),
                    clock: Arc::clone(&clock),
                    grown: feed.grown(),
                })
            }),
            notices: NoticeDesk {
                identity: Arc::clone(identity),
                agreements: Arc::clone(agreements),
                journal: self.journal.clone(),
                clock: Arc::clone(&clock),
                hearers,
            },
            who: WhoDesk {
                identity: Arc::clone(identity),
                agreements: Arc::clone(agreements),
                ledgers: Arc::clone(ledgers),
                clock: Arc::clone(&clock),
            },
            history: HistoryDesk {
                identity: Arc::clone(identity),
                agreements: Arc::clone(agreements),
                own: Arc::clone(histories),
                journal: self.journal.clone(),
                clock,
            },
        }
    }

    fn histories(
        &self,
        registers: &Registers,
        (department, attendances): (&Option<TestDepartment>, &Option<TestAttendances>),
        ledgers: &Arc<Ledgers>,
    ) -> Arc<Histories> {
        let work = &self.ground.work;
        Arc::new(Histories {
            own: self.ground.agency.id.clone(),
            department: department.as_ref().map(|_| work.clone() as Arc<dyn DepartmentStore>),
            heard: attendances.as_ref().map(|_| work.clone() as Arc<dyn AttendanceStore>),
            registers: registers.clone(),
            people: Arc::clone(&self.people),
            ledgers: Arc::clone(ledgers),
        })
    }

    fn history(&self, own: Arc<Histories>) -> History {
        History::new(HistoryParts {
            identity: Arc::clone(&self.identity),
            agreements: Arc::clone(&self.agreements),
            own,
            link: self.ground.link.clone(),
            journal: self.journal.clone(),
            clock: self.ground.clock.clone(),
            entropy: self.ground.entropy.clone(),
        })
    }

    fn people_feed(&self) -> PeopleFeed {
        PeopleFeed::new(
            self.ground.source.clone(),
            self.ground.people.clone(),
            Arc::clone(&self.people),
            self.ground.clock.clone(),
            (SignedDuration::from_secs(-1), SignedDuration::from_mins(10)),
        )
    }

    fn check(&self, registers: &Registers) -> Check {
        Check::new(
            Arc::clone(&self.agreements),
            registers.clone(),
            self.journal.clone(),
            self.ground.clock.clone(),
            self.ground.entropy.clone(),
        )
    }

    fn identify(&self, holdings: &Arc<Holdings>) -> Identify {
        Identify {
            agreements: Arc::clone(&self.agreements),
            holdings: Arc::clone(holdings),
            journal: self.journal.clone(),
            clock: self.ground.clock.clone(),
            entropy: self.ground.entropy.clone(),
        }
    }

    fn pool(&self, holdings: &Arc<Holdings>, registers: Registers) -> Pool {
        Pool::new(PoolParts {
            identity: Arc::clone(&self.identity),
            agreements: Arc::clone(&self.agreements),
            holdings: Arc::clone(holdings),
            registers,
            link: self.ground.link.clone() as Arc<dyn PartnerLink>,
            journal: self.journal.clone(),
            clock: self.ground.clock.clone(),
            entropy: self.ground.entropy.clone(),
        })
    }

    fn who(&self, ledgers: Arc<Ledgers>) -> WhoLooked {
        WhoLooked::new(WhoParts {
            identity: Arc::clone(&self.identity),
            agreements: Arc::clone(&self.agreements),
            ledgers,
            link: self.ground.link.clone(),
            journal: self.journal.clone(),
            clock: self.ground.clock.clone(),
            entropy: self.ground.entropy.clone(),
        })
    }

    fn follower(&self, keys: Arc<TrailKey>) -> Follower {
        let own = self.ground.agency.id.clone();
        Follower::new(own, self.journal.clone(), self.ground.trail.clone(), keys)
    }

    fn notices(&self) -> NoticeSender {
        NoticeSender {
            partner: self.partner().id,
            identity: Arc::clone(&self.identity),
            agreements: Arc::clone(&self.agreements),
            link: self.ground.link.clone(),
            journal: self.journal.clone(),
            store: self.ground.trail.clone(),
            clock: self.ground.clock.clone(),
            hand_overs: self.is_council().then(|| self.ground.work.clone() as _),
        }
    }

    fn partner(&self) -> Agency {
        self.ground.partner.clone()
    }
}

fn phones() -> RegisterPhones {
    RegisterPhones {
        office: "01632 960001".parse().expect("a telephone"),
        emergency_duty_team: "01632 960002".parse().expect("a telephone"),
    }
}

fn sealed_desk() -> SealedDeskTerms {
    SealedDeskTerms {
        desk: "Sealed records desk".to_owned(),
        telephone: "01632 960900".parse().expect("a telephone"),
        reference_key: [3; 32],
    }
}
