use proptest::prelude::*;

use super::*;
use crate::{explanation::Field, fold::fold, model};

fn token(text: &str) -> Token {
    Token::new(&fold(text))
}

#[test]
fn given_names_reach_the_level_that_describes_them() {
    for (a, b, level) in [
        ("Ada", "ADA", Level::Exact),
        ("William", "Bill", Level::Nickname),
        ("Mohammed", "Muhammad", Level::Nickname),
        ("Thelma", "Thelam", Level::CloseSpelling),
        ("Shaun", "Shane", Level::SoundsAlike),
        ("Rhodamund", "Rhoda", Level::Beginning),
        ("A", "Ada", Level::Initial),
        ("B", "Ada", Level::Different),
        ("Thelmag", "Themlay", Level::Resembles),
        ("Ada", "Eva", Level::Different),
        ("فاطمة", "فاطمه", Level::Exact),
        ("علي", "احمد", Level::Different),
        ("王", "李", Level::Different),
    ] {
        assert_eq!(given(&token(a), &token(b)), level, "{a} {b}");
    }
}

#[test]
fn family_names_reach_the_level_that_describes_them() {
    for (a, b, level) in [
        ("O'Brien", "OBRIEN", Level::Exact),
        ("Smith-Jones", "Smith Jones", Level::Exact),
        ("Van der Berg", "Vanderberg", Level::Exact),
        ("Smith-Jones", "Jones", Level::Part),
        ("Smith-Jones", "Jones-Khan", Level::Part),
        ("Kowalski", "Kowalska", Level::CloseSpelling),
        ("Chowdhury", "Chaudhry", Level::SoundsAlike),
        ("Łoś", "Los", Level::Exact),
        ("Lee", "Li", Level::Different),
    ] {
        assert_eq!(family(&token(a), &token(b)), level, "{a} {b}");
    }
}

#[test]
fn dates_reach_the_level_that_describes_them() {
    let day = |text: &str| Day::from(text.parse::<kinfold_domain::BirthDate>().ok());
    for (a, b, expected, level) in [
        ("3 4 2019", "3 4 2019", false, Level::Exact),
        ("3 4 2019", "4 3 2019", false, Level::DaySwapped),
        ("3 4 2019", "3 4 2018", false, Level::NearDate),
        ("3 4 2019", "13 4 2019", false, Level::NearDate),
        ("12 4 2019", "21 4 2019", false, Level::NearDate),
        ("9 4 2019", "10 4 2019", false, Level::NearDate),
        ("13 8 2019", "1 1 2019", false, Level::SameYear),
        ("28 12 2025", "9 1 2026", true, Level::ExpectedDate),
        ("28 12 2025", "9 1 2026", false, Level::Different),
        ("3 4 2019", "25 9 2012", false, Level::Different),
    ] {
        assert_eq!(birth(day(a), day(b), expected), level, "{a} {b}");
        assert_eq!(birth(day(b), day(a), expected), level, "{b} {a}");
    }
}

#[test]
fn postcodes_reach_the_level_that_describes_them() {
    let code = |text: &str| Code::from(&text.parse::<kinfold_domain::Postcode>().unwrap());
    for (a, b, level) in [
        ("S60 1AA", "s601aa", Level::Exact),
        ("S60 1AA", "S60 1AB", Level::CloseSpelling),
        ("S60 1AB", "S60 1BA", Level::CloseSpelling),
        ("S60 1AA", "S60 9ZZ", Level::District),
        ("S60 1AA", "S6 1AA", Level::Different),
    ] {
        assert_eq!(postcode(code(a), code(b)), level, "{a} {b}");
    }
}

/// Levels of each field, the closest agreement first.
const ORDERS: [(Field, &[Level]); 7] = [
    (Field::NhsNumber, &[Level::Exact, Level::Different]),
    (
        Field::FamilyName,
        &[
            Level::Exact,
            Level::CloseSpelling,
            Level::Part,
            Level::SoundsAlike,
            Level::Resembles,
            Level::Different,
        ],
    ),
    (
        Field::GivenName,
        &[
            Level::Exact,
            Level::CloseSpelling,
            Level::SoundsAlike,
            Level::Resembles,
            Level::Different,
        ],
    ),
    (Field::FurtherNames, &[Level::Exact, Level::Initial, Level::Different]),
    (Field::BirthDate, &[Level::Exact, Level::DaySwapped, Level::NearDate, Level::Different]),
    (Field::Sex, &[Level::Exact, Level::Different]),
    (Field::Postcode, &[Level::Exact, Level::CloseSpelling, Level::District, Level::Different]),
];

proptest! {
    #[test]
    fn agreeing_more_never_lowers_the_weight(frequency in 0.000_000_1f64..0.03) {
        for (field, order) in ORDERS {
            for pair in order.windows(2) {
                let weight = |level| model::ratio(field, level, frequency).same;
                prop_assert!(weight(pair[0]) >= weight(pair[1]), "{field:?} {pair:?} {frequency}");
            }
        }
        for level in [Level::Nickname, Level::Rearranged, Level::Beginning, Level::Initial] {
            let ratio = |level| model::ratio(Field::GivenName, level, frequency).same;
            prop_assert!(ratio(Level::Exact) >= ratio(level) && ratio(level) > ratio(Level::Different));
        }
    }

    #[test]
    fn comparisons_are_symmetric(a in "\\PC{0,14}", b in "\\PC{0,14}") {
        let (a, b) = (token(&a), token(&b));
        prop_assert_eq!(family(&a, &b), family(&b, &a));
        prop_assert_eq!(given(&a, &b), given(&b, &a));
        prop_assert_eq!(further(&a, &b), further(&b, &a));
    }

    #[test]
    fn comparisons_of_near_names_are_symmetric(a in "[ABEHS]{1,6}( [ABE]{1,4})?", b in "[ABEHS]{1,6}( [ABE]{1,4})?") {
        let (a, b) = (token(&a), token(&b));
        prop_assert_eq!(family(&a, &b), family(&b, &a));
        prop_assert_eq!(given(&a, &b), given(&b, &a));
        prop_assert_eq!(further(&a, &b), further(&b, &a));
    }

    #[test]
    fn dates_and_postcodes_compare_symmetrically(
        a in (2015u32..2020, 1u32..=12, 1u32..=28), b in (2015u32..2020, 1u32..=12, 1u32..=28),
        p in "S[0-9]{1,2} [0-9][A-C]{2}", q in "S[0-9]{1,2} [0-9][A-C]{2}", expected: bool,
    ) {
        let (a, b) = (Day::of(a.0, a.1, a.2), Day::of(b.0, b.1, b.2));
        prop_assert_eq!(birth(a, b, expected), birth(b, a, expected));
        let code = |text: &str| Code::from(&text.parse::<kinfold_domain::Postcode>().unwrap());
        prop_assert_eq!(postcode(code(&p), code(&q)), postcode(code(&q), code(&p)));
    }
}
