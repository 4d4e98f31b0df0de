//! What may lag behind the pages: a thread of its own that yields to whoever waits for an answer.

use std::{io, thread::JoinHandle};

use tokio::{sync::oneshot, task::LocalSet};

/// How much the thread yields to the others (`nice(2)`, 0 to 19): about a tenth of a busy machine is left to it.
const YIELDING: i32 = 10;

/// Tasks on their own thread; dropping them ends them.
pub(super) struct Behind {
    thread: JoinHandle<()>,
    /// Dropped, it ends the thread.
    running: oneshot::Sender<()>,
}

impl Behind {
    /// Starts a thread whose tasks `spawn` names.
    pub(super) fn start(
        name: &str,
        spawn: impl FnOnce(&LocalSet) + Send + 'static,
    ) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (running, ended) = oneshot::channel::<()>();
        let work = move || {
            if let Err(error) = rustix::process::nice(YIELDING) {
                tracing::warn!(%error, "what may lag competes with the pages");
            }
            let tasks = LocalSet::new();
            spawn(&tasks);
            tasks.block_on(&runtime, async {
                // Either word of the end or a sender that is gone.
                let _ = ended.await;
            });
        };
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work)?;
        Ok(Self { thread, running })
    }

    /// Ends them and waits until they are gone.
    pub(super) async fn stop(self) {
        drop(self.running);
        // A thread that panicked has told where; it is gone as well.
        let _ = tokio::task::spawn_blocking(|| self.thread.join()).await;
    }
}
