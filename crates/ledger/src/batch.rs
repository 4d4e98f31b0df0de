//! A batch on disk: header, entries, trailer with the signed checkpoint. All integers big-endian.
//!
//! ```text
//! header   "KFB1" count:u32 sequence:u64 first_index:u64 length:u32 trailer_at:u32 check:8
//! entry    commitment:32 length:u32 salt:32 ciphertext:length            (count times)
//! trailer  "KFT1" note_length:u32 sequence:u64 size:u64 root:32 note checksum:32
//! zeroes up to a multiple of 512
//! ```
//!
//! `check` is the start of the SHA-256 of the header before it. `checksum` is the SHA-256 of the
//! header, of each entry's commitment and length, and of the trailer before it: not of salts and
//! ciphertexts, so that erasing a body leaves it valid. Those answer for themselves (AEAD).
//! Batches start at sectors, so that writing one never rewrites a sector of an acknowledged one, and
//! a header is whole or absent after a crash.

use sha2::{Digest as _, Sha256};

use crate::entry::{Commitment, Sealed, SealedRef};
use crate::fields::Fields;
use crate::tree::Hash;

/// What disks write whole or not at all.
pub(crate) const SECTOR: usize = 512;
pub(crate) const HEADER_BYTES: usize = 40;
const TRAILER_BYTES: usize = 88;
const ENTRY_BYTES: usize = 68;
const HEADER_MAGIC: [u8; 4] = *b"KFB1";
const TRAILER_MAGIC: [u8; 4] = *b"KFT1";

/// What is wrong with a batch, and where in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Fault {
    pub(crate) at: usize,
    pub(crate) what: &'static str,
}

impl Fault {
    fn new(at: usize, what: &'static str) -> Self {
        Self { at, what }
    }
}

/// A batch's header.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Header {
    pub(crate) count: u32,
    pub(crate) sequence: u64,
    pub(crate) first_index: u64,
    /// All of the batch, a multiple of the sector.
    pub(crate) length: u32,
    pub(crate) trailer_at: u32,
}

impl Header {
    pub(crate) fn bytes(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..4].copy_from_slice(&HEADER_MAGIC);
        bytes[4..8].copy_from_slice(&self.count.to_be_bytes());
        bytes[8..16].copy_from_slice(&self.sequence.to_be_bytes());
        bytes[16..24].copy_from_slice(&self.first_index.to_be_bytes());
        bytes[24..28].copy_from_slice(&self.length.to_be_bytes());
        bytes[28..32].copy_from_slice(&self.trailer_at.to_be_bytes());
        let check = Sha256::digest(&bytes[..32]);
        bytes[32..].copy_from_slice(&check[..8]);
        bytes
    }

    /// Reads a header; `None` unless it is one, unaltered and sensible.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes.get(..HEADER_BYTES)?);
        if fields.array::<4>()? != HEADER_MAGIC {
            return None;
        }
        let header = Self {
            count: fields.u32()?,
            sequence: fields.u64()?,
            first_index: fields.u64()?,
            length: fields.u32()?,
            trailer_at: fields.u32()?,
        };
        let sensible = header.count > 0
            && (header.length as usize).is_multiple_of(SECTOR)
            && header.trailer_at as usize + TRAILER_BYTES <= header.length as usize
            && header.trailer_at as usize >= HEADER_BYTES;
        (sensible && header.bytes() == bytes[..HEADER_BYTES]).then_some(header)
    }
}

/// The bytes that entries of these ciphertext lengths take, without header and trailer.
pub(crate) fn entry_bytes(ciphertext: usize) -> usize {
    ENTRY_BYTES + ciphertext
}

/// All of a batch's bytes on disk, given those of its entries and of its note.
pub(crate) fn batch_bytes(entries: usize, note: usize) -> usize {
    (HEADER_BYTES + entries + TRAILER_BYTES + note).next_multiple_of(SECTOR)
}

/// What a batch brings the log to.
pub(crate) struct After<'a> {
    pub(crate) size: u64,
    pub(crate) root: Hash,
    pub(crate) note: &'a str,
}

/// Encodes a batch. Its lengths must fit their fields: the options see to that.
pub(crate) fn encode(
    sequence: u64,
    first_index: u64,
    entries: &[Sealed],
    after: &After<'_>,
) -> Option<Vec<u8>> {
    let body: usize = entries.iter().map(|entry| entry_bytes(entry.ciphertext.len())).sum();
    let length = batch_bytes(body, after.note.len());
    let header = Header {
        count: u32::try_from(entries.len()).ok()?,
        sequence,
        first_index,
        length: u32::try_from(length).ok()?,
        trailer_at: u32::try_from(HEADER_BYTES + body).ok()?,
    };
    let mut bytes = Vec::with_capacity(length);
    let mut checksum = Sha256::new();
    bytes.extend(header.bytes());
    checksum.update(&bytes);
    for entry in entries {
        let start = bytes.len();
        bytes.extend(entry.commitment.as_bytes());
        bytes.extend(u32::try_from(entry.ciphertext.len()).ok()?.to_be_bytes());
        checksum.update(&bytes[start..]);
        bytes.extend(entry.salt);
        bytes.extend(&entry.ciphertext);
    }
    let start = bytes.len();
    bytes.extend(TRAILER_MAGIC);
    bytes.extend(u32::try_from(after.note.len()).ok()?.to_be_bytes());
    bytes.extend(sequence.to_be_bytes());
    bytes.extend(after.size.to_be_bytes());
    bytes.extend(after.root.as_bytes());
    bytes.extend(after.note.as_bytes());
    checksum.update(&bytes[start..]);
    bytes.extend(checksum.finalize());
    bytes.resize(length, 0);
    Some(bytes)
}

/// A batch whose form and checksum are right. Its signature is not verified.
pub(crate) struct Batch<'a> {
    pub(crate) header: Header,
    pub(crate) entries: Vec<SealedRef<'a>>,
    /// Where each entry's salt begins in the batch; the ciphertext follows it.
    pub(crate) salts_at: Vec<usize>,
    pub(crate) size: u64,
    pub(crate) root: Hash,
    pub(crate) note: &'a [u8],
}

impl<'a> Batch<'a> {
    /// Reads all of a batch: form, checksum, and zeroes after it.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, Fault> {
        let header = Header::parse(bytes).ok_or(Fault::new(0, "the batch header is wrong"))?;
        if header.length as usize != bytes.len() {
            return Err(Fault::new(24, "the batch length is wrong"));
        }
        let trailer_at = header.trailer_at as usize;
        let mut checksum = Sha256::new_with_prefix(&bytes[..HEADER_BYTES]);
        let (entries, salts_at) = parse_entries(bytes, header.count, trailer_at, &mut checksum)?;
        let (size, root, note, end) = parse_trailer(bytes, &header, checksum)
            .ok_or(Fault::new(trailer_at, "the batch trailer or its checksum is wrong"))?;
        if let Some(at) = bytes[end..].iter().position(|byte| *byte != 0) {
            return Err(Fault::new(end + at, "there are bytes after the batch"));
        }
        if header.first_index.checked_add(u64::from(header.count)) != Some(size) {
            return Err(Fault::new(
                trailer_at,
                "the batch's size does not follow from its entries",
            ));
        }
        Ok(Self { header, entries, salts_at, size, root, note })
    }
}

type Entries<'a> = (Vec<SealedRef<'a>>, Vec<usize>);

fn parse_entries<'a>(
    bytes: &'a [u8],
    count: u32,
    end: usize,
    checksum: &mut Sha256,
) -> Result<Entries<'a>, Fault> {
    let mut fields = Fields(&bytes[HEADER_BYTES..end]);
    // The count is trusted no further than the bytes that are there.
    let room = (count as usize).min(end / ENTRY_BYTES);
    let (mut entries, mut salts_at) = (Vec::with_capacity(room), Vec::with_capacity(room));
    for _ in 0..count {
        let at = end - fields.0.len();
        let cut = || Fault::new(at, "an entry is cut short");
        let start = fields.0;
        let commitment = Commitment::new(fields.array().ok_or_else(cut)?);
        let length = fields.length().ok_or_else(cut)?;
        let (salt, rest) = fields.0.split_first_chunk::<32>().ok_or_else(cut)?;
        fields = Fields(rest);
        let ciphertext = fields.take(length).ok_or_else(cut)?;
        checksum.update(&start[..36]);
        entries.push(SealedRef { commitment, salt, ciphertext });
        salts_at.push(at + 36);
    }
    if fields.0.is_empty() {
        Ok((entries, salts_at))
    } else {
        Err(Fault::new(end - fields.0.len(), "there are bytes between entries and trailer"))
    }
}

fn parse_trailer<'a>(
    bytes: &'a [u8],
    header: &Header,
    mut checksum: Sha256,
) -> Option<(u64, Hash, &'a [u8], usize)> {
    let start = &bytes[header.trailer_at as usize..];
    let mut fields = Fields(start);
    let magic = fields.array::<4>()?;
    let note_length = fields.length()?;
    let sequence = fields.u64()?;
    let (size, root) = (fields.u64()?, Hash::new(fields.array()?));
    let note = fields.take(note_length)?;
    checksum.update(&start[..start.len() - fields.0.len()]);
    let right = magic == TRAILER_MAGIC
        && sequence == header.sequence
        && fields.array::<32>()? == <[u8; 32]>::from(checksum.finalize());
    let end = bytes.len() - fields.0.len();
    right.then_some((size, root, note, end))
}
