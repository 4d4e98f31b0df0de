//! Which agency knows whom: overlapping, as real ones do, and each in its own spelling.

use crate::{
    Seed,
    chance::Chance,
    copies::RecordCopy,
    family::Town,
    habits::{COUNCIL, Habits, TRUST},
    observation::{Scene, write_down},
    resident::{Part, ResidentId},
};

/// Which record of either agency is whose: the truth that matching is measured against.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Links {
    clients: Vec<Option<usize>>,
    patients: Vec<Option<usize>>,
}

impl Links {
    pub(crate) fn new(residents: usize, clients: &[RecordCopy], patients: &[RecordCopy]) -> Self {
        let places = |copies: &[RecordCopy]| {
            let mut places = vec![None; residents];
            for (place, copy) in copies.iter().enumerate() {
                places[copy.resident.0] = Some(place);
            }
            places
        };
        Self { clients: places(clients), patients: places(patients) }
    }

    /// The resident's place among the council's clients.
    pub fn client(&self, resident: ResidentId) -> Option<usize> {
        self.clients.get(resident.0).copied().flatten()
    }

    /// The resident's place among the trust's patients.
    pub fn patient(&self, resident: ResidentId) -> Option<usize> {
        self.patients.get(resident.0).copied().flatten()
    }

    /// Client and patient who are one person.
    pub fn both(&self) -> impl Iterator<Item = (usize, usize)> {
        self.clients.iter().zip(&self.patients).filter_map(|(client, patient)| client.zip(*patient))
    }
}

/// Both agencies' records while the district grows.
pub(crate) struct Records {
    chance: Chance,
    pub(crate) clients: Vec<RecordCopy>,
    pub(crate) patients: Vec<RecordCopy>,
}

impl Records {
    pub(crate) fn new(seed: Seed) -> Self {
        Self { chance: Chance::new(seed, 2), clients: Vec::new(), patients: Vec::new() }
    }

    /// Families known to the council come to the hospital more often than others.
    pub(crate) fn take_in(&mut self, town: &Town, household: usize) {
        let by_council = self.chance.odds(560);
        let by_trust = self.chance.odds(if by_council { 880 } else { 660 });
        for id in town.households[household].members.clone() {
            let (council, trust) = match town.residents[id.0].part {
                Part::Child => (960, 930),
                Part::Mother => (900, 640),
                Part::Father => (720, 140),
                Part::Grandparent => (500, 60),
            };
            if by_council && self.chance.odds(council) {
                self.add_client(town, id, &COUNCIL);
            }
            if by_trust && self.chance.odds(trust) {
                self.add_patient(town, id, &TRUST);
            }
        }
    }

    pub(crate) fn add_client(&mut self, town: &Town, resident: ResidentId, habits: &Habits) {
        let mut copy = self.observe(town, resident, habits);
        copy.number = self.clients.len() + 1;
        self.clients.push(copy);
    }

    pub(crate) fn add_patient(&mut self, town: &Town, resident: ResidentId, habits: &Habits) {
        let mut copy = self.observe(town, resident, habits);
        copy.number = self.patients.len() + 1;
        self.patients.push(copy);
    }

    fn observe(&mut self, town: &Town, id: ResidentId, habits: &Habits) -> RecordCopy {
        let resident = &town.residents[id.0];
        let household = &town.households[resident.household];
        let others = || household.members.iter().map(|other| &town.residents[other.0]);
        let mother = others().find(|o| resident.is_child() && o.part == Part::Mother);
        let sibling = others().find(|o| o.is_child() && o.id != id && resident.is_child());
        let scene = Scene { resident, household, mother, sibling: sibling.map(|s| s.nhs_number) };
        write_down(&scene, habits, &town.names, &mut self.chance)
    }
}
