//! Who lives in the district: the truth that the agencies' copies are measured against.

use jiff::civil::Date;
use kinfold_domain::{Address, BirthDate, Demographics, NhsNumber, PersonName, Sex};

use crate::names::Origin;

/// A resident's place in [`District::residents`](crate::District::residents).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ResidentId(pub usize);

/// What somebody is within the household.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part {
    /// A child under 18.
    Child,
    /// The children's mother.
    Mother,
    /// The children's father, or the mother's partner.
    Father,
    /// A grandparent who lives with them.
    Grandparent,
}

/// One resident as they are.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Resident {
    /// Identity within the district.
    pub id: ResidentId,
    /// The household, by its place in [`District::households`](crate::District::households).
    pub household: usize,
    /// What they are within it.
    pub part: Part,
    /// Where the family's names come from.
    pub origin: Origin,
    /// NHS number.
    pub nhs_number: NhsNumber,
    /// Name: family, first and perhaps a middle name.
    pub name: PersonName,
    /// The name before a change of surname.
    pub former_name: Option<PersonName>,
    /// The name in the family's own script.
    pub script_name: Option<PersonName>,
    /// Date of birth.
    pub born: BirthDate,
    /// Sex.
    pub sex: Sex,
    /// A newborn whose parents have registered no name yet.
    pub unnamed: bool,
}

impl Resident {
    /// The first of the given names.
    pub fn first_name(&self) -> &str {
        self.name.given().split(' ').next().unwrap_or_default()
    }

    /// Child, for those under 18.
    pub fn is_child(&self) -> bool {
        self.part == Part::Child
    }

    /// The truth in the words of the domain.
    pub fn demographics(&self, home: &Household) -> Demographics {
        Demographics {
            nhs_number: Some(self.nhs_number),
            other_names: self.former_name.iter().chain(&self.script_name).cloned().collect(),
            birth_date: Some(self.born),
            sex: self.sex,
            address: Some(home.home.clone()),
            former_postcodes: home.former.iter().filter_map(|a| a.postcode.clone()).collect(),
            ..Demographics::named(self.name.clone())
        }
    }
}

/// People under one roof, the mother first.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Household {
    /// Who lives there.
    pub members: Vec<ResidentId>,
    /// Where.
    pub home: Address,
    /// Where they lived before.
    pub former: Option<Address>,
    /// When they moved, where they did.
    pub moved: Option<Date>,
    /// When the mother's next child is due.
    pub expecting: Option<Date>,
}
