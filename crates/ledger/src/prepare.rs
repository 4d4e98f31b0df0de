//! The next segment, made ready in the background before the current one is full.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use crate::media::Media;
use crate::segment::{self, Segment};

/// A thread that makes segments, one ahead.
pub(crate) struct Preparer {
    orders: Sender<u64>,
    made: Receiver<io::Result<Segment>>,
    ordered: Option<u64>,
}

/// What every segment of a log has in common.
#[derive(Clone)]
pub(crate) struct Pattern {
    pub(crate) media: Arc<dyn Media>,
    pub(crate) size: u64,
    pub(crate) origin: String,
}

impl Pattern {
    /// Takes the segment that an earlier run left ready, or makes it.
    pub(crate) fn make(&self, number: u64) -> io::Result<Segment> {
        let media = self.media.as_ref();
        match media.edit(&segment::path(number)) {
            Ok(file) => match Segment::check(number, file, &self.origin)? {
                Ok(segment) if segment.first()?.is_none() => Ok(segment),
                _ => Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "a file stands where the next segment goes",
                )),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Segment::create(media, number, self.size, &self.origin)
            }
            Err(error) => Err(error),
        }
    }
}

impl Preparer {
    /// Starts the thread, and with it the making of segment `next`. The thread ends with the value.
    pub(crate) fn start(pattern: Pattern, next: u64) -> io::Result<(Self, JoinHandle<()>)> {
        let (orders, ordered) = channel();
        let (done, made) = channel();
        let thread = thread::Builder::new().name("ledger-prepare".into()).spawn(move || {
            while let Ok(number) = ordered.recv() {
                if done.send(pattern.make(number)).is_err() {
                    break;
                }
            }
        })?;
        let mut preparer = Self { orders, made, ordered: None };
        preparer.order(next);
        Ok((preparer, thread))
    }

    /// The segment of this number, waited for if need be; the one after it is ordered.
    ///
    /// A failure may be old, from before somebody made room: then it is tried once more.
    pub(crate) fn take(&mut self, number: u64) -> io::Result<Segment> {
        let early = self.ordered.is_some();
        let made = match self.receive(number) {
            Err(_) if early => self.receive(number),
            made => made,
        };
        if made.is_ok() {
            self.order(number + 1);
        }
        made
    }

    fn receive(&mut self, number: u64) -> io::Result<Segment> {
        if self.ordered != Some(number) {
            self.order(number);
        }
        let made = self.made.recv().map_err(io::Error::other)?;
        self.ordered = None;
        made
    }

    fn order(&mut self, number: u64) {
        // A thread that has ended shows when its result is waited for.
        let _ = self.orders.send(number);
        self.ordered = Some(number);
    }
}
