//! Tiles and entry bundles, and where they lie (<https://c2sp.org/tlog-tiles>).

use std::fmt;

use crate::tree::Hash;

/// The most hashes in a tile, and entries in a bundle.
pub const WIDTH: usize = 256;
/// The levels of the tree that a tile spans.
pub const HEIGHT: u32 = 8;

/// What a path leads to: a tile of hashes at a level, or a bundle of entries.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum TileKind {
    /// Hashes, at a level from 0 (leaves) up.
    Hashes(u8),
    /// Entries with their lengths.
    Entries,
}

/// The path of a tile or bundle below the log's folder: `tile/<L>/<N>[.p/<W>]`.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct TilePath {
    kind: TileKind,
    index: u64,
    width: usize,
}

impl TilePath {
    /// The path of a full tile.
    pub fn full(kind: TileKind, index: u64) -> Self {
        Self { kind, index, width: WIDTH }
    }

    /// The path of a tile of so many hashes; `None` unless it has 1 to 256 of them.
    pub fn of_width(kind: TileKind, index: u64, width: usize) -> Option<Self> {
        (1..=WIDTH).contains(&width).then_some(Self { kind, index, width })
    }

    /// Hashes or entries.
    pub fn kind(&self) -> TileKind {
        self.kind
    }

    /// The tile's place in its level, from 0.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The number of its hashes or entries, 1 to 256.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Whether the tile has all its 256 hashes or entries.
    pub fn is_full(&self) -> bool {
        self.width == WIDTH
    }

    /// The folder of the partial tiles of the same place: `tile/<L>/<N>.p`.
    pub fn partials(&self) -> String {
        format!("{}.p", Self { width: WIDTH, ..*self })
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(f, "tile/{level}/")?,
            TileKind::Entries => write!(f, "tile/entries/")?,
        }
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for group in groups.iter().skip(1).rev() {
            write!(f, "x{group:03}/")?;
        }
        write!(f, "{:03}", groups[0])?;
        if self.width < WIDTH { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// A tile with all the node hashes within it: row 0 as published, each row above half as long.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Tile {
    rows: [Vec<Hash>; HEIGHT as usize],
}

impl Tile {
    /// Reads the concatenated hashes of a tile; `None` unless they are 1 to 256 whole ones.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (hashes, []) = bytes.as_chunks::<32>() else { return None };
        if hashes.is_empty() || hashes.len() > WIDTH {
            return None;
        }
        let mut tile = Self::default();
        for hash in hashes {
            tile.push(Hash::new(*hash));
        }
        Some(tile)
    }

    /// The number of hashes in row 0.
    pub fn width(&self) -> usize {
        self.rows[0].len()
    }

    /// The first `width` hashes of row 0, concatenated, as published.
    pub fn bytes(&self, width: usize) -> Vec<u8> {
        self.rows[0].iter().take(width).flat_map(|hash| *hash.as_bytes()).collect()
    }

    /// Adds a hash. The result is the hash of the whole tile when this one was the last.
    pub(crate) fn push(&mut self, hash: Hash) -> Option<Hash> {
        let mut carry = hash;
        for row in &mut self.rows {
            row.push(carry);
            let [.., left, right] = row.as_slice() else { return None };
            if row.len() % 2 == 1 {
                return None;
            }
            carry = Hash::of_node(left, right);
        }
        Some(carry)
    }

    /// The hash of the complete subtree in this row, counted from the tile's left.
    pub(crate) fn node(&self, row: u32, index: u64) -> Option<Hash> {
        self.rows.get(row as usize)?.get(usize::try_from(index).ok()?).copied()
    }
}

/// The bytes of a bundle: each entry after its length in two bytes. Entries are shorter than 64 KiB.
pub fn bundle<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend(u16::try_from(entry.len()).unwrap_or(u16::MAX).to_be_bytes());
        bytes.extend(entry);
    }
    bytes
}

/// The entries of a bundle; `None` when it is cut short or holds more than 256.
pub fn unbundle(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        bytes = rest;
    }
    (bytes.is_empty() && entries.len() <= WIDTH).then_some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_the_specified_ones() {
        let path = |kind, index, width| TilePath::of_width(kind, index, width).unwrap().to_string();
        assert_eq!(path(TileKind::Hashes(0), 1_234_067, 256), "tile/0/x001/x234/067");
        assert_eq!(path(TileKind::Hashes(1), 0, 256), "tile/1/000");
        assert_eq!(path(TileKind::Hashes(0), 273, 112), "tile/0/273.p/112");
        assert_eq!(path(TileKind::Entries, 1000, 1), "tile/entries/x001/000.p/1");
        assert_eq!(TilePath::full(TileKind::Entries, 1).partials(), "tile/entries/001.p");
        assert!(TilePath::of_width(TileKind::Entries, 0, 0).is_none());
        assert!(TilePath::of_width(TileKind::Entries, 0, 257).is_none());
    }

    #[test]
    fn a_full_tile_tells_its_root_and_reads_back() {
        let mut tile = Tile::default();
        let roots: Vec<_> = (0..=255_u8).filter_map(|i| tile.push(Hash::new([i; 32]))).collect();
        assert_eq!((tile.width(), roots.len()), (256, 1));
        assert_eq!(Tile::parse(&tile.bytes(256)).unwrap(), tile);
        assert_eq!(Tile::parse(&tile.bytes(7)).unwrap().width(), 7);
        assert!(Tile::parse(&tile.bytes(256)[1..]).is_none() && Tile::parse(&[]).is_none());
    }

    #[test]
    fn a_bundle_reads_back_and_a_cut_one_does_not() {
        let entries: [&[u8]; 3] = [b"one", b"", b"three"];
        let bytes = bundle(entries);
        assert_eq!(unbundle(&bytes).unwrap(), entries);
        assert!(unbundle(&bytes[..bytes.len() - 1]).is_none());
    }
}
