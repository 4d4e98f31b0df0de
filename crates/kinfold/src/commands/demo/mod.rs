//! `kinfold demo`: a council and a trust on one machine, with a synthetic district between them.

mod arrivals;
mod build;
mod configs;
mod run;
mod screen;

pub(crate) use build::employ;
pub(crate) use run::{Processes, wait_until_ready};

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use kinfold_sample::{District, SampleAgency, Size, agencies, neighbour};

use super::block_on;

/// Sets up and runs two nodes on this machine with a synthetic district.
#[derive(Args)]
pub(crate) struct Demo {
    /// Where everything is kept between runs.
    #[arg(long, default_value = "demo-data")]
    folder: PathBuf,
    /// Throws away what earlier runs left, and starts afresh.
    #[arg(long)]
    reset: bool,
    /// People per agency.
    #[arg(long, default_value_t = Size::DEMONSTRATION.people_per_agency)]
    people: usize,
    /// The district's seed: the same seed makes the same people.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// The first of eight ports.
    #[arg(long, default_value_t = 7400)]
    port: u16,
    /// After so many seconds without its register's owner a replica counts as not confirmed.
    #[arg(long, default_value_t = 60)]
    stale_after_s: u64,
    /// A second council beside the first, to which children can be handed over.
    #[arg(long)]
    neighbour: bool,
    /// Prepares everything and ends.
    #[arg(long)]
    build_only: bool,
}

/// Where everything of a demonstration lies.
#[derive(Clone)]
pub(crate) struct Places {
    root: PathBuf,
    port: u16,
    neighbour: bool,
}

impl Places {
    fn agency(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub(crate) fn config(&self, name: &str) -> PathBuf {
        self.agency(name).join("kinfold.toml")
    }

    pub(crate) fn case_system(&self) -> PathBuf {
        self.case_system_of("council")
    }

    fn case_system_of(&self, council: &str) -> PathBuf {
        self.agency(council).join("case-system.sqlite")
    }

    /// The agencies by the names of their folders.
    fn agencies(&self) -> Vec<(&'static str, SampleAgency)> {
        let neighbour = self.neighbour.then(|| ("neighbour", neighbour()));
        ["council", "trust"].into_iter().zip(agencies()).chain(neighbour).collect()
    }

    fn hospital(&self) -> PathBuf {
        self.agency("trust").join("hospital.sqlite")
    }

    fn hospital_token(&self) -> PathBuf {
        self.agency("trust").join("hospital.token")
    }

    fn agreement(&self) -> PathBuf {
        self.root.join("agreement.kinfold")
    }

    fn approver(&self, name: &str) -> PathBuf {
        self.root.join("approvers").join(format!("{name}.key"))
    }

    fn token(&self, user_name: &str) -> PathBuf {
        self.root.join("tokens").join(format!("{user_name}.otpauth"))
    }

    fn ready(&self) -> PathBuf {
        self.root.join("ready")
    }

    pub(crate) fn web(&self, name: &str) -> u16 {
        self.port
            + match name {
                "council" => 1,
                "neighbour" => 7,
                _ => 2,
            }
    }

    fn partner(&self, name: &str) -> u16 {
        self.port
            + match name {
                "council" => 3,
                "neighbour" => 0,
                _ => 4,
            }
    }

    fn fhir(&self) -> u16 {
        self.port + 5
    }

    pub(crate) fn mllp(&self) -> u16 {
        self.port + 6
    }
}

impl Demo {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let (places, district) = self.prepare()?;
        if self.build_only {
            return Ok(());
        }
        block_on(run::run(&places, &district))
    }

    /// Makes whatever is not there yet.
    pub(crate) fn prepare(&self) -> anyhow::Result<(Places, District)> {
        if self.port > u16::MAX - 8 {
            bail!("--port must leave room for eight ports");
        }
        let root = std::path::absolute(&self.folder)?;
        if self.reset {
            reset(&root)?;
        }
        let places = Places { neighbour: self.neighbour, root, port: self.port };
        if places.ready().exists() && places.neighbour != places.agency("neighbour").exists() {
            bail!(
                "{} was built with other councils: start with --reset, or with the same --neighbour",
                places.root.display()
            );
        }
        let district = build::prepare(&places, self)?;
        Ok((places, district))
    }

    /// A demonstration to measure with, in a folder of its own.
    pub(crate) fn for_bench(folder: &Path, people: usize, port: u16) -> Self {
        let folder = folder.to_owned();
        Self {
            folder,
            reset: false,
            people,
            seed: 7,
            port,
            stale_after_s: 60,
            neighbour: false,
            build_only: true,
        }
    }
}

/// Only a folder that a demonstration made is thrown away.
fn reset(root: &Path) -> anyhow::Result<()> {
    if !root.exists() {
        return Ok(());
    }
    if !root.join("council").exists() && !root.join("ready").exists() {
        bail!("{} was not made by a demonstration: it is left alone", root.display());
    }
    std::fs::remove_dir_all(root).with_context(|| format!("can't remove {}", root.display()))
}
