//! Look-ups of a key worker's children without an attendance, under rights that tell the key worker. Nobody has to answer for them.
//! They are read from the ledger, where every look stands; those under silent rights stay there, for information governance.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use kinfold_domain::{EntryId, Purpose, RegisterEntry};
use serde::Serialize;

use super::heard::HeardAttendance;
use crate::{
    Permit,
    audit::{Ledgers, LinesError, replica_kind},
    records::{AskKind, Asker, Entry},
};

/// How long a look-up stands on the list.
pub(super) const LISTED_FOR: SignedDuration = SignedDuration::from_hours(24 * 14);
/// A look-up that an attendance of the same child follows within that time is part of it; so is one of that time after the arrival.
const PART_OF_IT: SignedDuration = SignedDuration::from_hours(12);
/// The most asks that are read.
const MOST: u32 = 500;

/// One look-up.
#[derive(Clone, Debug, Serialize)]
pub struct LookedUp {
    /// When.
    pub at: Timestamp,
    /// What kind of look.
    pub kind: AskKind,
    /// Who.
    pub by: Asker,
    /// Why.
    pub purpose: Purpose,
    /// The children's entries.
    #[serde(skip)]
    pub entries: Vec<EntryId>,
}

/// A look-up on the list, with the children as the reader may see them.
#[derive(Clone, Debug, Serialize)]
pub struct LookedUpRow {
    /// The look-up.
    pub look: LookedUp,
    /// The entries that it was about.
    pub entries: Vec<RegisterEntry>,
}

impl Ledgers {
    /// Look-ups of any of these entries of this agency's register since a moment that are told to key workers, the newest first; and
    /// whether there are more than are read.
    pub(super) async fn looked_up(
        &self,
        permit: &Permit,
        entries: &[EntryId],
        since: Timestamp,
    ) -> Result<(Vec<LookedUp>, bool), LinesError> {
        if entries.is_empty() {
            return Ok((Vec::new(), false));
        }
        let (asks, more) = self.of_entries(permit.owner(), entries, (since, MOST)).await?;
        let mut looks = BTreeMap::new();
        for (ask, entry) in asks {
            if let Some(look) = told(entry, entries) {
                // The same notice may have arrived twice.
                looks.entry(ask).or_insert(look);
            }
        }
        let mut looks: Vec<LookedUp> = looks.into_values().collect();
        looks.sort_by_key(|look| std::cmp::Reverse(look.at));
        Ok((looks, more))
    }
}

/// A look that is told to key workers, with those of the entries that it was about.
fn told(entry: Entry, wanted: &[EntryId]) -> Option<LookedUp> {
    let (look, about) = match entry {
        Entry::ReplicaLook(r) if r.notifies => {
            let kind = replica_kind(&r.answer);
            let look = (r.at, kind, r.asker, r.purpose);
            (look, r.entries)
        }
        Entry::Disclosure(d) if d.notifies => {
            let about = d.about.entries.into_iter().map(|(_, entry)| entry).collect();
            ((d.at, d.kind, d.asker, d.purpose), about)
        }
        _ => return None,
    };
    let mut entries: Vec<EntryId> = about;
    entries.retain(|entry| wanted.contains(entry));
    let (at, kind, by, purpose) = look;
    (!entries.is_empty()).then_some(LookedUp { at, kind, by, purpose, entries })
}

/// Whether a look-up is part of an attendance: of the same child, at the same agency, at most twelve hours before the child arrived or
/// while it was there. One that was struck is no attendance.
pub(super) fn is_part_of(look: &LookedUp, heard: &HeardAttendance, entries: &[EntryId]) -> bool {
    let Some(last) = heard.last() else { return false };
    let same = look.by.agency == heard.partner && look.entries.iter().any(|e| entries.contains(e));
    let before = last.arrived.duration_since(look.at);
    let after = look.at.duration_since(last.arrived.max(last.at));
    !heard.is_struck() && same && before <= PART_OF_IT && after <= PART_OF_IT
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        department::{AttendanceId, AttendanceStep, StepKind},
        testing::{COUNCIL, TRUST},
    };

    fn asker(agency: &str) -> Asker {
        Asker {
            agency: agency.parse().unwrap(),
            employee: kinfold_domain::EmployeeId(uuid::Uuid::nil()),
            user_name: "t.nurse".parse().unwrap(),
            name: "Nurse Testperson".into(),
            job_title: "Sister".to_owned(),
            role: "ed-clinician".parse().unwrap(),
        }
    }

    fn look(agency: &str, at: &str) -> LookedUp {
        LookedUp {
            at: at.parse().unwrap(),
            kind: AskKind::Check,
            by: asker(agency),
            purpose: "direct-care-unscheduled".parse().unwrap(),
            entries: vec!["cpp-1".parse().unwrap()],
        }
    }

    fn heard(what: StepKind) -> HeardAttendance {
        let at: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
        let attendance = AttendanceId(uuid::Uuid::from_u128(1));
        let step = AttendanceStep {
            attendance,
            number: 0,
            at,
            what,
            arrived: at,
            place: None,
            by: asker(TRUST),
            concerns: BTreeMap::from([(COUNCIL.parse().unwrap(), vec!["cpp-1".parse().unwrap()])]),
        };
        HeardAttendance {
            partner: TRUST.parse().unwrap(),
            attendance,
            heard: at,
            steps: vec![step],
            asked: Vec::new(),
            acknowledged: None,
        }
    }

    #[test]
    fn a_look_up_within_twelve_hours_of_an_attendance_is_part_of_it() {
        let (arrived, entry) = (heard(StepKind::Arrived), vec!["cpp-1".parse().unwrap()]);
        let part = |look: &LookedUp| is_part_of(look, &arrived, &entry);
        assert!(part(&look(TRUST, "2026-06-01T00:00:00Z")));
        assert!(!part(&look(TRUST, "2026-05-31T23:59:59Z")), "more than twelve hours before");
        assert!(part(&look(TRUST, "2026-06-02T00:00:00Z")), "while the child is there");
        assert!(!part(&look(TRUST, "2026-06-02T00:00:01Z")));
        assert!(!part(&look(COUNCIL, "2026-06-01T11:00:00Z")), "another agency's");
        assert!(!is_part_of(&look(TRUST, "2026-06-01T11:00:00Z"), &arrived, &[]), "another child");
        for struck in [StepKind::InError, StepKind::Cancelled] {
            let struck = heard(struck);
            assert!(!is_part_of(&look(TRUST, "2026-06-01T11:00:00Z"), &struck, &entry));
        }
    }
}
