//! A reading of the case system with the amendments laid over it: what the register is to say.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use jiff::Timestamp;
use kinfold_domain::{Detail, DetailKind, EntryId, RegisterEntry};

use super::{
    hand::{Standing, rows_of},
    handmade::{Replaced, replaced},
};
use crate::ports::{Amendment, AmendmentKey, Differs, ExtractMark};

/// What a reading and the amendments make together.
#[derive(Default)]
pub(super) struct Overlay {
    /// The register as it is to be.
    pub(super) entries: Vec<RegisterEntry>,
    /// Entries made by hand that the case system has now, as they end.
    pub(super) superseded: Vec<RegisterEntry>,
    /// Amendments that are new or have changed.
    pub(super) put: Vec<Amendment>,
    /// Amendments that have done their work.
    pub(super) gone: Vec<AmendmentKey>,
}

/// One reading: what it has, and whose rows it could not read.
pub(super) struct Reading {
    pub(super) entries: Vec<RegisterEntry>,
    pub(super) unread: HashSet<EntryId>,
    /// It has nothing at all.
    pub(super) is_empty: bool,
    pub(super) at: Timestamp,
    /// It was written out before.
    pub(super) extract: Option<ExtractMark>,
}

/// Lays what stands over a reading. `known` is the register as it is: what the case system does not have and somebody says is in force is
/// taken from there.
pub(super) fn overlay(
    reading: Reading,
    known: &HashMap<EntryId, Arc<RegisterEntry>>,
    standing: &Standing,
) -> Overlay {
    let Reading { entries, unread, at, .. } = reading;
    let mut read: BTreeMap<EntryId, RegisterEntry> =
        entries.into_iter().map(|entry| (entry.id.clone(), entry)).collect();
    let mut rows = standing.clone();
    let mut out = Overlay::default();
    for Replaced { ended, carried } in replaced(standing, &read, at) {
        for row in rows_of(standing, &ended.id) {
            rows.remove(&row.key());
            out.gone.push(row.key());
        }
        rows.extend(carried.into_iter().map(|amendment| (amendment.key(), amendment)));
        out.superseded.push(ended);
    }
    let judged: Vec<(AmendmentKey, Judged)> = rows
        .into_iter()
        .map(|(key, row)| {
            let said = read.get(&key.0);
            let judged = judge(row, said, unread.contains(&key.0), at);
            (key, judged)
        })
        .collect();
    for (key, judged) in judged {
        match judged {
            Judged::Done => out.gone.push(key),
            Judged::Stands(row) => {
                lay(&row, &mut read, known);
                if standing.get(&key) != Some(&*row) {
                    out.put.push(*row);
                }
            }
        }
    }
    out.entries = read.into_values().collect();
    out
}

enum Judged {
    Done,
    Stands(Box<Amendment>),
}

/// Whether the case system says the same now; otherwise what it says, and since when it has said otherwise.
fn judge(row: Amendment, said: Option<&RegisterEntry>, unread: bool, at: Timestamp) -> Judged {
    let kind = row.detail.kind();
    match (kind, said) {
        (DetailKind::Left, Some(_)) => return Judged::Done,
        (_, Some(said)) if row.detail.agrees(said) => return Judged::Done,
        // Nobody's case system says what took an entry's place.
        (DetailKind::Successor | DetailKind::Left, _) => return Judged::Stands(Box::new(row)),
        // A row that can't be read says nothing; it is work of its own.
        (_, None) if unread => return Judged::Stands(Box::new(row)),
        // What has left the case system is told as a whole, by the row that says so.
        (_, None) if !holds_by_itself(&row.detail) => return Judged::Stands(Box::new(row)),
        _ => {}
    }
    let says = said.and_then(|said| kind.of(said));
    let moved = row.differs.as_ref().is_none_or(|differs| differs.says != says);
    let since = row.differs.as_ref().map_or(at, |differs| differs.since);
    // Something new is said: it is looked at anew, whatever was decided before.
    let look_again = row.look_again.filter(|_| !moved);
    let differs = Some(Differs { since, says });
    Judged::Stands(Box::new(Amendment { differs, look_again, ..row }))
}

/// Says by itself that an entry is in force, though the case system has none.
const fn holds_by_itself(detail: &Detail) -> bool {
    matches!(detail, Detail::Entry(_) | Detail::End(None))
}

fn lay(
    row: &Amendment,
    read: &mut BTreeMap<EntryId, RegisterEntry>,
    known: &HashMap<EntryId, Arc<RegisterEntry>>,
) {
    match &row.detail {
        Detail::Entry(entry) => {
            read.insert(row.entry.clone(), entry.as_ref().clone());
        }
        Detail::End(None) => {
            let held = known.get(&row.entry);
            if let Some(held) = held {
                read.entry(row.entry.clone()).or_insert_with(|| held.as_ref().clone());
            }
        }
        _ => {}
    }
    if let Some(entry) = read.get_mut(&row.entry) {
        row.detail.apply(entry);
    }
}

/// An entry with all that stands over it; `None` where there is nothing to lay it over.
pub(super) fn amended(known: Option<&RegisterEntry>, rows: &[Amendment]) -> Option<RegisterEntry> {
    let made = rows.iter().find_map(|row| match &row.detail {
        Detail::Entry(entry) => Some(entry.as_ref().clone()),
        _ => None,
    });
    let mut entry = made.or_else(|| known.cloned())?;
    for row in rows {
        row.detail.apply(&mut entry);
    }
    Some(entry)
}

#[cfg(test)]
#[path = "overlay_tests.rs"]
mod tests;
