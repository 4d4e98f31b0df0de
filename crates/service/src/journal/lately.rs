//! What was recorded lately, as it was recorded: who follows the ledger need not read it back, decrypt it and parse it again.

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use crate::records::Entry;

/// Entries kept at most: more than a busy node records while its followers pause.
const MOST_ENTRIES: usize = 4_096;
/// Their bodies' bytes together, at most.
const MOST_BYTES: usize = 4 << 20;

/// The newest entries by index. Each is durable.
#[derive(Default)]
pub(super) struct Lately {
    entries: BTreeMap<u64, (Arc<Entry>, usize)>,
    bytes: usize,
}

impl Lately {
    /// Keeps an entry whose body is so many bytes long; the oldest give way.
    pub(super) fn keep(&mut self, index: u64, entry: Entry, bytes: usize) {
        self.bytes += bytes;
        self.entries.insert(index, (Arc::new(entry), bytes));
        while self.entries.len() > MOST_ENTRIES || self.bytes > MOST_BYTES {
            let Some((_, (_, bytes))) = self.entries.pop_first() else { return };
            self.bytes -= bytes;
        }
    }

    /// Those of a stretch that are still here.
    pub(super) fn of(&self, stretch: Range<u64>) -> BTreeMap<u64, Arc<Entry>> {
        let kept = self.entries.range(stretch);
        kept.map(|(index, (entry, _))| (*index, Arc::clone(entry))).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kinfold_domain::EmployeeId;
    use uuid::Uuid;

    use super::*;

    fn entry() -> Entry {
        let employee = EmployeeId(Uuid::from_u128(7));
        Entry::LedgerRead { at: Timestamp::UNIX_EPOCH, employee, what: "own-looks".to_owned() }
    }

    #[test]
    fn the_oldest_give_way_by_number_and_by_size() {
        let mut lately = Lately::default();
        let most = MOST_ENTRIES as u64;
        for index in 0..most + 3 {
            lately.keep(index, entry(), 100);
        }
        assert_eq!(lately.of(0..9).into_keys().collect::<Vec<_>>(), [3, 4, 5, 6, 7, 8]);
        lately.keep(most + 3, entry(), MOST_BYTES - 100);
        let left: Vec<_> = lately.of(0..u64::MAX).into_keys().collect();
        assert_eq!(left, [most + 2, most + 3]);
    }

    #[test]
    fn whoever_comes_late_does_not_push_out_what_is_newer() {
        let mut lately = Lately::default();
        for index in [2, 1, 3] {
            lately.keep(index, entry(), MOST_BYTES / 2);
        }
        assert_eq!(lately.of(0..9).into_keys().collect::<Vec<_>>(), [2, 3]);
    }
}
