//! What was ordered from vendors.

use jiff::{Timestamp, civil::Date};
use kinfold_service::ports::TokenOrder;

use crate::Store;
use crate::fault::{Fault, moment, place};

pub(super) async fn add(store: &Store, order: &TokenOrder) -> Result<bool, Fault> {
    let (tokens, arrived) = (place::to_stored(order.tokens)?, place::to_stored(order.arrived)?);
    let (ordered, expected) =
        (order.ordered.to_string(), order.expected.map(|day| day.to_string()));
    let closed = order.closed.map(moment::to_stored);
    let added = sqlx::query!(
        "INSERT INTO token_order (reference, vendor, tokens, arrived, ordered, expected, closed)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (reference) DO NOTHING",
        order.reference,
        order.vendor,
        tokens,
        arrived,
        ordered,
        expected,
        closed
    )
    .execute(&store.write)
    .await?;
    Ok(added.rows_affected() == 1)
}

pub(super) async fn all(store: &Store) -> Result<Vec<TokenOrder>, Fault> {
    let rows = sqlx::query!(
        "SELECT reference, vendor, tokens, arrived, ordered, expected, closed FROM token_order
         ORDER BY CASE WHEN closed IS NULL AND arrived < tokens THEN 0 ELSE 1 END, ordered DESC, reference
         LIMIT 100"
    )
    .fetch_all(&store.read)
    .await?;
    let mut orders = Vec::with_capacity(rows.len());
    for row in rows {
        orders.push(TokenOrder {
            reference: row.reference,
            vendor: row.vendor,
            tokens: place::from_stored(row.tokens)?,
            arrived: place::from_stored(row.arrived)?,
            ordered: day(&row.ordered)?,
            expected: row.expected.as_deref().map(day).transpose()?,
            closed: row.closed.map(moment::from_stored).transpose()?,
        });
    }
    Ok(orders)
}

pub(super) async fn close(store: &Store, reference: &str, at: Timestamp) -> Result<(), Fault> {
    let at = moment::to_stored(at);
    sqlx::query!("UPDATE token_order SET closed = $1 WHERE reference = $2", at, reference)
        .execute(&store.write)
        .await?;
    Ok(())
}

fn day(text: &str) -> Result<Date, Fault> {
    text.parse().map_err(|_| Fault::Form("the stored day of an order"))
}
