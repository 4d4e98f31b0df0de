//! What is due by the statutory deadlines, over all entries in force, hand-overs and strategy discussions.

use jiff::{ToSpan, civil::Date};
use kinfold_domain::{AgencyId, EntryId, Subject, WorkingDays, due};

use super::{Custodian, CustodyError, DueLine, DueList, hand_overs::HandOverLine};
use crate::{
    Release,
    caller::Caller,
    ports::PortError,
    records::About,
    register::{Discussion, HandOver, Side},
    today,
};

/// How far ahead, in days.
const AHEAD_DAYS: i32 = 30;
/// The most lines of a list.
const MOST: usize = 200;

/// Whom a line is about.
enum Whom {
    /// Whoever has this entry of a register.
    Entry(AgencyId, EntryId),
    /// A child who may be on none.
    Child(Subject),
}

impl Custodian {
    /// What is due: overdue first.
    pub async fn due(&self, caller: &Caller) -> Result<Release<DueList>, CustodyError> {
        let handing = self.begin_handing(caller, Subject::default()).await?;
        let (ask, at) = (handing.work.ask, handing.work.at);
        let own = self.parts.agreements.own();
        let mut lines: Vec<(Whom, DueLine)> = self
            .lines(today(at))
            .into_iter()
            .filter_map(|line| Some((Whom::Entry(own.clone(), line.entry.clone()?), line)))
            .collect();
        for item in self.parts.hand_overs.open().await? {
            lines.extend(self.handed(self.line(&handing, &item)));
        }
        let open = self.parts.discussions.open_discussions().await?;
        lines.extend(open.iter().filter_map(discussed));
        lines.sort_by_key(|(_, line)| (line.due.day, line.entry.clone()));
        let more = lines.len().saturating_sub(MOST);
        lines.truncate(MOST);
        let (mut entries, mut subjects, mut shown) = (Vec::new(), Vec::new(), Vec::new());
        for (whom, line) in lines {
            match whom {
                Whom::Entry(owner, entry) => entries.push((owner, entry)),
                Whom::Child(subject) => subjects.push(subject),
            }
            shown.push(line);
        }
        let list = DueList { ask, at, lines: shown, more };
        self.release_handing(&handing, list, About { entries, subjects, ..About::default() }).await
    }

    /// What is due of a hand-over. It is listed however far off it is: it is somebody's work from its first day.
    fn handed(&self, line: HandOverLine) -> Option<(Whom, DueLine)> {
        let (due, entry) = (line.due?, line.register_entry?);
        let giver = match line.side {
            Side::Giver => self.parts.agreements.own().clone(),
            Side::Taker => line.partner.id.clone(),
        };
        let due = DueLine {
            entry: None,
            discussion: false,
            hand_over: Some((line.id, line.side, line.partner.name)),
            name: line.name,
            status: line.status,
            due,
        };
        Some((Whom::Entry(giver, entry), due))
    }

    /// How many are overdue, and how many are due soon.
    pub(super) async fn due_counts(&self, today: Date) -> Result<(usize, usize), PortError> {
        let handed = self.parts.hand_overs.open().await?;
        let handed = handed.iter().filter_map(HandOver::due);
        let held = self.parts.discussions.open_discussions().await?;
        let held = held.iter().filter_map(Discussion::due);
        let all: Vec<bool> = self
            .lines(today)
            .iter()
            .map(|line| line.due)
            .chain(handed)
            .chain(held)
            .map(|due| due.is_overdue(today))
            .collect();
        let overdue = all.iter().filter(|overdue| **overdue).count();
        Ok((overdue, all.len() - overdue))
    }

    fn lines(&self, today: Date) -> Vec<DueLine> {
        let horizon = today.saturating_add(AHEAD_DAYS.days());
        let entries = self.parts.feed.register.entries();
        let lines = entries
            .values()
            .flat_map(|entry| due(entry, today).into_iter().map(move |due| (entry, due)))
            .filter(|(_, due)| due.day <= horizon)
            .map(|(entry, due)| DueLine {
                entry: Some(entry.id.clone()),
                discussion: false,
                hand_over: None,
                name: Some(entry.subject.name.clone()),
                status: Some(entry.status),
                due,
            });
        lines.collect()
    }
}

/// The initial conference after a strategy discussion: listed from the first day.
fn discussed(discussion: &Discussion) -> Option<(Whom, DueLine)> {
    let due = discussion.due()?;
    let line = DueLine {
        entry: None,
        discussion: true,
        hand_over: None,
        name: Some(discussion.subject.name.clone()),
        status: None,
        due,
    };
    Some((Whom::Child(Subject::from(&discussion.subject)), line))
}

/// The last year whose bank holidays are known, once it has begun.
pub(super) fn holidays_end(today: Date) -> Option<i16> {
    let last = WorkingDays::england().last_year();
    (today.year() >= last).then_some(last)
}
