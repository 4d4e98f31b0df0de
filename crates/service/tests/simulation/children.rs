//! Whom the stories are about: children with names and numbers that nobody could mistake for one another, and adults.

use std::sync::LazyLock;

use kinfold_domain::{BirthDate, Demographics, EntryId, NhsNumber, Sex, Subject};
use kinfold_service::testing::{child, nhs_number};

const NAMES: [(&str, &str); 8] = [
    ("Featherstonehaugh", "Adalind"),
    ("Garrowby", "Iseult"),
    ("Mockridge", "Tobiah"),
    ("Quillfeather", "Zenobia"),
    ("Harkaway", "Lysander"),
    ("Winterbourne", "Ottilie"),
    ("Blenkinsop", "Casimir"),
    ("Ravenscroft", "Perpetua"),
];

/// How many children there are.
pub(crate) const CHILDREN: usize = NAMES.len();

pub(crate) fn child_of(n: usize) -> Demographics {
    child(n + 1, NAMES[n].0, NAMES[n].1)
}

/// What a hospital may know of somebody.
pub(crate) fn known(n: usize) -> Subject {
    Subject::from(&child_of(n))
}

/// Somebody of whom nothing is known yet.
pub(crate) fn nameless() -> Subject {
    Subject { sex: Sex::Female, ..Subject::default() }
}

pub(crate) fn adult() -> Subject {
    let born = Some(BirthDate::new(1, 1, 1980).unwrap());
    let mut adult = Subject::from(&child(40, "Grownup", "Sampleton"));
    (adult.birth_date, adult.nhs_number) = (born, Some(nhs_number(40)));
    adult
}

/// Whose number that is.
pub(crate) fn who(subject: &Subject) -> Option<usize> {
    static NUMBERS: LazyLock<Vec<NhsNumber>> =
        LazyLock::new(|| (0..CHILDREN).map(|n| nhs_number(n + 1)).collect());
    let number = subject.nhs_number?;
    NUMBERS.iter().position(|known| *known == number)
}

pub(crate) fn entry_of(n: usize) -> EntryId {
    format!("cpp-{n}").parse().unwrap()
}
