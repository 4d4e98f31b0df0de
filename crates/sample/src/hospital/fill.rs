//! Which resources a new hospital database holds: more about children on the register, and what the stories tell.

use jiff::{SignedDuration, civil::Date};

use super::{
    clinical::{
        ALLERGIES, CONDITIONS, OUTCOMES, REASONS, Visit, allergy, care_team, condition, encounter,
        episode, inhaler, practitioner,
    },
    demographics::{patient, patient_id, relative},
    records::Rows,
};
use crate::{
    District, RecordCopy,
    chance::Chance,
    dates::{days_before, days_between, moment, years},
};

/// A step of the writing.
type Step = (&'static str, fn(&District) -> Rows);

pub(super) const STEPS: [Step; 4] = [
    ("patients", patients),
    ("relatives and clinicians", relatives),
    ("visits", visits),
    ("conditions and care", care),
];

fn patients(district: &District) -> Rows {
    let mut chance = Chance::new(district.seed, 20);
    let mut rows = Rows::default();
    for copy in &district.patients {
        let day = days_before(district.today, chance.between(1, 900));
        let at = moment(day, chance.between(0, 1_439));
        rows.add(patient(district, copy, &mut chance), at);
    }
    rows
}

fn relatives(district: &District) -> Rows {
    let mut chance = Chance::new(district.seed, 21);
    let mut rows = Rows::default();
    let at = moment(days_before(district.today, 30), 9 * 60);
    for (place, worker) in district.clinicians.iter().enumerate() {
        rows.add(practitioner(&practitioner_id(place), worker), at);
    }
    for copy in children(district) {
        let known = district.kin(copy.resident).filter(|kin| !kin.is_child());
        for (place, kin) in known.enumerate() {
            if chance.odds(850) {
                rows.add(relative(copy, kin, place + 1, &mut chance), at);
            }
        }
    }
    rows
}

fn visits(district: &District) -> Rows {
    let mut chance = Chance::new(district.seed, 22);
    let mut rows = Rows::default();
    let placed = placed(district);
    for (copy, placed) in district.patients.iter().zip(placed) {
        let told = district.stories().iter().find(|story| story.resident == copy.resident);
        let often: &[usize] = if placed { &[15, 20, 20, 20, 15, 10] } else { &[45, 28, 15, 8, 4] };
        let count = told.map_or_else(|| chance.weighted(often), |story| story.attendances);
        for place in 0..count {
            visit(district, copy, place, (&mut rows, &mut chance));
        }
    }
    rows
}

fn visit(
    district: &District,
    copy: &RecordCopy,
    place: usize,
    (rows, chance): (&mut Rows, &mut Chance),
) {
    let span = age(district, copy).clamp(1, 900);
    let day = days_before(district.today, chance.between(1, span));
    let start = moment(day, chance.between(0, 1_439));
    let stayed = SignedDuration::from_mins(i64::from(chance.between(35, 330)));
    let end = start.saturating_add(stayed).unwrap_or(start);
    let id = format!("enc-{:06}-{}", copy.number, place + 1);
    let outcome = OUTCOMES[chance.weighted(&[70, 15, 10, 5])];
    let visit = Visit {
        id,
        patient: &patient_id(copy.number),
        reason: REASONS[chance.below(REASONS.len())],
        start,
        end: Some((end, outcome)),
    };
    rows.add(encounter(&visit), end);
}

fn care(district: &District) -> Rows {
    let mut chance = Chance::new(district.seed, 23);
    let mut rows = Rows::default();
    let placed = placed(district);
    for (copy, placed) in district.patients.iter().zip(placed) {
        if !district.resident(copy.resident).is_child() {
            continue;
        }
        let told = placed || district.stories().iter().any(|s| s.resident == copy.resident);
        if told || chance.odds(300) {
            health(district, copy, &mut rows, &mut chance);
        }
        if told || age(district, copy) < years(5) && chance.odds(700) {
            clinicians(district, copy, &mut rows, &mut chance);
        }
    }
    rows
}

fn health(district: &District, copy: &RecordCopy, rows: &mut Rows, chance: &mut Chance) {
    let (id, number) = (patient_id(copy.number), copy.number);
    let on = days_before(district.today, chance.between(0, age(district, copy).clamp(0, 2_000)));
    let at = moment(on.min(days_before(district.today, 1)), 12 * 60);
    let grown = age(district, copy) >= years(14);
    let choice = if grown { &CONDITIONS[..] } else { &CONDITIONS[..10] };
    let coded = *chance.pick(choice);
    rows.add(condition(&format!("con-{number:06}-1"), &id, coded, on), at);
    if coded.1 == "Asthma" {
        rows.add(inhaler(&format!("med-{number:06}-1"), &id, on), at);
    }
    if chance.odds(250) {
        let coded = *chance.pick(&ALLERGIES);
        rows.add(allergy(&format!("all-{number:06}-1"), &id, coded, on), at);
    }
}

/// A health visitor under five, a school nurse above, sometimes a paediatrician too.
fn clinicians(district: &District, copy: &RecordCopy, rows: &mut Rows, chance: &mut Chance) {
    let (id, number) = (patient_id(copy.number), copy.number);
    let kind = usize::from(age(district, copy) >= years(5));
    let groups = district.clinicians.len() / 4;
    let mut members = vec![chance.below(groups) * 4 + kind];
    if chance.odds(350) {
        members.push(chance.below(groups) * 4 + 2);
    }
    let since = since(district, copy, chance);
    let at = moment(since, 10 * 60);
    let team: Vec<_> =
        members.iter().map(|m| (practitioner_id(*m), &district.clinicians[*m])).collect();
    rows.add(care_team(&format!("team-{number:06}"), &id, since, &team), at);
    for (place, (practitioner, worker)) in team.iter().enumerate() {
        let id_here = format!("epi-{number:06}-{}", place + 1);
        let body = episode(&id_here, &id, (since, None), (practitioner, worker));
        rows.add(body, at);
    }
}

/// A day in the child's life, before the district's day where there is one.
fn since(district: &District, copy: &RecordCopy, chance: &mut Chance) -> Date {
    let span = age(district, copy).clamp(1, 1_200);
    days_before(district.today, chance.between(1, span))
}

fn age(district: &District, copy: &RecordCopy) -> i32 {
    days_between(district.resident(copy.resident).born.expose(), district.today)
}

fn children(district: &District) -> impl Iterator<Item = &RecordCopy> {
    district.patients.iter().filter(|copy| district.resident(copy.resident).is_child())
}

fn practitioner_id(place: usize) -> String {
    format!("prac-{:03}", place + 1)
}

/// For each patient whether they are, or were, on the register.
fn placed(district: &District) -> Vec<bool> {
    let mut placed = vec![false; district.patients.len()];
    for placement in &district.placements {
        if let Some(patient) = district.links.patient(placement.resident) {
            placed[patient] = true;
        }
    }
    placed
}
