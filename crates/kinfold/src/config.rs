//! A node's configuration: one TOML file, checked whole before anything listens. Secrets stand in files of their own.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use kinfold_connect::mllp::MllpConfig;
use kinfold_connect::oidc::OidcConfig;
use kinfold_connect::radius::RadiusConfig;
use kinfold_domain::{Agency, AgencyId, Purpose, RegisterPhones, Telephone};
use kinfold_note::VerifierKey;
use kinfold_service::{attendances::AttendanceLimits, register::Register};
use serde::Deserialize;

// Named, since the fuzzer takes this file in by its path.
#[path = "config/client.rs"]
mod client;
#[path = "config/clock.rs"]
mod clock;
#[path = "config/keys.rs"]
mod keys;
#[path = "config/personnel.rs"]
mod personnel;
#[path = "config/source.rs"]
mod source;
#[path = "config/store.rs"]
mod store;
#[path = "config/telling.rs"]
mod telling;

pub(crate) use client::{ClientConfig, PublicUrl};
pub(crate) use clock::ClockConfig;
pub(crate) use keys::{KeysConfig, Pkcs11Config};
pub(crate) use personnel::ScimConfig;
pub(crate) use source::SourceConfig;
pub(crate) use store::StoreConfig;
pub(crate) use telling::{FeedsConfig, NotificationsConfig};

/// A node's configuration.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Whose node this is.
    pub(crate) agency: Agency,
    /// Where keys, store and ledger live; relative paths are taken from the file's own folder.
    pub(crate) folder: PathBuf,
    /// Pages for employees.
    pub(crate) web: WebConfig,
    /// The partners' way in.
    pub(crate) partner: PartnerConfig,
    /// This agency's own register, if it is a council.
    pub(crate) register: Option<RegisterConfig>,
    /// This agency's department, if it is a hospital.
    pub(crate) department: Option<DepartmentConfig>,
    /// How long each role has to answer for an attendance at a partner before the next is asked, in minutes.
    #[serde(default)]
    pub(crate) attendances: AttendanceLimits,
    /// The time service.
    #[serde(default)]
    pub(crate) clock: ClockConfig,
    /// Who is told when a feed stops.
    #[serde(default)]
    pub(crate) feeds: FeedsConfig,
    /// Notifications outside the page.
    #[serde(default)]
    pub(crate) notifications: NotificationsConfig,
    /// How old a register may be before it counts as not confirmed.
    #[serde(default = "default_stale")]
    pub(crate) stale_after_s: u64,
    /// How old a register's own source may be, by agency, where that is a file written once a day.
    #[serde(default)]
    pub(crate) register_age_s: BTreeMap<AgencyId, u64>,
    /// Whom to ring about a child whose whereabouts must not be shown.
    pub(crate) sealed_desk: DeskConfig,
    /// Sessions.
    #[serde(default)]
    pub(crate) sessions: SessionConfig,
    /// Keys of this agency's own approvers; without them whoever the agreement names is believed.
    pub(crate) approvers: Option<Vec<VerifierKey>>,
    /// This agency's own rules in Cedar: they may forbid, never permit.
    pub(crate) local_rules: Option<PathBuf>,
    /// Where the keys lie.
    #[serde(default)]
    pub(crate) keys: KeysConfig,
    /// Where the store lies.
    #[serde(default)]
    pub(crate) store: StoreConfig,
    /// The ledger.
    #[serde(default)]
    pub(crate) ledger: LedgerConfig,
    /// Seconds that a start waits at most for its sources' check.
    #[serde(default = "default_source_check")]
    pub(crate) source_check_s: u64,
    /// Source systems.
    #[serde(default, rename = "source")]
    pub(crate) sources: Vec<SourceConfig>,
    /// Clinical systems that may ask over FHIR or CDS Hooks. Without any nothing answers there.
    #[serde(default, rename = "client")]
    pub(crate) clients: Vec<ClientConfig>,
    /// A VPN's concentrators, which ask whether PIN and code are right. Without it nothing answers them.
    pub(crate) radius: Option<RadiusConfig>,
    /// The personnel system, which says over SCIM who joins, moves and leaves. Without it nothing answers there.
    pub(crate) scim: Option<ScimConfig>,
    /// An identity provider that employees may sign in at.
    pub(crate) oidc: Option<OidcConfig>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebConfig {
    /// Where pages are served.
    pub(crate) listen: SocketAddr,
    /// Certificate and key for HTTPS. Without them only loopback addresses are served.
    pub(crate) tls: Option<TlsFiles>,
    /// The address under which clinical systems reach the pages' listener, where that is not the one listened on.
    pub(crate) public_url: Option<PublicUrl>,
    /// Proxies in front of it, whose `X-Forwarded-For` is believed.
    #[serde(default)]
    pub(crate) trusted_proxies: Vec<IpAddr>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TlsFiles {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartnerConfig {
    /// Where partners' nodes are answered.
    pub(crate) listen: SocketAddr,
    /// How long a partner may take.
    #[serde(default = "default_partner_deadline")]
    pub(crate) deadline_ms: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegisterConfig {
    /// The source that keeps the register.
    pub(crate) source: String,
    /// How often it is read.
    #[serde(default = "default_register_poll")]
    pub(crate) poll_ms: u64,
    /// Whom to ring.
    pub(crate) phones: RegisterPhones,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DepartmentConfig {
    /// Why arrivals are checked and the board is looked at.
    #[serde(default = "default_department_purpose")]
    pub(crate) purpose: Purpose,
    /// Minutes of silence of the hospital's system after which the board says that arrivals may be missing.
    #[serde(default = "default_silent")]
    pub(crate) silent_after_min: u16,
    /// Days for which a message that was dealt with is known when it comes again.
    #[serde(default = "default_known_for")]
    pub(crate) known_for_days: u16,
    /// Where hospital systems send their messages.
    pub(crate) mllp: MllpConfig,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeskConfig {
    pub(crate) desk: String,
    pub(crate) telephone: Telephone,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionConfig {
    #[serde(default = "default_idle")]
    pub(crate) idle_minutes: u32,
    #[serde(default = "default_longest")]
    pub(crate) longest_hours: u32,
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self { idle_minutes: default_idle(), longest_hours: default_longest() }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LedgerConfig {
    /// The size of each preallocated file, in MiB.
    #[serde(default = "default_segment")]
    pub(crate) segment_mib: u64,
}

impl Default for LedgerConfig {
    fn default() -> Self {
        Self { segment_mib: default_segment() }
    }
}

#[expect(clippy::expect_used, reason = "a constant label")]
fn default_department_purpose() -> Purpose {
    "direct-care-unscheduled".parse().expect("a label")
}
const fn default_silent() -> u16 {
    60
}
const fn default_known_for() -> u16 {
    35
}
const fn default_stale() -> u64 {
    600
}
const fn default_partner_deadline() -> u64 {
    6_000
}
const fn default_register_poll() -> u64 {
    5_000
}
const fn default_idle() -> u32 {
    30
}
const fn default_longest() -> u32 {
    12
}
const fn default_segment() -> u64 {
    64
}
const fn default_source_check() -> u64 {
    3
}
impl Config {
    /// Reads and checks a configuration; relative paths become absolute.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("the configuration {} can't be read", path.display()))?;
        // Of a bare file name the folder is empty, not missing.
        let base = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let base = base.unwrap_or(Path::new("."));
        Self::parse(&text, base)
            .with_context(|| format!("the configuration {} is not right", path.display()))
    }

    /// Reads and checks a configuration's text.
    pub(crate) fn parse(text: &str, base: &Path) -> anyhow::Result<Self> {
        let mut config: Self = toml::from_str(text)?;
        let base = std::path::absolute(base)?;
        config.folder = base.join(&config.folder);
        config.local_rules = config.local_rules.map(|path| base.join(path));
        if let Some(tls) = &mut config.web.tls {
            tls.certificate = base.join(&tls.certificate);
            tls.key = base.join(&tls.key);
        }
        if let Some(tls) = config.department.as_mut().and_then(|known| known.mllp.tls.as_mut()) {
            tls.certificate = base.join(&tls.certificate);
            tls.key = base.join(&tls.key);
            tls.client_ca = tls.client_ca.take().map(|path| base.join(path));
        }
        for source in &mut config.sources {
            source.resolve(&base);
        }
        for client in &mut config.clients {
            client.jwks_file = base.join(&client.jwks_file);
        }
        config.notifications.resolve(&base);
        if let Some(radius) = &mut config.radius {
            radius.resolve(&base);
        }
        if let Some(scim) = &mut config.scim {
            scim.token_file = base.join(&scim.token_file);
        }
        if let Some(oidc) = &mut config.oidc {
            oidc.resolve(&base);
        }
        config.keys.resolve(&base);
        config.store.resolve(&base);
        config.check()?;
        Ok(config)
    }

    /// A register of this agency, with how old it may be.
    pub(crate) fn register_of(&self, owner: Agency) -> Register {
        let source_age_s = self.register_age_s.get(&owner.id).copied();
        Register::new(owner, self.stale_after_s)
            .with_source_age(source_age_s.unwrap_or(self.stale_after_s))
    }

    fn check(&self) -> anyhow::Result<()> {
        ensure!(
            self.web.tls.is_some() || self.web.listen.ip().is_loopback(),
            "[web] listens on {}, which others can reach: give [web.tls] a certificate and a key, or listen on 127.0.0.1",
            self.web.listen
        );
        ensure!(
            (1..=4096).contains(&self.ledger.segment_mib),
            "[ledger] segment_mib lies outside 1 to 4096"
        );
        ensure!((1..=60).contains(&self.source_check_s), "source_check_s lies outside 1 to 60");
        ensure!(self.sessions.idle_minutes >= 1, "[sessions] idle_minutes is at least 1");
        // The board and corrections reach back three days.
        ensure!(
            self.department.as_ref().is_none_or(|terms| (7..=3650).contains(&terms.known_for_days)),
            "[department] known_for_days lies outside 7 to 3650"
        );
        // Clients sign for an address, so it must be known.
        ensure!(
            self.clients.is_empty() || self.web.public_url.is_some() || self.web.tls.is_none(),
            "[[client]] needs [web] public_url: the address under which clinical systems reach this node"
        );
        self.scim.as_ref().map_or(Ok(()), |scim| scim.check(&self.web))?;
        self.keys.check()?;
        self.store.check()?;
        self.clock.check()?;
        self.notifications.check()?;
        if let Some(radius) = &self.radius {
            radius.check().context("[radius] is not right")?;
        }
        if let Some(oidc) = &self.oidc {
            oidc.check().context("[oidc] is not right")?;
        }
        // The provider sends browsers back there.
        ensure!(
            self.oidc.is_none()
                || self.web.public_url.is_some()
                || self.web.listen.ip().is_loopback(),
            "[oidc] needs [web] public_url: the address under which employees reach this node"
        );
        ensure!(
            !self.notifications.has_way_out()
                || self.web.public_url.is_some()
                || self.web.tls.is_none(),
            "[notifications] needs [web] public_url: the address of the pages, which notifications name"
        );
        self.check_sources()
    }

    fn check_sources(&self) -> anyhow::Result<()> {
        for source in &self.sources {
            source.check()?;
        }
        let mut names: Vec<&str> = self.sources.iter().map(|source| source.name.as_str()).collect();
        names.sort_unstable();
        let mut pairs = names.iter().zip(names.iter().skip(1));
        if let Some((twice, _)) = pairs.find(|(one, next)| one == next) {
            bail!("two sources are named {twice}");
        }
        let kept = self.register.as_ref().map(|register| register.source.as_str());
        for source in self.sources.iter().filter(|source| source.files.is_some()) {
            ensure!(
                kept == Some(source.name.as_str()),
                "the source {} is a folder of extracts of the register: [register] source must name it",
                source.name
            );
        }
        if let Some(register) = &self.register {
            ensure!(
                names.contains(&register.source.as_str()),
                "[register] names the source {}, which there is not",
                register.source
            );
        }
        Ok(())
    }
}
