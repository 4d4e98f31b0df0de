//! An employee's own recent look-ups, from the ledger.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use kinfold_domain::{AskId, Purpose, Subject};
use serde::Serialize;

use super::{Ledgers, LinesError};
use crate::{
    caller::Caller,
    ports::{Clock, Look},
    records::{AskKind, Entry},
};

/// One of the caller's own look-ups.
#[derive(Clone, Debug, Serialize)]
pub struct OwnLook {
    /// The ask.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// What kind of look.
    pub kind: AskKind,
    /// Why.
    pub purpose: Option<Purpose>,
    /// About whom, as typed or chosen.
    pub subject: Option<Subject>,
    /// What came of it, in a word or a sentence; empty when nothing was shown.
    pub outcome: String,
    /// The place of the first entry in the ledger.
    pub index: u64,
}

/// Lists own look-ups: what the employee typed themselves, and nobody else's facts.
pub struct OwnLooks {
    /// The ledger with its search tables.
    pub ledgers: Arc<Ledgers>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

impl OwnLooks {
    /// The caller's own look-ups, the newest first. That the list was opened is recorded too.
    pub async fn list(&self, caller: &Caller, limit: u32) -> Result<Vec<OwnLook>, LinesError> {
        let at = self.clock.now();
        let employee = caller.employee().id;
        let Ledgers { journal, store, .. } = &*self.ledgers;
        let due = journal.ledger().size();
        journal.record(Entry::LedgerRead { at, employee, what: "own-looks".to_owned() }).await?;
        // Tables that stay behind lack the newest: the ledger has them, and governance is told so.
        self.ledgers.behind(due).await?;
        let looks = store.by_employee(employee, limit).await?;
        let mut lines: BTreeMap<AskId, OwnLook> = BTreeMap::new();
        let mut oldest_first = looks;
        oldest_first.sort_by_key(|look| look.index);
        for look in oldest_first {
            if let Some(entry) = journal.read(look.index)? {
                merge(&mut lines, &look, entry);
            }
        }
        let mut list: Vec<OwnLook> = lines.into_values().collect();
        list.sort_by_key(|look| std::cmp::Reverse(look.index));
        Ok(list)
    }
}

fn merge(lines: &mut BTreeMap<AskId, OwnLook>, look: &Look, entry: Entry) {
    let key = look.ask;
    let blank = |kind, at| OwnLook {
        ask: look.ask,
        at,
        kind,
        purpose: None,
        subject: None,
        outcome: String::new(),
        index: look.index,
    };
    match entry {
        Entry::Intent(intent) => {
            let line = lines.entry(key).or_insert_with(|| blank(intent.kind, intent.at));
            line.purpose = Some(intent.purpose);
            line.subject = Some(intent.subject);
        }
        Entry::Receipt(shown) => {
            let line = lines.entry(key).or_insert_with(|| blank(shown.kind, shown.at));
            line.purpose = Some(shown.purpose);
            line.outcome = shown.answer;
        }
        Entry::Refusal(refusal) => {
            let line = lines.entry(key).or_insert_with(|| blank(refusal.kind, refusal.at));
            line.purpose = refusal.purpose;
            line.subject = refusal.subject;
            line.outcome = format!("refused: {}", refusal.reason);
        }
        _ => {}
    }
}
