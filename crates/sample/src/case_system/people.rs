//! Clients: names, aliases, addresses and relations, with the duplicates that every case system collects.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kinfold_domain::{Address, Sex};
use serde_json::{Value, json};

use super::{Filled, person_id, touched, unborn_id};
use crate::{
    District, NameKind, Part, RecordCopy, Resident, chance::Chance, dates::days_before,
    storage::Table,
};

const SCHOOLS: [&str; 8] = [
    "Ashmoor Primary School",
    "Netherfell Primary School",
    "St Sample's Primary School",
    "Carrow Bridge Junior School",
    "Ashmoor Academy",
    "Thornley Vale High School",
    "Great Wexley School",
    "Specimen Park School",
];
const PRACTICES: [&str; 4] =
    ["Millrace Surgery", "Viaduct Medical Centre", "Heron Lane Practice", "Wexley Health Centre"];
pub(super) const PERSON: &[&str] = &[
    "PERSON_ID",
    "NHS_NO",
    "NHS_NO_STATUS",
    "SURNAME",
    "FORENAMES",
    "KNOWN_AS",
    "DOB",
    "EXPECTED_DOB",
    "GENDER_CODE",
    "ETHNICITY_CODE",
    "SCHOOL_NAME",
    "GP_PRACTICE",
    "RESTRICTED_YN",
    "RECORD_STATUS",
    "MERGED_INTO",
    "CREATED_ON",
    "LAST_UPDATED",
];

pub(super) fn fill(district: &District) -> Vec<Filled> {
    let mut chance = Chance::new(district.seed, 12);
    let mut filled = vec![persons(district, &mut chance), aliases(district, &mut chance)];
    filled.extend(addresses(district, &mut chance));
    filled.push(relations(district, &mut chance));
    filled
}

fn persons(district: &District, chance: &mut Chance) -> Filled {
    let mut rows = Vec::new();
    let mut duplicates = Vec::new();
    for client in &district.clients {
        let resident = district.resident(client.resident);
        let row = person(district, client, resident, chance);
        if chance.odds(12) {
            duplicates.push(duplicate(&row, person_id(client.number), chance));
        }
        rows.push(row);
        let expecting = district.home(client.resident).expecting;
        if let Some(due) = expecting.filter(|_| resident.part == Part::Mother) {
            rows.push(unborn(district, client, due, chance));
        }
    }
    rows.extend(duplicates);
    rows.extend(ended_unborn(district, chance));
    (Table { name: "PERSON", columns: PERSON }, rows)
}

fn person(
    district: &District,
    client: &RecordCopy,
    resident: &Resident,
    chance: &mut Chance,
) -> Value {
    let number = client.nhs_number.as_ref().map(|n| n.expose().clone());
    let written = number.map(|n| if chance.odds(400) { spaced(&n) } else { n });
    let status = written.as_ref().map(|_| if client.nhs_verified { "V" } else { "U" });
    let age = resident.born.age_on(district.today);
    let school = (resident.is_child() && (4..18).contains(&age)).then(|| chance.pick(&SCHOOLS));
    let created = days_before(district.today, chance.between(30, 2_000)).to_string();
    let restricted = if client.sealed { "Y" } else { "N" };
    let known_as = client.known_as.as_ref().map(|known| known.expose().clone());
    let (name, born) = (&client.name, client.born.map(|born| uk(born.expose())));
    json!([
        person_id(client.number),
        written,
        status,
        name.family(),
        name.given(),
        known_as,
        born,
        null,
        gender(client.sex),
        ethnicity(chance),
        school,
        chance.pick(&PRACTICES),
        restricted,
        "A",
        null,
        created,
        touched(district.today, 700, chance),
    ])
}

/// A second record of the same person, merged into the first or struck out as opened in error.
fn duplicate(row: &Value, id: i64, chance: &mut Chance) -> Value {
    let mut copy = row.as_array().cloned().unwrap_or_default();
    copy[0] = json!(id + 700_000);
    copy[1] = Value::Null;
    copy[2] = Value::Null;
    let merged = chance.odds(700);
    copy[13] = json!(if merged { "M" } else { "D" });
    copy[14] = if merged { json!(id) } else { Value::Null };
    Value::Array(copy)
}

fn unborn(district: &District, mother: &RecordCopy, due: Date, chance: &mut Chance) -> Value {
    let created = days_before(district.today, 15).to_string();
    json!([
        unborn_id(mother.number),
        null,
        null,
        mother.name.family(),
        "Unborn",
        null,
        null,
        due.to_string(),
        "U",
        null,
        null,
        null,
        "N",
        "A",
        null,
        created,
        touched(district.today, 14, chance),
    ])
}

/// Unborn children whose plans have ended while their mothers expect nobody now.
fn ended_unborn(district: &District, chance: &mut Chance) -> Vec<Value> {
    let gone = district
        .placements
        .iter()
        .filter(|p| p.expected.is_some() && district.home(p.resident).expecting.is_none());
    let mothers = gone.filter_map(|p| district.links.client(p.resident).zip(p.expected));
    mothers.map(|(client, due)| unborn(district, &district.clients[client], due, chance)).collect()
}

fn aliases(district: &District, chance: &mut Chance) -> Filled {
    let table = Table {
        name: "PERSON_ALIAS",
        columns: &["PERSON_ID", "ALIAS_TYPE", "SURNAME", "FORENAMES", "DELETED_YN", "LAST_UPDATED"],
    };
    let mut rows = Vec::new();
    for client in &district.clients {
        for other in &client.other_names {
            let kind = match other.kind {
                NameKind::Former => "FRM",
                NameKind::Alias => "AKA",
                NameKind::Script => "SCR",
            };
            let deleted = if chance.odds(20) { "Y" } else { "N" };
            let (family, given) = (other.name.family(), other.name.given());
            let updated = touched(district.today, 700, chance);
            rows.push(json!([person_id(client.number), kind, family, given, deleted, updated]));
        }
    }
    (table, rows)
}

/// Each address once, and who lived there when.
fn addresses(district: &District, chance: &mut Chance) -> [Filled; 2] {
    let mut places: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    let mut history = Vec::new();
    for client in &district.clients {
        let moved = district.home(client.resident).moved;
        let since =
            moved.unwrap_or_else(|| days_before(district.today, chance.between(300, 3_000)));
        let id = person_id(client.number);
        for former in &client.former_addresses {
            let place = place(&mut places, former);
            let from = days_before(since, chance.between(200, 1_500)).to_string();
            let updated = touched(district.today, 700, chance);
            history.push(json!([id, place, "HOM", from, since.to_string(), "N", updated]));
        }
        if let Some(address) = &client.address {
            let place = place(&mut places, address);
            let hidden = if client.sealed { "Y" } else { "N" };
            let updated = touched(district.today, 700, chance);
            history.push(json!([id, place, "HOM", since.to_string(), null, hidden, updated]));
        }
    }
    let place_table =
        Table { name: "ADDRESS", columns: &["ADDRESS_ID", "LINE_1", "TOWN", "POSTCODE"] };
    let rows = places.into_iter().map(|(text, id)| {
        json!([id, text[0], text[1], Some(&text[2]).filter(|code| !code.is_empty())])
    });
    let history_table = Table {
        name: "ADDRESS_HISTORY",
        columns: &[
            "PERSON_ID",
            "ADDRESS_ID",
            "ADDR_TYPE",
            "FROM_DATE",
            "TO_DATE",
            "CONFIDENTIAL_YN",
            "LAST_UPDATED",
        ],
    };
    [(place_table, rows.collect()), (history_table, history)]
}

fn place(places: &mut BTreeMap<Vec<String>, usize>, address: &Address) -> usize {
    let line = |at: usize| address.lines.get(at).map_or("", |l| l.expose().as_str()).to_owned();
    let code = address.postcode.as_ref().map_or("", |code| code.expose()).to_owned();
    let next = places.len() + 1;
    *places.entry(vec![line(0), line(1), code]).or_insert(next)
}

/// Who is what to whom, as far as both are clients.
fn relations(district: &District, chance: &mut Chance) -> Filled {
    let table = Table {
        name: "RELATIONSHIP",
        columns: &[
            "PERSON_ID",
            "RELATED_PERSON_ID",
            "REL_CODE",
            "PARENTAL_RESP_YN",
            "HOUSEHOLD_YN",
            "LAST_UPDATED",
        ],
    };
    let mut rows = Vec::new();
    for client in &district.clients {
        let resident = district.resident(client.resident);
        for other in district.kin(client.resident) {
            let Some(related) = district.links.client(other.id) else { continue };
            let code = relation(resident.part, other.part);
            let responsible = code == "MOT" || (code == "FAT" && chance.odds(800));
            let responsible = if responsible { "Y" } else { "N" };
            let updated = touched(district.today, 700, chance);
            let other_id = person_id(district.clients[related].number);
            rows.push(json!([person_id(client.number), other_id, code, responsible, "Y", updated]));
        }
    }
    (table, rows)
}

/// What `other` is to `person`.
const fn relation(person: Part, other: Part) -> &'static str {
    match (person, other) {
        (Part::Child, Part::Mother) | (Part::Mother, Part::Grandparent) => "MOT",
        (Part::Child, Part::Father) => "FAT",
        (Part::Child, Part::Child) => "SIB",
        (Part::Child | Part::Father, Part::Grandparent) => "GPA",
        (Part::Grandparent, Part::Child) => "GCH",
        (Part::Mother | Part::Father, Part::Child) | (Part::Grandparent, _) => "CHI",
        (Part::Mother | Part::Father, Part::Mother | Part::Father) => "PTN",
    }
}

pub(super) const fn gender(sex: Sex) -> Option<&'static str> {
    match sex {
        Sex::Female => Some("F"),
        Sex::Male => Some("M"),
        Sex::Other => Some("I"),
        Sex::Unknown => None,
    }
}

fn ethnicity(chance: &mut Chance) -> Option<&'static str> {
    const CODES: [&str; 6] = ["WBRI", "APKN", "BAFR", "WOTH", "MOTH", "CHNE"];
    chance.odds(800).then(|| CODES[chance.weighted(&[70, 10, 6, 8, 4, 2])])
}

/// `31/03/2019`.
pub(super) fn uk(date: Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}

fn spaced(digits: &str) -> String {
    match (digits.get(..3), digits.get(3..6), digits.get(6..)) {
        (Some(a), Some(b), Some(c)) => format!("{a} {b} {c}"),
        _ => digits.to_owned(),
    }
}
