//! What is judged before a store is used: its version and its keys, before anything is written.

use kinfold_service::ports::Entropy;
use kinfold_store::{KeyName, OpenError, StoreKey, StoreKeys};
use sqlx::migrate::MigrateError;

use crate::engine::{self, MIGRATIONS, Pool};
use crate::fault::Fault;
use crate::seal::ColumnSeal;
use crate::seeds::MARK;

/// What is sealed under each key to know it again.
const KNOWN_TEXT: &[u8] = b"kinfold";

impl From<Fault> for OpenError {
    fn from(fault: Fault) -> Self {
        Self::Database(Box::new(fault))
    }
}

/// Brings the tables up to this release, unless a newer one has written them or a key does not fit.
pub(crate) async fn prepare(
    write: &Pool,
    keys: &StoreKeys,
    entropy: &dyn Entropy,
) -> Result<(), OpenError> {
    if let Some(found) = schema(write).await? {
        let known = MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0);
        if found > known {
            return Err(OpenError::Newer { found, known });
        }
        fit(write, keys).await?;
    }
    MIGRATIONS.run(write).await.map_err(not_migrated)?;
    remember(write, keys, entropy).await?;
    fit(write, keys).await
}

fn not_migrated(error: MigrateError) -> OpenError {
    match error {
        MigrateError::VersionMismatch(version) | MigrateError::Dirty(version) => {
            OpenError::Altered(version)
        }
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            Fault::from(error).into()
        }
        other => OpenError::Database(Box::new(other)),
    }
}

/// The newest migration that was applied; `None` for a store that is being made.
async fn schema(pool: &Pool) -> Result<Option<i64>, Fault> {
    let made: i64 = sqlx::query_scalar(engine::MADE).fetch_one(pool).await?;
    if made == 0 {
        return Ok(None);
    }
    Ok(sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(pool).await?)
}

/// Whether each key opens what was sealed under it when the store was made.
async fn fit(pool: &Pool, keys: &StoreKeys) -> Result<(), OpenError> {
    for name in KeyName::ALL {
        if let Some(sealed) = known(pool, name).await? {
            let fits = |key: &StoreKey| {
                let opened = mark(key, name).open(&[name.as_str().as_bytes()], &sealed);
                opened.is_ok_and(|known| *known == KNOWN_TEXT)
            };
            if !keys.that_may_fit(name).any(fits) {
                return Err(OpenError::WrongKey(name));
            }
        }
    }
    Ok(())
}

async fn known(pool: &Pool, name: KeyName) -> Result<Option<Vec<u8>>, Fault> {
    let name = name.as_str();
    let sealed = sqlx::query_scalar!("SELECT sealed FROM store_key WHERE name = $1", name);
    Ok(sealed.fetch_optional(pool).await?)
}

/// Seals the known text under each key that has none yet; whoever wrote it, each must open it then.
async fn remember(pool: &Pool, keys: &StoreKeys, entropy: &dyn Entropy) -> Result<(), Fault> {
    for name in KeyName::ALL {
        let text = name.as_str();
        let sealed = mark(keys.of(name), name).seal(entropy, &[text.as_bytes()], KNOWN_TEXT)?;
        sqlx::query!(
            "INSERT INTO store_key (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
            text,
            sealed
        )
        .execute(pool)
        .await?;
    }
    Ok(())
}

fn mark(key: &StoreKey, name: KeyName) -> ColumnSeal {
    ColumnSeal::new(key, name, MARK)
}
