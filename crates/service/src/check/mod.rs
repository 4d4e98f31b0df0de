//! The check: is this child on a register? Six answers, each with the moment for which it is true.

pub(crate) mod answer;

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use kinfold_agreement::{Decision, InForce, Question};
use kinfold_domain::{
    AgencyId, AskId, Categories, Category, CheckAnswer, Confirmed, Employee, EntryId, Purpose,
    Subject,
};
use kinfold_ledger::Receipt;
use serde::Serialize;

use crate::{
    agreements::{Agreements, NoAgreement},
    caller::Caller,
    journal::{Journal, JournalError},
    permit::{Evidence, Permit, granted},
    ports::{Clock, Entropy},
    records::{
        About, AskKind, Asker, Entry, Grants, Intent, Refusal, Shown, SourceOutcome, Unreadable,
    },
    register::{Register, Registers},
    release::Release,
    system::System,
    today,
};
use answer::Found;

/// What is asked.
#[derive(Clone, Debug)]
pub struct CheckQuestion {
    /// About whom.
    pub subject: Subject,
    /// Why.
    pub purpose: Purpose,
    /// One of several possible children of an earlier answer, chosen by the asker.
    pub choice: Option<(AgencyId, EntryId)>,
}

/// A check's answer with what stands around it.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// The ask, as both ledgers know it.
    pub ask: AskId,
    /// When it was answered.
    pub at: Timestamp,
    /// About whom.
    pub subject: Subject,
    /// Why.
    pub purpose: Purpose,
    /// The answer.
    pub answer: CheckAnswer,
    /// More children are possible than it names: ask for more to go by.
    pub more: bool,
    /// The registers that were searched, and as at when.
    pub registers: Vec<Confirmed>,
    /// Registers that this employee may not search for this purpose, with the reason.
    pub withheld: Vec<(AgencyId, String)>,
    /// The clauses that allow what is shown, by owner.
    pub granted: Grants,
    /// The entries of registers that the answer is about.
    #[serde(skip)]
    pub entries: Vec<(AgencyId, EntryId)>,
}

impl Checked {
    /// The answer's name, as ledgers have it: `on-register`.
    pub fn word(&self) -> &'static str {
        answer::word(&self.answer)
    }
}

/// Why a check was not answered.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// Nothing flows at all.
    #[error(transparent)]
    NoAgreement(#[from] NoAgreement),
    /// This employee may not search any register for this purpose; recorded.
    #[error("{0}")]
    Refused(String),
    /// No register is held here.
    #[error("this node holds no register: its agreement or its feed is not set up")]
    NoRegister,
    /// The ledger can't be written.
    #[error(transparent)]
    Ledger(#[from] JournalError),
}

/// The check.
pub struct Check {
    agreements: Arc<Agreements>,
    registers: Registers,
    journal: Journal,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// What a check wants of each register.
const WANTED: [Category; 6] = [
    Category::Existence,
    Category::Register,
    Category::Contact,
    Category::Address,
    Category::Household,
    Category::Involvement,
];

impl Check {
    /// Over these registers.
    pub fn new(
        agreements: Arc<Agreements>,
        registers: Registers,
        journal: Journal,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self { agreements, registers, journal, clock, entropy }
    }

    /// The registers that can be searched, as they stand.
    pub fn registers(&self) -> Vec<Confirmed> {
        let now = self.clock.now();
        self.registers.iter().map(|register| register.confirmed(now)).collect()
    }

    /// How many changes all registers together hold: it grows whenever an answer may be another one.
    pub fn register_changes(&self) -> u64 {
        self.registers.iter().map(|register| register.size()).sum()
    }

    /// Answers an employee's check: decided, recorded, searched, recorded again as shown.
    pub async fn check(
        &self,
        caller: &Caller,
        question: CheckQuestion,
    ) -> Result<Release<Checked>, CheckError> {
        self.ask(caller.employee(), question).await
    }

    /// Answers a system's check, the same way.
    pub async fn check_by_itself(
        &self,
        system: &System,
        question: CheckQuestion,
    ) -> Result<Release<Checked>, CheckError> {
        self.ask(system.named(), question).await
    }

    #[tracing::instrument(skip_all)]
    async fn ask(
        &self,
        by: &Employee,
        question: CheckQuestion,
    ) -> Result<Release<Checked>, CheckError> {
        let now = self.clock.now();
        let ask = AskId(self.entropy.uuid(now));
        let asked = Asked { by, question: &question, ask, at: now };
        let agreement = match self.agreements.in_force(now) {
            Ok(agreement) => agreement,
            Err(error) => {
                self.refuse(&asked, error.0.clone()).await?;
                return Err(error.into());
            }
        };
        let decisions = self.decide(by, &question.purpose, (now, &agreement));
        if decisions.is_empty() {
            self.refuse(&asked, CheckError::NoRegister.to_string()).await?;
            return Err(CheckError::NoRegister);
        }
        if decisions.iter().all(|decision| !decision.permits(Category::Register)) {
            let reason = withheld(&decisions).into_iter().next().map_or_else(String::new, |w| w.1);
            self.refuse(&asked, reason.clone()).await?;
            return Err(CheckError::Refused(reason));
        }
        self.answer(&asked, &agreement, &decisions).await
    }

    /// What this employee may be told of each register.
    pub(crate) fn decide(
        &self,
        by: &Employee,
        purpose: &Purpose,
        (now, agreement): (Timestamp, &InForce),
    ) -> Vec<Decision> {
        let wanted: Categories = WANTED.into_iter().collect();
        let question = |owner| Question {
            requester: &by.agency,
            owner,
            role: &by.role,
            purpose,
            wanted: &wanted,
            now,
        };
        let owners = self.registers.iter().map(|register| &register.owner().id);
        owners.map(|owner| agreement.decide(&question(owner))).collect()
    }

    /// One child's answer under an intent that is recorded.
    pub(crate) fn conclude(
        &self,
        decisions: &[Decision],
        receipt: &Arc<Receipt>,
        (subject, choice, at): (&Subject, Option<&(AgencyId, EntryId)>, Timestamp),
    ) -> Concluded {
        let (found, more): (Vec<Found>, Vec<bool>) = decisions
            .iter()
            .filter(|decision| decision.permits(Category::Register))
            .filter_map(|decision| Permit::new(decision, Evidence::Recorded(Arc::clone(receipt))))
            .filter_map(|permit| self.search(permit, (subject, choice, at)))
            .unzip();
        let registers: Vec<Confirmed> =
            found.iter().map(|found| found.register.confirmed(at)).collect();
        let (answer, about) = answer::conclude(&found, &registers);
        let is_open = matches!(answer, CheckAnswer::Several { .. });
        Concluded { more: is_open && more.contains(&true), answer, about, registers }
    }

    async fn refuse(&self, asked: &Asked<'_>, reason: String) -> Result<(), JournalError> {
        let refusal = Refusal {
            ask: asked.ask,
            at: asked.at,
            kind: AskKind::Check,
            asker: Some(Asker::from(asked.by)),
            agency: self.agreements.own().clone(),
            purpose: Some(asked.question.purpose.clone()),
            subject: Some(asked.question.subject.clone()),
            reason,
        };
        self.journal.record(Entry::Refusal(Box::new(refusal))).await.map(drop)
    }

    async fn answer(
        &self,
        asked: &Asked<'_>,
        agreement: &InForce,
        decisions: &[Decision],
    ) -> Result<Release<Checked>, CheckError> {
        let grants: Grants = decisions
            .iter()
            .filter(|decision| decision.permits(Category::Register))
            .map(|decision| (decision.owner().clone(), granted(decision)))
            .collect();
        let intent = Intent {
            ask: asked.ask,
            at: asked.at,
            kind: AskKind::Check,
            asker: Asker::from(asked.by),
            purpose: asked.question.purpose.clone(),
            subject: asked.question.subject.clone(),
            agreement: agreement.agreement().digest().to_string(),
            granted: grants.clone(),
            glass: None,
        };
        let receipt = Arc::new(self.journal.record(Entry::Intent(Box::new(intent))).await?);
        let whom = (&asked.question.subject, asked.question.choice.as_ref(), asked.at);
        let Concluded { answer, about, more, registers } = self.conclude(decisions, &receipt, whom);
        let checked = Checked {
            more,
            ask: asked.ask,
            at: asked.at,
            subject: asked.question.subject.clone(),
            purpose: asked.question.purpose.clone(),
            answer,
            registers,
            withheld: withheld(decisions),
            granted: grants,
            entries: about.entries.clone(),
        };
        let shown = shown(asked, &checked, about);
        Ok(Release::record(&self.journal, checked, shown).await?)
    }

    /// What one register found, and whether more children of it are possible than were found.
    fn search(
        &self,
        permit: Permit,
        (subject, choice, at): (&Subject, Option<&(AgencyId, EntryId)>, Timestamp),
    ) -> Option<(Found, bool)> {
        let register = Arc::clone(self.registers.of(permit.owner())?);
        let (search, more) = register.search_telling(&permit, subject, today(at));
        let search = match choice {
            Some((owner, entry)) if owner == permit.owner() => search.choose(entry),
            _ => search,
        };
        Some((Found { register, permit, search }, more))
    }
}

/// One child's answer, before it is recorded as shown.
pub(crate) struct Concluded {
    pub(crate) answer: CheckAnswer,
    pub(crate) about: About,
    /// More children are possible than the answer names.
    pub(crate) more: bool,
    /// The registers that were searched.
    pub(crate) registers: Vec<Confirmed>,
}

struct Asked<'a> {
    by: &'a Employee,
    question: &'a CheckQuestion,
    ask: AskId,
    at: Timestamp,
}

pub(crate) fn withheld(decisions: &[Decision]) -> Vec<(AgencyId, String)> {
    decisions
        .iter()
        .filter_map(|decision| {
            let (_, why) = decision.refused().find(|(c, _)| *c == Category::Register)?;
            Some((decision.owner().clone(), why.to_string()))
        })
        .collect()
}

fn shown(asked: &Asked<'_>, checked: &Checked, about: About) -> Shown {
    let owners = checked.granted.keys();
    let categories: BTreeMap<AgencyId, Categories> =
        owners.map(|owner| (owner.clone(), answer::categories(&checked.answer, owner))).collect();
    let sources = checked.registers.iter().map(|register| SourceOutcome {
        agency: register.agency.id.clone(),
        system: "register".to_owned(),
        facts: Some(answer::entries(&checked.answer, &register.agency.id)),
        failure: register.stale.then(|| "older than its limit".to_owned()),
        took_us: None,
        unread: Unreadable::default(),
    });
    Shown {
        ask: asked.ask,
        at: asked.at,
        kind: AskKind::Check,
        asker: Asker::from(asked.by),
        purpose: asked.question.purpose.clone(),
        answer: answer::word(&checked.answer).to_owned(),
        about,
        shown: categories,
        digest: String::new(),
        sources: sources.collect(),
        partner_proofs: BTreeMap::new(),
    }
}

impl Found {
    fn agency(&self) -> &kinfold_domain::Agency {
        Register::owner(&self.register)
    }
}
