//! The cases that count, told through the public interface: who is asked for, and who must or must not be found.

use kinfold_domain::{Address, BirthDate, Demographics, NumberAgreement, PersonName, Sex, Subject};

use crate::{Candidate, Field, Level, Limits, Model, Outcome, PersonIndex, Reach};

/// Ten thousand unrelated children, so that names have frequencies and an agreement has something to stand out from.
fn town() -> PersonIndex<String> {
    const FAMILIES: [&str; 25] = [
        "Archer", "Barton", "Coates", "Dixon", "Ellis", "Farrow", "Grant", "Hobbs", "Irwin",
        "Judd", "Kemp", "Lowe", "Marsh", "Noble", "Orton", "Pratt", "Quirk", "Rudd", "Stubbs",
        "Tully", "Unwin", "Vance", "Webb", "Yates", "Ziegler",
    ];
    const GIVEN: [&str; 20] = [
        "Aaron", "Bridget", "Colin", "Daphne", "Edgar", "Flora", "Gareth", "Hilda", "Ivan",
        "Joyce", "Keith", "Lorna", "Martin", "Norma", "Otto", "Pearl", "Quentin", "Rhoda", "Simon",
        "Thelma",
    ];
    let mut index = PersonIndex::new(Model::default());
    for n in 0u16..10_000 {
        let at = |of: usize, step: u16| usize::from(n.wrapping_mul(step) % 9_973) % of;
        let mut child = child(FAMILIES[at(25, 7)], GIVEN[at(20, 31)], "");
        let (day, month) =
            (i8::try_from(at(28, 13)).unwrap() + 1, i8::try_from(at(12, 17)).unwrap() + 1);
        child.birth_date =
            Some(BirthDate::new(day, month, 2008 + i16::try_from(n % 18).unwrap()).unwrap());
        let code = format!(
            "S{} {}A{}",
            1 + n % 40,
            n % 10,
            char::from(b'A' + u8::try_from(n % 26).unwrap())
        );
        child.address = Some(address(&code));
        index.insert(format!("town {n}"), &child);
    }
    index
}

fn address(postcode: &str) -> Address {
    Address { lines: vec![], postcode: postcode.parse().ok() }
}

fn child(family: &str, given: &str, birth: &str) -> Demographics {
    let mut child = Demographics::named(PersonName::new(family, given).unwrap());
    child.birth_date = birth.parse().ok();
    child.address = Some(address("S60 1ZZ"));
    child
}

fn numbered(mut child: Demographics, number: &str) -> Demographics {
    child.nhs_number = Some(number.parse().unwrap());
    child
}

fn sexed(mut child: Demographics, sex: Sex) -> Demographics {
    child.sex = sex;
    child
}

fn asked(family: &str, given: &str, birth: &str, postcode: &str) -> Subject {
    Subject {
        name: PersonName::new(family, given).ok(),
        birth_date: birth.parse().ok(),
        postcode: postcode.parse().ok(),
        ..Subject::default()
    }
}

fn by_number(number: &str, mut subject: Subject) -> Subject {
    subject.nhs_number = Some(number.parse().unwrap());
    subject
}

fn town_with(children: &[(&str, Demographics)]) -> PersonIndex<String> {
    let mut index = town();
    for (key, child) in children {
        index.insert((*key).to_owned(), child);
    }
    index
}

fn find(index: &PersonIndex<String>, subject: &Subject) -> Outcome<String> {
    index.search(subject, Limits::default()).outcome
}

#[track_caller]
fn one(index: &PersonIndex<String>, subject: &Subject) -> Candidate<String> {
    match find(index, subject) {
        Outcome::One(candidate) => candidate,
        other => panic!("not one: {other:?}"),
    }
}

#[track_caller]
fn several(index: &PersonIndex<String>, subject: &Subject) -> Vec<Candidate<String>> {
    match find(index, subject) {
        Outcome::Several(candidates) => candidates,
        other => panic!("not several: {other:?}"),
    }
}

const ADA: &str = "999 000 0018";
const BEN: &str = "999 000 0026";

#[test]
fn errors_that_people_make_still_find_the_child() {
    let mut changed = child("Novak", "Tomas", "14 5 2016");
    changed.other_names = vec![PersonName::new("Okonkwo", "").unwrap()];
    changed.former_postcodes = vec!["S61 4QQ".parse().unwrap()];
    let index = town_with(&[
        ("ada", child("Lovell", "Ada Mary", "3 4 2019")),
        ("wil", child("Smith-Hargreave", "William", "12 11 2015")),
        ("zoe", child("Świętek", "Zoë", "9 1 2017")),
        ("sea", child("O'Brien", "Niamh", "30 6 2018")),
        ("muh", child("Hussain", "Muhammad Bilal", "21 2 2014")),
        ("fat", child("محمد", "فاطمة", "17 8 2013")),
        ("xin", child("Chen", "Xin Yi", "5 10 2012")),
        ("tom", changed),
    ]);
    for (key, subject) in [
        ("ada", asked("Lovell", "Ada", "3 4 2019", "S60 1ZZ")),
        ("ada", asked("LOVELL", "ada", "3 4 2019", "")),
        ("ada", asked("Lovell", "Ada", "4 3 2019", "S60 1ZZ")),
        ("ada", asked("Lovell", "Ada", "3 4 2018", "S60 1ZZ")),
        ("ada", asked("Lovel", "Ada", "3 4 2019", "S60 1ZZ")),
        ("ada", asked("Lovlel", "Ada", "3 4 2019", "")),
        ("ada", asked("Ada", "Lovell", "3 4 2019", "S60 1ZZ")),
        ("ada", asked("Lovell", "Mary", "3 4 2019", "S60 1ZZ")),
        ("wil", asked("Smith-Hargreave", "Bill", "12 11 2015", "S60 1ZZ")),
        ("wil", asked("Hargreave", "William", "12 11 2015", "S60 1ZZ")),
        ("wil", asked("Smith Hargreave", "Will", "12 11 2015", "S61 4QQ")),
        ("zoe", asked("Swietek", "Zoe", "9 1 2017", "")),
        ("sea", asked("OBrien", "Niamh", "30 6 2018", "")),
        ("sea", asked("O’Brien", "Neve", "30 6 2018", "S60 1ZZ")),
        ("muh", asked("Hussein", "Mohammed", "21 2 2014", "S60 1ZZ")),
        ("muh", asked("Hussain", "Bilal", "21 2 2014", "S60 1ZZ")),
        ("fat", asked("محمد", "فاطمه", "17 8 2013", "")),
        ("fat", asked("محمد", "فاطمة", "17 8 2013", "S60 1ZZ")),
        ("xin", asked("Chen", "Xinyi", "5 10 2012", "S60 1ZZ")),
        ("tom", asked("Okonkwo", "Tomas", "14 5 2016", "S61 4QQ")),
        ("tom", asked("Novak", "Tomas", "14 5 2016", "S61 4QQ")),
    ] {
        assert_eq!(one(&index, &subject).key, key, "{}", subject.name.unwrap().expose());
    }
}

#[test]
fn a_twin_is_never_taken_for_the_other() {
    let twins = [
        ("ada", sexed(child("Lovell", "Ada", "3 4 2019"), Sex::Female)),
        ("eva", sexed(child("Lovell", "Eva", "3 4 2019"), Sex::Female)),
    ];
    let index = town_with(&twins);
    assert_eq!(one(&index, &asked("Lovell", "Ada", "3 4 2019", "S60 1ZZ")).key, "ada");
    assert_eq!(one(&index, &asked("Lovell", "Eva", "3 4 2019", "S60 1ZZ")).key, "eva");
    // Neither first name, or none: both are shown.
    for given in ["", "Baby", "Xanthe"] {
        assert_eq!(
            several(&index, &asked("Lovell", given, "3 4 2019", "S60 1ZZ")).len(),
            2,
            "{given}"
        );
    }
    // Only the twin is known.
    let index = town_with(&twins[..1]);
    let shown = several(&index, &asked("Lovell", "Xanthe", "3 4 2019", "S60 1ZZ"));
    assert_eq!(
        (shown.len(), shown[0].explanation.of(Field::GivenName).level),
        (1, Level::Different)
    );
}

#[test]
fn a_sibling_is_not_taken_for_an_absent_child() {
    let index = town_with(&[("ada", child("Lovell", "Ada", "3 4 2019"))]);
    let absent = find(&index, &asked("Lovell", "Kit", "8 9 2021", "S60 1ZZ"));
    assert!(!matches!(absent, Outcome::One(_)), "{absent:?}");
    assert_eq!(find(&index, &asked("Mistry", "Kit", "8 9 2021", "S75 9ZZ")), Outcome::None);
}

#[test]
fn newborns_without_a_name_are_found_by_their_mothers_and_their_date() {
    let index = town_with(&[
        ("baby", child("Lovell", "Baby", "3 4 2026")),
        ("unborn", child("Mistry", "Unborn", "28 12 2025")),
    ]);
    assert_eq!(one(&index, &asked("Lovell", "Ada", "3 4 2026", "S60 1ZZ")).key, "baby");
    assert_eq!(one(&index, &asked("Smith", "Baby of Lovell", "3 4 2026", "S60 1ZZ")).key, "baby");
    let born = index.search(&asked("Mistry", "Kit", "9 1 2026", "S60 1ZZ"), Limits::default());
    assert_eq!(born.candidates()[0].key, "unborn");
    assert_eq!(born.candidates()[0].explanation.of(Field::BirthDate).level, Level::ExpectedDate);
}

#[test]
fn a_number_alone_finds_its_person() {
    let index = town_with(&[("ada", numbered(child("Lovell", "Ada", "3 4 2019"), ADA))]);
    let found = one(&index, &by_number(ADA, Subject::default()));
    assert_eq!((found.key.as_str(), found.number), ("ada", NumberAgreement::Agrees));
    assert_eq!(find(&index, &by_number(BEN, Subject::default())), Outcome::None);
}

#[test]
fn a_number_with_a_changed_surname_or_a_mistyped_date_still_agrees() {
    let index = town_with(&[("ada", numbered(child("Lovell", "Ada", "3 4 2019"), ADA))]);
    for subject in [
        asked("Lovell", "Ada", "3 4 2019", "S60 1ZZ"),
        asked("Mistry", "Ada", "3 4 2019", ""),
        asked("Lovell", "Ada", "4 3 2019", ""),
        asked("Lovell", "", "", ""),
    ] {
        let found = one(&index, &by_number(ADA, subject));
        assert_eq!((found.key.as_str(), found.number), ("ada", NumberAgreement::Agrees));
    }
}

#[test]
fn a_number_that_belongs_to_another_name_is_possible_and_never_certain() {
    let index = town_with(&[("ada", numbered(child("Lovell", "Ada", "3 4 2019"), ADA))]);
    for subject in [
        asked("Mistry", "Kit", "8 9 2021", ""),
        asked("Lovell", "Kit", "3 4 2019", "S60 1ZZ"),
        asked("Mistry", "", "", ""),
    ] {
        let shown = several(&index, &by_number(ADA, subject));
        assert_eq!((shown[0].key.as_str(), shown[0].number), ("ada", NumberAgreement::AnotherName));
    }
}

#[test]
fn a_siblings_number_shows_both_children() {
    let index = town_with(&[
        ("ada", numbered(child("Lovell", "Ada", "3 4 2019"), ADA)),
        ("ben", numbered(child("Lovell", "Ben", "8 9 2021"), BEN)),
    ]);
    let shown = several(&index, &by_number(ADA, asked("Lovell", "Ben", "8 9 2021", "S60 1ZZ")));
    let told: Vec<_> = shown.iter().map(|child| (child.key.as_str(), child.number)).collect();
    assert_eq!(
        told,
        [("ben", NumberAgreement::NotCompared), ("ada", NumberAgreement::AnotherName)]
    );
    assert_eq!(shown[0].explanation.of(Field::NhsNumber).level, Level::Different);
}

#[test]
fn a_number_against_the_record_is_never_overruled_in_silence() {
    let index = town_with(&[("ada", numbered(child("Lovell", "Ada", "3 4 2019"), ADA))]);
    let shown = several(&index, &by_number(BEN, asked("Lovell", "Ada", "3 4 2019", "S60 1ZZ")));
    assert_eq!(shown[0].key, "ada");
}

#[test]
fn records_of_one_child_in_two_systems_are_one_person() {
    let ada = child("Lovell", "Ada", "3 4 2019");
    let index = town_with(&[
        ("pas", numbered(ada.clone(), ADA)),
        ("cases", ada.clone()),
        ("other", numbered(child("Lovell", "Ada M", "3 4 2019"), ADA)),
    ]);
    let found = one(&index, &asked("Lovell", "Ada", "3 4 2019", "S60 1ZZ"));
    assert_eq!(found.same.len(), 2);
    let found = one(&index, &by_number(ADA, Subject::default()));
    assert_eq!(found.same.len(), 1);
}

#[test]
fn a_name_alone_is_never_certain_and_too_little_is_told() {
    let index = town_with(&[("ada", child("Lovell", "Ada", "3 4 2019"))]);
    assert_eq!(several(&index, &asked("Lovell", "Ada", "", ""))[0].key, "ada");
    let search = index.search(&asked("Lovell", "", "", ""), Limits::default());
    assert_eq!((search.outcome, search.reach), (Outcome::None, Reach::TooLittle));
}

#[test]
fn a_placeholder_is_no_name_so_that_finding_nobody_beside_it_says_nothing() {
    let index = town_with(&[("baby", child("Unknown", "Baby", "3 4 2019"))]);
    for subject in [
        asked("Unknown", "", "3 4 2019", ""),
        asked("Unknown", "Baby", "", "S60 1ZZ"),
        asked("XX", "", "", "S60 1ZZ"),
    ] {
        let search = index.search(&subject, Limits::default());
        assert_ne!(search.reach, Reach::Whole, "{subject:?}");
    }
    let told = index.search(&asked("Unknown", "", "3 4 2019", "S60 1ZZ"), Limits::default());
    assert!(!told.candidates().is_empty(), "date and postcode are enough");
}

#[test]
fn an_explanation_adds_up_and_holds_no_personal_value() {
    let index = town_with(&[("ada", numbered(child("Lovell", "Ada", "3 4 2019"), ADA))]);
    let found = one(&index, &by_number(ADA, asked("Lovell", "Adah", "3 4 2019", "S60 1ZZ")));
    let text = found.explanation.to_string();
    for personal in ["Lovell", "LOVELL", "Ada", "ADA", "2019", "S60", "999"] {
        assert!(!text.contains(personal), "{text}");
    }
    assert!(text.contains("Family name: the same (+"), "{text}");
    let sum: f64 = found.explanation.fields.iter().map(|field| field.weight).sum();
    assert!((sum - found.weight).abs() < 1e-9);
}

#[test]
fn the_same_agreement_proves_less_where_few_of_those_asked_about_are_known() {
    let mut register = PersonIndex::new(Model::for_people(60_000.0));
    register.insert(1, &child("Lovell", "Ada", "3 4 2019"));
    let probability = |index: &PersonIndex<i32>, subject: &Subject| {
        index.search(subject, Limits::default()).candidates().first().map_or(0.0, |c| c.probability)
    };
    let weak = asked("Lovell", "Ada", "", "");
    let mut small = PersonIndex::new(Model::for_people(1_000.0));
    small.insert(1, &child("Lovell", "Ada", "3 4 2019"));
    assert!(probability(&register, &weak) < probability(&small, &weak));
    assert!(probability(&register, &asked("Lovell", "Ada", "3 4 2019", "S60 1ZZ")) > 0.99);
}
