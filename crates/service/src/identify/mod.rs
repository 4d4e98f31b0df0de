//! Identify: whom of this agency's own people does a registered system mean? Identity alone, never a fact beyond it.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use kinfold_agreement::{Decision, InForce, Question};
use kinfold_domain::{
    AgencyId, AsAt, AskId, Categories, Category, Demographics, NumberAgreement, PersonId, Purpose,
    SealedDesk, Subject,
};
use kinfold_matching::{Candidate, Outcome, Reach};
use serde::Serialize;

use crate::{
    agreements::{Agreements, NoAgreement},
    journal::{Journal, JournalError},
    permit::{Evidence, Permit, granted},
    pooled_view::Holdings,
    ports::{Clock, Entropy, PortError},
    records::{About, AskKind, Asker, Entry, Grants, Intent, Refusal, Shown},
    release::Release,
    system::System,
};

/// What is asked.
#[derive(Clone, Debug)]
pub struct IdentifyQuestion {
    /// Whom the system means.
    pub subject: Subject,
    /// Why.
    pub purpose: Purpose,
}

/// How far the search reached: only a whole one can say that nobody fits.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Extent {
    /// Everybody who could be meant was weighed.
    Whole,
    /// More people could be meant than are weighed or told.
    Cut,
    /// The subject says too little to search by.
    TooLittle,
}

/// Somebody who may be meant.
#[derive(Clone, Debug, Serialize)]
pub struct Likeness {
    /// The record.
    pub person: PersonId,
    /// Who it is, as this agency holds it; without whereabouts unless they may be seen.
    pub demographics: Demographics,
    /// When the source was read.
    pub as_at: AsAt,
    /// Nobody else comes near.
    pub certain: bool,
    /// How well an NHS number fits.
    pub number: NumberAgreement,
    /// The match's probability in thousandths.
    pub permille: u16,
}

/// Whom it found.
#[derive(Clone, Debug, Serialize)]
pub struct Identified {
    /// The ask, as the ledger knows it.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// Who may be meant, the likeliest first.
    pub people: Vec<Likeness>,
    /// Whom to ring about one who is sealed: of that one nothing else is told.
    pub sealed: Option<SealedDesk>,
    /// How far the search reached.
    pub extent: Extent,
}

/// Why nobody was looked for.
#[derive(Debug, thiserror::Error)]
pub enum IdentifyError {
    /// Nothing flows at all.
    #[error(transparent)]
    NoAgreement(#[from] NoAgreement),
    /// This system may not see identities for this purpose; recorded.
    #[error("{0}")]
    Refused(String),
    /// The ledger can't be written.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// An identity that was found could not be read.
    #[error(transparent)]
    Store(#[from] PortError),
}

/// Finds identities among this agency's own people.
pub struct Identify {
    /// The agreement.
    pub agreements: Arc<Agreements>,
    /// This agency's own holdings.
    pub holdings: Arc<Holdings>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
}

/// One ask on its way.
struct Asked<'a> {
    ask: AskId,
    at: Timestamp,
    system: &'a System,
    question: &'a IdentifyQuestion,
}

impl Identify {
    /// Answers a system: decided, recorded, searched, recorded again as shown.
    #[tracing::instrument(skip_all)]
    pub async fn identify(
        &self,
        system: &System,
        question: IdentifyQuestion,
    ) -> Result<Release<Identified>, IdentifyError> {
        let at = self.clock.now();
        let ask = AskId(self.entropy.uuid(at));
        let asked = Asked { ask, at, system, question: &question };
        let agreement = match self.agreements.in_force(at) {
            Ok(agreement) => agreement,
            Err(error) => {
                self.refuse(&asked, error.0.clone()).await?;
                return Err(error.into());
            }
        };
        let decision = self.decide(&asked, &agreement);
        if !decision.permits(Category::Demographics) {
            let refused = decision.refused().find(|(c, _)| *c == Category::Demographics);
            let reason = refused.map_or_else(String::new, |(_, why)| why.to_string());
            self.refuse(&asked, reason.clone()).await?;
            return Err(IdentifyError::Refused(reason));
        }
        let intent = intent(&asked, &agreement, &decision);
        let receipt = Arc::new(self.journal.record(Entry::Intent(Box::new(intent))).await?);
        let permit = Permit::new(&decision, Evidence::Recorded(receipt));
        // A decision that permits something makes a permit.
        let permit = permit.ok_or_else(|| IdentifyError::Refused(String::new()))?;
        let (identified, about) = self.search(&permit, &asked).await?;
        let shown = shown(&asked, self.agreements.own(), &identified, about);
        Ok(Release::record(&self.journal, identified, shown).await?)
    }

    fn decide(&self, asked: &Asked<'_>, agreement: &InForce) -> Decision {
        let own = self.agreements.own();
        agreement.decide(&Question {
            requester: own,
            owner: own,
            role: &asked.system.named().role,
            purpose: &asked.question.purpose,
            wanted: &Categories::from([Category::Existence, Category::Demographics]),
            now: asked.at,
        })
    }

    async fn refuse(&self, asked: &Asked<'_>, reason: String) -> Result<(), JournalError> {
        let refusal = Refusal {
            ask: asked.ask,
            at: asked.at,
            kind: AskKind::IdentityMatch,
            asker: Some(Asker::from(asked.system.named())),
            agency: self.agreements.own().clone(),
            purpose: Some(asked.question.purpose.clone()),
            subject: Some(asked.question.subject.clone()),
            reason,
        };
        self.journal.record(Entry::Refusal(Box::new(refusal))).await.map(drop)
    }

    async fn search(
        &self,
        permit: &Permit,
        asked: &Asked<'_>,
    ) -> Result<(Identified, About), PortError> {
        let search = self.holdings.people.search(permit, &asked.question.subject);
        let certain = matches!(search.outcome, Outcome::One(_));
        let extent = match search.reach {
            Reach::Whole => Extent::Whole,
            Reach::Cut => Extent::Cut,
            Reach::TooLittle => Extent::TooLittle,
        };
        let (mut people, mut sealed, mut about) = (Vec::new(), None, About::default());
        for found in search.candidates() {
            let is_sealed = |person: &&PersonId| self.holdings.people.is_sealed(person);
            about.people.extend(std::iter::once(&found.key).chain(&found.same).cloned());
            if let Some(person) = std::iter::once(&found.key).chain(&found.same).find(is_sealed) {
                sealed = Some(self.holdings.desk(person));
                continue;
            }
            people.extend(self.likeness(permit, found, certain).await?);
        }
        about.nhs_numbers.extend(people.iter().filter_map(|one| one.demographics.nhs_number));
        Ok((Identified { ask: asked.ask, at: asked.at, people, sealed, extent }, about))
    }

    /// Who it is; `None` when the record went away meanwhile.
    async fn likeness(
        &self,
        permit: &Permit,
        found: &Candidate<PersonId>,
        certain: bool,
    ) -> Result<Option<Likeness>, PortError> {
        let Some(person) = self.holdings.store.person(&found.key).await? else { return Ok(None) };
        let mut demographics = person.demographics;
        if !permit.allows(Category::Address) {
            demographics.address = None;
            demographics.former_postcodes.clear();
        }
        let (number, permille) = (found.number, found.permille());
        let (person, as_at) = (person.id, person.as_at);
        Ok(Some(Likeness { person, demographics, as_at, certain, number, permille }))
    }
}

fn intent(asked: &Asked<'_>, agreement: &InForce, decision: &Decision) -> Intent {
    Intent {
        ask: asked.ask,
        at: asked.at,
        kind: AskKind::IdentityMatch,
        asker: Asker::from(asked.system.named()),
        purpose: asked.question.purpose.clone(),
        subject: asked.question.subject.clone(),
        agreement: agreement.agreement().digest().to_string(),
        granted: Grants::from([(decision.owner().clone(), granted(decision))]),
        glass: None,
    }
}

fn shown(asked: &Asked<'_>, own: &AgencyId, found: &Identified, about: About) -> Shown {
    let told = !found.people.is_empty();
    let categories = [Category::Existence, Category::Demographics].into_iter();
    let categories: Categories = categories.filter(|_| told).collect();
    Shown {
        ask: asked.ask,
        at: asked.at,
        kind: AskKind::IdentityMatch,
        asker: Asker::from(asked.system.named()),
        purpose: asked.question.purpose.clone(),
        answer: "identity-match".to_owned(),
        about,
        shown: BTreeMap::from([(own.clone(), categories)]),
        digest: String::new(),
        sources: Vec::new(),
        partner_proofs: BTreeMap::new(),
    }
}
