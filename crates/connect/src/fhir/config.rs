//! How a FHIR source is configured: the table `[source.fhir]` of a node's configuration.

use std::path::PathBuf;

use kinfold_domain::Category;
use serde::Deserialize;
use url::{Host, Url};

use crate::Unusable;

/// A FHIR R4 server and how it is read. `docs/connectors.md` explains each setting.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FhirConfig {
    /// Where it is: `https://fhir.trust.example/R4`.
    pub base_url: String,
    /// How the node shows who it is.
    #[serde(default)]
    pub auth: FhirAuth,
    /// PEM file of the certification authorities that are believed; the system's own when it is missing.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Allows `http://` to another machine.
    #[serde(default)]
    pub plain_http: bool,
    /// Seconds until a connection stands.
    #[serde(default = "defaults::connect_seconds")]
    pub connect_seconds: u64,
    /// Seconds until a page, or all facts about one person, are there.
    #[serde(default = "defaults::answer_seconds")]
    pub answer_seconds: u64,
    /// Resources asked for in one page.
    #[serde(default = "defaults::page_size")]
    pub page_size: u32,
    /// Bytes that a page may have.
    #[serde(default = "defaults::page_bytes")]
    pub page_bytes: usize,
    /// Pages that one reading of all people may have.
    #[serde(default = "defaults::max_pages")]
    pub max_pages: u32,
    /// Seconds that a reading of what has changed goes back behind the newest change it knows.
    #[serde(default = "defaults::overlap_seconds")]
    pub overlap_seconds: u32,
    /// The zone of dates and times that carry none.
    #[serde(default = "defaults::zone")]
    pub zone: String,
    /// Identifier systems whose values are NHS numbers.
    #[serde(default = "defaults::nhs_number_systems")]
    pub nhs_number_systems: Vec<String>,
    /// Codes (`system|code`, or the bare code) whose items belong to the category `sensitive`.
    #[serde(default)]
    pub sensitive_codes: Vec<String>,
    /// Relationship codes that mean parental responsibility.
    #[serde(default = "defaults::parental_codes")]
    pub parental_codes: Vec<String>,
    /// Searches for facts, instead of the usual ones.
    #[serde(default)]
    pub searches: Option<Vec<SearchConfig>>,
}

/// How the node shows the server who it is. Secrets stand in files, which are read again for each connection or request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum FhirAuth {
    /// Not at all.
    #[default]
    None,
    /// User and password (RFC 7617).
    Basic {
        /// User.
        user: String,
        /// File that holds the password.
        password_file: PathBuf,
    },
    /// A bearer token (RFC 6750).
    Bearer {
        /// File that holds the token; read for every request, so that something else may renew it.
        token_file: PathBuf,
    },
    /// A client certificate.
    Mtls {
        /// PEM file of the certificate chain.
        cert_file: PathBuf,
        /// PEM file of its key.
        key_file: PathBuf,
    },
}

/// One search for facts of one category.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchConfig {
    /// What its answers tell.
    pub category: Category,
    /// Resource type: `Encounter`.
    pub resource: String,
    /// Search parameters, in which `{patient}` stands for the patient's id: `patient=Patient/{patient}`.
    #[serde(default = "defaults::parameters")]
    pub parameters: String,
    /// More parameters, left out when the server refuses them: `_include=Encounter:location`.
    #[serde(default)]
    pub optional: String,
}

impl FhirConfig {
    /// The usual settings for a server.
    pub fn at(base_url: &str) -> Self {
        Self {
            base_url: base_url.to_owned(),
            auth: FhirAuth::None,
            ca_file: None,
            plain_http: false,
            connect_seconds: defaults::connect_seconds(),
            answer_seconds: defaults::answer_seconds(),
            page_size: defaults::page_size(),
            page_bytes: defaults::page_bytes(),
            max_pages: defaults::max_pages(),
            overlap_seconds: defaults::overlap_seconds(),
            zone: defaults::zone(),
            nhs_number_systems: defaults::nhs_number_systems(),
            sensitive_codes: Vec::new(),
            parental_codes: defaults::parental_codes(),
            searches: None,
        }
    }

    /// The base as a URL that ends in a slash.
    pub(crate) fn base(&self) -> Result<Url, Unusable> {
        let wrong = |what: &str| Unusable::one(format!("base_url {what}"));
        let mut url = Url::parse(&self.base_url).map_err(|_| wrong("is no URL"))?;
        if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
            return Err(wrong("must have no user, query or fragment; put credentials under auth"));
        }
        match url.scheme() {
            "https" => {}
            "http" if self.plain_http || is_this_machine(&url) => {}
            "http" => {
                return Err(wrong(
                    "begins with http://: records would travel in clear. Use https://, or set plain_http = true \
                     where the line itself is encrypted",
                ));
            }
            _ => return Err(wrong("must begin with https://")),
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Ok(url)
    }

    /// The searches in force: those configured, or the usual ones.
    pub(crate) fn searches(&self) -> Result<Vec<SearchConfig>, Unusable> {
        let searches = self.searches.clone().unwrap_or_else(usual_searches);
        let problems: Vec<String> = searches.iter().filter_map(SearchConfig::problem).collect();
        if problems.is_empty() { Ok(searches) } else { Err(Unusable::many(problems)) }
    }

    /// Numbers that would make no sense.
    pub(crate) fn bounds(&self) -> Result<(), Unusable> {
        let checks = [
            ("connect_seconds", (1..=60).contains(&self.connect_seconds), "1 to 60"),
            ("answer_seconds", (1..=300).contains(&self.answer_seconds), "1 to 300"),
            ("page_size", (1..=5_000).contains(&self.page_size), "1 to 5000"),
            (
                "page_bytes",
                (64 * 1024..=256 * 1024 * 1024).contains(&self.page_bytes),
                "65536 to 268435456",
            ),
            ("max_pages", self.max_pages >= 1, "at least 1"),
        ];
        let wrong = checks.into_iter().filter(|(_, fine, _)| !fine);
        let problems: Vec<String> =
            wrong.map(|(name, _, range)| format!("{name} must be {range}")).collect();
        if problems.is_empty() { Ok(()) } else { Err(Unusable::many(problems)) }
    }
}

impl SearchConfig {
    fn problem(&self) -> Option<String> {
        let can = tells(&self.resource);
        let place = format!("searches: {} for {}", self.resource, self.category);
        if !can.contains(&self.category) {
            let can: Vec<&str> = can.iter().map(|category| category.as_str()).collect();
            let can = if can.is_empty() {
                "nothing that is known here".to_owned()
            } else {
                can.join(", ")
            };
            return Some(format!("{place}: this resource can tell {can}"));
        }
        if !self.parameters.contains("{patient}") {
            return Some(format!(
                "{place}: parameters must name the patient, as in patient=Patient/{{patient}}"
            ));
        }
        None
    }
}

/// The categories that a resource type can tell about a patient.
fn tells(resource: &str) -> &'static [Category] {
    match resource {
        "Encounter" => &[Category::Attendances],
        "Condition" | "AllergyIntolerance" | "MedicationStatement" | "MedicationRequest" => {
            &[Category::HealthSummary, Category::SocialCareSummary, Category::Sensitive]
        }
        "CareTeam" => &[Category::Contact, Category::Involvement],
        "EpisodeOfCare" => &[Category::Involvement],
        "RelatedPerson" => &[Category::Household],
        _ => &[],
    }
}

/// What a server of UK Core resources is asked.
fn usual_searches() -> Vec<SearchConfig> {
    let search = |resource: &str, category, optional: &str| SearchConfig {
        category,
        resource: resource.to_owned(),
        parameters: defaults::parameters(),
        optional: optional.to_owned(),
    };
    vec![
        search("Encounter", Category::Attendances, "_include=Encounter:location"),
        search("Condition", Category::HealthSummary, ""),
        search("AllergyIntolerance", Category::HealthSummary, ""),
        search("MedicationStatement", Category::HealthSummary, ""),
        search("CareTeam", Category::Contact, "_include=CareTeam:participant"),
        search("CareTeam", Category::Involvement, "_include=CareTeam:participant"),
        search("EpisodeOfCare", Category::Involvement, ""),
        search("RelatedPerson", Category::Household, ""),
    ]
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

mod defaults {
    pub(super) const fn connect_seconds() -> u64 {
        3
    }
    pub(super) const fn answer_seconds() -> u64 {
        10
    }
    pub(super) const fn page_size() -> u32 {
        500
    }
    pub(super) const fn page_bytes() -> usize {
        16 * 1024 * 1024
    }
    pub(super) const fn max_pages() -> u32 {
        20_000
    }
    pub(super) const fn overlap_seconds() -> u32 {
        60
    }
    pub(super) fn zone() -> String {
        "Europe/London".to_owned()
    }
    pub(super) fn nhs_number_systems() -> Vec<String> {
        vec![kinfold_wire::fhir::NHS_NUMBER_SYSTEM.to_owned()]
    }
    pub(super) fn parental_codes() -> Vec<String> {
        vec!["GUARD".to_owned()]
    }
    pub(super) fn parameters() -> String {
        "patient=Patient/{patient}".to_owned()
    }
}
