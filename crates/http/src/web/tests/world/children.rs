//! Plainly synthetic children, entries and facts.

use jiff::{Timestamp, civil::date};
use kinfold_domain::{
    AbuseCategory, Address, AsAt, Attendance, BirthDate, ChangeKind, Demographics, Fact,
    FactContent, HouseholdMember, Involvement, NhsNumber, Person, PersonId, PersonName, Personal,
    Professional, RegisterChange, RegisterEntry, RegisterPhones, RegisterStatus, SealedDesk, Sex,
    Source, SummaryItem,
};

/// The n-th NHS number of the range that is kept for tests.
pub(crate) fn nhs(n: u32) -> NhsNumber {
    let bodies = (n * 10..).map(|body| format!("999{body:06}"));
    let mut valid =
        bodies.filter_map(|body| (0..10).find_map(|c| format!("{body}{c}").parse().ok()));
    valid.next().unwrap()
}

fn person(family: &str, given: &str, born: (i8, i8, i16), number: Option<u32>) -> Demographics {
    Demographics {
        nhs_number: number.map(nhs),
        birth_date: BirthDate::new(born.0, born.1, born.2).ok(),
        sex: Sex::Female,
        address: Some(Address {
            lines: vec!["1 Test Street".into(), "Ashmoor".into()],
            postcode: "S60 1AA".parse().ok(),
        }),
        ..Demographics::named(PersonName::new(family, given).unwrap())
    }
}

fn professional(role: &str, name: &str, team: &str, number: &str) -> Professional {
    Professional {
        name: name.into(),
        role: role.to_owned(),
        team: Some(team.to_owned()),
        telephone: number.parse().ok(),
    }
}

pub(crate) fn phones() -> RegisterPhones {
    RegisterPhones {
        office: "01632 960100".parse().unwrap(),
        emergency_duty_team: "01632 960199".parse().unwrap(),
    }
}

fn entry(id: &str, status: RegisterStatus, subject: Demographics) -> RegisterEntry {
    RegisterEntry {
        id: id.parse().unwrap(),
        status,
        subject,
        expected: None,
        initial_category: Some(AbuseCategory::Neglect),
        category: Some(AbuseCategory::Neglect),
        legal_basis: None,
        start: date(2025, 11, 3),
        end: None,
        previous_plans: 1,
        next_review: Some(date(2026, 7, 14)),
        professionals: vec![
            professional("Key worker", "Imani Test", "East team", "01632 960111"),
            professional("Health visitor", "Tom Test", "Test surgery", "01632 960222"),
        ],
        phones: phones(),
        household: vec![HouseholdMember {
            name: "Maria O'Brien".into(),
            relationship: "Mother".to_owned(),
            birth_date: BirthDate::new(1, 2, 1990).ok(),
            sex: Sex::Female,
            parental_responsibility: true,
            has_plan: false,
        }],
        school: Some("Test Primary School".into()),
        sealed: None,
        successor: None,
        handing_over: None,
    }
}

/// Ada (1) on a plan; Bea (2) recently ended; Cleo and Cora (3, 4), twins; Dora (5) sealed; Eve (6), mother of an unborn child.
pub(crate) fn register() -> Vec<RegisterChange> {
    use RegisterStatus::{ChildProtectionPlan as Plan, LookedAfter, UnbornPlan};
    let ada = entry("cpp-1", Plan, person("O'Brien-Świętek", "Ada", (3, 4, 2019), Some(1)));
    let bea = entry("cpp-2", Plan, person("Test", "Bea", (5, 6, 2017), Some(2)));
    let bea = RegisterEntry { end: Some(date(2026, 3, 3)), ..bea };
    let cleo = entry("lac-3", LookedAfter, person("Twinn", "Cleo", (7, 8, 2020), Some(3)));
    let cora = entry("lac-4", LookedAfter, person("Twinn", "Cora", (7, 8, 2020), Some(4)));
    let dora = entry("cpp-5", Plan, person("Hidden", "Dora", (9, 9, 2018), Some(5)));
    let desk = SealedDesk {
        desk: "Ashmoor sealed records desk".to_owned(),
        telephone: "01632 960555".parse().unwrap(),
        reference: "S-0123456789".to_owned(),
    };
    let dora = RegisterEntry { sealed: Some(desk), ..dora };
    let eve = entry("unb-6", UnbornPlan, person("Mother", "Eve", (1, 1, 1999), Some(6)));
    let eve = RegisterEntry { expected: BirthDate::new(1, 9, 2026).ok(), ..eve };
    let change = |entry| RegisterChange {
        kind: ChangeKind::Added,
        at: "2026-05-01T09:00:00Z".parse().unwrap(),
        by: "case-system".to_owned(),
        reason: None,
        entry,
    };
    [ada, bea, cleo, cora, dora, eve].into_iter().map(change).collect()
}

/// Ada as one agency's source knows her, and two of a name.
pub(crate) fn people(source: &str) -> Vec<Person> {
    let known = [
        ("p-1", person("O'Brien-Świętek", "Ada", (3, 4, 2019), Some(1))),
        ("p-7", person("Same", "Gil", (2, 2, 2016), None)),
        (
            "p-8",
            Demographics { nhs_number: Some(nhs(8)), ..person("Same", "Gil", (2, 2, 2016), None) },
        ),
    ];
    let as_at = AsAt("2026-06-01T12:00:00Z".parse().unwrap());
    let person = |(record, demographics): (&str, Demographics)| Person {
        id: PersonId { source: source.to_owned(), record: record.to_owned() },
        demographics,
        sealed: false,
        as_at,
    };
    known.into_iter().map(person).collect()
}

/// Facts of every category.
pub(crate) fn facts(agency: &str, system: &str, id: &PersonId, now: Timestamp) -> Vec<Fact> {
    let text = |text: &str| Personal::new(text.to_owned());
    let arrived = |at: &str| Attendance {
        arrived: at.parse().unwrap(),
        left: None,
        place: "Emergency department".to_owned(),
        reason: Some(text("Fall <from> a swing")),
        outcome: Some(text("Discharged")),
    };
    let item = |kind: &str, words: &str| SummaryItem {
        kind: kind.to_owned(),
        text: text(words),
        on: Some(date(2024, 5, 6)),
        code: Some("http://snomed.info/sct|91936005".to_owned()),
    };
    let known = people(system).into_iter().find(|person| person.id == *id).unwrap().demographics;
    let is_council = system == "case-system";
    let mut contents = vec![
        FactContent::Contact(professional("GP", "Dr Test", "Test surgery", "01632 960333")),
        FactContent::Address(known.address.clone().unwrap()),
        FactContent::Demographics(Box::new(known)),
        // One of the two systems writes in capitals.
        FactContent::Household(HouseholdMember {
            name: if is_council { "Maria O'Brien".into() } else { "MARIA O'BRIEN".into() },
            relationship: if is_council { "Mother" } else { "mother" }.to_owned(),
            birth_date: None,
            sex: Sex::Female,
            parental_responsibility: true,
            has_plan: false,
        }),
        FactContent::Attendances(arrived("2026-03-01T10:00:00Z")),
        FactContent::Attendances(arrived("2026-05-20T21:30:00Z")),
        FactContent::Involvement(Involvement {
            service: "Child in need".to_owned(),
            since: Some(date(2025, 1, 2)),
            until: None,
            professional: None,
        }),
        FactContent::HealthSummary(item("Allergy", "Penicillin")),
        FactContent::SocialCareSummary(item("Assessment", "Completed")),
        FactContent::Sensitive(item("Sexual health", "NEVER SHOWN")),
    ];
    // The case system tells Ada's plan as the register does, and an older number of her health visitor.
    if is_council && id.record == "p-1" {
        let ada = register().remove(0).entry;
        contents.push(FactContent::Contact(ada.professionals[0].clone()));
        let visitor = professional("Health visitor", "Tom Test", "Test surgery", "01632 960444");
        contents.push(FactContent::Contact(visitor));
        contents.push(FactContent::Register(Box::new(ada)));
    }
    let source = Source {
        agency: agency.parse().unwrap(),
        system: system.to_owned(),
        record: id.record.clone(),
    };
    let fact = |content| Fact { content, source: source.clone(), as_at: AsAt(now) };
    contents.into_iter().map(fact).collect()
}
