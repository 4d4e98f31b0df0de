//! One agency's node: everything that its configuration names, opened and joined.

mod behind;
mod beside;
mod clients;
mod clock;
mod council;
mod department;
mod desks;
mod emergency;
mod hsm;
mod joining;
pub(crate) mod keys;
mod module;
mod opening;
mod outside;
mod parts;
mod passkeys;
mod personnel;
mod radius;
mod seeds_key;
mod sources;
mod tasks;
mod telling;

pub(crate) use clients::fhir_services;
pub(crate) use clock::ClockWatch;
pub(crate) use department::listen as listen_to_hospitals;
pub(crate) use desks::Desks;
pub(crate) use keys::Lies;
pub(crate) use opening::move_store;
pub(crate) use parts::Node;
pub(crate) use personnel::scim_services;
pub(crate) use radius::listen as listen_to_vpn;
pub(crate) use seeds_key::{Replacing, SeedsKey};
pub(crate) use sources::{Standing, check_sources, refuse_unusable};
pub(crate) use tasks::{Tasks, watch_ledger};
pub(crate) use telling::check_named;
