//! The parts of a node, put together as the program does it.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use kinfold_domain::{Agency, RegisterPhones};

use super::{
    COUNCIL, Desks, Ground, TRUST, TestAttendances, TestDepartment, TestNode, agency,
    department::{corrections, hearers},
};
use crate::{
    Journal, NodeIdentity,
    agreements::Agreements,
    audit::{
        Follower, Hearers, Ledgers, NoticeDesk, NoticeSender, OwnLooks, TrailKey, WhoDesk,
        WhoLooked, WhoParts,
    },
    check::Check,
    feeds::{People, PeopleFeed},
    identify::Identify,
    pooled_view::{AskDesk, Holdings, Pool, PoolParts, SealedDeskTerms},
    ports::{Clock, PartnerLink, PeopleStore, SourceSystem, StaffStore},
    register::{
        Custodian, CustodyParts, DeskParts, FeedStores, Register, RegisterDesk, RegisterFeed,
        Registers, Replica,
    },
    sign_in::{SessionLimits, SignIn},
    staff::{Staff, StaffParts},
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
    pub(super) people: Arc<People>,
}

impl Base {
    pub(super) async fn open(self) -> TestNode {
        let council = self.is_council();
        let register = Arc::new(Register::new(agency(COUNCIL), STALE_AFTER_S));
        let feed = if council { Some(self.feed(&register).await) } else { None };
        let replica = if council { None } else { Some(self.replica(&register).await) };
        let registers = Registers::new([Arc::clone(&register)]);
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
        let attendances =
            council.then(|| TestAttendances::open(&self.ground, (journal, agreements), &register));
        if let Some(attendances) = &attendances {
            attendances.kept.recover().await.expect("the stored attendances");
        }
        let own = council.then(|| Arc::clone(&register));
        let corrections = corrections(&self.ground, (journal, agreements), own);
        let hearers = hearers(department.as_ref(), attendances.as_ref(), &corrections);
        let desks = self.desks(&register, (&holdings, &ledgers, hearers), feed.as_ref());
        let desks = Arc::new(desks);
        TestNode {
            people_feed: self.people_feed(),
            custodian: feed.as_ref().map(|feed| self.custodian(feed)),
            check,
            department,
            attendances,
            corrections,
            identify: Arc::new(self.identify(&holdings)),
            pool: self.pool(&holdings, registers),
            who: self.who(ledgers),
            own_looks: OwnLooks {
                journal: self.journal.clone(),
                store: self.ground.trail.clone(),
                clock: self.ground.clock.clone(),
            },
            follower: self.follower(keys),
            notices: self.notices(),
            sign_in: self.sign_in(),
            staff: self.staff(),
            journal: self.journal,
            agreements: self.agreements,
            people: self.people,
            ground: self.ground,
            register,
            feed,
            replica,
            desks,
        }
    }

    fn is_council(&self) -> bool {
        self.ground.agency.id.as_str() == COUNCIL
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

    fn custodian(&self, feed: &Arc<RegisterFeed>) -> Custodian {
        Custodian::new(CustodyParts {
            feed: Arc::clone(feed),
            agreements: Arc::clone(&self.agreements),
            entropy: self.ground.entropy.clone(),
            sealed_desk: sealed_desk(),
            phones: phones(),
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
        (holdings, ledgers, hearers): (&Arc<Holdings>, &Arc<Ledgers>, Hearers),
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
                clock,
            },
        }
    }

    fn people_feed(&self) -> PeopleFeed {
        PeopleFeed::new(
            self.ground.source.clone(),
            self.ground.people.clone(),
            Arc::clone(&self.people),
            self.ground.clock.clone(),
            SignedDuration::from_secs(-1),
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
        }
    }

    fn partner(&self) -> Agency {
        agency(if self.is_council() { TRUST } else { COUNCIL })
    }

    fn sign_in(&self) -> SignIn {
        SignIn::new(
            self.ground.staff.clone() as Arc<dyn StaffStore>,
            self.journal.clone(),
            self.ground.clock.clone(),
            self.ground.entropy.clone(),
            SessionLimits::default(),
        )
    }

    fn staff(&self) -> Staff {
        Staff::new(StaffParts {
            agency: self.ground.agency.id.clone(),
            issuer: self.ground.agency.name.clone(),
            store: self.ground.staff.clone(),
            agreements: Arc::clone(&self.agreements),
            journal: self.journal.clone(),
            clock: self.ground.clock.clone(),
            entropy: self.ground.entropy.clone(),
        })
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
