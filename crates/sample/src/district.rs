//! The district as a whole: the truth, both agencies' copies of it, and who is on the register.

use jiff::civil::Date;

use crate::{
    Seed,
    agencies::{Links, Records},
    copies::RecordCopy,
    family::Town,
    register::{self, Placement},
    resident::{Household, Resident, ResidentId},
    staff::{self, Worker},
    stories::{Story, StoryKey},
    telling,
};

/// How large a district is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Size {
    /// Each agency has at least so many people; 200,000 at most, for want of test numbers.
    pub people_per_agency: usize,
}

impl Size {
    /// The demonstration's size.
    pub const DEMONSTRATION: Self = Self { people_per_agency: 20_000 };
    /// Enough for a test.
    pub const SMALL: Self = Self { people_per_agency: 600 };
}

/// Beyond this the range of test numbers could run out.
const LARGEST: usize = 200_000;

/// Invented people and what two agencies know of them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct District {
    /// What it grew from.
    pub seed: Seed,
    /// The day it was made for: reviews and births to come lie after it.
    pub today: Date,
    /// Everybody, as they are.
    pub residents: Vec<Resident>,
    /// Who lives with whom.
    pub households: Vec<Household>,
    /// The council's records.
    pub clients: Vec<RecordCopy>,
    /// The trust's records.
    pub patients: Vec<RecordCopy>,
    /// Which records are whose.
    pub links: Links,
    /// The register, present and past.
    pub placements: Vec<Placement>,
    /// The council's social workers.
    pub social_workers: Vec<Worker>,
    /// The trust's clinicians.
    pub clinicians: Vec<Worker>,
    stories: Vec<Story>,
}

impl District {
    /// Invents a district: the same for the same seed, size and day.
    pub fn generate(seed: Seed, size: Size, today: Date) -> Self {
        let size = Size { people_per_agency: size.people_per_agency.min(LARGEST) };
        let (mut town, mut records) = (Town::new(seed, today), Records::new(seed));
        let told = telling::settle(&mut town, &mut records);
        let first = town.households.len();
        let enough = |copies: &[RecordCopy]| copies.len() >= size.people_per_agency;
        while !enough(&records.clients) || !enough(&records.patients) {
            let household = town.found_family();
            records.take_in(&town, household);
        }
        let mut placements = told.placements;
        placements.extend(register::place(&town, &records, seed, (size, first)));
        let Records { mut clients, mut patients, .. } = records;
        let links = Links::new(town.residents.len(), &clients, &patients);
        for sealed in placements.iter().filter(|p| p.sealed.is_some()) {
            seal(&mut clients, links.client(sealed.resident));
            seal(&mut patients, links.patient(sealed.resident));
        }
        Self {
            seed,
            today,
            social_workers: staff::social_workers(&town.names, seed),
            clinicians: staff::clinicians(&town.names, seed),
            residents: town.residents,
            households: town.households,
            clients,
            patients,
            links,
            placements,
            stories: told.stories,
        }
    }

    /// The district next door: other people, on a register of its own. Of children with a story its council knows no plan.
    pub fn neighbouring(seed: Seed, size: Size, today: Date) -> Self {
        // Numbers are dealt from another place on.
        let mut district = Self::generate(Seed(seed.0 + 500_000), size, today);
        let home = |id: ResidentId| district.residents[id.0].household;
        let told: Vec<usize> = district.stories.iter().map(|story| home(story.resident)).collect();
        let mut placements = std::mem::take(&mut district.placements);
        placements.retain(|placement| {
            !told.contains(&district.residents[placement.resident.0].household)
        });
        Self { placements, ..district }
    }

    /// Children with fixed details, to show and to test with.
    pub fn stories(&self) -> &[Story] {
        &self.stories
    }

    /// One story; every district has them all.
    pub fn story(&self, key: StoryKey) -> Option<&Story> {
        self.stories.iter().find(|story| story.key == key)
    }

    /// A resident as they are.
    pub fn resident(&self, id: ResidentId) -> &Resident {
        &self.residents[id.0]
    }

    /// The household of a resident.
    pub fn home(&self, id: ResidentId) -> &Household {
        &self.households[self.residents[id.0].household]
    }

    /// The others of the household.
    pub fn kin(&self, id: ResidentId) -> impl Iterator<Item = &Resident> {
        let members = self.home(id).members.iter();
        members.filter(move |other| **other != id).map(|other| self.resident(*other))
    }
}

fn seal(copies: &mut [RecordCopy], place: Option<usize>) {
    if let Some(copy) = place.and_then(|place| copies.get_mut(place)) {
        copy.sealed = true;
    }
}

#[cfg(test)]
#[path = "district_tests.rs"]
mod tests;
