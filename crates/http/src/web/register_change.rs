//! A change of an entry: its form, what it would make, and its confirmation.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use kinfold_domain::{BirthDate, DetailKind, EntryId, PersonName};
use kinfold_service::register::{Change, CustodyError, Planned, PlannedStep, ToChange};
use serde::Serialize;

use super::{
    clues::Problems,
    failure::{Failure, sentence},
    fields::Fields,
    register_add::subject,
    register_fields::{self as typed, BIRTH, HELD, NEXT, ON, START, Typed},
    register_words::{EntryLines, label, lines, words},
    register_work::{RegisterWork, chosen, custodian, remembered},
    session::{Open, SignedIn},
    site::{Shared, Site},
    spoken::Spoken,
};

const FORM: (&str, &str) = ("/register", "register-change.html");
const PLAN: (&str, &str) = ("/register", "register-plan.html");
const DONE: (&str, &str) = ("/register", "register-done.html");

/// Which form.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Review,
    Category,
    End,
    Reopen,
    LookedAfter,
    Correct,
    Seal,
    Unseal,
    Born,
}

impl Kind {
    const ALL: [Self; 9] = [
        Self::Review,
        Self::Category,
        Self::End,
        Self::Reopen,
        Self::LookedAfter,
        Self::Correct,
        Self::Seal,
        Self::Unseal,
        Self::Born,
    ];

    /// Its name in forms.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Category => "category",
            Self::End => "end",
            Self::Reopen => "reopen",
            Self::LookedAfter => "looked-after",
            Self::Correct => "correct",
            Self::Seal => "seal",
            Self::Unseal => "unseal",
            Self::Born => "born",
        }
    }

    /// What its button says, and the heading of its form.
    pub(super) const fn button(self) -> &'static str {
        match self {
            Self::Review => "Record a review",
            Self::Category => "Change the category",
            Self::End => "End the entry",
            Self::Reopen => "Reopen: ended in error",
            Self::LookedAfter => "The child is looked after now",
            Self::Correct => "Correct details",
            Self::Seal => "Seal: hide whereabouts",
            Self::Unseal => "Take the seal off",
            Self::Born => "Record the birth",
        }
    }

    fn of(fields: &Fields) -> Result<Self, Failure> {
        let word = fields.text("change");
        Self::ALL.into_iter().find(|kind| kind.word() == word).ok_or(Failure::Garbled)
    }
}

#[derive(Serialize)]
struct FormPage {
    #[serde(flatten)]
    problems: Problems,
    typed: Typed,
    handle: String,
    kind: &'static str,
    heading: &'static str,
    reference: String,
}

#[derive(Serialize)]
struct StepLines {
    what: &'static str,
    entry: EntryLines,
    is_new: bool,
    details: Vec<(&'static str, String, String)>,
}

#[derive(Serialize)]
struct PlanPage {
    handle: String,
    steps: Vec<StepLines>,
    alike: Vec<EntryLines>,
    reason: String,
}

#[derive(Serialize)]
struct DonePage {
    handle: String,
    reference: String,
}

/// `POST /register/change`: the form of one change.
pub(super) async fn form(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    as_left(&site, &open, &fields)
}

/// `POST /register/plan`: what the change would make, or what is wrong with the form.
pub(super) async fn plan(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let entry = chosen(&site, &open, &fields)?;
    let kind = Kind::of(&fields)?;
    let mut problems = Problems::default();
    let change = read(&fields, kind, &mut problems);
    let reason = typed::reason(&fields, &mut problems);
    let Some(change) = change.filter(|_| problems.is_empty()) else {
        return site.refused_form(&open, FORM, blank(&fields, kind, &entry, problems));
    };
    let wanted = ToChange { entry: Some(entry.clone()), change, reason };
    match planned(&site, &open, wanted).await {
        Err(Failure::Custody(CustodyError::Change(why))) => {
            problems.add("reason", sentence(&why.to_string()));
            site.refused_form(&open, FORM, blank(&fields, kind, &entry, problems))
        }
        page => page,
    }
}

/// `POST /register/confirm`: makes the change.
pub(super) async fn confirm(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let RegisterWork::Change(wanted) = remembered(&site, &open, &fields)? else {
        return Err(Failure::Forgotten);
    };
    let entry = custodian(&site)?.change(&open.caller, &wanted).await?;
    // The handle of the plan now means the entry: a form that is sent twice finds nothing to confirm.
    let (session, handle) = (open.caller.session(), fields.text("handle").to_owned());
    let ask = kinfold_domain::AskId(handle.parse().map_err(|_| Failure::Garbled)?);
    let work = RegisterWork::Entries(vec![entry.clone()]);
    site.register_work.keep(session, (ask, site.services.clock.now()), work);
    site.page(&open, DONE, DonePage { handle, reference: entry.to_string() })
}

/// Shows what a change would make, and remembers it until it is confirmed.
pub(super) async fn planned(
    site: &Site,
    open: &Arc<Open>,
    wanted: ToChange,
) -> Result<Response, Failure> {
    let release = custodian(site)?.plan(&open.caller, &wanted).await?;
    let planned = release.content();
    let page = plan_page(planned, &wanted.reason);
    let work = RegisterWork::Change(Box::new(wanted));
    site.register_work.keep(open.caller.session(), (planned.ask, planned.at), work);
    site.page(open, PLAN, page)
}

/// The form, as somebody left it.
pub(super) fn as_left(site: &Site, open: &Arc<Open>, left: &Fields) -> Result<Response, Failure> {
    let (entry, kind) = (chosen(site, open, left)?, Kind::of(left)?);
    site.page(open, FORM, blank(left, kind, &entry, Problems::default()))
}

fn blank(fields: &Fields, kind: Kind, entry: &EntryId, problems: Problems) -> FormPage {
    FormPage {
        problems,
        typed: typed::typed(fields),
        handle: fields.text("handle").to_owned(),
        kind: kind.word(),
        heading: kind.button(),
        reference: entry.to_string(),
    }
}

fn read(fields: &Fields, kind: Kind, problems: &mut Problems) -> Option<Change> {
    Some(match kind {
        Kind::Review => {
            let held = typed::must(fields, HELD, problems);
            let next = typed::must(fields, NEXT, problems);
            Change::Review { held: held?, next: next? }
        }
        Kind::Category => {
            let category = typed::category(fields);
            if category.is_none() {
                problems.add("category", "Choose the category");
            }
            Change::Category(category?)
        }
        Kind::End => Change::End(typed::must(fields, ON, problems)?),
        Kind::Reopen => Change::Reopen,
        Kind::LookedAfter => {
            let start = typed::must(fields, START, problems);
            let basis = typed::basis(fields);
            if basis.is_none() {
                problems.add("basis", "Choose the legal basis");
            }
            Change::LookedAfter { start: start?, basis: basis? }
        }
        Kind::Correct => corrected(fields, problems),
        Kind::Seal => Change::Seal,
        Kind::Unseal => Change::Unseal,
        Kind::Born => Change::Born(Box::new(subject(fields, problems)?)),
    })
}

fn corrected(fields: &Fields, problems: &mut Problems) -> Change {
    let number = ("nhs_number", "A digit of this NHS number is wrong, or it is not 10 digits");
    let phone = ("telephone", "Enter a telephone number, like 01632 960111");
    let (given, family) = (fields.text("given"), fields.text("family"));
    let name = if given.is_empty() && family.is_empty() {
        None
    } else {
        PersonName::new(family, given).map_or_else(
            |_| {
                problems.add("family", "Enter first and last name, each 100 characters or fewer");
                None
            },
            Some,
        )
    };
    let worker = fields.text("worker");
    Change::Correct {
        nhs_number: typed::parsed(fields, number, problems),
        name,
        birth_date: typed::date(fields, BIRTH, problems)
            .and_then(|day| BirthDate::try_from(day).ok()),
        worker: (!worker.is_empty()).then(|| worker.chars().take(200).collect()),
        telephone: typed::parsed(fields, phone, problems),
    }
}

fn plan_page(planned: &Planned, reason: &str) -> PlanPage {
    let today = Spoken::at(planned.at).today();
    let step = |step: &PlannedStep| StepLines {
        what: step.kind.words(),
        entry: lines(&step.after, today),
        is_new: step.before.is_none(),
        details: step.before.as_ref().map(|before| differing(before, step)).unwrap_or_default(),
    };
    PlanPage {
        handle: planned.ask.0.to_string(),
        steps: planned.steps.iter().map(step).collect(),
        alike: planned.alike.iter().map(|entry| lines(entry, today)).collect(),
        reason: reason.to_owned(),
    }
}

fn differing(
    before: &kinfold_domain::RegisterEntry,
    step: &PlannedStep,
) -> Vec<(&'static str, String, String)> {
    let said = |kind: DetailKind| kind.of(before).zip(kind.of(&step.after));
    let both = DetailKind::ALL.into_iter().filter_map(said);
    both.filter(|(before, after)| before != after)
        .map(|(before, after)| (label(after.kind()), words(&before), words(&after)))
        .collect()
}
