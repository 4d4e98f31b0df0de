//! Who is, or was, on the council's register.

use jiff::civil::Date;
use kinfold_domain::{AbuseCategory, LegalBasis, RegisterStatus};

use crate::{
    Seed,
    agencies::{Links, Records},
    chance::Chance,
    dates::{days_before, days_between, years},
    district::Size,
    family::Town,
    resident::ResidentId,
    staff::SOCIAL_WORKERS,
};

/// One plan or period of care.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Placement {
    /// The child; for an unborn plan the mother.
    pub resident: ResidentId,
    /// Why they are on the register.
    pub status: RegisterStatus,
    /// Category at the start, where the plan has one.
    pub initial_category: Option<AbuseCategory>,
    /// Category now.
    pub category: Option<AbuseCategory>,
    /// Legal basis of care.
    pub legal_basis: Option<LegalBasis>,
    /// Since when.
    pub start: Date,
    /// Until when, once it has ended.
    pub end: Option<Date>,
    /// When an unborn child is due.
    pub expected: Option<Date>,
    /// Next review, in the future while the plan is in force.
    pub next_review: Option<Date>,
    /// Earlier plans of the child.
    pub previous_plans: u8,
    /// The key worker's place in [`District::social_workers`](crate::District::social_workers).
    pub key_worker: usize,
    /// Why the whereabouts must not be shown.
    pub sealed: Option<SealReason>,
}

/// Why a child's whereabouts must not be shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SealReason {
    /// Adopted.
    Adoption,
    /// In a refuge.
    Refuge,
    /// Under witness protection.
    WitnessProtection,
}

/// What is to be placed: how many of 20,000 people, and since when, until when.
struct Quota {
    status: RegisterStatus,
    of_20_000: usize,
    /// Days since the end, from and to; `None` while in force.
    ended: Option<(i32, i32)>,
    sealed: usize,
}

const QUOTAS: [Quota; 7] = [
    quota(RegisterStatus::ChildProtectionPlan, 160, None, 2),
    quota(RegisterStatus::LookedAfter, 130, None, 6),
    quota(RegisterStatus::UnbornPlan, 14, None, 0),
    quota(RegisterStatus::ChildProtectionPlan, 60, Some((2, 355)), 0),
    quota(RegisterStatus::LookedAfter, 20, Some((2, 355)), 0),
    quota(RegisterStatus::UnbornPlan, 3, Some((2, 26)), 0),
    quota(RegisterStatus::ChildProtectionPlan, 60, Some((380, 1_500)), 0),
];

const fn quota(
    status: RegisterStatus,
    of_20_000: usize,
    ended: Option<(i32, i32)>,
    sealed: usize,
) -> Quota {
    Quota { status, of_20_000, ended, sealed }
}

const REASONS: [SealReason; 3] =
    [SealReason::Adoption, SealReason::Refuge, SealReason::WitnessProtection];

/// Places children of chance families, from the household `first` on. Most of them have been to the hospital.
pub(crate) fn place(
    town: &Town,
    records: &Records,
    seed: Seed,
    (size, first): (Size, usize),
) -> Vec<Placement> {
    let links = Links::new(town.residents.len(), &records.clients, &records.patients);
    let mut chance = Chance::new(seed, 3);
    let mut households: Vec<usize> = (first..town.households.len()).collect();
    chance.shuffle(&mut households);
    let mut placer = Placer { town, links, chance, placements: Vec::new() };
    for quota in &QUOTAS {
        let scaled = |count: usize| (count * size.people_per_agency).div_ceil(20_000);
        let whole = placer.placements.len() + scaled(quota.of_20_000);
        let mut to_seal = scaled(quota.sealed);
        households.retain(|household| {
            let room = whole - placer.placements.len();
            room == 0 || !placer.place_household(*household, quota, (room, &mut to_seal))
        });
    }
    placer.placements
}

struct Placer<'a> {
    town: &'a Town,
    links: Links,
    chance: Chance,
    placements: Vec<Placement>,
}

impl Placer<'_> {
    /// Places one child of the household, or all of them; false where nobody is eligible.
    fn place_household(
        &mut self,
        household: usize,
        quota: &Quota,
        (room, sealed): (usize, &mut usize),
    ) -> bool {
        let mut eligible = self.eligible(household, quota);
        let seen = eligible.iter().any(|id| self.links.patient(*id).is_some());
        if eligible.is_empty() || (!seen && self.chance.odds(600)) {
            return false;
        }
        if self.chance.odds(400) {
            eligible.truncate(1);
        }
        let youngest = eligible.iter().map(|id| self.age(*id)).min().unwrap_or(0);
        let first = self.placement(eligible[0], quota, youngest);
        for resident in eligible.into_iter().take(room) {
            let seal = *sealed > 0;
            *sealed -= usize::from(seal);
            let reason = *self.chance.pick(&REASONS);
            self.placements.push(Placement { resident, sealed: seal.then_some(reason), ..first });
        }
        true
    }

    /// Who of the household could be placed: known to the council, and old enough for the dates.
    fn eligible(&self, household: usize, quota: &Quota) -> Vec<ResidentId> {
        let home = &self.town.households[household];
        let known = home.members.iter().copied().filter(|id| self.links.client(*id).is_some());
        if quota.status == RegisterStatus::UnbornPlan {
            // The mother is the household's first member.
            let mother = home.members[0];
            let due = home.expecting.is_some() || quota.ended.is_some();
            return known.filter(|id| due && *id == mother).collect();
        }
        let least = quota.ended.map_or(0, |(_, latest)| latest + years(1));
        known.filter(|id| self.town.residents[id.0].is_child() && self.age(*id) >= least).collect()
    }

    fn age(&self, id: ResidentId) -> i32 {
        days_between(self.town.residents[id.0].born.expose(), self.town.today)
    }

    /// Dates and details that fit the youngest of the siblings.
    fn placement(&mut self, resident: ResidentId, quota: &Quota, youngest: i32) -> Placement {
        let (today, chance) = (self.town.today, &mut self.chance);
        let household = &self.town.households[self.town.residents[resident.0].household];
        let (status, unborn) = (quota.status, quota.status == RegisterStatus::UnbornPlan);
        let ended = quota.ended.map(|(from, to)| chance.between(from, to));
        let longest = if unborn { 90 } else { (youngest - ended.unwrap_or(0)).clamp(0, 700) };
        let lasted = chance.between(10.min(longest), longest);
        let begun = ended.unwrap_or(0) + lasted;
        let expected = household.expecting.filter(|_| unborn);
        let category = (status != RegisterStatus::LookedAfter).then(|| abuse(chance));
        let changed = chance.odds(180);
        let basis = [LegalBasis::S20, LegalBasis::S31, LegalBasis::S31, LegalBasis::S38];
        let legal = (status == RegisterStatus::LookedAfter).then(|| *chance.pick(&basis));
        Placement {
            resident,
            status,
            initial_category: category.map(|c| if changed { abuse(chance) } else { c }),
            category,
            legal_basis: legal,
            start: days_before(today, begun),
            end: ended.map(|days| days_before(today, days)),
            expected: expected.or_else(|| {
                (unborn && ended.is_some()).then(|| days_before(today, ended.unwrap_or(0)))
            }),
            next_review: ended.is_none().then(|| review(chance, today, begun)),
            previous_plans: u8::from(youngest > years(4) && chance.odds(180)),
            key_worker: chance.below(SOCIAL_WORKERS),
            sealed: None,
        }
    }
}

/// The first review comes within 3 months of the start, the others within 6 of each other.
fn review(chance: &mut Chance, today: Date, begun: i32) -> Date {
    let ahead = if begun < 85 { 88 - begun } else { chance.between(3, 170) };
    days_before(today, -ahead)
}

fn abuse(chance: &mut Chance) -> AbuseCategory {
    const ALL: [AbuseCategory; 5] = [
        AbuseCategory::Neglect,
        AbuseCategory::Emotional,
        AbuseCategory::Physical,
        AbuseCategory::Sexual,
        AbuseCategory::Multiple,
    ];
    ALL[chance.weighted(&[480, 350, 90, 50, 30])]
}
