//! Segment files: a header sector, batches, zeroes to the end.

use std::io;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::batch::{Batch, Fault, Header, SECTOR};
use crate::error::Damage;
use crate::fields::Fields;
use crate::media::{Media, MediaFile};

/// The folder of the segments.
pub(crate) const FOLDER: &str = "segments";
/// Where the first batch begins.
pub(crate) const FIRST_BATCH: u64 = SECTOR as u64;
const MAGIC: [u8; 16] = *b"kinfold-segment\n";
const VERSION: u32 = 1;
const FILL_BYTES: usize = 1 << 20;

/// The path of a segment.
pub(crate) fn path(number: u64) -> String {
    format!("{FOLDER}/{number:010}.seg")
}

/// The number in a segment's file name.
pub(crate) fn number(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".seg").filter(|digits| digits.len() == 10)?;
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// The header sector: magic, version, number, length of the file, SHA-256 of the origin, and the
/// SHA-256 of all that.
fn header(number: u64, size: u64, origin: &str) -> [u8; SECTOR] {
    let mut bytes = [0; SECTOR];
    bytes[..16].copy_from_slice(&MAGIC);
    bytes[16..20].copy_from_slice(&VERSION.to_be_bytes());
    bytes[20..28].copy_from_slice(&number.to_be_bytes());
    bytes[28..36].copy_from_slice(&size.to_be_bytes());
    bytes[36..68].copy_from_slice(&Sha256::digest(origin));
    let check = Sha256::digest(&bytes[..68]);
    bytes[68..100].copy_from_slice(&check);
    bytes
}

/// A segment file open for reading or writing.
#[derive(Clone)]
pub(crate) struct Segment {
    pub(crate) number: u64,
    pub(crate) size: u64,
    pub(crate) file: Arc<dyn MediaFile>,
}

/// What lies at a place where a batch may begin.
pub(crate) enum Step {
    /// A batch with a right header; its bytes, which may yet be wrong.
    Batch(Vec<u8>),
    /// A sector of zeroes, or the file's end.
    End,
}

impl Segment {
    /// Makes a segment with real zeroes to its end, so that appending allocates nothing and one
    /// `fdatasync` has only data to write. It appears under its name when all of that is durable.
    pub(crate) fn create(
        media: &dyn Media,
        number: u64,
        size: u64,
        origin: &str,
    ) -> io::Result<Self> {
        let (path, temporary) = (path(number), format!("{}.new", path(number)));
        let created = fill(media, &temporary, size, &header(number, size, origin));
        let made = created.and_then(|file| {
            media.rename(&temporary, &path)?;
            media.sync_folder(FOLDER)?;
            Ok(Self { number, size, file })
        });
        if made.is_err() {
            // A half-filled file would keep the very space that is wanting.
            let _ = media.remove(&temporary);
        }
        made
    }

    /// Opens a file and checks its header sector.
    pub(crate) fn check(
        number: u64,
        file: Arc<dyn MediaFile>,
        origin: &str,
    ) -> io::Result<Result<Self, SegmentFault>> {
        let size = file.length()?;
        let mut found = [0; SECTOR];
        if size < FIRST_BATCH {
            return Ok(Err(SegmentFault::Wrong(Damage::new(
                path(number),
                0,
                "the file is cut short",
            ))));
        }
        file.read_at(0, &mut found)?;
        if found == header(number, size, origin) {
            return Ok(Ok(Self { number, size, file }));
        }
        Ok(Err(explain(number, size, &found)))
    }

    /// Reads what lies at `at`.
    pub(crate) fn step(&self, at: u64) -> io::Result<Result<Step, Damage>> {
        if at + FIRST_BATCH > self.size {
            return Ok(Ok(Step::End));
        }
        let mut sector = [0; SECTOR];
        self.file.read_at(at, &mut sector)?;
        if sector.iter().all(|byte| *byte == 0) {
            return Ok(Ok(Step::End));
        }
        let Some(header) = Header::parse(&sector) else {
            return Ok(Err(self.damage(at, "the batch header is wrong")));
        };
        if u64::from(header.length) > self.size - at {
            return Ok(Err(self.damage(at, "the batch reaches past the end of the file")));
        }
        let mut bytes = vec![0; header.length as usize];
        bytes[..SECTOR].copy_from_slice(&sector);
        self.file.read_at(at + FIRST_BATCH, &mut bytes[SECTOR..])?;
        Ok(Ok(Step::Batch(bytes)))
    }

    /// The header of the first batch, if there is one.
    pub(crate) fn first(&self) -> io::Result<Option<Header>> {
        if self.size < 2 * FIRST_BATCH {
            return Ok(None);
        }
        let mut sector = [0; SECTOR];
        self.file.read_at(FIRST_BATCH, &mut sector)?;
        Ok(Header::parse(&sector))
    }

    /// Parses a batch that lies at `at`.
    pub(crate) fn parse<'a>(&self, at: u64, bytes: &'a [u8]) -> Result<Batch<'a>, Damage> {
        Batch::parse(bytes)
            .map_err(|Fault { at: within, what }| self.damage(at + within as u64, what))
    }

    pub(crate) fn damage(&self, at: u64, what: &'static str) -> Damage {
        Damage::new(path(self.number), at, what)
    }
}

/// Why a file is not a segment of this log.
pub(crate) enum SegmentFault {
    /// It is another log's, whole and sound.
    Foreign,
    /// It is wrong.
    Wrong(Damage),
}

fn explain(number: u64, size: u64, found: &[u8; SECTOR]) -> SegmentFault {
    let mut fields = Fields(&found[36..68]);
    let origin_hash = fields.array::<32>().unwrap_or_default();
    let mut same = header(number, size, "");
    same[36..68].copy_from_slice(&origin_hash);
    let check = Sha256::digest(&same[..68]);
    same[68..100].copy_from_slice(&check);
    if same == *found {
        SegmentFault::Foreign
    } else {
        SegmentFault::Wrong(Damage::new(path(number), 0, "the segment header is wrong"))
    }
}

fn fill(
    media: &dyn Media,
    path: &str,
    size: u64,
    header: &[u8; SECTOR],
) -> io::Result<Arc<dyn MediaFile>> {
    let file = media.create(path)?;
    let zeroes = vec![0; FILL_BYTES];
    let mut at = 0;
    while at < size {
        let length = usize::try_from(size - at).unwrap_or(FILL_BYTES).min(FILL_BYTES);
        file.write_at(at, &zeroes[..length])?;
        at += length as u64;
        if at < size {
            // Piece by piece: whoever appends to the segment before waits for the disk behind one piece, not behind all of it.
            file.sync()?;
        }
    }
    file.write_at(0, header)?;
    file.sync()?;
    Ok(file)
}
