//! A patient's numbers (HL7 2.5.1 section 2.A.14, CX): value, assigning authority, type, until when.

use jiff::civil::Date;
use kinfold_domain::{NhsNumber, NhsNumberError};

use super::segment::Repeat;
use super::times::{Day, day};

/// The longest number that a hospital gives, in characters.
const LONGEST: usize = 100;

/// What a list of identifiers says.
#[derive(Default)]
pub(super) struct Numbers {
    /// The first NHS number whose check digit is right.
    pub(super) nhs: Option<NhsNumber>,
    /// There is one whose check digit is wrong.
    pub(super) refused: bool,
    /// The hospital's numbers, each with its rank; the lowest is the patient's.
    own: Vec<(Rank, String)>,
    /// What stands where an NHS number should, for want of anything else to know the patient by.
    instead: Option<String>,
}

#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
enum Rank {
    MedicalRecord,
    Internal,
    Other,
    /// One visit's or account's: joins nothing but that.
    Visit,
}

impl Numbers {
    /// Reads the identifiers in force on `today`.
    pub(super) fn read<'s>(repeats: impl Iterator<Item = Repeat<'s>>, today: Date) -> Self {
        let mut numbers = Self::default();
        for repeat in repeats.filter(|repeat| !is_over(repeat, today)) {
            numbers.take(&repeat);
        }
        numbers
    }

    /// The number that the hospital knows the patient by. Where it sends the NHS number alone, that one's digits.
    pub(super) fn own(&self) -> Option<String> {
        let best = self.own.iter().min_by_key(|(rank, _)| *rank).map(|(_, number)| number.clone());
        best.or_else(|| self.nhs.map(NhsNumber::digits)).or_else(|| self.instead.clone())
    }

    /// Whether the hospital's own number is among them.
    pub(super) fn has_own(&self) -> bool {
        !self.own.is_empty()
    }

    /// Every number that the hospital knew the patient by.
    pub(super) fn all(&self) -> Vec<String> {
        let lasting = self.own.iter().filter(|(rank, _)| *rank != Rank::Visit);
        let all: Vec<String> = lasting.map(|(_, number)| number.clone()).collect();
        if all.is_empty() { self.own().into_iter().collect() } else { all }
    }

    fn take(&mut self, repeat: &Repeat<'_>) {
        let Some(value) = repeat.part(1).filter(|value| is_number(value)) else { return };
        let kind = repeat.part(5).unwrap_or_default();
        let read: Result<NhsNumber, _> = value.parse();
        // Some systems give the NHS number a type of their own kind; the authority and the check digit then tell it.
        let nhs = is_nhs_type(&kind)
            || is_nhs_authority(repeat) && (read.is_ok() || rank(&kind) == Rank::Other);
        match read {
            _ if !nhs => self.own.push((rank(&kind), value)),
            Ok(number) => self.nhs = self.nhs.or(Some(number)),
            Err(error) => {
                self.refused = true;
                // Ten equal digits mean "unknown", and would make one patient of many.
                if error != NhsNumberError::Placeholder {
                    self.instead.get_or_insert(value);
                }
            }
        }
    }
}

fn rank(kind: &str) -> Rank {
    match kind {
        "MR" => Rank::MedicalRecord,
        "PI" => Rank::Internal,
        "AN" | "VN" => Rank::Visit,
        _ => Rank::Other,
    }
}

/// The identifier types (HL7 table 0203 and the NHS's own) that mean an NHS number.
fn is_nhs_type(kind: &str) -> bool {
    matches!(kind, "NH" | "NHS" | "NHSN" | "NHSNO" | "NHSNBR" | "NHSNMBR" | "NNGBR")
}

/// The NHS as assigning authority (HD): by name, by object identifier, or by address.
fn is_nhs_authority(repeat: &Repeat<'_>) -> bool {
    let is_nhs = |part: String| {
        is_nhs_type(&part)
            || part == "2.16.840.1.113883.2.1.4.1"
            || part == "https://fhir.nhs.uk/Id/nhs-number"
    };
    (1..=2).filter_map(|place| repeat.subpart(4, place)).any(is_nhs)
}

/// Whether it expired (CX.8) before `today`.
fn is_over(repeat: &Repeat<'_>, today: Date) -> bool {
    let until = repeat.part(8).map(|text| day(&text));
    matches!(until, Some(Day::Known(until)) if until < today)
}

fn is_number(value: &str) -> bool {
    value.chars().count() <= LONGEST && !value.chars().any(char::is_control)
}
