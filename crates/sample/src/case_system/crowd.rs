//! Children by the hundred thousand, for whoever measures: each with a plan in force, and nothing else on file.

use jiff::civil::Date;
use kinfold_domain::{Demographics, NhsNumber, Sex};
use serde_json::{Value, json};

use super::{CaseSystem, CaseSystemError, people, plans, worker_id};
use crate::{
    District,
    chance::Chance,
    dates::{birth, days_before, years},
    names::{Names, person},
    numbers::Numbers,
    staff::SOCIAL_WORKERS,
    storage::{Table, insert},
};

/// Identifiers that no other row of a district has.
const FIRST: usize = 2_000_000;
/// Rows that are made, and written, at a time.
const PART: usize = 10_000;
/// Numbers of a district of 100,000 people and more.
const DEALT: u64 = 200_000;

impl CaseSystem {
    /// Files so many more children, each with a plan in force; answers them in the order of their filing. A district of more than
    /// 100,000 people may have given some of their NHS numbers to others.
    pub async fn crowd(
        &self,
        district: &District,
        children: usize,
    ) -> Result<Vec<Demographics>, CaseSystemError> {
        let (seed, today) = (district.seed, district.today);
        let (names, mut chance) = (Names::load(), Chance::new(seed, 31));
        let mut numbers = Numbers::new(seed).beyond(DEALT);
        let mut filed = Vec::with_capacity(children);
        let mut work = self.pool.begin().await?;
        for part in (0..children).collect::<Vec<_>>().chunks(PART) {
            let (mut people, mut plans) = (Vec::new(), Vec::new());
            for place in part {
                let child = child(&names, today, numbers.deal(), &mut chance);
                people.push(person_row(&child, FIRST + place, today));
                plans.push(plan_row(FIRST + place, today, &mut chance));
                filed.push(child);
            }
            insert(&mut work, &Table { name: "PERSON", columns: people::PERSON }, &people).await?;
            insert(&mut work, &Table { name: "CP_PLAN", columns: plans::CP_PLAN }, &plans).await?;
        }
        work.commit().await?;
        Ok(filed)
    }
}

fn child(names: &Names, today: Date, number: NhsNumber, chance: &mut Chance) -> Demographics {
    let origin = Names::origin(chance);
    let sex = if chance.odds(490) { Sex::Female } else { Sex::Male };
    let (family, given) = (names.family(origin, chance), names.given(origin, sex, chance));
    Demographics {
        nhs_number: Some(number),
        birth_date: Some(birth(days_before(today, chance.between(30, years(17))))),
        sex,
        ..Demographics::named(person(&family.latin, &given.latin))
    }
}

fn person_row(child: &Demographics, id: usize, today: Date) -> Value {
    let day = today.to_string();
    json!([
        id,
        child.nhs_number.map(NhsNumber::digits),
        "V",
        child.name.family(),
        child.name.given(),
        null,
        child.birth_date.map(|born| people::uk(born.expose())),
        null,
        people::gender(child.sex),
        null,
        null,
        null,
        "N",
        "A",
        null,
        day,
        format!("{day} 00:00:00"),
    ])
}

fn plan_row(id: usize, today: Date, chance: &mut Chance) -> Value {
    let category = chance.pick(&["NEG", "EMO", "PHY"]);
    json!([
        id,
        id,
        null,
        "CPP",
        days_before(today, 20).to_string(),
        null,
        category,
        category,
        worker_id(chance.below(SOCIAL_WORKERS)),
        0,
        days_before(today, -60).to_string(),
        "O",
        format!("{today} 00:00:00"),
    ])
}
