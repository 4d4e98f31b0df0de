//! How people mistype: neighbouring keys, letters left out or swapped, day and month exchanged.

use jiff::{ToSpan, civil::Date};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::chance::Chance;

/// The rows of a keyboard: a letter's neighbours stand beside it.
const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// One slip of the fingers, never on the first letter; texts under three letters stay.
pub(crate) fn slip(text: &str, chance: &mut Chance) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 3 {
        return text.to_owned();
    }
    let at = 1 + chance.below(letters.len() - 1);
    match chance.weighted(&[30, 25, 20, 25]) {
        0 => letters[at] = neighbour(letters[at], chance),
        1 => {
            letters.remove(at);
        }
        2 => letters.insert(at, letters[at]),
        _ => {
            let at = at.min(letters.len() - 2).max(1);
            letters.swap(at, at + 1);
        }
    }
    letters.into_iter().collect()
}

/// The key beside this one; other characters stay.
fn neighbour(letter: char, chance: &mut Chance) -> char {
    let Some(row) = ROWS.iter().find(|row| row.contains(letter)) else { return letter };
    let keys: Vec<char> = row.chars().collect();
    let at = keys.iter().position(|key| *key == letter).unwrap_or(0);
    let beside = if at + 1 == keys.len() || (at > 0 && chance.odds(500)) { at - 1 } else { at + 1 };
    keys[beside]
}

/// Two different neighbouring digits exchanged, or one digit replaced.
pub(crate) fn mistyped_digits(digits: &str, chance: &mut Chance) -> String {
    let mut figures: Vec<char> = digits.chars().collect();
    let at = 3 + chance.below(figures.len().saturating_sub(4).max(1));
    if figures[at] != figures[at + 1] && chance.odds(600) {
        figures.swap(at, at + 1);
    } else {
        let old = figures[at].to_digit(10).unwrap_or(0);
        let step = u32::try_from(1 + chance.below(9)).unwrap_or(1);
        figures[at] = char::from_digit((old + step) % 10, 10).unwrap_or('0');
    }
    figures.into_iter().collect()
}

/// Day and month the other way round, where that is another day of the calendar.
pub(crate) fn day_month_swapped(date: Date) -> Option<Date> {
    let swapped = Date::new(date.year(), date.day(), date.month()).ok()?;
    (swapped != date).then_some(swapped)
}

/// A day, a month, or a year beside the right one.
pub(crate) fn mistyped_date(date: Date, chance: &mut Chance) -> Date {
    let step = if chance.odds(500) { 1 } else { -1 };
    match chance.weighted(&[40, 30, 30]) {
        0 => date.saturating_add(step.days()),
        1 => date.saturating_add(step.months()),
        _ => date.saturating_add(step.years()),
    }
}

/// Without marks, apostrophes and hyphens, as older systems keep names.
pub(crate) fn plain(text: &str) -> String {
    let letters = text.nfd().filter(|c| !is_combining_mark(*c));
    letters
        .filter(|c| !matches!(c, '\'' | '’'))
        .map(|c| match c {
            'ł' => 'l',
            'Ł' => 'L',
            'ı' => 'i',
            'ø' => 'o',
            'ß' => 's',
            '-' => ' ',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::Seed;

    #[test]
    fn a_slip_changes_little_and_never_the_first_letter() {
        let mut chance = Chance::new(Seed(1), 0);
        for _ in 0..500 {
            let slipped = slip("Wójcik", &mut chance);
            assert!(slipped.starts_with('W') && (5..=7).contains(&slipped.chars().count()));
        }
        assert_eq!(slip("Xi", &mut chance), "Xi");
    }

    #[test]
    fn day_and_month_change_places_only_where_that_is_a_day() {
        assert_eq!(day_month_swapped(date(2019, 3, 4)), Some(date(2019, 4, 3)));
        assert_eq!(day_month_swapped(date(2019, 3, 14)), None);
        assert_eq!(day_month_swapped(date(2019, 3, 3)), None);
    }

    #[test]
    fn plain_names_keep_their_letters() {
        assert_eq!(plain("Ó'Súilleabháin-Łuczak"), "OSuilleabhain Luczak");
        assert_eq!(plain("Adébáyọ̀"), "Adebayo");
    }

    #[test]
    fn mistyped_digits_differ_and_keep_their_beginning() {
        let mut chance = Chance::new(Seed(2), 0);
        for _ in 0..500 {
            let wrong = mistyped_digits("9990000018", &mut chance);
            assert!(wrong != "9990000018" && wrong.len() == 10 && wrong.starts_with("999"));
        }
    }
}
