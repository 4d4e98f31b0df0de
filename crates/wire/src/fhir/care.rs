//! `CareTeam` and `EpisodeOfCare` (hl7.org/fhir/R4/careteam.html, …/episodeofcare.html): who is involved, and since when.

use kinfold_domain::{Involvement, Professional};
use serde::Deserialize;

use super::datatypes::{CodeableConcept, ContactPoint, Period, Reference, code, date, said};
use super::element::{Element, Elements, Text};
use super::neighbours::telephone;
use super::{Neighbours, Problems, Reading, Resource};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Raw {
    status: Element<Text>,
    name: Element<Text>,
    category: Elements<CodeableConcept>,
    #[serde(rename = "type")]
    kinds: Elements<CodeableConcept>,
    period: Element<Period>,
    participant: Elements<Participant>,
    managing_organization: Element<Reference>,
    care_manager: Element<Reference>,
    telecom: Elements<ContactPoint>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Participant {
    role: Elements<CodeableConcept>,
    member: Element<Reference>,
    on_behalf_of: Element<Reference>,
    period: Element<Period>,
}

/// Reads a `CareTeam`: the service that is involved, and its members. Relatives and the patient are no professionals.
pub fn care_team(
    resource: &Resource,
    known: &Neighbours<'_>,
    reading: &Reading,
    problems: &mut Problems,
) -> Option<(Involvement, Vec<Professional>)> {
    let raw: Raw = resource.read_or_refuse(problems)?;
    if matches!(code(&raw.status), "entered-in-error" | "proposed") {
        return None;
    }
    let ended = matches!(code(&raw.status), "inactive" | "suspended")
        || raw.period.get().is_some_and(|p| p.is_over(reading.today, &reading.zone));
    let team = said(&raw.name);
    let shared = telephone(raw.telecom.get(), reading);
    let mut members = Vec::new();
    for participant in raw.participant.noted("CareTeam.participant", problems) {
        let over =
            participant.period.get().is_some_and(|p| p.is_over(reading.today, &reading.zone));
        let Some(member) = participant.member.get() else { continue };
        let to = member.reference.get().map_or("", Text::as_str);
        if over || ["Patient/", "RelatedPerson/"].iter().any(|kind| to.contains(kind)) {
            continue;
        }
        let mut party = known.party(resource, member);
        let behalf = participant.on_behalf_of.get();
        party.team = party.team.or_else(|| behalf.and_then(|on| known.party(resource, on).name));
        party.team = party.team.or_else(|| team.clone());
        party.telephone = party.telephone.or_else(|| shared.clone());
        let role = participant.role.get().first().and_then(CodeableConcept::words);
        match party.professional(role) {
            Some(professional) => members.push(professional),
            None => problems.note(
                "a CareTeam.participant.member",
                "it has no display and the server did not include it",
            ),
        }
    }
    let service = team.or_else(|| raw.category.get().iter().find_map(CodeableConcept::words));
    let involvement = Involvement {
        service: service.unwrap_or_else(|| "Care team".to_owned()),
        since: day(raw.period.get().map(|p| &p.start), reading),
        until: day(raw.period.get().map(|p| &p.end), reading),
        professional: members.first().cloned(),
    };
    Some((involvement, if ended { Vec::new() } else { members }))
}

/// Reads an `EpisodeOfCare`: the service that is involved.
pub fn episode_of_care(
    resource: &Resource,
    known: &Neighbours<'_>,
    reading: &Reading,
    problems: &mut Problems,
) -> Option<Involvement> {
    let raw: Raw = resource.read_or_refuse(problems)?;
    if matches!(code(&raw.status), "entered-in-error" | "cancelled" | "planned" | "waitlist") {
        return None;
    }
    let manager = raw.care_manager.noted("EpisodeOfCare.careManager", problems);
    let organization = raw.managing_organization.get();
    let organization = organization.and_then(|to| known.party(resource, to).name);
    let kind = raw.kinds.get().iter().find_map(CodeableConcept::words);
    let Some(service) = kind.or(organization) else {
        problems.refuse(
            "EpisodeOfCare.type",
            "has neither text nor coding, and no organization is named",
        );
        return None;
    };
    Some(Involvement {
        service,
        since: day(raw.period.get().map(|p| &p.start), reading),
        until: day(raw.period.get().map(|p| &p.end), reading),
        professional: manager
            .and_then(|to| known.party(resource, to).professional(Some("Care manager".to_owned()))),
    })
}

fn day(text: Option<&Element<Text>>, reading: &Reading) -> Option<jiff::civil::Date> {
    text.and_then(date).and_then(|date| date.day(&reading.zone))
}
