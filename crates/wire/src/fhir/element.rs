//! One element at a time: what can't be read spoils itself, not its neighbours.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::Problems;

/// The longest text that is read, in bytes.
const LONGEST_TEXT: usize = 8_000;
/// The most repetitions of one element that are read.
const MOST_REPEATS: usize = 200;

/// An element that occurs at most once.
#[derive(Clone, Default)]
pub(crate) enum Element<T> {
    /// It isn't there.
    #[default]
    Absent,
    /// What it says.
    Is(T),
    /// It is there and can't be read.
    Bad,
}

impl<T> Element<T> {
    /// What it says, where it can be read.
    pub(crate) const fn get(&self) -> Option<&T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Absent | Self::Bad => None,
        }
    }

    /// What it says; notes the element by name when it can't be read.
    pub(crate) fn noted(&self, element: &str, problems: &mut Problems) -> Option<&T> {
        if matches!(self, Self::Bad) {
            problems.note(element, "it is not of the type that FHIR R4 gives it");
        }
        self.get()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Element<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&'de RawValue>::deserialize(deserializer)?;
        Ok(if raw.get() == "null" {
            Self::Absent
        } else {
            serde_json::from_str(raw.get()).map_or(Self::Bad, Self::Is)
        })
    }
}

/// An element that may occur many times.
#[derive(Clone)]
pub(crate) struct Elements<T> {
    read: Vec<T>,
    bad: bool,
}

impl<T> Default for Elements<T> {
    fn default() -> Self {
        Self { read: Vec::new(), bad: false }
    }
}

impl<T> Elements<T> {
    /// Those that can be read.
    pub(crate) fn get(&self) -> &[T] {
        &self.read
    }

    /// Those that can be read; notes the element by name when there are others.
    pub(crate) fn noted(&self, element: &str, problems: &mut Problems) -> &[T] {
        if self.bad {
            problems.note(element, "a repetition is not of the type that FHIR R4 gives it");
        }
        &self.read
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Elements<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&'de RawValue>::deserialize(deserializer)?;
        let list = serde_json::from_str::<Repeats<'_, T>>(raw.get());
        Ok(list.map_or_else(|_| Self { read: Vec::new(), bad: raw.get() != "null" }, |l| l.0))
    }
}

struct Repeats<'de, T>(Elements<T>, std::marker::PhantomData<&'de ()>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Repeats<'de, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Each<T> {
            type Value = Elements<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut elements = Elements::default();
                while elements.read.len() < MOST_REPEATS {
                    match list.next_element::<Element<T>>()? {
                        None => return Ok(elements),
                        Some(Element::Is(value)) => elements.read.push(value),
                        Some(Element::Absent) => {}
                        Some(Element::Bad) => elements.bad = true,
                    }
                }
                while list.next_element::<IgnoredAny>()?.is_some() {
                    elements.bad = true;
                }
                Ok(elements)
            }
        }
        let read = deserializer.deserialize_seq(Each(std::marker::PhantomData))?;
        Ok(Self(read, std::marker::PhantomData))
    }
}

/// A text of reasonable length.
#[derive(Clone, Eq, PartialEq)]
pub(crate) struct Text(String);

impl Text {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// As it can stand on a page: white space folded, no control or direction characters.
    pub(crate) fn tidy(&self) -> String {
        tidy(&self.0)
    }
}

/// Folds white space and drops characters that would only confuse a page.
pub(crate) fn tidy(text: &str) -> String {
    let visible = |c: &char| {
        c.is_whitespace()
            || !(c.is_control()
                || matches!(c, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'))
    };
    let kept: String = text.chars().filter(visible).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.len() > LONGEST_TEXT {
            return Err(D::Error::custom("too long"));
        }
        Ok(Self(text))
    }
}
