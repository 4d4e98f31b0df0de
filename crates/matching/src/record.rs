//! A person as the index holds one: about 60 bytes beside the caller's key.

use kinfold_domain::Sex;

use crate::{
    dictionary::{Dictionary, NameId, Part},
    features::{Code, Day, Features, Spelling},
};

/// One name, by the dictionary's ids.
pub(crate) type Name = [NameId; 3];

/// One record. Most people have one name and one postcode; what is more lies in `more`.
#[derive(Debug)]
pub(crate) struct Record<K> {
    pub(crate) key: K,
    pub(crate) number: u64,
    postcode: Code,
    name: Name,
    pub(crate) birth: Day,
    pub(crate) sex: Sex,
    pub(crate) unborn: bool,
    more: Option<Box<More>>,
}

#[derive(Debug, Default)]
struct More {
    names: Vec<Name>,
    postcodes: Vec<Code>,
}

impl<K> Record<K> {
    /// Takes the names into the dictionary.
    pub(crate) fn new(key: K, features: &Features, dictionary: &mut Dictionary) -> Self {
        let mut add = |name: &Spelling| {
            [
                dictionary.add(name.family.as_ref(), Part::Family),
                dictionary.add(name.given.as_ref(), Part::Given),
                dictionary.add(name.further.as_ref(), Part::Further),
            ]
        };
        let (names, postcodes) = (&features.names, &features.postcodes);
        let more = (names.len() > 1 || postcodes.len() > 1).then(|| More {
            names: names.iter().skip(1).map(&mut add).collect(),
            postcodes: postcodes.iter().skip(1).copied().collect(),
        });
        Self {
            key,
            number: features.number,
            postcode: postcodes.first().copied().unwrap_or_default(),
            name: names.first().map_or([NameId::NONE; 3], add),
            birth: features.birth,
            sex: features.sex,
            unborn: features.unborn,
            more: more.map(Box::new),
        }
    }

    /// Gives the names back to the dictionary.
    pub(crate) fn release(&self, dictionary: &mut Dictionary) {
        for name in self.names() {
            dictionary.remove(name[0], Part::Family);
            dictionary.remove(name[1], Part::Given);
            dictionary.remove(name[2], Part::Further);
        }
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = Name> {
        let more = self.more.iter().flat_map(|more| more.names.iter().copied());
        [self.name].into_iter().chain(more)
    }

    pub(crate) fn postcodes(&self) -> impl Iterator<Item = Code> {
        let more = self.more.iter().flat_map(|more| more.postcodes.iter().copied());
        [self.postcode].into_iter().chain(more).filter(|code| *code != Code::default())
    }

    /// The record as it was compared when it came in.
    pub(crate) fn features(&self, dictionary: &Dictionary) -> Features {
        let token = |id| dictionary.token(id).cloned();
        let spell = |[family, given, further]: Name| Spelling {
            family: token(family),
            given: token(given),
            further: token(further),
        };
        let known = |name: &Spelling| name.family.is_some() || name.given.is_some();
        Features {
            number: self.number,
            names: self.names().map(spell).filter(known).collect(),
            birth: self.birth,
            unborn: self.unborn,
            sex: self.sex,
            postcodes: self.postcodes().collect(),
        }
    }
}
