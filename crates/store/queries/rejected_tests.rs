use kinfold_domain::Categories;
use kinfold_service::ports::{PeopleStore, SourceProgress};

use super::*;
use crate::testing::{at, person, store};

fn rejected(category: Option<Category>, record: &str, problem: &str) -> Rejected {
    let (record, problem) = (record.to_owned(), problem.to_owned());
    Rejected { category, record, loaded: false, problem }
}

fn person_row(record: &str, problem: &str) -> Rejected {
    rejected(None, record, problem)
}

fn answered(second: i64) -> SourceProgress {
    SourceProgress { answered: Some(at(second)), ..SourceProgress::default() }
}

/// Record, first and last seen (in seconds) of the rows of `pas`, the newest first.
async fn waiting(store: &Store) -> Vec<(String, i64, i64)> {
    let (number, rows) = store.to_mend("pas", 10).await.unwrap();
    assert_eq!(number, rows.len() as u64);
    let second = |moment: Timestamp| moment.as_second() - at(0).as_second();
    let line = |row: RowToMend| (row.row.record, second(row.first_seen), second(row.last_seen));
    rows.into_iter().map(line).collect()
}

fn lines(expected: &[(&str, i64, i64)]) -> Vec<(String, i64, i64)> {
    expected.iter().map(|(record, first, last)| ((*record).to_owned(), *first, *last)).collect()
}

#[tokio::test]
async fn a_row_is_one_line_from_when_it_was_first_met_until_it_is_loaded_or_gone() {
    let (place, store) = store().await;
    let rows = [person_row("1", "no name"), person_row("2", "no name"), person_row("3", "no date")];
    store.save_page("pas", &[], &[], &rows, &answered(1)).await.unwrap();
    let again = person_row("1", "no name, no date");
    store.save_page("pas", &[], &[], std::slice::from_ref(&again), &answered(2)).await.unwrap();
    assert_eq!(waiting(&store).await, lines(&[("1", 1, 2), ("3", 1, 1), ("2", 1, 1)]));
    assert_eq!(store.to_mend("pas", 1).await.unwrap().1[0].row, again);

    store.close().await;
    let store = place.open().await;
    let gone = [person("3", "Gone").id];
    store.save_page("pas", &[person("2", "Smith")], &gone, &[], &answered(3)).await.unwrap();
    assert_eq!(waiting(&store).await, lines(&[("1", 1, 2)]));
    assert_eq!(store.to_mend("case-system", 10).await.unwrap(), (0, vec![]));
}

#[tokio::test]
async fn somebody_who_is_loaded_without_a_part_keeps_their_line_and_its_first_moment() {
    let (_place, store) = store().await;
    let row = Rejected { loaded: true, ..person_row("1", "loaded without birth_date") };
    for second in [1, 2] {
        let (people, rows) = ([person("1", "Smith")], std::slice::from_ref(&row));
        store.save_page("pas", &people, &[], rows, &answered(second)).await.unwrap();
    }
    assert_eq!(waiting(&store).await, lines(&[("1", 1, 2)]));
}

#[tokio::test]
async fn a_whole_reading_mends_what_it_no_longer_meets_also_without_an_identifier() {
    let (_place, store) = store().await;
    let rows = [person_row("[people], row 3", "id is empty"), person_row("7", "no name")];
    store.save_page("pas", &[], &[], &rows, &answered(1)).await.unwrap();
    store.save_page("pas", &[], &[], &rows[1..], &answered(5)).await.unwrap();
    let swept = SourceProgress { swept: Some(at(4)), ..answered(5) };
    store.save_page("pas", &[], &[], &[], &swept).await.unwrap();
    assert_eq!(waiting(&store).await, lines(&[("7", 1, 5)]));
}

#[tokio::test]
async fn a_reading_mends_the_rows_of_its_person_and_its_categories_alone() {
    let (_place, store) = store().await;
    let visit = |record| rejected(Some(Category::Attendances), record, "arrived is missing");
    let item = rejected(Some(Category::HealthSummary), "c", "no text");
    let (one, other) = (person("1", "Smith").id, person("2", "Jones").id);
    let all = Categories::from(Category::ALL);
    let everything = [visit("a"), visit("b"), item];
    store.note(Covered::Person(&one, &all), &everything, at(1)).await.unwrap();
    store.note(Covered::Person(&other, &all), &[visit("a")], at(2)).await.unwrap();
    let visits = Categories::from([Category::Attendances]);
    store.note(Covered::Person(&one, &visits), &[visit("b")], at(3)).await.unwrap();
    assert_eq!(waiting(&store).await, lines(&[("b", 1, 3), ("a", 2, 2), ("c", 1, 1)]));
    store.note(Covered::Person(&one, &all), &[], at(4)).await.unwrap();
    assert_eq!(waiting(&store).await, lines(&[("a", 2, 2)]));
    store.save_page("pas", &[], &[other], &[], &answered(5)).await.unwrap();
    assert_eq!(waiting(&store).await, lines(&[]));
}

#[tokio::test]
async fn a_whole_register_mends_its_own_rows_and_leaves_a_person_s() {
    let (_place, store) = store().await;
    let plan = |record| rejected(Some(Category::Register), record, "no start date");
    let read = Covered::Register("pas");
    store.note(read, &[plan("cpp-1"), plan("cpp-2")], at(1)).await.unwrap();
    store.save_page("pas", &[], &[], &[person_row("1", "no name")], &answered(2)).await.unwrap();
    store.note(read, &[plan("cpp-2")], at(3)).await.unwrap();
    assert_eq!(waiting(&store).await, lines(&[("cpp-2", 1, 3), ("1", 2, 2)]));
    store.note(read, &[], at(4)).await.unwrap();
    assert_eq!(waiting(&store).await, lines(&[("1", 2, 2)]));
}

#[tokio::test]
async fn a_plan_that_can_not_be_read_stands_once_whoever_met_it_first() {
    let (_place, store) = store().await;
    let plan = [rejected(Some(Category::Register), "cpp-1", "no start date")];
    let (child, all) = (person("1", "Smith").id, Categories::from(Category::ALL));
    let of_child = Covered::Person(&child, &all);
    store.note(of_child, &plan, at(1)).await.unwrap();
    assert_eq!(waiting(&store).await, lines(&[("cpp-1", 1, 1)]));
    store.note(Covered::Register("pas"), &plan, at(2)).await.unwrap();
    assert_eq!(waiting(&store).await, lines(&[("cpp-1", 2, 2)]));
    store.note(of_child, &plan, at(3)).await.unwrap();
    assert_eq!(waiting(&store).await, lines(&[("cpp-1", 2, 2)]));
    store.note(Covered::Register("pas"), &[], at(4)).await.unwrap();
    assert_eq!(waiting(&store).await, lines(&[]));
}

#[tokio::test]
async fn a_row_of_facts_is_closed_by_hand_unless_it_was_met_again_and_no_other_row_is() {
    let (_place, store) = store().await;
    let visit = rejected(Some(Category::Attendances), "a", "arrived is missing");
    let (child, all) = (person("1", "Smith").id, Categories::from(Category::ALL));
    store.save_page("pas", &[], &[], &[person_row("2", "no name")], &answered(1)).await.unwrap();
    let of_child = Covered::Person(&child, &all);
    store.note(of_child, std::slice::from_ref(&visit), at(2)).await.unwrap();
    let (_, rows) = store.to_mend("pas", 9).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.closes_by_hand).collect::<Vec<_>>(), [true, false]);
    store.note(of_child, std::slice::from_ref(&visit), at(3)).await.unwrap();
    for row in &rows {
        store.mended_by_hand("pas", row.place).await.unwrap();
    }
    assert_eq!(waiting(&store).await, lines(&[("a", 2, 3), ("2", 1, 1)]));
    let (_, rows) = store.to_mend("pas", 9).await.unwrap();
    store.mended_by_hand("pas", rows[0].place).await.unwrap();
    assert_eq!(waiting(&store).await, lines(&[("2", 1, 1)]));
}
