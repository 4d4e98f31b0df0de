//! A reader whose single pieces are bounded, so that no file makes a parser hold more than a piece.

use std::io::{self, BufRead, Read};

/// The longest piece: an XML event or a row.
const LONGEST: usize = 256 << 10;

/// Ends with an error when a piece grows too long.
pub(crate) struct Capped<R> {
    inner: R,
    left: usize,
}

impl<R: BufRead> Capped<R> {
    pub(crate) const fn new(inner: R) -> Self {
        Self { inner, left: LONGEST }
    }

    /// A piece ended here.
    pub(crate) const fn next_piece(&mut self) {
        self.left = LONGEST;
    }

    /// Whether the first character is this one; a byte order mark and white space before it are passed over.
    pub(crate) fn begins_with(&mut self, wanted: u8) -> io::Result<bool> {
        loop {
            let bytes = self.fill_buf()?;
            let Some(first) = bytes.first() else { return Ok(false) };
            let mark = [0xef, 0xbb, 0xbf].contains(first);
            if !mark && !first.is_ascii_whitespace() {
                return Ok(*first == wanted);
            }
            self.consume(1);
        }
    }
}

impl<R: BufRead> Read for Capped<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let taken = bytes.len().min(into.len());
        into[..taken].copy_from_slice(&bytes[..taken]);
        self.consume(taken);
        Ok(taken)
    }
}

impl<R: BufRead> BufRead for Capped<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let bytes = self.inner.fill_buf()?;
        if self.left == 0 && !bytes.is_empty() {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "a piece is too long"));
        }
        Ok(&bytes[..bytes.len().min(self.left)])
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount);
        self.inner.consume(amount);
    }
}
