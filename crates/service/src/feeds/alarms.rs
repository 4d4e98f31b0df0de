//! A feed that stops raises an alarm to a named employee, without anybody asking.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kinfold_domain::{Employee, UserName};
use parking_lot::RwLock;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::{
    Feeds,
    alarm::{AlarmStep, FeedAlarm, Told},
    signal::{Signal, Watched},
};
use crate::{
    attendances::ListError,
    caller::Caller,
    journal::Journal,
    ports::{AlarmStore, Clock, Entropy, PortError, StaffStore},
    records::{AlarmChanged, Asker, Entry},
};

/// How long an alarm that is over stays on the page.
const SHOWN_FOR: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Who is told, and when.
#[derive(Clone, Debug)]
pub struct AlarmTerms {
    /// Who is told first.
    pub first: Option<UserName>,
    /// Who is told when nobody sees to it.
    pub then: Option<UserName>,
    /// How long after the first.
    pub then_after: SignedDuration,
    /// How long a hospital's system may be silent.
    pub sender_silent: SignedDuration,
}

/// A named employee can't be told.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NobodyToTell {
    /// There is no such account.
    #[error("{0} has no account here: kinfold employee add {0}")]
    Unknown(UserName),
    /// The account was taken out of use.
    #[error("{0} may not sign in any more: name somebody who may")]
    Inactive(UserName),
}

/// What alarms need.
pub struct AlarmParts {
    /// Who is told, and when.
    pub terms: AlarmTerms,
    /// The feeds.
    pub feeds: Arc<Feeds>,
    /// Where alarms are kept.
    pub store: Arc<dyn AlarmStore>,
    /// Accounts.
    pub staff: Arc<dyn StaffStore>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
}

/// Watches the feeds.
pub struct FeedAlarms {
    parts: AlarmParts,
    started: Timestamp,
    /// Those that are not over, and those that were lately: every page looks.
    known: RwLock<Vec<FeedAlarm>>,
    /// One change at a time.
    changing: Mutex<()>,
    beside: Vec<Arc<dyn Watched>>,
}

impl FeedAlarms {
    /// Over these parts, with what was stored.
    pub async fn load(parts: AlarmParts) -> Result<Self, PortError> {
        let started = parts.clock.now();
        let known = parts.store.alarms(shown_since(started)).await?;
        Ok(Self {
            parts,
            started,
            known: RwLock::new(known),
            changing: Mutex::default(),
            beside: Vec::new(),
        })
    }

    /// What is watched beside the feeds.
    pub fn beside(mut self, watched: impl IntoIterator<Item = Arc<dyn Watched>>) -> Self {
        self.beside.extend(watched);
        self
    }

    /// Whether everybody who is named can be told; the employees that may be, and have no e-mail address.
    pub async fn check_named(&self) -> Result<Result<Vec<UserName>, NobodyToTell>, PortError> {
        let mut without = Vec::new();
        for name in self.parts.terms.first.iter().chain(&self.parts.terms.then) {
            let Some(account) = self.parts.staff.account(name).await? else {
                return Ok(Err(NobodyToTell::Unknown(name.clone())));
            };
            if account.disabled {
                return Ok(Err(NobodyToTell::Inactive(name.clone())));
            }
            if account.email.is_none() {
                without.push(name.clone());
            }
        }
        Ok(Ok(without))
    }

    /// Whether an employee is named to be told of feeds.
    pub fn is_named(&self, employee: &Employee) -> bool {
        let named = self.parts.terms.first.iter().chain(&self.parts.terms.then);
        named.into_iter().any(|name| *name == employee.user_name)
    }

    /// Those that are not over, then those that were lately; the newest first.
    pub fn known(&self) -> Vec<FeedAlarm> {
        let mut known = self.known.read().clone();
        known.sort_by_key(|alarm| (alarm.over.is_some(), std::cmp::Reverse(alarm.raised)));
        known
    }

    /// Those that are not over and of which this employee was told.
    pub fn told_to(&self, employee: &Employee) -> Vec<FeedAlarm> {
        let known = self.known.read();
        let theirs = |alarm: &&FeedAlarm| alarm.over.is_none() && alarm.was_told(employee.id);
        known.iter().filter(theirs).cloned().collect()
    }

    /// Goes through the feeds once: raises, escalates and ends alarms; answers how many changed.
    pub async fn watch(&self) -> Result<usize, ListError> {
        let _changing = self.changing.lock().await;
        let (now, mut count) = (self.parts.clock.now(), 0);
        let mut signals = self.parts.feeds.signals(self.parts.terms.sender_silent).await?;
        signals.extend(self.beside.iter().map(|watched| watched.signal(now)));
        for signal in signals {
            let open = self.known.read().iter().find(|known| is_open_of(known, &signal)).cloned();
            let changed = match open {
                None if signal.has_stopped(self.started, now) => self.raise(&signal, now).await?,
                Some(alarm) if signal.is_heard(now) => self.end(alarm, now).await?,
                Some(alarm) => self.escalate(alarm, now).await?,
                None => false,
            };
            count += usize::from(changed);
        }
        let since = shown_since(now);
        self.known.write().retain(|alarm| alarm.over.is_none_or(|over| over >= since));
        Ok(count)
    }

    /// An employee sees to it, by name: the first one counts.
    pub async fn take(&self, caller: &Caller, id: Uuid) -> Result<(), ListError> {
        let _changing = self.changing.lock().await;
        let known = self.known.read().iter().find(|alarm| alarm.id == id).cloned();
        let mut alarm = known.ok_or(ListError::Unknown)?;
        if alarm.taken.is_some() || alarm.over.is_some() {
            return Ok(());
        }
        let (at, who) = (self.parts.clock.now(), Asker::from(caller.employee()));
        alarm.taken = Some(Told { who: who.clone(), at });
        self.change(alarm, (AlarmStep::Taken, at), (&[], Some(who))).await
    }

    async fn raise(&self, signal: &Signal, now: Timestamp) -> Result<bool, ListError> {
        let mut who = self.employee(self.parts.terms.first.as_ref()).await?;
        if who.is_none() {
            who = self.employee(self.parts.terms.then.as_ref()).await?;
        }
        let told: Vec<Told> = who.into_iter().map(|who| Told { who, at: now }).collect();
        let alarm = FeedAlarm {
            id: self.parts.entropy.uuid(now),
            feed: signal.feed.clone(),
            since: signal.since(self.started),
            raised: now,
            told: told.clone(),
            taken: None,
            over: None,
        };
        tracing::warn!(feed = alarm.feed.name(), since = %alarm.since, told = told.len(), "an alarm is raised: a feed has stopped, or what is watched beside feeds calls for somebody");
        self.change(alarm, (AlarmStep::Raised, now), (&told, None)).await?;
        Ok(true)
    }

    async fn escalate(&self, mut alarm: FeedAlarm, now: Timestamp) -> Result<bool, ListError> {
        let terms = &self.parts.terms;
        let waited = now.duration_since(alarm.raised) >= terms.then_after;
        if alarm.taken.is_some() || !waited {
            return Ok(false);
        }
        let Some(who) = self.employee(terms.then.as_ref()).await? else { return Ok(false) };
        if alarm.was_told(who.employee) {
            return Ok(false);
        }
        let told = [Told { who, at: now }];
        alarm.told.extend_from_slice(&told);
        self.change(alarm, (AlarmStep::Escalated, now), (&told, None)).await?;
        Ok(true)
    }

    async fn end(&self, mut alarm: FeedAlarm, now: Timestamp) -> Result<bool, ListError> {
        alarm.over = Some(now);
        tracing::info!(feed = alarm.feed.name(), "an alarm is over");
        self.change(alarm, (AlarmStep::Over, now), (&[], None)).await?;
        Ok(true)
    }

    /// Recorded, then stored, then on the pages.
    async fn change(
        &self,
        alarm: FeedAlarm,
        (what, at): (AlarmStep, Timestamp),
        (told, by): (&[Told], Option<Asker>),
    ) -> Result<(), ListError> {
        let told = match what {
            AlarmStep::Over => alarm.knowing(),
            _ => told.iter().map(|told| told.who.employee).collect(),
        };
        let step = AlarmChanged {
            at,
            alarm: alarm.id,
            feed: alarm.feed.clone(),
            what,
            since: alarm.since,
            told,
            by,
        };
        self.parts.journal.record(Entry::FeedAlarm(Box::new(step))).await?;
        self.parts.store.put_alarm(&alarm).await?;
        let mut known = self.known.write();
        known.retain(|other| other.id != alarm.id);
        known.push(alarm);
        Ok(())
    }

    /// A named employee who may still sign in.
    async fn employee(&self, name: Option<&UserName>) -> Result<Option<Asker>, PortError> {
        let Some(name) = name else { return Ok(None) };
        let account = self.parts.staff.account(name).await?.filter(|account| !account.disabled);
        if account.is_none() {
            tracing::error!(employee = %name, "who is to be told of feeds that stop has no account in use");
        }
        Ok(account.map(|account| Asker::from(&account.employee)))
    }
}

fn is_open_of(alarm: &FeedAlarm, signal: &Signal) -> bool {
    alarm.over.is_none() && alarm.feed == signal.feed
}

fn shown_since(now: Timestamp) -> Timestamp {
    now.saturating_sub(SHOWN_FOR).unwrap_or(Timestamp::MIN)
}
