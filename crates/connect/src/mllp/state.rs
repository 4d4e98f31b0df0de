//! What has come so far: numbers and times alone.

use jiff::Timestamp;
use parking_lot::Mutex;

use super::senders::Senders;

/// How the listener stands.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct MllpState {
    /// Connections at present.
    pub connections: usize,
    /// Connections from addresses that no sender has.
    pub strangers: u64,
    /// Connections beyond `max_connections`.
    pub surplus: u64,
    /// Connections whose TLS handshake failed.
    pub handshakes_failed: u64,
    /// Messages whose MSH-3 and MSH-4 name no sender, and what is no HL7 from several senders' address.
    pub unknown_senders: u64,
    /// Messages that were not whole: too long, or without an end.
    pub incomplete: u64,
    /// Bytes between messages that belong to none.
    pub skipped_bytes: u64,
    /// Each sender, in the configuration's order.
    pub senders: Vec<SenderState>,
}

/// What came from one sender.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SenderState {
    /// Its name.
    pub name: String,
    /// Messages read and kept (`AA`).
    pub taken: u64,
    /// Messages that had been kept before (`AA` or `AE`, as the first time).
    pub again: u64,
    /// Messages kept as work for somebody (`AE`).
    pub as_work: u64,
    /// Messages refused, or not kept (`AR`).
    pub refused: u64,
    /// Values left out of messages that were taken.
    pub omitted: u64,
    /// When the last message came, whatever was answered; before this start, one that was kept.
    pub last: Option<Timestamp>,
}

/// Where the listener's state can be read while it serves.
#[derive(Debug, Default)]
pub struct Watch(Mutex<MllpState>);

impl Watch {
    pub(super) fn new(senders: &Senders) -> Self {
        let named = |name: &str| SenderState { name: name.to_owned(), ..SenderState::default() };
        let senders = senders.names().map(named).collect();
        Self(Mutex::new(MllpState { senders, ..MllpState::default() }))
    }

    /// Takes over when senders were heard before this start.
    pub fn heard_before(&self, known: &[(String, Timestamp)]) {
        for sender in &mut self.0.lock().senders {
            let before = known.iter().find(|(name, _)| *name == sender.name).map(|(_, at)| *at);
            sender.last = sender.last.max(before);
        }
    }

    /// How the listener stands now.
    pub fn state(&self) -> MllpState {
        self.0.lock().clone()
    }

    pub(super) fn count(&self, change: impl FnOnce(&mut MllpState)) {
        change(&mut self.0.lock());
    }

    /// Counts a message of the sender at `place`.
    pub(super) fn of(&self, place: usize, at: Timestamp, change: impl FnOnce(&mut SenderState)) {
        if let Some(sender) = self.0.lock().senders.get_mut(place) {
            sender.last = Some(at);
            change(sender);
        }
    }
}
