//! Emergency codes, over the node's own store.

use std::sync::Arc;

use kinfold_service::{
    emergency::{Emergency, EmergencyParts},
    ports::{SheetStore, StaffStore},
    sign_in::SignIn,
};
use kinfold_store::NodeStore;

use super::parts::Ground;

pub(super) fn emergency(ground: &Ground, sign_in: &Arc<SignIn>) -> Emergency {
    Emergency::new(EmergencyParts {
        sheets: Arc::<dyn NodeStore>::clone(&ground.store) as Arc<dyn SheetStore>,
        staff: Arc::<dyn NodeStore>::clone(&ground.store) as Arc<dyn StaffStore>,
        sign_in: Arc::clone(sign_in),
        journal: ground.journal.clone(),
        clock: Arc::clone(&ground.clock),
        entropy: Arc::clone(&ground.entropy),
    })
}
