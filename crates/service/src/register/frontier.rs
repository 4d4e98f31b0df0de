//! The right edge of a list's Merkle tree (RFC 6962): enough to extend it and to know its root, and no more.

use kinfold_ledger::Hash;

/// The roots of the perfect subtrees of a growing list, the largest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    pub(crate) const fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn push(&mut self, leaf: &[u8]) {
        let mut node = Hash::of_leaf(leaf);
        for _ in 0..self.size.trailing_ones() {
            // One peak per set bit of the size, so there is one for each trailing one.
            let Some(left) = self.peaks.pop() else { break };
            node = Hash::of_node(&left, &node);
        }
        self.peaks.push(node);
        self.size += 1;
    }

    pub(crate) fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return Hash::of_nothing() };
        peaks.fold(*last, |right, left| Hash::of_node(left, &right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6962 section 2.1, as it is written there.
    fn naive(leaves: &[Vec<u8>]) -> Hash {
        match leaves {
            [] => Hash::of_nothing(),
            [leaf] => Hash::of_leaf(leaf),
            _ => {
                let middle = leaves.len().next_power_of_two() / 2;
                Hash::of_node(&naive(&leaves[..middle]), &naive(&leaves[middle..]))
            }
        }
    }

    #[test]
    fn the_root_is_that_of_the_whole_tree_at_every_size() {
        let mut frontier = Frontier::default();
        let mut leaves = Vec::new();
        for i in 0..200u32 {
            assert_eq!(frontier.root(), naive(&leaves), "size {i}");
            let leaf = i.to_be_bytes().to_vec();
            frontier.push(&leaf);
            leaves.push(leaf);
        }
        assert_eq!(frontier.size(), 200);
    }
}
