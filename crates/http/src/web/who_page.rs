//! Who looked, as the page shows it: one line for each look, with both ledgers' sides.

use std::collections::BTreeSet;

use kinfold_domain::AgencyId;
use kinfold_service::{
    audit::{Joined, LedgerPart, Side, WhoLookedAt},
    exchange::Behind,
};
use serde::Serialize;

use super::{
    answer_page,
    failure::sentence,
    letter_case::capitalised,
    looks, purposes,
    site::Site,
    spoken::{Moment, Spoken},
};

#[derive(Serialize)]
pub(super) struct SideLine {
    pub(super) ledger: String,
    pub(super) entry: &'static str,
    pub(super) at: Moment,
    pub(super) outcome: String,
    /// Why the glass was broken.
    pub(super) reason: Option<String>,
    pub(super) index: u64,
}

#[derive(Serialize)]
pub(super) struct LookLine {
    pub(super) at: Moment,
    pub(super) kind: &'static str,
    pub(super) who: String,
    pub(super) job_title: String,
    pub(super) agency: String,
    pub(super) purpose: String,
    /// `both`, `whole`, `one` or `not-asked`, for the tag's colour.
    pub(super) agree: &'static str,
    pub(super) agree_words: String,
    pub(super) sides: Vec<SideLine>,
    pub(super) ask: String,
}

#[derive(Serialize)]
pub(super) struct LedgerLine {
    pub(super) name: String,
    pub(super) lines: Option<usize>,
    pub(super) failure: String,
    /// Why looks may be missing from its lines.
    pub(super) missing: String,
}

/// The page.
#[derive(Serialize)]
pub(super) struct WhoPage {
    pub(super) answered: Moment,
    pub(super) asked: Vec<(&'static str, String)>,
    pub(super) ledgers: Vec<LedgerLine>,
    pub(super) looks: Vec<LookLine>,
    pub(super) ask: String,
}

pub(super) fn of(site: &Site, looked: &WhoLookedAt) -> WhoPage {
    let spoken = Spoken::at(looked.at);
    let ledgers = looked.ledgers.iter().map(|ledger| LedgerLine {
        name: name(site, &ledger.ledger),
        lines: ledger.lines,
        failure: ledger.failure.as_deref().map(sentence).unwrap_or_default(),
        missing: missing(&spoken, ledger),
    });
    WhoPage {
        answered: spoken.moment(looked.at),
        asked: answer_page::asked(&spoken, &looked.subject),
        ledgers: ledgers.collect(),
        looks: looked.looks.iter().map(|look| line(site, &spoken, look)).collect(),
        ask: looked.ask.0.to_string(),
    }
}

/// What of a ledger is not among the looks.
fn missing(spoken: &Spoken, ledger: &LedgerPart) -> String {
    let mut told = Vec::new();
    if let Some(Behind { entries, upto }) = &ledger.behind {
        let until = upto.map_or_else(String::new, |at| {
            format!("It is complete up to {} only. ", spoken.moment(at).words)
        });
        let (newest, are) = match entries {
            1 => ("newest entry".to_owned(), "is"),
            n => (format!("newest {n} entries"), "are"),
        };
        told.push(format!(
            "{until}The {newest} of this ledger {are} not searched yet. Ask again in a minute; if this \
             stays, ring the operator: the disk may be full."
        ));
    }
    if ledger.more {
        told.push("There are older looks than are listed here.".to_owned());
    }
    told.join(" ")
}

fn line(site: &Site, spoken: &Spoken, look: &Joined) -> LookLine {
    let (agree, agree_words) = agreement(site, look);
    let asker = look.asker.as_ref();
    let purpose = look.purpose.as_ref().map(|purpose| purposes::reading(site, purpose));
    LookLine {
        at: spoken.moment(look.at),
        kind: look.sides.first().map_or("Look", |side| looks::kind(side.line.kind)),
        who: asker.map_or_else(|| "Not known".to_owned(), |asker| asker.name.expose().clone()),
        job_title: asker.map(|asker| asker.job_title.clone()).unwrap_or_default(),
        agency: asker.map(|asker| name(site, &asker.agency)).unwrap_or_default(),
        purpose: purpose.unwrap_or_default(),
        agree,
        agree_words,
        sides: look.sides.iter().map(|side| side_line(site, spoken, side)).collect(),
        ask: look.ask.0.to_string(),
    }
}

/// How the ledgers that must have a look agree: most looks concern two, some concern one alone.
fn agreement(site: &Site, look: &Joined) -> (&'static str, String) {
    let have: BTreeSet<&AgencyId> = look.sides.iter().map(|side| &side.ledger).collect();
    let must = look.sides.iter().flat_map(|side| &side.line.others);
    let missing: BTreeSet<&AgencyId> = must.filter(|ledger| !have.contains(ledger)).collect();
    let names = |ledgers: &BTreeSet<&AgencyId>| {
        ledgers.iter().map(|ledger| name(site, ledger)).collect::<Vec<_>>().join(" and ")
    };
    match look.both_sides {
        Some(true) if have.len() > 1 => ("both", "Both ledgers agree".to_owned()),
        Some(true) => ("whole", format!("Concerns the ledger of {} alone", names(&have))),
        Some(false) => ("one", format!("Missing in the ledger of {}", names(&missing))),
        None => (
            "not-asked",
            format!("Not known: the ledger of {} was not read whole", names(&missing)),
        ),
    }
}

fn side_line(site: &Site, spoken: &Spoken, recorded: &Side) -> SideLine {
    let (entry, outcome) = match recorded.line.entry.as_str() {
        "intent" => ("Was about to look", String::new()),
        "receipt" => ("Was shown", looks::outcome(&recorded.line.outcome)),
        "disclosure" => ("Told the other agency", told(&recorded.line.outcome)),
        "refusal" => ("Refused", sentence(&recorded.line.outcome)),
        "replica-look" => {
            ("Read from this register's copy", looks::outcome(&recorded.line.outcome))
        }
        "hand-over" => ("Hand-over: told the other council", handed(&recorded.line.outcome)),
        "hand-over-heard" => {
            ("Hand-over: heard from the other council", handed(&recorded.line.outcome))
        }
        _ => ("Entry", sentence(&recorded.line.outcome)),
    };
    SideLine {
        ledger: name(site, &recorded.ledger),
        entry,
        at: spoken.moment(recorded.line.at),
        outcome,
        reason: recorded.line.glass.as_ref().map(|reason| reason.expose().to_owned()),
        index: recorded.line.index,
    }
}

/// A word of a hand-over, with the headings of what an offer tells.
fn handed(outcome: &str) -> String {
    match outcome.split_once(": ") {
        Some((word, categories)) => format!("{}. {}", capitalised(word), told(categories)),
        None => capitalised(outcome),
    }
}

/// The categories of a disclosure by their headings.
fn told(categories: &str) -> String {
    let heading = |name: &str| {
        name.parse()
            .map_or_else(|_| name.to_owned(), |c: kinfold_domain::Category| c.heading().to_owned())
    };
    let names = categories.split(", ").filter(|name| !name.is_empty());
    names.map(heading).collect::<Vec<_>>().join(", ")
}

fn name(site: &Site, agency: &AgencyId) -> String {
    site.services.agreements.agency(agency).name
}
