//! What an operator's commands tell a node about employees.

use anyhow::{Context, bail};
use jiff::Timestamp;
use kinfold_domain::{EmailAddress, Role, UserName};
use kinfold_service::staff::{Employed, GivenPin, Job, NewEmployee, Plan};
use kinfold_token::{Pin, Profile};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Answer, Person, tokens::witnesses};
use crate::node::Node;

/// What is asked.
#[derive(Serialize, Deserialize)]
#[serde(tag = "staff", rename_all = "kebab-case")]
pub(crate) enum StaffAsk {
    Add {
        user_name: UserName,
        name: String,
        job_title: String,
        role: Role,
        /// Chosen by the employee; without one a first PIN is answered.
        pin: Option<String>,
        email: Option<EmailAddress>,
    },
    SetEmail {
        user_name: UserName,
        email: Option<EmailAddress>,
    },
    Move {
        user_name: UserName,
        job_title: String,
        role: Role,
    },
    Leave {
        user_name: UserName,
    },
    Back {
        user_name: UserName,
        job_title: String,
        role: Role,
    },
    GivePin {
        user_name: UserName,
    },
    GiveTime {
        user_name: UserName,
        more: bool,
    },
    /// Who they are at the identity provider; two people prove themselves.
    Link {
        user_name: UserName,
        subject: String,
        first: Person,
        second: Person,
    },
    Unlink {
        user_name: UserName,
    },
    /// How many are left; `lost`: they end.
    EmergencyCodes {
        user_name: UserName,
        lost: bool,
    },
    List,
    Roll {
        text: String,
        whole: bool,
        apply: bool,
    },
}

/// What is told.
#[derive(Serialize, Deserialize)]
#[serde(tag = "staff", rename_all = "kebab-case")]
pub(crate) enum StaffTold {
    Done,
    Pins { pins: Vec<(UserName, String)> },
    Listed { employees: Vec<Line> },
    Planned { plan: Planned },
    EmergencyCodes { sheet: Option<Sheet> },
}

/// An employee of the list.
#[derive(Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) user_name: UserName,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) left: bool,
    pub(crate) review: Option<(jiff::civil::Date, bool)>,
}

/// An employee's emergency codes.
#[derive(Serialize, Deserialize)]
pub(crate) struct Sheet {
    pub(crate) left: usize,
    pub(crate) made: jiff::civil::Date,
    pub(crate) locked: bool,
}

/// What a roll comes to.
#[derive(Serialize, Deserialize)]
pub(crate) struct Planned {
    pub(crate) join: Vec<UserName>,
    pub(crate) moved: Vec<(UserName, Role)>,
    pub(crate) back: Vec<UserName>,
    pub(crate) leave: Vec<UserName>,
    pub(crate) unchanged: usize,
    pub(crate) wrong: Vec<(u64, String)>,
}

/// Carries it out.
pub(super) async fn execute(node: &Node, ask: StaffAsk) -> anyhow::Result<Answer> {
    let staff = &node.staff;
    let told = match ask {
        StaffAsk::Add { user_name, name, job_title, role, pin, email } => {
            let new = NewEmployee { user_name: user_name.clone(), name, job_title, role, email };
            match pin.map(Zeroizing::new) {
                Some(pin) => {
                    staff.add(new, &pin.parse::<Pin>()?.choose()?).await?;
                    StaffTold::Done
                }
                None => given(user_name, &staff.join(new, None).await?),
            }
        }
        StaffAsk::SetEmail { user_name, email } => {
            staff.set_email(&user_name, email.as_ref()).await?;
            StaffTold::Done
        }
        StaffAsk::Move { user_name, job_title, role } => {
            staff.move_to(&user_name, Job { title: job_title, role }, None).await?;
            StaffTold::Done
        }
        StaffAsk::Leave { user_name } => {
            staff.leave(&user_name, None).await?;
            StaffTold::Done
        }
        StaffAsk::Back { user_name, job_title, role } => {
            let job = Job { title: job_title, role };
            let pin = staff.come_back(&user_name, job, None).await?;
            given(user_name, &pin)
        }
        StaffAsk::GiveTime { user_name, more } => {
            let profile = if more { Profile::Accessible } else { Profile::Standard };
            staff.give_time(&user_name, profile, None).await?;
            StaffTold::Done
        }
        StaffAsk::GivePin { user_name } => {
            let pin = staff.give_pin(&user_name, None).await?;
            given(user_name, &pin)
        }
        StaffAsk::Link { user_name, subject, first, second } => {
            link(node, &user_name, &subject, (first, second)).await?
        }
        StaffAsk::Unlink { user_name } => {
            node.links.unlink(&user_name, None).await?;
            StaffTold::Done
        }
        StaffAsk::EmergencyCodes { user_name, lost } => emergency(node, &user_name, lost).await?,
        StaffAsk::List => {
            let now = node.clock.now();
            let everybody = staff.everybody().await?.into_iter();
            StaffTold::Listed { employees: everybody.map(|one| line(one, now)).collect() }
        }
        StaffAsk::Roll { text, whole, apply } => roll(node, (&text, whole), apply).await?,
    };
    Ok(Answer::Staff { told })
}

async fn roll(node: &Node, (text, whole): (&str, bool), apply: bool) -> anyhow::Result<StaffTold> {
    let plan = node.staff.plan(text, whole).await?;
    if !apply {
        return Ok(StaffTold::Planned { plan: planned(plan) });
    }
    let pins = node.staff.carry_out(plan).await?.into_iter();
    let pins = pins.map(|(name, pin)| (name, pin.expose().to_owned())).collect();
    Ok(StaffTold::Pins { pins })
}

async fn link(
    node: &Node,
    user_name: &UserName,
    subject: &str,
    (first, second): (Person, Person),
) -> anyhow::Result<StaffTold> {
    let issuer = node.outside.issuer();
    let issuer = issuer.context("this node has no identity provider: see [oidc]")?;
    let witnesses = witnesses(&node.inventory, first, second).await?;
    node.links.link(user_name, (issuer, subject), &witnesses).await?;
    Ok(StaffTold::Done)
}

async fn emergency(node: &Node, user_name: &UserName, lost: bool) -> anyhow::Result<StaffTold> {
    if lost {
        node.emergency.end(user_name, None).await?;
        return Ok(StaffTold::Done);
    }
    let sheet = node.emergency.of(user_name).await?.map(|known| Sheet {
        left: known.left,
        made: kinfold_service::today(known.made),
        locked: known.locked,
    });
    Ok(StaffTold::EmergencyCodes { sheet })
}

fn given(user_name: UserName, pin: &GivenPin) -> StaffTold {
    StaffTold::Pins { pins: vec![(user_name, pin.expose().to_owned())] }
}

fn line(one: Employed, now: Timestamp) -> Line {
    let review = one.review_due(now).map(|due| (due.by, due.overdue));
    let Employed { employee, left, .. } = one;
    let (user_name, role) = (employee.user_name, employee.role);
    Line { user_name, name: employee.name.into_exposed(), role, left, review }
}

fn planned(plan: Plan) -> Planned {
    let Plan { join, moved, back, leave, unchanged, wrong } = plan;
    Planned {
        join: join.into_iter().map(|new| new.user_name).collect(),
        moved: moved.into_iter().map(|(name, job)| (name, job.role)).collect(),
        back: back.into_iter().map(|(name, _)| name).collect(),
        leave,
        unchanged,
        wrong,
    }
}

impl StaffTold {
    /// The PINs that were given.
    pub(crate) fn into_pins(self) -> anyhow::Result<Vec<(UserName, String)>> {
        match self {
            Self::Pins { pins } => Ok(pins),
            _ => bail!("the node answered something else"),
        }
    }
}
