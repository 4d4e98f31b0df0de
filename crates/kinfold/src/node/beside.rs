//! What stands beside an answer: this node's own records of it, and the way to the partners'.

use std::sync::Arc;

use kinfold_service::{
    audit::{Ledgers, TrailKey},
    feeds::People,
    history::{Histories, History, HistoryParts},
    ports::{AttendanceStore, DepartmentStore, TrailStore},
    register::Registers,
};

use super::parts::Ground;
use crate::config::Config;

/// The ledger with its search tables.
pub(super) fn ledgers(ground: &Ground, key: &Arc<TrailKey>) -> Arc<Ledgers> {
    Arc::new(Ledgers {
        journal: ground.journal.clone(),
        store: Arc::clone(&ground.store) as Arc<dyn TrailStore>,
        keys: Arc::clone(key),
    })
}

/// This node's own records of attendances and looks.
pub(super) fn histories(
    config: &Config,
    ground: &Ground,
    (registers, people): (&Registers, &Arc<People>),
    ledgers: Arc<Ledgers>,
) -> Arc<Histories> {
    let department = config.department.as_ref();
    let register = config.register.as_ref();
    Arc::new(Histories {
        own: config.agency.id.clone(),
        department: department.map(|_| Arc::clone(&ground.store) as Arc<dyn DepartmentStore>),
        heard: register.map(|_| Arc::clone(&ground.store) as Arc<dyn AttendanceStore>),
        registers: registers.clone(),
        people: Arc::clone(people),
        ledgers,
    })
}

/// What stands beside an answer.
pub(super) fn history(ground: &Ground, own: Arc<Histories>) -> History {
    History::new(HistoryParts {
        identity: Arc::clone(&ground.identity),
        agreements: Arc::clone(&ground.agreements),
        own,
        link: Arc::clone(&ground.link),
        journal: ground.journal.clone(),
        clock: Arc::clone(&ground.clock),
        entropy: Arc::clone(&ground.entropy),
    })
}
