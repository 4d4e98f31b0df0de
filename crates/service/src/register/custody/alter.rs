//! Changing the register by hand: planned and shown, then recorded, stored and in the list.

use jiff::Timestamp;
use kinfold_domain::{
    Demographics, Detail, DetailKind, EntryId, PersonId, RegisterEntry, RegisterStatus, Standing,
    Subject,
};

use super::{
    Allowed, Change, ChangeError, Custodian, CustodyError, Planned, PlannedStep, Work,
    change::reason,
    plan::{Step, Terms, plan},
};
use crate::{
    Release,
    caller::Caller,
    ports::{Amendment, AmendmentKey},
    records::{Amending, Asker, Entry},
    register::{RegisterSearch, overlay::amended},
    today,
};

/// A change of one entry, or the addition of one.
#[derive(Clone, Debug)]
pub struct ToChange {
    /// Which entry; `None` for one that is added.
    pub entry: Option<EntryId>,
    /// What is to happen.
    pub change: Change,
    /// Why.
    pub reason: String,
}

impl Custodian {
    /// What a change would make, to be confirmed. Nothing changes.
    pub async fn plan(
        &self,
        caller: &Caller,
        wanted: &ToChange,
    ) -> Result<Release<Planned>, CustodyError> {
        reason(&wanted.reason)?;
        let work = self.begin(caller, subject(&wanted.change)).await?;
        let steps = self.steps(&work, wanted)?;
        let planned: Vec<PlannedStep> =
            steps.iter().filter_map(|step| self.planned(&work, step)).collect();
        let alike = self.alike(&work, wanted);
        let shown: Vec<EntryId> = planned.iter().map(|step| step.after.id.clone()).collect();
        let shown: Vec<EntryId> =
            shown.into_iter().chain(alike.iter().map(|entry| entry.id.clone())).collect();
        let planned = Planned { ask: work.ask, at: work.at, steps: planned, alike };
        self.release(&work, planned, shown.iter()).await
    }

    /// Makes a change; answers the entry that it was about. Recorded first; partners have it within a second.
    pub async fn change(
        &self,
        caller: &Caller,
        wanted: &ToChange,
    ) -> Result<EntryId, CustodyError> {
        let reason = reason(&wanted.reason)?;
        let allowed = self.allow(caller, &subject(&wanted.change)).await?;
        let known = self.known(wanted)?;
        let terms = self.terms(wanted, allowed.at)?;
        self.refuse_held(wanted)?;
        let steps = plan(&wanted.change, known.as_ref(), &terms)?;
        let first = steps.first().ok_or(ChangeError::Nothing)?.entry.clone();
        let entry = amending(&allowed, &steps, &reason);
        let at = allowed.at;
        let work = self.recorded(allowed, entry).await?;
        self.refuse_twice(&work, wanted, &steps)?;
        let by = caller.employee().user_name.to_string();
        let mut amendments = Vec::new();
        for Step { entry, kind, details } in steps {
            amendments.extend(details.into_iter().map(|detail| Amendment {
                entry: entry.clone(),
                detail,
                kind,
                by: by.clone(),
                at,
                reason: reason.clone().into(),
                over: None,
                differs: None,
                owner: Some(caller.employee().user_name.clone()),
                look_again: None,
            }));
        }
        let gone = answered(&amendments);
        self.parts.feed.amend(amendments, &gone).await?;
        if let Change::Add(new) = &wanted.change {
            self.plan_begins(&work, (new, &first)).await?;
        }
        Ok(first)
    }

    fn steps(&self, work: &Work<'_>, wanted: &ToChange) -> Result<Vec<Step>, CustodyError> {
        let known = self.known(wanted)?;
        let terms = self.terms(wanted, work.at)?;
        self.refuse_held(wanted)?;
        let steps = plan(&wanted.change, known.as_ref(), &terms)?;
        self.refuse_twice(work, wanted, &steps)?;
        Ok(steps)
    }

    fn known(&self, wanted: &ToChange) -> Result<Option<RegisterEntry>, CustodyError> {
        let Some(id) = &wanted.entry else { return Ok(None) };
        let known = self.parts.feed.register.known(id).ok_or(CustodyError::NotFound)?;
        Ok(Some(known.as_ref().clone()))
    }

    fn terms(&self, wanted: &ToChange, at: Timestamp) -> Result<Terms, CustodyError> {
        let record = wanted.entry.as_ref().map(ToString::to_string).unwrap_or_default();
        let source = self.parts.feed.source.name().to_owned();
        Ok(Terms {
            today: today(at),
            reference: self.reference(at)?,
            desk: self.parts.sealed_desk.of(&PersonId { source, record }),
            phones: self.parts.phones.clone(),
        })
    }

    fn planned(&self, work: &Work<'_>, step: &Step) -> Option<PlannedStep> {
        let before = self.parts.feed.register.known(&step.entry);
        let mut after = match step.details.first() {
            Some(Detail::Entry(entry)) => entry.as_ref().clone(),
            _ => amended(before.as_deref(), &[])?,
        };
        step.details.iter().for_each(|detail| detail.apply(&mut after));
        let after = work.cut(&after.into());
        Some(PlannedStep { kind: step.kind, before: before.map(|entry| work.cut(&entry)), after })
    }

    /// Who is being handed over does not end by the way: the child would perhaps stand on neither register.
    fn refuse_held(&self, wanted: &ToChange) -> Result<(), ChangeError> {
        let held = wanted.entry.as_ref().is_some_and(|entry| self.parts.feed.is_held(entry));
        if held && matches!(wanted.change, Change::End(_)) {
            return Err(ChangeError::HandingOver);
        }
        Ok(())
    }

    /// A child who is certainly on the register for the same reason is not added once more.
    fn refuse_twice(
        &self,
        work: &Work<'_>,
        wanted: &ToChange,
        steps: &[Step],
    ) -> Result<(), ChangeError> {
        let Some((subject, status)) = new_child(wanted, steps) else { return Ok(()) };
        let register = &self.parts.feed.register;
        let day = today(work.at);
        let found = register.search(&work.permit, &Subject::from(subject), day);
        let RegisterSearch::One(hits) = found else { return Ok(()) };
        let same = hits.iter().find(|hit| hit.entry.status == status && hit.ended.is_none());
        same.map_or(Ok(()), |hit| Err(ChangeError::AlreadyThere(hit.entry.id.clone())))
    }

    /// Who may be the child that is to be added.
    fn alike(&self, work: &Work<'_>, wanted: &ToChange) -> Vec<RegisterEntry> {
        let Change::Add(new) = &wanted.change else { return Vec::new() };
        let register = &self.parts.feed.register;
        let found = register.everybody(&work.permit, &Subject::from(&new.subject));
        let shows = |entry: &RegisterEntry| entry.standing(today(work.at)) != Standing::Past;
        found.iter().filter(|entry| shows(entry)).map(|entry| work.cut(entry)).collect()
    }
}

/// The child whom a change adds.
fn new_child<'a>(
    wanted: &ToChange,
    steps: &'a [Step],
) -> Option<(&'a Demographics, RegisterStatus)> {
    if !matches!(wanted.change, Change::Add(_) | Change::LookedAfter { .. } | Change::Born(_)) {
        return None;
    }
    steps.iter().flat_map(|step| &step.details).find_map(|detail| match detail {
        Detail::Entry(entry) => Some((&entry.subject, entry.status)),
        _ => None,
    })
}

/// Whom a change is about, as typed.
fn subject(change: &Change) -> Subject {
    match change {
        Change::Add(new) => Subject::from(&new.subject),
        Change::Born(child) => Subject::from(child.as_ref()),
        _ => Subject::default(),
    }
}

/// What an amendment answers: an entry that is in force again has not left.
fn answered(amendments: &[Amendment]) -> Vec<AmendmentKey> {
    let reopened = amendments.iter().filter(|row| row.detail == Detail::End(None));
    reopened.map(|row| (row.entry.clone(), DetailKind::Left)).collect()
}

fn amending(allowed: &Allowed<'_>, steps: &[Step], reason: &str) -> Entry {
    let details = steps.iter().flat_map(|step| &step.details);
    let clauses = crate::permit::granted(&allowed.ruled);
    let clauses = clauses.get(&kinfold_domain::Category::Register).cloned();
    Entry::RegisterAmended(Box::new(Amending {
        ask: allowed.ask,
        at: allowed.at,
        asker: Asker::from(allowed.caller.employee()),
        purpose: allowed.purpose.clone(),
        clauses: clauses.unwrap_or_default(),
        register_entries: steps.iter().map(|step| step.entry.clone()).collect(),
        what: steps.first().map_or("", |step| step.kind.word()).to_owned(),
        details: details.map(Detail::kind).collect(),
        reason: reason.into(),
    }))
}
