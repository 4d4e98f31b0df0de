//! Comparison of the published tiles and bundles with what the segments say they must be.

use std::io;

use crate::entry::Commitment;
use crate::error::Damage;
use crate::growing::{FullTile, Growing, partials};
use crate::hashes::bundle_of;
use crate::media::{Media, read_file};
use crate::report::Report;
use crate::tile::{HEIGHT, Tile, TileKind, TilePath, WIDTH};

/// The longest tile or bundle file there may be: 256 entries of 49 bytes and their lengths.
const MAX_BYTES: u64 = 1 << 16;

pub(crate) struct TileCheck<'a> {
    media: &'a dyn Media,
    /// The size up to which everything must have been published.
    published: u64,
}

/// What a tile or bundle must hold, at its full width.
enum Expected<'a> {
    Hashes(&'a Tile),
    Entries(&'a [Commitment]),
}

impl Expected<'_> {
    fn bytes(&self, width: usize) -> Vec<u8> {
        match self {
            Self::Hashes(tile) => tile.bytes(width),
            Self::Entries(commitments) => bundle_of(commitments, width),
        }
    }
}

impl<'a> TileCheck<'a> {
    pub(crate) fn new(media: &'a dyn Media, published: u64) -> Self {
        Self { media, published }
    }

    /// Compares tiles that have become full, and the bundle under them.
    pub(crate) fn full(
        &self,
        tiles: &[FullTile],
        bundle: &[Commitment],
        report: &mut Report,
    ) -> io::Result<()> {
        for FullTile { level, index, tile } in tiles {
            let path = TilePath::full(TileKind::Hashes(*level), *index);
            self.compare(&path, &Expected::Hashes(tile), report)?;
            if *level == 0 {
                let path = TilePath::full(TileKind::Entries, *index);
                self.compare(&path, &Expected::Entries(bundle), report)?;
            }
        }
        Ok(())
    }

    /// Compares the partial tiles at the log's end.
    pub(crate) fn finish(
        &self,
        growing: &Growing,
        bundle: &[Commitment],
        report: &mut Report,
    ) -> io::Result<()> {
        for path in partials(growing.size()) {
            match path.kind() {
                TileKind::Entries => self.compare(&path, &Expected::Entries(bundle), report)?,
                TileKind::Hashes(level) => {
                    if let Some(tile) = growing.tile(level) {
                        self.compare(&path, &Expected::Hashes(tile), report)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Compares the file at `path`, if it must or does exist, and all partial ones of its place.
    fn compare(
        &self,
        path: &TilePath,
        expected: &Expected<'_>,
        report: &mut Report,
    ) -> io::Result<()> {
        let due = self.width_due(path);
        let mut there = self.compare_file(path, expected, report)?;
        for name in self.media.list(&path.partials())? {
            let width = name.parse().ok().filter(|width| *width < path.width());
            let partial = width.and_then(|w| TilePath::of_width(path.kind(), path.index(), w));
            if let Some(partial) = partial {
                let found = self.compare_file(&partial, expected, report)?;
                there |= found && partial.width() >= due;
            }
        }
        if due > 0 && !there {
            let due = TilePath::of_width(path.kind(), path.index(), due).unwrap_or(*path);
            report.wrong(Damage::new(due, 0, "the published tile is missing"));
        }
        Ok(())
    }

    /// How wide the tile must have been at the published size.
    fn width_due(&self, path: &TilePath) -> usize {
        let level = match path.kind() {
            TileKind::Hashes(level) => u32::from(level),
            TileKind::Entries => 0,
        };
        let hashes = self.published.checked_shr(HEIGHT * level).unwrap_or(0);
        let within = hashes.saturating_sub(path.index() * WIDTH as u64);
        usize::try_from(within).unwrap_or(WIDTH).min(WIDTH)
    }

    fn compare_file(
        &self,
        path: &TilePath,
        expected: &Expected<'_>,
        report: &mut Report,
    ) -> io::Result<bool> {
        let name = path.to_string();
        let Some(found) = read_file(self.media, &name, MAX_BYTES)? else { return Ok(false) };
        let expected = expected.bytes(path.width());
        if found != expected {
            let differs = found.iter().zip(&expected).position(|(a, b)| a != b);
            let at = differs.unwrap_or(found.len().min(expected.len()));
            let what = "the published tile is not what the entries add up to";
            report.wrong(Damage::new(name, at as u64, what));
        }
        Ok(true)
    }
}
