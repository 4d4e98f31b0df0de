//! Verification of a whole log, on its files or a copy of them, with memory that does not grow.

use std::io;
use std::path::Path;

use kinfold_note::VerifierKey;

use crate::batch::Batch;
use crate::checkpoint::SignedCheckpoint;
use crate::entry::{BodyKey, Commitment};
use crate::error::Damage;
use crate::folder::FolderMedia;
use crate::growing::Growing;
use crate::media::{Media, read_file};
use crate::publish::CHECKPOINT;
use crate::read;
use crate::recover::MAX_CHECKPOINT_BYTES;
use crate::report::{Finding, Progress, Report};
use crate::segment::{self, FIRST_BATCH, Segment, SegmentFault, Step};
use crate::tail::{self, Tail};
use crate::tree;
use crate::verify_tiles::TileCheck;

/// Verifies the log in a folder: every batch's form, checksum, order and signature, the whole tree
/// anew, all published tiles and the published checkpoint; with the key also every body against its
/// commitment. Changes nothing and needs no node.
///
/// `keys` are those of the log, of one name: its origin. An error means that the files could not be
/// read; what is wrong in them is in the report.
pub fn verify_folder(
    folder: &Path,
    keys: &[VerifierKey],
    body_key: Option<&BodyKey>,
    progress: &mut dyn FnMut(Progress),
) -> io::Result<Report> {
    verify_media(&FolderMedia::new(folder), keys, body_key, progress)
}

/// As [`verify_folder`], on any medium.
pub fn verify_media(
    media: &dyn Media,
    keys: &[VerifierKey],
    body_key: Option<&BodyKey>,
    progress: &mut dyn FnMut(Progress),
) -> io::Result<Report> {
    let origin = keys.first().map_or("", |key| key.name().as_str());
    let mut report = Report::default();
    let published = published(media, keys, &mut report)?;
    let tiles = TileCheck::new(media, published.as_ref().map_or(0, SignedCheckpoint::size));
    let growing = Growing::default();
    let bundle = Vec::new();
    let state = State { next_sequence: 0, growing, bundle };
    let mut check = Check { media, keys, body_key, origin, report, published, tiles, state };
    check.all(progress)?;
    Ok(check.report)
}

struct Check<'a> {
    media: &'a dyn Media,
    keys: &'a [VerifierKey],
    body_key: Option<&'a BodyKey>,
    origin: &'a str,
    report: Report,
    published: Option<SignedCheckpoint>,
    tiles: TileCheck<'a>,
    state: State,
}

struct State {
    next_sequence: u64,
    growing: Growing,
    bundle: Vec<Commitment>,
}

impl Check<'_> {
    fn all(&mut self, progress: &mut dyn FnMut(Progress)) -> io::Result<()> {
        let names = self.media.list(segment::FOLDER)?;
        let mut numbers: Vec<u64> = names.iter().filter_map(|n| segment::number(n)).collect();
        numbers.sort_unstable();
        let of_segments = numbers.len() as u64;
        for (expected, number) in (0..).zip(numbers) {
            if number != expected {
                self.report.wrong(Damage::new(
                    segment::path(expected),
                    0,
                    "the segment is missing",
                ));
                return Ok(());
            }
            let going_on = self.segment(number, &mut |entries| {
                progress(Progress { entries, segments: number, of_segments });
            })?;
            progress(Progress { entries: self.report.size, segments: number + 1, of_segments });
            if !going_on {
                return Ok(());
            }
        }
        self.tiles.finish(&self.state.growing, &self.state.bundle, &mut self.report)?;
        if self.published.is_some() {
            let what = "the log has no signed state of this checkpoint's size";
            self.report.wrong(Damage::new(CHECKPOINT, 0, what));
        }
        Ok(())
    }

    /// Verifies a segment; false when nothing behind it can be judged any more.
    fn segment(&mut self, number: u64, progress: &mut dyn FnMut(u64)) -> io::Result<bool> {
        let file = self.media.open(&segment::path(number))?;
        let segment = match Segment::check(number, file, self.origin)? {
            Ok(segment) => segment,
            Err(fault) => {
                self.report.wrong(match fault {
                    SegmentFault::Wrong(damage) => damage,
                    SegmentFault::Foreign => {
                        Damage::new(segment::path(number), 0, "the segment is another log's")
                    }
                });
                return Ok(false);
            }
        };
        let mut at = FIRST_BATCH;
        loop {
            let bytes = match segment.step(at)? {
                Ok(Step::Batch(bytes)) => bytes,
                Ok(Step::End) | Err(_) => return self.end(&segment, at),
            };
            let Ok(batch) = segment.parse(at, &bytes) else { return self.end(&segment, at) };
            if tail::is_cut_short(&segment, at, &bytes)? {
                return self.end(&segment, at);
            }
            if let Err(damage) = self.batch(&segment, at, &batch)? {
                self.report.wrong(damage);
                return Ok(false);
            }
            progress(self.report.size);
            at += bytes.len() as u64;
        }
    }

    /// Judges what lies behind the last whole batch of a segment. Whether a batch that looks cut short was acknowledged after all, what
    /// follows it and the published checkpoint tell.
    fn end(&mut self, segment: &Segment, at: u64) -> io::Result<bool> {
        match tail::judge(segment, at)? {
            Ok(Tail::Clean) => {}
            Ok(Tail::Torn { .. }) => {
                let what = "a batch was cut short before it was acknowledged";
                self.report.add(Finding::Unfinished(segment.damage(at, what)));
            }
            Err(damage) => {
                self.report.wrong(damage);
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn batch(
        &mut self,
        segment: &Segment,
        at: u64,
        batch: &Batch<'_>,
    ) -> io::Result<Result<(), Damage>> {
        let wrong = |what| Ok(Err(segment.damage(at, what)));
        if batch.header.sequence != self.state.next_sequence
            || batch.header.first_index != self.state.growing.size()
        {
            return wrong("the batch does not follow the one before it");
        }
        self.hash(batch)?;
        let root = tree::root(&self.state.growing, batch.size);
        if !root.is_ok_and(|root| root == batch.root) {
            return wrong("the entries do not add up to the batch's root");
        }
        let Ok(signed) = SignedCheckpoint::verify(batch.note, self.keys) else {
            return wrong("the batch's checkpoint is not signed by the log");
        };
        if (signed.size(), signed.root()) != (batch.size, &batch.root) {
            return wrong("the batch's checkpoint is another one's");
        }
        self.compare_published(&signed);
        self.bodies(segment, at, batch);
        self.state.next_sequence += 1;
        self.report.batches += 1;
        self.report.size = batch.size;
        self.report.root = Some(batch.root);
        Ok(Ok(()))
    }

    fn hash(&mut self, batch: &Batch<'_>) -> io::Result<()> {
        for entry in &batch.entries {
            self.state.bundle.push(entry.commitment);
            let mut full = Vec::new();
            let leaf = entry.commitment.leaf_hash();
            self.state.growing.push(leaf, &mut |tile| full.push(tile));
            if !full.is_empty() {
                self.tiles.full(&full, &self.state.bundle, &mut self.report)?;
                self.state.bundle.clear();
            }
        }
        Ok(())
    }

    fn compare_published(&mut self, signed: &SignedCheckpoint) {
        let Some(published) = self.published.take_if(|p| p.size() == signed.size()) else { return };
        if published.root() != signed.root() {
            let what = "the published checkpoint has another root than the log at its size";
            self.report.wrong(Damage::new(CHECKPOINT, 0, what));
        }
    }

    fn bodies(&mut self, segment: &Segment, at: u64, batch: &Batch<'_>) {
        let numbered = (batch.header.first_index..).zip(batch.entries.iter().zip(&batch.salts_at));
        for (index, (sealed, salt_at)) in numbered {
            if sealed.is_erased() {
                self.report.erased += 1;
                continue;
            }
            let Some(key) = self.body_key else { continue };
            if read::open(key, self.origin, index, sealed).is_some() {
                self.report.opened += 1;
                continue;
            }
            let at = at + *salt_at as u64;
            let damage = segment.damage(at, "the body does not decrypt to what was committed");
            self.report.add(Finding::Wrong { damage, index: Some(index) });
        }
    }
}

fn published(
    media: &dyn Media,
    keys: &[VerifierKey],
    report: &mut Report,
) -> io::Result<Option<SignedCheckpoint>> {
    let Some(note) = read_file(media, CHECKPOINT, MAX_CHECKPOINT_BYTES)? else { return Ok(None) };
    let signed = SignedCheckpoint::verify(&note, keys);
    if signed.as_ref().map_or(true, |signed| signed.note().to_string().as_bytes() != note) {
        let what = "the published checkpoint is not signed by the log";
        report.wrong(Damage::new(CHECKPOINT, 0, what));
        return Ok(None);
    }
    Ok(signed.ok())
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
