//! The sessions in memory: of whoever has one here, all that the store keeps.

use std::collections::HashMap;

use kinfold_domain::EmployeeId;

use super::session::Live;
use crate::ports::{SessionId, SessionRow};

/// Sessions by their identity and by their employee.
#[derive(Default)]
pub(super) struct Held {
    live: HashMap<SessionId, Live>,
    of: HashMap<EmployeeId, Vec<SessionId>>,
    ends: u64,
}

impl Held {
    pub(super) fn find(&self, id: SessionId) -> Option<&Live> {
        self.live.get(&id)
    }

    pub(super) fn find_mut(&mut self, id: SessionId) -> Option<&mut Live> {
        self.live.get_mut(&id)
    }

    pub(super) fn of(&self, employee: EmployeeId) -> impl Iterator<Item = &Live> {
        let ids = self.of.get(&employee).into_iter().flatten();
        ids.filter_map(|id| self.live.get(id))
    }

    /// Sessions that were used since the store was told.
    pub(super) fn used(&self) -> Vec<SessionRow> {
        self.live
            .values()
            .filter(|live| live.row.seen > live.noted)
            .map(|live| live.row.clone())
            .collect()
    }

    /// The store knows of these uses.
    pub(super) fn noted(&mut self, used: &[SessionRow]) {
        for row in used {
            if let Some(live) = self.live.get_mut(&row.id) {
                live.noted = row.seen;
            }
        }
    }

    /// A PIN of their own opens every page again.
    pub(super) fn no_longer_given(&mut self, employee: EmployeeId) {
        for id in self.of.get(&employee).into_iter().flatten() {
            if let Some(live) = self.live.get_mut(id) {
                live.given = false;
            }
        }
    }

    /// A session as it stands from now on.
    pub(super) fn put(&mut self, live: Live) {
        let (id, employee) = (live.row.id, live.row.employee);
        if self.live.insert(id, live).is_none() {
            self.of.entry(employee).or_default().push(id);
        }
    }

    /// How often sessions have ended, to be asked before the store is read.
    pub(super) const fn ends(&self) -> u64 {
        self.ends
    }

    /// Takes in what the store knew; `false` when a session has ended since, which what was read may still hold.
    pub(super) fn take_in(&mut self, read: Vec<Live>, ends: u64) -> bool {
        if ends != self.ends {
            return false;
        }
        for live in read {
            if !self.live.contains_key(&live.row.id) {
                self.put(live);
            }
        }
        true
    }

    /// Forgets sessions that have ended.
    pub(super) fn end(&mut self, ended: impl Fn(&Live) -> bool) {
        self.ends += 1;
        self.drop_those(ended);
    }

    /// Forgets sessions of which nobody makes use any more.
    pub(super) fn drop_those(&mut self, over: impl Fn(&Live) -> bool) {
        self.live.retain(|_, live| !over(live));
        let live = &self.live;
        self.of.retain(|_, ids| {
            ids.retain(|id| live.contains_key(id));
            !ids.is_empty()
        });
    }
}
