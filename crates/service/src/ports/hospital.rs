//! What hospital systems send, as a listener hands it over.

use async_trait::async_trait;
use kinfold_domain::{Movement, Personal};

use super::PortError;

/// One message as it came.
#[derive(Debug)]
pub struct Received {
    /// The sender's name as the configuration gives it.
    pub sender: String,
    /// The sender's own identifier of the message (MSH-10): the same message comes again with the same one.
    pub control_id: String,
    /// The message's bytes.
    pub raw: Personal<Vec<u8>>,
    /// What it says; otherwise what is wrong with it and what to do, in a sentence without personal data.
    pub content: Result<Movement, String>,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Taken {
    /// It is kept, durably: as a movement, or as work for somebody.
    Kept,
    /// It was kept before.
    Again,
}

/// Keeps what hospital systems send. Messages of one sender are dealt with in the order in which they were kept.
#[async_trait]
pub trait HospitalDesk: Send + Sync {
    /// Keeps one message; answers once it is durable. An error means that it is not: it must be sent again.
    async fn take(&self, received: Received) -> Result<Taken, PortError>;
}
