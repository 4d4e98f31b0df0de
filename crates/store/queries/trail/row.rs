//! A look as its table holds it.

use std::str::FromStr;

use kinfold_domain::{AskId, EmployeeId};
use kinfold_service::ports::{Look, LookKey, LookKind};
use uuid::Uuid;

use crate::fault::{Fault, moment, place};

/// One row of `look`.
pub(super) struct Row {
    pub(super) place: i64,
    pub(super) kind: String,
    pub(super) ask_id: String,
    pub(super) at: i64,
    pub(super) agency: String,
    pub(super) employee_id: Option<String>,
    pub(super) look_keys: Vec<u8>,
}

impl TryFrom<&Look> for Row {
    type Error = Fault;

    fn try_from(look: &Look) -> Result<Self, Fault> {
        Ok(Self {
            place: place::to_stored(look.index)?,
            kind: word(look.kind).to_owned(),
            ask_id: look.ask.0.to_string(),
            at: moment::to_stored(look.at),
            agency: look.agency.as_str().to_owned(),
            employee_id: look.employee.map(|employee| employee.0.to_string()),
            look_keys: look.keys.iter().flat_map(|key| key.0).collect(),
        })
    }
}

impl TryFrom<Row> for Look {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let unknown = |_| Fault::Form("an identity of a look");
        let employee = row.employee_id.as_deref().map(Uuid::from_str).transpose();
        let (keys, rest) = row.look_keys.as_chunks::<32>();
        if !rest.is_empty() {
            return Err(Fault::Form("the keys of a look"));
        }
        Ok(Self {
            index: place::from_stored(row.place)?,
            kind: kind(&row.kind)?,
            ask: AskId(row.ask_id.parse().map_err(unknown)?),
            at: moment::from_stored(row.at)?,
            agency: row.agency.parse().map_err(|_| Fault::Form("the agency of a look"))?,
            employee: employee.map_err(unknown)?.map(EmployeeId),
            keys: keys.iter().copied().map(LookKey).collect(),
        })
    }
}

const fn word(kind: LookKind) -> &'static str {
    match kind {
        LookKind::Intent => "intent",
        LookKind::Receipt => "receipt",
        LookKind::Disclosure => "disclosure",
        LookKind::Refusal => "refusal",
        LookKind::ReplicaLook => "replica-look",
        LookKind::GlassReview => "glass-review",
    }
}

fn kind(word: &str) -> Result<LookKind, Fault> {
    Ok(match word {
        "intent" => LookKind::Intent,
        "receipt" => LookKind::Receipt,
        "disclosure" => LookKind::Disclosure,
        "refusal" => LookKind::Refusal,
        "replica-look" => LookKind::ReplicaLook,
        "glass-review" => LookKind::GlassReview,
        _ => return Err(Fault::Form("the kind of a look")),
    })
}
