//! Children handed over to this council and by it, and temporary residents: the lists, one of them, and what is answered.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use kinfold_domain::{AgencyId, Professional, Telephone};
use kinfold_service::{
    records::HandOverId,
    register::{CustodyError, HandOverLine, OpenedHandOver, Side, State as Stands, Taken},
};
use serde::Serialize;

use super::{
    clues::Problems,
    failure::{Failure, sentence},
    fields::Fields,
    register_fields::{self as typed, CONFERENCE, NEXT, Typed},
    register_handed::{HandedLines, Line, WordLine, line, told, word},
    register_words::{EntryLines, lines},
    register_work::{RegisterWork, custodian, place, remembered},
    ring::{self, RingLine},
    session::{Open, SignedIn},
    site::{Shared, Site},
    spoken::Spoken,
};

const LIST: (&str, &str) = ("/register", "register-hand-overs.html");
const ONE: (&str, &str) = ("/register", "register-handed.html");

#[derive(Serialize)]
struct ListPage {
    handle: String,
    to_us: Vec<Line>,
    by_us: Vec<Line>,
    residents: Vec<Line>,
    stays: Vec<Line>,
    over: Vec<Line>,
}

#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "forms, each open or closed by itself")]
struct OnePage {
    #[serde(flatten)]
    problems: Problems,
    typed: Typed,
    handle: String,
    line: Line,
    told: Option<HandedLines>,
    words: Vec<WordLine>,
    own: Option<EntryLines>,
    stands: Option<String>,
    alike: Vec<EntryLines>,
    ring: Vec<RingLine>,
    is_stay: bool,
    can_accept: bool,
    can_note: bool,
    can_refuse: bool,
    can_withdraw: bool,
    can_settle: bool,
    can_see: bool,
}

/// `GET /register/hand-overs`
pub(super) async fn list(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    let release = custodian(&site)?.hand_overs(&open.caller).await?;
    let list = release.content();
    let spoken = Spoken::at(list.at);
    let work = RegisterWork::HandOvers(list.lines.iter().map(|line| line.id).collect());
    site.register_work.keep(open.caller.session(), (list.ask, list.at), work);
    let only = |which: &dyn Fn(&HandOverLine) -> bool| {
        let all = list.lines.iter().enumerate();
        all.filter(|(_, item)| which(item)).map(|(at, item)| line(&spoken, at, item)).collect()
    };
    let open_of = |side, stay| {
        only(&move |item: &HandOverLine| {
            item.is_open && item.side == side && item.stay.is_some() == stay
        })
    };
    let page = ListPage {
        handle: list.ask.0.to_string(),
        to_us: open_of(Side::Taker, false),
        by_us: open_of(Side::Giver, false),
        residents: open_of(Side::Taker, true),
        stays: open_of(Side::Giver, true),
        over: only(&|item| !item.is_open),
    };
    site.page(&open, LIST, page)
}

/// `POST /register/hand-overs/open`
pub(super) async fn open(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let id = chosen(&site, &open, &fields)?;
    let page = one(&site, &open, id, (Problems::default(), typed::blank())).await?;
    site.page(&open, ONE, page)
}

/// The page, with the answer as somebody left it.
pub(super) async fn as_left(
    site: &Site,
    open: &Arc<Open>,
    left: &Fields,
) -> Result<Response, Failure> {
    let id = chosen(site, open, left)?;
    let page = one(site, open, id, (Problems::default(), typed::typed(left))).await?;
    site.page(open, ONE, page)
}

/// `POST /register/hand-overs/answer`
pub(super) async fn answer(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let id = chosen(&site, &open, &fields)?;
    let mut problems = Problems::default();
    let (field, said) = decide(&site, &open, (id, &fields), &mut problems).await?;
    if let Err(error) = said {
        let CustodyError::Change(why) = error else { return Err(error.into()) };
        problems.add(field, sentence(&why.to_string()));
    }
    if problems.is_empty() {
        return Ok(Redirect::to("/register/hand-overs").into_response());
    }
    let page = one(&site, &open, id, (problems, typed::typed(&fields))).await?;
    site.refused_form(&open, ONE, page)
}

/// Does what was decided; answers the field at which a refusal is told.
async fn decide(
    site: &Site,
    open: &Open,
    (id, fields): (HandOverId, &Fields),
    problems: &mut Problems,
) -> Result<(&'static str, Result<(), CustodyError>), Failure> {
    let (desk, caller) = (custodian(site)?, &open.caller);
    if fields.text("decision") == "accept" {
        let Some(taken) = taken(fields, problems).filter(|_| problems.is_empty()) else {
            return Ok(("conference_day", Ok(())));
        };
        let said = desk.accept(caller, id, &taken).await.map(drop);
        return Ok(("conference_day", said));
    }
    let why = fields.text("reason");
    let said = match fields.text("decision") {
        "refuse" => desk.refuse(caller, id, why).await,
        "withdraw" => desk.withdraw(caller, id, why).await,
        "stays" => desk.settle(caller, id, (true, why)).await,
        "goes" => desk.settle(caller, id, (false, why)).await,
        "note" => desk.note(caller, id).await,
        "seen" => desk.see(caller, id).await,
        _ => return Err(Failure::Garbled),
    };
    Ok(("reason", said))
}

fn taken(fields: &Fields, problems: &mut Problems) -> Option<Taken> {
    let conference = typed::must(fields, CONFERENCE, problems);
    let category = typed::category(fields);
    if category.is_none() {
        problems.add("category", "Choose the category");
    }
    let next_review = typed::must(fields, NEXT, problems);
    let phone = ("telephone", "Enter a telephone number, like 01632 960111");
    let telephone: Option<Telephone> = typed::parsed(fields, phone, problems);
    for (field, wrong) in [
        ("worker", "Name your key worker: whoever checks the child rings them"),
        ("team", "Enter the key worker’s team"),
        ("telephone", "Enter the key worker’s telephone number"),
    ] {
        if fields.text(field).is_empty() {
            problems.add(field, wrong);
        }
    }
    let short = |field: &str| fields.text(field).chars().take(200).collect::<String>();
    let worker = Professional {
        name: short("worker").into(),
        role: "Key worker".to_owned(),
        team: Some(short("team")),
        telephone,
    };
    let (conference, category, next_review) = (conference?, category?, next_review?);
    Some(Taken { conference, category, next_review, worker })
}

fn chosen(site: &Site, open: &Open, fields: &Fields) -> Result<HandOverId, Failure> {
    match remembered(site, open, fields)? {
        RegisterWork::HandOvers(all) => {
            all.into_iter().nth(place(fields)?).ok_or(Failure::Forgotten)
        }
        _ => Err(Failure::Forgotten),
    }
}

async fn one(
    site: &Site,
    open: &Arc<Open>,
    id: HandOverId,
    (problems, typed): (Problems, Typed),
) -> Result<OnePage, Failure> {
    let release = custodian(site)?.open_hand_over(&open.caller, id).await?;
    let opened = release.content();
    let work = RegisterWork::HandOvers(vec![id]);
    site.register_work.keep(open.caller.session(), (opened.ask, opened.at), work);
    let spoken = Spoken::at(opened.at);
    let ring = telephones(site, &spoken, &opened.line.partner.id);
    Ok(page(opened, &spoken, ring, (problems, typed)))
}

fn telephones(site: &Site, spoken: &Spoken, partner: &AgencyId) -> Vec<RingLine> {
    ring::of_agency(site, spoken, partner)
}

fn page(
    opened: &OpenedHandOver,
    spoken: &Spoken,
    ring: Vec<RingLine>,
    (problems, typed): (Problems, Typed),
) -> OnePage {
    let today = spoken.today();
    let item = &opened.line;
    let (taker, offered) = (item.side == Side::Taker, item.state == Stands::Offered);
    let is_stay = item.stay.is_some();
    let has_details = opened.handed.is_some();
    OnePage {
        problems,
        typed,
        handle: opened.ask.0.to_string(),
        line: line(spoken, 0, item),
        told: opened.handed.as_ref().map(|handed| told(handed, today)),
        words: opened.words.iter().map(|step| word(spoken, step)).collect(),
        own: opened.own.as_ref().map(|entry| lines(entry, today)),
        stands: opened.stands.as_ref().map(ToString::to_string),
        alike: opened.alike.iter().map(|entry| lines(entry, today)).collect(),
        ring,
        is_stay,
        can_accept: taker && offered && !is_stay && has_details,
        can_note: taker && offered && is_stay,
        can_refuse: taker && offered,
        can_withdraw: !taker && (offered || item.state == Stands::Noted),
        can_settle: !taker && item.state == Stands::Conflict,
        can_see: item.waits_to_be_seen,
    }
}
