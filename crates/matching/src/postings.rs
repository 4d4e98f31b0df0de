//! Which records carry a key.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hasher},
};

/// A hashed key. Two keys may share a hash: a record found through one is always compared in full.
pub(crate) type KeyHash = u32;

/// Keys to record slots. Most keys have one record, which is held in place of a list.
#[derive(Debug, Default)]
pub(crate) struct Postings {
    keys: HashMap<KeyHash, Place, Spread>,
    lists: Vec<Vec<u32>>,
    free: Vec<u32>,
}

/// The one slot, or, with the top bit set, the number of a list.
#[derive(Clone, Copy, Debug)]
struct Place(u32);

const LIST: u32 = 1 << 31;

impl Postings {
    /// Adds a record to a key. A record may be added once per key.
    pub(crate) fn add(&mut self, key: KeyHash, slot: u32) {
        let Some(place) = self.keys.get_mut(&key) else {
            self.keys.insert(key, Place(slot));
            return;
        };
        if place.0 & LIST != 0 {
            self.lists[(place.0 & !LIST) as usize].push(slot);
            return;
        }
        let both = vec![place.0, slot];
        let list = if let Some(list) = self.free.pop() {
            self.lists[list as usize] = both;
            list
        } else {
            self.lists.push(both);
            // At most one list per two of 2³¹ slots.
            u32::try_from(self.lists.len() - 1).unwrap_or(LIST - 1)
        };
        *place = Place(list | LIST);
    }

    /// Takes a record off a key.
    pub(crate) fn remove(&mut self, key: KeyHash, slot: u32) {
        let Some(place) = self.keys.get_mut(&key) else { return };
        if place.0 & LIST == 0 {
            if place.0 == slot {
                self.keys.remove(&key);
            }
            return;
        }
        let number = place.0 & !LIST;
        let list = &mut self.lists[number as usize];
        if let Some(at) = list.iter().position(|other| *other == slot) {
            list.swap_remove(at);
        }
        if let [last] = list[..] {
            *place = Place(last);
            *list = Vec::new();
            self.free.push(number);
        }
    }

    /// The records that carry the key.
    pub(crate) fn of(&self, key: KeyHash) -> Records<'_> {
        match self.keys.get(&key) {
            None => Records::Many(&[]),
            Some(Place(list)) if list & LIST != 0 => {
                Records::Many(&self.lists[(list & !LIST) as usize])
            }
            Some(Place(slot)) => Records::One(*slot),
        }
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.lists.iter().all(Vec::is_empty)
    }
}

/// The records of one key.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Records<'a> {
    One(u32),
    Many(&'a [u32]),
}

impl Records<'_> {
    pub(crate) fn as_slice(&self) -> &[u32] {
        match self {
            Self::One(slot) => std::slice::from_ref(slot),
            Self::Many(slots) => slots,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.as_slice().len()
    }
}

/// Keys are hashes already: they only need spreading over 64 bits.
#[derive(Clone, Copy, Debug, Default)]
struct Spread;

impl BuildHasher for Spread {
    type Hasher = SpreadHasher;

    fn build_hasher(&self) -> SpreadHasher {
        SpreadHasher(0)
    }
}

#[derive(Debug)]
struct SpreadHasher(u64);

impl Hasher for SpreadHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, key: u32) {
        let mixed = (self.0 ^ u64::from(key)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }
}
