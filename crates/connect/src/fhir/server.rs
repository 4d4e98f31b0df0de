//! One FHIR server: its addresses, its pages, what it announces.

use std::time::Duration;

use kinfold_service::ports::SourceError;
use kinfold_wire::fhir::{Bundle, Capabilities, Resource};
use tokio::sync::OnceCell;
use url::Url;

use super::FhirConfig;
use super::client::{Client, Trouble};
use crate::Unusable;

/// Pages of facts about one person that are read; more can't be shown on one page anyway.
const MOST_PAGES_OF_FACTS: usize = 20;

pub(super) struct Server {
    client: Client,
    base: Url,
    page_size: u32,
    announced: OnceCell<Capabilities>,
}

impl Server {
    pub(super) fn new(config: &FhirConfig) -> Result<Self, Unusable> {
        config.bounds()?;
        Ok(Self {
            client: Client::new(config)?,
            base: config.base()?,
            page_size: config.page_size,
            announced: OnceCell::new(),
        })
    }

    /// The address of a search: `Patient?…`.
    pub(super) fn search(&self, kind: &str, parameters: &[&str]) -> Result<Url, SourceError> {
        let count = format!("_count={}", self.page_size);
        let parts = parameters.iter().copied().chain([count.as_str()]);
        let query: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        self.at(&format!("{kind}?{}", query.join("&")))
    }

    fn at(&self, relative: &str) -> Result<Url, SourceError> {
        self.base.join(relative).map_err(|_| garbled("an address can't be made"))
    }

    /// A next link, taken as it is only within the server's own origin: elsewhere it would carry this node's credentials.
    pub(super) fn next(&self, current: &Url, link: &str) -> Result<Url, SourceError> {
        let url = current.join(link).map_err(|_| garbled("a next link is no URL"))?;
        if url.origin() != self.base.origin() || !url.username().is_empty() {
            return Err(garbled(
                "a next link leads to another host than base_url; set the address that the server gives itself, or base_url",
            ));
        }
        Ok(url)
    }

    /// A page within the server, as a cursor keeps it: path and query.
    pub(super) fn page_at(&self, page: &str) -> Result<Url, SourceError> {
        self.next(&self.base, page)
    }

    pub(super) async fn page(&self, url: Url) -> Result<Bundle, Trouble> {
        let body = self.client.get(url).await?;
        Ok(Bundle::parse(&body, self.client.limits())?)
    }

    /// One record; `None` when it isn't there.
    pub(super) async fn read(&self, kind: &str, id: &str) -> Result<Option<Resource>, SourceError> {
        let body = match self.client.get(self.at(&format!("{kind}/{id}"))?).await {
            Err(trouble) if trouble.is_absent() => return Ok(None),
            answer => answer?,
        };
        let resource = Resource::parse(&body, self.client.limits()).map_err(Trouble::from)?;
        if resource.kind != kind || resource.id != id {
            return Err(garbled("another record came than was asked for"));
        }
        Ok(Some(resource))
    }

    /// Every page of a search.
    pub(super) async fn pages(&self, first: Url) -> Result<Vec<Bundle>, Trouble> {
        let mut pages = Vec::new();
        let mut url = first;
        loop {
            let page = self.page(url.clone()).await?;
            let next = page.next.clone();
            pages.push(page);
            let Some(next) = next else { return Ok(pages) };
            if pages.len() >= MOST_PAGES_OF_FACTS {
                return Err(Trouble::Source(garbled(
                    "a search about one person has too many pages",
                )));
            }
            let next = self.next(&url, &next).map_err(Trouble::Source)?;
            if next == url {
                return Err(Trouble::Source(garbled("a next link leads back to its own page")));
            }
            url = next;
        }
    }

    /// What the server announces, asked once.
    pub(super) async fn capabilities(&self) -> Capabilities {
        let asked = self.announced.get_or_try_init(|| self.ask_capabilities()).await;
        asked.cloned().unwrap_or_default()
    }

    /// A server that announces nothing readable is taken to serve everything.
    pub(super) async fn ask_capabilities(&self) -> Result<Capabilities, SourceError> {
        let body = match self.client.get(self.at("metadata")?).await {
            Err(trouble) if trouble.is_refused() => return Ok(Capabilities::default()),
            answer => answer?,
        };
        Ok(Capabilities::parse(&body, self.client.limits()).unwrap_or_default())
    }
}

pub(super) fn garbled(what: &str) -> SourceError {
    SourceError::Garbled(what.to_owned())
}

/// Gives up on `work` after `seconds`.
pub(super) async fn within<T>(
    seconds: u64,
    work: impl Future<Output = Result<T, SourceError>>,
) -> Result<T, SourceError> {
    let limit = Duration::from_secs(seconds);
    tokio::time::timeout(limit, work).await.unwrap_or(Err(SourceError::TimedOut))
}
