//! Names of several origins, nicknames, and other spellings of the same name.

use std::collections::BTreeMap;

use kinfold_domain::{PersonName, Sex};

use crate::chance::Chance;

/// Where a family's names come from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Origin {
    /// England, Scotland and Wales.
    British,
    /// Ireland.
    Irish,
    /// Pakistan and northern India, written in Urdu at home.
    Urdu,
    /// Arabic-speaking countries and Somalia.
    Arabic,
    /// China and Hong Kong.
    Chinese,
    /// Poland.
    Polish,
    /// Punjab and western India.
    Punjabi,
    /// Nigeria and Ghana.
    Nigerian,
    /// Elsewhere in Europe, and Turkey.
    European,
}

const ORIGINS: [(Origin, usize); 9] = [
    (Origin::British, 690),
    (Origin::Irish, 50),
    (Origin::Urdu, 90),
    (Origin::Arabic, 30),
    (Origin::Chinese, 15),
    (Origin::Polish, 35),
    (Origin::Punjabi, 35),
    (Origin::Nigerian, 30),
    (Origin::European, 25),
];

const LISTS: [&str; 9] = [
    include_str!("../data/names/british.txt"),
    include_str!("../data/names/irish.txt"),
    include_str!("../data/names/urdu.txt"),
    include_str!("../data/names/arabic.txt"),
    include_str!("../data/names/chinese.txt"),
    include_str!("../data/names/polish.txt"),
    include_str!("../data/names/punjabi.txt"),
    include_str!("../data/names/nigerian.txt"),
    include_str!("../data/names/european.txt"),
];

/// A name in Latin letters, and in the family's own script where the list has it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Word {
    pub(crate) latin: String,
    pub(crate) script: Option<String>,
}

#[derive(Default)]
struct Pool {
    girls: Vec<Word>,
    boys: Vec<Word>,
    family: Vec<Word>,
}

/// All word lists, read.
pub(crate) struct Names {
    pools: Vec<Pool>,
    beginnings: Vec<String>,
    endings: Vec<String>,
    nicknames: BTreeMap<String, Vec<String>>,
    spellings: BTreeMap<String, Vec<String>>,
}

impl Names {
    pub(crate) fn load() -> Self {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        Self {
            pools: LISTS.iter().map(|text| pool(text)).collect(),
            beginnings: words(include_str!("../data/surname-beginnings.txt")),
            endings: words(include_str!("../data/surname-endings.txt")),
            nicknames: groups(include_str!("../data/nicknames.txt"), false),
            spellings: groups(include_str!("../data/spellings.txt"), true),
        }
    }

    pub(crate) fn origin(chance: &mut Chance) -> Origin {
        ORIGINS[chance.weighted(&ORIGINS.map(|(_, weight)| weight))].0
    }

    /// A family name. Half the British ones are made of two parts: a district has far more surnames than a list.
    pub(crate) fn family(&self, origin: Origin, chance: &mut Chance) -> Word {
        if origin == Origin::British && chance.odds(520) {
            let latin = format!("{}{}", chance.pick(&self.beginnings), chance.pick(&self.endings));
            return Word { latin, script: None };
        }
        chance.early(&self.pool(origin).family).clone()
    }

    /// A first name.
    pub(crate) fn given(&self, origin: Origin, sex: Sex, chance: &mut Chance) -> Word {
        let pool = self.pool(origin);
        chance.early(if sex == Sex::Female { &pool.girls } else { &pool.boys }).clone()
    }

    /// What somebody of this first name may be called.
    pub(crate) fn nickname(&self, first: &str, chance: &mut Chance) -> Option<String> {
        self.nicknames.get(first).map(|list| chance.pick(list).clone())
    }

    /// Another spelling of the same name.
    pub(crate) fn spelling(&self, name: &str, chance: &mut Chance) -> Option<String> {
        self.spellings.get(name).map(|list| chance.pick(list).clone())
    }

    fn pool(&self, origin: Origin) -> &Pool {
        let index = ORIGINS.iter().position(|(known, _)| *known == origin).unwrap_or(0);
        &self.pools[index]
    }
}

/// A person's name; the parts come from the lists above.
#[expect(
    clippy::expect_used,
    reason = "the word lists hold legal names, and a test reads them all"
)]
pub(crate) fn person(family: &str, given: &str) -> PersonName {
    PersonName::new(family, given).expect("word lists hold legal names")
}

/// The form of a Polish or Punjabi family name that a girl carries.
pub(crate) fn feminine(family: &str, sex: Sex) -> String {
    match family {
        "Singh" if sex == Sex::Female => "Kaur".to_owned(),
        "Kaur" if sex == Sex::Male => "Singh".to_owned(),
        _ if sex == Sex::Female && (family.ends_with("ski") || family.ends_with("cki")) => {
            format!("{}a", family.trim_end_matches('i'))
        }
        _ => family.to_owned(),
    }
}

fn pool(text: &str) -> Pool {
    let mut pool = Pool::default();
    let mut section = "";
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with('[') {
            section = line;
            continue;
        }
        let list = match section {
            "[girls]" => &mut pool.girls,
            "[boys]" => &mut pool.boys,
            _ => &mut pool.family,
        };
        list.extend(line.split_whitespace().map(word));
    }
    pool
}

/// `Fatima|فاطمہ`; an underscore stands for a space.
fn word(text: &str) -> Word {
    let text = text.replace('_', " ");
    match text.split_once('|') {
        Some((latin, script)) => Word { latin: latin.to_owned(), script: Some(script.to_owned()) },
        None => Word { latin: text, script: None },
    }
}

/// Lines of names that go together: from the first to the others, or from each to the others.
fn groups(text: &str, both_ways: bool) -> BTreeMap<String, Vec<String>> {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let names: Vec<&str> = line.split_whitespace().collect();
        let heads = if both_ways { names.len() } else { 1 };
        for (index, head) in names.iter().enumerate().take(heads) {
            let others = names.iter().enumerate().filter(|(other, _)| *other != index);
            let list = groups.entry((*head).to_owned()).or_default();
            list.extend(others.map(|(_, name)| (*name).to_owned()));
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_lists_is_a_legal_name() {
        let names = Names::load();
        for pool in &names.pools {
            assert!(pool.girls.len() > 15 && pool.boys.len() > 15 && pool.family.len() > 20);
            for word in pool.girls.iter().chain(&pool.boys).chain(&pool.family) {
                assert!(PersonName::new(&word.latin, "").is_ok(), "{}", word.latin);
                assert!(word.script.iter().all(|s| PersonName::new(s, "").is_ok()));
            }
        }
    }

    #[test]
    fn girls_carry_the_feminine_form() {
        assert_eq!(feminine("Kowalski", Sex::Female), "Kowalska");
        assert_eq!(feminine("Kowalski", Sex::Male), "Kowalski");
        assert_eq!(feminine("Singh", Sex::Female), "Kaur");
    }
}
