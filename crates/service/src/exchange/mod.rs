//! What two nodes say to each other: JSON within C2SP signed notes, signed by the node keys that the agreement names.

mod messages;
mod partner_message;
mod place;
mod seal;

pub use messages::{
    AnswerMessage, AskMessage, Behind, ClosedAnswer, HandOverNotice, HistoryAnswer, HistoryMessage,
    Known, Noticed, NoticesAnswer, NoticesMessage, RegisterMessage, RegisterPage, Told, WhoAnswer,
    WhoLine, WhoLines, WhoMessage,
};
pub(crate) use partner_message::{Asked, PartnerMessage, ask_kind};
pub use place::{Place, PlaceError};
pub(crate) use seal::{ANSWER_BYTES, bytes_of};
pub use seal::{MessageKind, SealError, open, seal};
