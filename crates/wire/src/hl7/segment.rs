//! One segment's values, without escapes.

use hl7_parser::message::{Component, Repeat as Raw, Segment as Parsed, Separators};
use hl7_parser::parser::parse_segment_with_separators;

use super::charset::Charset;
use super::delimiters::unescape;

/// A segment. Numbers of fields, components and subcomponents begin at 1, as in the standard.
pub(super) struct Segment<'m> {
    parsed: Parsed<'m>,
    how: How,
}

/// One repetition of a field.
pub(super) struct Repeat<'s> {
    raw: &'s Raw<'s>,
    how: How,
}

#[derive(Clone, Copy)]
struct How {
    separators: Separators,
    charset: Charset,
}

impl<'m> Segment<'m> {
    pub(super) fn parse(line: &'m str, separators: Separators, charset: Charset) -> Option<Self> {
        let parsed = parse_segment_with_separators(line, separators).ok()?;
        Some(Self { parsed, how: How { separators, charset } })
    }

    /// The repetitions of a field that say anything.
    pub(super) fn repeats(&self, field: usize) -> impl Iterator<Item = Repeat<'_>> {
        let found = self.parsed.fields.get(field.wrapping_sub(1));
        let repeats = found.into_iter().flat_map(|field| field.repeats.iter());
        repeats.map(|raw| Repeat { raw, how: self.how }).filter(|repeat| !repeat.raw.is_empty())
    }

    /// The first component of a field's first repetition.
    pub(super) fn first(&self, field: usize) -> Option<String> {
        self.repeats(field).next()?.part(1)
    }
}

impl Repeat<'_> {
    /// A component's first subcomponent. Empty and the standard's `""` ("delete this") are nothing.
    pub(super) fn part(&self, component: usize) -> Option<String> {
        self.subpart(component, 1)
    }

    /// A subcomponent.
    pub(super) fn subpart(&self, component: usize, subcomponent: usize) -> Option<String> {
        let component: &Component<'_> = self.raw.components.get(component.wrapping_sub(1))?;
        let value = component.subcomponents.get(subcomponent.wrapping_sub(1))?.value;
        let text = unescape(value, &self.how.separators, self.how.charset);
        let text = text.trim();
        (!text.is_empty() && text != "\"\"").then(|| text.to_owned())
    }

    /// How many components there are.
    pub(super) fn components(&self) -> usize {
        self.raw.components.len()
    }
}
