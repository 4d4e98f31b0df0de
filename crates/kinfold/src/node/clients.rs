//! Clinical systems that the configuration registers.

use std::sync::Arc;

use anyhow::Context;
use kinfold_http::fhir::{Client, Clients, FhirServices, KeySet};
use kinfold_service::System;
use url::Url;

use super::Node;
use crate::config::{ClientConfig, Config};

/// What the FHIR surface needs; `None` without a registered system.
pub(crate) fn fhir_services(node: &Node) -> anyhow::Result<Option<FhirServices>> {
    let config = &node.config;
    if config.clients.is_empty() {
        return Ok(None);
    }
    let read = config.clients.iter().map(|client| open(config, client));
    let clients = Clients::new(read.collect::<anyhow::Result<Vec<_>>>()?)?;
    Ok(Some(FhirServices {
        agency: config.agency.clone(),
        agreements: Arc::clone(&node.agreements),
        check: Arc::clone(&node.check),
        identify: Arc::clone(&node.identify),
        clients,
        clock: Arc::clone(&node.clock),
        entropy: Arc::clone(&node.entropy),
        base_url: base_url(config)?,
    }))
}

fn open(config: &Config, client: &ClientConfig) -> anyhow::Result<Client> {
    let file = client.jwks_file.display();
    let json = std::fs::read(&client.jwks_file)
        .with_context(|| format!("the keys {file} of the client {} can't be read", client.name))?;
    let keys = KeySet::parse(&json)
        .with_context(|| format!("the keys {file} of the client {} can't be used", client.name))?;
    let (id, name, role) = (&config.agency.id, client.name.clone(), client.role.clone());
    let system = System::new(id, name, &client.reads, role);
    Ok(Client { system, keys, issuer: client.issuer.clone() })
}

pub(super) fn base_url(config: &Config) -> anyhow::Result<Url> {
    match &config.web.public_url {
        Some(url) => Ok(url.0.clone()),
        // Only a node that serves its own machine without TLS gets here.
        None => Ok(Url::parse(&format!("http://{}/", config.web.listen))?),
    }
}
