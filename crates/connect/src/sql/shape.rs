//! What each table of a mapping may say: its fields, what they hold, and which must be there.

use kinfold_domain::Category;

/// What a field holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Holds {
    /// Any text.
    Text,
    /// A day.
    Date,
    /// A moment.
    Time,
    /// Yes or no.
    Yes,
    /// A small number.
    Count,
    /// One of these words, as the source has them or through a code table.
    Word(&'static [&'static str]),
}

/// One field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) name: &'static str,
    pub(super) holds: Holds,
    pub(super) must: bool,
}

const fn must(name: &'static str, holds: Holds) -> Slot {
    Slot { name, holds, must: true }
}

const fn may(name: &'static str, holds: Holds) -> Slot {
    Slot { name, holds, must: false }
}

pub(super) const SEXES: [&str; 4] = ["female", "male", "other", "unknown"];
pub(super) const STATUSES: [&str; 3] = ["child-protection-plan", "looked-after", "unborn-plan"];
pub(super) const ABUSE: [&str; 9] = ["NEG", "PHY", "EMO", "SAB", "MUL", "01", "02", "03", "04"];
pub(super) const LEGAL: [&str; 3] = ["s20", "s31", "s38"];

use Holds::{Count, Date, Text, Time, Word, Yes};

const IDENTITY: [Slot; 8] = [
    may("nhs_number", Text),
    may("family", Text),
    may("given", Text),
    may("name", Text),
    may("birth_date", Date),
    may("sex", Word(&SEXES)),
    may("address_lines", Text),
    may("postcode", Text),
];

const PROFESSIONAL: [Slot; 5] = [
    must("name", Text),
    must("role", Text),
    may("team", Text),
    may("telephone", Text),
    may("telephone_confirmed", Date),
];

const HOUSEHOLD: [Slot; 6] = [
    must("name", Text),
    must("relationship", Text),
    may("birth_date", Date),
    may("sex", Word(&SEXES)),
    may("parental_responsibility", Yes),
    may("has_plan", Yes),
];

const SUMMARY: [Slot; 5] = [
    must("kind", Text),
    must("text", Text),
    may("on", Date),
    may("code", Text),
    may("sensitive", Yes),
];

/// A table's fields.
pub(super) fn slots(table: &Place) -> Vec<Slot> {
    let own: &[Slot] = match table {
        Place::People => {
            &[must("id", Text), may("changed", Text), may("gone", Yes), may("sealed", Yes)]
        }
        Place::OtherNames => {
            return vec![
                must("person", Text),
                may("family", Text),
                may("given", Text),
                may("name", Text),
            ];
        }
        Place::FormerPostcodes => return vec![must("person", Text), must("postcode", Text)],
        Place::Register => &REGISTER,
        Place::RegisterProfessionals | Place::RegisterHousehold => {
            &[must("entry", Text), may("order", Text)]
        }
        Place::Facts(..) => &[must("record", Text)],
    };
    let more: &[Slot] = match table {
        Place::People | Place::Register => &IDENTITY,
        Place::RegisterProfessionals => &PROFESSIONAL,
        Place::RegisterHousehold => &HOUSEHOLD,
        Place::Facts(category, _) => of_category(*category),
        Place::OtherNames | Place::FormerPostcodes => &[],
    };
    own.iter().chain(more).copied().collect()
}

const REGISTER: [Slot; 20] = [
    must("id", Text),
    may("person", Text),
    must("status", Word(&STATUSES)),
    must("start", Date),
    may("end", Date),
    may("expected", Date),
    may("initial_category", Word(&ABUSE)),
    may("category", Word(&ABUSE)),
    may("legal_basis", Word(&LEGAL)),
    may("previous_plans", Count),
    may("next_review", Date),
    may("school", Text),
    must("office_telephone", Text),
    must("emergency_telephone", Text),
    may("office_telephone_confirmed", Date),
    may("emergency_telephone_confirmed", Date),
    may("sealed", Yes),
    may("desk", Text),
    may("desk_telephone", Text),
    may("desk_reference", Text),
];

fn of_category(category: Category) -> &'static [Slot] {
    const ATTENDANCE: [Slot; 5] = [
        must("arrived", Time),
        may("left", Time),
        must("place", Text),
        may("reason", Text),
        may("outcome", Text),
    ];
    const INVOLVEMENT: [Slot; 7] = [
        must("service", Text),
        may("since", Date),
        may("until", Date),
        may("professional", Text),
        may("professional_role", Text),
        may("professional_team", Text),
        may("professional_telephone", Text),
    ];
    const ADDRESS: [Slot; 2] = [may("address_lines", Text), may("postcode", Text)];
    match category {
        Category::Contact => &PROFESSIONAL,
        Category::Demographics => &IDENTITY,
        Category::Address => &ADDRESS,
        Category::Household => &HOUSEHOLD,
        Category::Attendances => &ATTENDANCE,
        Category::Involvement => &INVOLVEMENT,
        Category::HealthSummary | Category::SocialCareSummary | Category::Sensitive => &SUMMARY,
        Category::Existence | Category::Register => &[],
    }
}

/// A table of the mapping file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    People,
    OtherNames,
    FormerPostcodes,
    /// Which category, and the how-many-eth of its queries, from 1.
    Facts(Category, usize),
    Register,
    RegisterProfessionals,
    RegisterHousehold,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::People => f.write_str("[people]"),
            Self::OtherNames => f.write_str("[other_names]"),
            Self::FormerPostcodes => f.write_str("[former_postcodes]"),
            Self::Facts(category, number) => write!(f, "[[facts.{category}]] number {number}"),
            Self::Register => f.write_str("[register]"),
            Self::RegisterProfessionals => f.write_str("[register_professionals]"),
            Self::RegisterHousehold => f.write_str("[register_household]"),
        }
    }
}
