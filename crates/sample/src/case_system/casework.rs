//! Involvements, assessments, and the headlines of case notes.

use kinfold_domain::RegisterStatus;
use serde_json::{Value, json};

use super::{Filled, person_id, touched, worker_id};
use crate::{
    District, Placement, RecordCopy,
    chance::Chance,
    dates::days_before,
    staff::{SOCIAL_WORKERS, TEAMS},
    storage::Table,
};

const SUMMARIES: [&str; 6] = [
    "Home conditions poor at two visits; parents accept support.",
    "School reports attendance under 80 per cent.",
    "Concerns about arguments between the adults at home.",
    "Child presents well; parent asked for help with housing.",
    "Missed three health appointments in six months.",
    "Referred by the emergency department after an unexplained bruise; explanation accepted.",
];
const HEADLINES: [&str; 6] = [
    "Home visit: child seen alone, settled",
    "Telephone call from school about attendance",
    "Core group met, actions agreed",
    "Announced visit: nobody at home",
    "Health visitor reports weight on its centile",
    "Parent asked for a later appointment",
];
const SENSITIVE: [&str; 2] = [
    "Parent is seen by the substance misuse service",
    "Young person attends the sexual health clinic",
];
/// Everybody of the story families has a file with something in it.
const STORIES: usize = 24;

pub(super) fn fill(district: &District) -> Vec<Filled> {
    let mut chance = Chance::new(district.seed, 14);
    let mut rows = Rows::default();
    let placed = placed(district);
    for (client, placement) in district.clients.iter().zip(placed) {
        if district.resident(client.resident).is_child() {
            rows.open_file(district, client, placement, &mut chance);
        }
    }
    let involvement = &[
        "PERSON_ID",
        "SERVICE_CODE",
        "TEAM_ID",
        "WORKER_ID",
        "START_DATE",
        "END_DATE",
        "LAST_UPDATED",
    ];
    let assessment = &[
        "PERSON_ID",
        "TYPE_CODE",
        "STARTED_ON",
        "COMPLETED_ON",
        "OUTCOME_CODE",
        "SUMMARY",
        "WORKER_ID",
        "LAST_UPDATED",
    ];
    let note = &[
        "PERSON_ID",
        "NOTE_DATE",
        "NOTE_TYPE",
        "HEADLINE",
        "SENSITIVE_YN",
        "WORKER_ID",
        "LAST_UPDATED",
    ];
    vec![
        (Table { name: "CASE_INVOLVEMENT", columns: involvement }, rows.involvements),
        (Table { name: "ASSESSMENT", columns: assessment }, rows.assessments),
        (Table { name: "CASE_NOTE_SUMMARY", columns: note }, rows.notes),
    ]
}

/// For each client the plan or period of care, where there is one.
fn placed(district: &District) -> Vec<Option<&Placement>> {
    let mut placed = vec![None; district.clients.len()];
    for placement in &district.placements {
        if let Some(client) = district.links.client(placement.resident) {
            placed[client] = Some(placement);
        }
    }
    placed
}

#[derive(Default)]
struct Rows {
    involvements: Vec<Value>,
    assessments: Vec<Value>,
    notes: Vec<Value>,
}

impl Rows {
    /// What a child's file holds: more for those on the register.
    fn open_file(
        &mut self,
        district: &District,
        client: &RecordCopy,
        placement: Option<&Placement>,
        chance: &mut Chance,
    ) {
        let id = person_id(client.number);
        let mut worker = worker_id(chance.below(SOCIAL_WORKERS));
        if let Some(placement) = placement {
            worker = worker_id(placement.key_worker);
            let code = if placement.status == RegisterStatus::LookedAfter { "LAC" } else { "CP" };
            let (start, end) = (placement.start.to_string(), placement.end.map(|e| e.to_string()));
            let updated = touched(district.today, 60, chance);
            self.involvements.push(json!([id, code, 1, worker, start, end, updated]));
        }
        let known = placement.is_some() || client.number <= STORIES;
        if known || chance.odds(450) {
            self.involvements.push(involvement(district, (id, worker), chance));
        }
        if known || chance.odds(350) {
            self.assessments.push(assessment(district, (id, worker), chance));
        }
        let notes = if known { 3 } else { chance.weighted(&[60, 30, 10]) };
        for _ in 0..notes {
            self.notes.push(note(district, (id, worker), chance));
        }
    }
}

fn involvement(district: &District, (id, worker): (i64, i64), chance: &mut Chance) -> Value {
    let begun = chance.between(20, 1_400);
    let start = days_before(district.today, begun).to_string();
    let lasted = chance.between(15, 600);
    let end = (lasted < begun).then(|| days_before(district.today, begun - lasted).to_string());
    let service = chance.pick(&["EH", "CIN", "CIN", "DIS"]);
    let team = 1 + chance.below(TEAMS.len());
    json!([id, service, team, worker, start, end, touched(district.today, begun.min(400), chance)])
}

fn assessment(district: &District, (id, worker): (i64, i64), chance: &mut Chance) -> Value {
    let begun = chance.between(5, 1_200);
    let start = days_before(district.today, begun).to_string();
    let done = (begun > 45).then(|| days_before(district.today, begun - 40).to_string());
    let kind = chance.pick(&["CF", "CF", "S47", "EHA"]);
    let outcome = done.as_ref().map(|_| *chance.pick(&["NFA", "CINP", "ICPC", "EH"]));
    let updated = touched(district.today, begun.min(400), chance);
    json!([id, kind, start, done, outcome, chance.pick(&SUMMARIES), worker, updated])
}

fn note(district: &District, (id, worker): (i64, i64), chance: &mut Chance) -> Value {
    let on = days_before(district.today, chance.between(2, 500)).to_string();
    let sensitive = chance.odds(40);
    let headline = if sensitive { chance.pick(&SENSITIVE) } else { chance.pick(&HEADLINES) };
    let mark = if sensitive { "Y" } else { "N" };
    let kind = chance.pick(&["Visit", "Call", "Meeting"]);
    json!([id, on, kind, headline, mark, worker, touched(district.today, 400, chance)])
}
