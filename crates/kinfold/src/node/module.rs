//! The security module that the configuration names: asked now and then, so that an operator hears of it before a start fails.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use kinfold_service::{
    feeds::{ModuleHealth, SecurityModule},
    ports::Clock,
};
use parking_lot::Mutex;
use tokio::time::sleep;

use super::{
    Node,
    keys::{KeyFolder, Lies},
};

/// How often it is asked.
const ASK_AGAIN: Duration = Duration::from_secs(30);

/// What is known of the module.
pub(crate) struct ModuleWatch {
    folder: KeyFolder,
    clock: Arc<dyn Clock>,
    known: Mutex<ModuleHealth>,
}

impl SecurityModule for ModuleWatch {
    fn standing(&self) -> ModuleHealth {
        self.known.lock().clone()
    }
}

impl ModuleWatch {
    /// The watch over a node's module, if its configuration names one; the page Feeds shows it.
    pub(super) fn over(node: &Node) -> Option<Arc<Self>> {
        let terms = node.config.keys.pkcs11.as_ref()?;
        let watch = Arc::new(Self {
            folder: KeyFolder::of_node(&node.config),
            clock: Arc::clone(&node.clock),
            known: Mutex::new(ModuleHealth {
                token: terms.token.clone(),
                in_use: false,
                answered: None,
                away: None,
            }),
        });
        // Set once: a node is opened once.
        let _ = node.feeds.module.set(Arc::clone(&watch) as _);
        Some(watch)
    }

    /// Asks it again and again.
    pub(super) async fn watch(self: Arc<Self>) {
        loop {
            let folder = self.folder.clone();
            // A module may take its time, and its library blocks.
            let asked = tokio::task::spawn_blocking(move || {
                let in_use = folder.seeds_lie()? == Lies::Pkcs11;
                folder.ask_module()?;
                anyhow::Ok(in_use)
            });
            match asked.await {
                Ok(answer) => self.heard(answer, self.clock.now()),
                Err(error) => tracing::error!(%error, "the security module could not be asked"),
            }
            sleep(ASK_AGAIN).await;
        }
    }

    fn heard(&self, answer: anyhow::Result<bool>, now: Timestamp) {
        let mut known = self.known.lock();
        match answer {
            Ok(in_use) => {
                if known.away.take().is_some() {
                    tracing::info!("the security module answers again");
                }
                if known.answered.is_none() && !in_use {
                    tracing::warn!(
                        "[keys] pkcs11 names a security module, and the key seeds still lies in a file: \
                         run `kinfold key move seeds --to pkcs11`"
                    );
                }
                (known.in_use, known.answered) = (in_use, Some(now));
            }
            Err(error) => {
                if known.away.is_none() {
                    tracing::error!(
                        error = format!("{error:#}"),
                        "the security module does not answer: the node goes on with the key in memory, \
                         and can't start again without the module"
                    );
                }
                known.away.get_or_insert(now);
            }
        }
    }
}
