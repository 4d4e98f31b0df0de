//! Who looked: the ledgers searched, by the child and by the employee, both agencies' records joined.

mod follow;
mod keys;
mod looks;
mod notices;
mod who;
mod who_desk;

pub use follow::{FollowError, Follower};
pub use keys::TrailKey;
pub use looks::{OwnLook, OwnLooks, OwnLooksError};
pub use notices::{NoticeDesk, NoticeError, NoticeSender};
pub use who::{Joined, LedgerPart, Side, WhoError, WhoLooked, WhoLookedAt, WhoParts, WhoQuestion};
pub use who_desk::{Ledgers, LinesError, WhoDesk};
