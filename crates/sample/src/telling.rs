//! The story families, settled before all others.

use jiff::civil::{Date, date};
use kinfold_domain::{AbuseCategory, LegalBasis, RegisterStatus, Sex, Subject};

use crate::{
    agencies::Records,
    dates::{birth, days_before},
    family::{Newcomer, Town},
    habits::{FAITHFUL, Habits},
    names::{Origin, person},
    places::address,
    register::{Placement, SealReason},
    resident::{Part, ResidentId},
    stories::{Story, StoryAnswer, StoryKey},
};

/// What the stories add to a district.
pub(crate) struct Told {
    pub(crate) stories: Vec<Story>,
    pub(crate) placements: Vec<Placement>,
}

/// A council that has heard of the child and seen no paper.
const HEARSAY: Habits =
    Habits { number_missing: 1000, nickname: 1000, day_month: 1000, ..FAITHFUL };

/// Settles the story families, before all others.
pub(crate) fn settle(town: &mut Town, records: &mut Records) -> Told {
    let told = Told { stories: Vec::new(), placements: Vec::new() };
    let mut teller = Teller { town, records, told };
    teller.on_plan();
    teller.recently_ended();
    teller.not_on_register();
    teller.twins();
    teller.sealed();
    teller.unborn();
    teller.another_name();
    teller.another_spelling();
    teller.looked_after();
    teller.several();
    teller.told
}

struct Teller<'a> {
    town: &'a mut Town,
    records: &'a mut Records,
    told: Told,
}

/// A family name, the mother's first name, and where they live.
type Family = (&'static str, &'static str, (&'static str, &'static str));
/// First name, sex, date of birth.
type Child = (&'static str, Sex, Date);

impl Teller<'_> {
    fn on_plan(&mut self) {
        let home = self.family(("Mockford", "Jade", ("12 Millrace Road", "ZZ1 1AA")));
        let ruby = self.child(home, ("Ruby", Sex::Female, date(2019, 3, 14)), &FAITHFUL);
        let alfie = self.child(home, ("Alfie", Sex::Male, date(2021, 8, 2)), &FAITHFUL);
        let plan = self.plan(ruby, AbuseCategory::Neglect, 75);
        self.told.placements.extend([plan, Placement { resident: alfie, ..plan }]);
        let told =
            "on a child protection plan for neglect; four visits to the emergency department";
        self.tell((StoryKey::OnPlan, StoryAnswer::OnRegister), ruby, 4, told);
        let told = "Ruby's brother, on a plan too";
        self.tell((StoryKey::SiblingOnPlan, StoryAnswer::OnRegister), alfie, 1, told);
    }

    fn recently_ended(&mut self) {
        let home = self.family(("Sampleby", "Karen", ("3 Foundry Court", "ZZ2 4BB")));
        let toby = self.child(home, ("Toby", Sex::Male, date(2016, 9, 2)), &FAITHFUL);
        let plan = self.plan(toby, AbuseCategory::Emotional, 400);
        let end = Some(days_before(self.town.today, 40));
        self.told.placements.push(Placement { end, next_review: None, ..plan });
        let told = "a plan that ended 40 days before the district's day";
        self.tell((StoryKey::RecentlyEnded, StoryAnswer::RecentlyEnded), toby, 2, told);
    }

    fn not_on_register(&mut self) {
        let home = self.family(("Testwell", "Helen", ("41 Orchard Way", "ZZ3 2DD")));
        let grace = self.child(home, ("Grace", Sex::Female, date(2018, 6, 21)), &FAITHFUL);
        let told = "known to both agencies, on no register";
        self.tell((StoryKey::NotOnRegister, StoryAnswer::NotOnRegister), grace, 1, told);
    }

    fn twins(&mut self) {
        let home = self.family(("Fictley", "Paula", ("8 Viaduct Street", "ZZ1 7EE")));
        let born = date(2020, 11, 30);
        let ella = self.child(home, ("Ella", Sex::Female, born), &FAITHFUL);
        let emma = self.child(home, ("Emma", Sex::Female, born), &FAITHFUL);
        let plan = self.plan(ella, AbuseCategory::Physical, 30);
        self.told.placements.push(plan);
        let told = "a twin on a plan";
        self.tell((StoryKey::TwinOnPlan, StoryAnswer::OnRegister), ella, 2, told);
        let told = "Ella's twin, who is on no plan";
        self.tell((StoryKey::TwinNotOnPlan, StoryAnswer::NotOnRegister), emma, 1, told);
    }

    fn sealed(&mut self) {
        let home = self.family(("Maskwell", "Ann", ("Flat 2, 19 Ropewalk", "ZZ5 3FF")));
        let robin = self.child(home, ("Robin", Sex::Male, date(2015, 5, 5)), &FAITHFUL);
        let plan = self.plan(robin, AbuseCategory::Multiple, 300);
        self.told.placements.push(Placement {
            status: RegisterStatus::LookedAfter,
            initial_category: None,
            category: None,
            legal_basis: Some(LegalBasis::S31),
            sealed: Some(SealReason::WitnessProtection),
            ..plan
        });
        let told = "sealed: whom to ring and what to quote, no whereabouts";
        self.tell((StoryKey::Sealed, StoryAnswer::Sealed), robin, 1, told);
    }

    fn unborn(&mut self) {
        let home = self.family(("Pretend", "Keira", ("27 Canal Terrace", "ZZ4 5GG")));
        let keira = self.town.households[home].members[0];
        self.town.residents[keira.0].born = birth(date(1999, 8, 17));
        let due = Some(days_before(self.town.today, -63));
        self.town.households[home].expecting = due;
        self.write_down(keira, &FAITHFUL);
        let plan = self.plan(keira, AbuseCategory::Neglect, 20);
        let status = RegisterStatus::UnbornPlan;
        self.told.placements.push(Placement { status, expected: due, ..plan });
        let told = "an expectant mother with a plan for her unborn child";
        self.tell((StoryKey::UnbornPlan, StoryAnswer::OnRegister), keira, 1, told);
    }

    fn another_name(&mut self) {
        let home = self.family(("Standin", "Beth", ("5 Kestrel Close", "ZZ6 2HH")));
        let oliver = self.child(home, ("Oliver", Sex::Male, date(2014, 2, 9)), &FAITHFUL);
        let lily = self.child(home, ("Lily", Sex::Female, date(2016, 7, 23)), &FAITHFUL);
        let plan = self.plan(oliver, AbuseCategory::Emotional, 120);
        self.told.placements.push(plan);
        let told = "Oliver's number typed with the name and birth date of his sister Lily";
        self.tell((StoryKey::AnotherName, StoryAnswer::AnotherName), oliver, 1, told);
        let sister = self.ask(lily);
        if let Some(story) = self.told.stories.last_mut() {
            story.ask = Subject { nhs_number: story.ask.nhs_number, ..sister };
        }
    }

    fn another_spelling(&mut self) {
        let home = self.family(("Wzorcowa", "Małgorzata", ("16 Heron Lane", "ZZ7 8JJ")));
        let zofia = self.child(home, ("Zofia", Sex::Female, date(2017, 4, 6)), &HEARSAY);
        let plan = self.plan(zofia, AbuseCategory::Neglect, 200);
        self.told.placements.push(plan);
        let told = "the council has no number, a nickname, and day and month exchanged";
        self.tell((StoryKey::AnotherSpelling, StoryAnswer::OnRegister), zofia, 2, told);
    }

    fn looked_after(&mut self) {
        let home = self.family(("Misaal", "Nadia", ("70 Limekiln Avenue", "ZZ8 1LL")));
        let maryam = self.child(home, ("Maryam", Sex::Female, date(2014, 10, 9)), &FAITHFUL);
        let plan = self.plan(maryam, AbuseCategory::Neglect, 500);
        self.told.placements.push(Placement {
            status: RegisterStatus::LookedAfter,
            initial_category: None,
            category: None,
            legal_basis: Some(LegalBasis::S31),
            ..plan
        });
        let told = "looked after under a care order; also written مریم مثال";
        self.tell((StoryKey::LookedAfter, StoryAnswer::OnRegister), maryam, 3, told);
    }

    fn several(&mut self) {
        for (mother, place) in
            [("Sue", ("2 Priory Gardens", "ZZ3 9NN")), ("Tina", ("88 Forge Road", "ZZ5 6PP"))]
        {
            let home = self.family(("Sampleton", mother, place));
            let adam = self.child(home, ("Adam", Sex::Male, date(2017, 1, 12)), &FAITHFUL);
            let plan = self.plan(adam, AbuseCategory::Neglect, 150);
            self.told.placements.push(plan);
            if mother == "Sue" {
                let told = "two boys of this name and birth date are on plans";
                self.tell((StoryKey::Several, StoryAnswer::Several), adam, 1, told);
            }
        }
        if let Some(story) = self.told.stories.last_mut() {
            story.ask.nhs_number = None;
            story.ask.postcode = None;
        }
    }

    /// A mother in a home of her own, known to both agencies.
    fn family(&mut self, (surname, first, (line, postcode)): Family) -> usize {
        let home = self.town.empty_household();
        let household = &mut self.town.households[home];
        household.home = address(line, "Ashmoor", postcode);
        household.former = None;
        household.moved = None;
        let mother =
            self.move_in(home, (Part::Mother, surname), (first, Sex::Female, date(1991, 4, 23)));
        if surname != "Pretend" {
            self.write_down(mother, &FAITHFUL);
        }
        home
    }

    fn child(&mut self, home: usize, child: Child, council: &Habits) -> ResidentId {
        let mother = self.town.households[home].members[0];
        let surname = self.town.residents[mother.0].name.family().to_owned();
        let id = self.move_in(home, (Part::Child, &surname), child);
        self.write_down(id, council);
        id
    }

    fn move_in(&mut self, home: usize, (part, surname): (Part, &str), child: Child) -> ResidentId {
        let (first, sex, born) = child;
        let urdu = (surname, first) == ("Misaal", "Maryam");
        let newcomer = Newcomer {
            part,
            origin: if urdu { Origin::Urdu } else { Origin::British },
            name: person(surname, first),
            script_name: urdu.then(|| person("مثال", "مریم")),
            born,
            sex,
        };
        let number = self.town.numbers.deal_to_story();
        self.town.settle(home, newcomer, Some(number))
    }

    fn write_down(&mut self, id: ResidentId, council: &Habits) {
        self.records.add_client(self.town, id, council);
        self.records.add_patient(self.town, id, &FAITHFUL);
    }

    /// A plan in force since `days`, with the demonstration's social worker as key worker.
    fn plan(&self, resident: ResidentId, category: AbuseCategory, days: i32) -> Placement {
        let ahead = if days < 85 { 88 - days } else { 33 };
        Placement {
            resident,
            status: RegisterStatus::ChildProtectionPlan,
            initial_category: Some(category),
            category: Some(category),
            legal_basis: None,
            start: days_before(self.town.today, days),
            end: None,
            expected: None,
            next_review: Some(days_before(self.town.today, -ahead)),
            previous_plans: 0,
            key_worker: 0,
            sealed: None,
        }
    }

    fn ask(&self, id: ResidentId) -> Subject {
        let resident = &self.town.residents[id.0];
        Subject::from(&resident.demographics(&self.town.households[resident.household]))
    }

    fn tell(
        &mut self,
        (key, answer): (StoryKey, StoryAnswer),
        resident: ResidentId,
        attendances: usize,
        told: &'static str,
    ) {
        let ask = self.ask(resident);
        self.told.stories.push(Story { key, told, resident, ask, answer, attendances });
    }
}
