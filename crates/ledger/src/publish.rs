//! The published form, in C2SP `tlog-tiles`: tiles, entry bundles and checkpoint as plain files,
//! written behind the log and never on anybody's way.
//!
//! Whatever a published checkpoint stands on is synced before it, save the partial tile and bundle
//! of the newest leaves, which are made anew at each start.

use std::collections::BTreeSet;
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
            let _ = publish(shared, false);
            shared.size.pause(pause);
        }
    }
    let _ = publish(shared, false);
}

/// Publishes at start, and clears away partial tiles that a crash may have left half-written.
pub(crate) fn begin(shared: &Shared) -> io::Result<()> {
    publish(shared, true)?;
    for path in partials(shared.checkpoint().size()) {
        for name in shared.media.list(&path.partials())? {
            if name != path.width().to_string() {
                shared.media.remove(&format!("{}/{name}", path.partials()))?;
            }
        }
    }
    Ok(())
}

/// Writes what the latest checkpoint needs, the checkpoint last.
fn publish(shared: &Shared, afresh: bool) -> io::Result<()> {
    let (media, hashes) = (shared.media.as_ref(), &shared.hashes);
    let checkpoint = shared.checkpoint();
    let size = checkpoint.size();
    if size == 0 {
        return Ok(());
    }
    let mut written = write_full(media, hashes, size)?;
    let above_changed = afresh || !written.is_empty();
    for path in partials(size) {
        let newest = matches!(path.kind(), TileKind::Entries | TileKind::Hashes(0));
        if newest || above_changed {
            write(media, hashes, &path)?;
        }
        if !newest && above_changed {
            written.push(path);
        }
    }
    sync(media, &written)?;
    replace_file(media, CHECKPOINT, checkpoint.note().to_string().as_bytes())?;
    hashes.published(&written);
    written.iter().filter(|path| path.is_full()).try_for_each(|path| media.remove(&path.partials()))
}

/// Writes the full tiles and bundles in memory that lie within `size`; tells which.
pub(crate) fn write_full(
    media: &dyn Media,
    hashes: &Hashes,
    size: u64,
) -> io::Result<Vec<TilePath>> {
    let full = full_tiles(hashes, size);
    full.iter().try_for_each(|path| write(media, hashes, path))?;
    Ok(full)
}

/// Makes tiles durable that have been written.
pub(crate) fn sync(media: &dyn Media, paths: &[TilePath]) -> io::Result<()> {
    let mut folders = BTreeSet::new();
    for path in paths {
        let path = path.to_string();
        media.edit(&path)?.sync()?;
        folders.extend(path.rsplit_once('/').map(|(folder, _)| folder.to_owned()));
    }
    folders.iter().try_for_each(|folder| media.sync_folder(folder))
}

fn write(media: &dyn Media, hashes: &Hashes, path: &TilePath) -> io::Result<()> {
    let bytes = hashes.edge().bytes(path);
    bytes.map_or(Ok(()), |bytes| replace_file(media, &path.to_string(), &bytes))
}

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
