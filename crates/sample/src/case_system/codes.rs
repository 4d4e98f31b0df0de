//! Code tables, teams and workers.

use serde_json::json;

use super::{Filled, touched, worker_id};
use crate::{
    District,
    chance::Chance,
    staff::{TEAMS, agencies},
    storage::Table,
};

const CODES: [(&str, &str, &str); 43] = [
    ("GENDER", "F", "Female"),
    ("GENDER", "M", "Male"),
    ("GENDER", "I", "Indeterminate"),
    ("GENDER", "U", "Not recorded"),
    ("ALIAS", "AKA", "Also known as"),
    ("ALIAS", "FRM", "Former name"),
    ("ALIAS", "SCR", "Name in another script"),
    ("ADDR", "HOM", "Home"),
    ("REL", "MOT", "Mother"),
    ("REL", "FAT", "Father"),
    ("REL", "SIB", "Sibling"),
    ("REL", "GPA", "Grandparent"),
    ("REL", "CHI", "Child"),
    ("REL", "GCH", "Grandchild"),
    ("REL", "PTN", "Partner"),
    ("SERVICE", "EH", "Early help"),
    ("SERVICE", "CIN", "Child in need"),
    ("SERVICE", "CP", "Child protection"),
    ("SERVICE", "LAC", "Looked after"),
    ("SERVICE", "DIS", "Children with disabilities"),
    ("CATEGORY", "NEG", "Neglect"),
    ("CATEGORY", "PHY", "Physical abuse"),
    ("CATEGORY", "EMO", "Emotional abuse"),
    ("CATEGORY", "SAB", "Sexual abuse"),
    ("CATEGORY", "MUL", "Multiple"),
    ("LEGAL", "V2", "Accommodated under section 20"),
    ("LEGAL", "C1", "Interim care order (section 38)"),
    ("LEGAL", "C2", "Full care order (section 31)"),
    ("PLACEMENT", "U1", "Foster placement with relative or friend"),
    ("PLACEMENT", "U6", "Foster placement with other carer"),
    ("PLACEMENT", "K2", "Children's home"),
    ("CONF", "ICPC", "Initial child protection conference"),
    ("CONF", "RCPC", "Review child protection conference"),
    ("RESTRICT", "ADP", "Adopted"),
    ("RESTRICT", "REF", "Refuge"),
    ("RESTRICT", "WIT", "Witness protection"),
    ("ASSESS", "CF", "Child and family assessment"),
    ("ASSESS", "S47", "Section 47 enquiry"),
    ("ASSESS", "EHA", "Early help assessment"),
    ("OUTCOME", "NFA", "No further action"),
    ("OUTCOME", "CINP", "Child in need plan"),
    ("OUTCOME", "ICPC", "To initial conference"),
    ("OUTCOME", "EH", "Step down to early help"),
];

pub(super) fn fill(district: &District) -> Vec<Filled> {
    vec![codes(), teams(district), workers(district)]
}

fn codes() -> Filled {
    let table = Table { name: "REF_CODE", columns: &["DOMAIN", "CODE", "DESCRIPTION"] };
    (table, CODES.iter().map(|(domain, code, words)| json!([domain, code, words])).collect())
}

fn teams(district: &District) -> Filled {
    let mut chance = Chance::new(district.seed, 10);
    let [council, _] = agencies();
    let table = Table {
        name: "TEAM",
        columns: &["TEAM_ID", "TEAM_NAME", "PHONE_OFFICE", "PHONE_EDT", "LAST_UPDATED"],
    };
    let rows = TEAMS.iter().enumerate().map(|(place, name)| {
        let updated = touched(district.today, 700, &mut chance);
        json!([place + 1, name, council.office, council.out_of_hours, updated])
    });
    (table, rows.collect())
}

fn workers(district: &District) -> Filled {
    let mut chance = Chance::new(district.seed, 11);
    let table = Table {
        name: "WORKER",
        columns: &[
            "WORKER_ID",
            "LOGIN_NAME",
            "SURNAME",
            "FORENAME",
            "JOB_TITLE",
            "TEAM_ID",
            "PHONE",
            "LAST_UPDATED",
        ],
    };
    let rows = district.social_workers.iter().enumerate().map(|(place, worker)| {
        let team = TEAMS.iter().position(|team| *team == worker.team).map(|team| team + 1);
        let (family, given) = (worker.name.family(), worker.name.given());
        let updated = touched(district.today, 700, &mut chance);
        let id = worker_id(place);
        let row = json!([
            id,
            worker.user_name,
            family,
            given,
            worker.job_title,
            team,
            worker.telephone,
            updated
        ]);
        row
    });
    (table, rows.collect())
}
