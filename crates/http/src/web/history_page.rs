//! A child's attendances and the last looks at it, as a page shows them.

use kinfold_domain::AgencyId;
use kinfold_service::{
    department::StepKind,
    history::{ChildHistory, HistoryPart, MOST, PastAttendance, RecentLook, Said, Seer},
};
use serde::Serialize;

use super::{
    failure::sentence,
    looks, purposes,
    site::Site,
    spoken::{Moment, Spoken},
};

#[derive(Serialize)]
struct AttendanceLine {
    arrived: Moment,
    /// Agency and department; `None` of a sealed child.
    place: Option<String>,
    said: String,
    answered: Option<String>,
    by_name: bool,
}

#[derive(Serialize)]
struct LookLine {
    at: Moment,
    who: String,
    kind: &'static str,
    purpose: String,
}

/// The page, and the part of the answer's page.
#[derive(Serialize)]
pub(super) struct HistoryPage {
    answered: Moment,
    sealed: bool,
    attendances: Vec<AttendanceLine>,
    more_attendances: bool,
    looks: Vec<LookLine>,
    more_looks: bool,
    most: usize,
    /// Agencies that told nothing, or not all.
    missing: Vec<String>,
    ask: String,
}

pub(super) fn of(site: &Site, history: &ChildHistory) -> HistoryPage {
    let spoken = Spoken::at(history.at);
    let told = &history.told;
    HistoryPage {
        answered: spoken.moment(history.at),
        sealed: told.sealed,
        attendances: told.attendances.iter().map(|one| attendance(site, &spoken, one)).collect(),
        more_attendances: told.more_attendances,
        looks: told.looks.iter().map(|one| look(site, &spoken, one)).collect(),
        more_looks: told.more_looks,
        most: MOST,
        missing: history.parts.iter().filter_map(|part| missing(site, &spoken, part)).collect(),
        ask: history.ask.0.to_string(),
    }
}

fn attendance(site: &Site, spoken: &Spoken, known: &PastAttendance) -> AttendanceLine {
    let agency = known.agency.as_ref().map(|agency| name(site, agency));
    let place = agency.map(|agency| match &known.place {
        Some(place) => format!("{agency}, {place}"),
        None => agency,
    });
    let answered = known.answered.as_ref();
    AttendanceLine {
        arrived: spoken.moment(known.arrived),
        place,
        said: said(site, known.said.as_ref()),
        answered: answered.map(|(at, by)| format!("{}, {}", who(site, by), spoken.minute(*at))),
        by_name: known.by_name,
    }
}

fn said(site: &Site, said: Option<&Said>) -> String {
    let Some(Said { what, by, .. }) = said else {
        return "Nobody has said yet what became of it".to_owned();
    };
    let words = match what {
        StepKind::Seen => "Seen",
        StepKind::LeftUnseen => "Left before being seen",
        StepKind::Referred => "Referred to children’s services",
        StepKind::Left => "Left",
        StepKind::Arrived => "Arrived",
        // Struck attendances are not told.
        StepKind::Cancelled | StepKind::InError => "Entered in error",
    };
    match by {
        Some(by) => format!("{words}, says {}", who(site, by)),
        None => format!("{words}, as the hospital’s system says"),
    }
}

/// Name, job and agency; of a sealed child another agency's people have a role alone.
fn who(site: &Site, seer: &Seer) -> String {
    let Some(person) = &seer.name else {
        return format!("{} of another agency", seer.role.as_str());
    };
    let job = seer.job_title.as_deref().filter(|title| !title.is_empty());
    let agency = seer.agency.as_ref().map(|agency| name(site, agency));
    let parts = [Some(person.expose().as_str()), job, agency.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn look(site: &Site, spoken: &Spoken, look: &RecentLook) -> LookLine {
    LookLine {
        at: spoken.moment(look.at),
        who: who(site, &look.by),
        kind: looks::kind(look.kind),
        purpose: purposes::reading(site, &look.purpose),
    }
}

/// What an agency did not tell, why, and how old what is known of it here is.
fn missing(site: &Site, spoken: &Spoken, part: &HistoryPart) -> Option<String> {
    let agency = name(site, &part.agency);
    if let Some(failure) = &part.failure {
        let known = part.as_at.map_or_else(
            || "It has told nothing since this node started.".to_owned(),
            |at| {
                let at = spoken.moment(at);
                format!("It was last heard {} ({}).", at.words, at.age)
            },
        );
        return Some(format!("{agency} told nothing: {} {known}", sentence(failure)));
    }
    let behind = part.behind.as_ref()?;
    let until = behind.upto.map_or_else(String::new, |at| {
        format!(" They are complete up to {}.", spoken.moment(at).words)
    });
    Some(format!("The newest looks of {agency} are not searched yet.{until}"))
}

fn name(site: &Site, agency: &AgencyId) -> String {
    site.services.agreements.agency(agency).name
}
