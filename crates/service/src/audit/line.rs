//! An entry of the ledger as a line of who looked.

use kinfold_domain::AgencyId;

use crate::{
    exchange::WhoLine,
    ports::Look,
    records::{AskKind, Disclosure, Entry, Shown, Statement},
};

/// The line of an entry; `None` for an entry that is no look.
pub(super) fn line(look: &Look, entry: Entry) -> Option<WhoLine> {
    let (others, glass) = (others(&entry), glass(&entry));
    let (kind, asker, purpose, outcome, name) = match entry {
        Entry::Intent(i) => (i.kind, Some(i.asker), Some(i.purpose), String::new(), "intent"),
        Entry::Receipt(s) => (s.kind, Some(s.asker), Some(s.purpose), s.answer, "receipt"),
        Entry::Disclosure(d) => {
            let told = told(&d);
            (d.kind, Some(d.asker), Some(d.purpose), told, "disclosure")
        }
        Entry::Refusal(r) => (r.kind, r.asker, r.purpose, r.reason, "refusal"),
        Entry::ReplicaLook(r) => {
            (replica_kind(&r.answer), Some(r.asker), Some(r.purpose), r.answer, "replica-look")
        }
        Entry::HandOver { step, .. } => {
            (AskKind::RegisterWork, Some(step.by.clone()), None, step.outcome(), "hand-over")
        }
        Entry::HandOverHeard { step, .. } => {
            (AskKind::RegisterWork, Some(step.by.clone()), None, step.outcome(), "hand-over-heard")
        }
        _ => return None,
    };
    let (ask, at, index, entry) = (look.ask, look.at, look.index, name.to_owned());
    Some(WhoLine { ask, at, entry, kind, asker, purpose, outcome, index, others, glass })
}

/// What kind of look a partner told of, by what the receipt there calls its answer.
pub(crate) fn replica_kind(answer: &str) -> AskKind {
    match answer {
        "pooled-view" => AskKind::PooledView,
        "break-glass" => AskKind::BreakGlass,
        "board" => AskKind::Board,
        _ => AskKind::Check,
    }
}

fn told(disclosure: &Disclosure) -> String {
    let categories = disclosure.granted.keys().map(ToString::to_string);
    categories.collect::<Vec<_>>().join(", ")
}

/// Why the glass was broken, where it was.
fn glass(entry: &Entry) -> Option<Statement> {
    let glass = match entry {
        Entry::Intent(intent) => intent.glass.as_ref(),
        Entry::Disclosure(told) => told.glass.as_ref(),
        _ => None,
    };
    glass.map(|glass| glass.reason.clone())
}

/// An intent alone knows of nobody: perhaps nobody was asked. A receipt knows who proved to have recorded it, and whose register was read
/// here. What an owner tells or refuses, the asker's own ledger must have.
fn others(entry: &Entry) -> Vec<AgencyId> {
    match entry {
        Entry::Receipt(shown) => of_receipt(shown),
        Entry::Disclosure(told) => vec![told.asker.agency.clone()],
        Entry::Refusal(refusal) => {
            // Whoever refuses its own employee has asked nobody else: the two are then the same agency.
            refusal.asker.iter().map(|asker| asker.agency.clone()).collect()
        }
        Entry::ReplicaLook(look) => vec![look.asker.agency.clone()],
        Entry::HandOver { step, .. } => vec![step.to.clone()],
        Entry::HandOverHeard { partner, .. } => vec![partner.clone()],
        _ => Vec::new(),
    }
}

fn of_receipt(shown: &Shown) -> Vec<AgencyId> {
    let searched = shown.shown.keys().filter(|_| shown.kind == AskKind::Check);
    let read = shown.about.entries.iter().map(|(owner, _)| owner);
    let gathered = matches!(shown.kind, AskKind::PooledView | AskKind::BreakGlass);
    let read = read.filter(|_| gathered);
    let mut others: Vec<AgencyId> =
        shown.partner_proofs.keys().chain(searched).chain(read).cloned().collect();
    others.retain(|owner| *owner != shown.asker.agency);
    others.sort_unstable();
    others.dedup();
    others
}
