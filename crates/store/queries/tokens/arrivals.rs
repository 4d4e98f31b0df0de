//! Tokens of a file that is being imported: stored some at a time, so that sign-ins are not kept waiting, and seen by nobody before
//! all are there.

use jiff::Timestamp;
use kinfold_service::ports::TokenId;
use kinfold_token::{Kind, Standing, TokenState};
use kinfold_token_file::FileToken;

use super::{seal_identity, to_json};
use crate::Store;
use crate::fault::{Fault, moment, place};

/// Rows that one statement changes: the database keeps in memory what it would need to undo a whole one.
const TOGETHER: i64 = 5_000;

pub(super) async fn begin(store: &Store) -> Result<(), Fault> {
    loop {
        let deleted = sqlx::query!(
            "DELETE FROM token WHERE token_id IN
                 (SELECT token_id FROM token WHERE arriving = TRUE LIMIT $1)",
            TOGETHER
        )
        .execute(&store.write)
        .await?;
        if deleted.rows_affected() == 0 {
            return Ok(());
        }
    }
}

pub(super) async fn arrive(
    store: &Store,
    tokens: Vec<(TokenId, FileToken)>,
    at: Timestamp,
) -> Result<Vec<bool>, Fault> {
    let (since, entropy) = (moment::to_stored(at), &*store.columns.entropy);
    let (kind, standing) = (Kind::Fob.word(), Standing::InStock.word());
    let state = to_json(&TokenState::default())?;
    let mut new = Vec::with_capacity(tokens.len());
    let seeds = store.seeds().await;
    let mut tx = store.begin().await?;
    for (id, token) in &tokens {
        let (id, serial) = (id.0.to_string(), token.serial.as_str());
        let parameters = to_json(&token.parameters)?;
        let identity = seal_identity(&id, None, serial);
        let seed = seeds.token_seed.seal(entropy, &identity, token.seed.expose())?;
        let added = sqlx::query!(
            "INSERT INTO token (token_id, serial, kind, maker, standing, since, until, arriving,
                 employee_id, added, parameters, state, version, seed)
             VALUES ($1, $2, $3, $4, $5, $6, NULL, TRUE, NULL, NULL, $7, $8, 0, $9)
             ON CONFLICT (serial) DO NOTHING",
            id,
            serial,
            kind,
            token.maker,
            standing,
            since,
            parameters,
            state,
            seed
        )
        .execute(&mut *tx)
        .await?;
        new.push(added.rows_affected() == 1);
    }
    tx.commit().await?;
    Ok(new)
}

pub(super) async fn keep(store: &Store, order: Option<&str>) -> Result<u64, Fault> {
    let mut tx = store.begin().await?;
    let mut kept = 0;
    loop {
        let some = sqlx::query!(
            "UPDATE token SET arriving = FALSE WHERE token_id IN
                 (SELECT token_id FROM token WHERE arriving = TRUE LIMIT $1)",
            TOGETHER
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if some == 0 {
            break;
        }
        kept += some;
    }
    if let Some(order) = order {
        let arrived = place::to_stored(kept)?;
        sqlx::query!(
            "UPDATE token_order SET arrived = arrived + $1 WHERE reference = $2",
            arrived,
            order
        )
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    Ok(kept)
}
