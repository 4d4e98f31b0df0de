//! Demographics, professionals and relatives out of rows: the same fields wherever they occur.

use kinfold_domain::{
    Address, Demographics, HouseholdMember, NhsNumber, NhsNumberError, PersonName, Personal,
    Postcode, Professional, Sex,
};

use super::row::RowReader;

/// Identity; `None` when the row has no usable name, which the reader then says.
pub(super) fn demographics(row: &mut RowReader<'_>) -> Option<Demographics> {
    let name = match person_name(row) {
        Ok(name) => name,
        Err(what) => {
            row.refuse("name", &what);
            return None;
        }
    };
    Some(Demographics {
        nhs_number: nhs_number(row),
        birth_date: row.birth_date("birth_date"),
        sex: sex(row),
        address: address(row),
        ..Demographics::named(name)
    })
}

/// A name out of `family` and `given`, or out of `name`.
pub(super) fn person_name(row: &mut RowReader<'_>) -> Result<PersonName, String> {
    let family = row.text("family").unwrap_or_default();
    let given = row.text("given").unwrap_or_default();
    let read = if family.is_empty() && given.is_empty() {
        let whole = row.text("name").unwrap_or_default();
        let parts = whole.split_once(',').or_else(|| whole.rsplit_once(' ').map(|(g, f)| (f, g)));
        match parts {
            Some((family, given)) => PersonName::new(family, given),
            None => PersonName::new(&whole, ""),
        }
    } else {
        PersonName::new(&family, &given)
    };
    read.map_err(|error| format!("can't be used: {error}"))
}

pub(super) fn sex(row: &mut RowReader<'_>) -> Sex {
    match row.word("sex") {
        Some("female") => Sex::Female,
        Some("male") => Sex::Male,
        Some("other") => Sex::Other,
        _ => Sex::Unknown,
    }
}

/// The NHS number, where it is one.
fn nhs_number(row: &mut RowReader<'_>) -> Option<NhsNumber> {
    match row.text("nhs_number")?.parse() {
        Ok(number) => Some(number),
        // Systems store zeros for "unknown": nothing to put right.
        Err(NhsNumberError::Placeholder) => None,
        Err(error) => {
            row.note("nhs_number", &error.to_string());
            None
        }
    }
}

/// An address, where the row has any of it.
pub(super) fn address(row: &mut RowReader<'_>) -> Option<Address> {
    let lines: Vec<_> = row.lines("address_lines").into_iter().map(Personal::new).collect();
    let postcode = postcode(row);
    (!lines.is_empty() || postcode.is_some()).then_some(Address { lines, postcode })
}

pub(super) fn postcode(row: &mut RowReader<'_>) -> Option<Postcode> {
    let read = row.text("postcode")?.parse();
    read.map_err(|error: kinfold_domain::PostcodeError| row.note("postcode", &error.to_string()))
        .ok()
}

pub(super) fn professional(row: &mut RowReader<'_>) -> Option<Professional> {
    let (name, role) = (row.must("name")?, row.must("role")?);
    Some(Professional {
        name: name.into(),
        role,
        team: row.text("team"),
        telephone: row.confirmed_telephone("telephone", "telephone_confirmed"),
    })
}

pub(super) fn household_member(row: &mut RowReader<'_>) -> Option<HouseholdMember> {
    let name = row.must("name")?;
    Some(HouseholdMember {
        name: name.into(),
        relationship: row.text("relationship").unwrap_or_else(|| "Not recorded".to_owned()),
        birth_date: row.birth_date("birth_date"),
        sex: sex(row),
        parental_responsibility: row.yes("parental_responsibility").unwrap_or(false),
        has_plan: row.yes("has_plan").unwrap_or(false),
    })
}
