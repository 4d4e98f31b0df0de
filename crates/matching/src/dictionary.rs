//! Every distinct name once, with how often it is borne.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, DefaultHasher},
    sync::Arc,
};

use crate::features::Token;

/// A name in the dictionary.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct NameId(u32);

impl NameId {
    /// No name.
    pub(crate) const NONE: Self = Self(u32::MAX);
}

/// What a name is borne as.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    Family,
    Given,
    Further,
}

/// A name and how many records bear it as family name, first given name, further given names.
#[derive(Debug)]
struct Entry {
    token: Token,
    bearers: [u32; 3],
}

/// Names by id and by text. Names that nobody bears any more are forgotten.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    entries: Vec<Option<Entry>>,
    free: Vec<u32>,
    ids: HashMap<Arc<str>, u32, BuildHasherDefault<DefaultHasher>>,
    bearers: [u32; 3],
}

impl Dictionary {
    /// Counts one more bearer of a name.
    pub(crate) fn add(&mut self, token: Option<&Token>, part: Part) -> NameId {
        let Some(token) = token else { return NameId::NONE };
        self.bearers[part as usize] += 1;
        if let Some(id) = self.ids.get(&*token.text) {
            if let Some(entry) = &mut self.entries[*id as usize] {
                entry.bearers[part as usize] += 1;
            }
            return NameId(*id);
        }
        let mut bearers = [0; 3];
        bearers[part as usize] = 1;
        let entry = Some(Entry { token: token.clone(), bearers });
        let id = if let Some(id) = self.free.pop() {
            self.entries[id as usize] = entry;
            id
        } else {
            self.entries.push(entry);
            // Fewer names than people, and those are counted in u32 too.
            u32::try_from(self.entries.len() - 1).unwrap_or(u32::MAX - 1)
        };
        self.ids.insert(token.text.as_ref().into(), id);
        NameId(id)
    }

    /// Counts one bearer less.
    pub(crate) fn remove(&mut self, id: NameId, part: Part) {
        let Some(slot) = self.entries.get_mut(id.0 as usize) else { return };
        let Some(entry) = slot else { return };
        entry.bearers[part as usize] -= 1;
        self.bearers[part as usize] -= 1;
        if entry.bearers == [0; 3] {
            self.ids.remove(&*entry.token.text);
            *slot = None;
            self.free.push(id.0);
        }
    }

    pub(crate) fn token(&self, id: NameId) -> Option<&Token> {
        self.entries.get(id.0 as usize)?.as_ref().map(|entry| &entry.token)
    }

    /// How many records bear this name as that part, and how many bear any.
    pub(crate) fn bearers(&self, id: NameId, part: Part) -> (u32, u32) {
        let entry = self.entries.get(id.0 as usize).and_then(Option::as_ref);
        (entry.map_or(0, |entry| entry.bearers[part as usize]), self.bearers[part as usize])
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.entries.iter().all(Option::is_none) && self.bearers == [0; 3]
    }
}
