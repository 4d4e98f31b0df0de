//! Whom a subject means: names and dates as systems hold them and as people type them, compared with each other.
#![no_main]

use arbitrary::Arbitrary;
use kinfold_domain::{
    Address, BirthDate, Demographics, NhsNumber, PersonName, Postcode, Sex, Subject,
};
use kinfold_matching::{Limits, Outcome, PersonIndex, Reach};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    known: Vec<Typed<'a>>,
    asked: Typed<'a>,
    shown: u8,
}

#[derive(Arbitrary, Debug)]
struct Typed<'a> {
    family: &'a str,
    given: &'a str,
    other: Option<&'a str>,
    born: (i8, i8, u8),
    number: Option<u8>,
    postcode: Option<u8>,
    sex: u8,
}

fuzz_target!(|input: Input<'_>| {
    let known: Vec<Demographics> = input.known.iter().take(40).filter_map(Typed::known).collect();
    let mut index = PersonIndex::default();
    for (key, person) in known.iter().enumerate() {
        index.insert(key, person);
    }
    let limits = Limits { shown: usize::from(input.shown % 12) + 1, scored: 5_000 };
    if let Some(asked) = input.asked.known() {
        search(&index, &Subject::from(&asked), limits);
    }
    for (key, person) in known.iter().enumerate() {
        let asked = Subject::from(person);
        let found = search(&index, &asked, limits);
        // A record that says of itself what was asked is never "nobody", unless too little was said, or more fit than are shown.
        let told = found.candidates().iter().any(|one| one.key == key || one.same.contains(&key));
        assert!(
            told || found.reach != Reach::Whole,
            "a record is not found by what it says itself"
        );
    }
    for key in 0..known.len() {
        assert!(index.remove(&key));
    }
    assert!(index.is_empty());
});

fn search(
    index: &PersonIndex<usize>,
    subject: &Subject,
    limits: Limits,
) -> kinfold_matching::Search<usize> {
    let found = index.search(subject, limits);
    assert!(found.candidates().len() <= limits.shown);
    assert!(found.candidates().iter().all(|one| (0.0..=1.0).contains(&one.probability)));
    if let Outcome::Several(several) = &found.outcome {
        assert!(!several.is_empty());
    }
    found
}

impl Typed<'_> {
    fn known(&self) -> Option<Demographics> {
        let (day, month, year) = self.born;
        Some(Demographics {
            nhs_number: self.number.and_then(number),
            other_names: self
                .other
                .and_then(|family| PersonName::new(family, "").ok())
                .into_iter()
                .collect(),
            birth_date: BirthDate::new(day, month, 1950 + i16::from(year)).ok(),
            sex: [Sex::Female, Sex::Male, Sex::Other, Sex::Unknown][usize::from(self.sex % 4)],
            address: self
                .postcode
                .and_then(postcode)
                .map(|postcode| Address { lines: Vec::new(), postcode: Some(postcode) }),
            former_postcodes: Vec::new(),
            name: PersonName::new(self.family, self.given).ok()?,
        })
    }
}

/// Few numbers and postcodes, so that people share them.
fn number(n: u8) -> Option<NhsNumber> {
    (0..10).find_map(|check| format!("99900000{:01}{check}", n % 8).parse().ok())
}

fn postcode(n: u8) -> Option<Postcode> {
    format!("ZZ{} {}AA", n % 4, n % 7 % 10).parse().ok()
}
