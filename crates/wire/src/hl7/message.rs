//! One message, from its bytes.

use std::fmt;

use super::charset::Charset;
use super::lines::{is_called, lines};
use super::segment::Segment;
use super::{Fault, Header};

/// The longest segment that is read, in bytes; those that are not read may be as long as they like.
pub const LONGEST_SEGMENT: usize = 64 * 1024;

/// A message whose header has been read. `Debug` shows nothing of it.
pub struct Message {
    text: String,
    header: Header,
    charset: Charset,
}

impl Message {
    /// Reads the header, as far as there is one, and decides on the character set. Every sequence of bytes is a message here:
    /// [`Header::event`] says whether it is one that is taken.
    pub fn read(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let bytes = bytes.trim_ascii_start();
        // Separators are ASCII, so that MSH-18 is found before the characters are known.
        let said = first_line(&Charset::Latin1.decode(head(bytes))).part(18, 1).to_owned();
        let charset = Charset::of(bytes, &said);
        let text = charset.decode(bytes);
        let header = first_line(&text);
        Self { text, header, charset }
    }

    /// The header.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    pub(super) const fn charset(&self) -> Charset {
        self.charset
    }

    /// Calls `read` with the segments called `name`.
    pub(super) fn with<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(Vec<Segment<'_>>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let separators = self.header.separators;
        let lines = lines(&self.text, separators.field);
        let named: Vec<_> =
            lines.iter().filter(|line| is_called(line, name, separators.field)).collect();
        if named.iter().any(|line| line.len() > LONGEST_SEGMENT) {
            return Err(Fault::SegmentTooLong(name));
        }
        let parsed = named.iter().filter_map(|line| Segment::parse(line, separators, self.charset));
        read(parsed.collect())
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[message]")
    }
}

/// As much of a message as its MSH can take.
fn head(bytes: &[u8]) -> &[u8] {
    bytes.get(..LONGEST_SEGMENT).unwrap_or(bytes)
}

fn first_line(text: &str) -> Header {
    let start = text.char_indices().nth(LONGEST_SEGMENT).map_or(text, |(end, _)| &text[..end]);
    let field = start.chars().nth(3).unwrap_or('|');
    Header::read(lines(start, field).first().map_or("", |line| line))
}
