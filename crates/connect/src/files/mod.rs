//! A folder of whole extracts: a case system that can't be read live has its nightly job put its register there, in the form of a
//! custodian's file (`docs/custodian.md`). The newest extract that lies still is the register as its source shows it; the register's
//! feed makes of it what it makes of a database's.

mod answers;
mod config;
mod folder;
mod taking;

use std::{
    collections::{HashMap, HashSet},
    io,
    path::PathBuf,
    sync::Arc,
};

use async_trait::async_trait;
use kinfold_domain::{Categories, PersonId};
use kinfold_service::{
    Permit,
    ports::{Clock, Cursor, Gathered, KeptRegister, PeoplePage, SourceError, SourceSystem},
    register::ExtractTerms,
};
use parking_lot::Mutex;

pub use config::FilesConfig;

use self::{
    folder::{Seen, Stillness},
    taking::Taken,
};
use crate::{Checked, Unusable};

/// A folder of extracts as the source of a register. It knows no people and no facts.
pub struct FilesSource(Arc<Inner>);

struct Inner {
    name: String,
    config: FilesConfig,
    terms: ExtractTerms,
    clock: Arc<dyn Clock>,
    known: Mutex<Known>,
}

/// What was found so far.
#[derive(Default)]
struct Known {
    stillness: Stillness,
    /// The extract that was taken last.
    taken: Option<Taken>,
    /// Earlier ones that were written anew: they are none that come now.
    stirred: HashMap<PathBuf, Seen>,
    /// Those that were passed over, and told so.
    passed: HashSet<PathBuf>,
}

impl FilesSource {
    /// A source called `name` in the configuration. Nothing is read yet.
    pub fn new(
        name: &str,
        config: FilesConfig,
        terms: ExtractTerms,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Unusable> {
        if !(1..=3600).contains(&config.settle_seconds) || config.ending.len() < 2 {
            let problem = "settle_seconds must be 1 to 3600, and ending two characters or more";
            return Err(Unusable::one(problem));
        }
        let (name, known) = (name.to_owned(), Mutex::default());
        Ok(Self(Arc::new(Inner { name, config, terms, clock, known })))
    }

    /// Tries the folder: that it can be read and written, and what the newest extract comes to. Nothing is taken.
    pub async fn check(&self) -> Result<Checked, Unusable> {
        let place = format!("source {}", self.0.name);
        let looked = self.aside(|inner| Ok(inner.look())).await;
        let notes = looked.map_err(|error| Unusable::answered(&place, &error))??;
        Ok(Checked { categories: Categories::new(), notes, keeps_register: true })
    }

    /// Works beside the threads that answer: an extract may have a hundred thousand rows.
    async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, SourceError> + Send + 'static,
    ) -> Result<T, SourceError> {
        let inner = Arc::clone(&self.0);
        let failed = |_| SourceError::Failed("the extract could not be read".to_owned());
        tokio::task::spawn_blocking(move || work(&inner)).await.map_err(failed)?
    }
}

#[async_trait]
impl SourceSystem for FilesSource {
    fn name(&self) -> &str {
        &self.0.name
    }

    fn categories(&self) -> Categories {
        Categories::new()
    }

    async fn people(&self, _: Option<&Cursor>) -> Result<PeoplePage, SourceError> {
        self.aside(|inner| folder::extracts(&inner.config).map_err(|error| failed(&error))).await?;
        Ok(PeoplePage::default())
    }

    async fn facts(&self, _: &Permit, _: &PersonId) -> Result<Gathered, SourceError> {
        Ok(Gathered::default())
    }

    async fn register(&self) -> Result<Option<KeptRegister>, SourceError> {
        self.aside(Inner::take).await.map(Some)
    }
}

/// The folder can't be used. The kind of failure is the system's own word; no name of a file is repeated.
fn failed(error: &io::Error) -> SourceError {
    SourceError::Failed(format!("its folder can't be read: {}", error.kind()))
}
