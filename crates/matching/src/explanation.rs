//! Why a candidate weighs what it weighs, without a single personal value.

use std::fmt;

/// What is compared.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Field {
    /// The NHS number.
    NhsNumber,
    /// The family name.
    FamilyName,
    /// The first given name.
    GivenName,
    /// The given names after the first.
    FurtherNames,
    /// The date of birth.
    BirthDate,
    /// Sex.
    Sex,
    /// The postcode.
    Postcode,
}

impl Field {
    /// Every field, in the order of an explanation.
    pub const ALL: [Self; 7] = [
        Self::NhsNumber,
        Self::FamilyName,
        Self::GivenName,
        Self::FurtherNames,
        Self::BirthDate,
        Self::Sex,
        Self::Postcode,
    ];

    /// As the page says it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::NhsNumber => "NHS number",
            Self::FamilyName => "Family name",
            Self::GivenName => "Given name",
            Self::FurtherNames => "Further given names",
            Self::BirthDate => "Date of birth",
            Self::Sex => "Sex",
            Self::Postcode => "Postcode",
        }
    }
}

/// How far a field agrees.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Level {
    /// One side lacks it, or holds a placeholder such as "Baby": no evidence either way.
    Missing,
    /// The same, apart from case, accents, spaces and punctuation.
    Exact,
    /// Two forms of one name: William and Bill, Muhammad and Mohammed.
    Nickname,
    /// A typing error apart.
    CloseSpelling,
    /// Spelt differently, pronounced alike.
    SoundsAlike,
    /// One half of a double-barrelled name.
    Part,
    /// A given name of one side is a further given name of the other.
    Rearranged,
    /// One name begins with the other: Abdi, Abdirahman.
    Beginning,
    /// One side has only the initial, which agrees.
    Initial,
    /// Two typing errors apart.
    Resembles,
    /// Day and month the other way round.
    DaySwapped,
    /// One digit of the date mistyped, two transposed, or the day before or after.
    NearDate,
    /// The same year, and one side has the first of January, which stands for an unknown day.
    SameYear,
    /// Within three weeks of an unborn child's expected date.
    ExpectedDate,
    /// The outward half of the postcode.
    District,
    /// Different.
    Different,
}

impl Level {
    /// As the page says it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Missing => "not compared",
            Self::Exact => "the same",
            Self::Nickname => "another form of the same name",
            Self::CloseSpelling => "one typing error apart",
            Self::SoundsAlike => "sounds alike",
            Self::Part => "one part is the same",
            Self::Rearranged => "the same names in another order",
            Self::Beginning => "one begins with the other",
            Self::Initial => "the same initial",
            Self::Resembles => "two typing errors apart",
            Self::DaySwapped => "day and month swapped",
            Self::NearDate => "one typing error apart in the date",
            Self::SameYear => "the same year, day unknown",
            Self::ExpectedDate => "near the expected date",
            Self::District => "the same district",
            Self::Different => "different",
        }
    }
}

/// One field of an explanation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// What was compared.
    pub field: Field,
    /// How far it agrees.
    pub level: Level,
    /// The weight it adds, in bits; negative when it speaks against; 0 when it was not compared.
    pub weight: f64,
}

/// What each field adds to a candidate's weight. The candidate's weight is their sum.
///
/// `Display` gives one line per compared field and holds no personal value.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// One comparison per field, in the order of [`Field::ALL`].
    pub fields: [Comparison; 7],
    /// Family name and given name were compared crosswise, because they look swapped. Their comparisons say how each fits then.
    pub names_swapped: bool,
}

impl Explanation {
    /// The comparison of one field.
    pub const fn of(&self, field: Field) -> &Comparison {
        &self.fields[field as usize]
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Comparison { field, level, weight } in self.fields {
            if level != Level::Missing {
                writeln!(f, "{}: {} ({weight:+.1})", field.words(), level.words())?;
            }
        }
        if self.names_swapped {
            writeln!(f, "Family and given name the other way round")?;
        }
        Ok(())
    }
}
