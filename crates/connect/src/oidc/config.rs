//! What the configuration says of an identity provider. `docs/identity-provider.md` explains each setting.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use kinfold_oidc::Algorithm;
use serde::Deserialize;

use crate::Unusable;

/// The provider that employees may sign in at.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcConfig {
    /// What employees call it: it stands on the button.
    pub name: String,
    /// Its address, to the last character as its description writes it.
    pub issuer: String,
    /// What it calls this node.
    pub client_id: String,
    /// How this node proves itself there.
    pub auth: OidcAuth,
    /// Scopes beside `openid`.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Assurances that are enough (`acr`), the best first: they are asked for, and one must come back.
    #[serde(default)]
    pub acr: Vec<String>,
    /// Methods (`amr`) of which one must have been used.
    #[serde(default)]
    pub amr: Vec<String>,
    /// Further claims of the ID token, each with the values of which it must have one.
    #[serde(default)]
    pub claims: BTreeMap<String, Vec<String>>,
    /// Seconds since when at most somebody has proved themselves there.
    #[serde(default = "defaults::max_age_s")]
    pub max_age_s: u32,
    /// Whether they prove themselves each time, whoever's session the browser has there.
    #[serde(default = "defaults::each_time")]
    pub each_time: bool,
    /// Authorities to trust in place of the system's.
    pub ca_file: Option<PathBuf>,
}

/// How this node proves itself to the provider (`OpenID` Connect Core 1.0, section 9).
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum OidcAuth {
    /// A secret, in the header.
    ClientSecretBasic {
        /// The file that holds it.
        secret_file: PathBuf,
    },
    /// A secret, in the request's body.
    ClientSecretPost {
        /// The file that holds it.
        secret_file: PathBuf,
    },
    /// A signature by a private key of this node's.
    PrivateKeyJwt {
        /// PKCS #8 in PEM.
        key_file: PathBuf,
        /// What the provider knows the key by.
        key_id: String,
        /// How it signs.
        algorithm: Algorithm,
    },
}

impl OidcConfig {
    /// Takes relative paths from `base`.
    pub fn resolve(&mut self, base: &Path) {
        let file = match &mut self.auth {
            OidcAuth::ClientSecretBasic { secret_file }
            | OidcAuth::ClientSecretPost { secret_file } => secret_file,
            OidcAuth::PrivateKeyJwt { key_file, .. } => key_file,
        };
        for file in std::iter::once(file).chain(&mut self.ca_file) {
            *file = base.join(&*file);
        }
    }

    /// Settings that make no sense, all at once.
    pub fn check(&self) -> Result<(), Unusable> {
        let known = |values: &[String]| values.iter().all(|value| is_word(value));
        let problems: Vec<String> = [
            (
                (1..=40).contains(&self.name.chars().count()),
                "name has 1 to 40 characters: it stands on the button",
            ),
            (!self.client_id.is_empty(), "client_id must be given"),
            ((1..=3600).contains(&self.max_age_s), "max_age_s must be 1 to 3600"),
            (
                !(self.acr.is_empty() && self.amr.is_empty() && self.claims.is_empty()),
                "acr, amr or claims must say how surely the provider has to make sure of somebody: with none of them a password alone \
                 might open children's records",
            ),
            (
                known(&self.acr) && known(&self.amr) && known(&self.scopes),
                "acr, amr and scopes are lists of words without spaces",
            ),
            (
                self.claims.values().all(|values| !values.is_empty()),
                "each of claims needs the values of which it must have one",
            ),
        ]
        .into_iter()
        .filter(|(fine, _)| !fine)
        .map(|(_, problem)| problem.to_owned())
        .collect();
        if problems.is_empty() { Ok(()) } else { Err(Unusable::many(problems)) }
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

mod defaults {
    pub(super) const fn max_age_s() -> u32 {
        300
    }
    pub(super) const fn each_time() -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(more: &str) -> Result<OidcConfig, String> {
        let text = format!(
            "name = \"Care Identity\"\nissuer = \"https://idp.example\"\nclient_id = \"kinfold\"\n\
             auth = {{ kind = \"client_secret_basic\", secret_file = \"oidc.secret\" }}\n{more}"
        );
        let config: OidcConfig = toml::from_str(&text).map_err(|error| error.to_string())?;
        config.check().map_err(|error| error.to_string())?;
        Ok(config)
    }

    #[test]
    fn a_provider_that_need_not_say_how_sure_it_is_is_refused() {
        assert!(read("").unwrap_err().contains("a password alone"));
        for enough in ["acr = [\"AAL3_ANY\"]", "amr = [\"mfa\"]", "claims = { acrs = [\"c1\"] }"] {
            let config = read(enough).unwrap();
            assert_eq!((config.max_age_s, config.each_time), (300, true), "{enough}");
        }
    }

    #[test]
    fn settings_that_make_no_sense_are_told_with_what_to_do() {
        for (more, told) in [
            ("acr = [\"AAL3_ANY AAL1\"]", "without spaces"),
            ("acr = [\"\"]", "without spaces"),
            ("claims = { acrs = [] }", "needs the values"),
            ("acr = [\"AAL3_ANY\"]\nmax_age_s = 0", "1 to 3600"),
            ("acr = [\"AAL3_ANY\"]\nacr_values = [\"AAL3_ANY\"]", "unknown field"),
        ] {
            let refused = read(more).unwrap_err();
            assert!(refused.contains(told), "{more}: {refused}");
        }
    }

    #[test]
    fn paths_are_taken_from_the_configurations_folder() {
        let mut config = read("acr = [\"AAL3_ANY\"]\nca_file = \"idp-ca.pem\"").unwrap();
        config.resolve(Path::new("/node"));
        assert_eq!(config.ca_file.as_deref(), Some(Path::new("/node/idp-ca.pem")));
        let OidcAuth::ClientSecretBasic { secret_file } = &config.auth else { panic!("another") };
        assert_eq!(secret_file, Path::new("/node/oidc.secret"));
    }
}
