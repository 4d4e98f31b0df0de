//! What people do in the case system: each action bumps `LAST_UPDATED` of the rows it touches, and only of those.

use jiff::{Timestamp, civil::Date};
use kinfold_domain::{AbuseCategory, Address, NhsNumber, Postcode, Telephone};
use sqlx::sqlite::SqliteQueryResult;

use super::{CaseSystem, CaseSystemError, person_id, plans::category, stamp, worker_id};
use crate::RecordCopy;

/// A client's `PERSON_ID`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ClientId(pub i64);

impl From<&RecordCopy> for ClientId {
    /// The number under which a record of [`District::clients`](crate::District::clients) is filed.
    fn from(copy: &RecordCopy) -> Self {
        Self(person_id(copy.number))
    }
}

/// A plan's `CP_PLAN_ID`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct PlanId(pub i64);

/// A conference's decision.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NewPlan {
    /// The child.
    pub client: ClientId,
    /// Category.
    pub category: AbuseCategory,
    /// The key worker's place in [`District::social_workers`](crate::District::social_workers).
    pub key_worker: usize,
    /// Since when.
    pub start: Date,
    /// Next review.
    pub next_review: Date,
}

impl CaseSystem {
    /// The client whose file carries this NHS number, spaced or not.
    pub async fn client(&self, number: NhsNumber) -> Result<Option<ClientId>, CaseSystemError> {
        let sql = "SELECT PERSON_ID FROM PERSON WHERE RECORD_STATUS = 'A' AND NHS_NO IN ($1, $2)";
        let id = sqlx::query_scalar(sql).bind(number.digits()).bind(number.expose());
        Ok(id.fetch_optional(&self.pool).await?.map(ClientId))
    }

    /// The client's plan in force.
    pub async fn open_plan(&self, client: ClientId) -> Result<Option<PlanId>, CaseSystemError> {
        let sql = "SELECT CP_PLAN_ID FROM CP_PLAN
                   WHERE (PERSON_ID = $1 OR MOTHER_PERSON_ID = $1) AND STATUS = 'O'";
        let id = sqlx::query_scalar(sql).bind(client.0).fetch_optional(&self.pool).await?;
        Ok(id.map(PlanId))
    }

    /// Puts a child on a plan: the plan and the conference that made it.
    pub async fn put_child_on_plan(
        &self,
        plan: NewPlan,
        at: Timestamp,
    ) -> Result<PlanId, CaseSystemError> {
        let mut work = self.pool.begin().await?;
        let insert = "INSERT INTO CP_PLAN (PERSON_ID, PLAN_TYPE, START_DATE, INITIAL_CATEGORY, CURRENT_CATEGORY,
                        KEY_WORKER_ID, PREVIOUS_PLANS, NEXT_REVIEW_DATE, STATUS, LAST_UPDATED)
                      SELECT PERSON_ID, 'CPP', $2, $3, $3, $4,
                        (SELECT COUNT(*) FROM CP_PLAN old WHERE old.PERSON_ID = $1 AND old.STATUS = 'C'), $5, 'O', $6
                      FROM PERSON WHERE PERSON_ID = $1 RETURNING CP_PLAN_ID";
        let id: Option<i64> = sqlx::query_scalar(insert)
            .bind(plan.client.0)
            .bind(plan.start.to_string())
            .bind(category(plan.category))
            .bind(worker_id(plan.key_worker))
            .bind(plan.next_review.to_string())
            .bind(stamp(at))
            .fetch_optional(&mut *work)
            .await?;
        let id = id.ok_or(CaseSystemError::Unknown)?;
        let held = "INSERT INTO CONFERENCE (CP_PLAN_ID, CONF_TYPE, PLANNED_FOR, HELD_ON, DECISION_CODE, LAST_UPDATED)
                    VALUES ($1, 'ICPC', $2, $2, 'PLAN', $3)";
        let held = sqlx::query(held).bind(id).bind(plan.start.to_string()).bind(stamp(at));
        held.execute(&mut *work).await?;
        work.commit().await?;
        Ok(PlanId(id))
    }

    /// Ends a plan.
    pub async fn end_plan(
        &self,
        plan: PlanId,
        on: Date,
        at: Timestamp,
    ) -> Result<(), CaseSystemError> {
        let sql = "UPDATE CP_PLAN SET END_DATE = $2, STATUS = 'C', NEXT_REVIEW_DATE = NULL, LAST_UPDATED = $3
                   WHERE CP_PLAN_ID = $1 AND STATUS = 'O'";
        let update = sqlx::query(sql).bind(plan.0).bind(on.to_string()).bind(stamp(at));
        touched_one(&update.execute(&self.pool).await?)
    }

    /// Strikes a plan out as entered in error: it leaves the register without an end date.
    pub async fn strike_out_plan(
        &self,
        plan: PlanId,
        at: Timestamp,
    ) -> Result<(), CaseSystemError> {
        let sql = "UPDATE CP_PLAN SET STATUS = 'X', LAST_UPDATED = $2 WHERE CP_PLAN_ID = $1";
        let update = sqlx::query(sql).bind(plan.0).bind(stamp(at));
        touched_one(&update.execute(&self.pool).await?)
    }

    /// Corrects a worker's telephone; `worker` is their place in the district's list.
    pub async fn correct_worker_telephone(
        &self,
        worker: usize,
        telephone: &Telephone,
        at: Timestamp,
    ) -> Result<(), CaseSystemError> {
        let sql = "UPDATE WORKER SET PHONE = $2, LAST_UPDATED = $3 WHERE WORKER_ID = $1";
        let update =
            sqlx::query(sql).bind(worker_id(worker)).bind(telephone.as_str()).bind(stamp(at));
        touched_one(&update.execute(&self.pool).await?)
    }

    /// Files a new home address; the one before gets its end date.
    pub async fn move_home(
        &self,
        client: ClientId,
        home: &Address,
        (from, at): (Date, Timestamp),
    ) -> Result<(), CaseSystemError> {
        let mut work = self.pool.begin().await?;
        let close = "UPDATE ADDRESS_HISTORY SET TO_DATE = $2, LAST_UPDATED = $3
                     WHERE PERSON_ID = $1 AND TO_DATE IS NULL";
        let close = sqlx::query(close).bind(client.0).bind(from.to_string()).bind(stamp(at));
        close.execute(&mut *work).await?;
        let line = |place: usize| home.lines.get(place).map_or("", |line| line.expose().as_str());
        let insert =
            "INSERT INTO ADDRESS (LINE_1, TOWN, POSTCODE) VALUES ($1, $2, $3) RETURNING ADDRESS_ID";
        let address: i64 = sqlx::query_scalar(insert)
            .bind(line(0))
            .bind(line(1))
            .bind(home.postcode.as_ref().map(Postcode::expose))
            .fetch_one(&mut *work)
            .await?;
        let insert = "INSERT INTO ADDRESS_HISTORY (PERSON_ID, ADDRESS_ID, ADDR_TYPE, FROM_DATE, LAST_UPDATED)
                      VALUES ($1, $2, 'HOM', $3, $4)";
        let insert =
            sqlx::query(insert).bind(client.0).bind(address).bind(from.to_string()).bind(stamp(at));
        insert.execute(&mut *work).await?;
        let person = "UPDATE PERSON SET LAST_UPDATED = $2 WHERE PERSON_ID = $1";
        touched_one(
            &sqlx::query(person).bind(client.0).bind(stamp(at)).execute(&mut *work).await?,
        )?;
        work.commit().await?;
        Ok(())
    }

    /// Corrects the name under which a client is filed.
    pub async fn rename(
        &self,
        client: ClientId,
        (family, given): (&str, &str),
        at: Timestamp,
    ) -> Result<(), CaseSystemError> {
        let sql = "UPDATE PERSON SET SURNAME = $2, FORENAMES = $3, LAST_UPDATED = $4 WHERE PERSON_ID = $1";
        let update = sqlx::query(sql).bind(client.0).bind(family).bind(given).bind(stamp(at));
        touched_one(&update.execute(&self.pool).await?)
    }
}

fn touched_one(result: &SqliteQueryResult) -> Result<(), CaseSystemError> {
    if result.rows_affected() == 1 { Ok(()) } else { Err(CaseSystemError::Unknown) }
}
