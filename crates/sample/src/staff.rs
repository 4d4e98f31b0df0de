//! Who works at the two agencies: the demonstration's employees, and the workers that the records name.

use kinfold_domain::{AgencyKind, PersonName, Sex};

use crate::{
    Seed,
    chance::Chance,
    names::{Names, Origin, person},
    telephones::{landline, mobile},
};

/// How many social workers the council has.
pub(crate) const SOCIAL_WORKERS: usize = 24;
/// How many clinicians the trust's records name.
const CLINICIANS: usize = 36;

/// An agency of the demonstration.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SampleAgency {
    /// Its short name.
    pub id: &'static str,
    /// Its name on the page.
    pub name: &'static str,
    /// What it is.
    pub kind: AgencyKind,
    /// Telephone in office hours.
    pub office: &'static str,
    /// Telephone out of hours: the council's emergency duty team, the trust's site manager.
    pub out_of_hours: &'static str,
    /// Who may use its node.
    pub employees: &'static [SampleEmployee],
}

/// An employee of the demonstration. The PIN is public by design: it opens invented records only.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SampleEmployee {
    /// What they type to sign in.
    pub user_name: &'static str,
    /// Name.
    pub name: &'static str,
    /// Job title.
    pub job_title: &'static str,
    /// Role, as agreements name it.
    pub role: &'static str,
    /// Six digits.
    pub pin: &'static str,
}

/// A professional named in an agency's records.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Worker {
    /// Name.
    pub name: PersonName,
    /// Job title.
    pub job_title: &'static str,
    /// Team or department.
    pub team: &'static str,
    /// Telephone.
    pub telephone: String,
    /// The name under which they sign in, where they are an employee of the demonstration.
    pub user_name: Option<&'static str>,
}

const fn employee(
    user_name: &'static str,
    name: &'static str,
    job: (&'static str, &'static str),
    pin: &'static str,
) -> SampleEmployee {
    SampleEmployee { user_name, name, job_title: job.0, role: job.1, pin }
}

const COUNCIL: SampleAgency = SampleAgency {
    id: "ashmoor-council",
    name: "Ashmoor Council children's service (synthetic)",
    kind: AgencyKind::Council,
    office: "01632 960100",
    out_of_hours: "01632 960199",
    employees: &[
        employee(
            "wendy.worker",
            "Wendy Worker (sample)",
            ("Social worker", "social-worker"),
            "518203",
        ),
        employee(
            "edwin.duty",
            "Edwin Duty (sample)",
            ("Emergency duty social worker", "emergency-duty-team"),
            "605718",
        ),
        employee(
            "mona.manager",
            "Mona Manager (sample)",
            ("Team manager", "team-manager"),
            "839246",
        ),
        employee(
            "cora.custodian",
            "Cora Custodian (sample)",
            ("Register custodian", "register-custodian"),
            "740962",
        ),
        employee(
            "ivan.infogov",
            "Ivan Infogov (sample)",
            ("Information governance lead", "information-governance"),
            "295817",
        ),
        employee("otto.operator", "Otto Operator (sample)", ("IT operator", "operator"), "863014"),
        employee(
            "ada.approver",
            "Ada Approver (sample)",
            ("Caldicott Guardian", "approver"),
            "407395",
        ),
    ],
};

const TRUST: SampleAgency = SampleAgency {
    id: "ashmoor-trust",
    name: "Ashmoor General Hospitals NHS Trust (synthetic)",
    kind: AgencyKind::NhsTrust,
    office: "01632 960500",
    out_of_hours: "01632 960599",
    employees: &[
        employee(
            "nina.nurse",
            "Nina Nurse (sample)",
            ("Emergency department nurse", "ed-clinician"),
            "372849",
        ),
        employee(
            "noel.nurse",
            "Noel Nurse (sample)",
            ("Children's emergency nurse", "ed-clinician"),
            "958126",
        ),
        employee(
            "greta.infogov",
            "Greta Infogov (sample)",
            ("Information governance lead", "information-governance"),
            "614730",
        ),
        employee("piet.operator", "Piet Operator (sample)", ("IT operator", "operator"), "283965"),
        employee(
            "gus.guardian",
            "Gus Guardian (sample)",
            ("Caldicott Guardian", "approver"),
            "739208",
        ),
    ],
};

const NEIGHBOUR: SampleAgency = SampleAgency {
    id: "larkford-council",
    name: "Larkford Council children's service (synthetic)",
    kind: AgencyKind::Council,
    office: "01632 960700",
    out_of_hours: "01632 960799",
    employees: &[
        employee(
            "lena.custodian",
            "Lena Custodian (sample)",
            ("Register custodian", "register-custodian"),
            "318570",
        ),
        employee("olga.operator", "Olga Operator (sample)", ("IT operator", "operator"), "926413"),
        employee(
            "paul.approver",
            "Paul Approver (sample)",
            ("Caldicott Guardian", "approver"),
            "574206",
        ),
    ],
};

/// The council next door, to which children are handed over.
pub const fn neighbour() -> SampleAgency {
    NEIGHBOUR
}

/// The demonstration's agencies: the council first, then the trust.
pub const fn agencies() -> [SampleAgency; 2] {
    [COUNCIL, TRUST]
}

/// The council's teams.
pub(crate) const TEAMS: [&str; 5] = [
    "Safeguarding North",
    "Safeguarding South",
    "Children in Care",
    "Assessment and Duty",
    "Early Help",
];

/// The council's social workers; the first is the demonstration's.
pub(crate) fn social_workers(names: &Names, seed: Seed) -> Vec<Worker> {
    let mut chance = Chance::new(seed, 4);
    let title =
        |place: usize| if place % 6 == 5 { "Senior social worker" } else { "Social worker" };
    let mut workers: Vec<Worker> = (0..SOCIAL_WORKERS)
        .map(|place| Worker {
            name: invent(names, &mut chance),
            job_title: title(place),
            team: TEAMS[place % 4],
            telephone: mobile(100 + place),
            user_name: None,
        })
        .collect();
    workers[0].name = person("Worker (sample)", "Wendy");
    workers[0].user_name = Some("wendy.worker");
    workers
}

/// The trust's clinicians: health visitors, school nurses, paediatricians, midwives, in turn.
pub(crate) fn clinicians(names: &Names, seed: Seed) -> Vec<Worker> {
    const JOBS: [(&str, &str); 4] = [
        ("Health visitor", "Health visiting, Ashmoor"),
        ("School nurse", "School nursing, Ashmoor"),
        ("Consultant paediatrician", "Community paediatrics"),
        ("Community midwife", "Maternity, Ashmoor General"),
    ];
    let mut chance = Chance::new(seed, 5);
    (0..CLINICIANS)
        .map(|place| Worker {
            name: invent(names, &mut chance),
            job_title: JOBS[place % JOBS.len()].0,
            team: JOBS[place % JOBS.len()].1,
            telephone: landline(510 + place),
            user_name: None,
        })
        .collect()
}

fn invent(names: &Names, chance: &mut Chance) -> PersonName {
    let origin = if chance.odds(600) { Origin::British } else { Names::origin(chance) };
    let sex = if chance.odds(750) { Sex::Female } else { Sex::Male };
    let given = names.given(origin, sex, chance);
    person(&names.family(origin, chance).latin, &given.latin)
}
