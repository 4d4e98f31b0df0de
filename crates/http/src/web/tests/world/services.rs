//! What the web application is given.

use std::sync::Arc;

use kinfold_service::{
    audit::{OwnLooks, WhoLooked, WhoParts},
    check::Check,
    history::{History, HistoryParts},
    notifications::NotificationDesk,
    pooled_view::{Pool, PoolParts},
    register::Registers,
    testing::{MemoryOutbox, MemoryStaff},
};

use super::{Node, PROXY, Services, desks::TestLink};

impl Node {
    /// What the web application is given.
    pub(crate) fn services(&self, secure: bool) -> Services {
        let core = &self.core;
        let registers = Registers::new([Arc::clone(&self.register)]);
        Services {
            agency: core.agency.clone(),
            sign_in: Arc::clone(&self.sign_in),
            staff: Arc::clone(&self.staff),
            inventory: Arc::clone(&self.inventory),
            passkeys: Arc::clone(&self.passkeys),
            emergency: Arc::clone(&self.emergency),
            outside: Arc::clone(&self.outside),
            links: Arc::clone(&self.links),
            agreements: Arc::clone(&core.agreements),
            check: self.check(),
            pool: Arc::new(self.pool(registers)),
            own_looks: Arc::new(OwnLooks {
                ledgers: Arc::clone(&self.ledgers),
                clock: core.clock(),
            }),
            who: Arc::new(self.who()),
            history: Arc::new(self.history()),
            custodian: self.custodian.clone(),
            feeds: Arc::clone(&self.feeds),
            alarms: Arc::clone(&self.alarms),
            notifications: Arc::new(NotificationDesk::new(
                (
                    Arc::<MemoryOutbox>::clone(&self.outbox),
                    Arc::<MemoryStaff>::clone(&self.staff_store),
                ),
                core.journal.clone(),
                core.clock(),
            )),
            department: self.department().map(|department| department.pages),
            attendances: self.attendances().map(|known| known.lists),
            corrections: self.corrections(),
            clock: core.clock(),
            secure,
            trusted_proxies: vec![PROXY.parse().unwrap()],
        }
    }

    pub(super) fn check(&self) -> Arc<Check> {
        let core = &self.core;
        Arc::new(Check::new(
            Arc::clone(&core.agreements),
            Registers::new([Arc::clone(&self.register)]),
            core.journal.clone(),
            core.clock(),
            Arc::clone(&core.entropy),
        ))
    }

    fn pool(&self, registers: Registers) -> Pool {
        Pool::new(PoolParts {
            identity: Arc::clone(&self.core.identity),
            agreements: Arc::clone(&self.core.agreements),
            holdings: Arc::clone(&self.holdings.holdings),
            registers,
            link: Arc::<TestLink>::clone(&self.link),
            journal: self.core.journal.clone(),
            clock: self.core.clock(),
            entropy: Arc::clone(&self.core.entropy),
        })
    }

    fn who(&self) -> WhoLooked {
        WhoLooked::new(WhoParts {
            identity: Arc::clone(&self.core.identity),
            agreements: Arc::clone(&self.core.agreements),
            ledgers: Arc::clone(&self.ledgers),
            link: Arc::<TestLink>::clone(&self.link),
            journal: self.core.journal.clone(),
            clock: self.core.clock(),
            entropy: Arc::clone(&self.core.entropy),
        })
    }

    fn history(&self) -> History {
        History::new(HistoryParts {
            identity: Arc::clone(&self.core.identity),
            agreements: Arc::clone(&self.core.agreements),
            own: Arc::clone(&self.histories),
            link: Arc::<TestLink>::clone(&self.link),
            journal: self.core.journal.clone(),
            clock: self.core.clock(),
            entropy: Arc::clone(&self.core.entropy),
        })
    }
}
