//! What several nodes tell of one child, as one history.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kinfold_domain::{AgencyId, AskId};
use serde::Serialize;

use super::{
    asked::ChildHistory,
    hide::hide,
    told::{HistoryTold, MOST, PastAttendance, RecentLook},
};
use crate::{department::AttendanceId, exchange::Behind};

/// How one agency answered.
#[derive(Clone, Debug, Serialize)]
pub struct HistoryPart {
    /// Whose node.
    pub agency: AgencyId,
    /// Why it told nothing.
    pub failure: Option<String>,
    /// When it last told or confirmed anything here, where it told nothing now.
    pub as_at: Option<Timestamp>,
    /// Set where its newest looks may be missing.
    pub behind: Option<Behind>,
    /// How much it told: attendances and looks.
    pub told: Option<usize>,
}

impl HistoryPart {
    pub(super) fn of(agency: &AgencyId, told: &HistoryTold) -> Self {
        let (agency, behind) = (agency.clone(), told.behind.clone());
        let count = told.attendances.len() + told.looks.len();
        Self { agency, failure: None, as_at: None, behind, told: Some(count) }
    }

    pub(super) fn failed(agency: &AgencyId, failure: String, as_at: Option<Timestamp>) -> Self {
        let (agency, failure) = (agency.clone(), Some(failure));
        Self { agency, failure, as_at, behind: None, told: None }
    }
}

/// Joins what was told; the first is this node's own. One who says that the child is sealed says it for all.
pub(super) fn join(
    (ask, at): (AskId, Timestamp),
    reader: &AgencyId,
    told: Vec<(AgencyId, HistoryTold)>,
) -> ChildHistory {
    let mut whole = HistoryTold::default();
    let mut attendances: BTreeMap<AttendanceId, (bool, PastAttendance)> = BTreeMap::new();
    let mut looks: BTreeMap<AskId, (bool, RecentLook)> = BTreeMap::new();
    for (teller, told) in told {
        whole.sealed |= told.sealed;
        whole.more_attendances |= told.more_attendances;
        whole.more_looks |= told.more_looks;
        for known in told.attendances.into_iter().take(MOST) {
            let first_hand = known.agency.as_ref() == Some(&teller);
            prefer(&mut attendances, known.attendance, (first_hand, known));
        }
        for look in told.looks.into_iter().take(MOST) {
            let first_hand = look.by.agency.as_ref() == Some(&teller);
            prefer(&mut looks, look.ask, (first_hand, look));
        }
    }
    whole.attendances = attendances.into_values().map(|(_, known)| known).collect();
    whole.attendances.sort_by_key(|known| std::cmp::Reverse(known.arrived));
    whole.looks = looks.into_values().map(|(_, look)| look).collect();
    whole.looks.sort_by_key(|look| std::cmp::Reverse(look.at));
    whole.more_attendances |= whole.attendances.len() > MOST;
    whole.more_looks |= whole.looks.len() > MOST;
    whole.attendances.truncate(MOST);
    whole.looks.truncate(MOST);
    if whole.sealed {
        hide(&mut whole, reader);
    }
    ChildHistory { ask, at, told: whole, parts: Vec::new() }
}

/// Who was there knows better than who heard of it.
fn prefer<K: Ord, V>(known: &mut BTreeMap<K, (bool, V)>, key: K, one: (bool, V)) {
    let is_better = known.get(&key).is_none_or(|(first_hand, _)| one.0 && !first_hand);
    if is_better {
        known.insert(key, one);
    }
}
