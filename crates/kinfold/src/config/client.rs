//! Clinical systems that may ask over FHIR or CDS Hooks.

use std::path::PathBuf;

use kinfold_domain::{Role, UserName};
use serde::Deserialize;
use url::Url;

/// A registered clinical system.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClientConfig {
    /// Its client identifier, and its name in both agencies' ledgers.
    pub(crate) name: UserName,
    /// What it is, in words for ledgers and pages.
    pub(crate) reads: String,
    /// The role in which it asks, as the agreement names it.
    #[serde(default = "default_role")]
    pub(crate) role: Role,
    /// Its public keys, a JSON Web Key Set.
    pub(crate) jwks_file: PathBuf,
    /// The issuer that it names in CDS Hooks tokens, if it calls hooks.
    pub(crate) issuer: Option<String>,
}

#[expect(clippy::expect_used, reason = "a constant label")]
fn default_role() -> Role {
    "clinical-system".parse().expect("a label")
}

/// The address under which others reach this node: a scheme and a host, perhaps a port.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct PublicUrl(pub(crate) Url);

impl TryFrom<String> for PublicUrl {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let url = Url::parse(&text).ok().filter(|url| {
            let bare = url.username().is_empty() && url.password().is_none() && url.path() == "/";
            let plain = bare && url.query().is_none() && url.fragment().is_none();
            matches!(url.scheme(), "https" | "http") && url.has_host() && plain
        });
        url.map(Self)
            .ok_or("public_url is a scheme and a host, such as https://kinfold.our-agency.example/")
    }
}

#[cfg(test)]
mod tests {
    use super::PublicUrl;

    #[test]
    fn an_address_is_a_scheme_and_a_host() {
        for good in ["https://kinfold.example", "https://kinfold.example:8443/", "http://[::1]:80"]
        {
            assert!(PublicUrl::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in [
            "kinfold.example",
            "ftp://kinfold.example",
            "https://kinfold.example/kinfold",
            "https://kinfold.example/?a=b",
            "https://user@kinfold.example/",
            "https://",
        ] {
            assert!(PublicUrl::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
