//! What every test here needs.

use std::{path::PathBuf, sync::Arc};

use jiff::Timestamp;
use kinfold_domain::{AgencyId, Category, Fact, FactContent, Person, PersonId};
use kinfold_service::{
    Permit,
    ports::{Clock, Cursor, PeoplePage, SourceError, SourceSystem},
};

pub(crate) struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        "2026-11-01T12:00:00Z".parse().unwrap()
    }
}

pub(crate) fn noon() -> Arc<dyn Clock> {
    Arc::new(Noon)
}

pub(crate) fn agency() -> AgencyId {
    "ashmoor-trust".parse().unwrap()
}

pub(crate) fn all() -> Permit {
    Permit::for_tests(Category::ALL)
}

pub(crate) fn person(source: &str, record: &str) -> PersonId {
    PersonId { source: source.to_owned(), record: record.to_owned() }
}

pub(crate) fn use_ring() {
    // A second test of the same process finds it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Says what can't run here. In CI nothing may be skipped.
pub(crate) fn skip(test: &str, reason: &str) {
    eprintln!("skipped: {test}: {reason}");
    assert!(
        std::env::var_os("CI").is_none_or(|ci| ci != "true"),
        "skipped in CI: {test}: {reason}"
    );
}

pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// All pages from `after` to the end, with the cursor there.
pub(crate) async fn read_on(
    source: &dyn SourceSystem,
    after: Option<&Cursor>,
) -> Result<(PeoplePage, Option<Cursor>), SourceError> {
    let mut whole = PeoplePage::default();
    let mut cursor = after.cloned();
    for _ in 0..10_000 {
        let page = source.people(cursor.as_ref()).await?;
        whole.people.extend(page.people);
        whole.gone.extend(page.gone);
        whole.rejected.extend(page.rejected);
        cursor = page.next;
        if !page.more {
            return Ok((whole, cursor));
        }
    }
    panic!("the pages don't end");
}

pub(crate) fn find<'a>(people: &'a [Person], given: &str) -> &'a Person {
    people.iter().find(|p| p.demographics.name.given() == given).unwrap()
}

pub(crate) fn of(facts: &[Fact], category: Category) -> Vec<&FactContent> {
    facts.iter().filter(|f| f.category() == category).map(|f| &f.content).collect()
}
