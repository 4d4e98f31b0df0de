//! The trust's patient records: a database of FHIR R4 resources, and the server before it.

mod actions;
mod clinical;
mod demographics;
mod fill;
mod records;
mod server;

use std::path::Path;

use sqlx::SqlitePool;

pub use actions::{EncounterId, PatientId};
pub use server::{Access, FhirServer, fhir_router, serve};

use crate::{
    District,
    storage::{self, Building, Progress, StorageError},
};

/// The system of NHS numbers.
pub(crate) const NHS_NUMBER: &str = "https://fhir.nhs.uk/Id/nhs-number";
/// The system of the hospital's own numbers.
pub(crate) const HOSPITAL_NUMBER: &str = "https://ashmoor-general.example/id/hospital-number";

/// Why the hospital did not do it.
#[derive(Debug, thiserror::Error)]
pub enum HospitalError {
    /// The file or the database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// No such patient or encounter.
    #[error("the hospital has no such record")]
    Unknown,
    /// A stored resource is not what the hospital writes.
    #[error("a stored resource cannot be read")]
    Corrupt(#[from] serde_json::Error),
}

impl From<sqlx::Error> for HospitalError {
    fn from(error: sqlx::Error) -> Self {
        Self::Storage(error.into())
    }
}

/// The hospital, as somebody who works in it changes it.
#[derive(Clone, Debug)]
pub struct Hospital {
    pool: SqlitePool,
}

impl Hospital {
    /// Writes the trust's side of a district into a new database at `path`, replacing what was there.
    pub async fn create(
        path: &Path,
        district: &District,
        mut progress: impl FnMut(Progress) + Send,
    ) -> Result<(), HospitalError> {
        let mut building = Building::begin(path, include_str!("schema.sql")).await?;
        let of = fill::STEPS.len();
        for (done, (step, fill)) in fill::STEPS.into_iter().enumerate() {
            progress(Progress { step, done, of });
            let filled = fill(district);
            building.insert(&records::VERSIONS, &filled.versions).await?;
            building.insert(&records::IDENTIFIERS, &filled.identifiers).await?;
        }
        building.finish().await?;
        progress(Progress { step: "done", done: of, of });
        Ok(())
    }

    /// Opens the database that [`Hospital::create`] wrote.
    pub async fn open(path: &Path) -> Result<Self, HospitalError> {
        Ok(Self { pool: storage::open(path).await? })
    }
}
