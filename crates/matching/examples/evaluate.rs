//! Measures the matcher on a labelled set: `evaluate DIR [PEOPLE]` reads `DIR/a.csv` (the index) and `DIR/queries.csv` (typed subjects with the
//! record that each of them means, or none), and prints what was found, what was wrong, and how long it took.
//!
//! Columns of both: `id nhs_number first_name middle_name surname dob sex postcode`; `a.csv` may add `prev_surname prev_postcode`, `queries.csv`
//! has `truth_a_id tags`.

#![allow(clippy::print_stdout)] // a report is what it is for
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // counts and shares

use std::{collections::BTreeMap, path::Path, time::Instant};

use anyhow::{Context, Result};
use kinfold_domain::{Address, Demographics, PersonName, Sex, Subject};
use kinfold_matching::{Limits, Model, Outcome, PersonIndex, Search};

type Row = BTreeMap<String, String>;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().context("evaluate DIR [PEOPLE]")?;
    let people = rows(&Path::new(&folder).join("a.csv"))?;
    let queries = rows(&Path::new(&folder).join("queries.csv"))?;
    let model = match arguments.next() {
        Some(people) => Model::for_people(people.parse()?),
        None => Model::default(),
    };

    let memory = resident_kb();
    let (known, start) = (people.iter().map(person).collect::<Vec<_>>(), Instant::now());
    let held = resident_kb();
    let mut index = PersonIndex::new(model);
    for (row, person) in people.iter().zip(&known) {
        if let Some(person) = person {
            index.insert(row["id"].clone(), person);
        }
    }
    println!("{} people indexed in {:.2?}", index.len(), start.elapsed());
    println!(
        "  {} kB before, {} kB for the rows, {} kB for the index",
        memory,
        held - memory,
        resident_kb() - held
    );

    let mut tally = Tally::default();
    for query in &queries {
        let subject = subject(query);
        let start = Instant::now();
        let search = index.search(&subject, Limits::default());
        tally.micros.push(start.elapsed().as_secs_f64() * 1e6);
        tally.count(query, &search);
    }
    tally.print();
    by_number(&index, &known);
    Ok(())
}

/// How long a search by nothing but a number takes.
fn by_number(index: &PersonIndex<String>, known: &[Option<Demographics>]) {
    let numbers = known.iter().flatten().filter_map(|person| person.nhs_number);
    let subjects: Vec<Subject> =
        numbers.map(|number| Subject { nhs_number: Some(number), ..Subject::default() }).collect();
    let start = Instant::now();
    let found = subjects
        .iter()
        .filter(|subject| {
            matches!(index.search(subject, Limits::default()).outcome, Outcome::One(_))
        })
        .count();
    let each = start.elapsed().as_secs_f64() * 1e6 / subjects.len().max(1) as f64;
    println!("by number alone: {found} of {} found, {each:.2} µs each", subjects.len());
}

#[derive(Default)]
struct Tally {
    micros: Vec<f64>,
    scored: usize,
    present: usize,
    absent: usize,
    right_first: usize,
    right_one: usize,
    shown: usize,
    wrong_one: usize,
    absent_one: usize,
    absent_none: usize,
    several: usize,
    by_tag: BTreeMap<String, [usize; 4]>,
}

impl Tally {
    fn count(&mut self, query: &Row, search: &Search<String>) {
        self.scored += search.scored;
        let truth = &query["truth_a_id"];
        let found = search.candidates();
        let first = found.first().is_some_and(|candidate| candidate.key == *truth);
        let is_one = matches!(search.outcome, Outcome::One(_));
        if truth.is_empty() {
            self.absent += 1;
            self.absent_one += usize::from(is_one);
            self.absent_none += usize::from(found.is_empty());
        } else {
            self.present += 1;
            self.right_first += usize::from(first);
            self.right_one += usize::from(first && is_one);
            self.wrong_one += usize::from(!first && is_one);
            self.shown += usize::from(found.iter().any(|candidate| candidate.key == *truth));
            self.several += found.len();
        }
        let kind = if truth.is_empty() { "absent: " } else { "" };
        for tag in query["tags"].split('|').map(|tag| format!("{kind}{tag}")) {
            let [all, one, right, wrong] = self.by_tag.entry(tag).or_default();
            *all += 1;
            *one += usize::from(first && is_one);
            *right += usize::from(first);
            *wrong += usize::from(!first && is_one);
        }
    }

    fn print(&mut self) {
        let share = |part: usize, of: usize| part as f64 / of.max(1) as f64;
        println!(
            "present {}: recall@1 {:.4}, shown {:.4}, one and right {:.4}, wrong at one {}, shown on average {:.2}",
            self.present,
            share(self.right_first, self.present),
            share(self.shown, self.present),
            share(self.right_one, self.present),
            self.wrong_one,
            share(self.several, self.present)
        );
        println!(
            "absent {}: found as one {}, none {:.4}",
            self.absent,
            self.absent_one,
            share(self.absent_none, self.absent)
        );
        self.micros.sort_by(f64::total_cmp);
        let at = |share: f64| self.micros[((self.micros.len() - 1) as f64 * share) as usize];
        println!(
            "query p50 {:.1} µs, p99 {:.1} µs, {:.0} records weighed on average",
            at(0.5),
            at(0.99),
            share(self.scored, self.micros.len())
        );
        println!("{:32} {:>6} {:>7} {:>8} {:>6}", "kind", "all", "one", "first", "wrong");
        for (tag, [all, one, right, wrong]) in &self.by_tag {
            println!(
                "{tag:32} {all:>6} {:>7.3} {:>8.3} {wrong:>6}",
                share(*one, *all),
                share(*right, *all)
            );
        }
    }
}

fn rows(path: &Path) -> Result<Vec<Row>> {
    let mut reader = csv::Reader::from_path(path).with_context(|| path.display().to_string())?;
    Ok(reader.deserialize().collect::<Result<_, _>>()?)
}

fn name(row: &Row) -> Option<PersonName> {
    PersonName::new(&row["surname"], &format!("{} {}", row["first_name"], row["middle_name"])).ok()
}

fn sex(row: &Row) -> Sex {
    match row["sex"].as_str() {
        "F" => Sex::Female,
        "M" => Sex::Male,
        _ => Sex::Unknown,
    }
}

fn person(row: &Row) -> Option<Demographics> {
    let mut person = Demographics::named(name(row)?);
    person.nhs_number = row["nhs_number"].parse().ok();
    person.birth_date = row["dob"].parse().ok();
    person.sex = sex(row);
    person.address = Some(Address { lines: vec![], postcode: row["postcode"].parse().ok() });
    let former = |column: &str| row.get(column).filter(|text| !text.is_empty());
    person
        .other_names
        .extend(former("prev_surname").and_then(|family| PersonName::new(family, "").ok()));
    person
        .former_postcodes
        .extend(former("prev_postcode").and_then(|postcode| postcode.parse().ok()));
    Some(person)
}

fn subject(row: &Row) -> Subject {
    Subject {
        nhs_number: row["nhs_number"].parse().ok(),
        name: name(row),
        birth_date: row["dob"].parse().ok(),
        postcode: row["postcode"].parse().ok(),
        sex: sex(row),
    }
}

/// Resident memory in kB, where the system tells it.
fn resident_kb() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
