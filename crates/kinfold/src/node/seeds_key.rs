//! The key `seeds` is replaced while the node serves. The order is what survives a crash: the ledger's entry; the new key in its file
//! with the old one beside it; sealing under the new one; everything that is older sealed anew; the database's file written anew; the
//! ledger's entry; the old key destroyed.

use std::sync::Arc;

use anyhow::{Context, ensure};
use kinfold_service::{Journal, ports::Clock, records::Entry};
use kinfold_store::{KeyName, NodeStore, Round, StoreKey, key_id};
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, Notify};

use super::{
    keys::{KeyFolder, Lies},
    parts::Ground,
};

/// Batches between two answers about how far it is.
const BATCHES: usize = 10;

/// Replaces the key `seeds`.
pub(crate) struct SeedsKey {
    folder: KeyFolder,
    store: Arc<dyn NodeStore>,
    journal: Journal,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    begun: Notify,
}

/// How far a replacement is, and what its keys are called.
#[derive(Default)]
struct State {
    round: Round,
    again: bool,
    ids: Option<Ids>,
}

/// The identities of the newest key and of the one before it.
#[derive(Clone)]
struct Ids {
    now: String,
    before: String,
}

/// How a replacement stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "stands", rename_all = "kebab-case")]
pub(crate) enum Replacing {
    /// Nothing is being replaced.
    Not,
    /// Values are gone through, of so many; `again`: everything was sealed anew, and is looked through once more.
    GoesOn { now: String, before: String, seen: u64, of: u64, again: bool },
    /// Values open under neither key, so the old key is kept. The first of them, by table and identity.
    Unopened { count: u64, named: Vec<String> },
    /// Everything is sealed under the new key, and the old one is destroyed.
    Ended { now: String, before: String, sealed: u64 },
}

impl SeedsKey {
    pub(super) fn new(folder: KeyFolder, ground: &Ground) -> Self {
        Self {
            folder,
            store: Arc::clone(&ground.store),
            journal: ground.journal.clone(),
            clock: Arc::clone(&ground.clock),
            state: Mutex::default(),
            begun: Notify::new(),
        }
    }

    /// Takes a new key into use at once; what is older is sealed anew by [`go_on`](Self::go_on). Of a replacement that has not ended
    /// nothing is begun again. The new key lies where `to` says, or where the one before lay.
    pub(crate) async fn replace(&self, to: Option<Lies>) -> anyhow::Result<Replacing> {
        let mut state = self.state.lock().await;
        let lies = self.folder.seeds_lie()?;
        if !self.store.is_replacing_seeds_key().await {
            // Files that are ahead of this process: it failed between the two the last time.
            if self.folder.seeds_before()?.is_none() {
                let new = KeyFolder::new_seeds()?;
                let to = to.unwrap_or(lies);
                self.record("replaced", &ids(&new, &self.folder.store_key("seeds")?), to).await?;
                self.folder.replace_seeds(&new, to)?;
            }
            self.store.replace_seeds_key(&self.folder.store_key("seeds")?).await;
        }
        ensure!(
            to.is_none_or(|to| self.folder.seeds_lie().is_ok_and(|lies| lies == to)),
            "the key is being replaced where it lies: when that has ended, move it"
        );
        *state = State::default();
        self.begun.notify_one();
        self.stands(&mut state).await
    }

    /// Goes on by some batches; ends the replacement once a whole round found nothing that only the old key opens.
    pub(crate) async fn go_on(&self, leave_unopened: bool) -> anyhow::Result<Replacing> {
        let mut state = self.state.lock().await;
        if !self.store.is_replacing_seeds_key().await {
            return Ok(Replacing::Not);
        }
        for _ in 0..BATCHES {
            if state.round.is_over() {
                break;
            }
            self.store.seal_anew(&mut state.round).await?;
        }
        if !state.round.is_over() {
            return self.stands(&mut state).await;
        }
        if state.round.anew > 0 {
            // The round that ends it finds that everything opens under the new key alone.
            (state.round, state.again) = (Round::default(), true);
            return self.stands(&mut state).await;
        }
        let Round { seen, unopened, named, .. } = state.round.clone();
        if unopened > 0 && !leave_unopened {
            return Ok(Replacing::Unopened { count: unopened, named });
        }
        let ids = self.ids(&mut state)?;
        self.end(ids, seen - unopened).await
    }

    /// Until a replacement is begun.
    pub(crate) async fn begun(&self) {
        self.begun.notified().await;
    }

    async fn end(&self, ids: Ids, sealed: u64) -> anyhow::Result<Replacing> {
        self.store.write_files_anew().await?;
        self.record("old-destroyed", &ids, self.folder.seeds_lie()?).await?;
        self.folder.destroy_old_seeds()?;
        self.store.forget_seeds_key().await;
        let Ids { now, before } = ids;
        tracing::info!(
            now,
            before,
            sealed,
            "the key seeds was replaced, and the old one destroyed"
        );
        Ok(Replacing::Ended { now, before, sealed })
    }

    async fn stands(&self, state: &mut State) -> anyhow::Result<Replacing> {
        let Ids { now, before } = self.ids(state)?;
        let of = self.store.under_seeds_key().await?;
        Ok(Replacing::GoesOn { now, before, seen: state.round.seen, of, again: state.again })
    }

    fn ids(&self, state: &mut State) -> anyhow::Result<Ids> {
        if let Some(ids) = &state.ids {
            return Ok(ids.clone());
        }
        let before = self.folder.seeds_before()?;
        let before = before.context("the old key's file has vanished: put it back")?;
        let ids = ids(&self.folder.store_key("seeds")?, &before);
        Ok(state.ids.insert(ids).clone())
    }

    async fn record(&self, what: &str, ids: &Ids, lies: Lies) -> anyhow::Result<()> {
        let entry = Entry::Key {
            at: self.clock.now(),
            key: KeyName::Seeds.as_str().to_owned(),
            what: what.to_owned(),
            lies: lies.word().to_owned(),
            now: ids.now.clone(),
            before: ids.before.clone(),
        };
        self.journal.record(entry).await?;
        Ok(())
    }
}

fn ids(now: &StoreKey, before: &StoreKey) -> Ids {
    let id = |key| key_id(KeyName::Seeds, key);
    Ids { now: id(now), before: id(before) }
}

impl Replacing {
    /// Whether there is more to do by itself.
    pub(crate) const fn goes_on(&self) -> bool {
        matches!(self, Self::GoesOn { .. })
    }
}

#[cfg(test)]
#[path = "seeds_key_tests.rs"]
mod tests;
