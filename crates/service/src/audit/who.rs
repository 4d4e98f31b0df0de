//! Who looked at this child: this agency's ledger and its partners', joined by ask.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use kinfold_agreement::{InForce, Party, ReviewDecision, ReviewQuestion, Ruling};
use kinfold_domain::{AgencyId, AskId, Subject};
use kinfold_ledger::Receipt;

use super::{
    LedgerPart, Ledgers, WhoError, WhoLookedAt, WhoQuestion,
    join::{Side, join},
};
use crate::{
    agreements::Agreements,
    caller::Caller,
    exchange::{ClosedAnswer, MessageKind, Place, WhoAnswer, WhoLine, WhoLines, WhoMessage, open},
    identity::NodeIdentity,
    journal::{Journal, JournalError},
    permit::{Evidence, ReviewPermit},
    ports::{Clock, Entropy, PartnerError, PartnerLink, Route},
    records::{
        About, AskKind, Asker, Entry, Intent, ProvenPlace, Refusal, Shown, SourceOutcome,
        Unreadable,
    },
    release::Release,
    sign_in::{StepUp, SteppedUp},
};

/// What the review works with.
pub struct WhoParts {
    /// This node's keys.
    pub identity: Arc<NodeIdentity>,
    /// The agreement.
    pub agreements: Arc<Agreements>,
    /// The ledger with its search tables.
    pub ledgers: Arc<Ledgers>,
    /// The way to partners.
    pub link: Arc<dyn PartnerLink>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
}

/// The review of who looked.
pub struct WhoLooked {
    pub(super) parts: WhoParts,
    /// Reviews of broken glass wait here for each other.
    pub(super) reviewing: tokio::sync::Mutex<()>,
}

/// What a partner's ledger says, with the place of its own record of having told; or why it says nothing.
type Theirs = Result<(WhoLines, ProvenPlace), String>;

pub(super) struct Asked<'a> {
    pub(super) ask: AskId,
    pub(super) at: Timestamp,
    caller: &'a Caller,
    question: &'a WhoQuestion,
    /// What the receipt says came of it.
    answer: &'static str,
}

impl WhoLooked {
    /// Over these parts.
    pub const fn new(parts: WhoParts) -> Self {
        Self { parts, reviewing: tokio::sync::Mutex::const_new(()) }
    }

    /// Lists who looked: decided, recorded, read on both sides, recorded as shown.
    #[tracing::instrument(skip_all)]
    pub async fn list(
        &self,
        caller: &Caller,
        question: WhoQuestion,
    ) -> Result<Release<WhoLookedAt>, WhoError> {
        self.review(self.asked(caller, &question, "who-looked")).await
    }

    /// The same for a file, which leaves the page and whatever guards it: only for whoever has just proved themselves for it.
    #[tracing::instrument(skip_all)]
    pub async fn export(
        &self,
        caller: &Caller,
        question: WhoQuestion,
        stepped_up: SteppedUp,
    ) -> Result<Release<WhoLookedAt>, WhoError> {
        let asked = self.asked(caller, &question, "who-looked-export");
        if !stepped_up.is_of(caller, StepUp::ExportWhoLooked) {
            let why = "a file of who looked needs a fresh code of its own";
            self.refuse(&asked, why.to_owned()).await?;
            return Err(WhoError::Refused(why.to_owned()));
        }
        self.review(asked).await
    }

    pub(super) fn asked<'a>(
        &self,
        caller: &'a Caller,
        question: &'a WhoQuestion,
        answer: &'static str,
    ) -> Asked<'a> {
        let at = self.parts.clock.now();
        let ask = AskId(self.parts.entropy.uuid(at));
        Asked { ask, at, caller, question, answer }
    }

    async fn review(&self, asked: Asked<'_>) -> Result<Release<WhoLookedAt>, WhoError> {
        let question = asked.question;
        let named = question.subject.name.is_some() && question.subject.birth_date.is_some();
        if question.subject.nhs_number.is_none() && !named {
            return Err(WhoError::TooLittle);
        }
        let due = self.parts.journal.ledger().size();
        let (agreement, permit, receipt) = self.permitted(&asked).await?;
        let place = self.parts.journal.place(&receipt)?;
        let ledgers = &self.parts.ledgers;
        let mut mine = ledgers.lines(&permit, (&question.subject, &[]), due).await?;
        let partners = agreement.partners().map(|party| {
            let decision = self.decide(&asked, &agreement, &party.agency);
            self.partner(&asked, &agreement, (party, decision), (&mine.lines, &place))
        });
        let theirs = futures::future::join_all(partners).await;
        // Looks that only the partner could tie to the child may have another side here: a notice names its entry alone.
        let told = theirs.iter().filter_map(|(_, answer)| answer.as_ref().ok());
        let told = told.flat_map(|(told, _)| &told.lines);
        let asks: Vec<AskId> = told.map(|line| line.ask).collect();
        let further = ledgers.lines(&permit, (&Subject::default(), &asks), 0).await?;
        mine.lines.extend(further.lines);
        mine.lines.sort_by_key(|line| std::cmp::Reverse(line.index));
        mine.lines.dedup_by_key(|line| line.index);
        self.release(&asked, mine, theirs).await
    }

    /// Whether this agency's own ledger may be read: decided, and recorded either way.
    pub(super) async fn permitted(
        &self,
        asked: &Asked<'_>,
    ) -> Result<(Arc<InForce>, ReviewPermit, Arc<Receipt>), WhoError> {
        let agreement = match self.parts.agreements.in_force(asked.at) {
            Ok(agreement) => agreement,
            Err(error) => {
                self.refuse(asked, error.0.clone()).await?;
                return Err(error.into());
            }
        };
        let own = self.decide(asked, &agreement, self.parts.agreements.own());
        if let Ruling::Refused { why } = own.ruling() {
            self.refuse(asked, why.to_string()).await?;
            return Err(WhoError::Refused(why.to_string()));
        }
        let receipt = Arc::new(self.record_intent(asked, &agreement).await?);
        match ReviewPermit::new(&own, Evidence::Recorded(Arc::clone(&receipt))) {
            Some(permit) => Ok((agreement, permit, receipt)),
            None => Err(WhoError::Refused("the agreement does not permit it".to_owned())),
        }
    }

    fn decide(&self, asked: &Asked<'_>, agreement: &InForce, owner: &AgencyId) -> ReviewDecision {
        agreement.decide_review(&ReviewQuestion {
            requester: self.parts.agreements.own(),
            owner,
            role: &asked.caller.employee().role,
            purpose: &asked.question.purpose,
            now: asked.at,
        })
    }

    async fn refuse(&self, asked: &Asked<'_>, reason: String) -> Result<(), JournalError> {
        let refusal = Refusal {
            ask: asked.ask,
            at: asked.at,
            kind: AskKind::WhoLooked,
            asker: Some(Asker::from(asked.caller.employee())),
            agency: self.parts.agreements.own().clone(),
            purpose: Some(asked.question.purpose.clone()),
            subject: Some(asked.question.subject.clone()),
            reason,
        };
        self.parts.journal.record(Entry::Refusal(Box::new(refusal))).await.map(drop)
    }

    async fn record_intent(
        &self,
        asked: &Asked<'_>,
        agreement: &InForce,
    ) -> Result<Receipt, JournalError> {
        let intent = Intent {
            ask: asked.ask,
            at: asked.at,
            kind: AskKind::WhoLooked,
            asker: Asker::from(asked.caller.employee()),
            purpose: asked.question.purpose.clone(),
            subject: asked.question.subject.clone(),
            agreement: agreement.agreement().digest().to_string(),
            granted: BTreeMap::new(),
            glass: None,
        };
        self.parts.journal.record(Entry::Intent(Box::new(intent))).await
    }

    async fn partner(
        &self,
        asked: &Asked<'_>,
        agreement: &InForce,
        (party, decision): (&Party, ReviewDecision),
        (mine, place): (&[WhoLine], &Place),
    ) -> (AgencyId, Theirs) {
        let answer = match decision.ruling() {
            Ruling::Refused { why } => Err(why.to_string()),
            Ruling::Permitted { .. } => {
                let asks: BTreeSet<AskId> = mine.iter().map(|line| line.ask).collect();
                let asks = asks.into_iter().collect();
                let asking = self.ask(asked, agreement, party, (asks, place));
                asking.await.map_err(|error| error.to_string())
            }
        };
        (party.agency.clone(), answer)
    }

    async fn ask(
        &self,
        asked: &Asked<'_>,
        agreement: &InForce,
        party: &Party,
        (asks, place): (Vec<AskId>, &Place),
    ) -> Result<(WhoLines, ProvenPlace), PartnerError> {
        let message = WhoMessage {
            ask: asked.ask,
            sent_at: self.parts.clock.now(),
            agreement: agreement.agreement().digest().to_string(),
            asker: Asker::from(asked.caller.employee()),
            purpose: asked.question.purpose.clone(),
            subject: asked.question.subject.clone(),
            asks,
            intent: place.clone(),
        };
        let untrusted = |error: &dyn std::fmt::Display| PartnerError::Untrusted(error.to_string());
        let sealed = self.parts.identity.seal(MessageKind::Who, &message);
        let note = sealed.map_err(|error| untrusted(&error))?;
        let answer = self.parts.link.send(&party.agency, Route::Who, note).await?;
        let answer: WhoAnswer = open(MessageKind::WhoAnswer, answer.as_bytes(), &party.node_key)
            .map_err(|e| untrusted(&e))?;
        let place = answer.recorded.filter(|_| answer.ask == asked.ask);
        let place =
            place.ok_or_else(|| untrusted(&"it answers another ask, or without a record"))?;
        let proved = place.verify(&party.ledger_key).map_err(|error| untrusted(&error))?;
        match answer.outcome {
            ClosedAnswer::Told(told) => Ok((told, proved)),
            ClosedAnswer::Refused { reason } => Err(PartnerError::Refused(reason)),
        }
    }

    async fn release(
        &self,
        asked: &Asked<'_>,
        mine: WhoLines,
        theirs: Vec<(AgencyId, Theirs)>,
    ) -> Result<Release<WhoLookedAt>, WhoError> {
        let own = self.parts.agreements.own();
        let side = |ledger: &AgencyId, line| Side { ledger: ledger.clone(), line };
        let mut ledgers = vec![LedgerPart::given(own, &mine)];
        let mut sides: Vec<Side> = mine.lines.into_iter().map(|line| side(own, line)).collect();
        let mut proofs = BTreeMap::new();
        for (ledger, answer) in theirs {
            match answer {
                Ok((told, proved)) => {
                    ledgers.push(LedgerPart::given(&ledger, &told));
                    sides.extend(told.lines.into_iter().map(|line| side(&ledger, line)));
                    proofs.insert(ledger, proved);
                }
                Err(failure) => ledgers.push(LedgerPart::failed(&ledger, failure)),
            }
        }
        let looked = WhoLookedAt {
            ask: asked.ask,
            at: asked.at,
            subject: asked.question.subject.clone(),
            looks: join(sides, &ledgers),
            ledgers,
        };
        let about = About {
            nhs_numbers: asked.question.subject.nhs_number.into_iter().collect(),
            ..About::default()
        };
        let sources = looked.ledgers.iter().map(outcome).collect();
        let shown = Shown { partner_proofs: proofs, ..shown(asked, about, sources) };
        Ok(Release::record(&self.parts.journal, looked, shown).await?)
    }
}

fn outcome(ledger: &LedgerPart) -> SourceOutcome {
    SourceOutcome {
        agency: ledger.ledger.clone(),
        system: "ledger".to_owned(),
        facts: ledger.lines.and_then(|lines| u32::try_from(lines).ok()),
        failure: ledger.failing(),
        took_us: None,
        unread: Unreadable::default(),
    }
}

/// What is shown of this agency's own ledger.
pub(super) fn shown(asked: &Asked<'_>, about: About, sources: Vec<SourceOutcome>) -> Shown {
    Shown {
        ask: asked.ask,
        at: asked.at,
        kind: AskKind::WhoLooked,
        asker: Asker::from(asked.caller.employee()),
        purpose: asked.question.purpose.clone(),
        answer: asked.answer.to_owned(),
        about,
        shown: BTreeMap::new(),
        digest: String::new(),
        sources,
        partner_proofs: BTreeMap::new(),
    }
}
