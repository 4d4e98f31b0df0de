//! What is wrong with what was sent: a word of `scimType` (RFC 7644, section 3.12) and a sentence. No value that was sent stands in it.

/// Why something that was sent is not taken.
#[derive(Debug)]
pub(super) struct Wrong {
    /// A word of `scimType`.
    pub(super) kind: &'static str,
    /// What is wrong, and what to do.
    pub(super) text: String,
}

impl Wrong {
    pub(super) fn new(kind: &'static str, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }

    pub(super) fn value(text: impl Into<String>) -> Self {
        Self::new("invalidValue", text)
    }

    /// A user name would be another one.
    pub(super) fn for_good() -> Self {
        Self::new("mutability", "a user name belongs to one person and is never changed")
    }
}
