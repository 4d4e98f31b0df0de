//! MLLP's frames: `<VT>` message `<FS><CR>`.

use std::io;

use tokio_util::bytes::{Buf as _, BufMut as _, BytesMut};
use tokio_util::codec::{Decoder, Encoder};

const START: u8 = 0x0b;
const END: [u8; 2] = [0x1c, 0x0d];
/// A new frame inside another. Only before an MSH: text pasted from a word processor holds the same character.
const RESTART: [u8; 4] = [START, b'M', b'S', b'H'];
/// How much of a message that is too long is kept, to answer it by its header.
const HEAD: usize = 4096;

/// What comes over a connection.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Frame {
    /// A message.
    Whole(Vec<u8>),
    /// The beginning of a message that was longer than is taken.
    TooLong(Vec<u8>),
    /// The beginning of a message that another began in, or the connection ended in.
    Unended(Vec<u8>),
}

/// Reads and writes frames. Bytes between frames are skipped and counted. However the bytes are split on their way, the frames are the
/// same.
#[derive(Clone, Debug)]
pub struct Frames {
    max_bytes: usize,
    inside: Option<Inside>,
    skipped: u64,
}

/// The frame at hand.
#[derive(Clone, Debug, Default)]
struct Inside {
    /// How far the bytes were searched for its end.
    searched: usize,
    /// Its beginning, once it is known to be too long and the rest is dropped.
    head: Option<Vec<u8>>,
}

enum Mark {
    End,
    Restart,
}

impl Frames {
    /// Takes messages of up to `max_bytes`.
    pub const fn new(max_bytes: usize) -> Self {
        Self { max_bytes, inside: None, skipped: 0 }
    }

    /// Whether a frame has begun and not ended.
    pub const fn is_inside(&self) -> bool {
        self.inside.is_some()
    }

    /// Bytes skipped between frames, line ends aside.
    pub const fn skipped(&self) -> u64 {
        self.skipped
    }

    /// The frame at hand as far as it came, for want of more.
    pub fn cut(&mut self, bytes: &mut BytesMut) -> Option<Frame> {
        let inside = self.inside.take()?;
        let head = inside.head.unwrap_or_else(|| self.head(bytes));
        bytes.clear();
        Some(Frame::Unended(head))
    }

    fn skip_to_start(&mut self, bytes: &mut BytesMut) {
        let start = bytes.iter().position(|byte| *byte == START);
        let between = &bytes[..start.unwrap_or(bytes.len())];
        let skipped = between.iter().filter(|byte| !matches!(byte, b'\r' | b'\n')).count();
        self.skipped = self.skipped.saturating_add(skipped as u64);
        if let Some(start) = start {
            bytes.advance(start + 1);
            self.inside = Some(Inside::default());
        } else {
            bytes.clear();
        }
    }

    fn head(&self, bytes: &[u8]) -> Vec<u8> {
        bytes[..bytes.len().min(HEAD).min(self.max_bytes)].to_vec()
    }

    /// The frame that ends at a mark.
    fn end(&mut self, bytes: &mut BytesMut, inside: Inside, at: usize, mark: &Mark) -> Frame {
        let content = bytes.split_to(at);
        match mark {
            Mark::End => bytes.advance(END.len()),
            Mark::Restart => {
                bytes.advance(1);
                self.inside = Some(Inside::default());
            }
        }
        let too_long = inside.head.or_else(|| (at > self.max_bytes).then(|| self.head(&content)));
        match (mark, too_long) {
            (Mark::Restart, head) => Frame::Unended(head.unwrap_or_else(|| self.head(&content))),
            (Mark::End, Some(head)) => Frame::TooLong(head),
            (Mark::End, None) => Frame::Whole(content.to_vec()),
        }
    }

    /// Waits for more of a frame; drops what is too long already.
    fn wait(&mut self, bytes: &mut BytesMut, mut inside: Inside) -> Option<Frame> {
        // A mark may have come in part.
        let keep = RESTART.len() - 1;
        if inside.head.is_none() && bytes.len() > self.max_bytes.max(HEAD) + keep {
            inside.head = Some(self.head(bytes));
        }
        if inside.head.is_some() {
            bytes.advance(bytes.len().saturating_sub(keep));
        }
        inside.searched = bytes.len().saturating_sub(keep);
        self.inside = Some(inside);
        None
    }
}

/// The first mark from `start` on.
fn find(bytes: &[u8], start: usize) -> Option<(usize, Mark)> {
    let candidates = bytes[start..].iter().enumerate();
    let mut places = candidates.filter(|(_, byte)| matches!(**byte, START | 0x1c));
    places.find_map(|(place, _)| {
        let rest = &bytes[start + place..];
        if rest.starts_with(&END) {
            return Some((start + place, Mark::End));
        }
        rest.starts_with(&RESTART).then_some((start + place, Mark::Restart))
    })
}

impl Decoder for Frames {
    type Item = Frame;
    type Error = io::Error;

    fn decode(&mut self, bytes: &mut BytesMut) -> io::Result<Option<Frame>> {
        if self.inside.is_none() {
            self.skip_to_start(bytes);
        }
        let Some(inside) = self.inside.take() else { return Ok(None) };
        let frame = match find(bytes, inside.searched) {
            Some((at, mark)) => Some(self.end(bytes, inside, at, &mark)),
            None => self.wait(bytes, inside),
        };
        Ok(frame)
    }

    fn decode_eof(&mut self, bytes: &mut BytesMut) -> io::Result<Option<Frame>> {
        Ok(self.decode(bytes)?.or_else(|| self.cut(bytes)))
    }
}

impl<T: AsRef<[u8]>> Encoder<T> for Frames {
    type Error = io::Error;

    fn encode(&mut self, message: T, bytes: &mut BytesMut) -> io::Result<()> {
        let message = message.as_ref();
        bytes.reserve(message.len() + 3);
        bytes.put_u8(START);
        bytes.put_slice(message);
        bytes.put_slice(&END);
        Ok(())
    }
}
