//! The demonstration's source systems, as processes of their own.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Subcommand};
use kinfold_sample::{Access, FhirServer, Hospital, serve};

use super::block_on;
use crate::commands::serve::stopped;

/// A sample source system.
#[derive(Subcommand)]
pub(crate) enum Sample {
    /// The trust's FHIR server.
    Hospital(HospitalServer),
}

/// Serves a hospital's records as FHIR R4.
#[derive(Args)]
pub(crate) struct HospitalServer {
    /// The records.
    #[arg(long)]
    records: PathBuf,
    /// Where to serve them.
    #[arg(long)]
    listen: SocketAddr,
    /// A file with the bearer token that readers must show.
    #[arg(long)]
    token_file: PathBuf,
    /// Ends when standard input does.
    #[arg(long)]
    with_parent: bool,
}

impl Sample {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Self::Hospital(server) = self;
        block_on(server.serve())
    }
}

impl HospitalServer {
    async fn serve(self) -> anyhow::Result<()> {
        let hospital = Hospital::open(&self.records).await?;
        let token = std::fs::read_to_string(&self.token_file)?;
        let server = FhirServer {
            hospital,
            access: Access::bearer(token.trim()),
            base_url: format!("http://{}/fhir", self.listen),
        };
        let listener = tokio::net::TcpListener::bind(self.listen).await?;
        Ok(serve(listener, server, stopped(self.with_parent)).await?)
    }
}
