//! One entry of the register: as it stands, what can be changed, and its history.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use kinfold_domain::{EntryId, RegisterEntry, RegisterStatus, Telephone};
use kinfold_service::{
    ports::Amendment,
    register::{HistoryLine, Opened},
};
use serde::Serialize;

use super::{
    failure::Failure,
    fields::Fields,
    register_change::Kind,
    register_words::{EntryLines, label, lines, words},
    register_work::{RegisterWork, chosen, custodian},
    ring,
    session::{Open, SignedIn},
    site::{Shared, Site},
    spoken::Spoken,
};

#[derive(Serialize)]
struct ChangedLine {
    when: String,
    what: &'static str,
    by: String,
    reason: String,
    details: Vec<(&'static str, String, String)>,
}

#[derive(Serialize)]
struct ByHand {
    label: &'static str,
    says: String,
    by: String,
    when: String,
    case_system: String,
}

#[derive(Serialize)]
struct EntryPage {
    handle: String,
    entry: EntryLines,
    /// The changes that can be made: their names in forms, and what the buttons say.
    changes: Vec<(&'static str, &'static str)>,
    /// It may be handed over to another council, or its child's stay there be told.
    can_move: bool,
    can_stay: bool,
    by_hand: Vec<ByHand>,
    history: Vec<ChangedLine>,
    numbers: Vec<NumberLine>,
}

/// A number to ring, and to say of that it is right.
#[derive(Serialize)]
struct NumberLine {
    label: String,
    number: String,
    digits: String,
    confirmed: String,
}

/// `POST /register/number`: the custodian rang a number, and it is right.
pub(super) async fn rang(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let entry = chosen(&site, &open, &fields)?;
    custodian(&site)?.rang(&open.caller, &entry, fields.text("number")).await?;
    show(&site, &open, &entry).await
}

/// `POST /register/entry`
pub(super) async fn page(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let entry = chosen(&site, &open, &fields)?;
    show(&site, &open, &entry).await
}

/// The page of an entry.
async fn show(site: &Site, open: &Arc<Open>, entry: &EntryId) -> Result<Response, Failure> {
    let release = custodian(site)?.open(&open.caller, entry).await?;
    let opened = release.content();
    let work = RegisterWork::Entries(vec![entry.clone()]);
    site.register_work.keep(open.caller.session(), (opened.ask, opened.at), work);
    site.page(open, ("/register", "register-entry.html"), of(site, open, opened))
}

fn of(site: &Site, open: &Open, opened: &Opened) -> EntryPage {
    let spoken = Spoken::at(opened.at);
    let entry = &opened.entry;
    let (in_force, is_plan) = (entry.end.is_none(), entry.status != RegisterStatus::LookedAfter);
    let is_unborn = entry.status == RegisterStatus::UnbornPlan;
    let is_childs = entry.status == RegisterStatus::ChildProtectionPlan;
    let possible = [
        (is_unborn && entry.successor.is_none(), Kind::Born),
        (in_force, Kind::Review),
        (in_force && is_plan, Kind::Category),
        (in_force, Kind::End),
        (!in_force, Kind::Reopen),
        (in_force && is_childs, Kind::LookedAfter),
        (true, Kind::Correct),
        (entry.sealed.is_none(), Kind::Seal),
        (entry.sealed.is_some(), Kind::Unseal),
    ];
    let may = in_force && entry.sealed.is_none();
    let may = may && custodian(site).is_ok_and(|desk| !desk.takers(&open.caller).is_empty());
    let changes = possible.into_iter().filter(|(may, _)| *may);
    EntryPage {
        handle: opened.ask.0.to_string(),
        entry: lines(entry, spoken.today()),
        changes: changes.map(|(_, kind)| (kind.word(), kind.button())).collect(),
        can_move: may && is_plan,
        can_stay: may,
        by_hand: opened.amendments.iter().filter_map(|row| by_hand(&spoken, row)).collect(),
        numbers: numbers(entry),
        history: opened.history.iter().map(|line| changed(&spoken, line)).collect(),
    }
}

fn numbers(entry: &RegisterEntry) -> Vec<NumberLine> {
    let line = |label: String, number: &Telephone| NumberLine {
        label,
        number: number.as_str().to_owned(),
        digits: number.digits(),
        confirmed: ring::confirmed(number),
    };
    let professionals = entry.professionals.iter().filter_map(|known| {
        let label = format!("{}, {}", known.role, known.name.expose());
        Some(line(label, known.telephone.as_ref()?))
    });
    let office = line("Council office".to_owned(), &entry.phones.office);
    let duty = line("Emergency duty team".to_owned(), &entry.phones.emergency_duty_team);
    professionals.chain([office, duty]).collect()
}

/// What the register says otherwise than the case system.
fn by_hand(spoken: &Spoken, row: &Amendment) -> Option<ByHand> {
    let differs = row.differs.as_ref()?;
    let says = differs.says.as_ref().map_or_else(|| "does not have it".to_owned(), words);
    Some(ByHand {
        label: label(row.detail.kind()),
        says: words(&row.detail),
        by: row.by.clone(),
        when: spoken.minute(row.at),
        case_system: says,
    })
}

fn changed(spoken: &Spoken, line: &HistoryLine) -> ChangedLine {
    let details = line.details.iter();
    ChangedLine {
        when: spoken.minute(line.at),
        what: line.kind.words(),
        by: line.by.clone(),
        reason: line.reason.as_ref().map(|why| why.expose().clone()).unwrap_or_default(),
        details: details
            .map(|(before, after)| (label(after.kind()), words(before), words(after)))
            .collect(),
    }
}
