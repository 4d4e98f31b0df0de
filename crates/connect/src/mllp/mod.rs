//! HL7 v2 over MLLP (HL7 "Minimal Lower Layer Protocol", release 1): hospital systems connect, send ADT messages, and wait for the
//! acknowledgement of each. `docs/hl7.md` is the guide.
//!
//! A message is acknowledged once the desk has it durably, never before. What can't be read is handed to the desk too. So a sender may
//! send again as often as it likes, and nothing that it sent is lost.

mod codec;
mod config;
mod connection;
mod listener;
mod reception;
mod senders;
mod state;

pub use codec::{Frame, Frames};
pub use config::{MllpConfig, MllpTls, SenderConfig};
pub use listener::MllpListener;
pub use state::{MllpState, SenderState, Watch};

#[cfg(test)]
mod codec_tests;
