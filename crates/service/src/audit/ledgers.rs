//! One ledger's lines about a child, found through its search tables; and how far those are behind it.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use jiff::Timestamp;
use kinfold_domain::{AgencyId, AskId, EntryId, Subject};

use super::{TrailKey, line::line};
use crate::{
    exchange::{Behind, WhoLines},
    journal::{Journal, JournalError},
    permit::ReviewPermit,
    ports::{Look, PortError, TrailStore},
    records::Entry,
};

/// The most looks of one answer.
pub(super) const MOST_LOOKS: u32 = 500;
/// How often the search tables are looked at before they count as behind: asked to hurry, they follow within a few milliseconds.
const WAITS: u32 = 50;
const WAIT: Duration = Duration::from_millis(10);

/// This agency's ledger with its search tables.
pub struct Ledgers {
    /// The ledger.
    pub journal: Journal,
    /// The search tables.
    pub store: Arc<dyn TrailStore>,
    /// Their key.
    pub keys: Arc<TrailKey>,
}

/// Why lines can't be read.
#[derive(Debug, thiserror::Error)]
pub enum LinesError {
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The search tables.
    #[error(transparent)]
    Store(#[from] PortError),
}

impl Ledgers {
    /// Lines about a child, or of these asks, the newest first. The search tables should hold every entry below `due`; that they do not,
    /// and that there are more looks than are listed, is said.
    pub(super) async fn lines(
        &self,
        _permit: &ReviewPermit,
        (subject, asks): (&Subject, &[AskId]),
        due: u64,
    ) -> Result<WhoLines, LinesError> {
        let behind = self.behind(due).await?;
        // What the child's records are called here follows from looks that carried the number: their keys are found with them.
        let keys = self.keys.of_subject(subject);
        let (mut looks, more) = newest(self.store.by_keys(&keys, MOST_LOOKS + 1).await?);
        if !asks.is_empty() {
            looks.extend(self.store.by_asks(asks, MOST_LOOKS).await?);
        }
        looks.sort_by_key(|look| std::cmp::Reverse(look.index));
        looks.dedup_by_key(|look| look.index);
        let mut lines = Vec::new();
        for look in looks {
            if let Some(entry) = self.journal.read(look.index)? {
                lines.extend(line(&look, entry));
            }
        }
        Ok(WhoLines { lines, behind, more })
    }

    /// What the ledger says of the looks at any of these entries of this agency's register, since a moment; and whether there are more
    /// asks than these.
    pub(crate) async fn of_entries(
        &self,
        own: &AgencyId,
        entries: &[EntryId],
        (since, most): (Timestamp, u32),
    ) -> Result<(Vec<(AskId, Entry)>, bool), LinesError> {
        let keys: Vec<_> = entries.iter().map(|entry| self.keys.entry(own, entry)).collect();
        let looks = self.store.by_keys(&keys, most).await?;
        let asks: BTreeSet<AskId> = looks.iter().map(|look| look.ask).collect();
        let oldest = looks.iter().map(|look| look.at).min();
        let more = asks.len() >= most as usize && oldest.is_some_and(|oldest| oldest > since);
        let mut found = Vec::new();
        for look in looks.iter().filter(|look| look.at >= since) {
            found.extend(self.journal.read(look.index)?.map(|entry| (look.ask, entry)));
        }
        Ok((found, more))
    }

    /// How far the search tables are behind, once they have had a moment to follow.
    pub(super) async fn behind(&self, due: u64) -> Result<Option<Behind>, LinesError> {
        let mut followed = self.store.followed().await?;
        for _ in 0..WAITS {
            if followed >= due {
                break;
            }
            self.journal.hurry();
            tokio::time::sleep(WAIT).await;
            followed = self.store.followed().await?;
        }
        let missing = due.saturating_sub(followed);
        Ok((missing > 0).then(|| Behind { entries: missing, upto: self.recorded_at(followed) }))
    }

    /// When the last entry below this place was recorded.
    fn recorded_at(&self, place: u64) -> Option<Timestamp> {
        let last = self.journal.read(place.checked_sub(1)?).ok()??;
        Some(last.at())
    }
}

/// The looks of the newest asks, and whether there are more.
fn newest(mut looks: Vec<Look>) -> (Vec<Look>, bool) {
    looks.sort_by_key(|look| std::cmp::Reverse(look.index));
    let (mut asks, mut more) = (BTreeSet::new(), false);
    looks.retain(|look| {
        let fits = asks.len() < MOST_LOOKS as usize || asks.contains(&look.ask);
        if fits {
            asks.insert(look.ask);
        }
        more |= !fits;
        fits
    });
    (looks, more)
}
