//! Role × owner × category × purpose, as a text that people review and compare.

use std::fmt::Write as _;

use kinfold_domain::Category;

use crate::{
    Document, Refusal, RoleTerm, Ruling,
    cedar::role_name,
    clause::numbers,
    policy::Rare,
    table::{Row, Table},
};

const HEADING: &str = "\
Who may see what, computed from the clauses. One block for each role and owner; a cell has the numbers of the
clauses that permit, `no` with those that forbid, or - where no clause says anything (which refuses too).
`handed` lines stand where something may be handed over: it can't be asked for. `breaking glass` lines stand where something
that may not be seen may be opened for a reason given in words, by whoever proves themselves again; each is reviewed.
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
    let rare = Rare::ALL.into_iter().filter(|rare| table.policies.permit(*rare));
    let named = |rare| Category::ALL.into_iter().map(move |category| (rare, category));
    let mut rare: Vec<_> = rare
        .flat_map(named)
        .map(|(rare, category)| ((rare, category), vec![format!("{}: {category}", label(rare))]))
        .collect();
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
        for ((rare, category), line) in &mut rare {
            let ruling = |row: &&Row| match rare {
                Rare::Receive => cell(&row.rare(*rare, *category)),
                Rare::BreakGlass => {
                    row.opens(*category).map_or_else(|| "-".to_owned(), |ruling| cell(&ruling))
                }
            };
            line.push(row.as_ref().map_or_else(|_| "?".to_owned(), ruling));
        }
        let of = |ruling: fn(&Row) -> String| {
            row.as_ref().map_or_else(|_| "?".to_owned(), |r| ruling(r))
        };
        review.push(of(|row| cell(&row.review)));
        history.push(of(|row| cell(&row.history)));
        notifies.push(of(notifying));
    }
    // What is handed to, or opened by, nobody of this role would only be lines more.
    let is_given = |cell: &String| cell != "-" && !cell.starts_with("no ");
    rare.retain(|(_, line)| line.iter().skip(1).any(is_given));
    let all: Vec<_> = std::iter::once(heading)
        .chain(lines)
        .chain(rare.into_iter().map(|(_, line)| line))
        .chain([review, history, notifies])
        .collect();
    align(&all)
}

const fn label(rare: Rare) -> &'static str {
    match rare {
        Rare::Receive => "handed",
        Rare::BreakGlass => "breaking glass",
    }
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
