//! Bundle (hl7.org/fhir/R4/bundle.html): a page of a search.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::element::{Element, Elements, Text};
use super::nesting::too_deep;
use super::problem::Problems;

/// What a page may hold at most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes.
    pub bytes: usize,
    /// Entries.
    pub entries: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 16 * 1024 * 1024, entries: 10_000 }
    }
}

/// Why bytes are no page that can be read. Nothing of them is repeated.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BundleError {
    /// More bytes or entries than the limits allow.
    #[error("the page is larger than is read; ask for smaller pages with page_size")]
    TooLarge,
    /// Objects and arrays nest deeper than any FHIR resource.
    #[error("the answer nests too deeply")]
    TooDeep,
    /// No JSON, or cut off.
    #[error("the answer is not whole JSON")]
    NotJson,
    /// JSON, but another resource or none.
    #[error("the answer is not a FHIR resource of the type asked for")]
    OtherResource,
}

/// One page of a search.
#[derive(Debug)]
pub struct Bundle {
    /// Matches, includes and outcomes, in order.
    pub entries: Vec<Entry>,
    /// Where the next page is, as the server writes it.
    pub next: Option<String>,
    /// How many match in all, where the server says.
    pub total: Option<u64>,
}

/// One entry of a page.
#[derive(Debug)]
pub struct Entry {
    /// Where the server has it.
    pub full_url: Option<String>,
    /// The resource came along (`_include`); it is no match of its own.
    pub included: bool,
    /// The resource; `None` when the entry holds none that can be recognised.
    pub resource: Option<Resource>,
}

/// A resource that is not read yet.
pub struct Resource {
    /// `Patient`
    pub kind: String,
    /// Its id on the server: `[A-Za-z0-9\-\.]{1,64}`.
    pub id: String,
    raw: Box<RawValue>,
}

impl std::fmt::Debug for Resource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{}]", self.kind)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    #[serde(default)]
    resource_type: Element<Text>,
    #[serde(default)]
    total: Element<u64>,
    #[serde(default)]
    link: Elements<Link>,
    #[serde(default, borrow)]
    entry: Option<Vec<&'a RawValue>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Link {
    relation: Element<Text>,
    url: Element<Text>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RawEntry {
    full_url: Element<Text>,
    search: Element<Search>,
    resource: Option<Box<RawValue>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Search {
    mode: Element<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Probe {
    resource_type: String,
    #[serde(default)]
    id: String,
}

impl Bundle {
    /// Reads a page. An entry without a recognisable resource is kept, so that it can be counted and told.
    pub fn parse(bytes: &[u8], limits: Limits) -> Result<Self, BundleError> {
        let page: Page<'_> = whole(bytes, limits)?;
        if page.resource_type.get().map(Text::as_str) != Some("Bundle") {
            return Err(BundleError::OtherResource);
        }
        let entries = page.entry.unwrap_or_default();
        if entries.len() > limits.entries {
            return Err(BundleError::TooLarge);
        }
        let next =
            page.link.get().iter().find(|link| {
                link.relation.get().is_some_and(|relation| relation.as_str() == "next")
            });
        Ok(Self {
            next: next.and_then(|link| link.url.get()).map(|url| url.as_str().to_owned()),
            total: page.total.get().copied(),
            entries: entries.into_iter().map(Entry::parse).collect(),
        })
    }
}

impl Entry {
    fn parse(raw: &RawValue) -> Self {
        let entry: RawEntry = serde_json::from_str(raw.get()).unwrap_or_default();
        let mode = entry.search.get().and_then(|search| search.mode.get());
        Self {
            full_url: entry.full_url.get().map(|url| url.as_str().to_owned()),
            included: mode.is_some_and(|mode| mode.as_str() == "include"),
            resource: entry.resource.and_then(Resource::of),
        }
    }
}

impl Resource {
    /// Reads one resource that was asked for by its id.
    pub fn parse(bytes: &[u8], limits: Limits) -> Result<Self, BundleError> {
        let raw: Box<RawValue> = whole::<&RawValue>(bytes, limits)?.to_owned();
        Self::of(raw).ok_or(BundleError::OtherResource)
    }

    pub(crate) fn of(raw: Box<RawValue>) -> Option<Self> {
        let probe: Probe = serde_json::from_str(raw.get()).ok()?;
        let known = |c: char| c.is_ascii_alphanumeric();
        let kind_ok =
            (1..=40).contains(&probe.resource_type.len()) && probe.resource_type.chars().all(known);
        let id_ok = probe.id.len() <= 64
            && probe.id.chars().all(|c| known(c) || matches!(c, '-' | '.' | '_' | '#'));
        (kind_ok && id_ok).then_some(Self { kind: probe.resource_type, id: probe.id, raw })
    }

    /// `Patient/123`: the record's name for people, and in references.
    pub fn record(&self) -> String {
        format!("{}/{}", self.kind, self.id)
    }

    /// Its JSON.
    pub fn json(&self) -> &str {
        self.raw.get()
    }

    /// Reads it as `T`, all of whose elements are lenient; only what is no object at all fails.
    pub(crate) fn read<'a, T: Deserialize<'a>>(&'a self) -> Option<T> {
        serde_json::from_str(self.raw.get()).ok()
    }

    /// The same, where what can't be read must not look as if it were not there.
    pub(crate) fn read_or_refuse<'a, T: Deserialize<'a>>(
        &'a self,
        problems: &mut Problems,
    ) -> Option<T> {
        let read = self.read();
        if read.is_none() {
            problems.refuse(&self.kind, "can't be read: does it name an element twice?");
        }
        read
    }
}

pub(crate) fn whole<'a, T: Deserialize<'a>>(
    bytes: &'a [u8],
    limits: Limits,
) -> Result<T, BundleError> {
    if bytes.len() > limits.bytes {
        return Err(BundleError::TooLarge);
    }
    if too_deep(bytes) {
        return Err(BundleError::TooDeep);
    }
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => BundleError::OtherResource,
        _ => BundleError::NotJson,
    })
}
