//! One node: the real use cases over ports in memory.

use std::sync::Arc;

use kinfold_domain::AgencyId;

use super::{Ground, TestAttendances, TestDepartment, TestProvider, base::Base};
use crate::{
    Journal, NodeIdentity,
    agreements::{Agreements, AgreementsParts, ApproverKeys, RefusedPeer},
    audit::{Follower, NoticeDesk, NoticeSender, OwnLooks, WhoDesk, WhoLooked},
    check::Check,
    corrections::Corrections,
    emergency::Emergency,
    feeds::{People, PeopleFeed},
    history::{History, HistoryDesk},
    identify::Identify,
    oidc::{Links, OutsideSignIn},
    own_clock::OwnClock,
    passkeys::Passkeys,
    pooled_view::{AskDesk, Pool},
    ports::{Clock, Route},
    records::Entry,
    register::{Custodian, HandOvers, Register, RegisterDesk, RegisterFeed, Replica},
    sign_in::SignIn,
    staff::Staff,
    tokens::Inventory,
};

/// What a node answers to its partner.
pub struct Desks {
    pub(super) ask: AskDesk,
    pub(super) register: Option<RegisterDesk>,
    pub(super) notices: NoticeDesk,
    pub(super) who: WhoDesk,
    pub(super) history: HistoryDesk,
}

impl Desks {
    /// Answers a partner's message.
    pub async fn answer(
        &self,
        peer: &AgencyId,
        route: Route,
        message: &str,
    ) -> Result<String, RefusedPeer> {
        let note = message.as_bytes();
        match (route, &self.register) {
            (Route::Ask, _) => self.ask.answer(peer, note).await,
            (Route::Register, Some(desk)) => desk.answer(peer, note).await,
            (Route::Register, None) => Err(RefusedPeer::NotAllowed("there is no register here")),
            (Route::Notices, _) => self.notices.answer(peer, note).await,
            (Route::Who, _) => self.who.answer(peer, note).await,
            (Route::History, _) => self.history.answer(peer, note).await,
        }
    }
}

/// A node at work.
pub struct TestNode {
    /// What it stands on.
    pub ground: Ground,
    /// Its ledger.
    pub journal: Journal,
    /// What it knows of its clock.
    pub own_clock: Arc<OwnClock>,
    /// Its agreement.
    pub agreements: Arc<Agreements>,
    /// Its people.
    pub people: Arc<People>,
    /// Its reading of them.
    pub people_feed: Arc<PeopleFeed>,
    /// The register: its own, or the replica of the council's.
    pub register: Arc<Register>,
    /// The council's reading of its case system.
    pub feed: Option<Arc<RegisterFeed>>,
    /// The council's custodian at work.
    pub custodian: Option<Custodian>,
    /// The council's hand-overs.
    pub hand_overs: Option<Arc<HandOvers>>,
    /// The trust's replica.
    pub replica: Option<Arc<Replica>>,
    /// Its replica of a further council's register.
    pub also: Option<Arc<Replica>>,
    /// The check.
    pub check: Arc<Check>,
    /// Identity matches.
    pub identify: Arc<Identify>,
    /// The pooled view.
    pub pool: Pool,
    /// Who looked.
    pub who: WhoLooked,
    /// What stands beside an answer.
    pub history: History,
    /// Own look-ups.
    pub own_looks: OwnLooks,
    /// Its follower.
    pub follower: Follower,
    /// Its outbox.
    pub notices: NoticeSender,
    /// Sign-in.
    pub sign_in: Arc<SignIn>,
    /// Its passkeys.
    pub passkeys: Arc<Passkeys>,
    /// Its employees' emergency codes.
    pub emergency: Arc<Emergency>,
    /// Who its employees are at an identity provider.
    pub links: Arc<Links>,
    /// That provider.
    pub provider: Arc<TestProvider>,
    /// Signing in there.
    pub outside: OutsideSignIn,
    /// Its tokens.
    pub inventory: Arc<Inventory>,
    /// Staff.
    pub staff: Arc<Staff>,
    /// The trust's department.
    pub department: Option<TestDepartment>,
    /// What the council hears of attendances.
    pub attendances: Option<TestAttendances>,
    /// What is said to be wrong on registers.
    pub corrections: Arc<Corrections>,
    /// What it answers its partner.
    pub desks: Arc<Desks>,
}

impl TestNode {
    /// Opens a node on its ground.
    pub async fn open(ground: Ground) -> Self {
        let journal = Journal::new(Arc::new(super::around::open_ledger(&ground)));
        let identity = Arc::new(NodeIdentity::new(
            ground.agency.clone(),
            super::node_key(ground.agency.id.as_str()),
        ));
        let (clock, steady) = (ground.clock.clone(), ground.clock.clone());
        let own_clock = Arc::new(OwnClock::new(clock, steady, &["time.test".to_owned()]));
        let agreements = Agreements::load(AgreementsParts {
            identity: Arc::clone(&identity),
            approvers: ApproverKeys::default(),
            rules: None,
            store: ground.agreements.clone(),
            journal: journal.clone(),
            clock: ground.clock.clone(),
            own_clock: Arc::clone(&own_clock),
        });
        let agreements = Arc::new(agreements.await.expect("the stored agreement"));
        if let Some(held) = &ground.around.agreement {
            agreements.hold(Arc::clone(held));
        }
        let people = Arc::new(People::default());
        people.load(&*ground.people).await.expect("the stored people");
        let base = Base { ground, journal, identity, agreements, own_clock, people };
        base.open().await
    }

    /// What the ledger says from a place on.
    pub fn entries(&self, from: u64) -> Vec<Entry> {
        let read = |index| self.journal.read(index).expect("an entry").expect("a body");
        (from..self.journal.ledger().size()).map(read).collect()
    }

    /// The number of ledger entries.
    pub fn size(&self) -> u64 {
        self.journal.ledger().size()
    }

    /// Fails the ledger's next sync, after which it takes no more.
    pub async fn break_ledger(&self) {
        self.ground.media.fail_next_sync(std::io::ErrorKind::StorageFull);
        let at = self.ground.clock.now();
        let spent = self.journal.record(Entry::Started { at, version: "test".to_owned() }).await;
        assert!(spent.is_err(), "the ledger was told to fail");
    }

    /// Reads sources, brings the replica up to date, follows the ledger and tells the partner: once each, whatever fails.
    pub async fn settle(&self) {
        let _ = self.people_feed.poll(&|_| {}).await;
        if let Some(feed) = &self.feed {
            let _ = feed.poll().await;
        }
        for replica in self.replica.iter().chain(&self.also) {
            let _ = replica.pull(0).await;
        }
        if let Some(department) = &self.department {
            let _ = department.arrivals.work().await;
            let _ = department.arrivals.look_again().await;
        }
        if let Some(attendances) = &self.attendances {
            let _ = attendances.escalations.escalate().await;
        }
        if let Some(hand_overs) = &self.hand_overs {
            let _ = hand_overs.work().await;
        }
        let _ = self.notices.deliver().await;
        let _ = self.follower.catch_up().await;
    }
}
