//! Plans, periods of care, conferences, core groups, and restrictions.

use jiff::civil::Date;
use kinfold_domain::{AbuseCategory, LegalBasis, RegisterStatus};
use serde_json::{Value, json};

use super::{Filled, person_id, touched, unborn_id, worker_id};
use crate::{
    District, Placement, SealReason, chance::Chance, dates::days_before, storage::Table,
    telephones::landline,
};

/// The first identifiers, so that a plan's is not mistaken for an episode's.
const FIRST_PLAN: usize = 4_001;
const FIRST_EPISODE: usize = 7_001;
pub(super) const CP_PLAN: &[&str] = &[
    "CP_PLAN_ID",
    "PERSON_ID",
    "MOTHER_PERSON_ID",
    "PLAN_TYPE",
    "START_DATE",
    "END_DATE",
    "INITIAL_CATEGORY",
    "CURRENT_CATEGORY",
    "KEY_WORKER_ID",
    "PREVIOUS_PLANS",
    "NEXT_REVIEW_DATE",
    "STATUS",
    "LAST_UPDATED",
];
const LAC_EPISODE: &[&str] = &[
    "EPISODE_ID",
    "PERSON_ID",
    "LEGAL_STATUS_CODE",
    "PLACEMENT_CODE",
    "START_DATE",
    "END_DATE",
    "WORKER_ID",
    "NEXT_REVIEW_DATE",
    "STATUS",
    "LAST_UPDATED",
];
const RESTRICTION: &[&str] = &[
    "PERSON_ID",
    "REASON_CODE",
    "DESK_NAME",
    "DESK_PHONE",
    "DESK_REFERENCE",
    "FROM_DATE",
    "LAST_UPDATED",
];

pub(super) fn fill(district: &District) -> Vec<Filled> {
    let mut chance = Chance::new(district.seed, 13);
    let (mut plans, mut episodes) = (Vec::new(), Vec::new());
    let (mut conferences, mut core_groups) = (Vec::new(), Vec::new());
    for placement in &district.placements {
        let Some(client) = district.links.client(placement.resident) else { continue };
        let number = district.clients[client].number;
        if placement.status == RegisterStatus::LookedAfter {
            let id = FIRST_EPISODE + episodes.len();
            episodes.push(episode(district, placement, (id, number), &mut chance));
        } else {
            let id = FIRST_PLAN + plans.len();
            plans.push(plan(district, placement, (id, number), &mut chance));
            conferences.extend(conference_rows(district, placement, id, &mut chance));
            core_groups.extend(core_group(district, placement, id, &mut chance));
        }
    }
    let conference =
        &["CP_PLAN_ID", "CONF_TYPE", "PLANNED_FOR", "HELD_ON", "DECISION_CODE", "LAST_UPDATED"];
    let member =
        &["CP_PLAN_ID", "MEMBER_NAME", "MEMBER_ROLE", "ORGANISATION", "PHONE", "LAST_UPDATED"];
    vec![
        (Table { name: "CP_PLAN", columns: CP_PLAN }, plans),
        (Table { name: "LAC_EPISODE", columns: LAC_EPISODE }, episodes),
        (Table { name: "CONFERENCE", columns: conference }, conferences),
        (Table { name: "CORE_GROUP_MEMBER", columns: member }, core_groups),
        (Table { name: "RESTRICTION", columns: RESTRICTION }, restrictions(district, &mut chance)),
    ]
}

fn plan(
    district: &District,
    placement: &Placement,
    (id, number): (usize, usize),
    chance: &mut Chance,
) -> Value {
    let unborn = placement.status == RegisterStatus::UnbornPlan;
    let (person, mother, kind) = if unborn {
        (unborn_id(number), Some(person_id(number)), "UNB")
    } else {
        (person_id(number), None, "CPP")
    };
    json!([
        id,
        person,
        mother,
        kind,
        placement.start.to_string(),
        text(placement.end),
        placement.initial_category.map(category),
        placement.category.map(category),
        worker_id(placement.key_worker),
        placement.previous_plans,
        text(placement.next_review),
        status(placement),
        changed(district, placement, chance),
    ])
}

fn episode(
    district: &District,
    placement: &Placement,
    (id, number): (usize, usize),
    chance: &mut Chance,
) -> Value {
    let legal = match placement.legal_basis {
        Some(LegalBasis::S38) => "C1",
        Some(LegalBasis::S31) => "C2",
        _ => "V2",
    };
    json!([
        id,
        person_id(number),
        legal,
        chance.pick(&["U1", "U6", "U6", "K2"]),
        placement.start.to_string(),
        text(placement.end),
        worker_id(placement.key_worker),
        text(placement.next_review),
        status(placement),
        changed(district, placement, chance),
    ])
}

/// The conference that made the plan, and the one that reviews it next.
fn conference_rows(
    district: &District,
    placement: &Placement,
    plan: usize,
    chance: &mut Chance,
) -> Vec<Value> {
    let updated = changed(district, placement, chance);
    let start = placement.start.to_string();
    let mut rows = vec![json!([plan, "ICPC", start, start, "PLAN", updated])];
    if let Some(review) = placement.next_review {
        rows.push(json!([plan, "RCPC", review.to_string(), null, null, updated]));
    }
    rows
}

/// A health visitor or school nurse, and somebody of the school or nursery.
fn core_group(
    district: &District,
    placement: &Placement,
    plan: usize,
    chance: &mut Chance,
) -> Vec<Value> {
    let updated = changed(district, placement, chance);
    let clinician = chance.pick(&district.clinicians);
    let name = format!("{} {}", clinician.name.given(), clinician.name.family());
    let teacher = chance.pick(&["Terry Teacher (sample)", "Harriet Head (sample)"]);
    let school = landline(300 + chance.below(60));
    vec![
        json!([plan, name, clinician.job_title, clinician.team, clinician.telephone, updated]),
        json!([plan, teacher, "Designated safeguarding lead", "School", school, updated]),
    ]
}

fn restrictions(district: &District, chance: &mut Chance) -> Vec<Value> {
    let sealed = district.placements.iter().filter_map(|placement| {
        Some((placement, placement.sealed?, district.links.client(placement.resident)?))
    });
    sealed
        .enumerate()
        .map(|(place, (placement, reason, client))| {
            let code = match reason {
                SealReason::Adoption => "ADP",
                SealReason::Refuge => "REF",
                SealReason::WitnessProtection => "WIT",
            };
            let reference = format!("ASH-{:04}", 1_042 + place * 7);
            let updated = touched(district.today, 300, chance);
            let id = person_id(district.clients[client].number);
            let from = placement.start.to_string();
            json!([id, code, "Restricted records desk", landline(180), reference, from, updated])
        })
        .collect()
}

/// A plan's row changed when it ended, or some time since it began.
fn changed(district: &District, placement: &Placement, chance: &mut Chance) -> String {
    let last = placement.end.unwrap_or(district.today).min(days_before(district.today, 1));
    let since = crate::dates::days_between(placement.start, last).clamp(1, 60);
    touched(last, since, chance)
}

fn status(placement: &Placement) -> &'static str {
    if placement.end.is_some() { "C" } else { "O" }
}

pub(super) const fn category(category: AbuseCategory) -> &'static str {
    match category {
        AbuseCategory::Neglect => "NEG",
        AbuseCategory::Physical => "PHY",
        AbuseCategory::Emotional => "EMO",
        AbuseCategory::Sexual => "SAB",
        AbuseCategory::Multiple => "MUL",
    }
}

fn text(date: Option<Date>) -> Option<String> {
    date.map(|date| date.to_string())
}
