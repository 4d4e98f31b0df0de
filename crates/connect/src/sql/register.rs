//! The register, whole, out of one snapshot.

use std::collections::{BTreeMap, BTreeSet};

use kinfold_domain::{
    AbuseCategory, BirthDate, EntryId, HouseholdMember, LegalBasis, Professional, RegisterEntry,
    RegisterPhones, RegisterStatus, SealedDesk,
};
use kinfold_service::ports::{Rejected, SourceError};

use super::database::Snapshot;
use super::identity::{demographics, household_member, professional};
use super::mapping::{Mapping, Table};
use super::people::column;
use super::plan::{Plan, Plans};
use super::row::{Cell, RowReader};

/// Rows of a register's query that are read: all children on plans and in care of England, and more, so only a query that joins wrongly
/// gives more.
const MOST_ROWS: usize = 500_000;

/// Entries, and the rows that can't be read.
pub(super) type Register = (Vec<RegisterEntry>, Vec<Rejected>);

/// Reads one professional or relative.
type ReadChild<T> = fn(&mut RowReader<'_>) -> Option<T>;

/// Whose professionals and relatives are read.
enum Whose {
    Everybodys,
    /// Those of these entries.
    Of(Vec<String>),
}

impl Whose {
    fn filter(&self, table: &Table, plan: &Plan) -> (String, Vec<&str>) {
        let (Self::Of(ids), Some(entry)) = (self, column(table, "entry")) else {
            return (String::new(), Vec::new());
        };
        let places: Vec<String> = (1..=ids.len()).map(|at| format!("${at}")).collect();
        let filter =
            format!("WHERE CAST({} AS TEXT) IN ({}) ", plan.quoted(entry), places.join(", "));
        (filter, ids.iter().map(String::as_str).collect())
    }
}

pub(super) struct RegisterReader<'a> {
    pub(super) mapping: &'a Mapping,
    pub(super) plans: &'a Plans,
}

impl RegisterReader<'_> {
    /// All of it; `None` when the mapping has no register.
    pub(super) async fn whole(
        &self,
        snapshot: &mut Snapshot,
    ) -> Result<Option<Register>, SourceError> {
        let (Some(table), Some(plan)) = (&self.mapping.register, &self.plans.register) else {
            return Ok(None);
        };
        let rows = rows(plan, snapshot, "", &[]).await?;
        self.entries((table, plan), &rows, snapshot, &Whose::Everybodys).await.map(Some)
    }

    /// The entries of one person.
    pub(super) async fn of_person(
        &self,
        snapshot: &mut Snapshot,
        person: &str,
    ) -> Result<Register, SourceError> {
        let (Some(table), Some(plan)) = (&self.mapping.register, &self.plans.register) else {
            return Ok((Vec::new(), Vec::new()));
        };
        let Some(of) = column(table, "person") else { return Ok((Vec::new(), Vec::new())) };
        let id = self.mapping.person_id.placeholder_for(plan);
        let filter = format!("WHERE {} = {id} ", plan.quoted(of));
        let rows = rows(plan, snapshot, &filter, &[person]).await?;
        if rows.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let ids =
            rows.iter().map(|cells| self.reader(table, plan, cells, "id").record().to_owned());
        let whose = Whose::Of(ids.collect());
        self.entries((table, plan), &rows, snapshot, &whose).await
    }

    async fn entries(
        &self,
        (table, plan): (&Table, &Plan),
        rows: &[Vec<Cell>],
        snapshot: &mut Snapshot,
        whose: &Whose,
    ) -> Result<Register, SourceError> {
        let mut rejected = Vec::new();
        let mut professionals = BTreeMap::new();
        let tables = (&self.mapping.register_professionals, &self.plans.register_professionals);
        if let (Some(table), Some(plan)) = tables {
            professionals = self
                .children((table, plan), whose, snapshot, (professional, &mut rejected))
                .await?;
        }
        let mut household = BTreeMap::new();
        let tables = (&self.mapping.register_household, &self.plans.register_household);
        if let (Some(table), Some(plan)) = tables {
            household = self
                .children((table, plan), whose, snapshot, (household_member, &mut rejected))
                .await?;
        }
        let mut entries = Vec::with_capacity(rows.len());
        let mut seen = BTreeSet::new();
        for (number, cells) in (1..).zip(rows) {
            let mut row = self.reader(table, plan, cells, "id");
            let source_id = row.record().to_owned();
            row.numbered(number);
            if let Some(mut entry) = entry(&mut row) {
                if seen.insert(entry.id.clone()) {
                    entry.professionals = professionals.remove(&source_id).unwrap_or_default();
                    entry.household = household.remove(&source_id).unwrap_or_default();
                    entries.push(entry);
                } else {
                    row.refuse(
                        "id",
                        "occurs more than once: the query must give each entry one row",
                    );
                }
            }
            rejected.extend(row.into_problems());
        }
        Ok((entries, rejected))
    }

    async fn children<T>(
        &self,
        (table, plan): (&Table, &Plan),
        whose: &Whose,
        snapshot: &mut Snapshot,
        (read, rejected): (ReadChild<T>, &mut Vec<Rejected>),
    ) -> Result<BTreeMap<String, Vec<T>>, SourceError> {
        let mut children: BTreeMap<String, Vec<T>> = BTreeMap::new();
        let order = column(table, "order").map(|order| format!("ORDER BY {} ", plan.quoted(order)));
        let (filter, binds) = whose.filter(table, plan);
        let rest = format!("{filter}{}", order.unwrap_or_default());
        for cells in rows(plan, snapshot, &rest, &binds).await? {
            let mut row = self.reader(table, plan, &cells, "entry");
            let entry = row.record().to_owned();
            if let Some(child) = read(&mut row) {
                children.entry(entry).or_default().push(child);
            }
            // The entry counts without it.
            rejected
                .extend(row.into_problems().into_iter().map(|p| Rejected { loaded: true, ..p }));
        }
        Ok(children)
    }

    fn reader<'r>(
        &'r self,
        table: &'r Table,
        plan: &'r Plan,
        cells: &'r [Cell],
        key: &str,
    ) -> RowReader<'r> {
        RowReader::new(table, &plan.columns, cells, &self.mapping.zone, key)
    }
}

async fn rows(
    plan: &Plan,
    snapshot: &mut Snapshot,
    filter: &str,
    binds: &[&str],
) -> Result<Vec<Vec<Cell>>, SourceError> {
    let rest = format!("{filter}LIMIT {}", MOST_ROWS + 1);
    let rows = snapshot.rows(plan.sql("", &rest), binds).await?;
    if rows.len() > MOST_ROWS {
        return Err(SourceError::Garbled(format!(
            "a query of the register gives more than {MOST_ROWS} rows"
        )));
    }
    Ok(rows)
}

fn entry(row: &mut RowReader<'_>) -> Option<RegisterEntry> {
    let id = entry_id(row)?;
    let status = match row.word("status") {
        Some("child-protection-plan") => RegisterStatus::ChildProtectionPlan,
        Some("looked-after") => RegisterStatus::LookedAfter,
        Some("unborn-plan") => RegisterStatus::UnbornPlan,
        _ => {
            row.refuse("status", "is missing or has no meaning yet");
            return None;
        }
    };
    let Some(start) = row.date("start") else {
        row.refuse("start", "is missing or unreadable");
        return None;
    };
    Some(RegisterEntry {
        id,
        status,
        subject: demographics(row)?,
        expected: row.date("expected").and_then(|date| BirthDate::try_from(date).ok()),
        initial_category: abuse(row, "initial_category"),
        category: abuse(row, "category"),
        legal_basis: legal_basis(row),
        start,
        end: row.date("end"),
        previous_plans: row.count("previous_plans"),
        next_review: row.date("next_review"),
        professionals: Vec::<Professional>::new(),
        phones: phones(row)?,
        household: Vec::<HouseholdMember>::new(),
        school: row.text("school").map(Into::into),
        sealed: sealed(row)?,
        successor: None,
        handing_over: None,
    })
}

/// The source's reference as ours: lower case, with hyphens for what may not stand in one.
fn entry_id(row: &mut RowReader<'_>) -> Option<EntryId> {
    let text = row.must("id")?.to_lowercase().replace([' ', '/', ':'], "-");
    let id = text.parse();
    if id.is_err() {
        row.refuse("id", "has characters other than letters, digits and hyphens, or more than 64");
    }
    id.ok()
}

fn abuse(row: &mut RowReader<'_>, field: &str) -> Option<AbuseCategory> {
    Some(match row.word(field)? {
        "NEG" | "01" => AbuseCategory::Neglect,
        "PHY" | "02" => AbuseCategory::Physical,
        "EMO" | "03" => AbuseCategory::Emotional,
        "SAB" | "04" => AbuseCategory::Sexual,
        _ => AbuseCategory::Multiple,
    })
}

fn legal_basis(row: &mut RowReader<'_>) -> Option<LegalBasis> {
    Some(match row.word("legal_basis")? {
        "s20" => LegalBasis::S20,
        "s31" => LegalBasis::S31,
        _ => LegalBasis::S38,
    })
}

fn phones(row: &mut RowReader<'_>) -> Option<RegisterPhones> {
    let office = row.confirmed_telephone("office_telephone", "office_telephone_confirmed");
    let edt = row.confirmed_telephone("emergency_telephone", "emergency_telephone_confirmed");
    if office.is_none() || edt.is_none() {
        row.refuse(
            "office_telephone or emergency_telephone",
            "is missing: an answer must name whom to ring",
        );
    }
    Some(RegisterPhones { office: office?, emergency_duty_team: edt? })
}

/// The desk of a sealed child; refused without one, for then nobody could be rung.
#[allow(clippy::option_option, reason = "refused, not sealed, or sealed")]
fn sealed(row: &mut RowReader<'_>) -> Option<Option<SealedDesk>> {
    if row.yes("sealed") == Some(false) {
        return Some(None);
    }
    let desk = (row.text("desk"), row.telephone("desk_telephone"), row.text("desk_reference"));
    let (Some(desk), Some(telephone), Some(reference)) = desk else {
        row.refuse("desk, desk_telephone or desk_reference", "is missing for a sealed child");
        return None;
    };
    Some(Some(SealedDesk { desk, telephone, reference }))
}
