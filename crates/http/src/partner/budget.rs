//! What each partner's node may take up at once: connections, and memory for messages and their answers.

use std::{collections::HashMap, sync::Arc};

use kinfold_domain::AgencyId;
use parking_lot::Mutex;
use tokio::sync::Semaphore;

const KIB: usize = 1024;
/// Messages being read or answered, for each partner.
const MEMORY_KIB: usize = 32 * KIB;
/// The least that a message counts for: so there are at most 512 at once.
const LEAST_KIB: usize = 64;

/// One partner's share.
#[derive(Debug)]
pub(super) struct Share {
    /// Connections.
    pub(super) connections: Arc<Semaphore>,
    /// KiB of messages.
    pub(super) memory: Arc<Semaphore>,
}

/// All partners' shares.
#[derive(Debug)]
pub(super) struct Budget {
    connections: usize,
    shares: Mutex<HashMap<AgencyId, Arc<Share>>>,
}

impl Budget {
    /// So many connections for each.
    pub(super) fn new(connections: usize) -> Self {
        Self { connections, shares: Mutex::default() }
    }

    pub(super) fn of(&self, peer: &AgencyId) -> Arc<Share> {
        let mut shares = self.shares.lock();
        let share = shares.entry(peer.clone()).or_insert_with(|| {
            Arc::new(Share {
                connections: Arc::new(Semaphore::new(self.connections)),
                memory: Arc::new(Semaphore::new(MEMORY_KIB)),
            })
        });
        Arc::clone(share)
    }
}

/// What a message of that many bytes counts for.
pub(super) fn weight(bytes: usize) -> u32 {
    let kib = bytes.div_ceil(KIB).clamp(LEAST_KIB, MEMORY_KIB);
    u32::try_from(kib).unwrap_or(u32::MAX)
}
