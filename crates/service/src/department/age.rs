//! Whom the registers are searched for without being asked.

use jiff::civil::Date;
use kinfold_domain::Subject;

/// Whether the registers may hold this patient: a child, somebody whose age is not known, or a pregnant patient.
pub(super) fn is_to_be_checked(subject: &Subject, pregnant: bool, today: Date) -> bool {
    pregnant || subject.birth_date.is_none_or(|born| is_under_18(born.expose(), today))
}

fn is_under_18(born: Date, today: Date) -> bool {
    // Born on 29 February: of age on 1 March, so that nobody is dropped a day early.
    let birthday = Date::new(born.year().saturating_add(18), born.month(), born.day());
    let of_age = birthday.or_else(|_| Date::new(born.year().saturating_add(18), 3, 1));
    of_age.is_ok_and(|of_age| today < of_age)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use kinfold_domain::BirthDate;

    use super::*;

    #[test]
    fn everybody_is_checked_who_may_be_under_eighteen_or_carry_a_child() {
        let born = |y, m, d| Subject {
            birth_date: Some(BirthDate::new(d, m, y).unwrap()),
            ..Subject::default()
        };
        let today = date(2026, 11, 22);
        for (subject, pregnant, expected) in [
            (born(2008, 11, 23), false, true),
            (born(2008, 11, 22), false, false),
            (born(1990, 1, 1), true, true),
            (born(1990, 1, 1), false, false),
            (Subject::default(), false, true),
        ] {
            assert_eq!(is_to_be_checked(&subject, pregnant, today), expected);
        }
        assert!(is_to_be_checked(&born(2008, 2, 29), false, date(2026, 2, 28)));
        assert!(!is_to_be_checked(&born(2008, 2, 29), false, date(2026, 3, 1)));
    }
}
