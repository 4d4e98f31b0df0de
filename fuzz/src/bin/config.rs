//! A node's configuration.
//!
//! The program's own module (the program is no library), with the connectors' settings in place of the connectors and the store.
#![no_main]
#![allow(dead_code, reason = "the program uses all of it")]

extern crate self as kinfold_connect;
extern crate self as kinfold_store_postgres;

#[path = "../../../crates/kinfold/src/config.rs"]
mod config;
#[path = "../../../crates/connect/src/fhir/config.rs"]
mod fhir_config;
#[path = "../../../crates/connect/src/files/config.rs"]
mod files_config;
#[path = "../../../crates/connect/src/mllp/config.rs"]
mod mllp_config;
#[path = "../../../crates/connect/src/radius/network.rs"]
mod network;
#[path = "../../../crates/connect/src/notify/config.rs"]
mod notify_config;
#[path = "../../../crates/connect/src/oidc/config.rs"]
mod oidc_config;
#[path = "../../../crates/connect/src/problems.rs"]
mod problems;
#[path = "../../../crates/connect/src/radius/config.rs"]
mod radius_config;
#[path = "../../../crates/store-postgres/src/config.rs"]
mod server_config;
#[path = "../../../crates/connect/src/sql/config.rs"]
mod sql_config;

pub mod fhir {
    pub use crate::fhir_config::{FhirAuth, FhirConfig};
}
pub mod files {
    pub use crate::files_config::FilesConfig;
}
pub mod mllp {
    pub use crate::mllp_config::MllpConfig;
}
pub mod notify {
    pub use crate::notify_config::{EmailConfig, WebhookConfig};
}
pub mod oidc {
    pub use crate::oidc_config::OidcConfig;
}
pub mod radius {
    pub use crate::radius_config::RadiusConfig;
}
pub use server_config::{Server, ServerTls};
pub mod sql {
    pub use crate::sql_config::{SqlConfig, SqlDatabase};
}

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use problems::Unusable;

fuzz_target!(|text: &str| match config::Config::parse(text, Path::new("/node")) {
    Ok(config) => {
        assert!(config.folder.is_absolute());
        assert!(config.web.tls.is_some() || config.web.listen.ip().is_loopback());
        assert!((1..=4096).contains(&config.ledger.segment_mib));
        assert!(config.clock.time_servers.iter().all(|server| server.0.contains(':')));
        let kinds = |source: &config::SourceConfig| {
            [source.fhir.is_some(), source.sql.is_some(), source.files.is_some()]
        };
        let one = |source| kinds(source).into_iter().filter(|is_there| *is_there).count() == 1;
        assert!(config.sources.iter().all(one));
        let known = |client: &radius_config::RadiusClientConfig| {
            client.secret_file.is_some() || client.certificate_name.is_some()
        };
        assert!(config.scim.is_none_or(|scim| !scim.roles.is_empty()));
        let sure = |oidc: oidc_config::OidcConfig| {
            !(oidc.acr.is_empty() && oidc.amr.is_empty() && oidc.claims.is_empty())
        };
        assert!(config.oidc.is_none_or(sure));
        assert!(config.radius.is_none_or(|radius| radius.clients.iter().all(known)));
    }
    Err(refused) => assert!(!refused.to_string().is_empty(), "a refusal gives its reason"),
});
