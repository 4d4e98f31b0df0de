//! The agreement that this node holds: kept, activated, revoked; and what follows from it for partners' messages.

mod answered;
mod ended;
mod hear;
mod peers;

pub(crate) use hear::Heard;
pub use peers::RefusedPeer;
pub(crate) use peers::{clocks_agree, node_key_of};

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use kinfold_agreement::{
    AgreementError, Draft, InForce, Own, Party, PolicyError, Question, ReviewQuestion, Revocation,
    SignedAgreement, Trust,
};
use kinfold_domain::{Agency, AgencyId, Categories, Category, Employee, Purpose};
use parking_lot::{Mutex, RwLock};

use crate::{
    exchange::MessageKind,
    identity::NodeIdentity,
    journal::{Journal, JournalError},
    own_clock::OwnClock,
    ports::{AgreementStore, Clock, PortError},
    records::Entry,
};
use answered::Answered;
use hear::LastRefused;

/// Why nothing flows: a sentence for the screen.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct NoAgreement(pub String);

/// Why an agreement was not taken over.
#[derive(Debug, thiserror::Error)]
pub enum AgreementsError {
    /// It can't be activated here.
    #[error(transparent)]
    Agreement(#[from] AgreementError),
    /// This node's own rules don't fit it.
    #[error("this node's own rules do not fit the agreement: {0}")]
    LocalRules(#[from] PolicyError),
    /// The revocation is not right.
    #[error(transparent)]
    Revocation(#[from] kinfold_agreement::RevocationError),
    /// There is none to revoke.
    #[error("this node holds no agreement")]
    None,
    /// The ledger can't record it.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] PortError),
}

/// Holds this node's agreement.
pub struct Agreements {
    identity: Arc<NodeIdentity>,
    approvers: ApproverKeys,
    rules: Option<String>,
    store: Arc<dyn AgreementStore>,
    journal: Journal,
    clock: Arc<dyn Clock>,
    own_clock: Arc<OwnClock>,
    held: RwLock<Held>,
    /// What was read first is held first: a revocation is not forgotten by who read before it.
    reloading: tokio::sync::Mutex<()>,
    answered: Mutex<Answered>,
    last_refused: Mutex<HashMap<(AgencyId, MessageKind), LastRefused>>,
}

/// Whom this node takes for its own agency's approvers: pinned keys, or whoever the agreement names.
#[derive(Clone, Debug, Default)]
pub struct ApproverKeys(pub Option<Vec<kinfold_note::VerifierKey>>);

/// What the holder of an agreement works with.
pub struct AgreementsParts {
    /// This node's keys.
    pub identity: Arc<NodeIdentity>,
    /// The own agency's approvers.
    pub approvers: ApproverKeys,
    /// This node's own rules in Cedar: they may forbid, never permit.
    pub rules: Option<String>,
    /// Where agreements are kept.
    pub store: Arc<dyn AgreementStore>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// What is known of it, also beside partners' clocks.
    pub own_clock: Arc<OwnClock>,
}

/// The agreement as it stands.
#[derive(Clone, Default)]
enum Held {
    /// None was ever activated.
    #[default]
    None,
    /// One that was activated here, with whatever may have ended it: decisions ask it at each moment.
    Active(Arc<InForce>),
    /// One that can't be used: why, and who its parties are, so that they can be told.
    Unusable { why: String, parties: Vec<Party> },
}

impl Agreements {
    /// Loads the stored agreement and its revocations. One that can't be used is held with the reason.
    pub async fn load(parts: AgreementsParts) -> Result<Self, PortError> {
        let AgreementsParts { identity, approvers, rules, store, journal, clock, own_clock } =
            parts;
        let (held, answered, last_refused) =
            (RwLock::default(), Mutex::default(), Mutex::default());
        let this = Self {
            identity,
            approvers,
            rules,
            store,
            journal,
            clock,
            own_clock,
            held,
            reloading: tokio::sync::Mutex::default(),
            answered,
            last_refused,
        };
        this.reload().await?;
        Ok(this)
    }

    /// For simulations: holds an agreement that was taken over before.
    #[cfg(feature = "testing")]
    pub(crate) fn hold(&self, agreement: Arc<InForce>) {
        *self.held.write() = Held::Active(agreement);
    }

    /// Partners' clocks are compared with this one.
    pub(crate) const fn own_clock(&self) -> &Arc<OwnClock> {
        &self.own_clock
    }

    /// The own agency.
    pub fn own(&self) -> &AgencyId {
        &self.identity.agency().id
    }

    /// The agreement, if it is in force at `now`; otherwise why nothing flows.
    pub fn in_force(&self, now: Timestamp) -> Result<Arc<InForce>, NoAgreement> {
        match &*self.held.read() {
            Held::None => Err(NoAgreement(
                "there is no agreement: until one is signed and activated, nothing flows"
                    .to_owned(),
            )),
            Held::Unusable { why, .. } => Err(NoAgreement(why.clone())),
            Held::Active(agreement) => match agreement.standing(now) {
                Ok(()) => Ok(Arc::clone(agreement)),
                Err(lapse) => Err(NoAgreement(lapse.to_string())),
            },
        }
    }

    /// The agreement held, in force now or not; `None` where there is none, or none that can be used.
    pub fn held(&self) -> Option<Arc<InForce>> {
        match &*self.held.read() {
            Held::Active(agreement) => Some(Arc::clone(agreement)),
            Held::None | Held::Unusable { .. } => None,
        }
    }

    /// The parties of the agreement held, in force or not.
    pub fn parties(&self) -> Vec<Party> {
        match &*self.held.read() {
            Held::None => Vec::new(),
            Held::Unusable { parties, .. } => parties.clone(),
            Held::Active(agreement) => agreement.agreement().document().parties().to_vec(),
        }
    }

    /// The partners: the parties but for this agency.
    pub fn partners(&self) -> Vec<Party> {
        self.parties().into_iter().filter(|party| party.agency != *self.own()).collect()
    }

    /// An agency as people know it.
    pub fn agency(&self, id: &AgencyId) -> Agency {
        let party = self.parties().into_iter().find(|party| party.agency == *id);
        match party {
            Some(party) => Agency { id: party.agency, name: party.name, kind: party.kind },
            None if id == self.own() => self.identity.agency().clone(),
            // Of an earlier agreement, perhaps: its short name is all that is known.
            None => {
                Agency { id: id.clone(), name: id.to_string(), kind: self.identity.agency().kind }
            }
        }
    }

    /// The partner whose node has this public key (Ed25519, 32 bytes), if the agreement held names it.
    pub fn partner_with_key(&self, public_key: &[u8]) -> Option<AgencyId> {
        let partners = self.partners();
        let party = partners.iter().find(|party| party.node_key.public_key() == public_key);
        party.map(|party| party.agency.clone())
    }

    /// The purposes that this employee's role may state, with their plain readings.
    pub fn purposes_for(&self, employee: &Employee) -> Result<Vec<(Purpose, String)>, NoAgreement> {
        let agreement = self.in_force(self.clock.now())?;
        let purposes = agreement.agreement().document().purposes();
        let open = purposes.iter().filter(|p| self.opens(&agreement, employee, &p.id));
        Ok(open.map(|purpose| (purpose.id.clone(), purpose.reads.clone())).collect())
    }

    /// Whether this employee may see a category for a purpose: of this agency's own data, or of any partner's.
    pub fn may_see(
        &self,
        employee: &Employee,
        purpose: &Purpose,
        category: Category,
        own: bool,
    ) -> bool {
        let (requester, role, now) = (self.own(), &employee.role, self.clock.now());
        let wanted = Categories::from([category]);
        self.in_force(now).is_ok_and(|agreement| {
            let parties = agreement.agreement().document().parties().iter();
            let mut owners =
                parties.map(|party| &party.agency).filter(|o| (*o == requester) == own);
            owners.any(|owner| {
                let question = Question { requester, owner, role, purpose, wanted: &wanted, now };
                agreement.decide(&question).permits(category)
            })
        })
    }

    /// Whether a purpose opens anything of anybody's to this employee.
    fn opens(&self, agreement: &InForce, employee: &Employee, purpose: &Purpose) -> bool {
        let wanted = Category::ALL.into_iter().collect();
        let (role, now) = (&employee.role, self.clock.now());
        agreement.agreement().document().parties().iter().any(|party| {
            let (requester, owner) = (self.own(), &party.agency);
            let question = Question { requester, owner, role, purpose, wanted: &wanted, now };
            !agreement.decide(&question).is_refusal()
        })
    }

    /// Whether this employee may review who looked, for this purpose, in this agency's own ledger.
    pub fn may_review(&self, employee: &Employee, purpose: &Purpose) -> bool {
        let now = self.clock.now();
        self.in_force(now).is_ok_and(|agreement| {
            let (requester, owner, role) = (self.own(), self.own(), &employee.role);
            let question = ReviewQuestion { requester, owner, role, purpose, now };
            agreement.decide_review(&question).is_permitted()
        })
    }

    /// Takes over a signed agreement, if it is this node's to take over; recorded.
    pub async fn activate(&self, note: &str) -> Result<(), AgreementsError> {
        let now = self.clock.now();
        let signed = kinfold_agreement::verify(note.as_bytes(), now)?;
        let signed = self.with_revocations(signed).await?;
        let digest = self.take_over(signed, &[])?.agreement().digest();
        let entry =
            Entry::Agreement { at: now, digest: digest.to_string(), what: "activated".to_owned() };
        self.journal.record(entry).await?;
        self.store.save(&digest, note).await?;
        self.store.activate(&digest).await?;
        Ok(self.reload().await?)
    }

    /// Takes over a revocation by any party's approver; recorded. Nothing flows from then on.
    pub async fn revoke(&self, note: &str) -> Result<(), AgreementsError> {
        let now = self.clock.now();
        let stored = self.store.active().await?.ok_or(AgreementsError::None)?;
        let signed = Draft::parse(stored.as_bytes())?.signed()?;
        let revocation = Revocation::verify(note.as_bytes(), signed.agreement())?;
        let digest = revocation.digest();
        let entry =
            Entry::Agreement { at: now, digest: digest.to_string(), what: "revoked".to_owned() };
        self.journal.record(entry).await?;
        self.store.save_revocation(&digest, note).await?;
        Ok(self.reload().await?)
    }

    /// One that was revoked is not activated again.
    async fn with_revocations(
        &self,
        mut signed: SignedAgreement,
    ) -> Result<SignedAgreement, AgreementsError> {
        for note in self.store.revocations().await? {
            // Others than this agreement's are of earlier ones.
            if let Ok(revocation) = Revocation::verify(note.as_bytes(), signed.agreement()) {
                signed = signed.with_revocation(revocation)?;
            }
        }
        Ok(signed)
    }

    async fn reload(&self) -> Result<(), PortError> {
        let _alone = self.reloading.lock().await;
        let Some(note) = self.store.active().await? else {
            *self.held.write() = Held::None;
            return Ok(());
        };
        let revocations = self.store.revocations().await?;
        let held = match self.rebuild(&note, &revocations) {
            Ok(agreement) => Held::Active(Arc::new(agreement)),
            Err(error) => Held::Unusable { why: error.to_string(), parties: parties_of(&note) },
        };
        *self.held.write() = held;
        Ok(())
    }

    /// Whatever its term: decisions ask for that at each moment.
    fn rebuild(&self, note: &str, revocations: &[String]) -> Result<InForce, AgreementsError> {
        self.take_over(Draft::parse(note.as_bytes())?.signed()?, revocations)
    }

    fn take_over(
        &self,
        signed: SignedAgreement,
        revocations: &[String],
    ) -> Result<InForce, AgreementsError> {
        let trust = match &self.approvers.0 {
            Some(keys) => Trust::Pinned(keys),
            None => Trust::AsNamed,
        };
        let node_key = self.identity.verifier();
        let own = Own { agency: self.own(), node_key, trust };
        let mut agreement = signed.activate(&own)?;
        if let Some(rules) = &self.rules {
            agreement = agreement.narrowed_by(rules)?;
        }
        for note in revocations {
            // Others than this agreement's are of earlier ones.
            if let Ok(revocation) = Revocation::verify(note.as_bytes(), agreement.agreement()) {
                agreement = agreement.with_revocation(revocation)?;
            }
        }
        Ok(agreement)
    }
}

fn parties_of(note: &str) -> Vec<Party> {
    Draft::parse(note.as_bytes())
        .map(|draft| draft.agreement().document().parties().to_vec())
        .unwrap_or_default()
}
