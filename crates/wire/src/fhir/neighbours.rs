//! References, resolved within one answer: what was included in the page, and what a resource contains.

use std::collections::HashMap;

use jiff::civil::Date;
use kinfold_domain::{Professional, Telephone};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::datatypes::{CodeableConcept, ContactPoint, HumanName, Reference, code, date, said};
use super::element::{Element, Elements};
use super::{Bundle, Reading, Resource};

/// The resources that came along with an answer, by their references.
#[derive(Debug)]
pub struct Neighbours<'a> {
    known: HashMap<String, &'a Resource>,
    reading: &'a Reading,
}

/// What a reference leads to, as far as pages say it.
#[derive(Clone, Default)]
pub(crate) struct Party {
    pub(crate) name: Option<String>,
    pub(crate) role: Option<String>,
    pub(crate) team: Option<String>,
    pub(crate) telephone: Option<Telephone>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Raw {
    name: Element<Named>,
    telecom: Elements<ContactPoint>,
    practitioner: Element<Reference>,
    organization: Element<Reference>,
    code: Elements<CodeableConcept>,
}

/// Practitioner and `RelatedPerson` have names in parts; Organization and Location one text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Named {
    Text(super::element::Text),
    Parts(Vec<Parts>),
}

/// Untagged choices are buffered, so the parts are plain here.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Parts {
    text: Option<String>,
    family: Option<String>,
    given: Vec<String>,
    prefix: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Containing {
    contained: Vec<Box<RawValue>>,
}

impl<'a> Neighbours<'a> {
    /// Nothing came along.
    pub fn none(reading: &'a Reading) -> Self {
        Self::of(&[], reading)
    }

    /// Everything in a page.
    pub fn of(pages: &'a [Bundle], reading: &'a Reading) -> Self {
        let mut known = HashMap::new();
        for entry in pages.iter().flat_map(|page| &page.entries) {
            let Some(resource) = &entry.resource else { continue };
            known.insert(resource.record(), resource);
            if let Some(url) = &entry.full_url {
                known.insert(url.clone(), resource);
            }
        }
        Self { known, reading }
    }

    /// What `reference` within `owner` leads to; its display where it leads nowhere that is known.
    pub(crate) fn party(&self, owner: &Resource, reference: &Reference) -> Party {
        self.follow(owner, reference, 0)
    }

    fn follow(&self, owner: &Resource, reference: &Reference, hops: u8) -> Party {
        let display = said(&reference.display);
        let target = reference.reference.get().map_or("", super::element::Text::as_str);
        let contained;
        let found = if let Some(id) = target.strip_prefix('#') {
            contained = contained_in(owner, id);
            contained.as_ref()
        } else {
            self.known.get(tail(target)).or_else(|| self.known.get(target)).copied()
        };
        let read = found.filter(|_| hops < 3).and_then(|r| Some((r, r.read::<Raw>()?)));
        let Some((resource, raw)) = read else {
            return Party { name: display, ..Party::default() };
        };

        let mut party = Party {
            name: raw.name.get().and_then(Named::words),
            telephone: telephone(raw.telecom.get(), self.reading),
            role: raw.code.get().first().and_then(CodeableConcept::words),
            team: None,
        };
        if let Some(practitioner) = raw.practitioner.get() {
            let person = self.follow_from(owner, resource, practitioner, hops);
            party.name = party.name.or(person.name);
            party.telephone = party.telephone.or(person.telephone);
        }
        if let Some(organization) = raw.organization.get() {
            let team = self.follow_from(owner, resource, organization, hops);
            party.team = team.name;
            party.telephone = party.telephone.or(team.telephone);
        }
        party.name = party.name.or(display);
        party
    }

    /// A contained resource refers to its siblings through the resource that contains both.
    fn follow_from(&self, owner: &Resource, via: &Resource, to: &Reference, hops: u8) -> Party {
        let within = contained_in(owner, &via.id).is_some();
        self.follow(if within { owner } else { via }, to, hops + 1)
    }
}

impl Party {
    /// As a professional in `role`; `None` without a name.
    pub(crate) fn professional(self, role: Option<String>) -> Option<Professional> {
        let role = role.or(self.role).unwrap_or_else(|| "Professional".to_owned());
        let (team, telephone) = (self.team, self.telephone);
        self.name.map(|name| Professional { name: name.into(), role, team, telephone })
    }
}

impl Named {
    fn words(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.tidy()).filter(|text| !text.is_empty()),
            Self::Parts(names) => names.first().and_then(|name| {
                let given = name.prefix.iter().chain(&name.given);
                let parts: Vec<&str> = given.chain(&name.family).map(String::as_str).collect();
                let whole = name.text.clone().unwrap_or_else(|| parts.join(" "));
                Some(super::element::tidy(&whole)).filter(|text| !text.is_empty())
            }),
        }
    }
}

/// A name as a page shows that of a professional or relative: `Ms Ada Lovelace`.
pub(crate) fn whole_name(name: &HumanName) -> Option<String> {
    said(&name.text).or_else(|| {
        let given = name.prefix.get().iter().chain(name.given.get());
        let mut parts: Vec<String> = given.map(super::element::Text::tidy).collect();
        parts.extend(said(&name.family));
        Some(parts.join(" ")).filter(|text| !text.trim().is_empty())
    })
}

/// The first telephone that can be rung, work before mobile before home. The day on which it came into use (`ContactPoint.period.start`,
/// hl7.org/fhir/R4/datatypes.html#ContactPoint) is the last one on which anybody says that it was right; R4 has no other.
pub(crate) fn telephone(points: &[ContactPoint], reading: &Reading) -> Option<Telephone> {
    let mut phones: Vec<(u8, Telephone)> = points
        .iter()
        .filter(|point| matches!(code(&point.system), "phone" | "" | "sms"))
        .filter(|point| {
            !point.period.get().is_some_and(|p| p.is_over(reading.today, &reading.zone))
        })
        .filter_map(|point| {
            let rank = match code(&point.r#use) {
                "work" => 0,
                "mobile" => 1,
                "old" => return None,
                _ => 2,
            };
            let number: Telephone = point.value.get()?.as_str().parse().ok()?;
            Some((rank, number.confirmed_on(began(point, reading))))
        })
        .collect();
    phones.sort_by_key(|(rank, _)| *rank);
    phones.into_iter().next().map(|(_, telephone)| telephone)
}

/// A whole day that does not lie ahead.
fn began(point: &ContactPoint, reading: &Reading) -> Option<Date> {
    let start = date(&point.period.get()?.start)?.day(&reading.zone)?;
    (start <= reading.today).then_some(start)
}

fn contained_in(owner: &Resource, id: &str) -> Option<Resource> {
    let contained = owner.read::<Containing>()?.contained;
    contained.into_iter().filter_map(Resource::of).find(|resource| resource.id == id)
}

/// `Practitioner/1` of an absolute or versioned reference.
pub(crate) fn tail(reference: &str) -> &str {
    let reference = reference.split("/_history/").next().unwrap_or(reference);
    let mut slashes = reference.rmatch_indices('/');
    let (_, second) = (slashes.next(), slashes.next());
    second.map_or(reference, |(at, _)| &reference[at + 1..])
}
