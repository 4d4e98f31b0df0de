//! What this node's own records tell of a child: its department's attendances, those it heard of, its ledger.

use std::sync::Arc;

use kinfold_domain::{AgencyId, EntryId, NhsNumber, Subject};

use super::{
    hide::hide,
    told::{HistoryTold, MOST, PastAttendance, Said, Seer},
};
use crate::{
    attendances::HeardAttendance,
    audit::{Ledgers, LinesError},
    department::{Attendance, AttendanceStep, StepKind, Whereabouts},
    feeds::People,
    permit::HistoryPermit,
    ports::{AttendanceStore, DepartmentStore, Mark, PortError},
    records::About,
    register::Registers,
};

/// Attendances that are read at most: those that were struck don't stand on the page.
const READ: u32 = 100;

/// This node's own records of attendances and looks.
pub struct Histories {
    /// This agency.
    pub own: AgencyId,
    /// Attendances in its department, at a hospital.
    pub department: Option<Arc<dyn DepartmentStore>>,
    /// Attendances at partners, where this agency keeps a register.
    pub heard: Option<Arc<dyn AttendanceStore>>,
    /// The registers that it holds: who is sealed, and which numbers a child has.
    pub registers: Registers,
    /// Its own people: who is sealed.
    pub people: Arc<People>,
    /// Its ledger with the search tables.
    pub ledgers: Arc<Ledgers>,
}

/// Whose history.
#[derive(Clone, Copy)]
pub(super) struct Whose<'a> {
    pub(super) subject: &'a Subject,
    pub(super) entries: &'a [(AgencyId, EntryId)],
}

impl Histories {
    /// What is known here, for a reader of that agency. The search tables should hold every ledger entry below `due`.
    pub(super) async fn tell(
        &self,
        permit: &HistoryPermit,
        whose: Whose<'_>,
        (reader, due): (&AgencyId, u64),
    ) -> Result<HistoryTold, LinesError> {
        let (about, sealed) = self.about(permit, whose);
        let recent = self.ledgers.recent(permit, (whose.subject, &about), (due, MOST)).await?;
        let mut attendances = self.attendances(whose, &about).await?;
        // The reader's own node knows first-hand what happened in its own department.
        if *reader != self.own {
            attendances.retain(|known| known.agency.as_ref() != Some(reader));
        }
        let more_attendances = attendances.len() > MOST;
        attendances.truncate(MOST);
        let mut told = HistoryTold {
            attendances,
            more_attendances,
            looks: recent.looks,
            more_looks: recent.more,
            behind: recent.behind,
            sealed,
        };
        if sealed {
            hide(&mut told, reader);
        }
        Ok(told)
    }

    /// What identifies the child here, and whether it is sealed: by a register that is held here, or by this agency's own people.
    fn about(&self, permit: &HistoryPermit, whose: Whose<'_>) -> (About, bool) {
        let mut about = About { entries: whose.entries.to_vec(), ..About::default() };
        about.nhs_numbers.extend(whose.subject.nhs_number);
        let mut sealed = self.people.may_be_sealed(permit, whose.subject);
        for (owner, id) in whose.entries {
            let register = self.registers.of(owner);
            let Some(entry) = register.and_then(|register| register.identity(permit, id)) else {
                continue;
            };
            about.nhs_numbers.extend(entry.subject.nhs_number);
            sealed |= entry.sealed.is_some();
        }
        about.nhs_numbers.sort_unstable();
        about.nhs_numbers.dedup();
        (about, sealed)
    }

    /// The newest first; one more than are told where there are more.
    async fn attendances(
        &self,
        whose: Whose<'_>,
        about: &About,
    ) -> Result<Vec<PastAttendance>, PortError> {
        let marks = marks(whose.subject, about);
        let mut known = Vec::new();
        if let Some(department) = &self.department {
            let here = department.attendances_of(&marks, READ).await?;
            known.extend(here.iter().filter_map(|one| self.of_here(one, about)));
        }
        if let Some(heard) = &self.heard {
            let heard = heard.attendances_about(&marks, READ).await?;
            known.extend(heard.iter().filter_map(of_partner));
        }
        known.sort_by_key(|attendance| std::cmp::Reverse(attendance.arrived));
        known.truncate(MOST + 1);
        Ok(known)
    }

    /// `None` for one that was struck, or that is another child's of the same name.
    fn of_here(&self, attendance: &Attendance, about: &About) -> Option<PastAttendance> {
        let by_name = is_by_name(attendance, about)?;
        let recorded = attendance.recorded.as_ref();
        let said = match (recorded, attendance.whereabouts) {
            (_, Whereabouts::Cancelled { .. }) => return None,
            (Some(recorded), _) => {
                let (what, by) = (StepKind::from(recorded.outcome), Seer::from(&recorded.by));
                Some(Said { what, at: recorded.at, by: Some(by) })
            }
            (None, Whereabouts::Left { at }) => Some(Said { what: StepKind::Left, at, by: None }),
            (None, Whereabouts::Present) => None,
        };
        if said.as_ref().is_some_and(|said| said.what == StepKind::InError) {
            return None;
        }
        let answered = attendance.acknowledged.first();
        let sealed = attendance.check.as_ref().is_some_and(|check| check.sealed);
        Some(PastAttendance {
            attendance: attendance.id,
            agency: Some(self.own.clone()),
            place: attendance.place.clone().filter(|_| !sealed),
            arrived: attendance.arrived,
            said,
            answered: answered.map(|answer| (answer.at, Seer::from(&answer.by))),
            by_name,
        })
    }
}

/// What attendances of the child are found by.
fn marks(subject: &Subject, about: &About) -> Vec<Mark> {
    let numbers = about.nhs_numbers.iter().copied().map(Mark::number);
    let named = subject.name.as_ref().zip(subject.birth_date);
    let named = named.map(|(name, born)| Mark::named(name, born));
    let entries = about.entries.iter().map(|(owner, entry)| Mark::entry(owner, entry));
    numbers.chain(named).chain(entries).collect()
}

/// Whether name and date of birth alone make it this child's; `None` when its number says that it is another child's.
fn is_by_name(attendance: &Attendance, about: &About) -> Option<bool> {
    let checked = attendance.check.iter().flat_map(|check| &check.entries);
    let told =
        attendance.told.iter().flat_map(|(owner, entries)| entries.iter().map(move |e| (owner, e)));
    let mut entries = checked.map(|(owner, entry)| (owner, entry)).chain(told);
    if entries.any(|(owner, entry)| about.entries.iter().any(|(o, e)| o == owner && e == entry)) {
        return Some(false);
    }
    let number: Option<NhsNumber> = attendance.subject.nhs_number;
    match number {
        Some(number) if about.nhs_numbers.contains(&number) => Some(false),
        Some(_) if !about.nhs_numbers.is_empty() => None,
        _ => Some(true),
    }
}

/// `None` for one that was struck.
fn of_partner(heard: &HeardAttendance) -> Option<PastAttendance> {
    let last = heard.last()?;
    if heard.is_struck() {
        return None;
    }
    let by_nurse = |step: &&AttendanceStep| {
        matches!(step.what, StepKind::Seen | StepKind::LeftUnseen | StepKind::Referred)
    };
    let word = heard.steps.iter().rev().find(by_nurse);
    let word = word.or_else(|| Some(last).filter(|last| last.what == StepKind::Left));
    let place = heard.steps.iter().rev().find_map(|step| step.place.clone());
    let answered = heard.acknowledged.as_ref();
    Some(PastAttendance {
        attendance: heard.attendance,
        agency: Some(heard.partner.clone()),
        place: place.filter(|_| last.place.is_some()),
        arrived: last.arrived,
        said: word.map(said),
        answered: answered.map(|answer| (answer.at, Seer::from(&answer.by))),
        by_name: false,
    })
}

fn said(step: &AttendanceStep) -> Said {
    let by = (step.what != StepKind::Left).then(|| Seer::from(&step.by));
    Said { what: step.what, at: step.at, by }
}
