//! Changes on their way to a partner, a page at a time, and those that were made ready to count the list and are asked for next.

use std::collections::VecDeque;

/// Bytes of changes on a page, escaped as they travel: with head and signature below the size of a note.
const PAGE_BYTES: usize = 700 << 10;
/// Bytes that wait for one partner: a register of a hundred thousand entries.
const MOST_BYTES: usize = 96 << 20;

/// Changes of one answer.
#[derive(Default)]
pub(super) struct Page {
    leaves: Vec<String>,
    bytes: usize,
}

impl Page {
    /// Changes on a page.
    pub(super) const MOST: u32 = 500;

    /// As many of them as fit, and at least one.
    pub(super) fn of(leaves: impl Iterator<Item = String>) -> Vec<String> {
        let mut page = Self::default();
        for leaf in leaves {
            if page.add(leaf).is_err() {
                break;
            }
        }
        page.leaves
    }

    /// Gives a change back that does not fit.
    fn add(&mut self, leaf: String) -> Result<(), String> {
        // Every quotation mark of the leaf's JSON is escaped once more within the page's.
        let more = leaf.len() + leaf.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count();
        let full = self.bytes + more > PAGE_BYTES || self.leaves.len() >= Self::MOST as usize;
        if full && !self.leaves.is_empty() {
            return Err(leaf);
        }
        self.bytes += more;
        self.leaves.push(leaf);
        Ok(())
    }
}

/// Changes that follow one another.
#[derive(Default)]
pub(super) struct Ahead {
    from: u64,
    leaves: VecDeque<String>,
    bytes: usize,
}

impl Ahead {
    /// Keeps a change, if it follows those that are kept and there is room.
    pub(super) fn keep(&mut self, at: u64, leaf: String) {
        if self.leaves.is_empty() {
            self.from = at;
        }
        if at == self.from + self.leaves.len() as u64 && self.bytes + leaf.len() <= MOST_BYTES {
            self.bytes += leaf.len();
            self.leaves.push_back(leaf);
        }
    }

    /// The page that begins at this change, which is gone from here then; none where others are kept: whoever asks for something else is
    /// not where they were, and nothing waits for them any more.
    pub(super) fn page(&mut self, from: u64) -> Vec<String> {
        let mut page = Page::default();
        if from == self.from {
            while let Some(leaf) = self.leaves.pop_front() {
                let bytes = leaf.len();
                if let Err(leaf) = page.add(leaf) {
                    self.leaves.push_front(leaf);
                    break;
                }
                (self.from, self.bytes) = (self.from + 1, self.bytes - bytes);
            }
        }
        if self.leaves.is_empty() || from + page.leaves.len() as u64 != self.from {
            *self = Self::default();
        }
        page.leaves
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leaf(n: u64) -> String {
        format!("{{\"entry\":\"{n}\"}}")
    }

    fn kept(range: std::ops::Range<u64>) -> Ahead {
        let mut ahead = Ahead::default();
        range.for_each(|n| ahead.keep(n, leaf(n)));
        ahead
    }

    #[test]
    fn a_page_holds_no_more_than_travels_in_one_note_and_at_least_one_change() {
        let long = "\"".repeat(400 << 10);
        assert_eq!(Page::of(std::iter::repeat_n(long, 3)).len(), 1);
        let some = "x".repeat(300 << 10);
        assert_eq!(Page::of(std::iter::repeat_n(some, 3)).len(), 2);
        assert_eq!(Page::of((0..2_000).map(leaf)).len(), Page::MOST as usize);
        assert!(Page::of(std::iter::empty()).is_empty());
    }

    #[test]
    fn whoever_asks_for_something_else_gets_nothing_and_what_was_kept_is_gone() {
        for other in [0, 6, 99] {
            let mut ahead = kept(5..1_005);
            assert!(ahead.page(other).is_empty());
            assert!(ahead.page(5).is_empty(), "{other}");
            assert_eq!((ahead.leaves.len(), ahead.bytes), (0, 0));
        }
    }

    #[test]
    fn what_has_no_room_is_left_out_with_all_that_follows_it() {
        let mut ahead = Ahead::default();
        let large = "x".repeat(50 << 20);
        ahead.keep(0, large.clone());
        ahead.keep(1, large);
        ahead.keep(2, leaf(2));
        assert_eq!(ahead.leaves.len(), 1);
        ahead.keep(1, leaf(1));
        assert_eq!(ahead.leaves.len(), 2);
    }

    proptest! {
        #[test]
        fn pages_one_after_the_other_are_the_changes_in_their_order_once(
            from in 0_u64..3,
            count in 0_u64..1_700,
        ) {
            let mut ahead = kept(from..from + count);
            let mut got = Vec::new();
            loop {
                let page = ahead.page(from + got.len() as u64);
                if page.is_empty() {
                    break;
                }
                got.extend(page);
            }
            prop_assert_eq!(got, (from..from + count).map(leaf).collect::<Vec<_>>());
            prop_assert_eq!(ahead.bytes, 0);
        }
    }
}
