use super::*;
use crate::web::spoken::Spoken;

fn said(system: &str, title: &str, rows: &[(&str, &str)]) -> Said {
    let now = "2026-06-01T13:02:07Z".parse().unwrap();
    let row = |(label, text): &(&str, &str)| Row {
        label: (*label).to_owned(),
        text: (*text).to_owned(),
        phone: None,
    };
    Said {
        topic: super::super::letter_case::fold(title),
        title: title.to_owned(),
        rows: rows.iter().map(row).collect(),
        phones: None,
        teller: Teller {
            agency: "Agency".to_owned(),
            system: system.to_owned(),
            record: "1".to_owned(),
            as_at: Spoken::at(now).moment(now),
            clauses: vec!["4.1".to_owned()],
            code: None,
            without: String::new(),
        },
    }
}

fn tellers(statement: &Statement) -> Vec<(&str, &str)> {
    statement.told_by.iter().map(|by| (by.system.as_str(), by.without.as_str())).collect()
}

#[test]
fn what_two_sources_say_alike_is_one_card_that_names_both_in_the_better_writing() {
    let rows = [("Date of birth", "1 February 1990")];
    let cards = cards([
        said("pas", "Mother: MARIA O'BRIEN", &rows),
        said("case-system", "Mother: Maria O'Brien", &rows),
    ]);
    let [card] = &cards[..] else { panic!("{cards:?}") };
    assert_eq!((card.title.as_str(), card.differ.as_str()), ("Mother: Maria O'Brien", ""));
    assert_eq!(tellers(&card.statements[0]), [("pas", ""), ("case-system", "")]);
}

#[test]
fn contradictions_stand_side_by_side_and_are_named() {
    let cards = cards([
        said("register", "Mother: Maria", &[("Date of birth", "1990"), ("Plan", "Yes")]),
        said("pas", "Mother: Maria", &[("Date of birth", "1991"), ("Plan", "yes")]),
    ]);
    assert_eq!((cards.len(), cards[0].differ.as_str()), (1, "Date of birth"));
    assert_eq!(cards[0].statements.len(), 2);
}

#[test]
fn a_telling_that_leaves_something_out_joins_the_fuller_one_and_says_so() {
    let full = [("Date of birth", "1990"), ("Plan", "Yes")];
    let cards = cards([
        said("a", "Mother: Maria", &[]),
        said("b", "Mother: Maria", &full),
        said("c", "Mother: Maria", &full[..1]),
    ]);
    let [card] = &cards[..] else { panic!("{cards:?}") };
    assert_eq!(card.statements.len(), 1);
    assert_eq!(
        tellers(&card.statements[0]),
        [("b", ""), ("a", "Date of birth, Plan"), ("c", "Plan")]
    );
}

#[test]
fn a_telling_that_could_mean_either_of_two_stays_apart() {
    let cards = cards([
        said("a", "Sibling: Kim", &[("Date of birth", "2014")]),
        said("b", "Sibling: Kim", &[("Date of birth", "2016")]),
        said("c", "Sibling: Kim", &[]),
    ]);
    assert_eq!(cards[0].statements.len(), 3);
    assert!(cards[0].statements.iter().all(|statement| statement.told_by.len() == 1));
}

#[test]
fn different_people_are_different_cards_in_the_order_of_their_telling() {
    let titles: Vec<String> = cards([
        said("a", "Mother: Maria", &[]),
        said("a", "Father: Ben", &[]),
        said("b", "Mother: Maria", &[]),
    ])
    .into_iter()
    .map(|card| card.title)
    .collect();
    assert_eq!(titles, ["Mother: Maria", "Father: Ben"]);
}
