//! The tree's hashes: its right edge in memory, full tiles from their files.
//!
//! Tile files are derived and not synced. One that is missing or wrong is made again from the
//! segments, so a proof is either right or not given at all.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use crate::batch::Batch;
use crate::entry::{Commitment, LEAF_BYTES, Sealed};
use crate::error::ReadError;
use crate::growing::{Growing, place};
use crate::media::{Media, read_file, replace_file};
use crate::segments::Segments;
use crate::tile::{HEIGHT, Tile, TileKind, TilePath, WIDTH, bundle};
use crate::tree::{self, Hash, Nodes};

/// How many full tiles stay in memory after use: 16 KiB each.
const MAX_CACHED: usize = 128;

type TileId = (u8, u64);

/// The hashes of a log.
pub(crate) struct Hashes {
    media: Arc<dyn Media>,
    segments: Arc<Segments>,
    edge: RwLock<Edge>,
    cache: Mutex<VecDeque<(TileId, Arc<Tile>)>>,
}

/// What is not yet in full, published tiles.
#[derive(Default)]
pub(crate) struct Edge {
    pub(crate) growing: Growing,
    pub(crate) commitments: Vec<Commitment>,
    pub(crate) tiles: BTreeMap<TileId, Arc<Tile>>,
    pub(crate) bundles: BTreeMap<u64, Vec<Commitment>>,
}

impl Edge {
    pub(crate) fn push(&mut self, commitment: Commitment, leaf: Hash) {
        self.commitments.push(commitment);
        if self.commitments.len() == WIDTH {
            let full = std::mem::take(&mut self.commitments);
            self.bundles.insert(self.growing.size() >> HEIGHT, full);
        }
        let tiles = &mut self.tiles;
        self.growing.push(leaf, &mut |full| {
            tiles.insert((full.level, full.index), Arc::new(full.tile));
        });
    }

    /// The bytes of a tile or bundle of which this edge holds at least that much.
    pub(crate) fn bytes(&self, path: &TilePath) -> Option<Vec<u8>> {
        match path.kind() {
            TileKind::Hashes(level) => {
                let full = self.tiles.get(&(level, path.index())).map(Arc::as_ref);
                let tile = full.or_else(|| self.growing.tile(level))?;
                Some(tile.bytes(path.width()))
            }
            TileKind::Entries => {
                let full = self.bundles.get(&path.index());
                Some(bundle_of(full.unwrap_or(&self.commitments), path.width()))
            }
        }
    }
}

/// The published form of the first `width` leaves of a bundle.
pub(crate) fn bundle_of(commitments: &[Commitment], width: usize) -> Vec<u8> {
    let leaves: Vec<[u8; LEAF_BYTES]> =
        commitments.iter().take(width).map(Commitment::leaf).collect();
    bundle(leaves.iter().map(<[u8; LEAF_BYTES]>::as_slice))
}

impl Hashes {
    pub(crate) fn new(media: Arc<dyn Media>, segments: Arc<Segments>, edge: Edge) -> Self {
        Self { media, segments, edge: RwLock::new(edge), cache: Mutex::new(VecDeque::new()) }
    }

    pub(crate) fn edge(&self) -> RwLockReadGuard<'_, Edge> {
        self.edge.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds entries, and tells the size and root that they make.
    pub(crate) fn append(&self, entries: &[Sealed]) -> Result<(u64, Hash), ReadError> {
        let mut edge = self.edge.write().unwrap_or_else(PoisonError::into_inner);
        for entry in entries {
            edge.push(entry.commitment, entry.leaf);
        }
        let size = edge.growing.size();
        let root = tree::root(&edge.growing, size).map_err(|_missing| ReadError::Absent)?;
        Ok((size, root))
    }

    /// Adds entries that are durable already.
    pub(crate) fn extend(&self, entries: impl Iterator<Item = (Commitment, Hash)>) {
        let mut edge = self.edge.write().unwrap_or_else(PoisonError::into_inner);
        entries.for_each(|(commitment, leaf)| edge.push(commitment, leaf));
    }

    /// Forgets tiles and bundles that have been published.
    pub(crate) fn published(&self, paths: &[TilePath]) {
        let mut edge = self.edge.write().unwrap_or_else(PoisonError::into_inner);
        for path in paths.iter().filter(|path| path.is_full()) {
            match path.kind() {
                TileKind::Hashes(level) => drop(edge.tiles.remove(&(level, path.index()))),
                TileKind::Entries => drop(edge.bundles.remove(&path.index())),
            }
        }
    }

    /// Makes the full tiles above a leaf anew from the segments: what to do when a proof that they
    /// gave did not verify.
    pub(crate) fn remake(&self, leaf: u64, size: u64) -> Result<(), ReadError> {
        for level in 0_u8..8 {
            let span = HEIGHT * (u32::from(level) + 1);
            let index = leaf.checked_shr(span).unwrap_or(0);
            for index in index.saturating_sub(1)..=index {
                if index < size.checked_shr(span).unwrap_or(0) {
                    let tile = self.tile_from_segments(level, index)?;
                    self.keep((level, index), Arc::new(tile));
                }
            }
        }
        Ok(())
    }

    fn tile(&self, level: u8, index: u64) -> Result<Arc<Tile>, ReadError> {
        let cached = {
            let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
            cache.iter().find(|(id, _)| *id == (level, index)).map(|(_, tile)| Arc::clone(tile))
        };
        if let Some(tile) = cached {
            return Ok(tile);
        }
        let path = TilePath::full(TileKind::Hashes(level), index).to_string();
        let file = read_file(self.media.as_ref(), &path, 1 << 16).ok().flatten();
        let tile = file.and_then(|bytes| Tile::parse(&bytes)).filter(|tile| tile.width() == WIDTH);
        let tile = match tile {
            Some(tile) => tile,
            None => self.tile_from_segments(level, index)?,
        };
        let tile = Arc::new(tile);
        self.keep((level, index), Arc::clone(&tile));
        Ok(tile)
    }

    fn keep(&self, id: TileId, tile: Arc<Tile>) {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.retain(|(other, _)| *other != id);
        cache.push_back((id, tile));
        if cache.len() > MAX_CACHED {
            cache.pop_front();
        }
    }

    /// Hashes a full tile's leaves again, and puts its file and those below it right.
    fn tile_from_segments(&self, level: u8, index: u64) -> Result<Tile, ReadError> {
        let width = WIDTH as u64;
        let leaves = width << (HEIGHT * u32::from(level));
        let (first, end) = (index * leaves, (index + 1) * leaves);
        let mut growing = Growing::default();
        let (mut tile, mut next) = (None, first);
        let mut walk = self.segments.walk(first)?;
        while next < end {
            let found = walk.step()?.ok_or(ReadError::Absent)?;
            let batch = found.segment.parse(found.at, &found.bytes)?;
            for commitment in commitments_from(&batch, next, end) {
                next += 1;
                growing.push(commitment.leaf_hash(), &mut |full| {
                    let below = HEIGHT * (u32::from(level) - u32::from(full.level.min(level)));
                    let at = (index << below) + full.index;
                    let path = TilePath::full(TileKind::Hashes(full.level), at).to_string();
                    // Best effort: what is not written now is made again when next needed.
                    let _ = replace_file(self.media.as_ref(), &path, &full.tile.bytes(WIDTH));
                    if full.level == level {
                        tile = Some(full.tile);
                    }
                });
            }
        }
        tile.ok_or(ReadError::Absent)
    }
}

/// The commitments of a batch from entry `first` on, up to `end`.
fn commitments_from<'b>(
    batch: &'b Batch<'_>,
    first: u64,
    end: u64,
) -> impl Iterator<Item = Commitment> + 'b {
    let numbered = (batch.header.first_index..).zip(&batch.entries);
    numbered
        .filter(move |(index, _)| (first..end).contains(index))
        .map(|(_, entry)| entry.commitment)
}

impl Nodes for Hashes {
    type Error = ReadError;

    fn node(&self, height: u32, index: u64) -> Result<Hash, ReadError> {
        let (level, row) = (height / HEIGHT, height % HEIGHT);
        let level = u8::try_from(level).map_err(|_| ReadError::Absent)?;
        let (tile, within) = place(row, index);
        {
            let edge = self.edge();
            if let Some(hash) = edge.growing.node(height, index) {
                return Ok(hash);
            }
            if let Some(tile) = edge.tiles.get(&(level, tile)) {
                return tile.node(row, within).ok_or(ReadError::Absent);
            }
        }
        self.tile(level, tile)?.node(row, within).ok_or(ReadError::Absent)
    }
}
