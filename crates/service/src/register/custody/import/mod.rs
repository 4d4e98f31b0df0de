//! A file of register entries, answered per file and per row in the national service's codes (CP-IS). The whole file is read and judged
//! before anything changes; what it changes is stored in one transaction.

mod answer;
mod extract;
mod judge;
mod parse;

pub use answer::{FileCode, ImportReport, RowAnswer, RowCode};
pub use extract::{Extract, ExtractTerms};
pub use parse::{Corrupt, ImportRow, LONGEST_FILE, PlanType, read as read_import};

use std::collections::{HashMap, HashSet};

use kinfold_domain::{Category, ChangeKind, Detail, DetailKind, EntryId, NhsNumber, Subject};

use super::{ChangeError, Custodian, CustodyError, Work};
use crate::{
    Release,
    caller::Caller,
    ports::{Amendment, Covered, Rejected, RungNumber},
    records::{Amending, Asker, Entry},
    today,
};
use judge::{Judged, Known, judge};

/// The source under which rows of files that were not loaded are kept as work.
pub(super) const IMPORT: &str = "register-import";

impl Custodian {
    /// Takes a file over. A file that is not whole changes nothing; a row that can't be loaded is work for somebody, and the others are
    /// loaded. The same file again changes nothing more.
    pub async fn import(
        &self,
        caller: &Caller,
        text: &str,
    ) -> Result<Release<ImportReport>, CustodyError> {
        let work = self.begin(caller, Subject::default()).await?;
        let report = match parse::read(text) {
            Err(corrupt) => ImportReport::corrupt(&corrupt),
            Ok(rows) => self.take_over_file(caller, &work, rows).await?,
        };
        self.release(&work, report, std::iter::empty()).await
    }

    async fn take_over_file(
        &self,
        caller: &Caller,
        work: &Work<'_>,
        rows: Vec<ImportRow>,
    ) -> Result<ImportReport, CustodyError> {
        let known = self.known_by_number();
        let mut seen = HashSet::new();
        let (mut answers, mut amendments, mut rejected) = (Vec::new(), Vec::new(), Vec::new());
        let mut rung = Vec::new();
        for row in &rows {
            let reference = self.reference(work.at)?;
            let judged = if seen.insert(row.key()) {
                judge(row, &known, (reference, &self.parts.phones), today(work.at))
            } else {
                Judged::Rejected(
                    RowCode::Failed,
                    "the same plan stands twice in this file".to_owned(),
                )
            };
            match judged {
                Judged::Rejected(code, problem) => {
                    answers.push(RowAnswer { line: row.line, code, what_to_do: problem.clone() });
                    rejected.push(to_mend(row, &problem));
                }
                Judged::Loaded(entry, ChangeKind::Ended, _) if self.parts.feed.is_held(&entry) => {
                    let problem = ChangeError::HandingOver.to_string();
                    let (line, code) = (row.line, RowCode::Failed);
                    answers.push(RowAnswer { line, code, what_to_do: problem.clone() });
                    rejected.push(to_mend(row, &problem));
                }
                Judged::Loaded(entry, kind, details) => {
                    let what_to_do = String::new();
                    answers.push(RowAnswer { line: row.line, code: RowCode::Loaded, what_to_do });
                    let made = |detail| by_file(caller, work, (&entry, kind), detail);
                    amendments.extend(details.into_iter().map(made));
                    rung.extend(self.rung(caller, work, row));
                }
            }
        }
        if !amendments.is_empty() || !rung.is_empty() {
            self.record_import(caller, work, amendments.len() + rung.len()).await?;
            self.parts.feed.amend(amendments, &[]).await?;
            self.parts.feed.rang(rung).await?;
        }
        let feed = &self.parts.feed;
        feed.to_mend.note(Covered::Register(IMPORT), &rejected, work.at).await?;
        Ok(ImportReport::of(answers))
    }

    /// That the row's number was found right, where that is news. A row is judged before, so what can't be read is told there.
    fn rung(&self, caller: &Caller, work: &Work<'_>, row: &ImportRow) -> Option<RungNumber> {
        let number = row.rung(today(work.at)).ok().flatten()?;
        let by = caller.employee().user_name.to_string();
        let rung = RungNumber { number, by, at: work.at };
        self.parts.feed.hand.is_news(&rung).then_some(rung)
    }

    /// Entries by number, with numbers that a custodian has replaced.
    fn known_by_number(&self) -> Known {
        let feed = &self.parts.feed;
        let mut by_number: HashMap<NhsNumber, Vec<_>> = HashMap::new();
        for entry in feed.register.entries().into_values() {
            if let Some(number) = entry.subject.nhs_number {
                by_number.entry(number).or_default().push(entry);
            }
        }
        let replaced = feed.hand.all().into_values().filter_map(|row| match row.over {
            Some(Detail::NhsNumber(number)) => number,
            _ => None,
        });
        let replaced: HashSet<NhsNumber> = replaced.collect();
        Known {
            replaced: replaced.into_iter().filter(|n| !by_number.contains_key(n)).collect(),
            by_number,
        }
    }

    async fn record_import(
        &self,
        caller: &Caller,
        work: &Work<'_>,
        details: usize,
    ) -> Result<(), CustodyError> {
        let clauses = work.permit.granted().get(&Category::Register).cloned();
        let amending = Amending {
            ask: work.ask,
            at: work.at,
            asker: Asker::from(caller.employee()),
            purpose: work.purpose.clone(),
            clauses: clauses.unwrap_or_default(),
            // Each entry's own change names it; a file may have thousands.
            register_entries: Vec::new(),
            what: "imported".to_owned(),
            details: vec![DetailKind::Entry],
            reason: format!("A file that changes {details} details.").into(),
        };
        Ok(self.record(Entry::RegisterAmended(Box::new(amending))).await?)
    }
}

fn by_file(
    caller: &Caller,
    work: &Work<'_>,
    (entry, kind): (&EntryId, ChangeKind),
    detail: Detail,
) -> Amendment {
    let user = caller.employee().user_name.clone();
    Amendment {
        entry: entry.clone(),
        detail,
        kind,
        by: user.to_string(),
        at: work.at,
        reason: "From a file.".into(),
        over: None,
        differs: None,
        owner: Some(user),
        look_again: None,
    }
}

/// A row as work for somebody, known by its number and plan so that the next file finds it mended.
fn to_mend(row: &ImportRow, problem: &str) -> Rejected {
    let number = row.number_as_written();
    let record = if number.is_empty() { format!("line {}", row.line) } else { number };
    let problem = format!("line {}: {problem}", row.line);
    Rejected { category: Some(Category::Register), record, loaded: false, problem }
}

#[cfg(test)]
#[path = "import_tests.rs"]
mod tests;
