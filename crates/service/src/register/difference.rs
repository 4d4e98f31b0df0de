//! What has changed between the register as it is known and as its source shows it now.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use jiff::{Timestamp, civil::Date};
use kinfold_domain::{
    Category, ChangeKind, EntryId, RegisterChange, RegisterEntry, RegisterStatus, Standing,
};

use super::Vanished;
use crate::{exchange::bytes_of, ports::Rejected, today};

/// The most bytes of an entry's JSON: it must fit into a page of changes, and no child's entry is nearly as long.
const LONGEST_ENTRY: usize = 100 << 10;

/// When the source was read, and which one it is.
#[derive(Clone, Copy)]
pub(super) struct Moment<'a> {
    pub(super) at: Timestamp,
    pub(super) by: &'a str,
}

impl Moment<'_> {
    /// A change that the feed makes by itself.
    pub(super) fn change(self, kind: ChangeKind, entry: RegisterEntry) -> RegisterChange {
        RegisterChange { kind, at: self.at, by: self.by.to_owned(), reason: None, entry }
    }
}

/// Changes to take over.
pub(super) struct Difference {
    pub(super) changes: Vec<RegisterChange>,
    /// Entries that vanished, too many to believe: not among the changes.
    pub(super) vanished: Option<Vanished>,
}

/// Entries that can be taken over, one for each reference; the rest becomes work for somebody.
pub(super) fn sound(
    entries: Vec<RegisterEntry>,
    mut rejected: Vec<Rejected>,
) -> (Vec<RegisterEntry>, Vec<Rejected>) {
    let mut sound: BTreeMap<EntryId, RegisterEntry> = BTreeMap::new();
    let mut reject = |id: &EntryId, problem: &str| {
        rejected.push(Rejected {
            category: Some(Category::Register),
            record: id.to_string(),
            loaded: false,
            problem: problem.to_owned(),
        });
    };
    for entry in entries {
        if bytes_of(&entry) > LONGEST_ENTRY {
            reject(&entry.id, "the entry is longer than 100 kilobytes: shorten its lists");
            continue;
        }
        let Some(other) = sound.get_mut(&entry.id) else {
            sound.insert(entry.id.clone(), entry);
            continue;
        };
        reject(&entry.id, "the reference is used twice: give each entry its own");
        if rank(&entry) > rank(other) {
            *other = entry;
        }
    }
    (sound.into_values().collect(), rejected)
}

/// Which of two entries of one reference counts: whichever is in force, then the later one; then by their text, so that every reading
/// chooses the same.
fn rank(entry: &RegisterEntry) -> (bool, Date, String) {
    // An entry is plain data with string keys: serialising it can't fail.
    let json = serde_json::to_string(entry).unwrap_or_default();
    (entry.end.is_none(), entry.start, json)
}

/// Compares. An entry whose row is unread keeps what was known of it. `is_empty`: the source gave nothing at all, whatever stands by hand.
/// `confirmed` is the reading whose vanished entries are believed. What begins comes before what ends, so that a plan that goes on under
/// another reference stands at every moment.
pub(super) fn difference(
    known: &HashMap<EntryId, Arc<RegisterEntry>>,
    (entries, unread, is_empty): (Vec<RegisterEntry>, &HashSet<EntryId>, bool),
    confirmed: Option<&str>,
    moment: Moment<'_>,
) -> Difference {
    let mut seen = unread.clone();
    let mut changes = Vec::new();
    for entry in entries {
        seen.insert(entry.id.clone());
        let known = known.get(&entry.id).map(AsRef::as_ref);
        if let Some(mothers) = known.and_then(|known| born_under(known, &entry)) {
            seen.insert(mothers.id.clone());
            changes.push(moment.change(ChangeKind::Born, mothers));
        }
        if let Some(kind) = change_kind(known, &entry) {
            changes.push(moment.change(kind, entry));
        }
    }
    // A stable sort: what is alike keeps the order of its references.
    changes.sort_by_key(|change| change.kind == ChangeKind::Ended);
    let day = today(moment.at);
    let current = || known.values().filter(|entry| entry.standing(day) == Standing::Current);
    let mut gone: Vec<_> = current().filter(|entry| !seen.contains(&entry.id)).collect();
    // A source that suddenly lacks a good part of its register, or has none at all, is broken, not reformed.
    gone.sort_by(|a, b| a.id.cmp(&b.id));
    let known = current().count();
    if gone.len() > (known / 10).max(5) || (is_empty && !gone.is_empty()) {
        let vanished = Vanished::of(gone.iter().map(|entry| &entry.id), known);
        if confirmed != Some(vanished.reading.as_str()) {
            return Difference { changes, vanished: Some(vanished) };
        }
    }
    changes.extend(gone.into_iter().map(|entry| withdrawal(entry, day, moment)));
    Difference { changes, vanished: None }
}

fn withdrawal(entry: &RegisterEntry, day: Date, moment: Moment<'_>) -> RegisterChange {
    let ended = RegisterEntry { end: Some(day), ..entry.clone() };
    moment.change(ChangeKind::Withdrawn, ended)
}

/// What ends an unborn plan's reference: behind a dot, so that no case system's is the same.
const UNBORN: &str = ".unborn";
/// The longest reference, in characters.
const LONGEST_REFERENCE: usize = 64;

/// A case system that turns the unborn plan itself into the child's would take it from the mother, through whom it is found: hers goes on
/// under a reference of its own, ended on the day of birth.
fn born_under(known: &RegisterEntry, entry: &RegisterEntry) -> Option<RegisterEntry> {
    let is_unborn = |entry: &RegisterEntry| entry.status == RegisterStatus::UnbornPlan;
    if !is_unborn(known) || is_unborn(entry) {
        return None;
    }
    // A reference is ASCII (it is a label), so any byte is a boundary.
    let whole = known.id.as_str();
    let stem = whole.get(..LONGEST_REFERENCE - UNBORN.len()).unwrap_or(whole);
    let id = format!("{stem}{UNBORN}").parse().ok()?;
    let day = entry.subject.birth_date.map_or(entry.start, kinfold_domain::BirthDate::expose);
    let end = Some(known.end.unwrap_or(day));
    let successor = Some(entry.id.clone());
    Some(RegisterEntry { id, end, successor, handing_over: None, ..known.clone() })
}

fn change_kind(known: Option<&RegisterEntry>, entry: &RegisterEntry) -> Option<ChangeKind> {
    match known {
        None => Some(ChangeKind::Added),
        Some(known) if known == entry => None,
        Some(known)
            if known.status == RegisterStatus::UnbornPlan && entry.status != known.status =>
        {
            Some(ChangeKind::Born)
        }
        Some(known) if known.end.is_none() && entry.end.is_some() => Some(ChangeKind::Ended),
        Some(known) if known.end.is_some() && entry.end.is_none() => Some(ChangeKind::Reopened),
        Some(known)
            if entry.handing_over != known.handing_over
                && *entry
                    == RegisterEntry {
                        handing_over: entry.handing_over.clone(),
                        ..known.clone()
                    } =>
        {
            Some(ChangeKind::HandingOver)
        }
        Some(_) => Some(ChangeKind::Corrected),
    }
}
