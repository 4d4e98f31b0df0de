//! The entries of the ledger.

use jiff::{Timestamp, civil::Date};
use kinfold_domain::{AgencyId, EmployeeId, EntryId, Role};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    About, AlarmChanged, Amending, Asker, Confirmation, Correction, Disclosure, DiscussionStep,
    GlassReview, HandOverId, HandOverStep, Intent, NotificationStep, Refusal, ReplicaLook, Shown,
};
use crate::department::{Acknowledged, AttendanceId, AttendanceStep};
use crate::emergency::SheetWord;
use crate::oidc::LinkWord;
use crate::passkeys::PasskeyWord;
use crate::ports::Address;
use crate::tokens::{TokenOrdered, TokenWord, TokensMoved};

/// One entry of the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "kebab-case")]
pub enum Entry {
    /// An employee is about to look.
    Intent(Box<Intent>),
    /// Somebody was refused.
    Refusal(Box<Refusal>),
    /// What an employee is about to be shown.
    Receipt(Box<Shown>),
    /// This agency tells a partner's employee.
    Disclosure(Box<Disclosure>),
    /// A partner's employee read this agency's register from its replica.
    ReplicaLook(Box<ReplicaLook>),
    /// A step of an attendance in this agency's department: the owners of the registers that it concerns are told of it.
    Attendance(Box<AttendanceStep>),
    /// A step of an attendance at a partner, as the partner told it.
    AttendanceHeard {
        /// When it was heard.
        at: Timestamp,
        /// From whom.
        partner: AgencyId,
        /// The step.
        step: Box<AttendanceStep>,
    },
    /// Nobody answered for an attendance in time: somebody else is asked.
    AttendanceEscalated {
        /// When.
        at: Timestamp,
        /// Where the child attended.
        partner: AgencyId,
        /// The attendance.
        attendance: AttendanceId,
        /// The role that is asked now.
        to: Role,
    },
    /// An employee of this agency answered for an attendance at a partner, which is told of it.
    AttendanceAcknowledged {
        /// Where the child attended.
        partner: AgencyId,
        /// Who, when, which.
        acknowledged: Box<Acknowledged>,
    },
    /// A partner answered for an attendance here.
    AcknowledgementHeard {
        /// When it was heard.
        at: Timestamp,
        /// From whom.
        partner: AgencyId,
        /// Who, when, which.
        acknowledged: Box<Acknowledged>,
    },
    /// An employee says that an entry of a register is wrong: its owner is told.
    Correction(Box<Correction>),
    /// A partner's employee, or one of this agency's, says that an entry of this agency's register is wrong.
    CorrectionHeard {
        /// When it was heard.
        at: Timestamp,
        /// What they say.
        correction: Box<Correction>,
    },
    /// The custodian has dealt with what somebody said to be wrong.
    CorrectionSettled {
        /// When.
        at: Timestamp,
        /// Which.
        correction: Uuid,
        /// By whom.
        by: EmployeeId,
    },
    /// A feed stopped, somebody was told, sees to it, or it is heard again.
    FeedAlarm(Box<AlarmChanged>),
    /// A notification was put aside, or an operator decided about it.
    Notification(Box<NotificationStep>),
    /// Changes of this agency's register were sent to a partner.
    RegisterSent {
        /// When.
        at: Timestamp,
        /// To whom.
        partner: AgencyId,
        /// The first change sent.
        from: u64,
        /// One past the last change sent.
        to: u64,
    },
    /// This agency's register changed.
    RegisterChanged {
        /// When.
        at: Timestamp,
        /// The change's place in the register's list.
        sequence: u64,
        /// Which entry.
        register_entry: EntryId,
        /// Who or what changed it.
        by: String,
    },
    /// An employee confirmed that a good part of this agency's register has ended: its case system lacks it.
    RegisterEndConfirmed(Box<Confirmation>),
    /// A custodian is about to change this agency's register by hand.
    RegisterAmended(Box<Amending>),
    /// A word of a hand-over between two councils' registers: the other council is told of it.
    HandOver {
        /// The word.
        #[serde(flatten)]
        step: Box<HandOverStep>,
        /// Whom it is about: so that this ledger can be searched for it. It is told to nobody.
        #[serde(default, skip_serializing_if = "About::is_nobody")]
        about: Box<About>,
    },
    /// A word of a hand-over, as the other council told it.
    HandOverHeard {
        /// When it was heard.
        at: Timestamp,
        /// From whom.
        partner: AgencyId,
        /// The word.
        step: Box<HandOverStep>,
        /// Whom it is about.
        #[serde(default, skip_serializing_if = "About::is_nobody")]
        about: Box<About>,
    },
    /// The time for an answer to a hand-over is about to run out.
    HandOverDue {
        /// When that was noticed.
        at: Timestamp,
        /// Which.
        hand_over: HandOverId,
        /// The last day for the conference.
        day: Date,
    },
    /// A strategy discussion is recorded, or what came of it.
    StrategyDiscussion(Box<DiscussionStep>),
    /// The custodian has seen what came of a hand-over.
    HandOverSeen {
        /// When.
        at: Timestamp,
        /// Which.
        hand_over: HandOverId,
        /// By whom.
        by: EmployeeId,
    },
    /// A partner's node asked for the register or told of looks, and was refused. Its node tries again every few seconds: the same
    /// reason is recorded once an hour.
    PartnerRefused {
        /// When.
        at: Timestamp,
        /// Whom.
        partner: AgencyId,
        /// What it sent: `register`, `notices`.
        what: String,
        /// Why, as it was told.
        reason: String,
    },
    /// An employee signed in, unlocked, or proved themselves again.
    SignedIn {
        /// When.
        at: Timestamp,
        /// Who.
        employee: EmployeeId,
        /// `sign-in`, `unlock`, `step-up`: proved anew in an open session, `vouch`: proved for something that takes two people; `radius`: at
        /// a door outside the pages; `oidc`: at an identity provider.
        how: String,
        /// What they proved themselves anew for, in a word of [`crate::sign_in::StepUp`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        what_for: Option<String>,
        /// That door: `radius:` and the client's name; `oidc:` and the provider's address, also of an `unlock` there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// From where, on the pages.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<Address>,
    },
    /// A sign-in was refused.
    SignInRefused {
        /// When.
        at: Timestamp,
        /// Whose account it would have been, where there is one.
        employee: Option<EmployeeId>,
        /// Why, in a word: `wrong`, `replayed`, `waiting`, `locked`, `disabled`, `clock`; on the enrolment page `ticket`; at a door outside the pages `role`,
        /// `given-pin`, `late`, `not-pap`, too; at an identity provider what stands in `docs/identity-provider.md`.
        why: String,
        /// The door outside the pages, if it was there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// A session ended: signed out, or from another session of the same person.
    SignedOut {
        /// When.
        at: Timestamp,
        /// Who.
        employee: EmployeeId,
        /// Where the session that ended was opened, or unlocked last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<Address>,
    },
    /// An account or a token changed.
    Staff {
        /// When.
        at: Timestamp,
        /// Whose.
        employee: EmployeeId,
        /// What: `account-added`, `moved`, `left`, `came-back`, `reviewed`, `pin-given`, `pin-chosen`, `more-time`, `usual-time`, `email-set`, `email-removed`,
        /// `renamed`, `external-id-set`, `external-id-removed`, `withdrawn`, `enrolment-ticket-issued`, `token-issued`, `token-confirmed`.
        what: String,
        /// The role that they have from then on, or that was reviewed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<Role>,
        /// Who did it; nobody where they did it themselves, or at the node's own console.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        by: Vec<Asker>,
    },
    /// Something happened to a token, or a code for one shift was issued.
    Token(Box<TokenWord>),
    /// Something happened to a sheet of emergency codes, or by one of its codes.
    EmergencyCodes(Box<SheetWord>),
    /// Something happened to a passkey, or by one.
    Passkey(Box<PasskeyWord>),
    /// Information governance reviewed a broken glass.
    GlassReviewed(Box<GlassReview>),
    /// An account was linked to somebody at an identity provider, or is no more.
    IdentityLink(Box<LinkWord>),
    /// Tokens were ordered from a vendor, or will not come.
    TokensOrdered(Box<TokenOrdered>),
    /// A vendor's file of tokens was imported.
    TokensImported(Box<TokensMoved>),
    /// Secrets of tokens that nobody holds left the node.
    TokensExported(Box<TokensMoved>),
    /// An agreement was activated or revoked here.
    Agreement {
        /// When.
        at: Timestamp,
        /// Its digest.
        digest: String,
        /// What: `activated`, `revoked`.
        what: String,
    },
    /// An employee read the ledger itself.
    LedgerRead {
        /// When.
        at: Timestamp,
        /// Who.
        employee: EmployeeId,
        /// What of it: `own-looks`.
        what: String,
    },
    /// A key of this node's is replaced, or the one that it replaced is destroyed. Before it happens.
    Key {
        /// When.
        at: Timestamp,
        /// What it seals: `seeds`.
        key: String,
        /// What: `replaced`, `old-destroyed`.
        what: String,
        /// Where the newer key lies: `file`, `pkcs11`.
        lies: String,
        /// The newer key's identity, which tells nothing of the key.
        now: String,
        /// The older one's.
        before: String,
    },
    /// The node started.
    Started {
        /// When.
        at: Timestamp,
        /// The program's version.
        version: String,
    },
}

impl Entry {
    /// When what it says happened.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Intent(intent) => intent.at,
            Self::Refusal(refusal) => refusal.at,
            Self::Receipt(shown) => shown.at,
            Self::Disclosure(told) => told.at,
            Self::ReplicaLook(look) => look.at,
            Self::RegisterEndConfirmed(confirmation) => confirmation.at,
            Self::RegisterAmended(amending) => amending.at,
            Self::Attendance(step) => step.at,
            Self::AttendanceAcknowledged { acknowledged, .. } => acknowledged.at,
            Self::Correction(correction) => correction.at,
            Self::HandOver { step, .. } => step.at,
            Self::StrategyDiscussion(step) => step.at,
            Self::FeedAlarm(step) => step.at,
            Self::Notification(step) => step.at,
            Self::Token(word) => word.at,
            Self::EmergencyCodes(word) => word.at,
            Self::Passkey(word) => word.at,
            Self::IdentityLink(word) => word.at,
            Self::GlassReviewed(review) => review.at,
            Self::TokensOrdered(ordered) => ordered.at,
            Self::TokensImported(moved) | Self::TokensExported(moved) => moved.at,
            Self::AttendanceHeard { at, .. }
            | Self::AttendanceEscalated { at, .. }
            | Self::AcknowledgementHeard { at, .. }
            | Self::CorrectionHeard { at, .. }
            | Self::CorrectionSettled { at, .. }
            | Self::HandOverHeard { at, .. }
            | Self::HandOverDue { at, .. }
            | Self::HandOverSeen { at, .. }
            | Self::RegisterSent { at, .. }
            | Self::RegisterChanged { at, .. }
            | Self::PartnerRefused { at, .. }
            | Self::SignedIn { at, .. }
            | Self::SignInRefused { at, .. }
            | Self::SignedOut { at, .. }
            | Self::Staff { at, .. }
            | Self::Agreement { at, .. }
            | Self::LedgerRead { at, .. }
            | Self::Key { at, .. }
            | Self::Started { at, .. } => *at,
        }
    }
}

#[cfg(test)]
#[path = "entry_tests.rs"]
mod tests;
