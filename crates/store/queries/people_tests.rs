use super::*;
use crate::testing::{at, chain, person, store};

async fn all(store: &Store) -> Vec<Person> {
    let mut people = Vec::new();
    store.each_person(&mut |person| people.push(person)).await.unwrap();
    people.sort_by(|a, b| a.id.cmp(&b.id));
    people
}

#[tokio::test]
async fn people_are_there_after_a_restart() {
    let (place, store) = store().await;
    let people = [person("1", "Smith"), person("2", "Świętek"), person("3", "محمد")];
    store.save_page("pas", &people, &[], &[], &SourceProgress::default()).await.unwrap();
    store.close().await;

    let store = place.open().await;
    assert_eq!(all(&store).await, people);
    assert_eq!(store.person(&people[1].id).await.unwrap().as_ref(), Some(&people[1]));
    assert_eq!(store.person(&person("4", "Nobody").id).await.unwrap(), None);
    assert_eq!((store.count("pas").await.unwrap(), store.count("other").await.unwrap()), (3, 0));
}

#[tokio::test]
async fn a_later_page_replaces_people_and_lets_go_who_is_gone() {
    let (_place, store) = store().await;
    let none = SourceProgress::default();
    let first = [person("1", "Smith"), person("2", "Jones")];
    store.save_page("pas", &first, &[], &[], &none).await.unwrap();
    let married = person("1", "Taylor");
    let gone = [first[1].id.clone(), person("9", "Unknown").id];
    store.save_page("pas", std::slice::from_ref(&married), &gone, &[], &none).await.unwrap();
    assert_eq!(all(&store).await, [married]);
}

#[tokio::test]
async fn the_same_identifier_in_two_sources_is_two_people() {
    let (_place, store) = store().await;
    let here = person("1", "Smith");
    let mut there = person("1", "Jones");
    there.id.source = "case-system".to_owned();
    let none = SourceProgress::default();
    store.save_page("pas", std::slice::from_ref(&here), &[], &[], &none).await.unwrap();
    store.save_page("case-system", std::slice::from_ref(&there), &[], &[], &none).await.unwrap();
    assert_eq!(store.person(&here.id).await.unwrap(), Some(here));
    assert_eq!(store.person(&there.id).await.unwrap(), Some(there));
}

#[tokio::test]
async fn progress_is_saved_with_its_page() {
    let (_place, store) = store().await;
    assert_eq!(store.progress("pas").await.unwrap(), SourceProgress::default());
    let first = SourceProgress {
        cursor: Some(Cursor("after=HOSP-17".to_owned())),
        swept: None,
        answered: Some(at(5)),
    };
    store.save_page("pas", &[], &[], &[], &first).await.unwrap();
    assert_eq!(store.progress("pas").await.unwrap(), first);
    let later = SourceProgress { cursor: None, swept: Some(at(9)), answered: Some(at(9)) };
    store.save_page("pas", &[], &[], &[], &later).await.unwrap();
    assert_eq!(store.progress("pas").await.unwrap(), later);
    assert_eq!(store.progress("case-system").await.unwrap(), SourceProgress::default());
}

#[tokio::test]
async fn a_row_that_was_copied_over_another_is_not_taken_for_it() {
    let (_place, store) = store().await;
    let people = [person("1", "Smith"), person("2", "Jones")];
    store.save_page("pas", &people, &[], &[], &SourceProgress::default()).await.unwrap();
    sqlx::query("UPDATE person SET sealed = (SELECT sealed FROM person ORDER BY sealed LIMIT 1)")
        .execute(&store.write)
        .await
        .unwrap();

    let mut taken = 0;
    let error = store.each_person(&mut |_| taken += 1).await.unwrap_err();
    assert!(taken <= 1);
    assert!(chain(&error).contains("reading the people: a value of person.sealed does not open"));
}
