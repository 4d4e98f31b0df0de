//! How far a server's people have been read: the cursor's content.

use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::{SignedDuration, Timestamp};
use kinfold_service::ports::{Cursor, SourceError};
use serde::{Deserialize, Serialize};

/// One reading of people, page by page.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub(super) struct Progress {
    /// Reads what changed since then; everybody when it is missing.
    pub(super) since: Option<Timestamp>,
    /// The next page within the server's origin; a new reading begins when it is missing.
    pub(super) page: Option<String>,
    /// The newest change seen in this reading.
    pub(super) newest: Option<Timestamp>,
    /// Somebody carried no time of change, so that changes can't be asked for.
    pub(super) untimed: bool,
    /// Pages read.
    pages: u32,
    /// Brent's algorithm: the page that later ones are compared with, and when to take another. Finds every loop in constant space.
    mark: u64,
    renew: u32,
}

impl Progress {
    /// Where a cursor stands; from the beginning when there is none, or none that this version wrote.
    pub(super) fn of(cursor: Option<&Cursor>) -> Self {
        cursor.and_then(|cursor| serde_json::from_str(&cursor.0).ok()).unwrap_or_default()
    }

    /// The beginning of a reading of what changed since then.
    pub(super) fn since(since: Option<Timestamp>) -> Self {
        Self { since, ..Self::default() }
    }

    /// Goes on to `page`, unless the chain of pages loops or never ends.
    pub(super) fn advance(&mut self, page: String, max_pages: u32) -> Result<(), SourceError> {
        let mut hasher = DefaultHasher::new();
        page.hash(&mut hasher);
        let hash = hasher.finish();
        if self.pages > 0 && hash == self.mark {
            return Err(SourceError::Garbled(
                "the next links of its pages run in a circle".to_owned(),
            ));
        }
        self.pages += 1;
        if self.pages >= max_pages {
            return Err(SourceError::Garbled("its pages do not end; see max_pages".to_owned()));
        }
        if self.pages > self.renew {
            (self.mark, self.renew) = (hash, self.pages * 2);
        }
        self.page = Some(page);
        Ok(())
    }

    /// Counts somebody's time of change.
    pub(super) fn saw(&mut self, changed: Option<Timestamp>) {
        self.untimed |= changed.is_none();
        self.newest = self.newest.max(changed);
    }

    /// The reading is over; the next one begins behind the newest change, so that nothing at the same instant is lost.
    pub(super) fn finished(&self, overlap_seconds: u32) -> Self {
        let newest = self.newest.max(self.since).filter(|_| !self.untimed);
        let overlap = SignedDuration::from_secs(i64::from(overlap_seconds));
        let since = newest.and_then(|newest| newest.checked_sub(overlap).ok());
        // Never back behind where this reading began: quiet servers would be read further back each time.
        Self::since(since.max(self.since.filter(|_| !self.untimed)))
    }

    pub(super) fn cursor(&self) -> Cursor {
        // A struct of numbers and strings can't fail to become JSON; an empty cursor would start afresh.
        Cursor(serde_json::to_string(self).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_circle_of_pages_is_noticed_and_every_chain_ends() {
        for (lead, round) in [(0, 1), (0, 2), (3, 7), (10, 100)] {
            let mut progress = Progress::default();
            let page = |n: u32| if n < lead { n } else { lead + (n - lead) % round };
            let noticed =
                (0..5_000).find(|n| progress.advance(page(*n).to_string(), 9_999).is_err());
            assert!(
                noticed.is_some_and(|n| n <= 3 * (lead + round) + 3),
                "{lead} {round} {noticed:?}"
            );
        }
        let mut endless = Progress::default();
        let ended = (0..100_u32).find(|n| endless.advance(n.to_string(), 50).is_err());
        assert_eq!(ended, Some(49));
    }

    #[test]
    fn the_next_reading_begins_before_the_newest_change_and_never_further_back() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let mut progress = Progress::default();
        progress.saw(Some(at("2026-10-01T10:00:00Z")));
        progress.saw(Some(at("2026-10-01T09:00:00Z")));
        let next = progress.finished(60);
        assert_eq!(next.since, Some(at("2026-10-01T09:59:00Z")));
        assert_eq!(Progress::of(Some(&next.cursor())), next);
        assert_eq!(next.finished(60).since, next.since);
        progress.saw(None);
        assert_eq!(progress.finished(60).since, None, "without times, everybody is read again");
        assert_eq!(Progress::of(Some(&Cursor("nonsense".to_owned()))), Progress::default());
    }
}
