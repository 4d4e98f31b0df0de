//! What is due by the statutory deadlines, over all entries in force.

use jiff::{ToSpan, civil::Date};
use kinfold_domain::{EntryId, Subject, WorkingDays, due};

use super::{Custodian, CustodyError, DueLine, DueList};
use crate::{Release, caller::Caller, today};

/// How far ahead, in days.
const AHEAD_DAYS: i32 = 30;
/// The most lines of a list.
const MOST: usize = 200;

impl Custodian {
    /// What is due: overdue first.
    pub async fn due(&self, caller: &Caller) -> Result<Release<DueList>, CustodyError> {
        let work = self.begin(caller, Subject::default()).await?;
        let mut lines = self.lines(today(work.at));
        let more = lines.len().saturating_sub(MOST);
        lines.truncate(MOST);
        let ids: Vec<EntryId> = lines.iter().map(|line| line.entry.clone()).collect();
        let list = DueList { ask: work.ask, at: work.at, lines, more };
        self.release(&work, list, ids.iter()).await
    }

    /// How many are overdue, and how many are due soon.
    pub(super) fn due_counts(&self, today: Date) -> (usize, usize) {
        let lines = self.lines(today);
        let overdue = lines.iter().filter(|line| line.due.is_overdue(today)).count();
        (overdue, lines.len() - overdue)
    }

    fn lines(&self, today: Date) -> Vec<DueLine> {
        let horizon = today.saturating_add(AHEAD_DAYS.days());
        let entries = self.parts.feed.register.entries();
        let mut lines: Vec<DueLine> = entries
            .values()
            .flat_map(|entry| due(entry, today).into_iter().map(move |due| (entry, due)))
            .filter(|(_, due)| due.day <= horizon)
            .map(|(entry, due)| DueLine {
                entry: entry.id.clone(),
                name: entry.subject.name.clone(),
                status: entry.status,
                due,
            })
            .collect();
        lines.sort_by(|a, b| (a.due.day, &a.entry).cmp(&(b.due.day, &b.entry)));
        lines
    }
}

/// The last year whose bank holidays are known, once it has begun.
pub(super) fn holidays_end(today: Date) -> Option<i16> {
    let last = WorkingDays::england().last_year();
    (today.year() >= last).then_some(last)
}
