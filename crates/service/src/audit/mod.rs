//! Who looked: the ledgers searched, by the child and by the employee, both agencies' records joined.

mod follow;
mod glass;
mod join;
mod keys;
mod ledgers;
mod line;
mod looks;
mod notice_desk;
mod notices;
mod recent;
mod who;
mod who_asked;
mod who_desk;

pub use follow::{FollowError, Follower};
pub use glass::{GlassError, GlassLine, GlassList};
pub use join::{Joined, LedgerPart, Side};
pub use keys::TrailKey;
pub use ledgers::{Ledgers, LinesError};
pub(crate) use line::replica_kind;
pub use looks::{OwnLook, OwnLooks};
pub use notice_desk::{Hearers, NoticeDesk};
pub use notices::{NoticeError, NoticeSender};
pub use who::{WhoLooked, WhoParts};
pub use who_asked::{WhoError, WhoLookedAt, WhoQuestion};
pub use who_desk::WhoDesk;
