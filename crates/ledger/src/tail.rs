//! What lies behind the last whole batch: nothing, a torn write, or damage.
//!
//! A batch is acknowledged only after its sync, and only then is the next one written. So a crash
//! can leave at most one batch unfinished, and each sector of it is either as written or still zero.
//! A batch has no sector of zeroes by itself: where one is missing within a body, which the checksum
//! does not cover, nothing else tells.
//! Whatever cannot be explained so was altered later, and is never cleared away.

use std::io;

use crate::batch::{Header, SECTOR};
use crate::error::Damage;
use crate::segment::{Segment, Step};

const WINDOW: usize = 1 << 20;

/// What is to be done about the tail.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Tail {
    /// Zeroes only.
    Clean,
    /// An unacknowledged batch that a crash cut short, up to this offset: zero it.
    Torn { end: u64 },
}

/// Whether a batch with a right form is the last one, and a crash left some of it unwritten.
pub(crate) fn is_cut_short(segment: &Segment, at: u64, batch: &[u8]) -> io::Result<bool> {
    let is_last = || Ok(matches!(segment.step(at + batch.len() as u64)?, Ok(Step::End)));
    if has_unwritten(batch) { is_last() } else { Ok(false) }
}

fn has_unwritten(batch: &[u8]) -> bool {
    batch.chunks(SECTOR).any(|sector| sector.iter().all(|byte| *byte == 0))
}

/// Judges the bytes from `at` on, where no whole batch begins.
pub(crate) fn judge(segment: &Segment, at: u64) -> io::Result<Result<Tail, Damage>> {
    let Some(end) = last_written(segment, at)? else { return Ok(Ok(Tail::Clean)) };
    let mut written = vec![0; usize::try_from(end - at).map_err(io::Error::other)?];
    segment.file.read_at(at, &mut written)?;
    if written.chunks(SECTOR).skip(1).any(|sector| Header::parse(sector).is_some()) {
        return Ok(Err(segment.damage(at, "a batch is missing or altered, and others follow it")));
    }
    let whole = match segment.step(at)? {
        Err(damage) => return Ok(Err(damage)),
        Ok(Step::End) => return Ok(Ok(Tail::Torn { end })),
        Ok(Step::Batch(bytes)) => bytes,
    };
    if end > at + whole.len() as u64 {
        return Ok(Err(segment.damage(at + whole.len() as u64, "there are bytes after the batch")));
    }
    if has_unwritten(&whole) {
        return Ok(Ok(Tail::Torn { end }));
    }
    let what = "the batch does not follow the one before it";
    Ok(Err(segment.parse(at, &whole).err().unwrap_or_else(|| segment.damage(at, what))))
}

/// Overwrites the torn tail with zeroes, durably.
pub(crate) fn clear(segment: &Segment, at: u64, end: u64) -> io::Result<()> {
    let length = usize::try_from(end - at).map_err(io::Error::other)?;
    segment.file.write_at(at, &vec![0; length])?;
    segment.file.sync()
}

/// The end of the last sector with a byte other than zero in it, at or after `at`.
fn last_written(segment: &Segment, at: u64) -> io::Result<Option<u64>> {
    let (mut at, mut last, mut window) = (at, None, vec![0; WINDOW]);
    while at < segment.size {
        let length = usize::try_from(segment.size - at).unwrap_or(WINDOW).min(WINDOW);
        segment.file.read_at(at, &mut window[..length])?;
        if let Some(found) = window[..length].iter().rposition(|byte| *byte != 0) {
            let end = at + (found as u64 + 1).next_multiple_of(SECTOR as u64);
            last = Some(end.min(segment.size));
        }
        at += length as u64;
    }
    Ok(last)
}
