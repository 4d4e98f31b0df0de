//! Partners' messages, judged before anything else happens: who, under which agreement, when, and whether it was recorded there. What is
//! refused is recorded here and told to the partner.

use std::{mem::Discriminant, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use kinfold_agreement::InForce;
use kinfold_domain::{AgencyId, AskId};
use uuid::Uuid;

use super::{Agreements, RefusedPeer, peers::clocks_agree};
use crate::{
    exchange::{Asked, MessageKind, PartnerMessage, PlaceError, ask_kind, open},
    permit::ProvenIntent,
    records::{Entry, Refusal},
};

/// How often the same refusal of what a node sends by itself is recorded.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// The last refusal of a partner's own messages of one kind: which, and when it was recorded.
pub(super) type LastRefused = (Discriminant<RefusedPeer>, Timestamp);

/// A message that may be answered.
pub(crate) struct Heard<T> {
    /// The agreement in force.
    pub(crate) agreement: Arc<InForce>,
    /// What it says.
    pub(crate) message: T,
    intent: Option<ProvenIntent>,
}

impl<T> Heard<T> {
    /// The requester's intent, whose place in its ledger was proved.
    pub(crate) fn intent(&self) -> Result<ProvenIntent, RefusedPeer> {
        self.intent.clone().ok_or(RefusedPeer::NotRecorded(PlaceError))
    }
}

impl Agreements {
    /// Opens and judges a message of this partner. A refusal is recorded before it is told.
    pub(crate) async fn hear<T: PartnerMessage>(
        &self,
        peer: &AgencyId,
        note: &[u8],
        now: Timestamp,
    ) -> Result<Heard<T>, RefusedPeer> {
        let (agreement, message) = match self.read::<T>(peer, note, now) {
            Ok(read) => read,
            Err(refused) => return Err(self.refused(peer, T::KIND, refused, now).await),
        };
        match self.judge(&agreement, peer, &message, now) {
            Ok(intent) => Ok(Heard { agreement, message, intent }),
            Err(refused) => Err(match message.asked() {
                Some(asked) => self.refused_ask(peer, asked, refused, now).await,
                None => self.refused(peer, T::KIND, refused, now).await,
            }),
        }
    }

    fn read<T: PartnerMessage>(
        &self,
        peer: &AgencyId,
        note: &[u8],
        now: Timestamp,
    ) -> Result<(Arc<InForce>, T), RefusedPeer> {
        let agreement = self.in_force(now)?;
        let key = super::peers::node_key_of(&agreement, peer)?;
        let message = open(T::KIND, note, &key)?;
        Ok((agreement, message))
    }

    fn judge<T: PartnerMessage>(
        &self,
        agreement: &InForce,
        peer: &AgencyId,
        message: &T,
        now: Timestamp,
    ) -> Result<Option<ProvenIntent>, RefusedPeer> {
        if agreement.agreement().digest().to_string() != message.agreement() {
            return Err(RefusedPeer::OtherAgreement);
        }
        self.own_clock.compare(peer, message.sent_at(), (None, now));
        clocks_agree(message.sent_at(), now).map_err(RefusedPeer::Clock)?;
        if message.askers().any(|asker| asker.agency != *peer) {
            return Err(RefusedPeer::Impostor);
        }
        let Some(asked) = message.asked() else { return Ok(None) };
        let ledger = super::peers::ledger_key_of(agreement, peer)?;
        let intent = asked.intent.verify_intent(&ledger)?;
        if self.answered.lock().take(asked.ask, now) {
            Ok(Some(intent))
        } else {
            Err(RefusedPeer::Replayed)
        }
    }

    /// Records that a message was refused, and hands the reason on to be told; when the ledger can't be written, that is the reason.
    pub(crate) async fn refused(
        &self,
        peer: &AgencyId,
        kind: MessageKind,
        refused: RefusedPeer,
        at: Timestamp,
    ) -> RefusedPeer {
        let (partner, reason) = (peer.clone(), refused.to_string());
        let entry = match ask_kind(kind) {
            Some(kind) => Entry::Refusal(Box::new(Refusal {
                // What could not be read names no ask.
                ask: AskId(Uuid::nil()),
                at,
                kind,
                asker: None,
                agency: partner,
                purpose: None,
                subject: None,
                reason,
            })),
            None if self.is_news(peer, kind, &refused, at) => {
                Entry::PartnerRefused { at, partner, what: kind.word().to_owned(), reason }
            }
            None => return refused,
        };
        self.record_refusal(entry, refused).await
    }

    async fn refused_ask(
        &self,
        peer: &AgencyId,
        asked: Asked<'_>,
        refused: RefusedPeer,
        at: Timestamp,
    ) -> RefusedPeer {
        let entry = Entry::Refusal(Box::new(Refusal {
            ask: asked.ask,
            at,
            kind: asked.kind,
            asker: Some(asked.asker.clone()),
            agency: peer.clone(),
            purpose: Some(asked.purpose.clone()),
            subject: Some(asked.subject.clone()),
            reason: refused.to_string(),
        }));
        self.record_refusal(entry, refused).await
    }

    async fn record_refusal(&self, entry: Entry, refused: RefusedPeer) -> RefusedPeer {
        match self.journal.record(entry).await {
            Ok(_) => refused,
            Err(error) => RefusedPeer::Ledger(error),
        }
    }

    fn is_news(
        &self,
        peer: &AgencyId,
        kind: MessageKind,
        refused: &RefusedPeer,
        at: Timestamp,
    ) -> bool {
        let which = std::mem::discriminant(refused);
        let mut last = self.last_refused.lock();
        let known = last.get(&(peer.clone(), kind));
        let again = known.is_none_or(|(before, when)| {
            *before != which || at.duration_since(*when) >= AGAIN_AFTER
        });
        if again {
            last.insert((peer.clone(), kind), (which, at));
        }
        again
    }
}
