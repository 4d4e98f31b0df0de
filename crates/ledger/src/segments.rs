//! Which segment holds which entries, and where its batches begin.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use crate::batch::{Header, SECTOR};
use crate::error::ReadError;
use crate::media::Media;
use crate::segment::{self, FIRST_BATCH, Segment, SegmentFault, Step};

/// How many full segments stay open with their places known.
const MAX_LOADED: usize = 8;

/// Where a batch begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) first_index: u64,
    pub(crate) at: u64,
}

/// A segment and the places of its batches.
#[derive(Clone)]
pub(crate) struct Mapped {
    pub(crate) segment: Segment,
    pub(crate) places: Vec<Place>,
}

impl Mapped {
    fn find(&self, index: u64) -> Option<u64> {
        let after = self.places.partition_point(|place| place.first_index <= index);
        self.places.get(after.checked_sub(1)?).map(|place| place.at)
    }
}

/// All segments of a log. The last one grows; the others are read as they are asked for.
pub(crate) struct Segments {
    media: Arc<dyn Media>,
    origin: String,
    active: RwLock<Mapped>,
    full: Mutex<Full>,
}

struct Full {
    /// The first index of each full segment; its number is its place here.
    first_indices: Vec<u64>,
    loaded: VecDeque<Arc<Mapped>>,
}

impl Segments {
    pub(crate) fn new(
        media: Arc<dyn Media>,
        origin: String,
        first_indices: Vec<u64>,
        active: Mapped,
    ) -> Self {
        let full = Mutex::new(Full { first_indices, loaded: VecDeque::new() });
        Self { media, origin, active: RwLock::new(active), full }
    }

    /// Notes a batch that the growing segment has taken.
    pub(crate) fn note(&self, place: Place) {
        self.active.write().unwrap_or_else(PoisonError::into_inner).places.push(place);
    }

    /// Goes on in another segment.
    pub(crate) fn rotate(&self, segment: Segment) {
        let mut active = self.active.write().unwrap_or_else(PoisonError::into_inner);
        let next = Mapped { segment, places: Vec::new() };
        let old = Arc::new(std::mem::replace(&mut *active, next));
        let mut full = self.full();
        full.first_indices.push(old.places.first().map_or(0, |place| place.first_index));
        full.keep(old);
    }

    /// The segment and offset of the batch with this entry, which must exist.
    pub(crate) fn find(&self, index: u64) -> Result<(Segment, u64), ReadError> {
        {
            let active = self.active.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(at) = active.find(index) {
                return Ok((active.segment.clone(), at));
            }
        }
        let number = {
            let full = self.full();
            full.first_indices.partition_point(|first| *first <= index).checked_sub(1)
        };
        let mapped = self.load(number.ok_or(ReadError::Absent)? as u64)?;
        let at = mapped.find(index).ok_or(ReadError::Absent)?;
        Ok((mapped.segment.clone(), at))
    }

    /// Reads batches one after another, from the one with this entry on.
    pub(crate) fn walk(self: &Arc<Self>, index: u64) -> Result<Walk, ReadError> {
        let (segment, at) = self.find(index)?;
        Ok(Walk { segments: Arc::clone(self), segment, at })
    }

    fn by_number(&self, number: u64) -> Result<Option<Segment>, ReadError> {
        {
            let active = self.active.read().unwrap_or_else(PoisonError::into_inner);
            if active.segment.number == number {
                return Ok(Some(active.segment.clone()));
            }
            if active.segment.number < number {
                return Ok(None);
            }
        }
        Ok(Some(self.load(number)?.segment.clone()))
    }

    fn load(&self, number: u64) -> Result<Arc<Mapped>, ReadError> {
        let known =
            self.full().loaded.iter().find(|mapped| mapped.segment.number == number).cloned();
        if let Some(mapped) = known {
            return Ok(mapped);
        }
        let file = self.media.edit(&segment::path(number))?;
        let segment = match Segment::check(number, file, &self.origin)? {
            Ok(segment) => segment,
            Err(SegmentFault::Wrong(damage)) => return Err(damage.into()),
            Err(SegmentFault::Foreign) => return Err(ReadError::Absent),
        };
        let places = places(&segment)?;
        let mapped = Arc::new(Mapped { segment, places });
        self.full().keep(Arc::clone(&mapped));
        Ok(mapped)
    }

    fn full(&self) -> MutexGuard<'_, Full> {
        self.full.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Full {
    fn keep(&mut self, mapped: Arc<Mapped>) {
        self.loaded.push_back(mapped);
        if self.loaded.len() > MAX_LOADED {
            self.loaded.pop_front();
        }
    }
}

/// Finds where a full segment's batches begin, from their headers alone.
fn places(segment: &Segment) -> io::Result<Vec<Place>> {
    let (mut at, mut places) = (FIRST_BATCH, Vec::new());
    let mut sector = [0; SECTOR];
    while at + FIRST_BATCH <= segment.size {
        segment.file.read_at(at, &mut sector)?;
        let Some(header) = Header::parse(&sector) else { break };
        places.push(Place { first_index: header.first_index, at });
        at += u64::from(header.length);
    }
    Ok(places)
}

/// A walk over the batches, in order, across segments.
pub(crate) struct Walk {
    segments: Arc<Segments>,
    segment: Segment,
    at: u64,
}

/// A batch's bytes and where they lie.
pub(crate) struct Found {
    pub(crate) segment: Segment,
    pub(crate) at: u64,
    pub(crate) bytes: Vec<u8>,
}

impl Walk {
    /// The next batch; `None` when the last segment has no more.
    pub(crate) fn step(&mut self) -> Result<Option<Found>, ReadError> {
        loop {
            if let Step::Batch(bytes) = self.segment.step(self.at)?? {
                let found = Found { segment: self.segment.clone(), at: self.at, bytes };
                self.at += found.bytes.len() as u64;
                return Ok(Some(found));
            }
            let Some(next) = self.segments.by_number(self.segment.number + 1)? else {
                return Ok(None);
            };
            (self.segment, self.at) = (next, FIRST_BATCH);
        }
    }
}
