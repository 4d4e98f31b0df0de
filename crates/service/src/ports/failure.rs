//! A store's failure, as the use cases see it.

/// The store itself failed. The text names what was attempted, never a value.
#[derive(Debug, thiserror::Error)]
#[error("the store failed while {doing}")]
pub struct PortError {
    doing: &'static str,
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl PortError {
    /// A failure while `doing`.
    pub fn new(
        doing: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { doing, source: source.into() }
    }
}
