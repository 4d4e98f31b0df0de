//! The council's case system: a `SQLite` database with a schema of its own.

mod actions;
mod casework;
mod codes;
mod crowd;
mod people;
mod plans;

use std::path::Path;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::Value;
use sqlx::SqlitePool;

pub use actions::{ClientId, NewPlan, PlanId};

use crate::{
    District,
    chance::Chance,
    dates::{days_before, moment},
    storage::{self, Building, Progress, StorageError, Table},
};

/// Why the case system did not do it.
#[derive(Debug, thiserror::Error)]
pub enum CaseSystemError {
    /// The file or the database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// No such client, plan or worker.
    #[error("the case system has no such record")]
    Unknown,
}

impl From<sqlx::Error> for CaseSystemError {
    fn from(error: sqlx::Error) -> Self {
        Self::Storage(error.into())
    }
}

/// The case system, as somebody who works in it changes it.
#[derive(Clone, Debug)]
pub struct CaseSystem {
    pool: SqlitePool,
}

/// A table and the rows that it starts with.
type Filled = (Table, Vec<Value>);
/// A step of the writing.
type Step = (&'static str, fn(&District) -> Vec<Filled>);

impl CaseSystem {
    /// Writes the council's side of a district into a new database at `path`, replacing what was there.
    pub async fn create(
        path: &Path,
        district: &District,
        mut progress: impl FnMut(Progress) + Send,
    ) -> Result<(), CaseSystemError> {
        let mut building = Building::begin(path, include_str!("schema.sql")).await?;
        let steps: [Step; 4] = [
            ("codes and workers", codes::fill),
            ("people and their families", people::fill),
            ("plans and periods of care", plans::fill),
            ("assessments and notes", casework::fill),
        ];
        let of = steps.len();
        for (done, (step, fill)) in steps.into_iter().enumerate() {
            progress(Progress { step, done, of });
            for (table, rows) in fill(district) {
                building.insert(&table, &rows).await?;
            }
        }
        building.finish().await?;
        progress(Progress { step: "done", done: of, of });
        Ok(())
    }

    /// Opens the database that [`CaseSystem::create`] wrote.
    pub async fn open(path: &Path) -> Result<Self, CaseSystemError> {
        Ok(Self { pool: storage::open(path).await? })
    }
}

/// The number under which the case system files a client.
fn person_id(number: usize) -> i64 {
    100_000 + i64::try_from(number).unwrap_or(0)
}

/// The unborn child of a client is filed as a person too.
fn unborn_id(mother: usize) -> i64 {
    500_000 + person_id(mother)
}

/// The identifier of a worker by their place in the district.
fn worker_id(place: usize) -> i64 {
    i64::try_from(place).unwrap_or(0) + 1
}

/// A moment as `LAST_UPDATED` holds it.
fn stamp(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// When a row was last touched: within `days` before the district's day.
fn touched(today: Date, days: i32, chance: &mut Chance) -> String {
    let day = days_before(today, chance.between(1, days.max(1)));
    stamp(moment(day, chance.between(8 * 60, 18 * 60)))
}

#[cfg(test)]
#[path = "case_system_tests.rs"]
mod tests;
