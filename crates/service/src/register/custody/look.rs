//! What the custodian looks at: how the register stands, entries, one entry with its history.

use std::{collections::HashSet, sync::Arc};

use kinfold_domain::{
    Category, Detail, DetailKind, EntryId, RegisterChange, RegisterEntry, Subject,
};

use super::{
    Custodian, CustodyError, Found, HistoryLine, Opened, Overview, QueueLine, Work, WorkQueue,
    due::holidays_end, import::IMPORT,
};
use crate::{
    Release,
    caller::Caller,
    ports::{Amendment, Differs, RowToMend},
    register::release as cut,
    today,
};

/// Rows to mend that are listed.
const LISTED: u32 = 100;

impl Custodian {
    /// How the register stands and what waits.
    pub async fn overview(&self, caller: &Caller) -> Result<Release<Overview>, CustodyError> {
        let work = self.begin(caller, Subject::default()).await?;
        let feed = &self.parts.feed;
        let state = feed.state();
        let (due, later) = self.differences(&work);
        let (from_file, _) = feed.to_mend.to_mend(IMPORT, 0).await?;
        let overview = Overview {
            from_file,
            ask: work.ask,
            at: work.at,
            confirmed: feed.register.confirmed(work.at),
            failure: state.failure,
            standing: feed.register.standing(today(work.at)),
            differences: (due.len(), later.len()),
            due: self.due_counts(today(work.at)).await?,
            handed: self.handed_counts().await?,
            holidays_end: holidays_end(today(work.at)),
            unread: state.rejected.len() as u64,
            vanished: state.vanished,
        };
        self.release(&work, overview, std::iter::empty()).await
    }

    /// Entries of whoever may be meant, whatever has become of them.
    pub async fn find(
        &self,
        caller: &Caller,
        subject: Subject,
    ) -> Result<Release<Found>, CustodyError> {
        let work = self.begin(caller, subject.clone()).await?;
        let found = self.parts.feed.register.everybody(&work.permit, &subject);
        let entries: Vec<RegisterEntry> = found.iter().map(|entry| work.cut(entry)).collect();
        let ids: Vec<EntryId> = entries.iter().map(|entry| entry.id.clone()).collect();
        let found = Found { ask: work.ask, at: work.at, entries };
        self.release(&work, found, ids.iter()).await
    }

    /// One entry with its history.
    pub async fn open(
        &self,
        caller: &Caller,
        entry: &EntryId,
    ) -> Result<Release<Opened>, CustodyError> {
        let work = self.begin(caller, Subject::default()).await?;
        let feed = &self.parts.feed;
        let known = feed.register.known(entry).ok_or(CustodyError::NotFound)?;
        let opened = Opened {
            ask: work.ask,
            at: work.at,
            entry: work.cut(&known),
            history: self.history(&work, entry).await?,
            amendments: feed.hand.of(entry).into_iter().map(|row| work.cut_row(row)).collect(),
        };
        self.release(&work, opened, std::iter::once(entry)).await
    }

    /// Where register and case system differ, and what can't be read.
    pub async fn queue(&self, caller: &Caller) -> Result<Release<WorkQueue>, CustodyError> {
        let work = self.begin(caller, Subject::default()).await?;
        let (due, later) = self.differences(&work);
        let feed = &self.parts.feed;
        let (_, rows) = feed.to_mend.to_mend(feed.source.name(), LISTED).await?;
        let rejected = feed.state().rejected;
        let of_register: HashSet<&str> = rejected.iter().map(|row| row.record.as_str()).collect();
        let unread: Vec<RowToMend> =
            rows.into_iter().filter(|row| of_register.contains(row.row.record.as_str())).collect();
        let ids: HashSet<EntryId> =
            due.iter().chain(&later).map(|line| line.amendment.entry.clone()).collect();
        let (ask, at) = (work.ask, work.at);
        let unread_in_all = rejected.len() as u64;
        let (from_file_in_all, from_file) = feed.to_mend.to_mend(IMPORT, LISTED).await?;
        let queue =
            WorkQueue { ask, at, due, later, unread, unread_in_all, from_file, from_file_in_all };
        self.release(&work, queue, ids.iter()).await
    }

    /// Differences: those that are due, and those that may wait.
    fn differences(&self, work: &Work<'_>) -> (Vec<QueueLine>, Vec<QueueLine>) {
        let feed = &self.parts.feed;
        let mut lines: Vec<QueueLine> = feed
            .hand
            .all()
            .into_values()
            .filter(|amendment| amendment.differs.is_some())
            .filter_map(|amendment| {
                let entry = feed.register.known(&amendment.entry)?;
                let (name, status) = (entry.subject.name.clone(), entry.status);
                let amendment = work.cut_row(amendment);
                Some(QueueLine { amendment, name, status })
            })
            .collect();
        lines.sort_by_key(|line| {
            let since = line.amendment.differs.as_ref().map(|differs| differs.since);
            (line.amendment.look_again, since)
        });
        let day = today(work.at);
        lines.into_iter().partition(|line| line.amendment.look_again.is_none_or(|look| look <= day))
    }

    /// Compared as they may be shown: what a seal or the agreement hides stays hidden in what was before.
    async fn history(
        &self,
        work: &Work<'_>,
        entry: &EntryId,
    ) -> Result<Vec<HistoryLine>, CustodyError> {
        let feed = &self.parts.feed;
        let owner = &feed.register.owner().id;
        let sealed = feed.register.known(entry).and_then(|entry| entry.sealed.clone());
        let as_shown = |entry: &RegisterEntry| {
            let sealed = entry.sealed.clone().or_else(|| sealed.clone());
            let shown = work.cut(&Arc::new(RegisterEntry { sealed, ..entry.clone() }));
            RegisterEntry { sealed: entry.sealed.clone(), ..shown }
        };
        let mut lines = Vec::new();
        let mut before: Option<RegisterEntry> = None;
        for place in feed.register.places(entry) {
            let stored = feed.store.changes(owner, place, 1).await?;
            let Some(stored) = stored.into_iter().next() else { continue };
            let RegisterChange { kind, at, by, reason, entry } = stored.change;
            let entry = as_shown(&entry);
            let details =
                before.as_ref().map(|before| differing(before, &entry)).unwrap_or_default();
            lines.push(HistoryLine { kind, at, by, reason, details });
            before = Some(entry);
        }
        lines.reverse();
        Ok(lines)
    }
}

impl Work<'_> {
    /// An entry as far as it may be shown.
    pub(super) fn cut(&self, entry: &Arc<RegisterEntry>) -> RegisterEntry {
        cut(entry, |category| self.permit.allows(category))
    }

    /// What stands by hand, as far as it may be shown.
    fn cut_row(&self, row: Amendment) -> Amendment {
        let cut = |detail| match detail {
            Detail::Entry(entry) => Detail::Entry(Box::new(self.cut(&Arc::from(entry)))),
            Detail::KeyWorker(_) if !self.permit.allows(Category::Contact) => {
                Detail::KeyWorker(None)
            }
            other => other,
        };
        let differs = row.differs.map(|differs| Differs { says: differs.says.map(cut), ..differs });
        Amendment { detail: cut(row.detail), over: row.over.map(cut), differs, ..row }
    }
}

fn differing(before: &RegisterEntry, after: &RegisterEntry) -> Vec<(Detail, Detail)> {
    let both = DetailKind::ALL.into_iter().filter_map(|kind| kind.of(before).zip(kind.of(after)));
    both.filter(|(before, after)| before != after).collect()
}

/// Whether an amendment can be given up in favour of the case system: an entry made by hand can't, it is ended instead.
pub(super) const fn can_be_dropped(amendment: &Amendment) -> bool {
    !matches!(amendment.detail.kind(), DetailKind::Entry)
}
