//! A source system's part of the configuration.

use std::path::{Path, PathBuf};

use anyhow::ensure;
use kinfold_connect::fhir::{FhirAuth, FhirConfig};
use kinfold_connect::files::FilesConfig;
use kinfold_connect::sql::{SqlConfig, SqlDatabase};
use serde::Deserialize;

/// A source system.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceConfig {
    /// Its name, in facts and on pages.
    pub(crate) name: String,
    /// How often changes are read.
    #[serde(default = "default_refresh")]
    pub(crate) refresh_ms: u64,
    /// How often everything is read, which also notices who is gone.
    #[serde(default = "default_sweep")]
    pub(crate) sweep_hours: u32,
    /// How long it may take to answer about one child.
    #[serde(default = "default_deadline")]
    pub(crate) deadline_ms: u64,
    /// A FHIR R4 server.
    pub(crate) fhir: Option<FhirConfig>,
    /// A database.
    pub(crate) sql: Option<SqlConfig>,
    /// A folder of whole extracts of the register.
    pub(crate) files: Option<FilesConfig>,
}

const fn default_refresh() -> u64 {
    10_000
}
const fn default_sweep() -> u32 {
    24
}
const fn default_deadline() -> u64 {
    3_000
}

impl SourceConfig {
    pub(super) fn resolve(&mut self, base: &Path) {
        let mut files: Vec<&mut PathBuf> = Vec::new();
        if let Some(fhir) = &mut self.fhir {
            files.extend(&mut fhir.ca_file);
            match &mut fhir.auth {
                FhirAuth::None => {}
                FhirAuth::Basic { password_file, .. } => files.push(password_file),
                FhirAuth::Bearer { token_file } => files.push(token_file),
                FhirAuth::Mtls { cert_file, key_file } => files.extend([cert_file, key_file]),
            }
        }
        if let Some(sql) = &mut self.sql {
            files.push(&mut sql.mapping);
            match &mut sql.database {
                SqlDatabase::Sqlite { file } => files.push(file),
                SqlDatabase::Postgres { password_file, ca_file, .. } => {
                    files.extend(password_file);
                    files.extend(ca_file);
                }
            }
        }
        files.extend(self.files.as_mut().map(|files| &mut files.folder));
        for file in files {
            *file = base.join(&*file);
        }
    }

    pub(super) fn check(&self) -> anyhow::Result<()> {
        let kinds = [self.fhir.is_some(), self.sql.is_some(), self.files.is_some()];
        ensure!(
            kinds.into_iter().filter(|is_there| *is_there).count() == 1,
            "the source {} needs one of [source.fhir], [source.sql] and [source.files]",
            self.name
        );
        ensure!(self.name != "register", "a source can't be named register: the register is");
        Ok(())
    }
}
