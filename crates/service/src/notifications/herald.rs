//! Follows the ledger and puts down who is to be told of what.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use kinfold_domain::{AgencyId, Employee, EmployeeId, Role};

use super::{
    event::Event,
    outbox::{Destination, Notification},
    whom::{Call, call},
};
use crate::{
    attendances::{is_key_worker, name_words},
    journal::{Journal, JournalError},
    ports::{AccountRow, Clock, NotificationStore, PortError, StaffStore},
    register::Register,
};

/// Ledger entries looked through for one write.
const BATCH: u64 = 400;

/// So many entries without anything to tell are worth a write.
const UNWRITTEN: u64 = 10_000;

/// Why the ledger could not be followed. It is tried again from the same place.
#[derive(Debug, thiserror::Error)]
pub enum AnnounceError {
    /// The ledger can't be read.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] PortError),
}

/// Who can be told, and of what.
#[derive(Clone, Debug, Default)]
pub struct Audience {
    /// Employees can be told by e-mail.
    pub by_email: bool,
    /// Roles that are told of an event by e-mail, beside those whom it is about.
    pub roles: BTreeMap<Event, Vec<Role>>,
    /// Webhooks by name, with the events that each takes.
    pub webhooks: Vec<(String, Vec<Event>)>,
}

/// What following the ledger needs.
pub struct HeraldParts {
    /// This agency.
    pub own: AgencyId,
    /// Who can be told.
    pub audience: Audience,
    /// This agency's register, where it keeps one: it names the key workers.
    pub register: Option<Arc<Register>>,
    /// Employees with their addresses.
    pub staff: Arc<dyn StaffStore>,
    /// Where notifications are kept.
    pub store: Arc<dyn NotificationStore>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// Follows the ledger.
pub struct Herald {
    parts: HeraldParts,
    /// Up to where the ledger is known to hold nothing to tell; what of that is not written down is looked through again after a start.
    quiet: AtomicU64,
}

impl Herald {
    /// Over these parts.
    pub const fn new(parts: HeraldParts) -> Self {
        Self { parts, quiet: AtomicU64::new(0) }
    }

    /// To be called before anything else is recorded: a node that never followed begins here, and tells nobody of what is long past.
    pub async fn begin(&self) -> Result<(), AnnounceError> {
        if self.parts.store.announced().await?.is_none() {
            self.parts.store.announce(&[], self.parts.journal.ledger().size()).await?;
        }
        Ok(())
    }

    /// Goes through what is new in the ledger; answers how many entries are dealt with. What is to be told and how far it was followed
    /// are one write: whenever the process ends, nothing is forgotten, and what is put down twice is one notification.
    pub async fn catch_up(&self) -> Result<u64, AnnounceError> {
        let HeraldParts { store, journal, own, .. } = &self.parts;
        let mut written = store.announced().await?.unwrap_or(0);
        let mut from = written.max(self.quiet.load(Ordering::Relaxed));
        loop {
            let all = journal.ledger().size();
            let to = all.min(from + BATCH);
            if from >= to {
                return Ok(from);
            }
            let mut calls = Vec::new();
            for (_, entry) in journal.follow(from, to) {
                match entry {
                    Ok(Some(entry)) => calls.extend(call(own, &entry)),
                    Ok(None) | Err(JournalError::Foreign) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            let new = self.notifications(&calls).await?;
            if !calls.is_empty() || to - written >= UNWRITTEN {
                store.announce(&new, to).await?;
                written = to;
            }
            from = to;
            self.quiet.store(to, Ordering::Relaxed);
            // Once: what comes meanwhile is gone through the next time.
            if from == all {
                return Ok(from);
            }
        }
    }

    async fn notifications(&self, calls: &[Call]) -> Result<Vec<Notification>, PortError> {
        let audience = &self.parts.audience;
        if calls.is_empty() {
            return Ok(Vec::new());
        }
        let accounts = if audience.by_email { self.parts.staff.accounts().await? } else { vec![] };
        let reachable: Vec<&Employee> = accounts.iter().filter_map(reachable).collect();
        let now = self.parts.clock.now();
        let mut new = Vec::new();
        for call in calls {
            let employees = self.whom(call, &reachable).into_iter().map(Destination::Employee);
            let takes = |(_, events): &&(String, Vec<Event>)| events.contains(&call.event);
            let webhooks = audience.webhooks.iter().filter(takes);
            let webhooks = webhooks.map(|(name, _)| Destination::Webhook(name.clone()));
            new.extend(employees.chain(webhooks).map(|to| {
                Notification::new((call.event, call.matter, &call.round), to, call.at, now)
            }));
        }
        Ok(new)
    }

    /// Those whom a call is about, and those whom the configuration names for it, once each.
    fn whom(&self, call: &Call, reachable: &[&Employee]) -> BTreeSet<EmployeeId> {
        let of_event = self.parts.audience.roles.get(&call.event);
        let roles: Vec<&Role> = call.roles.iter().chain(of_event.into_iter().flatten()).collect();
        // The register is asked for a name alone, and the name says only whom to write to: nothing of it is told.
        let entries: Vec<_> = match &self.parts.register {
            Some(book) => call.key_workers_of.iter().filter_map(|id| book.known(id)).collect(),
            None => Vec::new(),
        };
        let is_meant = |employee: &&&Employee| {
            call.employees.contains(&employee.id)
                || roles.contains(&&employee.role)
                || entries.iter().any(|e| is_key_worker(e, &name_words(employee.name.expose())))
        };
        reachable.iter().filter(is_meant).map(|employee| employee.id).collect()
    }
}

fn reachable(account: &AccountRow) -> Option<&Employee> {
    (!account.disabled && account.email.is_some()).then_some(&account.employee)
}
