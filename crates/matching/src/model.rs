//! The model's parameters, each with where it comes from.
//!
//! Three classes explain why a record looks like the subject: it is the *same* person; it is another person of the same *household*
//! (brother, sister, twin); it is *unrelated*. For each field and level the tables hold the probability of that level under each
//! class. They are assumptions, set by hand and not measured on real records:
//!
//! - *same*: round figures near the error rates that the synthetic evaluation set is made with (a birth date right in 19 of 20 cases,
//!   a surname in 17 of 20, an address out of date in 1 of 4). An agency's own records may err otherwise.
//! - *household*: siblings mostly share surname and address and hardly ever a first name; one sibling pair in fifty is taken to be twins and
//!   to share a birth date.
//! - *unrelated*: arithmetic where there is some (365 days, 18 years of childhood, 26 initials, two sexes), and for whole names,
//!   dates and postcodes how often they occur in the index itself.
//!
//! `examples/evaluate.rs` checks them on synthetic sets. Agreement there shows that the model is sound, not that the figures hold elsewhere.

use crate::explanation::{Field, Level};

/// When to call a match certain, and what to expect of the people asked about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Model {
    /// How many people the asks are about: the district's population of the kind that the index holds. An index with fewer knows only
    /// that share of them, so that the same agreement proves less on a register of 300 than in a hospital's whole index.
    /// Default 20,000: a small district's children.
    pub people: f64,
    /// The share of those asked about whom an index of everybody (`people` or more) holds. Default 0.8, an assumption: the rest
    /// are visitors and newcomers.
    pub present: f64,
    /// Others of the same household whom the index holds, on average. Default 0.8, an assumption.
    pub siblings: f64,
    /// The probability from which a match is certain. Default 0.99.
    pub certain: f64,
    /// The bits by which a certain match leads the next one. Default 6: 64 times as likely.
    pub lead: f64,
    /// The probability from which a person is shown as possible. Default 0.02.
    pub possible: f64,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            people: 20_000.0,
            present: 0.8,
            siblings: 0.8,
            certain: 0.99,
            lead: 6.0,
            possible: 0.02,
        }
    }
}

impl Model {
    /// The defaults for asks about a population of that many people.
    pub fn for_people(people: f64) -> Self {
        Self { people: people.max(1.0), ..Self::default() }
    }
}

/// How much likelier a level is than for an unrelated person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ratio {
    /// If it is the same person.
    pub(crate) same: f64,
    /// If it is another person of the household.
    pub(crate) household: f64,
}

impl Ratio {
    /// No evidence either way.
    pub(crate) const NEUTRAL: Self = Self { same: 1.0, household: 1.0 };

    pub(crate) fn times(self, other: Self) -> Self {
        Self { same: self.same * other.same, household: self.household * other.household }
    }
}

/// Family and given name the other way round: assumed in 1 of 200 records. Nobody in a household has another's names swapped.
pub(crate) const SWAPPED_NAMES: Ratio = Ratio { same: 0.005, household: 1e-5 };

/// A frequency in a small index is a guess: this many imagined bearers, of average frequency, are counted along with the real ones.
const IMAGINED: f64 = 2_000.0;

/// However many records hold the first of January or one hostel's postcode, the same value proves no less than one near it.
const COMMONEST: f64 = 0.015;

/// Average frequency of a whole value: a family name (1 in 2,500), a given name (1 in 500), a birth date (18 years of days), a postcode
/// (about 10 children in a town of 30,000), an outward code (1 in 30).
pub(crate) const fn average(field: Field) -> f64 {
    match field {
        Field::FamilyName => 0.000_4,
        Field::GivenName | Field::FurtherNames => 0.002,
        Field::BirthDate => 1.0 / 6_570.0,
        _ => 0.000_3,
    }
}

/// How often a value occurs, from its count among `of`, drawn towards the average.
pub(crate) fn frequency(field: Field, count: usize, of: usize) -> f64 {
    #[allow(clippy::cast_precision_loss)] // counts of people, far below 2⁵²
    let (count, of) = (count as f64, of as f64);
    (count + IMAGINED * average(field)) / (of + IMAGINED)
}

/// The evidence of a level. `frequency` is that of the record's own value: an agreement on a rare one proves more, and a typing error
/// leads from a common name to a near one as often as the name is common.
pub(crate) fn ratio(field: Field, level: Level, frequency: f64) -> Ratio {
    let Some((same, household, unrelated)) = table(field, level) else { return Ratio::NEUTRAL };
    let unrelated = match (field, level) {
        (Field::BirthDate | Field::Postcode, Level::Exact) => frequency.min(COMMONEST),
        // Names. Disagreement and initials are as likely for a rare one as for a common one.
        (Field::FamilyName | Field::GivenName | Field::FurtherNames, level)
            if !matches!(level, Level::Different | Level::Initial) =>
        {
            unrelated + frequency
        }
        _ => unrelated,
    };
    Ratio { same: same / unrelated, household: household / unrelated }
}

/// Probabilities of a level: same person, same household, unrelated (where a frequency is added: what remains for a value that hardly
/// occurs).
const fn table(field: Field, level: Level) -> Option<(f64, f64, f64)> {
    match field {
        Field::NhsNumber => number(level),
        Field::FamilyName => family(level),
        Field::GivenName => given(level),
        Field::FurtherNames => further(level),
        Field::BirthDate => birth(level),
        Field::Sex => sex(level),
        Field::Postcode => postcode(level),
    }
}

/// Assumed: a number that verifies is the person's own in 985 of 1,000 cases; about 4 of 1,000 are a sibling's, the rest superseded or confused.
const fn number(level: Level) -> Option<(f64, f64, f64)> {
    match level {
        Level::Exact => Some((0.985, 0.005, 1e-7)),
        Level::Different => Some((0.012, 0.995, 1.0)),
        _ => None,
    }
}

const fn family(level: Level) -> Option<(f64, f64, f64)> {
    match level {
        Level::Exact => Some((0.86, 0.86, 0.0)),
        Level::CloseSpelling => Some((0.04, 0.006, 0.000_5)),
        Level::Part => Some((0.02, 0.02, 0.001)),
        Level::SoundsAlike => Some((0.012, 0.004, 0.001_5)),
        Level::Resembles => Some((0.006, 0.003, 0.004)),
        // A parent's other name, marriage, adoption; half-siblings more often still.
        Level::Different => Some((0.07, 0.11, 0.99)),
        _ => None,
    }
}

const fn given(level: Level) -> Option<(f64, f64, f64)> {
    match level {
        Level::Exact => Some((0.82, 0.004, 0.0)),
        Level::Nickname => Some((0.05, 0.006, 0.001)),
        Level::CloseSpelling => Some((0.05, 0.012, 0.002)),
        Level::SoundsAlike => Some((0.015, 0.015, 0.004)),
        Level::Rearranged => Some((0.03, 0.012, 0.006)),
        Level::Beginning => Some((0.012, 0.004, 0.002)),
        // How often only an initial is written cancels out; 1 in 12 initials agrees by chance.
        Level::Initial => Some((0.004, 0.000_4, 0.000_33)),
        Level::Resembles => Some((0.004, 0.012, 0.008)),
        Level::Different => Some((0.012, 0.93, 0.97)),
        _ => None,
    }
}

const fn further(level: Level) -> Option<(f64, f64, f64)> {
    match level {
        Level::Exact => Some((0.85, 0.03, 0.004)),
        Level::Initial => Some((0.09, 0.008, 0.007)),
        Level::Different => Some((0.06, 0.96, 0.98)),
        _ => None,
    }
}

const fn birth(level: Level) -> Option<(f64, f64, f64)> {
    match level {
        Level::Exact => Some((0.955, 0.02, 0.0)),
        // 18 years of children: 43 days of 6,570.
        Level::ExpectedDate => Some((0.95, 0.02, 0.006_5)),
        Level::DaySwapped => Some((0.007, 0.000_2, 0.000_15)),
        // About 33 dates of 6,570 lie one slip away.
        Level::NearDate => Some((0.02, 0.006, 0.005)),
        // The first of January: 6 in 1,000 dates, times one year of 18.
        Level::SameYear => Some((0.003, 0.000_3, 0.000_35)),
        Level::Different => Some((0.01, 0.96, 0.99)),
        _ => None,
    }
}

const fn sex(level: Level) -> Option<(f64, f64, f64)> {
    match level {
        Level::Exact => Some((0.99, 0.5, 0.5)),
        Level::Different => Some((0.01, 0.5, 0.5)),
        _ => None,
    }
}

const fn postcode(level: Level) -> Option<(f64, f64, f64)> {
    match level {
        Level::Exact => Some((0.72, 0.74, 0.0)),
        Level::CloseSpelling => Some((0.03, 0.03, 0.000_8)),
        Level::District => Some((0.06, 0.05, 0.03)),
        Level::Different => Some((0.19, 0.18, 0.97)),
        _ => None,
    }
}
