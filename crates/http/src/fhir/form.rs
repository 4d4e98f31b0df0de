//! The fields of a query or a form, within limits before anything looks at them.

use zeroize::Zeroizing;

use super::refusal::Refusal;

/// The most fields.
const MOST: usize = 64;

/// Names and values, as they were sent.
pub(super) struct Form(Vec<(String, Zeroizing<String>)>);

impl Form {
    /// Reads `application/x-www-form-urlencoded`.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        let fields: Vec<_> = url::form_urlencoded::parse(bytes)
            .take(MOST + 1)
            .map(|(name, value)| (name.into_owned(), Zeroizing::new(value.into_owned())))
            .collect();
        // Bytes that are no UTF-8 have become replacement characters: a name with one would be searched for in vain.
        let garbled = |(name, value): &(String, Zeroizing<String>)| {
            name.contains('\u{fffd}') || value.contains('\u{fffd}')
        };
        if fields.len() > MOST || fields.iter().any(garbled) {
            return Err(Refusal::invalid("structure", "the parameters are too many, or no text"));
        }
        Ok(Self(fields))
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.trim()))
    }

    /// The one value of a field; `None` when it is missing, empty, or there twice.
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        let mut values = self.fields().filter(|(known, _)| *known == name).map(|(_, value)| value);
        let (one, None) = (values.next()?, values.next()) else { return None };
        (!one.is_empty()).then_some(one)
    }
}
