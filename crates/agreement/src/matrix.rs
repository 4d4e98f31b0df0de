//! Role × owner × category × purpose, as a text that people review and compare.

use std::fmt::Write as _;

use kinfold_domain::Category;

use crate::{
    Document, Refusal, RoleTerm, Ruling,
    cedar::role_name,
    clause::numbers,
    table::{Row, Table},
};

const HEADING: &str = "\
Who may see what, computed from the clauses. One block for each role and owner; a cell has the numbers of the
clauses that permit, `no` with those that forbid, or - where no clause says anything (which refuses too).
`handed` lines stand where something may be handed over: it can't be asked for.
The last lines of a block say whether the role may see who looked at a child, in that owner's ledger; whether it may see
beside an answer where the child attended and the last looks at it; and whether the key worker is told of a look-up.
";

pub(crate) fn render(document: &Document, table: &Table) -> String {
    let mut text = HEADING.to_owned();
    for role in document.roles() {
        for owner in document.parties() {
            let name = role_name(&role.agency, &role.id);
            // Writing to a String cannot fail.
            let _ = writeln!(text, "\n{name} of {}", owner.agency);
            text.push_str(&block(document, table, role, &owner.agency));
        }
    }
    text
}

fn block(
    document: &Document,
    table: &Table,
    role: &RoleTerm,
    owner: &kinfold_domain::AgencyId,
) -> String {
    let mut lines: Vec<Vec<String>> = Category::ALL.iter().map(|c| vec![c.to_string()]).collect();
    let receives = table.policies.let_receive();
    let mut handed: Vec<Vec<String>> =
        Category::ALL.iter().filter(|_| receives).map(|c| vec![format!("handed: {c}")]).collect();
    let mut review = vec!["who looked".to_owned()];
    let mut history = vec!["history".to_owned()];
    let mut notifies = vec!["tells key worker".to_owned()];
    let mut heading = vec![String::new()];
    for purpose in document.purposes() {
        heading.push(purpose.id.to_string());
        let row = table.row(&role.agency, &role.id, &purpose.id, owner);
        for (category, line) in Category::ALL.into_iter().zip(&mut lines) {
            line.push(row.as_ref().map_or_else(|_| "?".to_owned(), |row| cell(row.see(category))));
        }
        for (category, line) in Category::ALL.into_iter().zip(&mut handed) {
            line.push(
                row.as_ref().map_or_else(|_| "?".to_owned(), |row| cell(&row.receive(category))),
            );
        }
        let of = |ruling: fn(&Row) -> String| {
            row.as_ref().map_or_else(|_| "?".to_owned(), |r| ruling(r))
        };
        review.push(of(|row| cell(&row.review)));
        history.push(of(|row| cell(&row.history)));
        notifies.push(of(notifying));
    }
    // What is handed to nobody of this role would only be eleven lines more.
    let is_handed = |cell: &String| cell != "-" && !cell.starts_with("no ");
    handed.retain(|line| line.iter().skip(1).any(is_handed));
    let all: Vec<_> = std::iter::once(heading)
        .chain(lines)
        .chain(handed)
        .chain([review, history, notifies])
        .collect();
    align(&all)
}

/// The clauses on the register that tell the key worker of a look-up.
fn notifying(row: &Row) -> String {
    let clauses = row.see(Category::Register).permitting();
    let telling: Vec<_> = clauses.iter().filter(|c| c.notifies().is_some()).cloned().collect();
    if telling.is_empty() { "-".to_owned() } else { numbers(&telling) }
}

fn cell(ruling: &Ruling) -> String {
    match ruling {
        Ruling::Permitted { clauses } => numbers(clauses),
        Ruling::Refused { why: Refusal::Forbidden { clauses } } => {
            format!("no {}", numbers(clauses))
        }
        Ruling::Refused { .. } => "-".to_owned(),
    }
}

fn align(lines: &[Vec<String>]) -> String {
    let columns = lines.first().map_or(0, Vec::len);
    let width = |column: usize| {
        lines.iter().filter_map(|line| line.get(column)).map(String::len).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for line in lines {
        let cells = line.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}"));
        text.push_str(format!("  {}", cells.collect::<Vec<_>>().join("  ")).trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
#[path = "matrix_tests.rs"]
mod tests;
