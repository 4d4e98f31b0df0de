//! The right edge of the tree as it grows: one tile per level that is not yet full.

use crate::tile::{HEIGHT, Tile, TileKind, TilePath, WIDTH};
use crate::tree::{Hash, Nodes};

/// A tile that has just become full.
#[derive(Debug)]
pub(crate) struct FullTile {
    pub(crate) level: u8,
    pub(crate) index: u64,
    pub(crate) tile: Tile,
}

/// The growing tiles of a tree. They hold every node that the root and an append need.
#[derive(Clone, Debug, Default)]
pub(crate) struct Growing {
    size: u64,
    levels: Vec<Tile>,
}

impl Growing {
    /// The edge of a tree of `size` leaves, a multiple of 256, from its tiles above level 0.
    pub(crate) fn restore(size: u64, above: Vec<Tile>) -> Self {
        let mut levels = vec![Tile::default()];
        levels.extend(above);
        Self { size, levels }
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf; hands over each tile that it filled.
    pub(crate) fn push(&mut self, leaf: Hash, full: &mut impl FnMut(FullTile)) {
        self.size += 1;
        let mut carry = leaf;
        for level in 0_u8.. {
            let at = usize::from(level);
            if at == self.levels.len() {
                self.levels.push(Tile::default());
            }
            let Some(root) = self.levels[at].push(carry) else { return };
            let tile = std::mem::take(&mut self.levels[at]);
            let index = (self.size >> (HEIGHT * (u32::from(level) + 1))) - 1;
            full(FullTile { level, index, tile });
            carry = root;
        }
    }

    /// The node, when it lies in a growing tile.
    pub(crate) fn node(&self, height: u32, index: u64) -> Option<Hash> {
        let (level, row) = (height / HEIGHT, height % HEIGHT);
        let (tile, within) = place(row, index);
        (tile == self.tile_index(level)).then_some(())?;
        self.levels.get(level as usize)?.node(row, within)
    }

    /// The growing tile of this level, when it holds anything.
    pub(crate) fn tile(&self, level: u8) -> Option<&Tile> {
        self.levels.get(usize::from(level)).filter(|tile| tile.width() > 0)
    }

    fn tile_index(&self, level: u32) -> u64 {
        self.size.checked_shr(HEIGHT * (level + 1)).unwrap_or(0)
    }
}

/// The node lies in a full tile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotGrowing;

impl Nodes for Growing {
    type Error = NotGrowing;

    fn node(&self, height: u32, index: u64) -> Result<Hash, NotGrowing> {
        Self::node(self, height, index).ok_or(NotGrowing)
    }
}

/// Splits the index of a node in this row of its level into the tile's index and the rest.
pub(crate) fn place(row: u32, index: u64) -> (u64, u64) {
    let bits = HEIGHT - row;
    (index >> bits, index & ((1 << bits) - 1))
}

/// The partial tiles of a tree of `size` leaves, bundle first, as level-0 tile and bundle share shape.
pub(crate) fn partials(size: u64) -> Vec<TilePath> {
    let width = |level: u32| usize::try_from((size >> (HEIGHT * level)) % 256).unwrap_or(0);
    let path = |kind, level: u32| {
        let index = size.checked_shr(HEIGHT * (level + 1)).unwrap_or(0);
        TilePath::of_width(kind, index, width(level)).filter(|_| width(level) < WIDTH)
    };
    let bundle = path(TileKind::Entries, 0);
    let hashes = (0..8_u8).filter_map(|level| path(TileKind::Hashes(level), u32::from(level)));
    bundle.into_iter().chain(hashes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partial_tiles_are_those_of_the_specification_s_example() {
        let paths: Vec<String> = partials(70_000).iter().map(ToString::to_string).collect();
        let expected =
            ["tile/entries/273.p/112", "tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"];
        assert_eq!(paths, expected);
        let paths: Vec<String> = partials(256).iter().map(ToString::to_string).collect();
        assert_eq!(paths, ["tile/1/000.p/1"]);
    }
}
