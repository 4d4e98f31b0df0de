//! Breaking the glass: a reason first, then PIN and a fresh code, then the view with what nobody would have shown.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use kinfold_domain::{AgencyId, Category, Purpose};
use kinfold_service::{
    pooled_view::{AgencyPart, PartState, PooledView, ViewQuestion},
    records::Statement,
    sign_in::StepUp,
};
use serde::Serialize;

use super::{
    clues::Problems,
    failure::{Failure, sentence},
    fields::Fields,
    remembered::Asked,
    session::{Open, SignedIn},
    site::{Shared, Site},
    step_up::{self, Wanted},
    view,
};

const PLACE: (&str, &str) = ("/view", "break-glass.html");

pub(super) const WANTED: Wanted = Wanted {
    what: StepUp::BreakGlass,
    place: "/view",
    heading: "Break the glass",
    explanation: "Prove that it is you, by your PIN and a code that you have not used before. What you open stands under your name, \
        with your reason, in the ledgers of both agencies, and their information governance reviews it.",
    action: "/view/break-glass",
    button: "Break the glass",
};

/// What one agency would not let the asker see.
#[derive(Serialize)]
pub(super) struct Openable {
    agency: String,
    what: String,
}

#[derive(Default, Serialize)]
struct Typed<'a> {
    reason: &'a str,
}

#[derive(Serialize)]
struct GlassForm<'a> {
    #[serde(flatten)]
    problems: Problems,
    handle: &'a str,
    typed: Typed<'a>,
    openable: Vec<Openable>,
}

/// `POST /view/break-glass`
pub(super) async fn open(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let (handle, now) = (fields.text("handle"), site.services.clock.now());
    let asked = site.remembered.find(open.caller.session(), handle, now);
    let mut asked = asked.ok_or(Failure::Forgotten)?;
    if openable(&site, &open, &asked.purpose).next().is_none() {
        return Err(Failure::NotForRole(
            "No clause of the agreement lets your role break the glass for this purpose.",
        ));
    }
    let given = fields.names().any(|name| name == "reason");
    if given {
        match fields.text("reason").parse::<Statement>() {
            Ok(reason) => asked.reason = Some(reason),
            Err(why) => {
                return form(&site, &open, &fields, (&asked.purpose, Some(why.to_string())));
            }
        }
        // It waits in memory for the code that follows it: it may say something about the child.
        site.remembered.give_reason(open.caller.session(), handle, asked.reason.clone());
    }
    let proving = ["asked", "answer", "outside"].iter().any(|field| !fields.text(field).is_empty());
    let Some(reason) = asked.reason.clone().filter(|_| given || proving) else {
        return form(&site, &open, &fields, (&asked.purpose, None));
    };
    let stepped_up = match step_up::proved(&site, &open, &fields, &WANTED).await? {
        Ok(stepped_up) => stepped_up,
        Err(page) => return Ok(page),
    };
    // A reason is good for one opening.
    site.remembered.give_reason(open.caller.session(), handle, None);
    let Asked { subject, purpose, person, .. } = asked;
    let wanted = Category::ALL.into_iter().collect();
    let question = ViewQuestion { subject, purpose, wanted, person: person.clone() };
    let pool = &site.services.pool;
    let release = pool.break_glass(&open.caller, question, (&reason, stepped_up)).await?;
    view::shown(&site, &open, release.content(), (person, Some(&reason)))
}

fn form(
    site: &Site,
    open: &Arc<Open>,
    fields: &Fields,
    (purpose, wrong): (&Purpose, Option<String>),
) -> Result<Response, Failure> {
    let mut problems = Problems::default();
    let blank = wrong.is_none();
    if let Some(wrong) = wrong {
        problems.add("reason", sentence(&wrong));
    }
    let page = GlassForm {
        problems,
        handle: fields.text("handle"),
        typed: Typed { reason: fields.text("reason") },
        openable: openable(site, open, purpose).map(|(_, line)| line).collect(),
    };
    if blank { site.page(open, PLACE, page) } else { site.refused_form(open, PLACE, page) }
}

/// What may be opened for a purpose, of whichever child.
fn openable(
    site: &Site,
    open: &Open,
    purpose: &Purpose,
) -> impl Iterator<Item = (AgencyId, Openable)> {
    let agreements = site.services.agreements.clone();
    site.services.pool.openable(&open.caller, purpose).into_iter().map(move |(owner, opened)| {
        let what: Vec<_> =
            opened.iter().map(|category| category.heading().to_lowercase()).collect();
        let agency = agreements.agency(&owner).name;
        (owner, Openable { agency, what: what.join(", ") })
    })
}

/// What may be opened beside a view: of agencies that know the child, and have answered. What is sealed stays so.
pub(super) fn beside(site: &Site, open: &Open, view: &PooledView) -> Vec<Openable> {
    let known = |part: &&AgencyPart| matches!(part.state, PartState::Known | PartState::NotSaid);
    let known: Vec<_> = view.agencies.iter().filter(known).map(|part| &part.agency.id).collect();
    let all = openable(site, open, &view.purpose);
    all.filter(|(owner, _)| known.contains(&owner)).map(|(_, line)| line).collect()
}
