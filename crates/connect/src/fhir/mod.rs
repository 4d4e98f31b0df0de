//! FHIR R4 over HTTP (hl7.org/fhir/R4/http.html): patients, and what a trust knows of them.

mod client;
mod config;
mod facts;
mod people;
mod progress;
mod server;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::tz::TimeZone;
use kinfold_domain::{AgencyId, AsAt, Categories, Category, PersonId};
use kinfold_service::{
    Permit,
    ports::{Clock, Cursor, Gathered, KeptRegister, PeoplePage, SourceError, SourceSystem},
};
use kinfold_wire::fhir::Reading;

pub use config::{FhirAuth, FhirConfig, SearchConfig};

use self::facts::FactReader;
use self::people::{Bears, PeopleReader};
use self::server::{Server, within};
use crate::fact_maker::FactMaker;
use crate::{Checked, Unusable};

/// A FHIR R4 server as a source of people and facts. It keeps no register.
pub struct FhirSource {
    name: String,
    agency: AgencyId,
    config: FhirConfig,
    searches: Vec<SearchConfig>,
    zone: TimeZone,
    server: Server,
    bears: Bears,
    clock: Arc<dyn Clock>,
}

impl FhirSource {
    /// A source called `name` in the configuration. Nothing is asked of the server yet. A rustls provider must be installed.
    pub fn new(
        name: &str,
        agency: AgencyId,
        config: FhirConfig,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Unusable> {
        let zone = TimeZone::get(&config.zone)
            .map_err(|_| Unusable::one("zone is no time zone such as Europe/London"))?;
        Ok(Self {
            name: name.to_owned(),
            agency,
            searches: config.searches()?,
            zone,
            server: Server::new(&config)?,
            bears: Bears::default(),
            config,
            clock,
        })
    }

    /// Asks the server for what the configuration relies on. For the start of a node.
    pub async fn check(&self) -> Result<Checked, Unusable> {
        let refused = |what: &str, error: SourceError| {
            Unusable::answered(&format!("source {}: {what}", self.name), &error)
        };
        let seconds = self.config.answer_seconds;
        let announced = within(seconds, self.server.ask_capabilities()).await;
        let announced = announced.map_err(|error| refused("its CapabilityStatement", error))?;
        let mut notes = Vec::new();
        if let Some(version) = announced.fhir_version.as_deref().filter(|v| !v.starts_with("4.0")) {
            let told =
                format!("the server announces FHIR {version}; this connector reads R4 (4.0.1)");
            // R4B differs in resources that are not read here.
            if !version.starts_with("4.") {
                let name = &self.name;
                return Err(Unusable::one(format!(
                    "source {name}: {told}: give base_url the server's R4 endpoint"
                )));
            }
            notes.push(told);
        }
        if announced.searches.is_empty() {
            notes.push("the server announces no resource types: each search is tried".to_owned());
        }
        if !announced.serves("Patient") {
            return Err(Unusable::one(format!(
                "source {}: the server serves no Patient: is base_url the right endpoint?",
                self.name
            )));
        }
        let mut categories = identity_categories();
        for search in &self.searches {
            if announced.serves(&search.resource) {
                categories.insert(search.category);
            } else {
                let (resource, category) = (&search.resource, search.category);
                notes.push(format!(
                    "the server serves no {resource}: nothing of {category} comes from it"
                ));
            }
        }
        self.people(None).await.map_err(|error| refused("a page of Patient", error))?;
        Ok(Checked { categories, notes, keeps_register: false })
    }

    fn reading(&self) -> Reading {
        let today = self.clock.now().to_zoned(self.zone.clone()).date();
        let mut reading = Reading::uk_core(self.zone.clone(), today);
        reading.nhs_number_systems = self.config.nhs_number_systems.iter().cloned().collect();
        reading.sensitive_codes = self.config.sensitive_codes.iter().cloned().collect();
        reading.parental_codes = self.config.parental_codes.iter().cloned().collect();
        reading
    }
}

#[async_trait]
impl SourceSystem for FhirSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn categories(&self) -> Categories {
        let mut categories = identity_categories();
        categories.extend(self.searches.iter().map(|search| search.category));
        categories.insert(Category::Sensitive);
        categories
    }

    async fn people(&self, after: Option<&Cursor>) -> Result<PeoplePage, SourceError> {
        let reading = self.reading();
        let reader = PeopleReader {
            server: &self.server,
            bears: &self.bears,
            source: &self.name,
            reading: &reading,
            now: AsAt(self.clock.now()),
            max_pages: self.config.max_pages,
            overlap_seconds: self.config.overlap_seconds,
        };
        within(self.config.answer_seconds, reader.page(after)).await
    }

    async fn facts(&self, permit: &Permit, person: &PersonId) -> Result<Gathered, SourceError> {
        if person.source != self.name || !is_id(&person.record) {
            return Ok(Gathered::default());
        }
        let reading = self.reading();
        let reader = FactReader {
            server: &self.server,
            searches: &self.searches,
            reading: &reading,
            permit,
            make: FactMaker {
                agency: self.agency.clone(),
                system: self.name.clone(),
                as_at: AsAt(self.clock.now()),
            },
        };
        within(self.config.answer_seconds, reader.about(&person.record)).await
    }

    async fn register(&self) -> Result<Option<KeptRegister>, SourceError> {
        Ok(None)
    }
}

/// What the Patient resource alone can tell.
fn identity_categories() -> Categories {
    Categories::from([
        Category::Existence,
        Category::Demographics,
        Category::Address,
        Category::Household,
        Category::Contact,
    ])
}

/// A FHIR id (hl7.org/fhir/R4/datatypes.html#id), the only thing that is ever put into an address.
fn is_id(text: &str) -> bool {
    let legal = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    (1..=64).contains(&text.len()) && text.bytes().all(legal) && !text.starts_with('.')
}
