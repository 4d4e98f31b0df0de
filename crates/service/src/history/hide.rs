//! A sealed child's history: neither where it attended nor where those work who looked at it, but for the reader's own agency.

use kinfold_domain::AgencyId;

use super::told::{HistoryTold, PastAttendance, RecentLook, Seer};

/// Takes whatever would tell a place out of what is told.
pub(super) fn hide(told: &mut HistoryTold, reader: &AgencyId) {
    told.sealed = true;
    told.attendances.iter_mut().for_each(|attendance| hide_attendance(attendance, reader));
    told.looks.iter_mut().for_each(|look| hide_look(look, reader));
}

fn hide_attendance(attendance: &mut PastAttendance, reader: &AgencyId) {
    attendance.place = None;
    if attendance.agency.as_ref() != Some(reader) {
        attendance.agency = None;
    }
    let said = attendance.said.iter_mut().filter_map(|said| said.by.as_mut());
    let answered = attendance.answered.iter_mut().map(|(_, by)| by);
    said.chain(answered).for_each(|seer| hide_seer(seer, reader));
}

fn hide_look(look: &mut RecentLook, reader: &AgencyId) {
    hide_seer(&mut look.by, reader);
}

/// Name and job say where somebody works as well as the agency does.
fn hide_seer(seer: &mut Seer, reader: &AgencyId) {
    if seer.agency.as_ref() != Some(reader) {
        *seer = Seer { agency: None, name: None, job_title: None, role: seer.role.clone() };
    }
}
