//! This agency's source systems: opened, and checked before a node relies on them.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, bail};
use kinfold_connect::{Checked, Unusable, fhir::FhirSource, files::FilesSource, sql::SqlSource};
use kinfold_service::{
    ports::{Clock, SourceError, SourceSystem},
    register::ExtractTerms,
};

use super::{joining::sealed_desk, keys::KeyFolder, parts::Sources};
use crate::config::{Config, SourceConfig};

/// A source as its configuration names it.
enum Opened {
    Fhir(Arc<FhirSource>),
    Sql(Arc<SqlSource>),
    Files(Arc<FilesSource>),
}

/// Keys of which references are made.
#[derive(Clone, Copy, Default)]
struct ReferenceKeys {
    entries: [u8; 32],
    sealed: [u8; 32],
}

/// What a source's check came to.
pub(crate) struct Standing {
    /// The source's name.
    pub(crate) source: String,
    /// What it can answer, or why it can't be used.
    pub(crate) result: Result<Checked, Unusable>,
}

pub(super) fn open_sources(
    config: &Config,
    keys: &KeyFolder,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Sources> {
    let reference_keys =
        ReferenceKeys { entries: *keys.bytes("register")?, sealed: *keys.bytes("sealed")? };
    let mut sources: Sources = Vec::new();
    for source in &config.sources {
        let opened = open_source(source, (config, reference_keys), clock);
        let opened = opened.with_context(|| format!("the source {} is not right", source.name))?;
        sources.push(match opened {
            Opened::Fhir(source) => source as Arc<dyn SourceSystem>,
            Opened::Sql(source) => source,
            Opened::Files(source) => source,
        });
    }
    Ok(sources)
}

fn open_source(
    source: &SourceConfig,
    (config, keys): (&Config, ReferenceKeys),
    clock: &Arc<dyn Clock>,
) -> Result<Opened, Unusable> {
    let (name, agency) = (source.name.as_str(), config.agency.id.clone());
    let clock = Arc::clone(clock);
    Ok(match (&source.fhir, &source.sql, &source.files) {
        (Some(fhir), ..) => {
            Opened::Fhir(Arc::new(FhirSource::new(name, agency, fhir.clone(), clock)?))
        }
        (_, Some(sql), _) => {
            Opened::Sql(Arc::new(SqlSource::new(name, agency, sql.clone(), clock)?))
        }
        (_, _, Some(files)) => {
            let terms = extract_terms(name, config, keys)?;
            Opened::Files(Arc::new(FilesSource::new(name, files.clone(), terms, clock)?))
        }
        (None, None, None) => {
            let kinds = "[source.fhir], [source.sql] and [source.files]";
            return Err(Unusable::one(format!("it has none of {kinds}")));
        }
    })
}

fn extract_terms(
    source: &str,
    config: &Config,
    keys: ReferenceKeys,
) -> Result<ExtractTerms, Unusable> {
    let register = config.register.as_ref();
    let register = register.ok_or_else(|| Unusable::one("there is no [register]"))?;
    Ok(ExtractTerms {
        source: source.to_owned(),
        phones: register.phones.clone(),
        sealed_desk: sealed_desk(config, keys.sealed),
        reference_key: keys.entries,
    })
}

/// Asks every source, side by side, for what its configuration relies on. One that takes longer than `limit` counts as not answering.
pub(crate) async fn check_sources(
    config: &Config,
    clock: &Arc<dyn Clock>,
    limit: Duration,
) -> Vec<Standing> {
    let checks = config.sources.iter().map(|source| async move {
        let place = format!("source {}", source.name);
        let late = |_| Err(Unusable::answered(&place, &SourceError::TimedOut));
        let checked = tokio::time::timeout(limit, check_source(source, config, clock)).await;
        Standing { source: source.name.clone(), result: checked.unwrap_or_else(late) }
    });
    futures::future::join_all(checks).await
}

async fn check_source(
    source: &SourceConfig,
    config: &Config,
    clock: &Arc<dyn Clock>,
) -> Result<Checked, Unusable> {
    // What a check reads is kept nowhere: any reference will do.
    let checked = match open_source(source, (config, ReferenceKeys::default()), clock)? {
        Opened::Fhir(source) => source.check().await?,
        Opened::Sql(source) => source.check().await?,
        Opened::Files(source) => source.check().await?,
    };
    let named = config.register.as_ref().is_some_and(|register| register.source == source.name);
    if named && !checked.keeps_register {
        return Err(Unusable::one(format!(
            "source {}: [register] of the configuration names it, but it keeps none: give its mapping a [register] section, or \
             name another source",
            source.name
        )));
    }
    Ok(checked)
}

/// Refuses the start over sources that are wrongly configured. One that only does not answer now is told by the page Feeds until it does.
pub(crate) fn refuse_unusable(standings: &[Standing]) -> anyhow::Result<()> {
    let mut problems = Vec::new();
    for Standing { source, result } in standings {
        match result {
            Ok(checked) => {
                for note in &checked.notes {
                    tracing::info!(source, note, "a source's check");
                }
            }
            Err(unusable) if unusable.no_answer => {
                tracing::warn!(source, error = %unusable, "a source does not answer yet");
            }
            Err(unusable) => {
                problems
                    .extend(unusable.problems.iter().map(|line| format!("\n  {source}: {line}")));
            }
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    bail!(
        "the node does not start, for a source can't be used as it is configured:{}\nCorrect the configuration, the mapping or the \
         source, and see with `kinfold source check`",
        problems.concat()
    )
}
