//! Facts with their source.

use kinfold_domain::{AgencyId, AsAt, Fact, FactContent, Source};

/// Makes facts of one source at one moment.
#[derive(Clone, Debug)]
pub(crate) struct FactMaker {
    pub(crate) agency: AgencyId,
    pub(crate) system: String,
    pub(crate) as_at: AsAt,
}

impl FactMaker {
    pub(crate) fn fact(&self, record: &str, content: FactContent) -> Fact {
        let source = Source {
            agency: self.agency.clone(),
            system: self.system.clone(),
            record: record.to_owned(),
        };
        Fact { content, source, as_at: self.as_at }
    }
}
