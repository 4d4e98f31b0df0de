//! What every message that a partner sends says of itself, so that one function judges them all.

use jiff::Timestamp;
use kinfold_domain::{AskId, Purpose, Subject};
use serde::de::DeserializeOwned;

use super::{
    AskMessage, HistoryMessage, MessageKind, NoticesMessage, Place, RegisterMessage, WhoMessage,
};
use crate::records::{AskKind, Asker};

/// A message that a partner's node sends.
pub(crate) trait PartnerMessage: DeserializeOwned {
    /// Its kind.
    const KIND: MessageKind;

    /// When it was signed.
    fn sent_at(&self) -> Timestamp;

    /// The digest of the agreement that the sender holds.
    fn agreement(&self) -> &str;

    /// Everybody whom it names as asking: all of them must be the sender's own.
    fn askers(&self) -> impl Iterator<Item = &Asker>;

    /// The ask, if somebody asks now; `None` for what a node does by itself.
    fn asked(&self) -> Option<Asked<'_>> {
        None
    }
}

/// An employee's ask within a message.
pub(crate) struct Asked<'a> {
    pub(crate) ask: AskId,
    pub(crate) asker: &'a Asker,
    pub(crate) purpose: &'a Purpose,
    pub(crate) subject: &'a Subject,
    pub(crate) intent: &'a Place,
    pub(crate) kind: AskKind,
}

/// What kind of look a message that can not be read asks for, where one of its kind asks for any.
pub(crate) const fn ask_kind(kind: MessageKind) -> Option<AskKind> {
    match kind {
        MessageKind::Ask => Some(AskKind::PooledView),
        MessageKind::Who => Some(AskKind::WhoLooked),
        MessageKind::History => Some(AskKind::History),
        _ => None,
    }
}

impl PartnerMessage for AskMessage {
    const KIND: MessageKind = MessageKind::Ask;

    fn sent_at(&self) -> Timestamp {
        self.sent_at
    }

    fn agreement(&self) -> &str {
        &self.agreement
    }

    fn askers(&self) -> impl Iterator<Item = &Asker> {
        std::iter::once(&self.asker)
    }

    fn asked(&self) -> Option<Asked<'_>> {
        let Self { ask, asker, purpose, subject, intent, .. } = self;
        Some(Asked { ask: *ask, asker, purpose, subject, intent, kind: self.kind() })
    }
}

impl PartnerMessage for WhoMessage {
    const KIND: MessageKind = MessageKind::Who;

    fn sent_at(&self) -> Timestamp {
        self.sent_at
    }

    fn agreement(&self) -> &str {
        &self.agreement
    }

    fn askers(&self) -> impl Iterator<Item = &Asker> {
        std::iter::once(&self.asker)
    }

    fn asked(&self) -> Option<Asked<'_>> {
        let Self { ask, asker, purpose, subject, intent, .. } = self;
        Some(Asked { ask: *ask, asker, purpose, subject, intent, kind: AskKind::WhoLooked })
    }
}

impl PartnerMessage for HistoryMessage {
    const KIND: MessageKind = MessageKind::History;

    fn sent_at(&self) -> Timestamp {
        self.sent_at
    }

    fn agreement(&self) -> &str {
        &self.agreement
    }

    fn askers(&self) -> impl Iterator<Item = &Asker> {
        std::iter::once(&self.asker)
    }

    fn asked(&self) -> Option<Asked<'_>> {
        let Self { ask, asker, purpose, subject, intent, .. } = self;
        Some(Asked { ask: *ask, asker, purpose, subject, intent, kind: AskKind::History })
    }
}

impl PartnerMessage for RegisterMessage {
    const KIND: MessageKind = MessageKind::Register;

    fn sent_at(&self) -> Timestamp {
        self.sent_at
    }

    fn agreement(&self) -> &str {
        &self.agreement
    }

    fn askers(&self) -> impl Iterator<Item = &Asker> {
        std::iter::empty()
    }
}

impl PartnerMessage for NoticesMessage {
    const KIND: MessageKind = MessageKind::Notices;

    fn sent_at(&self) -> Timestamp {
        self.sent_at
    }

    fn agreement(&self) -> &str {
        &self.agreement
    }

    fn askers(&self) -> impl Iterator<Item = &Asker> {
        let looks = self.looks.iter().map(|look| &look.asker);
        let attended = self.attendances.iter().map(|step| &step.by);
        let answered = self.acknowledged.iter().map(|acknowledged| &acknowledged.by);
        let said = self.corrections.iter().map(|correction| &correction.by);
        let handed = self.hand_overs.iter().map(|notice| &notice.step.by);
        looks.chain(attended).chain(answered).chain(said).chain(handed)
    }
}
