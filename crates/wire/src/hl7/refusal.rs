//! Why a message is not taken.

use super::fault::{Coded, DATA_TYPE, REQUIRED, SEQUENCE};

/// Why a message is refused: nothing of it is kept, and it is answered `AR`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// It doesn't begin with an MSH whose separators can be told apart.
    #[error(
        "this is no HL7 v2 message: begin with MSH and four different encoding characters, as in MSH|^~\\&|"
    )]
    NotHl7,
    /// MSH-10 is missing or no identifier.
    #[error(
        "MSH-10 is missing, longer than 199 characters or not printable: give each message an identifier of its own"
    )]
    ControlId,
    /// MSH-9 is no ADT.
    #[error("MSH-9 is not taken here: send ADT alone")]
    MessageType,
    /// MSH-9 names another event.
    #[error(
        "MSH-9 names an event that is not taken here: send A01, A03, A04, A08, A11, A13, A28, A31 or A40 alone"
    )]
    Event,
    /// MSH-11 is not one of those that the sender is configured with.
    #[error(
        "MSH-11 is not taken here: send P for production, or have this sender's processing setting changed"
    )]
    Processing,
    /// MSH-12 is no supported version.
    #[error("MSH-12 is not taken here: send version 2.3, 2.3.1, 2.4, 2.5 or 2.5.1")]
    Version,
    /// No configured sender has these MSH-3 and MSH-4.
    #[error(
        "MSH-3 and MSH-4 name no sender that is known here: have them entered in the listener's configuration"
    )]
    Sender,
    /// It exceeds what the listener takes.
    #[error(
        "the message is longer than is taken here: leave attachments out, or have max_bytes raised"
    )]
    TooLong,
    /// Its frame did not end.
    #[error(
        "the frame did not end: close each message with FS and CR (0x1c 0x0d), and send it again"
    )]
    Unended,
    /// It could not be kept.
    #[error("the message could not be kept: send it again")]
    NotKept,
}

impl Refusal {
    pub(super) const fn coded(self) -> Coded {
        match self {
            Self::NotHl7 | Self::Unended => (SEQUENCE, ("MSH", 0)),
            Self::ControlId => (REQUIRED, ("MSH", 10)),
            Self::MessageType => ((200, "Unsupported message type"), ("MSH", 9)),
            Self::Event => ((201, "Unsupported event code"), ("MSH", 9)),
            Self::Processing => ((202, "Unsupported processing id"), ("MSH", 11)),
            Self::Version => ((203, "Unsupported version id"), ("MSH", 12)),
            Self::Sender => ((103, "Table value not found"), ("MSH", 3)),
            Self::TooLong => (DATA_TYPE, ("MSH", 0)),
            Self::NotKept => ((207, "Application internal error"), ("MSH", 0)),
        }
    }
}
