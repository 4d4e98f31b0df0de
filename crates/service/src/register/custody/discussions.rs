//! Strategy discussions: recorded, listed by the day on which the initial conference is due, and ended by what came of them.

use jiff::{Timestamp, civil::Date};
use kinfold_domain::{AskId, Demographics, Due, EntryId, RegisterStatus, Subject};
use serde::Serialize;

use super::{ChangeError, Custodian, CustodyError, NewEntry, Work, change::reason};
use crate::{
    Release,
    caller::Caller,
    records::{Asker, DiscussionId, DiscussionStep, DiscussionWord, Entry},
    register::{Discussion, RegisterSearch, Unborn},
    today,
};

/// A strategy discussion to be recorded.
#[derive(Clone, Debug)]
pub struct NewDiscussion {
    /// The day on which it was held.
    pub day: Date,
    /// The child; for an unborn child the mother.
    pub subject: Demographics,
    /// Set for an unborn child.
    pub unborn: Option<Unborn>,
}

/// One that waits.
#[derive(Clone, Debug, Serialize)]
pub struct DiscussionLine {
    /// The discussion.
    pub discussion: Discussion,
    /// When the initial conference is due.
    pub due: Option<Due>,
    /// The entry as which the child has a plan already: by the case system, perhaps.
    pub stands: Option<EntryId>,
}

/// Those that wait, the first due first.
#[derive(Clone, Debug, Serialize)]
pub struct DiscussionList {
    /// The ask.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// The lines.
    pub lines: Vec<DiscussionLine>,
}

/// What came of one, apart from a plan that is added by hand.
#[derive(Clone, Debug)]
pub enum DiscussionEnd {
    /// The child has a plan on the register by now.
    PlanStands,
    /// There is no plan: why.
    NoPlan(String),
    /// It was entered in error, or the enquiry ended: why.
    Cancelled(String),
}

impl Custodian {
    /// Records a strategy discussion: its clock runs from then on.
    pub async fn record_discussion(
        &self,
        caller: &Caller,
        new: NewDiscussion,
    ) -> Result<DiscussionId, CustodyError> {
        let work = self.begin(caller, Subject::from(&new.subject)).await?;
        if new.day > today(work.at) {
            return Err(ChangeError::Future.into());
        }
        if new.subject.nhs_number.is_none() && new.subject.birth_date.is_none() {
            return Err(ChangeError::TooLittle.into());
        }
        let id = DiscussionId(self.parts.entropy.uuid(work.at));
        let discussion = Discussion {
            id,
            day: new.day,
            subject: new.subject,
            unborn: new.unborn,
            recorded: (Asker::from(caller.employee()), work.at),
            outcome: None,
        };
        self.record_step(&work, &discussion, DiscussionWord::Held).await?;
        self.parts.discussions.put_discussion(&discussion).await?;
        Ok(id)
    }

    /// Those that wait for an outcome.
    pub async fn discussions(
        &self,
        caller: &Caller,
    ) -> Result<Release<DiscussionList>, CustodyError> {
        let work = self.begin(caller, Subject::default()).await?;
        let open = self.parts.discussions.open_discussions().await?;
        let mut lines: Vec<DiscussionLine> = open
            .into_iter()
            .map(|discussion| DiscussionLine {
                due: discussion.due(),
                stands: self.plan_of(&work, &discussion),
                discussion,
            })
            .collect();
        lines.sort_by_key(|line| (line.due.map(|due| due.day), line.discussion.id));
        let subjects = lines.iter().map(|line| Subject::from(&line.discussion.subject)).collect();
        let entries: Vec<EntryId> = lines.iter().filter_map(|line| line.stands.clone()).collect();
        let list = DiscussionList { ask: work.ask, at: work.at, lines };
        self.release_about(&work, list, (entries.iter(), subjects)).await
    }

    /// One that waits, for the form of a new entry.
    pub async fn discussion(
        &self,
        caller: &Caller,
        id: DiscussionId,
    ) -> Result<Release<Discussion>, CustodyError> {
        let work = self.begin(caller, Subject::default()).await?;
        let discussion = self.waiting(id).await?;
        let subjects = vec![Subject::from(&discussion.subject)];
        self.release_about(&work, discussion, (std::iter::empty(), subjects)).await
    }

    /// Records what came of one.
    pub async fn end_discussion(
        &self,
        caller: &Caller,
        id: DiscussionId,
        end: &DiscussionEnd,
    ) -> Result<(), CustodyError> {
        let reason = match end {
            DiscussionEnd::PlanStands => String::new(),
            DiscussionEnd::NoPlan(why) | DiscussionEnd::Cancelled(why) => reason(why)?,
        };
        let work = self.begin(caller, Subject::default()).await?;
        let discussion = self.waiting(id).await?;
        let what = match end {
            DiscussionEnd::NoPlan(_) => DiscussionWord::NoPlan { reason: reason.into() },
            DiscussionEnd::Cancelled(_) => DiscussionWord::Cancelled { reason: reason.into() },
            DiscussionEnd::PlanStands => {
                let stands = self.plan_of(&work, &discussion);
                let register_entry = stands.ok_or(ChangeError::NoPlanYet)?;
                DiscussionWord::PlanBegins { register_entry }
            }
        };
        self.close(&work, discussion, what).await
    }

    /// The plan of which a discussion was held is on the register: it has come to that. Only then is its clock stopped.
    pub(super) async fn plan_begins(
        &self,
        work: &Work<'_>,
        (new, register_entry): (&NewEntry, &EntryId),
    ) -> Result<(), CustodyError> {
        let Some(id) = new.discussion else { return Ok(()) };
        let Ok(discussion) = self.waiting(id).await else { return Ok(()) };
        let register_entry = register_entry.clone();
        self.close(work, discussion, DiscussionWord::PlanBegins { register_entry }).await
    }

    async fn close(
        &self,
        work: &Work<'_>,
        mut discussion: Discussion,
        what: DiscussionWord,
    ) -> Result<(), CustodyError> {
        self.record_step(work, &discussion, what.clone()).await?;
        discussion.outcome = Some((what, Asker::from(work.caller.employee()), work.at));
        Ok(self.parts.discussions.put_discussion(&discussion).await?)
    }

    async fn waiting(&self, id: DiscussionId) -> Result<Discussion, CustodyError> {
        let known = self.parts.discussions.discussion(id).await?;
        known.filter(|known| known.outcome.is_none()).ok_or(CustodyError::NotFound)
    }

    /// The plan that the child certainly has by now, and had not before the discussion.
    fn plan_of(&self, work: &Work<'_>, discussion: &Discussion) -> Option<EntryId> {
        let register = &self.parts.feed.register;
        let subject = Subject::from(&discussion.subject);
        let found = register.search(&work.permit, &subject, today(work.at));
        let RegisterSearch::One(hits) = found else { return None };
        let wanted = match discussion.unborn {
            Some(_) => RegisterStatus::UnbornPlan,
            None => RegisterStatus::ChildProtectionPlan,
        };
        let mut plans = hits.iter().filter(|hit| hit.entry.status == wanted && hit.ended.is_none());
        plans.find(|hit| hit.entry.start >= discussion.day).map(|hit| hit.entry.id.clone())
    }

    async fn record_step(
        &self,
        work: &Work<'_>,
        discussion: &Discussion,
        what: DiscussionWord,
    ) -> Result<(), CustodyError> {
        let step = DiscussionStep {
            discussion: discussion.id,
            at: work.at,
            by: Asker::from(work.caller.employee()),
            purpose: work.purpose.clone(),
            day: discussion.day,
            what,
        };
        Ok(self.record(Entry::StrategyDiscussion(Box::new(step))).await?)
    }
}
