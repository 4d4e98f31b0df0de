//! The way to an identity provider, and what the configuration says of it (`docs/identity-provider.md`).

mod config;
mod way;

pub use config::{OidcAuth, OidcConfig};

use std::{path::Path, sync::Arc};

use jiff::SignedDuration;
use kinfold_oidc::{Client, Provider, ProviderParts, Secret, SigningKey, Terms};
use url::Url;
use zeroize::Zeroizing;

use crate::Unusable;
use way::Way;

/// The shortest secret that is taken, in characters.
const SHORTEST_SECRET: usize = 16;

/// The provider that a node's employees sign in at. `redirect`: where it sends their browsers back to. Files are read; nothing is asked of
/// the provider yet, so that one that is away keeps no node from starting.
pub fn provider(config: &OidcConfig, redirect: Url) -> Result<Provider, Unusable> {
    config.check()?;
    let parts = ProviderParts {
        name: config.name.clone(),
        issuer: config.issuer.clone(),
        client_id: config.client_id.clone(),
        client: client(&config.auth)?,
        redirect,
        scopes: config.scopes.clone(),
        terms: Terms {
            acr: config.acr.clone(),
            amr: config.amr.clone(),
            claims: config.claims.clone(),
            max_age: SignedDuration::from_secs(config.max_age_s.into()),
            each_time: config.each_time,
        },
        http: Arc::new(Way::new(config.ca_file.as_deref())?),
    };
    Provider::new(parts).map_err(|error| Unusable::one(error.to_string()))
}

fn client(auth: &OidcAuth) -> Result<Client, Unusable> {
    match auth {
        OidcAuth::ClientSecretBasic { secret_file } => Ok(Client::Basic(secret(secret_file)?)),
        OidcAuth::ClientSecretPost { secret_file } => Ok(Client::Post(secret(secret_file)?)),
        OidcAuth::PrivateKeyJwt { key_file, key_id, algorithm } => {
            let pem = Zeroizing::new(read("key_file", key_file)?);
            let key = SigningKey::from_pem(key_id, *algorithm, &pem).map_err(|error| {
                Unusable::one(format!("auth.key_file {}: {error}", key_file.display()))
            })?;
            Ok(Client::Key(key))
        }
    }
}

fn secret(path: &Path) -> Result<Secret, Unusable> {
    let problem =
        |what: &str| Unusable::one(format!("auth.secret_file {}: {what}", path.display()));
    let bytes = Zeroizing::new(read("secret_file", path)?);
    let text = std::str::from_utf8(&bytes).map_err(|_| problem("it is no text"))?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.chars().count() < SHORTEST_SECRET {
        return Err(problem("a secret has 16 characters at least"));
    }
    Ok(Secret::new(text))
}

fn read(setting: &str, path: &Path) -> Result<Vec<u8>, Unusable> {
    std::fs::read(path)
        .map_err(|error| Unusable::one(format!("auth.{setting} {}: {error}", path.display())))
}
