//! What a node opens from its folder and its configuration: each fails with what to do.

use std::{path::PathBuf, sync::Arc};

use anyhow::Context;
use kinfold_ledger::{BodyKey, Ledger, LedgerKeys, Options};
use kinfold_service::ports::{Clock, Entropy};
use kinfold_store::NodeStore;
use kinfold_store_postgres::Store as PostgresStore;
use kinfold_store_sqlite::Store as SqliteStore;
use kinfold_tls::{Credential, NodeCertificate, Validity};

use super::keys::KeyFolder;
use crate::config::Config;

/// How long a node's certificate lasts.
const CERTIFICATE_DAYS: u16 = 90;

pub(super) fn open_ledger(
    config: &Config,
    keys: &KeyFolder,
    entropy: &Arc<dyn Entropy>,
) -> anyhow::Result<Ledger> {
    let entropy = Arc::clone(entropy);
    let ledger_keys = LedgerKeys {
        signing: keys.signing("ledger")?,
        earlier: Vec::new(),
        body: BodyKey::new(*keys.bytes("body")?),
    };
    let options = Options { segment_bytes: config.ledger.segment_mib << 20, ..Options::default() };
    let folder = config.folder.join("ledger");
    std::fs::create_dir_all(&folder)?;
    let random = Arc::new(move || entropy.bytes32());
    Ledger::open(&folder, ledger_keys, &options, random)
        .with_context(|| format!("the ledger in {} can't be opened", folder.display()))
}

pub(super) async fn open_store(
    config: &Config,
    keys: &KeyFolder,
    entropy: &Arc<dyn Entropy>,
) -> anyhow::Result<Arc<dyn NodeStore>> {
    let (keys, entropy) = (keys.store()?, Arc::clone(entropy));
    if let Some(server) = &config.store.postgres {
        let store = PostgresStore::open(server, &keys, entropy).await.with_context(|| {
            format!("the store {} on {} can't be opened", server.database, server.host)
        })?;
        return Ok(Arc::new(store));
    }
    let path = config.folder.join("store.sqlite");
    let store = SqliteStore::open(&path, &keys, entropy).await;
    Ok(Arc::new(store.with_context(|| format!("the store {} can't be opened", path.display()))?))
}

pub(super) fn local_rules(config: &Config) -> anyhow::Result<Option<String>> {
    let Some(path) = &config.local_rules else { return Ok(None) };
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the local rules {} can't be read", path.display()))?;
    Ok(Some(text))
}

/// The node's certificate: kept, and renewed at a start when it nears its end.
pub(super) fn credential(
    config: &Config,
    keys: &KeyFolder,
    clock: &dyn Clock,
) -> anyhow::Result<Credential> {
    let path: PathBuf = config.folder.join("node-certificate.pem");
    let key = keys.signing("node")?;
    let kept = std::fs::read_to_string(&path).ok();
    let kept = kept.and_then(|pem| NodeCertificate::from_pem(&pem).ok());
    let kept = kept.filter(|certificate| !certificate.needs_renewal(clock.now()));
    let certificate = if let Some(certificate) = kept {
        certificate
    } else {
        let validity = Validity::of_days(clock.now(), CERTIFICATE_DAYS)?;
        let fresh = NodeCertificate::issue(&key, validity)?;
        std::fs::write(&path, fresh.to_pem())
            .with_context(|| format!("can't write {}", path.display()))?;
        fresh
    };
    Credential::new(key, certificate).context("the node's certificate is not its key's")
}
