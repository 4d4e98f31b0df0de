//! What becomes of a message: read, handed to the desk, answered.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use kinfold_domain::Movement;
use kinfold_service::ports::{Clock, HospitalDesk, Received, Taken};
use kinfold_wire::hl7::{Fault, Message, Outcome, Reading, Refusal, Stamp};

use super::codec::Frame;
use super::senders::{Sender, Senders};
use super::state::{SenderState, Watch};

/// What all connections share.
pub(super) struct Reception {
    pub(super) senders: Senders,
    pub(super) desk: Arc<dyn HospitalDesk>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) watch: Arc<Watch>,
    /// Acknowledgements given so far: part of their identifiers.
    pub(super) given: AtomicU32,
}

impl Reception {
    /// The acknowledgement of what came from `address`. Answers once the message is durable, or refused.
    pub(super) async fn answer(&self, address: IpAddr, frame: Frame) -> Vec<u8> {
        let (bytes, refusal) = match frame {
            Frame::Whole(bytes) => (bytes, None),
            Frame::TooLong(head) => (head, Some(Refusal::TooLong)),
            Frame::Unended(head) => (head, Some(Refusal::Unended)),
        };
        let message = Message::read(&bytes);
        let outcome = match refusal {
            Some(refusal) => {
                self.watch.count(|state| state.incomplete += 1);
                tracing::warn!(%refusal, "an incomplete hospital message was refused");
                Outcome::Refused(refusal)
            }
            None => self.take(address, &message, bytes).await,
        };
        let at = self.clock.now();
        let given = self.given.fetch_add(1, Ordering::Relaxed) % 0x1_0000;
        let control_id = format!("K{:x}{given:04x}", at.as_millisecond());
        message.acknowledge(outcome, &Stamp { at, control_id: &control_id })
    }

    async fn take(&self, address: IpAddr, message: &Message, bytes: Vec<u8>) -> Outcome {
        let Some((place, sender)) = self.senders.find(address, message.header()) else {
            self.watch.count(|state| state.unknown_senders += 1);
            let readable = message.header().is_readable();
            let refusal = if readable { Refusal::Sender } else { Refusal::NotHl7 };
            tracing::warn!(%refusal, "a hospital message of no known sender was refused");
            return Outcome::Refused(refusal);
        };
        let (outcome, counted) = self.keep(sender, message, bytes).await;
        self.watch.of(place, self.clock.now(), |state| counted.add_to(state));
        outcome
    }

    async fn keep(&self, sender: &Sender, message: &Message, bytes: Vec<u8>) -> (Outcome, Counted) {
        let name = sender.name.as_str();
        let event = match message.header().event(&sender.processing) {
            Ok(event) => event,
            Err(refusal) => {
                tracing::warn!(sender = name, %refusal, "a hospital message was refused");
                return (Outcome::Refused(refusal), Counted::Refused);
            }
        };
        let reading = Reading { zone: &sender.zone, now: self.clock.now() };
        let told = message.tell(event, &reading).map(|told| {
            for omission in &told.omitted {
                tracing::info!(sender = name, %omission, "a hospital message counts in part");
            }
            (told.movement, told.omitted.len())
        });
        let omitted = told.as_ref().map_or(0, |(_, omitted)| *omitted);
        let content = told.map(|(movement, _)| movement);
        let fault = content.as_ref().err().copied();
        let received = received(sender, message, bytes, content);
        match (self.desk.take(received).await, fault) {
            (Err(error), _) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(sender = name, %error, cause, "a hospital message was not kept");
                (Outcome::Refused(Refusal::NotKept), Counted::Refused)
            }
            (Ok(taken), Some(fault)) => {
                tracing::warn!(sender = name, %fault, "a hospital message is work for somebody");
                (Outcome::Broken(fault), Counted::of(taken, Counted::AsWork))
            }
            (Ok(taken), None) => {
                (Outcome::Accepted, Counted::of(taken, Counted::Taken(omitted as u64)))
            }
        }
    }
}

fn received(
    sender: &Sender,
    message: &Message,
    bytes: Vec<u8>,
    content: Result<Movement, Fault>,
) -> Received {
    Received {
        sender: sender.name.clone(),
        control_id: message.header().control_id().to_owned(),
        raw: bytes.into(),
        content: content.map_err(|fault| fault.to_string()),
    }
}

/// Where a message is counted.
enum Counted {
    /// With so many values left out.
    Taken(u64),
    Again,
    AsWork,
    Refused,
}

impl Counted {
    fn of(taken: Taken, first: Self) -> Self {
        match taken {
            Taken::Kept => first,
            Taken::Again => Self::Again,
        }
    }

    fn add_to(self, state: &mut SenderState) {
        match self {
            Self::Taken(omitted) => {
                state.taken += 1;
                state.omitted += omitted;
            }
            Self::Again => state.again += 1,
            Self::AsWork => state.as_work += 1,
            Self::Refused => state.refused += 1,
        }
    }
}
