//! The mapping file: which query answers what, and which column is which field.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use kinfold_domain::Category;
use serde::Deserialize;

use super::field::{Codes, Field};
use super::formats::Format;
use super::shape::{Holds, Place, Slot, slots};
use super::statement::Statement;
use crate::Unusable;

/// A mapping that is right in itself; whether the database has what it names is for `check` to say.
#[derive(Clone, Debug)]
pub struct Mapping {
    pub(super) zone: TimeZone,
    pub(super) person_id: IdKind,
    pub(super) people: Table,
    pub(super) other_names: Option<Table>,
    pub(super) former_postcodes: Option<Table>,
    pub(super) facts: Vec<Table>,
    pub(super) register: Option<Table>,
    pub(super) register_professionals: Option<Table>,
    pub(super) register_household: Option<Table>,
}

/// How `$person` is compared.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum IdKind {
    #[default]
    Text,
    Integer,
    Uuid,
}

/// One query with its fields.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) place: Place,
    pub(super) statement: Statement,
    pub(super) fields: BTreeMap<&'static str, Mapped>,
}

/// One field, ready to read.
#[derive(Clone, Debug)]
pub(super) struct Mapped {
    pub(super) columns: Vec<String>,
    pub(super) text: Option<String>,
    pub(super) join: String,
    pub(super) format: Format,
    pub(super) codes: Option<BTreeMap<String, String>>,
    pub(super) yes: Option<Vec<String>>,
    pub(super) holds: Holds,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    zone: Option<String>,
    #[serde(default)]
    date: Option<String>,
    #[serde(default)]
    time: Option<String>,
    #[serde(default)]
    person_id: IdKind,
    #[serde(default)]
    codes: BTreeMap<String, BTreeMap<String, String>>,
    people: Written,
    other_names: Option<Written>,
    former_postcodes: Option<Written>,
    #[serde(default)]
    facts: BTreeMap<String, Vec<Written>>,
    register: Option<Written>,
    register_professionals: Option<Written>,
    register_household: Option<Written>,
}

#[derive(Deserialize)]
struct Written {
    query: String,
    #[serde(flatten)]
    fields: BTreeMap<String, Field>,
}

/// What all tables share while they are read.
struct Common {
    date: Format,
    time: Format,
    codes: BTreeMap<String, BTreeMap<String, String>>,
}

impl Mapping {
    /// Reads a mapping file. `file` is its name, for the problems.
    pub fn parse(text: &str, file: &str) -> Result<Self, Unusable> {
        if text.len() > 1024 * 1024 {
            return Err(Unusable::one(format!("{file}: a mapping has at most 1 MiB")));
        }
        let read: File = toml::from_str(text)
            .map_err(|error| Unusable::one(format!("{file}: {}", error.to_string().trim_end())))?;
        let mut problems = Vec::new();
        let mapping = read.into_mapping(&mut problems);
        match mapping {
            Some(mapping) if problems.is_empty() => Ok(mapping),
            _ => Err(Unusable::many(problems.iter().map(|p| format!("{file}: {p}")).collect())),
        }
    }
}

impl File {
    fn into_mapping(self, problems: &mut Vec<String>) -> Option<Mapping> {
        let zone = TimeZone::get(self.zone.as_deref().unwrap_or("Europe/London"));
        let zone = zone
            .map_err(|_| problems.push("zone is no time zone such as Europe/London".to_owned()))
            .ok();
        let mut format = |name: &str, text: Option<String>| {
            let format = Format::parse(text.as_deref().unwrap_or("iso"));
            format.map_err(|what| problems.push(format!("{name}: {what}"))).unwrap_or(Format::Iso)
        };
        let date = format("date", self.date);
        let time = format("time", self.time);
        let common = Common { date, time, codes: self.codes };
        let mut table = |place, written| common.table(place, written, problems);
        let people = table(Place::People, self.people);
        let other_names = self.other_names.and_then(|t| table(Place::OtherNames, t));
        let former_postcodes = self.former_postcodes.and_then(|t| table(Place::FormerPostcodes, t));
        let register = self.register.and_then(|t| table(Place::Register, t));
        let professionals = self.register_professionals;
        let household = self.register_household;
        let orphan = register.is_none() && (professionals.is_some() || household.is_some());
        let register_professionals =
            professionals.and_then(|t| table(Place::RegisterProfessionals, t));
        let register_household = household.and_then(|t| table(Place::RegisterHousehold, t));
        if orphan {
            problems.push(
                "[register_professionals] and [register_household] need a [register]".to_owned(),
            );
        }
        let facts = common.facts(self.facts, problems);
        Some(Mapping {
            zone: zone?,
            person_id: self.person_id,
            people: people?,
            other_names,
            former_postcodes,
            facts,
            register,
            register_professionals,
            register_household,
        })
    }
}

impl Common {
    fn facts(
        &self,
        facts: BTreeMap<String, Vec<Written>>,
        problems: &mut Vec<String>,
    ) -> Vec<Table> {
        let mut tables = Vec::new();
        for (name, written) in facts {
            let category = name.parse::<Category>().ok().filter(|c| *c != Category::Register);
            let Some(category) = category else {
                let known: Vec<&str> =
                    Category::ALL.iter().map(|c| c.as_str()).filter(|c| *c != "register").collect();
                problems.push(format!(
                    "[[facts.{name}]]: no such category; there are {}. The register has its own table, [register]",
                    known.join(", ")
                ));
                continue;
            };
            for (number, written) in written.into_iter().enumerate() {
                tables.extend(self.table(Place::Facts(category, number + 1), written, problems));
            }
        }
        tables
    }

    fn table(&self, place: Place, written: Written, problems: &mut Vec<String>) -> Option<Table> {
        let before = problems.len();
        let for_person = matches!(place, Place::Facts(..));
        let statement = Statement::parse(&written.query, for_person)
            .map_err(|what| problems.push(format!("{place}: query: {what}")))
            .ok();
        let known = slots(&place);
        let mut fields = BTreeMap::new();
        for (name, field) in written.fields {
            let Some(slot) = known.iter().find(|slot| slot.name == name) else {
                let names: Vec<&str> = known.iter().map(|slot| slot.name).collect();
                problems.push(format!(
                    "{place}: no field is called {name}; there are {}",
                    names.join(", ")
                ));
                continue;
            };
            match self.mapped(field, *slot) {
                Ok(mapped) => drop(fields.insert(slot.name, mapped)),
                Err(what) => problems.push(format!("{place}: {name}: {what}")),
            }
        }
        for slot in known.iter().filter(|slot| slot.must && !fields.contains_key(slot.name)) {
            problems
                .push(format!("{place}: {} is missing: name the column that holds it", slot.name));
        }
        let nameless = !["family", "given", "name"].iter().any(|name| fields.contains_key(name));
        let needs_name = known.iter().any(|slot| slot.name == "family");
        if needs_name && nameless {
            problems.push(format!("{place}: a name is missing: map family and given, or name"));
        }
        statement.filter(|_| problems.len() == before).map(|statement| Table {
            place,
            statement,
            fields,
        })
    }

    fn mapped(&self, field: Field, slot: Slot) -> Result<Mapped, String> {
        let usual = if slot.holds == Holds::Time { &self.time } else { &self.date };
        let format = field.format.as_deref().map_or_else(|| Ok(usual.clone()), Format::parse)?;
        let codes = match field.codes {
            None => None,
            Some(Codes::Table(table)) => Some(table),
            Some(Codes::Named(name)) => {
                let table = self.codes.get(&name);
                Some(table.cloned().ok_or_else(|| format!("there is no table [codes.{name}]"))?)
            }
        };
        if let (Holds::Word(words), Some(codes)) = (slot.holds, &codes)
            && let Some(odd) = codes.values().find(|value| !words.contains(&value.as_str()))
        {
            return Err(format!("codes lead to {odd}, which is none of {}", words.join(", ")));
        }
        if let (Holds::Word(words), Some(text)) = (slot.holds, &field.text)
            && !words.contains(&text.as_str())
        {
            return Err(format!("text must be one of {}", words.join(", ")));
        }
        if field.yes.is_some() && slot.holds != Holds::Yes {
            return Err("yes is for fields that are yes or no".to_owned());
        }
        Ok(Mapped {
            columns: field.columns,
            text: field.text,
            join: field.join,
            format,
            codes,
            yes: field.yes,
            holds: slot.holds,
        })
    }
}
