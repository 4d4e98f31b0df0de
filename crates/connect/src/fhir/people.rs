//! People, page by page.

use std::sync::atomic::{AtomicU8, Ordering};

use kinfold_domain::{AsAt, Person, PersonId};
use kinfold_service::ports::{Cursor, PeoplePage, Rejected, SourceError};
use kinfold_wire::fhir::{Bundle, Entry, PatientState, Problems, Reading, Resource, patient};
use url::Url;

use super::client::Trouble;
use super::facts::rejected;
use super::progress::Progress;
use super::server::{Server, garbled};

/// How much of the usual search a server bears; it only ever sinks.
#[derive(Debug, Default)]
pub(super) struct Bears(AtomicU8);

const EVERYTHING: u8 = 0;
const NO_CHANGES: u8 = 2;

pub(super) struct PeopleReader<'a> {
    pub(super) server: &'a Server,
    pub(super) bears: &'a Bears,
    pub(super) source: &'a str,
    pub(super) reading: &'a Reading,
    pub(super) now: AsAt,
    pub(super) max_pages: u32,
    pub(super) overlap_seconds: u32,
}

impl PeopleReader<'_> {
    pub(super) async fn page(&self, after: Option<&Cursor>) -> Result<PeoplePage, SourceError> {
        let mut progress = Progress::of(after);
        let (url, bundle) = self.fetch(&mut progress).await?;
        let mut page = PeoplePage::default();
        for (place, entry) in bundle.entries.iter().enumerate() {
            self.take(place, entry, &mut page, &mut progress);
        }
        let next = if let Some(link) = &bundle.next {
            let next = self.server.next(&url, link)?;
            progress.advance(within_origin(&next), self.max_pages)?;
            page.more = true;
            progress
        } else {
            is_whole(&bundle, &progress)?;
            progress.finished(self.overlap_seconds)
        };
        page.next = Some(next.cursor());
        Ok(page)
    }

    /// The page that is due. A page of an earlier reading that the server has forgotten begins that reading again.
    async fn fetch(&self, progress: &mut Progress) -> Result<(Url, Bundle), SourceError> {
        if let Some(page) = &progress.page {
            let url = self.server.page_at(page)?;
            match self.server.page(url.clone()).await {
                Err(trouble) if trouble.is_refused() => {}
                answer => return Ok((url, answer?)),
            }
            *progress = Progress::since(progress.since);
        }
        self.first(progress).await
    }

    async fn first(&self, progress: &mut Progress) -> Result<(Url, Bundle), SourceError> {
        loop {
            let level = self.bears.0.load(Ordering::Relaxed);
            let since = progress.since.filter(|_| level < NO_CHANGES);
            let changed = since.map(|since| format!("_lastUpdated=ge{since}")).unwrap_or_default();
            let sorted = if level == EVERYTHING { "_sort=_lastUpdated" } else { "" };
            let url = self.server.search("Patient", &[&changed, sorted])?;
            match self.server.page(url.clone()).await {
                Err(Trouble::Refused { .. }) if level < NO_CHANGES => {
                    self.bears.0.fetch_max(level + 1, Ordering::Relaxed);
                    tracing::info!(
                        source = self.source,
                        level,
                        "the server refuses a search parameter; reading with fewer"
                    );
                }
                answer => {
                    progress.since = since;
                    // Without the parameter a reading is whole every time.
                    progress.untimed |= level == NO_CHANGES;
                    return Ok((url, answer?));
                }
            }
        }
    }

    fn take(&self, place: usize, entry: &Entry, page: &mut PeoplePage, progress: &mut Progress) {
        let Some(resource) = &entry.resource else {
            let record = entry.full_url.clone().filter(|url| url.len() <= 200);
            page.rejected.push(Rejected {
                category: None,
                loaded: false,
                record: record.unwrap_or_else(|| format!("entry {} of a page", place + 1)),
                problem: "not loaded: Bundle.entry.resource is no resource with a type and a legal id; correct it in the source"
                    .to_owned(),
            });
            return;
        };
        if resource.kind != "Patient" || entry.included {
            return;
        }
        self.take_patient(resource, page, progress);
    }

    fn take_patient(&self, resource: &Resource, page: &mut PeoplePage, progress: &mut Progress) {
        let mut problems = Problems::of(&resource.id);
        if resource.id.is_empty() {
            problems.refuse("Patient.id", "is missing");
        } else {
            let id = PersonId { source: self.source.to_owned(), record: resource.id.clone() };
            match patient(resource, self.reading, &mut problems) {
                Some(PatientState::Known(known)) => {
                    progress.saw(known.updated);
                    page.people.push(Person {
                        id,
                        demographics: known.demographics,
                        sealed: known.sealed,
                        as_at: known.updated.map_or(self.now, AsAt),
                    });
                }
                Some(PatientState::Gone) => page.gone.push(id),
                None => {}
            }
        }
        page.rejected.extend(problems.into_found().into_iter().map(|p| rejected(None, p)));
    }
}

/// A server that counts more than it gives, and names no next page, would lose people without a word.
fn is_whole(bundle: &Bundle, progress: &Progress) -> Result<(), SourceError> {
    let matches = bundle.entries.iter().filter(|entry| !entry.included).count() as u64;
    if progress.page.is_none() && bundle.total.is_some_and(|total| total > matches) {
        return Err(garbled(
            "it counts more people than it gives and names no next page; raise page_size",
        ));
    }
    Ok(())
}

/// Path and query: what a cursor keeps of a page's address.
fn within_origin(url: &Url) -> String {
    url[url::Position::BeforePath..url::Position::AfterQuery].to_owned()
}
