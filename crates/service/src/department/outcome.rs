//! What became of an attendance, in one tap: recorded, and told to the registers that it concerns.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;
use kinfold_agreement::Question;
use kinfold_domain::{AgencyId, Categories, Category, EntryId, Personal, Purpose, Subject};

use super::{
    arrivals::{WorkError, by_owner},
    attendance::{Attendance, AttendanceId, Outcome, Recorded, Whereabouts},
    change::{Change, Changing},
    presence::Present,
    steps::{Acknowledged, AttendanceStep, StepKind},
};
use crate::{
    agreements::{Agreements, NoAgreement},
    caller::Caller,
    journal::{Journal, JournalError},
    ports::{Clock, DepartmentStore, Entropy, PortError},
    records::{Asker, Entry},
};

/// Why an outcome was not recorded. Nothing is told then.
#[derive(Debug, thiserror::Error)]
pub enum OutcomeError {
    /// Nothing flows at all.
    #[error(transparent)]
    NoAgreement(#[from] NoAgreement),
    /// Not for this role.
    #[error("{0}")]
    Refused(String),
    /// There is no such attendance now.
    #[error("that attendance is no longer on the board: open the board again")]
    Unknown,
    /// The ledger can't be written.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] PortError),
}

impl From<WorkError> for OutcomeError {
    fn from(error: WorkError) -> Self {
        match error {
            WorkError::Ledger(error) => Self::Ledger(error),
            WorkError::Store(error) => Self::Store(error),
        }
    }
}

/// Records outcomes.
pub struct Outcomes {
    /// Under which purpose attendances are seen.
    pub purpose: Purpose,
    /// The agreement.
    pub agreements: Arc<Agreements>,
    /// Who is here.
    pub present: Arc<Present>,
    /// The department at rest.
    pub store: Arc<dyn DepartmentStore>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
}

impl Outcomes {
    /// Records what became of an attendance on the board. The same word twice is one word.
    pub async fn record(
        &self,
        caller: &Caller,
        id: AttendanceId,
        outcome: Outcome,
    ) -> Result<(), OutcomeError> {
        let now = self.clock.now();
        self.admit(caller, now)?;
        let mut changing = self.change().await?;
        let attendance = self.present.of(id).ok_or(OutcomeError::Unknown)?;
        if attendance.recorded.as_ref().is_some_and(|recorded| recorded.outcome == outcome) {
            return Ok(());
        }
        self.note(&mut changing, (attendance, Vec::new()), (outcome, now), caller).await
    }

    /// Records an attendance of a child whom the hospital's system did not announce, or whom somebody looked up by hand.
    pub async fn record_by_hand(
        &self,
        caller: &Caller,
        (subject, entries): (&Subject, &[(AgencyId, EntryId)]),
        outcome: Outcome,
    ) -> Result<(), OutcomeError> {
        let now = self.clock.now();
        self.admit(caller, now)?;
        let mut changing = self.change().await?;
        // The same child, booked in by the hospital's system meanwhile, or recorded a moment ago: one attendance, not two.
        let here = self.present.find(|known| {
            let concerned =
                known.told.iter().flat_map(|(owner, told)| told.iter().map(move |e| (owner, e)));
            let mut concerned =
                concerned.filter(|(owner, e)| entries.iter().any(|(o, x)| o == *owner && x == *e));
            concerned.next().is_some() && now.duration_since(known.heard).as_hours() < 12
        });
        if let Some(attendance) = here.into_iter().next_back() {
            return self
                .note(&mut changing, (attendance, Vec::new()), (outcome, now), caller)
                .await;
        }
        let told = by_owner(entries);
        let mut attendance = self.by_hand(subject, now);
        let arrived =
            attendance.step(StepKind::Arrived, now, Asker::from(caller.employee()), told.clone());
        attendance.told = told.into_iter().collect();
        self.note(&mut changing, (attendance, vec![arrived]), (outcome, now), caller).await
    }

    /// A partner answered for an attendance here; the same word twice is one word.
    pub(crate) async fn acknowledged(
        &self,
        partner: &AgencyId,
        acknowledged: Acknowledged,
    ) -> Result<(), OutcomeError> {
        let mut changing = self.change().await?;
        let known = match self.present.of(acknowledged.attendance) {
            Some(known) => Some(known),
            None => self.store.attendance(acknowledged.attendance).await?,
        };
        let Some(mut attendance) = known else { return Ok(()) };
        let of_before = || attendance.told.iter().any(|(owner, _)| owner == partner);
        let concerns_them = attendance.ever_told.contains(partner) || of_before();
        if !concerns_them || attendance.acknowledged.contains(&acknowledged) {
            return Ok(());
        }
        let entry = Entry::AcknowledgementHeard {
            at: self.clock.now(),
            partner: partner.clone(),
            acknowledged: Box::new(acknowledged.clone()),
        };
        attendance.acknowledged.push(acknowledged);
        Ok(changing.carry_out(Change::new(vec![entry], vec![attendance])).await?)
    }

    async fn change(&self) -> Result<Changing<'_>, OutcomeError> {
        Ok(self.present.change(&self.journal, &*self.store).await?)
    }

    async fn note(
        &self,
        changing: &mut Changing<'_>,
        (mut attendance, mut steps): (Attendance, Vec<AttendanceStep>),
        (outcome, at): (Outcome, Timestamp),
        caller: &Caller,
    ) -> Result<(), OutcomeError> {
        let by = Asker::from(caller.employee());
        let concerns = attendance.told.iter().cloned().collect();
        steps.push(attendance.step(outcome.into(), at, by.clone(), concerns));
        attendance.recorded = Some(Recorded { outcome, at, by });
        let entries = steps.into_iter().map(|step| Entry::Attendance(Box::new(step)));
        Ok(changing.carry_out(Change::new(entries.collect(), vec![attendance])).await?)
    }

    fn by_hand(&self, subject: &Subject, now: Timestamp) -> Attendance {
        Attendance {
            id: AttendanceId(self.entropy.uuid(now)),
            sender: None,
            patient: Personal::default(),
            visit: None,
            subject: subject.clone(),
            pregnant: false,
            place: None,
            arrived: now,
            heard: now,
            whereabouts: Whereabouts::Present,
            check: None,
            first_checked: Some(now),
            failure: None,
            recorded: None,
            steps: 0,
            told: Vec::new(),
            ever_told: BTreeSet::new(),
            acknowledged: Vec::new(),
        }
    }

    /// Whoever may see attendances may say what became of them.
    fn admit(&self, caller: &Caller, now: Timestamp) -> Result<(), OutcomeError> {
        let agreement = self.agreements.in_force(now)?;
        let employee = caller.employee();
        let wanted = Categories::from([Category::Attendances]);
        let decision = agreement.decide(&Question {
            requester: &employee.agency,
            owner: self.agreements.own(),
            role: &employee.role,
            purpose: &self.purpose,
            wanted: &wanted,
            now,
        });
        let refused = decision.refused().next().map(|(_, why)| why.to_string());
        refused.map_or(Ok(()), |why| Err(OutcomeError::Refused(why)))
    }
}
