//! SQL: `PostgreSQL` and `SQLite`, adapted to an agency's own schema by a mapping file.

mod config;
mod database;
mod facts;
mod field;
mod formats;
mod identity;
mod mapping;
mod people;
mod plan;
mod register;
mod row;
mod shape;
mod statement;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use kinfold_domain::{AgencyId, AsAt, Categories, Category, PersonId};
use kinfold_service::{
    Permit,
    ports::{Clock, Cursor, Gathered, KeptRegister, PeoplePage, SourceError, SourceSystem},
};
use tokio::sync::OnceCell;

pub use config::{SqlConfig, SqlDatabase, SqlTls};
pub use mapping::Mapping;

use self::database::{Database, Snapshot};
use self::facts::FactReader;
use self::people::PeopleReader;
use self::plan::Plans;
use self::register::RegisterReader;
use self::shape::Place;
use crate::fact_maker::FactMaker;
use crate::{Checked, Unusable};

/// A database as a source of people, facts and a register.
pub struct SqlSource {
    name: String,
    agency: AgencyId,
    config: SqlConfig,
    mapping: Mapping,
    database: Database,
    plans: OnceCell<Plans>,
    clock: Arc<dyn Clock>,
}

impl SqlSource {
    /// A source called `name` in the configuration. Reads the mapping file; nothing is asked of the database yet. A rustls
    /// provider must be installed where `PostgreSQL` is reached over TLS.
    pub fn new(
        name: &str,
        agency: AgencyId,
        config: SqlConfig,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Unusable> {
        let file = config.mapping.display().to_string();
        let text = std::fs::read_to_string(&config.mapping)
            .map_err(|error| Unusable::one(format!("{file}: {error}")))?;
        let mapping = Mapping::parse(&text, &file)?;
        Self::with_mapping(name, agency, (config, mapping), clock)
    }

    /// A source with a mapping that was read already.
    pub fn with_mapping(
        name: &str,
        agency: AgencyId,
        (config, mapping): (SqlConfig, Mapping),
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Unusable> {
        if !(1..=300).contains(&config.answer_seconds) || !(1..=10_000).contains(&config.page_size)
        {
            return Err(Unusable::one("answer_seconds must be 1 to 300 and page_size 1 to 10000"));
        }
        let database = Database::new(&config)?;
        let (name, plans) = (name.to_owned(), OnceCell::new());
        Ok(Self { name, agency, config, mapping, database, plans, clock })
    }

    /// Lays the mapping against the live database. For the start of a node.
    pub async fn check(&self) -> Result<Checked, Unusable> {
        let file = self.config.mapping.display();
        let mut snapshot = self
            .database
            .snapshot(self.config.answer_seconds)
            .await
            .map_err(|error| Unusable::answered(&format!("source {}", self.name), &error))?;
        let plans = Plans::of(&self.mapping, &mut snapshot).await;
        let placed = |problem: &String| format!("{file}: {problem}");
        let plans =
            plans.map_err(|problems| Unusable::many(problems.iter().map(placed).collect()))?;
        drop(snapshot);
        self.plans.set(plans).ok();
        let page = self.people(None).await;
        page.map_err(|error| Unusable::answered(&format!("{file}: [people]"), &error))?;
        let register = self.register().await;
        let register =
            register.map_err(|error| Unusable::answered(&format!("{file}: [register]"), &error))?;
        let (categories, notes) = (self.categories(), self.notes());
        Ok(Checked { categories, notes, keeps_register: register.is_some() })
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.mapping.people.fields.contains_key("changed") {
            notes.push("[people] names no changed column: everybody is read each time".to_owned());
        }
        if !self.mapping.people.fields.contains_key("sealed") {
            notes.push("[people] names no sealed column: nobody counts as sealed".to_owned());
        }
        notes
    }

    fn reader<'a>(&'a self, plans: &'a Plans, now: AsAt) -> PeopleReader<'a> {
        PeopleReader {
            mapping: &self.mapping,
            plans,
            source: &self.name,
            now,
            page_size: self.config.page_size,
            overlap_seconds: self.config.overlap_seconds,
        }
    }

    /// A snapshot, and the mapping laid against the database the first time it answers.
    async fn begin(&self) -> Result<(Snapshot, &Plans), SourceError> {
        let mut snapshot = self.database.snapshot(self.config.answer_seconds).await?;
        if let Some(plans) = self.plans.get() {
            return Ok((snapshot, plans));
        }
        let plans = Plans::of(&self.mapping, &mut snapshot).await.map_err(|problems| {
            tracing::error!(
                source = self.name,
                problems = problems.join("; "),
                "the mapping doesn't fit the database"
            );
            SourceError::Failed(
                "the mapping does not fit the database; the node's log names each column"
                    .to_owned(),
            )
        })?;
        Ok((snapshot, self.plans.get_or_init(|| async { plans }).await))
    }

    async fn within<T>(
        &self,
        work: impl Future<Output = Result<T, SourceError>>,
    ) -> Result<T, SourceError> {
        let limit = Duration::from_secs(self.config.answer_seconds);
        tokio::time::timeout(limit, work).await.unwrap_or(Err(SourceError::TimedOut))
    }
}

#[async_trait]
impl SourceSystem for SqlSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn categories(&self) -> Categories {
        let mut categories =
            Categories::from([Category::Existence, Category::Demographics, Category::Address]);
        for table in &self.mapping.facts {
            let Place::Facts(category, _) = table.place else { continue };
            categories.insert(category);
            if table.fields.contains_key("sensitive") {
                categories.insert(Category::Sensitive);
            }
        }
        if self.mapping.register.as_ref().is_some_and(|table| table.fields.contains_key("person")) {
            categories.insert(Category::Register);
        }
        categories
    }

    async fn people(&self, after: Option<&Cursor>) -> Result<PeoplePage, SourceError> {
        self.within(async {
            let (mut snapshot, plans) = self.begin().await?;
            self.reader(plans, AsAt(self.clock.now())).page(&mut snapshot, after).await
        })
        .await
    }

    async fn facts(&self, permit: &Permit, person: &PersonId) -> Result<Gathered, SourceError> {
        if person.source != self.name || !self.mapping.person_id.takes(&person.record) {
            return Ok(Gathered::default());
        }
        self.within(async {
            let (mut snapshot, plans) = self.begin().await?;
            let as_at = AsAt(self.clock.now());
            let make = FactMaker { agency: self.agency.clone(), system: self.name.clone(), as_at };
            let reader = FactReader { people: self.reader(plans, as_at), permit, make };
            reader.about(&mut snapshot, person).await
        })
        .await
    }

    async fn register(&self) -> Result<Option<KeptRegister>, SourceError> {
        self.within(async {
            let (mut snapshot, plans) = self.begin().await?;
            let reader = RegisterReader { mapping: &self.mapping, plans };
            Ok(reader.whole(&mut snapshot).await?.map(KeptRegister::from))
        })
        .await
    }
}
