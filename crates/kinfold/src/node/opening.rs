//! What a node opens from its folder and its configuration: each fails with what to do.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, ensure};
use kinfold_ledger::{BodyKey, Ledger, LedgerKeys, Options};
use kinfold_service::ports::{Clock, Entropy};
use kinfold_store::{Movable, NodeStore};
use kinfold_store_postgres::{Server, Store as PostgresStore};
use kinfold_store_sqlite::Store as SqliteStore;
use kinfold_tls::{Credential, NodeCertificate, Validity};
use tokio::sync::mpsc;

use super::keys::KeyFolder;
use crate::{ambient::SystemEntropy, config::Config};

/// The store's file in the node's folder, and what it is called once it was moved to a server.
const STORE: &str = "store.sqlite";
const MOVED: &str = "store.sqlite.moved";

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
    let path = config.folder.join(STORE);
    if let Some(server) = &config.store.postgres {
        // Its accounts and tokens would be left behind in silence.
        ensure!(
            !path.exists(),
            "[store.postgres] is configured, and this node's store still lies in {}: move it with `kinfold store move`",
            path.display()
        );
        return Ok(Arc::new(open_server(server, keys, entropy).await?));
    }
    ensure!(
        path.exists() || !config.folder.join(MOVED).exists(),
        "this node's store was moved to a server, and [store.postgres] is not configured: configure it again",
    );
    Ok(Arc::new(open_file(&path, keys, entropy).await?))
}

async fn open_server(
    server: &Server,
    keys: &KeyFolder,
    entropy: &Arc<dyn Entropy>,
) -> anyhow::Result<PostgresStore> {
    let opened = async {
        PostgresStore::alone(server).await?;
        anyhow::Ok(PostgresStore::open(server, &keys.store()?, Arc::clone(entropy)).await?)
    };
    opened.await.with_context(|| {
        format!("the store {} on {} can't be opened", server.database, server.host)
    })
}

async fn open_file(
    path: &Path,
    keys: &KeyFolder,
    entropy: &Arc<dyn Entropy>,
) -> anyhow::Result<SqliteStore> {
    let store = SqliteStore::open(path, &keys.store()?, Arc::clone(entropy)).await;
    store.with_context(|| format!("the store {} can't be opened", path.display()))
}

/// Copies the store of a node that is stopped from its file to the server that its configuration names, all or nothing; the file is
/// put aside. How many rows there were.
pub(crate) async fn move_store(config: &Config) -> anyhow::Result<u64> {
    let server = config.store.postgres.as_ref().context(
        "[store.postgres] is not configured: say there which server the store is to be moved to",
    )?;
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let keys = KeyFolder::of_node(config);
    // Held meanwhile: no node serves from this folder.
    let _ledger = open_ledger(config, &keys, &entropy)?;
    let path = config.folder.join(STORE);
    ensure!(path.exists(), "there is no {}: nothing to move", path.display());
    let file = open_file(&path, &keys, &entropy).await?;
    let there = open_server(server, &keys, &entropy).await?;
    let (to, from) = mpsc::channel(256);
    let (handed, taken) = tokio::join!(file.hand_over(to), there.take_in(from));
    // Who takes in says best what was wrong: the other only finds that nobody listens.
    let taken = taken?;
    handed?;
    there.close().await;
    file.close().await;
    std::fs::rename(&path, config.folder.join(MOVED)).with_context(|| {
        format!("the store was copied, but {} can't be put aside", path.display())
    })?;
    Ok(taken)
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
