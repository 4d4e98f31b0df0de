//! What a simulation puts around a node: a medium that ends with the process, and what makes a start cheap.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use kinfold_agreement::InForce;
use kinfold_ledger::{
    BodyKey, Ledger, LedgerKeys, Media, Options,
    testing::{MemoryMedia, counting_entropy},
};

use super::{Gate, Ground, terms::ledger_key};
use crate::ports::Entropy;

type Wrap = Arc<dyn Fn(MemoryMedia) -> Arc<dyn Media> + Send + Sync>;

/// What stands around a node; by default nothing. Clones share the count of salts.
#[derive(Clone, Default)]
pub struct Around {
    /// What the ledger writes to, around its folder.
    pub medium: Option<Wrap>,
    /// The ledger's sizes and paces.
    pub ledger: Option<Options>,
    /// How many entries the ledger was handed, ever: it draws a salt for each, at once.
    pub salts: Arc<AtomicU64>,
    /// The agreement, taken over before: verifying one anew at each start is slow without optimisation.
    pub agreement: Option<Arc<InForce>>,
}

impl Ground {
    /// What every call of this node's stores passes from now on.
    pub fn set_gate(&self, gate: Option<&Arc<dyn Gate>>) {
        let stores = [
            &self.agreements.fault,
            &self.people.fault,
            &self.registers.fault,
            &self.amendments.fault,
            &self.staff.fault,
            &self.trail.fault,
            &self.work.fault,
        ];
        for store in stores {
            store.set_gate(gate.cloned());
        }
    }
}

/// The keys of that agency's ledger.
pub fn ledger_keys(agency: &str) -> LedgerKeys {
    let body = BodyKey::new([9; 32]);
    LedgerKeys { signing: ledger_key(agency), earlier: Vec::new(), body }
}

pub(super) fn open_ledger(ground: &Ground) -> Ledger {
    let keys = ledger_keys(ground.agency.id.as_str());
    let Around { ledger, medium, salts, .. } = &*ground.around;
    let options =
        ledger.clone().unwrap_or_else(|| Options { segment_bytes: 1 << 20, ..Options::default() });
    let entropy: Arc<dyn Entropy> = ground.entropy.clone();
    // A salt is used once, so each opening begins elsewhere.
    let first = u64::from_be_bytes(entropy.bytes32()[..8].try_into().expect("eight bytes"));
    let media: Arc<dyn Media> = match medium {
        Some(wrap) => wrap(ground.media.clone()),
        None => Arc::new(ground.media.clone()),
    };
    let (counting, salts) = (counting_entropy(first), Arc::clone(salts));
    let counted = Arc::new(move || {
        salts.fetch_add(1, Ordering::SeqCst);
        counting()
    });
    Ledger::open_on(media, keys, &options, counted).expect("the ledger")
}
