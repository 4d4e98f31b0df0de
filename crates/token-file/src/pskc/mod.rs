//! Portable Symmetric Key Containers (RFC 6030), read event by event.
//!
//! Elements are known by their local names in either case, whatever their namespace's prefix: the files that vendors and other
//! servers write differ in both. What this reader does not know it passes over.

mod head;
mod package;

use std::io::BufRead;

use quick_xml::{
    Reader,
    escape::resolve_predefined_entity,
    events::{BytesRef, BytesStart, Event},
};
use zeroize::Zeroizing;

use crate::{
    capped::Capped,
    keys::Opening,
    row::{FileError, Row},
};
use head::{Head, Unlocked};
use package::Package;

/// The deepest that elements lie in one another; a PSKC file needs nine.
const DEEPEST: usize = 32;
/// The longest text of one element.
const LONGEST: usize = 64 << 10;

/// The names of the elements that are open, outermost first, in lower case.
type Path = Vec<String>;

/// The tokens of a container.
pub struct PskcReader<R> {
    xml: Reader<Capped<R>>,
    buffer: Zeroizing<Vec<u8>>,
    path: Path,
    text: Zeroizing<String>,
    opening: Opening,
    head: Head,
    unlocked: Option<Unlocked>,
    package: Option<Package>,
    place: u64,
    state: State,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum State {
    /// Before the container.
    Before,
    /// Within it.
    Within,
    /// After it, or after an error.
    Over,
}

impl<R: BufRead> PskcReader<R> {
    pub(crate) fn new(reader: Capped<R>, opening: Opening) -> Self {
        Self {
            xml: Reader::from_reader(reader),
            buffer: Zeroizing::default(),
            path: Path::new(),
            text: Zeroizing::default(),
            opening,
            head: Head::default(),
            unlocked: None,
            package: None,
            place: 0,
            state: State::Before,
        }
    }

    /// The next token; `None` at the container's end.
    fn read(&mut self) -> Result<Option<Row>, FileError> {
        loop {
            let mut buffer = std::mem::take(&mut self.buffer);
            buffer.clear();
            self.xml.get_mut().next_piece();
            let event = match self.xml.read_event_into(&mut buffer) {
                Ok(event) => event,
                Err(quick_xml::Error::Io(error)) => {
                    return Err(FileError::Read(std::io::Error::new(error.kind(), error)));
                }
                Err(_) => return Err(self.broken()),
            };
            let row = self.take(event)?;
            self.buffer = buffer;
            if row.is_some() || self.state == State::Over {
                return Ok(row);
            }
        }
    }

    fn take(&mut self, event: Event<'_>) -> Result<Option<Row>, FileError> {
        match event {
            Event::Start(start) => self.open(&start)?,
            Event::Empty(start) => {
                self.open(&start)?;
                return self.close();
            }
            Event::End(_) => return self.close(),
            Event::Text(text) => self.append(std::str::from_utf8(&text).ok())?,
            Event::CData(text) => self.append(std::str::from_utf8(&text).ok())?,
            Event::GeneralRef(reference) => self.resolve(&reference)?,
            Event::DocType(_) => return Err(FileError::Foreign),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof if self.state == State::Before => return Err(FileError::NotTokens),
            Event::Eof => return Err(self.broken()),
        }
        Ok(None)
    }

    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), FileError> {
        let name = String::from_utf8_lossy(start.local_name().as_ref()).to_ascii_lowercase();
        if self.state == State::Before {
            if name != "keycontainer" {
                return Err(FileError::NotTokens);
            }
            self.state = State::Within;
        }
        if self.path.len() >= DEEPEST {
            return Err(FileError::Foreign);
        }
        self.text.clear();
        self.path.push(name);
        if self.at("keypackage") {
            self.begin_package()?;
        }
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| self.broken())?;
            let name = attribute.key.local_name();
            let name = String::from_utf8_lossy(name.as_ref()).to_ascii_lowercase();
            let value = std::str::from_utf8(&attribute.value).map_err(|_| self.broken())?;
            let value = quick_xml::escape::unescape(value).map_err(|_| self.broken())?;
            match &mut self.package {
                Some(package) => package.attribute(&self.path, &name, &value),
                None => self.head.attribute(&self.path, &name, &value),
            }
        }
        Ok(())
    }

    fn close(&mut self) -> Result<Option<Row>, FileError> {
        let text = std::mem::take(&mut self.text);
        match &mut self.package {
            Some(package) => package.value(&self.path, text.trim()),
            None => self.head.value(&self.path, text.trim()),
        }
        let row = if self.at("keypackage") { self.end_package()? } else { None };
        self.path.pop();
        if self.path.is_empty() {
            self.state = State::Over;
        }
        Ok(row)
    }

    /// The key is made ready once, with the first token: whatever protects the file stands before it.
    fn begin_package(&mut self) -> Result<(), FileError> {
        if self.unlocked.is_none() {
            self.unlocked = Some(self.head.unlock(&self.opening)?);
        }
        self.place += 1;
        self.package = Some(Package::default());
        Ok(())
    }

    fn end_package(&mut self) -> Result<Option<Row>, FileError> {
        let (Some(package), Some(unlocked)) = (self.package.take(), &self.unlocked) else {
            return Ok(None);
        };
        let serial = package.serial();
        Ok(Some(match package.token(unlocked)? {
            Ok(token) => Row::Token(token),
            Err(why) => Row::Rejected { place: self.place, serial, why },
        }))
    }

    /// Whether the innermost element is this child of the container.
    fn at(&self, name: &str) -> bool {
        self.path.len() == 2 && self.path[1] == name
    }

    fn append(&mut self, text: Option<&str>) -> Result<(), FileError> {
        let text = text.ok_or_else(|| self.broken())?;
        if self.text.len() + text.len() > LONGEST {
            return Err(FileError::Foreign);
        }
        self.text.push_str(text);
        Ok(())
    }

    fn resolve(&mut self, reference: &BytesRef<'_>) -> Result<(), FileError> {
        if let Some(letter) = reference.resolve_char_ref().map_err(|_| self.broken())? {
            let mut buffer = [0; 4];
            return self.append(Some(letter.encode_utf8(&mut buffer)));
        }
        let name = std::str::from_utf8(reference).ok();
        let text = name.and_then(resolve_predefined_entity).ok_or(FileError::Foreign)?;
        self.append(Some(text))
    }

    const fn broken(&self) -> FileError {
        FileError::Broken { after: self.place }
    }
}

impl<R: BufRead> Iterator for PskcReader<R> {
    type Item = Result<Row, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.state == State::Over {
            return None;
        }
        let read = self.read();
        if read.is_err() {
            self.state = State::Over;
        }
        read.transpose()
    }
}

/// Whether the path ends so.
fn ends(path: &[String], with: &[&str]) -> bool {
    path.len() >= with.len() && path[path.len() - with.len()..].iter().eq(with)
}

#[cfg(test)]
#[path = "../pskc_tests.rs"]
mod tests;
