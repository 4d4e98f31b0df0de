//! Handing a whole store over, and taking one in.

use async_trait::async_trait;
use futures::TryStreamExt;
use kinfold_service::ports::PortError;
use kinfold_store::{Cell, Movable, Moved, TABLES};
use sqlx::{AssertSqlSafe, Column as _, QueryBuilder, Row as _, TypeInfo as _};
use tokio::sync::mpsc;

use crate::Store;
use crate::engine::{Connection, Database};
use crate::fault::{Doing, Fault, place};

type Row = <Database as sqlx::Database>::Row;

#[async_trait]
impl Movable for Store {
    async fn hand_over(&self, to: mpsc::Sender<Moved>) -> Result<(), PortError> {
        self.read_all(to).await.doing("handing the store over")
    }

    async fn take_in(&self, from: mpsc::Receiver<Moved>) -> Result<u64, PortError> {
        self.write_all(from).await.doing("taking a store in")
    }
}

impl Store {
    async fn read_all(&self, to: mpsc::Sender<Moved>) -> Result<(), Fault> {
        let gone = || Fault::Form("the store that takes it in");
        // Nobody writes meanwhile.
        let mut tx = self.begin().await?;
        for table in TABLES {
            let mut rows =
                sqlx::query(AssertSqlSafe(format!("SELECT * FROM {table}"))).fetch(&mut *tx);
            while let Some(row) = rows.try_next().await? {
                let row = Moved::Row(table, cells(&row)?);
                to.send(row).await.map_err(|_| gone())?;
            }
        }
        to.send(Moved::End).await.map_err(|_| gone())
    }

    async fn write_all(&self, mut from: mpsc::Receiver<Moved>) -> Result<u64, Fault> {
        let mut tx = self.begin().await?;
        refuse_unless_empty(&mut tx).await?;
        // They come along with what they were sealed for.
        sqlx::query("DELETE FROM store_key").execute(&mut *tx).await?;
        let mut taken = 0;
        while let Some(moved) = from.recv().await {
            let Moved::Row(table, cells) = moved else {
                tx.commit().await?;
                return Ok(taken);
            };
            insert(&mut tx, table, cells).await?;
            taken += 1;
        }
        Err(Fault::Form("what was handed over"))
    }
}

async fn refuse_unless_empty(tx: &mut Connection) -> Result<(), Fault> {
    for table in TABLES.into_iter().filter(|table| *table != "store_key") {
        let count = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        let count: i64 = sqlx::query_scalar(count).fetch_one(&mut *tx).await?;
        if place::from_stored(count)? > 0 {
            return Err(Fault::NotEmpty);
        }
    }
    Ok(())
}

async fn insert(
    tx: &mut Connection,
    table: &'static str,
    cells: Vec<(String, Cell)>,
) -> Result<(), Fault> {
    let columns: Vec<&str> = cells.iter().map(|(column, _)| column.as_str()).collect();
    let mut insert = QueryBuilder::<Database>::new(format!(
        "INSERT INTO {table} ({}) VALUES (",
        columns.join(", ")
    ));
    let mut values = insert.separated(", ");
    for (_, cell) in cells {
        match cell {
            Cell::Text(text) => values.push_bind(text),
            Cell::Number(number) => values.push_bind(number),
            Cell::Truth(truth) => values.push_bind(truth),
            Cell::Bytes(bytes) => values.push_bind(bytes),
        };
    }
    insert.push(")");
    insert.build().execute(tx).await?;
    Ok(())
}

/// A row's values, by the types that its table declares.
fn cells(row: &Row) -> Result<Vec<(String, Cell)>, Fault> {
    row.columns()
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let cell = match column.type_info().name() {
                "TEXT" => Cell::Text(row.try_get(at)?),
                "BIGINT" | "INTEGER" | "INT8" => Cell::Number(row.try_get(at)?),
                "BOOLEAN" | "BOOL" => Cell::Truth(row.try_get(at)?),
                "BLOB" | "BYTEA" => Cell::Bytes(row.try_get(at)?),
                _ => return Err(Fault::Form("a column's type")),
            };
            Ok((column.name().to_owned(), cell))
        })
        .collect()
}
