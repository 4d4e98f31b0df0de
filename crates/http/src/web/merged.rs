//! Facts as cards: what several sources say alike is said once and names them all; what they say differently stands side by side.
//!
//! A value that a source lacks is no disagreement: its telling joins the fuller one, with what it leaves out. Nothing is made up
//! from two tellings: every statement is the whole of what one source at least says.

use kinfold_domain::RegisterPhones;
use serde::Serialize;

use super::{
    fact_card::{Row, Said, Teller},
    letter_case::better,
    ring::RingLine,
};

/// Everything that is told of one topic.
#[derive(Clone, Debug, Serialize)]
pub(super) struct FactCard {
    pub(super) title: String,
    /// What its sources contradict each other in, by label; empty where they don't.
    pub(super) differ: String,
    pub(super) statements: Vec<Statement>,
}

/// One way in which it is told.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Statement {
    pub(super) rows: Vec<Row>,
    /// Whom to ring, where a register says so.
    pub(super) ring: Vec<RingLine>,
    pub(super) told_by: Vec<Teller>,
    #[serde(skip)]
    pub(super) phones: Option<RegisterPhones>,
}

/// Cards in the order in which their topics are told first.
pub(super) fn cards(told: impl IntoIterator<Item = Said>) -> Vec<FactCard> {
    let mut topics: Vec<(String, FactCard)> = Vec::new();
    for said in told {
        match topics.iter_mut().find(|(topic, _)| *topic == said.topic) {
            Some((_, card)) => card.take(said),
            None => topics.push((said.topic.clone(), FactCard::of(said))),
        }
    }
    let mut cards: Vec<FactCard> = topics.into_iter().map(|(_, card)| card).collect();
    for card in &mut cards {
        card.join_lesser();
        card.differ = differing(&card.statements);
    }
    cards
}

impl FactCard {
    fn of(said: Said) -> Self {
        let title = said.title.clone();
        Self { title, differ: String::new(), statements: vec![Statement::of(said)] }
    }

    fn take(&mut self, said: Said) {
        better(&mut self.title, &said.title);
        let new = Statement::of(said);
        match self.statements.iter_mut().find(|known| known.covers(&new) && new.covers(known)) {
            Some(known) => known.join(new),
            None => self.statements.push(new),
        }
    }

    /// A telling that only leaves something out joins the fuller one, if there is just one that it can mean.
    fn join_lesser(&mut self) {
        let all = std::mem::take(&mut self.statements);
        let is_lesser = |one: &Statement| {
            all.iter().any(|other| !std::ptr::eq(one, other) && other.covers(one))
        };
        let lesser: Vec<bool> = all.iter().map(is_lesser).collect();
        let (lesser, full): (Vec<_>, Vec<_>) = all.into_iter().zip(lesser).partition(|(_, it)| *it);
        let lesser = lesser.into_iter().map(|(statement, _)| statement);
        let mut full: Vec<Statement> = full.into_iter().map(|(statement, _)| statement).collect();
        for mut statement in lesser {
            let mut fuller = full.iter_mut().filter(|fuller| fuller.covers(&statement));
            match (fuller.next(), fuller.next()) {
                (Some(fuller), None) => {
                    let without = fuller.beyond(&statement);
                    for by in &mut statement.told_by {
                        by.without.clone_from(&without);
                    }
                    fuller.join(statement);
                }
                _ => self.statements.push(statement),
            }
        }
        full.append(&mut self.statements);
        self.statements = full;
    }
}

impl Statement {
    fn of(said: Said) -> Self {
        let (rows, phones) = (said.rows, said.phones);
        Self { rows, ring: Vec::new(), told_by: vec![said.teller], phones }
    }

    /// Whether this says everything that the other says.
    fn covers(&self, other: &Self) -> bool {
        self.phones == other.phones
            && other.rows.iter().all(|row| self.rows.iter().any(|own| own.says_the_same(row)))
    }

    /// The labels of what this says beyond the other.
    fn beyond(&self, other: &Self) -> String {
        let more = self.rows.iter().filter(|row| !other.rows.iter().any(|o| o.says_the_same(row)));
        more.map(|row| row.label.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// Takes over the tellers of a statement that this one covers, and its better writing.
    fn join(&mut self, other: Self) {
        for row in &mut self.rows {
            if let Some(same) = other.rows.iter().find(|other| other.says_the_same(row)) {
                better(&mut row.text, &same.text);
            }
        }
        self.told_by.extend(other.told_by);
    }
}

/// The labels under which two statements say different things.
fn differing(statements: &[Statement]) -> String {
    let mut labels: Vec<&str> = Vec::new();
    for (at, one) in statements.iter().enumerate() {
        for other in &statements[at + 1..] {
            let apart = one.rows.iter().filter(|row| {
                let mut same_label = other.rows.iter().filter(|o| o.label == row.label).peekable();
                same_label.peek().is_some() && !same_label.any(|o| o.says_the_same(row))
            });
            labels.extend(apart.map(|row| row.label.as_str()));
            if one.phones != other.phones {
                labels.push("Telephones of the register");
            }
        }
    }
    let mut told: Vec<&str> = Vec::new();
    for label in labels {
        if !told.contains(&label) {
            told.push(label);
        }
    }
    told.join(", ")
}

#[cfg(test)]
#[path = "merged_tests.rs"]
mod tests;
