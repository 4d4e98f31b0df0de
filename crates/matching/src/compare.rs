//! How far two values of one field agree. Every comparison is symmetric.

use kinfold_domain::Sex;

use crate::{
    edit::errors_within,
    explanation::Level,
    features::{Code, Day, Token, letters},
    nickname,
};

/// Two family names.
pub(crate) fn family(a: &Token, b: &Token) -> Level {
    match alike(a, b) {
        Level::Exact => Level::Exact,
        Level::CloseSpelling => Level::CloseSpelling,
        _ if (a.several_words || b.several_words) && share_part(a, b) => Level::Part,
        other => other,
    }
}

/// Two first given names.
pub(crate) fn given(a: &Token, b: &Token) -> Level {
    let alike = alike(a, b);
    if alike == Level::Exact {
        return alike;
    }
    if nickname::share(a.roots, b.roots) {
        return Level::Nickname;
    }
    if a.length == 1 || b.length == 1 {
        let same = letters(&a.text).next() == letters(&b.text).next();
        return if same { Level::Initial } else { Level::Different };
    }
    match alike {
        Level::Resembles | Level::Different if begins_with(a, b) || begins_with(b, a) => {
            Level::Beginning
        }
        other => other,
    }
}

fn begins_with(long: &Token, short: &Token) -> bool {
    short.length >= 3 && short.letters & !long.letters == 0 && long.text.starts_with(&*short.text)
}

/// Two lists of further given names: the best pair counts.
pub(crate) fn further(a: &Token, b: &Token) -> Level {
    if same_letters(a, b) {
        return Level::Exact;
    }
    let mut best = Level::Different;
    for one in a.text.split(' ') {
        for other in b.text.split(' ') {
            if one == other || close(one, other) {
                return if one.chars().nth(1).is_some() { Level::Exact } else { Level::Initial };
            }
            let initial = one.chars().nth(1).is_none() || other.chars().nth(1).is_none();
            if initial && one.chars().next() == other.chars().next() {
                best = Level::Initial;
            }
        }
    }
    best
}

/// Whether a given name of one side is among the further names of the other.
pub(crate) fn is_among(name: &Token, further: &Token) -> bool {
    name.length >= 2 && further.text.split(' ').any(|word| word == &*name.text)
}

fn close(a: &str, b: &str) -> bool {
    a.chars().count().min(b.chars().count()) >= 4 && errors_within(a, b, 1).is_some()
}

/// Spelling and sound.
fn alike(a: &Token, b: &Token) -> Level {
    let shorter = a.length.min(b.length);
    // Letters that only one side has are at least as many errors. Most pairs end here, and their texts are never fetched.
    let apart = (a.letters & !b.letters).count_ones().max((b.letters & !a.letters).count_ones());
    let sound = a.skeleton == b.skeleton;
    let tolerance = match shorter {
        0..3 => 0,
        3 => usize::from(sound),
        4..6 if sound => 2,
        4..6 => 1,
        _ if sound => 3,
        _ => 2,
    };
    if apart as usize > tolerance {
        return Level::Different;
    }
    if same_letters(a, b) {
        return Level::Exact;
    }
    match errors_within(&a.text, &b.text, tolerance) {
        Some(0 | 1) if shorter >= 4 => Level::CloseSpelling,
        Some(_) if sound => Level::SoundsAlike,
        Some(2) if shorter >= 6 => Level::Resembles,
        _ => Level::Different,
    }
}

fn same_letters(a: &Token, b: &Token) -> bool {
    a.letters == b.letters && a.text == b.text
        || ((a.several_words || b.several_words) && letters(&a.text).eq(letters(&b.text)))
}

fn share_part(a: &Token, b: &Token) -> bool {
    let is_part = |whole: &Token, name: &Token| whole.parts().any(|part| part == &*name.text);
    is_part(a, b)
        || is_part(b, a)
        || (a.several_words && b.several_words && a.parts().any(|p| b.parts().any(|q| p == q)))
}

/// Two dates of birth, neither missing. `expected`: one of them is that of an unborn child.
pub(crate) fn birth(a: Day, b: Day, expected: bool) -> Level {
    let near = |days: i32| days.abs() <= 21;
    if a == b {
        Level::Exact
    } else if expected && a.days_to(b).is_some_and(near) {
        Level::ExpectedDate
    } else if a.swapped() == Some(b) {
        Level::DaySwapped
    } else if one_slip(a, b) {
        Level::NearDate
    } else if a.year() == b.year() && (a.is_default() || b.is_default()) {
        Level::SameYear
    } else {
        Level::Different
    }
}

/// Only one of day, month and year differs, by one digit, by transposed digits, or by one.
fn one_slip(a: Day, b: Day) -> bool {
    let parts = [(a.year(), b.year()), (a.month(), b.month()), (a.day(), b.day())].into_iter();
    let mut different = parts.filter(|(x, y)| x != y);
    matches!((different.next(), different.next()), (Some((x, y)), None) if digits_slip(x, y))
}

fn digits_slip(a: u32, b: u32) -> bool {
    let digits = |n: u32| [n / 1000, n / 100 % 10, n / 10 % 10, n % 10];
    let (one, other) = (digits(a), digits(b));
    let mut wrong = (0..4).filter(|i| one[*i] != other[*i]);
    let few_digits = match (wrong.next(), wrong.next(), wrong.next()) {
        (Some(_), None, None) => true,
        (Some(i), Some(j), None) => j == i + 1 && one[i] == other[j] && one[j] == other[i],
        _ => false,
    };
    few_digits || a.abs_diff(b) == 1
}

/// Two recorded sexes, neither missing.
pub(crate) fn sex(a: Sex, b: Sex) -> Level {
    match (a, b) {
        (Sex::Female, Sex::Female) | (Sex::Male, Sex::Male) => Level::Exact,
        (Sex::Female, Sex::Male) | (Sex::Male, Sex::Female) => Level::Different,
        _ => Level::Missing,
    }
}

/// Two postcodes.
pub(crate) fn postcode(a: Code, b: Code) -> Level {
    if a == b {
        Level::Exact
    } else if one_letter_apart(a, b) {
        Level::CloseSpelling
    } else if a.outward() == b.outward() {
        Level::District
    } else {
        Level::Different
    }
}

/// One letter wrong, or two neighbours transposed. (A letter too many or too few is no postcode.)
fn one_letter_apart(a: Code, b: Code) -> bool {
    let (a, b) = (a.0.to_be_bytes(), b.0.to_be_bytes());
    let mut wrong = (0..8).filter(|i| a[*i] != b[*i]);
    match (wrong.next(), wrong.next(), wrong.next()) {
        (Some(i), None, None) => a[i] != 0 && b[i] != 0,
        (Some(i), Some(j), None) => j == i + 1 && a[i] == b[j] && a[j] == b[i],
        _ => false,
    }
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
