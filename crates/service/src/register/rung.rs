//! Numbers that were rung and found right: they are confirmed wherever they stand, at once and in every later reading.

use kinfold_domain::{ChangeKind, RegisterChange};

use super::{FeedError, RegisterFeed};
use crate::ports::RungNumber;

/// Why an entry says that its number was confirmed.
const RANG: &str = "The number was rung: it is right.";

impl RegisterFeed {
    /// Takes over that these numbers are right; answers how many entries say so now. One that was rung later already changes nothing.
    pub(super) async fn rang(&self, rung: Vec<RungNumber>) -> Result<usize, FeedError> {
        let _alone = self.alone().await?;
        let news: Vec<RungNumber> = rung.into_iter().filter(|one| self.hand.is_news(one)).collect();
        let Some(first) = news.first() else { return Ok(0) };
        self.hand.put_rung(&news).await?;
        self.stamp_phones();
        let mut entries: Vec<_> = self.register.entries().into_values().collect();
        entries.sort_by(|a, b| a.id.cmp(&b.id));
        let confirmed = entries.into_iter().filter_map(|known| {
            let mut entry = known.as_ref().clone();
            self.hand.stamp(entry.telephones_mut());
            (entry != *known).then(|| RegisterChange {
                kind: ChangeKind::Corrected,
                at: first.at,
                by: first.by.clone(),
                reason: Some(RANG.into()),
                entry,
            })
        });
        let changes: Vec<RegisterChange> = confirmed.collect();
        let count = changes.len();
        self.take_over(changes).await?;
        Ok(count)
    }

    /// The register's own numbers, which stand in answers that name no entry.
    pub(super) fn stamp_phones(&self) {
        if let Some(mut phones) = self.register.confirmed(self.now()).phones {
            self.hand.stamp(phones.telephones_mut());
            self.register.confirm(None, Some(phones));
        }
    }
}
