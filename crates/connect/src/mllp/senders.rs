//! Which configured sender a message comes from.

use std::net::IpAddr;

use jiff::tz::TimeZone;
use kinfold_wire::hl7::{Header, Processing};

use super::config::{MllpConfig, SenderConfig};
use crate::Unusable;

/// The senders, in the configuration's order.
pub(super) struct Senders(Vec<Sender>);

/// One of them.
pub(super) struct Sender {
    pub(super) name: String,
    pub(super) zone: TimeZone,
    pub(super) processing: Vec<Processing>,
    addresses: Vec<IpAddr>,
    application: Option<String>,
    facility: Option<String>,
}

impl Senders {
    pub(super) fn new(config: &MllpConfig) -> Result<Self, Unusable> {
        let senders: Result<_, _> = config.senders.iter().map(Sender::new).collect();
        senders.map(Self)
    }

    /// Whether any of them connects from there.
    pub(super) fn knows(&self, address: IpAddr) -> bool {
        self.0.iter().any(|sender| sender.is_at(address))
    }

    /// The first one that connects from there and calls itself so, with its place.
    pub(super) fn find(&self, address: IpAddr, header: &Header) -> Option<(usize, &Sender)> {
        let says = |wanted: &Option<String>, said: &str| wanted.as_ref().is_none_or(|w| w == said);
        self.0.iter().enumerate().find(|(_, sender)| {
            sender.is_at(address)
                && says(&sender.application, header.sending_application())
                && says(&sender.facility, header.sending_facility())
        })
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|sender| sender.name.as_str())
    }
}

impl Sender {
    fn new(config: &SenderConfig) -> Result<Self, Unusable> {
        let zone = TimeZone::get(&config.time_zone).map_err(|_| {
            Unusable::one(format!(
                "sender {}: time_zone is no time zone such as Europe/London",
                config.name
            ))
        })?;
        Ok(Self {
            name: config.name.clone(),
            zone,
            processing: config.processing.clone(),
            addresses: config.addresses.iter().map(IpAddr::to_canonical).collect(),
            application: config.application.clone(),
            facility: config.facility.clone(),
        })
    }

    fn is_at(&self, address: IpAddr) -> bool {
        self.addresses.contains(&address.to_canonical())
    }
}
