//! The fields of a form, within limits before anything looks at them.

use zeroize::Zeroizing;

/// The most fields.
const MOST: usize = 64;

/// A form's fields.
#[derive(Default)]
pub(super) struct Fields(Vec<(String, Zeroizing<String>)>);

/// It is no form: too many fields, or bytes that are no text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Garbled;

impl Fields {
    /// Reads a form's body (`application/x-www-form-urlencoded`).
    pub(super) fn parse(body: &[u8]) -> Result<Self, Garbled> {
        let pairs = url::form_urlencoded::parse(body);
        let fields: Vec<_> = pairs
            .take(MOST + 1)
            .map(|(name, value)| (name.into_owned(), Zeroizing::new(value.into_owned())))
            .collect();
        // Bytes that are no UTF-8 have become replacement characters: a name with one would be searched for in vain.
        let garbled = fields
            .iter()
            .any(|(name, value)| name.contains('\u{fffd}') || value.contains('\u{fffd}'));
        if fields.len() > MOST || garbled { Err(Garbled) } else { Ok(Self(fields)) }
    }

    /// Bytes of all names and values.
    pub(super) fn size(&self) -> usize {
        self.0.iter().map(|(name, value)| name.len() + value.len()).sum()
    }

    /// The names of its fields.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// A field's text without white space at its ends; empty when it was not sent.
    pub(super) fn text(&self, name: &str) -> &str {
        let field = self.0.iter().find(|(known, _)| known == name);
        field.map_or("", |(_, value)| value.trim())
    }
}
