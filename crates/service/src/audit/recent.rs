//! The last looks at one child, for whoever gets the answer to a check: people who opened this child, and nobody's review of them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kinfold_domain::{AskId, NhsNumber, Purpose, Role, Subject};

use super::{Ledgers, LinesError, ledgers::MOST_LOOKS, line::replica_kind};
use crate::{
    exchange::Behind,
    history::{RecentLook, Seer},
    permit::HistoryPermit,
    ports::{Look, LookKind},
    records::{About, AskKind, Asker, Entry},
};

/// Asks that are read at first: as many as are shown, and some that don't count.
const AT_FIRST: u32 = 80;

/// The last looks.
pub(crate) struct Recent {
    /// The newest first.
    pub(crate) looks: Vec<RecentLook>,
    /// There are older ones.
    pub(crate) more: bool,
    /// How far the search tables are behind the ledger.
    pub(crate) behind: Option<Behind>,
}

impl Ledgers {
    /// The last looks at a child, at most so many. The search tables should hold every entry below `due`.
    pub(crate) async fn recent(
        &self,
        _permit: &HistoryPermit,
        (subject, about): (&Subject, &About),
        (due, most): (u64, usize),
    ) -> Result<Recent, LinesError> {
        let behind = self.behind(due).await?;
        let keys = self.keys.all(subject, about);
        let mut recent = Recent { looks: Vec::new(), more: false, behind };
        for limit in [AT_FIRST, MOST_LOOKS] {
            let found = self.store.by_keys(&keys, limit).await?;
            let asks = by_ask(&found);
            recent.looks.clear();
            for ask in &asks {
                recent.looks.extend(self.look(ask, &about.nhs_numbers)?);
                recent.more = recent.looks.len() > most;
                if recent.more {
                    recent.looks.truncate(most);
                    return Ok(recent);
                }
            }
            recent.more = asks.len() >= limit as usize;
            if !recent.more {
                break;
            }
        }
        Ok(recent)
    }

    /// One ask as a look; `None` when nothing was shown, when it was no look of a person's at this one child, or when it was another child's
    /// of the same name.
    fn look(&self, ask: &[&Look], numbers: &[NhsNumber]) -> Result<Option<RecentLook>, LinesError> {
        let kinds = [LookKind::Receipt, LookKind::Disclosure, LookKind::ReplicaLook];
        let Some(shown) = ask.iter().find(|look| kinds.contains(&look.kind)) else {
            return Ok(None);
        };
        let Some(entry) = self.journal.read(shown.index)? else { return Ok(None) };
        let began = ask.iter().map(|look| look.at).min().unwrap_or(shown.at);
        Ok(counted(entry, numbers)
            .map(|(kind, by, purpose)| recent_look((shown.ask, began), kind, (&by, purpose))))
    }
}

fn recent_look(
    (ask, at): (AskId, Timestamp),
    kind: AskKind,
    (by, purpose): (&Asker, Purpose),
) -> RecentLook {
    RecentLook { ask, at, kind, by: Seer::from(by), purpose }
}

/// The looks of each ask, the newest ask first.
fn by_ask(found: &[Look]) -> Vec<Vec<&Look>> {
    let mut seen = BTreeSet::new();
    let newest = found.iter().filter(|look| seen.insert(look.ask));
    newest.map(|first| found.iter().filter(|look| look.ask == first.ask).collect()).collect()
}

/// What kind of look it was, by whom and why, where it counts.
fn counted(entry: Entry, numbers: &[NhsNumber]) -> Option<(AskKind, Asker, Purpose)> {
    let (kind, by, purpose, about) = match entry {
        Entry::Receipt(s) => (s.kind, s.asker, s.purpose, s.about.nhs_numbers),
        Entry::Disclosure(d) => {
            let about = d.about.nhs_numbers.into_iter().chain(d.subject.nhs_number);
            (d.kind, d.asker, d.purpose, about.collect())
        }
        Entry::ReplicaLook(r) => (replica_kind(&r.answer), r.asker, r.purpose, Vec::new()),
        _ => return None,
    };
    let opened = matches!(
        kind,
        AskKind::Check
            | AskKind::PooledView
            | AskKind::BreakGlass
            | AskKind::IdentityMatch
            | AskKind::RegisterWork
    );
    // What the node checks by itself is shown to nobody.
    let by_person = by.role.as_str() != Role::ARRIVALS;
    let theirs = numbers.is_empty()
        || about.is_empty()
        || about.iter().any(|number| numbers.contains(number));
    (opened && by_person && theirs).then_some((kind, by, purpose))
}
