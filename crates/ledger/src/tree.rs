//! The Merkle tree of RFC 6962 (RFC 9162, section 2.1): hashes, roots, proofs, their verification.

use std::fmt;
use std::str::FromStr;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use sha2::{Digest as _, Sha256};

/// A SHA-256 hash of the tree: of a leaf, a node or a root. Its text is base64.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Hash([u8; 32]);

impl Hash {
    /// The hash with these bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// SHA-256(0x00 || leaf).
    pub fn of_leaf(leaf: &[u8]) -> Self {
        Self(Sha256::new().chain_update([0]).chain_update(leaf).finalize().into())
    }

    /// SHA-256(0x01 || left || right).
    pub fn of_node(left: &Self, right: &Self) -> Self {
        let mut bytes = [1; 65];
        bytes[1..33].copy_from_slice(&left.0);
        bytes[33..].copy_from_slice(&right.0);
        Self(Sha256::digest(bytes).into())
    }

    /// The root of the tree without leaves: SHA-256 of nothing.
    pub fn of_nothing() -> Self {
        Self(Sha256::digest([]).into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64_STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// The text is not the base64 of 32 bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not the base64 of 32 bytes")]
pub struct HashError;

impl FromStr for Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = BASE64_STANDARD.decode(text).map_err(|_| HashError)?;
        bytes.try_into().map(Self).map_err(|_| HashError)
    }
}

/// Where the hashes of complete subtrees come from.
pub trait Nodes {
    /// Why a hash could not be had.
    type Error;

    /// The hash over the leaves `index << height .. (index + 1) << height`, all of which exist.
    fn node(&self, height: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// The root over the first `size` leaves.
pub fn root<N: Nodes>(nodes: &N, size: u64) -> Result<Hash, N::Error> {
    if size == 0 { Ok(Hash::of_nothing()) } else { subtree(nodes, 0, size) }
}

/// The inclusion proof of leaf `index` in the tree of `size` leaves, from the leaf's sibling up
/// (RFC 9162, section 2.1.3.1). `index` must be below `size`.
pub fn inclusion<N: Nodes>(nodes: &N, index: u64, size: u64) -> Result<Vec<Hash>, N::Error> {
    let (mut start, mut end, mut path) = (0, size, Vec::new());
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            path.push(subtree(nodes, middle, end)?);
            end = middle;
        } else {
            path.push(subtree(nodes, start, middle)?);
            start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The proof that the tree of `new` leaves extends that of `old` leaves (RFC 9162, section 2.1.4.1).
/// Empty when `old` is 0 or equal to `new`; `old` must not exceed `new`.
pub fn consistency<N: Nodes>(nodes: &N, old: u64, new: u64) -> Result<Vec<Hash>, N::Error> {
    let (mut start, mut end, mut path) = (0, new, Vec::new());
    if old == 0 || old == new {
        return Ok(path);
    }
    while old != end {
        let middle = start + split(end - start);
        if old <= middle {
            path.push(subtree(nodes, middle, end)?);
            end = middle;
        } else {
            path.push(subtree(nodes, start, middle)?);
            start = middle;
        }
    }
    if start != 0 {
        path.push(subtree(nodes, start, end)?);
    }
    path.reverse();
    Ok(path)
}

/// Whether `proof` shows that `leaf` stands at `index` in the tree of `size` leaves with this root
/// (RFC 9162, section 2.1.3.2).
pub fn is_included(leaf: Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = Hash::of_node(sibling, &hash);
            let up = if node & 1 == 0 { node.trailing_zeros().min(63) } else { 0 };
            (node, last) = (node >> up, last >> up);
        } else {
            hash = Hash::of_node(&hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    last == 0 && hash == *root
}

/// Whether `proof` shows that the tree `new` extends the tree `old`, each given as size and root
/// (RFC 9162, section 2.1.4.2).
pub fn is_consistent(old: (u64, &Hash), new: (u64, &Hash), proof: &[Hash]) -> bool {
    if old.0 > new.0 {
        return false;
    }
    if old.0 == 0 {
        return proof.is_empty() && *old.1 == Hash::of_nothing();
    }
    if old.0 == new.0 {
        return proof.is_empty() && old.1 == new.1;
    }
    let mut path = proof.iter();
    let first = if old.0.is_power_of_two() { Some(old.1) } else { path.next() };
    let Some(first) = first else { return false };
    let up = (old.0 - 1).trailing_ones();
    let (mut node, mut last) = (shift(old.0 - 1, up), shift(new.0 - 1, up));
    let (mut old_root, mut new_root) = (*first, *first);
    for hash in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            old_root = Hash::of_node(hash, &old_root);
            new_root = Hash::of_node(hash, &new_root);
            let up = if node & 1 == 0 { node.trailing_zeros().min(63) } else { 0 };
            (node, last) = (node >> up, last >> up);
        } else {
            new_root = Hash::of_node(&new_root, hash);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    last == 0 && old_root == *old.1 && new_root == *new.1
}

/// The hash over the leaves `start .. end`, where `start` is a multiple of a power of two that is no
/// less than `end - start`: perfect subtrees from the largest down, folded from the right.
fn subtree<N: Nodes>(nodes: &N, start: u64, end: u64) -> Result<Hash, N::Error> {
    let mut peaks = Vec::new();
    let mut at = start;
    while at < end {
        let height = (end - at).ilog2();
        peaks.push(nodes.node(height, at >> height)?);
        at += 1 << height;
    }
    let last = peaks.pop().unwrap_or_else(Hash::of_nothing);
    Ok(peaks.iter().rfold(last, |right, left| Hash::of_node(left, &right)))
}

/// The largest power of two below `n`, for `n` of 2 or more.
fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

fn shift(value: u64, by: u32) -> u64 {
    value.checked_shr(by).unwrap_or(0)
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;
