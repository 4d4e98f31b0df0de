//! What hospitals send, and what they are answered. Every person is invented.

mod acknowledgements;
mod broken;
mod examples;
mod properties;
mod values;

use jiff::{Timestamp, tz::TimeZone};
use kinfold_domain::{Movement, MovementEvent};

use super::{Fault, Message, Outcome, Processing, Reading, Refusal, Stamp, Told};

pub(super) fn now() -> Timestamp {
    "2026-11-01T12:00:00Z".parse().unwrap()
}

pub(super) fn event(message: &Message) -> Result<MovementEvent, Refusal> {
    message.header().event(&[Processing::Production])
}

pub(super) fn tell(message: &[u8]) -> Result<Told, Fault> {
    let message = Message::read(message);
    let zone = TimeZone::get("Europe/London").unwrap();
    message.tell(event(&message).unwrap(), &Reading { zone: &zone, now: now() })
}

/// What a message tells that is read whole.
pub(super) fn movement(message: &str) -> Movement {
    let told = tell(message.as_bytes()).unwrap();
    assert_eq!(told.omitted, vec![]);
    told.movement
}

pub(super) fn answer(message: &[u8], outcome: Outcome) -> String {
    let stamp = Stamp { at: now(), control_id: "K1" };
    String::from_utf8(Message::read(message).acknowledge(outcome, &stamp)).unwrap()
}

/// An arrival in 2.5.1 with other segments than MSH.
pub(super) fn arrival(rest: &str) -> String {
    format!(
        "MSH|^~\\&|PAS|ASHMOOR|KINFOLD|ASHMOOR|20261101115500||ADT^A04^ADT_A01|M1|P|2.5.1\r{rest}"
    )
}

/// An arrival whose PID has these fields from PID-3 on.
pub(super) fn with_pid(fields: &str) -> String {
    arrival(&format!("EVN|A04|20261101115500\rPID|1||{fields}\rPV1|1|E|ED\r"))
}
