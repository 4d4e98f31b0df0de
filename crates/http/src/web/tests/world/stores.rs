//! Ports in memory.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use kinfold_agreement::AgreementDigest;
use kinfold_domain::{AgencyId, AskId, Category, EmployeeId, Person, PersonId};
use kinfold_service::ports::{
    AgreementStore, Clock, Covered, Entropy, Look, LookKey, PeopleStore, PortError, Rejected,
    RowToMend, RowsToMend, SourceProgress, Steady, StoredAgreement, TrailStore,
};
use parking_lot::Mutex;

/// A clock that stands until it is moved, and a steady one beside it.
pub(crate) struct TestClock(Mutex<(Timestamp, Duration)>);

impl TestClock {
    pub(crate) fn at(now: &str) -> Self {
        Self(Mutex::new((now.parse().unwrap(), Duration::ZERO)))
    }

    pub(crate) fn pass(&self, time: SignedDuration) {
        let (wall, steady) = &mut *self.0.lock();
        *wall = wall.checked_add(time).unwrap();
        *steady += Duration::try_from(time).unwrap();
    }

    /// Sets it, while no time passes.
    pub(crate) fn step(&self, seconds: i64) {
        let wall = &mut self.0.lock().0;
        *wall = wall.checked_add(SignedDuration::from_secs(seconds)).unwrap();
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        self.0.lock().0
    }
}

impl Steady for TestClock {
    fn elapsed(&self) -> Duration {
        self.0.lock().1
    }
}

/// Bytes that count.
#[derive(Default)]
pub(crate) struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let next = self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            chunk.copy_from_slice(&next.to_le_bytes()[..chunk.len()]);
        }
    }
}

/// One agreement, and revocations.
#[derive(Default)]
pub(crate) struct MemoryAgreements {
    active: Mutex<Option<(AgreementDigest, String)>>,
    revocations: Mutex<Vec<String>>,
}

#[async_trait]
impl AgreementStore for MemoryAgreements {
    async fn save(&self, digest: &AgreementDigest, note: &str) -> Result<(), PortError> {
        *self.active.lock() = Some((*digest, note.to_owned()));
        Ok(())
    }

    async fn agreements(&self) -> Result<Vec<StoredAgreement>, PortError> {
        Ok(Vec::new())
    }

    async fn activate(&self, _: &AgreementDigest) -> Result<bool, PortError> {
        Ok(true)
    }

    async fn active(&self) -> Result<Option<String>, PortError> {
        Ok(self.active.lock().as_ref().map(|(_, note)| note.clone()))
    }

    async fn save_revocation(&self, _: &AgreementDigest, note: &str) -> Result<(), PortError> {
        self.revocations.lock().push(note.to_owned());
        Ok(())
    }

    async fn revocations(&self) -> Result<Vec<String>, PortError> {
        Ok(self.revocations.lock().clone())
    }
}

/// People at rest.
#[derive(Default)]
pub(crate) struct MemoryPeople(pub(crate) Mutex<Vec<Person>>);

#[async_trait]
impl PeopleStore for MemoryPeople {
    async fn save_page(
        &self,
        _: &str,
        people: &[Person],
        _: &[PersonId],
        _: &[Rejected],
        _: &SourceProgress,
    ) -> Result<(), PortError> {
        self.0.lock().extend_from_slice(people);
        Ok(())
    }

    async fn each_person(&self, take: &mut (dyn FnMut(Person) + Send)) -> Result<(), PortError> {
        self.0.lock().iter().cloned().for_each(take);
        Ok(())
    }

    async fn person(&self, id: &PersonId) -> Result<Option<Person>, PortError> {
        Ok(self.0.lock().iter().find(|person| person.id == *id).cloned())
    }

    async fn progress(&self, _: &str) -> Result<SourceProgress, PortError> {
        Ok(SourceProgress {
            answered: "2026-06-01T12:59:58Z".parse().ok(),
            ..SourceProgress::default()
        })
    }

    async fn count(&self, source: &str) -> Result<u64, PortError> {
        Ok(self.0.lock().iter().filter(|person| person.id.source == source).count() as u64)
    }
}

#[async_trait]
impl RowsToMend for MemoryPeople {
    async fn note(&self, _: Covered<'_>, _: &[Rejected], _: Timestamp) -> Result<(), PortError> {
        Ok(())
    }

    async fn mended_by_hand(&self, _: &str, _: u64) -> Result<(), PortError> {
        Ok(())
    }

    async fn to_mend(&self, _: &str, _: u32) -> Result<(u64, Vec<RowToMend>), PortError> {
        let met = |category, record: &str, problem: &str| RowToMend {
            row: Rejected {
                category,
                record: record.to_owned(),
                loaded: true,
                problem: problem.to_owned(),
            },
            first_seen: "2026-05-30T08:15:00Z".parse().unwrap_or_default(),
            last_seen: "2026-06-01T12:59:58Z".parse().unwrap_or_default(),
            place: 7,
            closes_by_hand: category.is_some(),
        };
        let person = "the NHS number's check digit is wrong: correct it in the source";
        let visit = "not loaded: Encounter.period.start is missing; correct it in the source";
        let rows = vec![
            met(None, "row-17", person),
            met(Some(Category::Attendances), "visit-81", visit),
            met(None, "999 000 0018", person),
        ];
        Ok((4, rows))
    }
}

/// Looks for searching.
#[derive(Default)]
pub(crate) struct MemoryTrail {
    looks: Mutex<Vec<Look>>,
    followed: AtomicU64,
}

#[async_trait]
impl TrailStore for MemoryTrail {
    async fn index(&self, looks: &[Look], followed: u64) -> Result<(), PortError> {
        self.looks.lock().extend_from_slice(looks);
        self.followed.store(followed, Ordering::Relaxed);
        Ok(())
    }

    async fn followed(&self) -> Result<u64, PortError> {
        Ok(self.followed.load(Ordering::Relaxed))
    }

    async fn forget(&self) -> Result<(), PortError> {
        self.looks.lock().clear();
        Ok(())
    }

    async fn by_keys(&self, keys: &[LookKey], _: u32) -> Result<Vec<Look>, PortError> {
        let looks = self.looks.lock();
        let hit = |look: &&Look| look.keys.iter().any(|key| keys.contains(key));
        let asks: Vec<AskId> = looks.iter().filter(hit).map(|look| look.ask).collect();
        Ok(looks.iter().rev().filter(|look| asks.contains(&look.ask)).cloned().collect())
    }

    async fn by_asks(&self, asks: &[AskId], _: u32) -> Result<Vec<Look>, PortError> {
        let looks = self.looks.lock();
        Ok(looks.iter().rev().filter(|look| asks.contains(&look.ask)).cloned().collect())
    }

    async fn by_employee(&self, employee: EmployeeId, _: u32) -> Result<Vec<Look>, PortError> {
        let looks = self.looks.lock();
        let asks: Vec<AskId> =
            looks.iter().filter(|l| l.employee == Some(employee)).map(|l| l.ask).collect();
        Ok(looks.iter().rev().filter(|look| asks.contains(&look.ask)).cloned().collect())
    }

    async fn delivered(&self, _: &AgencyId) -> Result<u64, PortError> {
        Ok(0)
    }

    async fn set_delivered(&self, _: &AgencyId, _: u64) -> Result<(), PortError> {
        Ok(())
    }
}
