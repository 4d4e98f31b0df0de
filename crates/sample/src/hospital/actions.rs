//! What happens at the hospital: arrivals, departures, births.

use jiff::Timestamp;
use kinfold_domain::{NhsNumber, PersonName, Sex};
use serde_json::{Value, json};

use super::{
    HOSPITAL_NUMBER, Hospital, HospitalError, NHS_NUMBER,
    clinical::{OUTCOMES, Visit, encounter, finish},
    demographics::{gender, hospital_number, name, patient_id},
    records::{current, write},
};
use crate::RecordCopy;

/// A patient's resource id.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct PatientId(pub String);

impl From<&RecordCopy> for PatientId {
    /// The id under which a record of [`District::patients`](crate::District::patients) is served.
    fn from(copy: &RecordCopy) -> Self {
        Self(patient_id(copy.number))
    }
}

/// An encounter's resource id.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct EncounterId(pub String);

impl Hospital {
    /// The patient whose record carries this NHS number.
    pub async fn patient(&self, number: NhsNumber) -> Result<Option<PatientId>, HospitalError> {
        let sql = "SELECT id FROM identifier WHERE kind = 'Patient' AND system = $1 AND value = $2";
        let query = sqlx::query_scalar(sql).bind(NHS_NUMBER).bind(number.digits());
        Ok(query.fetch_optional(&self.pool).await?.map(PatientId))
    }

    /// A patient arrives in the emergency department.
    pub async fn admit(
        &self,
        patient: &PatientId,
        reason: &str,
        at: Timestamp,
    ) -> Result<EncounterId, HospitalError> {
        let mut work = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        current(&mut work, "Patient", &patient.0).await?;
        let sql = "SELECT COUNT(*) FROM resource_version
                   WHERE patient = $1 AND kind = 'Encounter' AND version = 1";
        let before: i64 = sqlx::query_scalar(sql).bind(&patient.0).fetch_one(&mut *work).await?;
        let id = format!("{}-{}", patient.0.replacen("pat-", "enc-", 1), before + 1);
        let visit = Visit { id: id.clone(), patient: &patient.0, reason, start: at, end: None };
        write(&mut work, encounter(&visit), at).await?;
        work.commit().await?;
        Ok(EncounterId(id))
    }

    /// The patient goes home.
    pub async fn discharge(&self, visit: &EncounterId, at: Timestamp) -> Result<(), HospitalError> {
        let mut work = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let mut body = current(&mut work, "Encounter", &visit.0).await?;
        finish(&mut body, at, OUTCOMES[0]);
        write(&mut work, body, at).await?;
        work.commit().await?;
        Ok(())
    }

    /// A child is born: "Baby" of the mother's surname, at the mother's address. The NHS number is the caller's to choose.
    pub async fn register_newborn(
        &self,
        mother: &PatientId,
        (number, sex): (NhsNumber, Sex),
        at: Timestamp,
    ) -> Result<PatientId, HospitalError> {
        let mut work = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let mother = current(&mut work, "Patient", &mother.0).await?;
        let sql = "SELECT COUNT(*) FROM resource_version WHERE kind = 'Patient' AND version = 1";
        let count: i64 = sqlx::query_scalar(sql).fetch_one(&mut *work).await?;
        let place = usize::try_from(count).unwrap_or(0) + 1;
        let baby = baby(&mother, place, (number, sex), at);
        write(&mut work, baby, at).await?;
        work.commit().await?;
        Ok(PatientId(patient_id(place)))
    }

    /// The patient's name is registered or corrected; the one before becomes an old name.
    pub async fn rename(
        &self,
        patient: &PatientId,
        to: &PersonName,
        at: Timestamp,
    ) -> Result<(), HospitalError> {
        let mut work = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let mut body = current(&mut work, "Patient", &patient.0).await?;
        let mut before = body["name"][0].take();
        before["use"] = json!("old");
        body["name"] = json!([name("official", to), before]);
        write(&mut work, body, at).await?;
        work.commit().await?;
        Ok(())
    }
}

fn baby(mother: &Value, place: usize, (number, sex): (NhsNumber, Sex), at: Timestamp) -> Value {
    let family = mother.pointer("/name/0/family").and_then(Value::as_str).unwrap_or_default();
    let born = super::records::instant(at);
    json!({
        "resourceType": "Patient",
        "id": patient_id(place),
        "identifier": [
            { "use": "usual", "system": HOSPITAL_NUMBER, "value": hospital_number(place) },
            { "use": "official", "system": NHS_NUMBER, "value": number.digits() },
        ],
        "active": true,
        "name": [{ "use": "official", "family": family, "given": ["Baby"] }],
        "gender": gender(sex),
        "birthDate": born.get(..10),
        "address": mother.get("address").cloned().unwrap_or_else(|| json!([])),
    })
}
