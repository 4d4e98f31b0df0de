//! The published form, in C2SP `tlog-tiles`: tiles, entry bundles and checkpoint as plain files,
//! written behind the log and never on anybody's way.

use std::io;
use std::time::Duration;

use crate::growing::partials;
use crate::growth::Growth;
use crate::hashes::Hashes;
use crate::log::Shared;
use crate::media::{Media, replace_file};
use crate::tile::{HEIGHT, TileKind, TilePath};

/// The file of the published checkpoint.
pub(crate) const CHECKPOINT: &str = "checkpoint";

const IDLE: Duration = Duration::from_mins(1);

/// Publishes whenever the log has grown, with a pause in between, until it is closed.
pub(crate) fn run(shared: &Shared, mut growth: Growth, pause: Duration) {
    while !growth.is_closed() {
        if growth.wait(IDLE).is_some() {
            // What fails now is still in memory and is tried again.
            let _ = publish(shared);
            shared.size.pause(pause);
        }
    }
    let _ = publish(shared);
}

/// Writes what the latest checkpoint needs, the checkpoint last.
fn publish(shared: &Shared) -> io::Result<()> {
    let checkpoint = shared.checkpoint();
    if checkpoint.size() == 0 {
        return Ok(());
    }
    let media = shared.media.as_ref();
    publish_tiles(media, &shared.hashes, checkpoint.size())?;
    replace_file(media, CHECKPOINT, checkpoint.note().to_string().as_bytes())
}

fn publish_tiles(media: &dyn Media, hashes: &Hashes, size: u64) -> io::Result<()> {
    publish_full(media, hashes, size)?;
    for path in partials(size) {
        let Some(bytes) = hashes.edge().bytes(&path) else { continue };
        replace_file(media, &path.to_string(), &bytes)?;
    }
    Ok(())
}

/// Writes the full tiles and bundles within `size`, and lets go of them.
pub(crate) fn publish_full(media: &dyn Media, hashes: &Hashes, size: u64) -> io::Result<()> {
    let full = full_tiles(hashes, size);
    for path in &full {
        let Some(bytes) = hashes.edge().bytes(path) else { continue };
        replace_file(media, &path.to_string(), &bytes)?;
        media.remove(&path.partials())?;
    }
    hashes.published(&full);
    Ok(())
}

/// The full tiles and bundles in memory that lie within the durable size.
fn full_tiles(hashes: &Hashes, size: u64) -> Vec<TilePath> {
    let edge = hashes.edge();
    let durable = |level: u8, index: u64| {
        index < size.checked_shr(HEIGHT * (u32::from(level) + 1)).unwrap_or(0)
    };
    let bundles = edge.bundles.keys().filter(|index| durable(0, **index));
    let tiles = edge.tiles.keys().filter(|(level, index)| durable(*level, *index));
    bundles
        .map(|index| TilePath::full(TileKind::Entries, *index))
        .chain(tiles.map(|(level, index)| TilePath::full(TileKind::Hashes(*level), *index)))
        .collect()
}
