//! A whole extract of a case system's register, in the form of a custodian's file: each row becomes an entry, as far as it can be read.
//!
//! A row stands for a child on a plan. So what can be done without is left out and told, and only a row of which nobody could say which
//! plan it is about is refused.

use std::collections::HashMap;

use hmac::{Hmac, KeyInit, Mac};
use jiff::{Timestamp, civil::Date};
use kinfold_domain::{Category, EntryId, PersonId, RegisterEntry, RegisterPhones};
use sha2::Sha256;

use super::{
    Corrupt, ImportReport, ImportRow, RowAnswer, RowCode,
    judge::{is_same_child, number, unreadable, wanted},
    parse::{self, Unreadable},
};
use crate::{pooled_view::SealedDeskTerms, ports::Rejected, register::entry_reference, today};

/// What an extract does not say, and what its entries are called by.
#[derive(Clone)]
pub struct ExtractTerms {
    /// The source's name.
    pub source: String,
    /// Whom to ring.
    pub phones: RegisterPhones,
    /// Whom to ring about a sealed child.
    pub sealed_desk: SealedDeskTerms,
    /// Makes references that say nothing, for rows that have none: a key of the node's.
    pub reference_key: [u8; 32],
}

/// An extract, read.
#[derive(Debug)]
pub struct Extract {
    /// One for each row that counts.
    pub entries: Vec<RegisterEntry>,
    /// Rows to mend.
    pub rejected: Vec<Rejected>,
    /// A row does not say which plan it is about.
    pub nameless: bool,
    /// The answer to the file.
    pub report: ImportReport,
}

impl ExtractTerms {
    /// Reads a whole extract at `now`; nothing of it when it isn't whole.
    pub fn read(&self, text: &str, now: Timestamp) -> Result<Extract, Corrupt> {
        let rows = parse::read(text)?;
        let (places, entries) = (HashMap::new(), Vec::new());
        let mut reader =
            Reader { terms: self, today: today(now), places, entries, nameless: false };
        let (mut answers, mut rejected) = (Vec::new(), Vec::new());
        for row in &rows {
            let said = reader.row(row);
            let line = row.line;
            if let Some(problem) = said.problem() {
                let record = said.id.map_or_else(|| format!("line {line}"), |id| id.to_string());
                let problem = format!("line {line}: {problem}");
                let (category, loaded) = (Some(Category::Register), said.loaded);
                rejected.push(Rejected { category, record, loaded, problem });
            }
            answers.push(RowAnswer { line, code: said.code, what_to_do: said.problems.join("; ") });
        }
        let Reader { entries, nameless, .. } = reader;
        Ok(Extract { entries, rejected, nameless, report: ImportReport::of(answers) })
    }

    /// The case system's own reference; otherwise one made of what says which plan a row is about.
    fn reference(&self, row: &ImportRow) -> Result<EntryId, String> {
        const WRONG: &str =
            "reference has characters other than letters, digits and hyphens, or more than 64";
        if let Some(text) = row.reference() {
            return entry_reference(text).ok_or_else(|| WRONG.to_owned());
        }
        let (plan, start) = row.plan().and_then(|plan| Ok((plan, row.start()?))).map_err(told)?;
        let mut parts = match row.number() {
            Ok(number) => vec!["number".to_owned(), String::from(number)],
            Err(_) => row.written(&["family_name", "given_names", "birth_date"]),
        };
        parts.extend([format!("{plan:?}"), start.to_string()]);
        self.keyed(&parts).ok_or_else(|| WRONG.to_owned())
    }

    /// The reference of another child's entry, where two children share one.
    fn another(&self, entry: &RegisterEntry) -> Option<EntryId> {
        let (name, born) = (&entry.subject.name, entry.subject.birth_date);
        let born = born.map(|day| Date::from(day).to_string()).unwrap_or_default();
        let (family, given) = (name.family().to_lowercase(), name.given().to_lowercase());
        self.keyed(&[entry.id.to_string(), family, given, born])
    }

    /// A reference that is the same for every row that says the same.
    fn keyed(&self, parts: &[String]) -> Option<EntryId> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.reference_key).ok()?;
        mac.update(b"kinfold entry of an extract");
        for part in parts {
            mac.update(&[0]);
            mac.update(part.as_bytes());
        }
        let digits = hex::encode(mac.finalize().into_bytes());
        format!("file-{}", digits.get(..32)?).parse().ok()
    }
}

fn told(field: Unreadable) -> String {
    unreadable(field).1
}

/// What became of one row.
struct Said {
    id: Option<EntryId>,
    code: RowCode,
    loaded: bool,
    problems: Vec<String>,
}

impl Said {
    fn problem(&self) -> Option<String> {
        let begins = if self.loaded { "loaded, but " } else { "not loaded: " };
        (!self.problems.is_empty()).then(|| format!("{begins}{}", self.problems.join("; ")))
    }
}

struct Reader<'a> {
    terms: &'a ExtractTerms,
    today: Date,
    /// Where each entry stands, by its reference.
    places: HashMap<EntryId, usize>,
    entries: Vec<RegisterEntry>,
    nameless: bool,
}

impl Reader<'_> {
    fn row(&mut self, row: &ImportRow) -> Said {
        let mut said =
            Said { id: None, code: RowCode::Loaded, loaded: false, problems: Vec::new() };
        let number =
            number(row).map_err(|(code, why)| (code, format!("without its number: {why}")));
        match self.terms.reference(row) {
            Ok(id) => said.id = Some(id),
            Err(why) => return self.refused(said, why),
        }
        let Some(id) = said.id.clone() else { return said };
        let (mut unread, phones) = (Vec::new(), &self.terms.phones);
        let known = number.as_ref().ok().copied();
        let mut entry = match wanted(row, known, (id, phones), &mut unread) {
            Ok(entry) => entry,
            Err(field) => return self.refused(said, told(field)),
        };
        self.seal(row, &mut entry, &mut unread);
        self.stamp(row, &mut entry, &mut unread);
        if entry.end.is_some_and(|end| end < entry.start) {
            entry.end = None;
            unread.push("end_date");
        }
        if let Err((code, why)) = number {
            said.code = code;
            said.problems.push(why);
        }
        let without = |field: &&str| format!("without {field}: it can't be read, see the format");
        said.problems.extend(unread.iter().map(without));
        self.put(entry, said)
    }

    /// Without a reference nobody knows which plan the row is about.
    fn refused(&mut self, said: Said, why: String) -> Said {
        self.nameless |= said.id.is_none();
        Said { code: RowCode::Failed, problems: vec![why], ..said }
    }

    /// In doubt the child counts as sealed.
    fn seal(&self, row: &ImportRow, entry: &mut RegisterEntry, unread: &mut Vec<&'static str>) {
        let sealed = row.sealed();
        unread.extend(sealed.as_ref().err().map(|Unreadable(field)| *field));
        if sealed.unwrap_or(true) {
            let (source, record) = (self.terms.source.clone(), entry.id.to_string());
            entry.sealed = Some(self.terms.sealed_desk.of(&PersonId { source, record }));
        }
    }

    /// The key worker's number with the day on which it was last found right.
    fn stamp(&self, row: &ImportRow, entry: &mut RegisterEntry, unread: &mut Vec<&'static str>) {
        match row.rung(self.today) {
            Ok(None) => {}
            Ok(Some(number)) => {
                if let Some(worker) = entry.professionals.first_mut() {
                    worker.telephone = Some(number);
                }
            }
            Err(Unreadable(field)) if unread.contains(&field) => {}
            Err(Unreadable(field)) => unread.push(field),
        }
    }

    /// One entry for each reference. Another child under the same number or reference counts beside it: somebody mistyped.
    fn put(&mut self, mut entry: RegisterEntry, mut said: Said) -> Said {
        if let Some(known) = self.known(&entry.id) {
            if is_same_child(known, &entry) {
                return self.twice(entry, said);
            }
            let Some(id) = self.terms.another(&entry) else { return self.twice(entry, said) };
            if self.places.contains_key(&id) {
                return self.twice(entry, said);
            }
            let why = "its number or reference stands at another child, too: find out whose it is";
            said.problems.push(why.to_owned());
            said.id = Some(id.clone());
            entry.id = id;
        }
        self.places.insert(entry.id.clone(), self.entries.len());
        self.entries.push(entry);
        Said { loaded: true, ..said }
    }

    fn known(&self, id: &EntryId) -> Option<&RegisterEntry> {
        self.entries.get(*self.places.get(id)?)
    }

    /// Of the same plan the row that is in force counts.
    fn twice(&mut self, entry: RegisterEntry, said: Said) -> Said {
        let place = self.places.get(&entry.id).copied();
        if let Some(known) = place.and_then(|place| self.entries.get_mut(place))
            && known.end.is_some()
            && entry.end.is_none()
        {
            *known = entry;
        }
        let problems = vec!["the same plan stands twice in this file".to_owned()];
        Said { code: RowCode::Failed, problems, ..said }
    }
}

#[cfg(test)]
#[path = "extract_tests.rs"]
mod tests;
