//! The department's board: everybody who is here, with the answer for each, asked anew in the name of whoever looks.
//!
//! What the node's own check found at the arrival is never shown. The registers are in memory, so each showing searches them again, under
//! the looker's own permit: a plan that began after the child was booked in stands on the board, and an answer is never staler than the
//! register itself. One opening of the board is one ask; each showing of it is a receipt of its own.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use kinfold_agreement::{Decision, InForce, Question};
use kinfold_domain::{
    AgencyId, AskId, Categories, Category, CheckAnswer, Confirmed, Purpose, Subject,
};
use kinfold_ledger::Receipt;
use serde::Serialize;
use tokio::sync::watch;

use super::{
    attendance::{Attendance, AttendanceId, Recorded, Whereabouts},
    presence::Present,
    steps::Acknowledged,
};
use crate::{
    agreements::{Agreements, NoAgreement},
    caller::Caller,
    check::{Check, Concluded, answer, withheld},
    journal::{Journal, JournalError},
    permit::granted,
    ports::{Clock, Entropy},
    records::{About, AskKind, Asker, Entry, Grants, Intent, Refusal, Shown},
    release::Release,
};

/// The most children on one board.
const MOST: usize = 300;

/// What stands of one child.
#[derive(Clone, Debug, Serialize)]
pub struct BoardRow {
    /// The attendance.
    pub attendance: AttendanceId,
    /// Who it is, as the hospital knows them.
    pub subject: Subject,
    /// Said to be pregnant.
    pub pregnant: bool,
    /// Where.
    pub place: Option<String>,
    /// Since when.
    pub arrived: Timestamp,
    /// Whether the child is still here.
    pub whereabouts: Whereabouts,
    /// The answer.
    pub answer: CheckAnswer,
    /// More children are possible than the answer names.
    pub more: bool,
    /// What a nurse recorded.
    pub recorded: Option<Recorded>,
    /// Owners of registers whose workers are told of the attendance.
    pub told: Vec<AgencyId>,
    /// Who answered for it there.
    pub acknowledged: Vec<Acknowledged>,
    /// Why the node could not check the child by itself, where it couldn't.
    pub failure: Option<String>,
}

/// The board.
#[derive(Clone, Debug, Serialize)]
pub struct BoardView {
    /// The ask.
    pub ask: AskId,
    /// When it was put together.
    pub at: Timestamp,
    /// Who is here: whoever needs a person's eye first, then those on a register, then by arrival.
    pub rows: Vec<BoardRow>,
    /// How many more there are than it shows.
    pub more: usize,
    /// The registers that were searched, and as at when.
    pub registers: Vec<Confirmed>,
    /// Registers that were not, with the reason.
    pub withheld: Vec<(AgencyId, String)>,
    /// When the hospital's system was last heard.
    pub heard: Option<Timestamp>,
    /// It has been silent for longer than it should: arrivals may be missing.
    pub silent: bool,
}

/// Why there is no board.
#[derive(Debug, thiserror::Error)]
pub enum BoardError {
    /// Nothing flows at all.
    #[error(transparent)]
    NoAgreement(#[from] NoAgreement),
    /// This employee may not see it; recorded.
    #[error("{0}")]
    Refused(String),
    /// The ledger can't be written.
    #[error(transparent)]
    Ledger(#[from] JournalError),
}

/// The board.
pub struct Board {
    /// Why it is looked at.
    pub purpose: Purpose,
    /// The check.
    pub check: Arc<Check>,
    /// The agreement.
    pub agreements: Arc<Agreements>,
    /// Who is here.
    pub present: Arc<Present>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// How long the hospital's system may be silent.
    pub silent_after: SignedDuration,
}

/// A board that somebody has opened: decided, and recorded as an intent.
pub struct Watching {
    asker: Asker,
    ask: AskId,
    agreement: Arc<InForce>,
    decisions: Vec<Decision>,
    receipt: Arc<Receipt>,
}

impl Board {
    /// Tells whenever somebody came, went, or was dealt with.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.present.changed()
    }

    /// Opens the board for an employee: decided and recorded.
    #[tracing::instrument(skip_all)]
    pub async fn open(&self, caller: &Caller) -> Result<Watching, BoardError> {
        let at = self.clock.now();
        let ask = AskId(self.entropy.uuid(at));
        let asker = Asker::from(caller.employee());
        let agreement = match self.agreements.in_force(at) {
            Ok(agreement) => agreement,
            Err(error) => {
                self.refuse((ask, at, asker), error.0.clone()).await?;
                return Err(error.into());
            }
        };
        if let Some(reason) = self.refusal(caller, (at, &agreement)) {
            self.refuse((ask, at, asker), reason.clone()).await?;
            return Err(BoardError::Refused(reason));
        }
        let decisions = self.check.decide(caller.employee(), &self.purpose, (at, &agreement));
        let grants: Grants = decisions.iter().map(|d| (d.owner().clone(), granted(d))).collect();
        let intent = Intent {
            ask,
            at,
            kind: AskKind::Board,
            asker: asker.clone(),
            purpose: self.purpose.clone(),
            subject: Subject::default(),
            agreement: agreement.agreement().digest().to_string(),
            granted: grants,
            glass: None,
        };
        let receipt = Arc::new(self.journal.record(Entry::Intent(Box::new(intent))).await?);
        Ok(Watching { asker, ask, agreement, decisions, receipt })
    }

    /// The board as it stands; recorded as shown. It ends with the agreement under which it was opened.
    #[tracing::instrument(skip_all)]
    pub async fn show(&self, watching: &Watching) -> Result<Release<BoardView>, BoardError> {
        let at = self.clock.now();
        let agreement = self.agreements.in_force(at)?;
        if agreement.agreement().digest() != watching.agreement.agreement().digest() {
            return Err(BoardError::Refused(
                "the agreement has changed: open the board again".to_owned(),
            ));
        }
        let mut open = self.present.open();
        let more = open.len().saturating_sub(MOST);
        // The latest arrivals are the ones that nobody has seen yet.
        let open = open.split_off(more);
        let mut about = About::default();
        let mut registers = Vec::new();
        let mut rows: Vec<BoardRow> = Vec::new();
        for attendance in open {
            let whom = (&attendance.subject, None, at);
            let found = self.check.conclude(&watching.decisions, &watching.receipt, whom);
            registers.clone_from(&found.registers);
            rows.push(row(attendance, found, &mut about));
        }
        if rows.is_empty() {
            registers = self.check.registers();
        }
        rows.sort_by_key(|row| (urgency(row), row.arrived));
        let view = BoardView {
            ask: watching.ask,
            at,
            rows,
            more,
            registers,
            withheld: withheld(&watching.decisions),
            heard: self.present.heard(),
            silent: self.is_silent(at),
        };
        let shown = self.shown(watching, &view, about);
        Ok(Release::record(&self.journal, view, shown).await?)
    }

    /// Also when nothing came since the start: nobody knows for how long.
    fn is_silent(&self, now: Timestamp) -> bool {
        self.present.heard().is_none_or(|heard| now.duration_since(heard) > self.silent_after)
    }

    /// Why an employee may not see it: the hospital's own attendances and identities stand on it.
    fn refusal(&self, caller: &Caller, (now, agreement): (Timestamp, &InForce)) -> Option<String> {
        let employee = caller.employee();
        let wanted = Categories::from([Category::Demographics, Category::Attendances]);
        let decision = agreement.decide(&Question {
            requester: &employee.agency,
            owner: self.agreements.own(),
            role: &employee.role,
            purpose: &self.purpose,
            wanted: &wanted,
            now,
        });
        decision.refused().next().map(|(_, why)| why.to_string())
    }

    async fn refuse(
        &self,
        (ask, at, asker): (AskId, Timestamp, Asker),
        reason: String,
    ) -> Result<(), JournalError> {
        let refusal = Refusal {
            ask,
            at,
            kind: AskKind::Board,
            asker: Some(asker),
            agency: self.agreements.own().clone(),
            purpose: Some(self.purpose.clone()),
            subject: None,
            reason,
        };
        self.journal.record(Entry::Refusal(Box::new(refusal))).await.map(drop)
    }

    fn shown(&self, watching: &Watching, view: &BoardView, about: About) -> Shown {
        let mut shown: BTreeMap<AgencyId, Categories> = BTreeMap::new();
        let own = Categories::from([Category::Demographics, Category::Attendances]);
        shown.insert(self.agreements.own().clone(), own);
        for row in &view.rows {
            for register in &view.registers {
                let owner = &register.agency.id;
                let of_row = answer::categories(&row.answer, owner);
                shown.entry(owner.clone()).or_default().extend(of_row);
            }
        }
        Shown {
            ask: watching.ask,
            at: view.at,
            kind: AskKind::Board,
            asker: watching.asker.clone(),
            purpose: self.purpose.clone(),
            answer: "board".to_owned(),
            about,
            shown,
            digest: String::new(),
            sources: Vec::new(),
            partner_proofs: BTreeMap::new(),
        }
    }
}

fn row(attendance: Attendance, found: Concluded, about: &mut About) -> BoardRow {
    about.nhs_numbers.extend(attendance.subject.nhs_number);
    about.nhs_numbers.extend(found.about.nhs_numbers);
    about.entries.extend(found.about.entries);
    about.subjects.push(attendance.subject.clone());
    BoardRow {
        attendance: attendance.id,
        subject: attendance.subject,
        pregnant: attendance.pregnant,
        place: attendance.place,
        arrived: attendance.arrived,
        whereabouts: attendance.whereabouts,
        answer: found.answer,
        more: found.more,
        recorded: attendance.recorded,
        told: attendance.told.into_iter().map(|(owner, _)| owner).collect(),
        acknowledged: attendance.acknowledged,
        failure: attendance.failure,
    }
}

/// What needs a person's eye comes first.
fn urgency(row: &BoardRow) -> u8 {
    let done = row.recorded.is_some();
    match &row.answer {
        CheckAnswer::OnRegister { .. } | CheckAnswer::Sealed { .. } if !done => 1,
        CheckAnswer::Several { .. } | CheckAnswer::Unconfirmed => 0,
        CheckAnswer::RecentlyEnded { .. } if !done => 2,
        _ => 3,
    }
}
