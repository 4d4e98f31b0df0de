//! How an agency writes a resident down: each with habits, and so with mistakes, of its own.

use kinfold_domain::{Address, BirthDate, NhsNumber, PersonName, Personal, Sex};

use crate::{
    chance::Chance,
    copies::{Fault, NameKind, OtherName, RecordCopy},
    dates::birth,
    errors::{day_month_swapped, mistyped_date, mistyped_digits, plain, slip},
    habits::Habits,
    names::{Names, person},
    resident::{Household, Resident},
};

/// Whom the writer sees: the resident, the household, and who else is in it.
pub(crate) struct Scene<'a> {
    pub(crate) resident: &'a Resident,
    pub(crate) household: &'a Household,
    pub(crate) mother: Option<&'a Resident>,
    pub(crate) sibling: Option<NhsNumber>,
}

/// One pass over one record.
struct Writer<'a> {
    scene: &'a Scene<'a>,
    habits: &'a Habits,
    names: &'a Names,
    chance: &'a mut Chance,
    faults: Vec<Fault>,
}

/// Writes a record; its running number is the caller's to set.
pub(crate) fn write_down(
    scene: &Scene<'_>,
    habits: &Habits,
    names: &Names,
    chance: &mut Chance,
) -> RecordCopy {
    let mut writer = Writer { scene, habits, names, chance, faults: Vec::new() };
    let (nhs_number, nhs_verified) = writer.number();
    let name = writer.name();
    let other_names = writer.other_names(&name);
    let (address, former_addresses) = writer.addresses();
    RecordCopy {
        number: 0,
        resident: scene.resident.id,
        nhs_number,
        nhs_verified,
        known_as: writer.known_as(),
        name,
        other_names,
        born: writer.born(),
        sex: if writer.fault(habits.sex_missing, Fault::SexMissing) {
            Sex::Unknown
        } else {
            scene.resident.sex
        },
        address,
        former_addresses,
        sealed: false,
        faults: writer.faults,
    }
}

impl Writer<'_> {
    /// Notes the fault in `odds` of a thousand cases.
    fn fault(&mut self, odds: usize, fault: Fault) -> bool {
        let made = self.chance.odds(odds);
        if made {
            self.faults.push(fault);
        }
        made
    }

    fn number(&mut self) -> (Option<Personal<String>>, bool) {
        if self.fault(self.habits.number_missing, Fault::NumberMissing) {
            return (None, false);
        }
        let right = self.scene.resident.nhs_number.digits();
        if self.fault(self.habits.number_mistyped, Fault::NumberMistyped) {
            return (Some(mistyped_digits(&right, self.chance).into()), false);
        }
        if let Some(sibling) = self.scene.sibling
            && self.fault(self.habits.siblings_number, Fault::SiblingsNumber)
        {
            return (Some(sibling.digits().into()), false);
        }
        (Some(right.into()), !self.chance.odds(self.habits.number_unverified))
    }

    fn name(&mut self) -> PersonName {
        let resident = self.scene.resident;
        if resident.unnamed && self.fault(self.habits.placeholder, Fault::Placeholder) {
            return self.placeholder();
        }
        let (given, family) = (self.given(), self.family());
        if self.fault(self.habits.names_exchanged, Fault::NamesExchanged) {
            return person(&given, &family);
        }
        person(&family, &given)
    }

    /// "Baby" of the mother's surname, as maternity units write it.
    fn placeholder(&mut self) -> PersonName {
        let mother = self.scene.mother;
        let family = mother.map_or(self.scene.resident.name.family(), |m| m.name.family());
        let first = mother.map_or("", Resident::first_name);
        let given = match (self.chance.weighted(&[5, 3, 2]), self.scene.resident.sex) {
            (0, _) => "Baby".to_owned(),
            (1, Sex::Female) => "Baby Girl".to_owned(),
            (1, _) => "Baby Boy".to_owned(),
            _ => format!("Baby of {first}"),
        };
        person(family, &given)
    }

    fn given(&mut self) -> String {
        let whole = self.scene.resident.name.given();
        let (first, middle) = whole.split_once(' ').unwrap_or((whole, ""));
        let mut first = first.to_owned();
        if let Some(nickname) = self.names.nickname(&first, self.chance)
            && self.fault(self.habits.nickname, Fault::Nickname)
        {
            first = nickname;
        } else if let Some(spelling) = self.names.spelling(&first, self.chance)
            && self.fault(self.habits.spelling, Fault::Spelling)
        {
            first = spelling;
        }
        first = self.typed(&first, self.habits.given_mistyped, Fault::GivenMistyped);
        if middle.is_empty() || self.fault(self.habits.middle_missing, Fault::MiddleMissing) {
            return first;
        }
        format!("{first} {middle}")
    }

    fn family(&mut self) -> String {
        let resident = self.scene.resident;
        let mut family = resident.name.family().to_owned();
        if let Some(former) = &resident.former_name
            && self.fault(self.habits.former_surname, Fault::FormerSurname)
        {
            former.family().clone_into(&mut family);
        } else if let Some(mother) = self.scene.mother.filter(|m| m.name.family() != family)
            && self.fault(self.habits.mothers_surname, Fault::MothersSurname)
        {
            mother.name.family().clone_into(&mut family);
        }
        if let Some((first, second)) = family.clone().split_once('-')
            && !first.starts_with("Al")
            && !first.starts_with("El")
            && self.fault(self.habits.half_surname, Fault::HalfSurname)
        {
            family = if self.chance.odds(500) { first.to_owned() } else { second.to_owned() };
        }
        let plain_family = plain(&family);
        if plain_family != family && self.fault(self.habits.plain, Fault::Plain) {
            family = plain_family;
        }
        if let Some(spelling) = self.names.spelling(&family, self.chance)
            && self.fault(self.habits.spelling, Fault::Spelling)
        {
            family = spelling;
        }
        self.typed(&family, self.habits.family_mistyped, Fault::FamilyMistyped)
    }

    /// The text as the fingers put it.
    fn typed(&mut self, text: &str, odds: usize, fault: Fault) -> String {
        if !self.chance.odds(odds) {
            return text.to_owned();
        }
        let typed = slip(text, self.chance);
        if typed != text {
            self.faults.push(fault);
        }
        typed
    }

    /// What the agency knows beside the usual name: half of the former names, some in the family's script.
    fn other_names(&mut self, usual: &PersonName) -> Vec<OtherName> {
        let resident = self.scene.resident;
        let mut others = Vec::new();
        if let Some(former) = &resident.former_name {
            let stale = former.family() == usual.family();
            let (kind, name) =
                if stale { (NameKind::Alias, &resident.name) } else { (NameKind::Former, former) };
            if self.chance.odds(500) {
                others.push(OtherName { kind, name: name.clone() });
            }
        }
        if let Some(script) = &resident.script_name
            && self.chance.odds(self.habits.script_kept)
        {
            others.push(OtherName { kind: NameKind::Script, name: script.clone() });
        }
        others
    }

    fn known_as(&mut self) -> Option<Personal<String>> {
        let called = self.names.nickname(self.scene.resident.first_name(), self.chance)?;
        self.chance.odds(120).then(|| called.into())
    }

    fn born(&mut self) -> Option<BirthDate> {
        let right = self.scene.resident.born;
        if self.fault(self.habits.date_missing, Fault::DateMissing) {
            return None;
        }
        if let Some(swapped) = day_month_swapped(right.expose())
            && self.fault(self.habits.day_month, Fault::DayMonthExchanged)
        {
            return Some(birth(swapped));
        }
        if self.fault(self.habits.date_mistyped, Fault::DateMistyped) {
            return Some(birth(mistyped_date(right.expose(), self.chance)));
        }
        Some(right)
    }

    /// Where the agency believes them to live, and where before.
    fn addresses(&mut self) -> (Option<Address>, Vec<Address>) {
        let household = self.scene.household;
        if let Some(former) = &household.former
            && self.fault(self.habits.former_address, Fault::FormerAddress)
        {
            return (Some(former.clone()), Vec::new());
        }
        let mut home = household.home.clone();
        if self.fault(self.habits.postcode_missing, Fault::PostcodeMissing) {
            home.postcode = None;
        }
        let known = household.former.iter().filter(|_| self.chance.odds(700));
        (Some(home), known.cloned().collect())
    }
}
