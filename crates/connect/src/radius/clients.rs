//! The concentrators that may ask, opened: their secrets, and how they are told apart.

use std::{net::IpAddr, path::Path};

use kinfold_radius::Secret;
use kinfold_service::sign_in::Door;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{client::verify_server_name, server::ParsedCertificate};
use zeroize::Zeroizing;

use super::{
    config::{RadiusClientConfig, RadiusConfig},
    network::Network,
};
use crate::Unusable;

/// Whoever takes a packet from the wire can try secrets against it for as long as they like (RFC 2865 section 3 asks for 16).
const SHORTEST_SECRET: usize = 16;

/// A concentrator.
pub(super) struct Client {
    pub(super) door: Door,
    pub(super) challenge: bool,
    networks: Vec<Network>,
    secret: Option<Secret>,
    certificate: Option<ServerName<'static>>,
}

/// All of them, in the configuration's order.
pub(super) struct Clients(Vec<Client>);

impl Clients {
    /// Reads the secrets; every problem is told at once.
    pub(super) async fn open(config: &RadiusConfig) -> Result<Self, Unusable> {
        let (mut clients, mut problems) = (Vec::new(), Vec::new());
        for client in &config.clients {
            match Client::open(client).await {
                Ok(client) => clients.push(client),
                Err(problem) => problems.push(format!("client {}: {problem}", client.name)),
            }
        }
        if problems.is_empty() { Ok(Self(clients)) } else { Err(Unusable::many(problems)) }
    }

    pub(super) fn get(&self, place: usize) -> Option<&Client> {
        self.0.get(place)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Client> {
        self.0.iter()
    }

    /// Who asks from an address over UDP, by the narrowest network that holds it; with the secret.
    pub(super) fn at(&self, address: IpAddr) -> Option<(usize, &Secret)> {
        let address = address.to_canonical();
        let known = self.0.iter().enumerate().flat_map(|(place, client)| {
            let networks = client.networks.iter().filter(|network| network.holds(address));
            networks.map(move |network| (network.prefix(), place))
        });
        let (_, place) = known.max_by_key(|(prefix, _)| *prefix)?;
        Some((place, self.0.get(place)?.secret.as_ref()?))
    }

    /// Who shows this certificate; it was verified before.
    pub(super) fn showing(&self, certificate: &CertificateDer<'_>) -> Option<usize> {
        let parsed = ParsedCertificate::try_from(certificate).ok()?;
        self.0.iter().position(|client| {
            let name = client.certificate.as_ref();
            name.is_some_and(|name| verify_server_name(&parsed, name).is_ok())
        })
    }
}

impl Client {
    async fn open(config: &RadiusClientConfig) -> Result<Self, String> {
        let secret = match &config.secret_file {
            Some(path) => Some(read(path).await?),
            None => None,
        };
        let certificate = config.certificate_name.as_ref().map(|name| {
            ServerName::try_from(name.clone()).map_err(|_| {
                format!("certificate_name {name} is no name that a certificate can have")
            })
        });
        let door =
            Door { speaks: "radius", name: config.name.clone(), roles: config.roles.clone() };
        Ok(Self {
            door,
            challenge: config.challenge,
            networks: config.addresses.clone(),
            secret,
            certificate: certificate.transpose()?,
        })
    }
}

async fn read(path: &Path) -> Result<Secret, String> {
    let text = tokio::fs::read_to_string(path).await;
    let text = text.map_err(|error| format!("secret_file {}: {error}", path.display()))?;
    let text = Zeroizing::new(text);
    let secret = Secret::new(text.trim_end_matches(['\r', '\n']).as_bytes());
    if secret.octets() < SHORTEST_SECRET {
        return Err(format!(
            "secret_file {} holds fewer than {SHORTEST_SECRET} characters: make a secret with “openssl rand -hex 24”",
            path.display()
        ));
    }
    Ok(secret)
}
