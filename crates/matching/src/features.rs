//! What is compared of a person: folded, placeholders taken out, dates and postcodes packed.

use jiff::civil::Date;
use kinfold_domain::{BirthDate, Demographics, PersonName, Postcode, Sex, Subject};

use crate::{
    fold::fold,
    nickname::{self, Roots},
    placeholder::{is_unknown, read_given},
    skeleton::skeleton,
};

/// A folded name, or one part of it, with what comparing it needs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Token {
    /// Folded text; words separated by one space.
    pub(crate) text: Box<str>,
    /// What it sounds like.
    pub(crate) skeleton: u32,
    /// One bit per letter that occurs: two spellings that differ in too many bits can't be a typing error apart.
    pub(crate) letters: u32,
    /// The names it is a form of.
    pub(crate) roots: Roots,
    /// Letters, spaces aside; 255 for as many or more.
    pub(crate) length: u8,
    /// It has more than one word.
    pub(crate) several_words: bool,
}

impl Token {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            skeleton: skeleton(text),
            letters: letters(text).fold(0, |set, c| set | 1 << (c as u32 % 32)),
            length: letters(text).fold(0, |n: u8, _| n.saturating_add(1)),
            roots: nickname::roots(text),
            several_words: text.contains(' '),
            text: text.into(),
        }
    }

    fn of(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self::new(text))
    }

    /// The parts of a double-barrelled name that can stand for it: those with at least three letters.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &str> {
        self.text.split(' ').filter(|part| self.several_words && part.chars().nth(2).is_some())
    }
}

/// The letters of a folded text, without its spaces.
pub(crate) fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| *c != ' ')
}

/// One name of a person. What is missing, or a placeholder, is `None`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Spelling {
    pub(crate) family: Option<Token>,
    /// The first given name.
    pub(crate) given: Option<Token>,
    /// The given names after the first.
    pub(crate) further: Option<Token>,
}

/// A calendar date, packed; zero is none.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Day(pub(crate) u32);

impl Day {
    pub(crate) const fn of(year: u32, month: u32, day: u32) -> Self {
        Self(year << 9 | month << 5 | day)
    }

    pub(crate) const fn is_none(self) -> bool {
        self.0 == 0
    }

    pub(crate) const fn year(self) -> u32 {
        self.0 >> 9
    }

    pub(crate) const fn month(self) -> u32 {
        self.0 >> 5 & 15
    }

    pub(crate) const fn day(self) -> u32 {
        self.0 & 31
    }

    /// The first of January is what systems hold when they know only the year.
    pub(crate) const fn is_default(self) -> bool {
        self.month() == 1 && self.day() == 1
    }

    /// Day and month the other way round, where that is a date.
    pub(crate) fn swapped(self) -> Option<Self> {
        (!self.is_none() && self.day() <= 12 && self.day() != self.month())
            .then(|| Self::of(self.year(), self.day(), self.month()))
    }

    fn date(self) -> Option<Date> {
        let small = |n: u32| i8::try_from(n).ok();
        let year = i16::try_from(self.year()).ok()?;
        Date::new(year, small(self.month())?, small(self.day())?).ok()
    }

    /// Days between two dates; `None` when one is missing.
    pub(crate) fn days_to(self, other: Self) -> Option<i32> {
        Some((other.date()? - self.date()?).get_days())
    }
}

impl From<Option<BirthDate>> for Day {
    fn from(date: Option<BirthDate>) -> Self {
        date.map_or(Self(0), |date| {
            let date = date.expose();
            // In range: `BirthDate` lies between 1890 and 2199.
            Self::of(
                u32::from(date.year().unsigned_abs()),
                u32::from(date.month().unsigned_abs()),
                u32::from(date.day().unsigned_abs()),
            )
        })
    }
}

/// A postcode, packed one letter a byte; zero is none.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct Code(pub(crate) u64);

impl Code {
    /// The outward half.
    pub(crate) const fn outward(self) -> u64 {
        self.0 >> 24
    }
}

impl From<&Postcode> for Code {
    fn from(postcode: &Postcode) -> Self {
        let letters = postcode.expose().bytes().filter(|b| *b != b' ');
        Self(letters.fold(0, |code, letter| code << 8 | u64::from(letter)))
    }
}

/// All that is compared of one person or of one subject.
#[derive(Clone, Debug, Default)]
pub(crate) struct Features {
    /// The NHS number; zero is none.
    pub(crate) number: u64,
    /// The usual name first. Never empty unless no name is known at all.
    pub(crate) names: Vec<Spelling>,
    pub(crate) birth: Day,
    /// Not born when this was written: the date is an expected one.
    pub(crate) unborn: bool,
    pub(crate) sex: Sex,
    /// The present one first.
    pub(crate) postcodes: Vec<Code>,
}

impl Features {
    /// Without an NHS number, and with fewer than two of family name, given name, birth date and postcode: a placeholder such as "Unknown"
    /// is no name. By so little nobody can be told from anybody, so that finding nobody says nothing.
    pub(crate) fn is_too_little(&self) -> bool {
        let told = [
            self.names.iter().any(|name| name.family.is_some()),
            self.names.iter().any(|name| name.given.is_some()),
            !self.birth.is_none(),
            !self.postcodes.is_empty(),
        ];
        self.number == 0 && told.iter().filter(|is_told| **is_told).count() < 2
    }

    fn add_name(&mut self, name: &PersonName, usual: Option<&Spelling>) {
        let (family, given) = (fold(name.family()), fold(name.given()));
        let reading = read_given(&given);
        self.unborn |= reading.unborn;
        let family = if is_unknown(&family) { "" } else { family.as_str() };
        if let Some(mother) = reading.mother.filter(|mother| *mother != family) {
            self.add(Spelling { family: Token::of(mother), given: None, further: None });
        }
        let (first, further) = reading.names.split_once(' ').unwrap_or((reading.names, ""));
        // A former surname without given names, or a nickname without surname, is completed by the usual name.
        let usual = usual.cloned().unwrap_or_default();
        let given = Token::of(first);
        self.add(Spelling {
            family: Token::of(family).or(usual.family),
            further: if given.is_some() { Token::of(further) } else { usual.further },
            given: given.or(usual.given),
        });
    }

    fn add(&mut self, name: Spelling) {
        let empty = name.family.is_none() && name.given.is_none();
        if !empty && !self.names.contains(&name) {
            self.names.push(name);
        }
    }

    fn add_postcode(&mut self, postcode: &Postcode) {
        let code = Code::from(postcode);
        if !self.postcodes.contains(&code) {
            self.postcodes.push(code);
        }
    }
}

impl From<&Demographics> for Features {
    fn from(known: &Demographics) -> Self {
        let mut features = Self {
            number: known.nhs_number.map_or(0, kinfold_domain::NhsNumber::as_u64),
            birth: known.birth_date.into(),
            sex: known.sex,
            ..Self::default()
        };
        features.add_name(&known.name, None);
        // An alias "Unborn" in the history of a child that has since been born doesn't make its date an expected one.
        let unborn = features.unborn;
        let usual = features.names.last().cloned();
        known.other_names.iter().for_each(|name| features.add_name(name, usual.as_ref()));
        features.unborn = unborn;
        known
            .postcode()
            .into_iter()
            .chain(&known.former_postcodes)
            .for_each(|p| features.add_postcode(p));
        features
    }
}

impl From<&Subject> for Features {
    fn from(asked: &Subject) -> Self {
        let mut features = Self {
            number: asked.nhs_number.map_or(0, kinfold_domain::NhsNumber::as_u64),
            birth: asked.birth_date.into(),
            sex: asked.sex,
            ..Self::default()
        };
        asked.name.iter().for_each(|name| features.add_name(name, None));
        asked.postcode.iter().for_each(|postcode| features.add_postcode(postcode));
        features
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_swap_only_into_dates() {
        assert_eq!(Day::of(2019, 3, 4).swapped(), Some(Day::of(2019, 4, 3)));
        assert_eq!(Day::of(2019, 3, 13).swapped(), None);
        assert_eq!(Day::of(2019, 3, 3).swapped(), None);
        assert_eq!(Day(0).swapped(), None);
        assert_eq!(Day::of(2018, 12, 30).days_to(Day::of(2019, 1, 2)), Some(3));
    }

    proptest::proptest! {
        #[test]
        fn no_name_makes_reading_panic(family in ".{1,60}", given in ".{0,60}") {
            if let Ok(name) = PersonName::new(&family, &given) {
                let features = Features::from(&Demographics::named(name));
                proptest::prop_assert!(features.names.len() <= 2);
            }
        }
    }
}
