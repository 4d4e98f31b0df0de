//! Several possible children: what tells them apart, as far as it was released, and nothing that was not.

use std::collections::BTreeSet;

use kinfold_domain::{Demographics, NumberAgreement, PersonName, Subject};
use serde::Serialize;

use super::{entry_card, letter_case::fold, spoken::Spoken};

/// One possible child.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Face {
    /// The place among the choices.
    pub(super) place: usize,
    pub(super) name: String,
    pub(super) rows: Vec<Trait>,
    /// The typed number is this child's, the typed name is not: who it is must be confirmed before anything is opened.
    pub(super) another_name: bool,
}

/// One thing that may tell a child from another.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Trait {
    pub(super) label: &'static str,
    pub(super) text: String,
    /// What was typed instead, where something else was.
    pub(super) entered: Option<String>,
    /// It differs between the children, or from what was typed of the one whose number it is.
    pub(super) differs: bool,
}

/// A child who may be meant, before it is compared.
pub(super) struct Known<'a> {
    pub(super) subject: &'a Demographics,
    pub(super) number: NumberAgreement,
    /// What more is known: a label and a text.
    pub(super) more: Vec<(&'static str, String)>,
}

/// The children side by side, the one whose number was typed first; their places among the choices begin with `first`.
pub(super) fn faces(
    spoken: &Spoken,
    typed: &Subject,
    known: &[Known<'_>],
    first: usize,
) -> Vec<Face> {
    let mut faces: Vec<Face> = known
        .iter()
        .enumerate()
        .map(|(at, child)| Face {
            place: first + at,
            name: child.subject.name.expose(),
            rows: rows(spoken, typed, child),
            another_name: child.number == NumberAgreement::AnotherName,
        })
        .collect();
    let differing = differing(&faces);
    for face in &mut faces {
        let against_typed = face.another_name;
        for row in &mut face.rows {
            row.differs = differing.contains(row.label) || (against_typed && row.entered.is_some());
        }
        // The name stands over the card already: its parts are of use only where they tell something.
        face.rows.retain(|row| row.differs || row.entered.is_some() || !is_name(row.label));
    }
    faces.sort_by_key(|face| !face.another_name);
    faces
}

/// The labels in which children differ, in the order of the card: what to ask for.
pub(super) fn ask_for(faces: &[Face]) -> Vec<&'static str> {
    let differing = differing(faces);
    let mut labels: Vec<&'static str> = Vec::new();
    for row in faces.iter().flat_map(|face| &face.rows) {
        if differing.contains(row.label) && !labels.contains(&row.label) {
            labels.push(row.label);
        }
    }
    labels
}

const GIVEN: &str = "First names";
const FAMILY: &str = "Last name";

fn is_name(label: &str) -> bool {
    label == GIVEN || label == FAMILY
}

/// What was typed of a child, beside what is known: nothing where nothing was typed or the two agree.
fn entered(known: &str, typed: Option<String>) -> Option<String> {
    typed.filter(|typed| !typed.is_empty() && fold(typed) != fold(known))
}

fn rows(spoken: &Spoken, typed: &Subject, child: &Known<'_>) -> Vec<Trait> {
    let subject = child.subject;
    let name = typed.name.as_ref();
    let row = |label, text: String, typed: Option<String>| Trait {
        label,
        entered: entered(&text, typed),
        text,
        differs: false,
    };
    let part = |of: fn(&PersonName) -> &str| name.map(|name| of(name).to_owned());
    let other_names: Vec<String> = subject.other_names.iter().map(PersonName::expose).collect();
    let missing = || "Not recorded".to_owned();
    let born = subject.birth_date.map_or_else(missing, |born| spoken.born(born));
    let number = subject.nhs_number.map_or_else(missing, kinfold_domain::NhsNumber::expose);
    let address = subject.address.as_ref().map(entry_card::address);
    let mut rows = vec![
        row(GIVEN, subject.name.given().to_owned(), part(PersonName::given)),
        row(FAMILY, subject.name.family().to_owned(), part(PersonName::family)),
    ];
    if !other_names.is_empty() {
        rows.push(row("Also known as", other_names.join("; "), None));
    }
    rows.push(row("Date of birth", born, typed.birth_date.map(|born| spoken.born(born))));
    rows.push(row("Sex", subject.sex.word().to_owned(), None));
    rows.push(row("NHS number", number, typed.nhs_number.map(kinfold_domain::NhsNumber::expose)));
    rows.extend(address.map(|address| row("Address", address, None)));
    rows.extend(child.more.iter().map(|(label, text)| row(label, text.clone(), None)));
    rows
}

/// The labels whose texts are not the same for all of several children. What is missing of one is another text.
fn differing(faces: &[Face]) -> BTreeSet<&'static str> {
    let labels: BTreeSet<&'static str> =
        faces.iter().flat_map(|face| &face.rows).map(|row| row.label).collect();
    let text = |face: &Face, label: &str| {
        face.rows.iter().find(|row| row.label == label).map(|row| fold(&row.text))
    };
    let differs = |label: &&'static str| {
        faces.iter().map(|face| text(face, label)).collect::<BTreeSet<_>>().len() > 1
    };
    labels.into_iter().filter(differs).collect()
}
