//! Replacing the key `seeds` while the node serves: the new one is taken into use at once, and what the one before sealed is sealed anew,
//! a few rows at a time. Nothing of it is remembered in the database: which key fits a row shows when it is opened.

use async_trait::async_trait;
use kinfold_service::ports::PortError;
use kinfold_store::{KeyName, Round, SeedsRotation, StoreKey, Table};

use crate::Store;
use crate::engine::{self, Connection};
use crate::fault::{Doing, Fault, place};
use crate::seeds::{Found, ReplacedSeal, SeedSeals};
use crate::tokens::seal_identity;

/// Rows that are sealed anew in one transaction: nobody else writes meanwhile.
const TOGETHER: i64 = 200;
/// Values that open under no key and are named.
const NAMED: usize = 20;

/// A sealed value with what it is bound to.
struct Sealed {
    id: String,
    identity: Vec<Vec<u8>>,
    value: Vec<u8>,
}

#[async_trait]
impl SeedsRotation for Store {
    async fn replace_seeds_key(&self, key: &StoreKey) {
        self.seeds.write().await.replace(key);
    }

    async fn is_replacing_seeds_key(&self) -> bool {
        self.seeds.read().await.is_replaced()
    }

    async fn forget_seeds_key(&self) {
        self.seeds.write().await.forget();
    }

    async fn under_seeds_key(&self) -> Result<u64, PortError> {
        self.count_sealed().await.doing("counting what is sealed")
    }

    async fn seal_anew(&self, round: &mut Round) -> Result<(), PortError> {
        let gone_through = self.go_on(round.clone()).await.doing("sealing under the new key")?;
        *round = gone_through;
        Ok(())
    }

    async fn write_files_anew(&self) -> Result<(), PortError> {
        engine::write_files_anew(self).await.doing("writing the database's files anew")
    }
}

impl Store {
    async fn count_sealed(&self) -> Result<u64, Fault> {
        let count = sqlx::query_scalar!(
            r#"SELECT (SELECT COUNT(*) FROM account) + (SELECT COUNT(*) FROM passkey)
                 + (SELECT COUNT(*) FROM emergency_sheet)
                 + (SELECT COUNT(*) FROM token WHERE LENGTH(seed) > 0) + 1 AS "sealed!: i64""#
        )
        .fetch_one(&self.read)
        .await?;
        place::from_stored(count)
    }

    async fn go_on(&self, mut round: Round) -> Result<Round, Fault> {
        let seeds = self.seeds().await;
        let mut tx = self.begin().await?;
        let rows = rows(&mut tx, round.at, &round.after).await?;
        let Some(last) = rows.last() else {
            (round.at, round.after) = (round.at.next(), String::new());
            return Ok(round);
        };
        round.after.clone_from(&last.id);
        for row in rows {
            let identity: Vec<&[u8]> = row.identity.iter().map(Vec::as_slice).collect();
            let Some(seal) = seal_of(round.at, &seeds) else { break };
            round.seen += 1;
            match seal.anew(&*self.columns.entropy, &identity, &row.value)? {
                Found::Now => {}
                Found::Before(value) => {
                    write(&mut tx, round.at, &row.id, &value).await?;
                    round.anew += 1;
                }
                Found::Neither => {
                    round.unopened += 1;
                    if round.named.len() < NAMED {
                        round.named.push(format!("{} {}", round.at.name(), row.id));
                    }
                }
            }
        }
        tx.commit().await?;
        Ok(round)
    }
}

const fn seal_of(at: Table, seeds: &SeedSeals) -> Option<&ReplacedSeal> {
    // Taken apart, so that a column more under this key is missed by the compiler here.
    let SeedSeals { account, token_seed, passkey, emergency, mark } = seeds;
    match at {
        Table::Mark => Some(mark),
        Table::Account => Some(account),
        Table::Token => Some(token_seed),
        Table::Passkey => Some(passkey),
        Table::Emergency => Some(emergency),
        Table::End => None,
    }
}

/// The next rows of a table, in the order of their identities.
async fn rows(tx: &mut Connection, at: Table, after: &str) -> Result<Vec<Sealed>, Fault> {
    Ok(match at {
        Table::Account => accounts(tx, after).await?,
        Table::Token => tokens(tx, after).await?,
        Table::Passkey => passkeys(tx, after).await?,
        Table::Emergency => sheets(tx, after).await?,
        Table::Mark => marks(tx, after).await?,
        Table::End => Vec::new(),
    })
}

async fn accounts(tx: &mut Connection, after: &str) -> sqlx::Result<Vec<Sealed>> {
    sqlx::query!(
        "SELECT employee_id, user_name, sealed FROM account WHERE employee_id > $1
                 ORDER BY employee_id LIMIT $2",
        after,
        TOGETHER
    )
    .map(|row| Sealed {
        identity: bound(&[row.employee_id.as_bytes(), row.user_name.as_bytes()]),
        id: row.employee_id,
        value: row.sealed,
    })
    .fetch_all(tx)
    .await
}

async fn tokens(tx: &mut Connection, after: &str) -> sqlx::Result<Vec<Sealed>> {
    sqlx::query!(
        "SELECT token_id, employee_id, serial, seed FROM token
                 WHERE token_id > $1 AND LENGTH(seed) > 0 ORDER BY token_id LIMIT $2",
        after,
        TOGETHER
    )
    .map(|row| {
        let holder = row.employee_id.as_deref();
        Sealed {
            identity: bound(&seal_identity(&row.token_id, holder, &row.serial)),
            id: row.token_id,
            value: row.seed,
        }
    })
    .fetch_all(tx)
    .await
}

async fn passkeys(tx: &mut Connection, after: &str) -> sqlx::Result<Vec<Sealed>> {
    sqlx::query!(
        "SELECT passkey_id, employee_id, sealed FROM passkey WHERE passkey_id > $1
                 ORDER BY passkey_id LIMIT $2",
        after,
        TOGETHER
    )
    .map(|row| Sealed {
        identity: bound(&[row.passkey_id.as_bytes(), row.employee_id.as_bytes()]),
        id: row.passkey_id,
        value: row.sealed,
    })
    .fetch_all(tx)
    .await
}

async fn sheets(tx: &mut Connection, after: &str) -> sqlx::Result<Vec<Sealed>> {
    sqlx::query!(
        "SELECT sheet_id, employee_id, sealed FROM emergency_sheet WHERE sheet_id > $1
                 ORDER BY sheet_id LIMIT $2",
        after,
        TOGETHER
    )
    .map(|row| Sealed {
        identity: bound(&[row.sheet_id.as_bytes(), row.employee_id.as_bytes()]),
        id: row.sheet_id,
        value: row.sealed,
    })
    .fetch_all(tx)
    .await
}

async fn marks(tx: &mut Connection, after: &str) -> sqlx::Result<Vec<Sealed>> {
    let name = KeyName::Seeds.as_str();
    sqlx::query!("SELECT name, sealed FROM store_key WHERE name = $1 AND name > $2", name, after)
        .map(|row| Sealed {
            identity: bound(&[row.name.as_bytes()]),
            id: row.name,
            value: row.sealed,
        })
        .fetch_all(tx)
        .await
}

fn bound(parts: &[&[u8]]) -> Vec<Vec<u8>> {
    parts.iter().map(|part| part.to_vec()).collect()
}

/// No version is raised: whoever read the row before may still write its state.
async fn write(tx: &mut Connection, at: Table, id: &str, value: &[u8]) -> Result<(), Fault> {
    match at {
        Table::Mark => sqlx::query!("UPDATE store_key SET sealed = $1 WHERE name = $2", value, id),
        Table::Account => {
            sqlx::query!("UPDATE account SET sealed = $1 WHERE employee_id = $2", value, id)
        }
        Table::Token => sqlx::query!("UPDATE token SET seed = $1 WHERE token_id = $2", value, id),
        Table::Passkey => {
            sqlx::query!("UPDATE passkey SET sealed = $1 WHERE passkey_id = $2", value, id)
        }
        Table::Emergency => {
            sqlx::query!("UPDATE emergency_sheet SET sealed = $1 WHERE sheet_id = $2", value, id)
        }
        Table::End => return Ok(()),
    }
    .execute(tx)
    .await?;
    Ok(())
}

#[cfg(test)]
#[path = "rotation_tests.rs"]
mod tests;
