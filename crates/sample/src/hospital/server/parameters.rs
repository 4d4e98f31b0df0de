//! Search parameters, read once. What R4 lets a server ignore is ignored, unless the client prefers `handling=strict`.

use std::str::FromStr;

use axum::extract::Query;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::{
    instant::{Bound, bounds},
    outcome::Refused,
};

/// Resource types that the server has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Kind(pub(super) &'static str);

impl Kind {
    pub(super) const ALL: [&'static str; 9] = [
        "Patient",
        "Encounter",
        "Condition",
        "AllergyIntolerance",
        "MedicationStatement",
        "CareTeam",
        "EpisodeOfCare",
        "Practitioner",
        "RelatedPerson",
    ];

    /// Resources of this type belong to a patient.
    pub(super) fn of_patient(self) -> bool {
        !matches!(self.0, "Patient" | "Practitioner")
    }
}

impl FromStr for Kind {
    type Err = Refused;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| *kind == text).map(Self).ok_or(Refused::no_such_type())
    }
}

/// A condition that every result meets.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Filter {
    Ids(Vec<String>),
    Patient(String),
    Identifier {
        system: Option<String>,
        value: String,
    },
    Updated(Bound),
    /// The beginning of the family name, lower case.
    Family(String),
    Born(String),
}

/// In which order results come.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Order {
    /// `_lastUpdated,_id`.
    #[default]
    OldestFirst,
    /// `-_lastUpdated`.
    NewestFirst,
    /// `_id`.
    ById,
}

/// Where the next page begins, and the state of the records that all pages show.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// The sequence number of the last change that the search shows.
    pub(super) snapshot: i64,
    /// How many results there are in all.
    pub(super) total: i64,
    /// The last result of the page before.
    pub(super) after: (i64, String),
}

/// One search.
#[derive(Clone, Debug)]
pub(super) struct Parameters {
    pub(super) kind: Kind,
    pub(super) filters: Vec<Filter>,
    pub(super) order: Order,
    pub(super) count: usize,
    /// Practitioners of the care teams found come with them.
    pub(super) include_members: bool,
    pub(super) cursor: Option<Cursor>,
    /// The parameters that were understood, for `self` and `next`.
    pub(super) understood: Vec<(String, String)>,
}

const PAGE: usize = 50;
const LARGEST_PAGE: usize = 1_000;

/// The pairs of an address.
pub(super) fn pairs(query: &str) -> Result<Vec<(String, String)>, Refused> {
    let address = format!("/?{query}").parse().map_err(|_| unreadable())?;
    Query::try_from_uri(&address).map(|Query(pairs)| pairs).map_err(|_| unreadable())
}

const fn unreadable() -> Refused {
    Refused::invalid("the address cannot be read")
}

impl Parameters {
    pub(super) fn read(
        kind: Kind,
        pairs: Vec<(String, String)>,
        strict: bool,
    ) -> Result<Self, Refused> {
        let mut search = Self {
            kind,
            filters: Vec::new(),
            order: Order::default(),
            count: PAGE,
            include_members: false,
            cursor: None,
            understood: Vec::new(),
        };
        for (name, value) in pairs {
            if search.take(&name, &value)? {
                search.understood.push((name, value));
            } else if strict {
                return Err(Refused::unsupported("a search parameter is not supported here"));
            }
        }
        Ok(search)
    }

    /// Takes one parameter; false where the server doesn't know it.
    fn take(&mut self, name: &str, value: &str) -> Result<bool, Refused> {
        let whole = self.kind.0 == "Patient";
        match name {
            "_id" => self.filters.push(Filter::Ids(value.split(',').map(str::to_owned).collect())),
            "_lastUpdated" => self.filters.extend(bounds(value)?.into_iter().map(Filter::Updated)),
            "identifier" => self.filters.push(identifier(value)),
            "patient" | "subject" if self.kind.of_patient() => {
                let id = value.rsplit('/').next().unwrap_or(value);
                self.filters.push(Filter::Patient(id.to_owned()));
            }
            "family" if whole => self.filters.push(Filter::Family(value.to_lowercase())),
            "birthdate" if whole => {
                let day = value.strip_prefix("eq").unwrap_or(value);
                self.filters.push(Filter::Born(day.to_owned()));
            }
            "_count" => {
                let count: usize =
                    value.parse().map_err(|_| Refused::invalid("_count is a number"))?;
                self.count = count.min(LARGEST_PAGE);
            }
            "_sort" => match order(value) {
                Some(order) => self.order = order,
                None => return Ok(false),
            },
            "_include" if value == "CareTeam:participant" => self.include_members = true,
            "_format" | "_total" => {}
            "_cursor" => self.cursor = Some(cursor(value)?),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn identifier(value: &str) -> Filter {
    match value.split_once('|') {
        Some((system, value)) => Filter::Identifier {
            system: Some(system.to_owned()).filter(|s| !s.is_empty()),
            value: value.to_owned(),
        },
        None => Filter::Identifier { system: None, value: value.to_owned() },
    }
}

fn order(value: &str) -> Option<Order> {
    match value {
        "_lastUpdated" | "_lastUpdated,_id" => Some(Order::OldestFirst),
        "-_lastUpdated" | "-_lastUpdated,-_id" => Some(Order::NewestFirst),
        "_id" => Some(Order::ById),
        _ => None,
    }
}

fn cursor(value: &str) -> Result<Cursor, Refused> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(value).ok();
    let cursor = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    cursor.ok_or(Refused::invalid("this is no link that the server gave"))
}

impl Cursor {
    /// As a `next` link carries it.
    pub(super) fn text(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }
}
