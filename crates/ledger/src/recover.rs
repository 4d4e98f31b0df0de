//! Finding, at start, where the log stands. Nothing is changed before all of it is understood.

use std::io;
use std::sync::Arc;

use kinfold_note::{VerifierKey, VerifyError};

use crate::checkpoint::{CheckpointError, SignedCheckpoint};
use crate::error::{Damage, OpenError, ReadError};
use crate::growing::{Growing, partials};
use crate::hashes::{Edge, Hashes};
use crate::media::{Media, read_file};
use crate::prepare::Pattern;
use crate::publish::{self, CHECKPOINT};
use crate::segment::{self, FIRST_BATCH, Segment, SegmentFault, Step};
use crate::segments::{Mapped, Place, Segments};
use crate::tail::{self, Tail};
use crate::tile::{HEIGHT, Tile, TileKind, WIDTH};
use crate::tree::{self, Hash};

/// The most bytes of a published checkpoint that are read.
pub(crate) const MAX_CHECKPOINT_BYTES: u64 = 1 << 20;

/// Where the log stands.
pub(crate) struct Recovered {
    pub(crate) segments: Arc<Segments>,
    pub(crate) hashes: Hashes,
    pub(crate) segment: Segment,
    pub(crate) at: u64,
    pub(crate) sequence: u64,
    /// The last signed checkpoint; `None` when the log is empty.
    pub(crate) checkpoint: Option<SignedCheckpoint>,
}

/// The last batch, once its signature has been verified.
struct Last {
    at: u64,
    bytes: Vec<u8>,
    sequence: u64,
    checkpoint: SignedCheckpoint,
}

/// A segment that was read through.
struct Scan {
    mapped: Mapped,
    last: Option<(u64, Vec<u8>)>,
    end: u64,
    tail: Tail,
}

pub(crate) fn recover(pattern: &Pattern, keys: &[VerifierKey]) -> Result<Recovered, OpenError> {
    let media = &pattern.media;
    let all = open_segments(media.as_ref(), &pattern.origin)?;
    let (scans, last) = scan_back(&all, keys)?;
    let published = published(media.as_ref(), keys);
    let size = last.as_ref().map_or(0, |last| last.checkpoint.size());
    if published.as_ref().is_some_and(|published| published.size() > size) {
        let what = "entries that this checkpoint counts are missing from the segments";
        return Err(Damage::new(CHECKPOINT, 0, what).into());
    }
    let (segment, at, places) = growing_segment(pattern, scans.first())?;
    let full = usize::try_from(segment.number).unwrap_or(usize::MAX).min(all.len());
    let first_indices = first_indices(&all[..full])?;
    let mapped = Mapped { segment: segment.clone(), places };
    let segments = Segments::new(Arc::clone(media), pattern.origin.clone(), first_indices, mapped);
    let segments = Arc::new(segments);
    let checkpoint = last.as_ref().map(|last| &last.checkpoint);
    let hashes = rehash(media, &segments, published.as_ref(), checkpoint)?;
    mend(media.as_ref(), &scans, last.as_ref())?;
    let sequence = last.as_ref().map_or(0, |last| last.sequence + 1);
    let checkpoint = last.map(|last| last.checkpoint);
    Ok(Recovered { segments, hashes, segment, at, sequence, checkpoint })
}

/// The segment to go on in, where in it, and the batches that it holds.
fn growing_segment(
    pattern: &Pattern,
    scan: Option<&Scan>,
) -> Result<(Segment, u64, Vec<Place>), OpenError> {
    if let Some(scan) = scan {
        return Ok((scan.mapped.segment.clone(), scan.end, scan.mapped.places.clone()));
    }
    let segment = pattern.make(0).map_err(|error| match error.kind() {
        io::ErrorKind::StorageFull => OpenError::Full(error),
        _ => OpenError::Io(error),
    })?;
    Ok((segment, FIRST_BATCH, Vec::new()))
}

/// Opens every segment and checks its header; they must be numbered from 0 without a gap.
fn open_segments(media: &dyn Media, origin: &str) -> Result<Vec<Segment>, OpenError> {
    let names = media.list(segment::FOLDER)?;
    let mut numbers: Vec<u64> = names.iter().filter_map(|name| segment::number(name)).collect();
    numbers.sort_unstable();
    let mut segments = Vec::with_capacity(numbers.len());
    for (expected, number) in (0..).zip(numbers) {
        if number != expected {
            return Err(Damage::new(segment::path(expected), 0, "the segment is missing").into());
        }
        let file = media.edit(&segment::path(number))?;
        match Segment::check(number, file, origin)? {
            Ok(segment) => segments.push(segment),
            Err(SegmentFault::Foreign) => return Err(OpenError::Foreign),
            Err(SegmentFault::Wrong(damage)) => return Err(damage.into()),
        }
    }
    Ok(segments)
}

/// Reads segments from the last one back to the one that holds the last batch, which comes first
/// in the result.
fn scan_back(
    segments: &[Segment],
    keys: &[VerifierKey],
) -> Result<(Vec<Scan>, Option<Last>), OpenError> {
    let mut scans = Vec::new();
    for segment in segments.iter().rev() {
        let mut scan = scan(segment)?;
        let last = scan.last.take();
        scans.insert(0, scan);
        if let Some((at, bytes)) = last {
            let last = verify_last(segment, at, bytes, keys)?;
            return Ok((scans, Some(last)));
        }
    }
    Ok((scans, None))
}

fn scan(segment: &Segment) -> Result<Scan, OpenError> {
    let (mut at, mut places, mut last) = (FIRST_BATCH, Vec::<Place>::new(), None);
    let mut next_index = None;
    while let Ok(Step::Batch(bytes)) = segment.step(at)? {
        let Ok(batch) = segment.parse(at, &bytes) else { break };
        if next_index.is_some_and(|next| next != batch.header.first_index)
            || tail::is_cut_short(segment, at, &bytes)?
        {
            break;
        }
        next_index = Some(batch.size);
        places.push(Place { first_index: batch.header.first_index, at });
        let length = bytes.len() as u64;
        last = Some((at, bytes));
        at += length;
    }
    let tail = tail::judge(segment, at)??;
    let mapped = Mapped { segment: segment.clone(), places };
    Ok(Scan { mapped, last, end: at, tail })
}

fn verify_last(
    segment: &Segment,
    at: u64,
    bytes: Vec<u8>,
    keys: &[VerifierKey],
) -> Result<Last, OpenError> {
    let batch = segment.parse(at, &bytes)?;
    let wrong = |what| OpenError::from(segment.damage(at, what));
    let checkpoint = match SignedCheckpoint::verify(batch.note, keys) {
        Ok(checkpoint) => checkpoint,
        Err(CheckpointError::Signature(VerifyError::Unsigned)) => return Err(OpenError::Foreign),
        Err(_) => return Err(wrong("the signature of the batch's checkpoint is wrong")),
    };
    if (checkpoint.size(), checkpoint.root()) != (batch.size, &batch.root) {
        return Err(wrong("the batch's checkpoint is another one's"));
    }
    let sequence = batch.header.sequence;
    Ok(Last { at, bytes, sequence, checkpoint })
}

/// The published checkpoint, if it is one of ours. It is never synced, so a bad one means nothing.
fn published(media: &dyn Media, keys: &[VerifierKey]) -> Option<SignedCheckpoint> {
    let note = read_file(media, CHECKPOINT, MAX_CHECKPOINT_BYTES).ok()??;
    SignedCheckpoint::verify(&note, keys).ok()
}

fn first_indices(full: &[Segment]) -> Result<Vec<u64>, OpenError> {
    let mut indices: Vec<u64> = Vec::with_capacity(full.len());
    for segment in full {
        let first = segment.first()?.map(|header| header.first_index);
        let follows = |first: &u64| indices.last().map_or(*first == 0, |last| last < first);
        let first = first
            .filter(follows)
            .ok_or_else(|| segment.damage(FIRST_BATCH, "the first batch header is wrong"))?;
        indices.push(first);
    }
    Ok(indices)
}

/// Rebuilds the right edge: from the published tiles if they fit, from all segments otherwise.
fn rehash(
    media: &Arc<dyn Media>,
    segments: &Arc<Segments>,
    published: Option<&SignedCheckpoint>,
    last: Option<&SignedCheckpoint>,
) -> Result<Hashes, OpenError> {
    let edge = Edge::default();
    let hashes = Hashes::new(Arc::clone(media), Arc::clone(segments), edge);
    let Some(last) = last else { return Ok(hashes) };
    let restored = published.and_then(|published| restore(media.as_ref(), published.size()));
    for edge in restored.into_iter().chain([Edge::default()]) {
        let hashes = Hashes::new(Arc::clone(media), Arc::clone(segments), edge);
        let replayed = replay(media.as_ref(), segments, &hashes, last.size());
        let root = replayed.and_then(|()| {
            let edge = hashes.edge();
            tree::root(&edge.growing, last.size()).map_err(|_missing| ReadError::Absent)
        });
        match root {
            Ok(root) if root == *last.root() => return Ok(hashes),
            Ok(_) | Err(ReadError::Absent) => {}
            Err(ReadError::Damaged(damage)) => return Err(damage.into()),
            Err(ReadError::Io(error)) => return Err(error.into()),
        }
    }
    let what = "the entries do not add up to the signed root";
    Err(Damage::new(segment::FOLDER, 0, what).into())
}

/// The tiles above level 0 at the last multiple of 256 before the published size.
fn restore(media: &dyn Media, published: u64) -> Option<Edge> {
    let size = published & !(WIDTH as u64 - 1);
    let mut above = Vec::new();
    for level in 1_u32..8 {
        if size.checked_shr(HEIGHT * level).unwrap_or(0) == 0 {
            break;
        }
        let at = u8::try_from(level).ok()?;
        let path = partials(size).into_iter().find(|path| path.kind() == TileKind::Hashes(at));
        let tile = match path {
            Some(path) => {
                let bytes = read_file(media, &path.to_string(), 1 << 16).ok()??;
                Tile::parse(&bytes).filter(|tile| tile.width() == path.width())?
            }
            None => Tile::default(),
        };
        above.push(tile);
    }
    Some(Edge { growing: Growing::restore(size, above), ..Edge::default() })
}

/// Adds the entries that the edge lacks, publishing full tiles on the way so that memory stays flat.
fn replay(
    media: &dyn Media,
    segments: &Arc<Segments>,
    hashes: &Hashes,
    size: u64,
) -> Result<(), ReadError> {
    let mut next = hashes.edge().growing.size();
    if next >= size {
        return Ok(());
    }
    let (mut walk, mut written) = (segments.walk(next)?, Vec::new());
    while next < size {
        let found = walk.step()?.ok_or_else(|| {
            Damage::new(segment::FOLDER, 0, "the segments end before the signed size")
        })?;
        let batch = found.segment.parse(found.at, &found.bytes)?;
        if batch.header.first_index > next {
            let what = "entries are missing before this batch";
            return Err(found.segment.damage(found.at, what).into());
        }
        let skip = usize::try_from(next - batch.header.first_index).unwrap_or(usize::MAX);
        hashes.extend(batch.entries.iter().skip(skip).map(|entry| {
            let leaf: Hash = entry.commitment.leaf_hash();
            (entry.commitment, leaf)
        }));
        next = batch.size;
        if hashes.edge().tiles.len() >= WIDTH {
            let full = publish::write_full(media, hashes, next)?;
            hashes.published(&full);
            written.extend(full);
        }
    }
    Ok(publish::sync(media, &written)?)
}

/// Clears torn tails, and makes the last batch durable again: after a failed sync it may stand in
/// the system's cache alone, where another sync by itself would not bring it to the disk.
fn mend(media: &dyn Media, scans: &[Scan], last: Option<&Last>) -> io::Result<()> {
    for name in media.list(segment::FOLDER)? {
        if name.split('.').next_back() == Some("new") {
            media.remove(&format!("{}/{name}", segment::FOLDER))?;
        }
    }
    for scan in scans {
        if let Tail::Torn { end } = scan.tail {
            tail::clear(&scan.mapped.segment, scan.end, end)?;
        }
    }
    if let (Some(scan), Some(last)) = (scans.first(), last) {
        let file = &scan.mapped.segment.file;
        file.write_at(last.at, &last.bytes)?;
        file.sync()?;
    }
    Ok(())
}
