//! What one agency has written down of a resident, mistakes included.

use kinfold_domain::{Address, BirthDate, Demographics, NhsNumber, PersonName, Personal, Sex};

use crate::resident::ResidentId;

/// One agency's record of a resident.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RecordCopy {
    /// The agency's running number of the record, from 1.
    pub number: usize,
    /// Whose record it is in truth.
    pub resident: ResidentId,
    /// The NHS number as it stands there, ten digits, perhaps mistyped.
    pub nhs_number: Option<Personal<String>>,
    /// The agency has verified the number.
    pub nhs_verified: bool,
    /// The usual name.
    pub name: PersonName,
    /// What the person is called.
    pub known_as: Option<Personal<String>>,
    /// Further names.
    pub other_names: Vec<OtherName>,
    /// Date of birth.
    pub born: Option<BirthDate>,
    /// Sex.
    pub sex: Sex,
    /// Where the agency believes them to live.
    pub address: Option<Address>,
    /// Where it knows them to have lived.
    pub former_addresses: Vec<Address>,
    /// Whereabouts must not be shown.
    pub sealed: bool,
    /// What differs from the truth.
    pub faults: Vec<Fault>,
}

/// A further name in a record.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OtherName {
    /// Why it is there.
    pub kind: NameKind,
    /// The name.
    pub name: PersonName,
}

/// Why a record holds a further name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NameKind {
    /// Before a change of surname.
    Former,
    /// Otherwise known as.
    Alias,
    /// In the family's own script.
    Script,
}

/// How a copy differs from the truth.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Fault {
    /// No NHS number.
    NumberMissing,
    /// A digit of the NHS number is wrong.
    NumberMistyped,
    /// A sibling's NHS number.
    SiblingsNumber,
    /// "Baby" in place of a name.
    Placeholder,
    /// A nickname in place of the first name.
    Nickname,
    /// Another spelling of the same name.
    Spelling,
    /// A slip in the first name.
    GivenMistyped,
    /// A slip in the family name.
    FamilyMistyped,
    /// The surname before its change.
    FormerSurname,
    /// The mother's surname.
    MothersSurname,
    /// Half of a double-barrelled surname.
    HalfSurname,
    /// Marks, apostrophes and hyphens are gone.
    Plain,
    /// First and family name in each other's place.
    NamesExchanged,
    /// No middle name.
    MiddleMissing,
    /// Day and month in each other's place.
    DayMonthExchanged,
    /// A day, month or year beside the right one.
    DateMistyped,
    /// No date of birth.
    DateMissing,
    /// The address before the move.
    FormerAddress,
    /// No postcode.
    PostcodeMissing,
    /// No sex.
    SexMissing,
}

impl RecordCopy {
    /// The record in the words of the domain; an NHS number whose check digit is wrong is left out.
    pub fn demographics(&self) -> Demographics {
        let number = self.nhs_number.as_ref().and_then(|text| text.expose().parse().ok());
        let postcodes = self.former_addresses.iter().filter_map(|a| a.postcode.clone());
        Demographics {
            nhs_number: number,
            other_names: self.names(),
            birth_date: self.born,
            sex: self.sex,
            address: self.address.clone(),
            former_postcodes: postcodes.collect(),
            ..Demographics::named(self.name.clone())
        }
    }

    /// Whether the record carries this number.
    pub fn carries(&self, number: NhsNumber) -> bool {
        self.nhs_number.as_ref().is_some_and(|text| *text.expose() == number.digits())
    }

    fn names(&self) -> Vec<PersonName> {
        let called = self
            .known_as
            .as_ref()
            .and_then(|known| PersonName::new(self.name.family(), known.expose()).ok());
        self.other_names.iter().map(|other| other.name.clone()).chain(called).collect()
    }
}
