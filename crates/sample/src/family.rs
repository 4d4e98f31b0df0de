//! Families as they come about: parents, children some years apart, now and then twins, moves and changed surnames.

use jiff::civil::Date;
use kinfold_domain::{NhsNumber, PersonName, Sex};

use crate::{
    Seed,
    chance::Chance,
    dates::{birth, days_before, days_between, years},
    names::{Names, Origin, Word, feminine, person},
    numbers::Numbers,
    places::Places,
    resident::{Household, Part, Resident, ResidentId},
};

/// A name in the making: Latin, and the family's own script.
type BothNames = (PersonName, Option<PersonName>);

/// The district while it grows.
pub(crate) struct Town {
    pub(crate) today: Date,
    pub(crate) chance: Chance,
    pub(crate) names: Names,
    pub(crate) places: Places,
    pub(crate) numbers: Numbers,
    pub(crate) residents: Vec<Resident>,
    pub(crate) households: Vec<Household>,
}

/// What is settled of a person before they move in.
pub(crate) struct Newcomer {
    pub(crate) part: Part,
    pub(crate) origin: Origin,
    pub(crate) name: PersonName,
    pub(crate) script_name: Option<PersonName>,
    pub(crate) born: Date,
    pub(crate) sex: Sex,
}

/// The two family names of a household.
struct Surnames {
    origin: Origin,
    father: Word,
    mother: Word,
}

impl Town {
    pub(crate) fn new(seed: Seed, today: Date) -> Self {
        Self {
            today,
            chance: Chance::new(seed, 1),
            names: Names::load(),
            places: Places::load(),
            numbers: Numbers::new(seed),
            residents: Vec::new(),
            households: Vec::new(),
        }
    }

    /// Adds one family of chance and returns its place in the list.
    pub(crate) fn found_family(&mut self) -> usize {
        let surnames = self.surnames();
        let births = self.births();
        let oldest = births.last().map_or(self.today, |(date, _)| *date);
        let household = self.empty_household();
        self.parents(household, &surnames, oldest);
        let mut taken = Vec::new();
        for (born, twin) in &births {
            self.child(household, &surnames, *born, &mut taken);
            if *twin {
                self.child(household, &surnames, *born, &mut taken);
            }
        }
        let settled = births.first().is_none_or(|(b, _)| days_between(*b, self.today) > 300);
        if settled && self.chance.odds(14) {
            let due = days_before(self.today, -self.chance.between(5, 200));
            self.households[household].expecting = Some(due);
        }
        household
    }

    /// A household without anybody in it.
    pub(crate) fn empty_household(&mut self) -> usize {
        let home = self.places.home(&mut self.chance);
        let former = self.chance.odds(300).then(|| self.places.home(&mut self.chance));
        let moved =
            former.as_ref().map(|_| days_before(self.today, self.chance.between(20, years(5))));
        self.households.push(Household {
            members: Vec::new(),
            home,
            former,
            moved,
            expecting: None,
        });
        self.households.len() - 1
    }

    /// Moves somebody in, with the number given or the next one.
    pub(crate) fn settle(
        &mut self,
        household: usize,
        newcomer: Newcomer,
        number: Option<NhsNumber>,
    ) -> ResidentId {
        let id = ResidentId(self.residents.len());
        let nhs_number = number.unwrap_or_else(|| self.numbers.deal());
        self.residents.push(Resident {
            id,
            household,
            part: newcomer.part,
            origin: newcomer.origin,
            nhs_number,
            name: newcomer.name,
            former_name: None,
            script_name: newcomer.script_name,
            born: birth(newcomer.born),
            sex: newcomer.sex,
            unnamed: false,
        });
        self.households[household].members.push(id);
        id
    }

    /// Family names: six couples of ten share one, some British ones are joined by a hyphen.
    fn surnames(&mut self) -> Surnames {
        let origin = Names::origin(&mut self.chance);
        let mut father = self.names.family(origin, &mut self.chance);
        if origin == Origin::British && self.chance.odds(45) {
            let second = self.names.family(origin, &mut self.chance);
            father = Word { latin: format!("{}-{}", father.latin, second.latin), script: None };
        }
        let shared = self.chance.odds(600);
        let mother =
            if shared { father.clone() } else { self.names.family(origin, &mut self.chance) };
        Surnames { origin, father, mother }
    }

    /// Birth dates of the children, the youngest first, and whether twins came.
    fn births(&mut self) -> Vec<(Date, bool)> {
        let adult = years(18);
        let count = self.chance.weighted(&[15, 430, 380, 120, 40, 15]);
        let mut births = Vec::new();
        let mut age = self.chance.below(usize::try_from(adult).unwrap_or(0));
        for _ in 0..count {
            let days = i32::try_from(age).unwrap_or(0);
            if days >= adult {
                break;
            }
            births.push((days_before(self.today, days), self.chance.odds(16)));
            age += 300 + self.chance.below(1200);
        }
        births
    }

    fn parents(&mut self, household: usize, surnames: &Surnames, oldest: Date) {
        let at_birth = self.chance.between(years(17), years(40));
        let mother =
            self.adult(household, (Part::Mother, Sex::Female), surnames, (oldest, at_birth));
        if self.chance.odds(250) {
            self.change_surname(mother, surnames.origin);
        }
        if self.chance.odds(820) {
            let older = at_birth + self.chance.between(-years(4), years(12));
            let age = older.max(years(17));
            self.adult(household, (Part::Father, Sex::Male), surnames, (oldest, age));
        }
        if self.chance.odds(90) {
            let age = at_birth + self.chance.between(years(19), years(38));
            let sex = if self.chance.odds(750) { Sex::Female } else { Sex::Male };
            self.adult(household, (Part::Grandparent, sex), surnames, (oldest, age));
        }
    }

    fn adult(
        &mut self,
        household: usize,
        (part, sex): (Part, Sex),
        surnames: &Surnames,
        (oldest, age_then): (Date, i32),
    ) -> ResidentId {
        let family = if part == Part::Father { &surnames.father } else { &surnames.mother };
        let given = self.names.given(surnames.origin, sex, &mut self.chance);
        let (name, script_name) = self.full_name(surnames.origin, family, &given, sex);
        let born = days_before(oldest, age_then);
        let newcomer = Newcomer { part, origin: surnames.origin, name, script_name, born, sex };
        self.settle(household, newcomer, None)
    }

    fn child(
        &mut self,
        household: usize,
        surnames: &Surnames,
        born: Date,
        taken: &mut Vec<String>,
    ) {
        let sex = if self.chance.odds(512) { Sex::Male } else { Sex::Female };
        let given = self.untaken(surnames.origin, sex, taken);
        taken.push(given.latin.clone());
        let family = if self.chance.odds(910) { &surnames.father } else { &surnames.mother };
        let (name, script_name) = self.full_name(surnames.origin, family, &given, sex);
        let newcomer =
            Newcomer { part: Part::Child, origin: surnames.origin, name, script_name, born, sex };
        let id = self.settle(household, newcomer, None);
        let age = days_between(born, self.today);
        self.residents[id.0].unnamed = age <= 42 && self.chance.odds(550);
        if self.chance.odds(55) {
            self.change_surname(id, surnames.origin);
        }
    }

    /// A first name that no sibling carries, as far as a few tries find one.
    fn untaken(&mut self, origin: Origin, sex: Sex, taken: &[String]) -> Word {
        let mut given = self.names.given(origin, sex, &mut self.chance);
        for _ in 0..8 {
            if !taken.contains(&given.latin) {
                break;
            }
            given = self.names.given(origin, sex, &mut self.chance);
        }
        given
    }

    /// First name, perhaps a middle name, and the family name in the form that fits.
    fn full_name(&mut self, origin: Origin, family: &Word, given: &Word, sex: Sex) -> BothNames {
        let often = if origin == Origin::British { 700 } else { 300 };
        let mut whole = given.latin.clone();
        if self.chance.odds(often) {
            let middle = self.names.given(origin, sex, &mut self.chance);
            if middle.latin != given.latin {
                whole = format!("{whole} {}", middle.latin);
            }
        }
        let name = person(&feminine(&family.latin, sex), &whole);
        let script = family.script.as_deref().zip(given.script.as_deref());
        (name, script.map(|(family, given)| person(family, given)))
    }

    /// The name so far becomes the former one: adoption, marriage, a new partner.
    fn change_surname(&mut self, id: ResidentId, origin: Origin) {
        let new = self.names.family(origin, &mut self.chance);
        let join = self.chance.odds(250);
        let resident = &mut self.residents[id.0];
        let old = resident.name.clone();
        let family = if join {
            format!("{}-{}", old.family(), new.latin)
        } else {
            feminine(&new.latin, resident.sex)
        };
        resident.name = person(&family, old.given());
        resident.former_name = Some(old);
        resident.script_name = None;
    }
}
