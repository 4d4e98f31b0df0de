//! How a folder of extracts is configured: the table `[source.files]` of a node's configuration.

use std::path::PathBuf;

use serde::Deserialize;

/// A folder into which a case system's job puts whole extracts of its register. `docs/connectors.md` explains each setting.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilesConfig {
    /// The folder.
    pub folder: PathBuf,
    /// How the names of extracts end.
    #[serde(default = "ending")]
    pub ending: String,
    /// Seconds for which a file must lie unchanged before it is read.
    #[serde(default = "settle_seconds")]
    pub settle_seconds: u32,
}

fn ending() -> String {
    ".csv".to_owned()
}
const fn settle_seconds() -> u32 {
    10
}
