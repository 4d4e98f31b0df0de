//! How many connections may stand in the doorway, not yet known to be anybody's.

use std::{collections::HashMap, net::IpAddr, sync::Arc};

use parking_lot::Mutex;

const MAX_WAITING: usize = 512;
/// So that one address can't keep all others out.
const MAX_WAITING_FROM_ONE: usize = 32;

/// Connections without a completed handshake.
#[derive(Debug, Default)]
pub(super) struct Doors {
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    all: usize,
    from: HashMap<IpAddr, usize>,
}

/// A place in the doorway.
#[derive(Debug)]
pub(super) struct Place {
    doors: Arc<Doors>,
    address: IpAddr,
}

impl Doors {
    /// A place, if there is one.
    pub(super) fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let mut waiting = self.waiting.lock();
        let here = waiting.from.get(&address).copied().unwrap_or(0);
        if waiting.all >= MAX_WAITING || here >= MAX_WAITING_FROM_ONE {
            return None;
        }
        waiting.all += 1;
        waiting.from.insert(address, here + 1);
        Some(Place { doors: Arc::clone(self), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut waiting = self.doors.waiting.lock();
        waiting.all -= 1;
        let here = waiting.from.get(&self.address).copied().unwrap_or(0);
        if here > 1 {
            waiting.from.insert(self.address, here - 1);
        } else {
            waiting.from.remove(&self.address);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_can_not_fill_the_doorway_and_leaves_nothing_behind() {
        let doors = Arc::new(Doors::default());
        let (one, other) = ([192, 0, 2, 1].into(), [192, 0, 2, 2].into());
        let held: Vec<_> = (0..MAX_WAITING_FROM_ONE).map(|_| doors.enter(one).unwrap()).collect();
        assert!(doors.enter(one).is_none());
        assert!(doors.enter(other).is_some());
        drop(held);
        assert!(doors.enter(one).is_some());
        let waiting = doors.waiting.lock();
        assert_eq!((waiting.all, waiting.from.len()), (0, 0));
    }

    #[test]
    fn the_doorway_holds_a_bounded_crowd() {
        let doors = Arc::new(Doors::default());
        let held: Vec<_> = (0..600_u16)
            .filter_map(|n| {
                doors.enter(IpAddr::from([10, 0, n.to_be_bytes()[0], n.to_be_bytes()[1]]))
            })
            .collect();
        assert_eq!(held.len(), MAX_WAITING);
    }
}
