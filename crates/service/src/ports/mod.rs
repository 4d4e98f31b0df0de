//! What the use cases need of the world outside: each trait is implemented by the store, the connectors or the program.

mod agreements;
mod ambient;
mod amendments;
mod attendances;
mod department;
mod discussions;
mod emergency;
mod failure;
mod hand_overs;
mod hospital;
mod identity_links;
mod mark;
mod mending;
mod notifications;
mod partners;
mod passkeys;
mod people;
mod place;
mod registers;
mod sources;
mod staff;
mod tokens;
mod trail;

pub use agreements::{AgreementStore, StoredAgreement};
pub use ambient::{Clock, Entropy, Steady};
pub use amendments::{Amendment, AmendmentKey, AmendmentStore, Differs, RungNumber};
pub use attendances::{AttendanceStore, CorrectionStore};
pub use department::{DepartmentStore, KeptMessage, MessageContent, MessageToMend, Waiting};
pub use discussions::DiscussionStore;
pub use emergency::{SheetId, SheetRow, SheetStore};
pub use failure::PortError;
pub use hand_overs::HandOverStore;
pub use hospital::{HospitalDesk, Received, Taken};
pub use identity_links::{IdentityProvider, LinkId, LinkRow, LinkStore};
pub use mark::Mark;
pub(crate) use mending::by_record;
pub use mending::{Covered, Rejected, RowToMend, RowsToMend};
pub use notifications::{AlarmStore, Carrier, Letter, LetterTo, NotificationStore};
pub use partners::{PartnerError, PartnerLink, Route};
pub use passkeys::{PasskeyId, PasskeyRow, PasskeyStore};
pub use people::{PeopleStore, SourceProgress};
pub use place::{Address, SessionPlace};
pub use registers::{RegisterStore, StoredChange};
pub use sources::{
    Cursor, ExtractMark, Gathered, KeptRegister, PeoplePage, SourceError, SourceSystem,
};
pub use staff::{
    AccountChange, AccountRow, Burn, SessionId, SessionRow, StaffStore, TokenId, TokenRow,
};
pub use tokens::{TokenChange, TokenOrder, TokenQuery, TokenRecord, TokenStore};
pub use trail::{Look, LookKey, LookKind, TrailStore};
