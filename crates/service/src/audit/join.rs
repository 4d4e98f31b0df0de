//! Sides of the same ask, from several ledgers, as one look.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kinfold_domain::{AgencyId, AskId, Purpose};
use serde::Serialize;

use crate::{
    exchange::{Behind, WhoLine, WhoLines},
    records::Asker,
};

/// One side of a look, as one ledger has it.
#[derive(Clone, Debug, Serialize)]
pub struct Side {
    /// Whose ledger.
    pub ledger: AgencyId,
    /// The line.
    pub line: WhoLine,
}

/// One look, with every side of it that a ledger has.
#[derive(Clone, Debug, Serialize)]
pub struct Joined {
    /// The ask.
    pub ask: AskId,
    /// When it began.
    pub at: Timestamp,
    /// Who, as the ledger says that has it first-hand.
    pub asker: Option<Asker>,
    /// Why.
    pub purpose: Option<Purpose>,
    /// The sides, in order of time.
    pub sides: Vec<Side>,
    /// Recorded by every ledger that must have it: `None` where one of them could not be asked, or not whole. A look that concerned one agency alone
    /// is whole in that agency's ledger.
    pub both_sides: Option<bool>,
}

/// How a ledger answered.
#[derive(Clone, Debug, Serialize)]
pub struct LedgerPart {
    /// Whose.
    pub ledger: AgencyId,
    /// Lines that it gave; `None` when it gave none because it could not or would not.
    pub lines: Option<usize>,
    /// Why it gave none.
    pub failure: Option<String>,
    /// Set where its newest entries are not among those that were searched.
    pub behind: Option<Behind>,
    /// It has older looks than it gave.
    pub more: bool,
}

impl LedgerPart {
    /// What a ledger gave.
    pub(super) fn given(ledger: &AgencyId, lines: &WhoLines) -> Self {
        let (ledger, behind) = (ledger.clone(), lines.behind.clone());
        Self { ledger, lines: Some(lines.lines.len()), failure: None, behind, more: lines.more }
    }

    /// Why a ledger gave nothing.
    pub(super) fn failed(ledger: &AgencyId, failure: String) -> Self {
        let ledger = ledger.clone();
        Self { ledger, lines: None, failure: Some(failure), behind: None, more: false }
    }

    /// Whether a look that it did not give is not in it.
    const fn is_whole(&self) -> bool {
        self.lines.is_some() && self.behind.is_none() && !self.more
    }

    /// What its readers, and the ledger, are told beside its lines.
    pub(super) fn failing(&self) -> Option<String> {
        let behind = self.behind.as_ref();
        let behind = behind.map(|b| format!("the last {} entries were not searched", b.entries));
        let more = self.more.then(|| "there are older looks than are listed".to_owned());
        self.failure.clone().or(behind).or(more)
    }
}

/// Sides of the same ask become one look, the newest first.
pub(super) fn join(sides: Vec<Side>, ledgers: &[LedgerPart]) -> Vec<Joined> {
    let mut asks: BTreeMap<AskId, Vec<Side>> = BTreeMap::new();
    for side in sides {
        asks.entry(side.line.ask).or_default().push(side);
    }
    let whole = ledgers.iter().filter(|part| part.is_whole());
    let answering: BTreeSet<&AgencyId> = whole.map(|part| &part.ledger).collect();
    let mut looks: Vec<Joined> =
        asks.into_iter().map(|(ask, sides)| look(ask, sides, &answering)).collect();
    looks.sort_by_key(|look| std::cmp::Reverse(look.at));
    looks
}

fn look(ask: AskId, mut sides: Vec<Side>, answering: &BTreeSet<&AgencyId>) -> Joined {
    // The same notice may arrive twice after a broken connection, and a word of a hand-over be said twice: it is one line.
    sides.sort_by(|a, b| {
        let key = |side: &Side| {
            (
                side.ledger.clone(),
                side.line.entry.clone(),
                side.line.outcome.clone(),
                side.line.index,
            )
        };
        key(a).cmp(&key(b))
    });
    sides.dedup_by(|a, b| {
        let same = a.ledger == b.ledger && a.line.entry == b.line.entry;
        same && match a.line.entry.as_str() {
            "replica-look" => true,
            "hand-over" | "hand-over-heard" => a.line.outcome == b.line.outcome,
            _ => false,
        }
    });
    sides.sort_by(|a, b| {
        (a.line.at, &a.ledger, a.line.index).cmp(&(b.line.at, &b.ledger, b.line.index))
    });
    let both_sides = both_sides(&sides, answering);
    let first = first_hand(&sides);
    let (at, asker, purpose) = first.map_or((Timestamp::UNIX_EPOCH, None, None), |side| {
        (side.line.at, side.line.asker.clone(), side.line.purpose.clone())
    });
    Joined { ask, at, asker, purpose, sides, both_sides }
}

/// The side of the asker's own agency, which knows who asked; otherwise any that names somebody.
fn first_hand(sides: &[Side]) -> Option<&Side> {
    let own =
        |side: &&Side| side.line.asker.as_ref().is_some_and(|asker| asker.agency == side.ledger);
    let named = |side: &&Side| side.line.asker.is_some();
    sides.iter().find(own).or_else(|| sides.iter().find(named)).or_else(|| sides.first())
}

fn both_sides(sides: &[Side], answering: &BTreeSet<&AgencyId>) -> Option<bool> {
    let have: BTreeSet<&AgencyId> = sides.iter().map(|side| &side.ledger).collect();
    let must = sides.iter().flat_map(|side| &side.line.others);
    let missing: Vec<&AgencyId> = must.filter(|ledger| !have.contains(ledger)).collect();
    if missing.iter().any(|ledger| !answering.contains(ledger)) {
        return None;
    }
    Some(missing.is_empty())
}
