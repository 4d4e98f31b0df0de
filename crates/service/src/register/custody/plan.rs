//! From a change to what it makes of each entry, checked against the entry as it stands.

use jiff::{ToSpan, civil::Date};
use kinfold_domain::{
    ChangeKind, Demographics, Detail, EntryId, HouseholdMember, LegalBasis, Professional,
    RegisterEntry, RegisterPhones, RegisterStatus, SealedDesk, Sex,
};

use super::{Change, ChangeError, NewEntry};

/// What a change makes of one entry.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) entry: EntryId,
    pub(super) kind: ChangeKind,
    pub(super) details: Vec<Detail>,
}

/// What a plan is made with.
pub(super) struct Terms {
    pub(super) today: Date,
    /// The reference that a new entry would have.
    pub(super) reference: EntryId,
    pub(super) desk: SealedDesk,
    pub(super) phones: RegisterPhones,
}

/// The steps of a change, in their order. `entry` is what it is about; a child who is added has none.
pub(super) fn plan(
    change: &Change,
    entry: Option<&RegisterEntry>,
    terms: &Terms,
) -> Result<Vec<Step>, ChangeError> {
    if let Change::Add(new) = change {
        return added(new, terms).map(|entry| vec![made(entry)]);
    }
    let entry = entry.ok_or(ChangeError::Nothing)?;
    if let Change::Born(child) = change {
        return born(entry, child, terms);
    }
    if let Change::LookedAfter { start, basis } = change {
        return looked_after(entry, (*start, *basis), terms).map(|entry| vec![made(entry)]);
    }
    let (kind, details) = match change {
        Change::Correct { .. } => (ChangeKind::Corrected, corrected(change, entry)),
        Change::Review { held, next } => {
            (ChangeKind::Reviewed, vec![reviewed(entry, (*held, *next), terms.today)?])
        }
        Change::Category(category) => {
            in_force(entry)?;
            if entry.status == RegisterStatus::LookedAfter {
                return Err(ChangeError::NoCategory);
            }
            (ChangeKind::CategoryChanged, vec![Detail::Category(Some(*category))])
        }
        Change::End(day) => (ChangeKind::Ended, vec![ended(entry, *day, terms.today)?]),
        Change::Reopen => {
            if entry.end.is_none() {
                return Err(ChangeError::InForce);
            }
            (ChangeKind::Reopened, vec![Detail::End(None), Detail::Successor(None)])
        }
        Change::Seal => (ChangeKind::Sealed, sealed(entry, terms)),
        Change::Unseal => (ChangeKind::Unsealed, vec![Detail::Sealed(None)]),
        Change::Add(_) | Change::LookedAfter { .. } | Change::Born(_) => {
            return Err(ChangeError::Nothing);
        }
    };
    let details: Vec<Detail> = details.into_iter().filter(|detail| !detail.agrees(entry)).collect();
    if details.is_empty() {
        return Err(ChangeError::Nothing);
    }
    Ok(vec![Step { entry: entry.id.clone(), kind, details }])
}

fn made(entry: RegisterEntry) -> Step {
    let id = entry.id.clone();
    Step { entry: id, kind: ChangeKind::Added, details: vec![Detail::Entry(Box::new(entry))] }
}

fn in_force(entry: &RegisterEntry) -> Result<(), ChangeError> {
    if entry.end.is_none() { Ok(()) } else { Err(ChangeError::Ended) }
}

fn added(new: &NewEntry, terms: &Terms) -> Result<RegisterEntry, ChangeError> {
    let is_plan = new.status != RegisterStatus::LookedAfter;
    if is_plan && new.category.is_none() {
        return Err(ChangeError::CategoryMissing);
    }
    if !is_plan && new.legal_basis.is_none() {
        return Err(ChangeError::BasisMissing);
    }
    if new.subject.nhs_number.is_none() && new.subject.birth_date.is_none() {
        return Err(ChangeError::TooLittle);
    }
    if new.start > terms.today {
        return Err(ChangeError::Future);
    }
    Ok(RegisterEntry {
        id: terms.reference.clone(),
        status: new.status,
        subject: new.subject.clone(),
        expected: new.expected.filter(|_| new.status == RegisterStatus::UnbornPlan),
        initial_category: new.category.filter(|_| is_plan),
        category: new.category.filter(|_| is_plan),
        legal_basis: new.legal_basis.filter(|_| !is_plan),
        start: new.start,
        end: None,
        previous_plans: 0,
        next_review: new.next_review,
        professionals: new.worker.iter().cloned().collect(),
        phones: terms.phones.clone(),
        household: Vec::new(),
        school: None,
        sealed: None,
        successor: None,
        handing_over: None,
    })
}

/// The same child's entry as one who is looked after: it stands beside the plan.
fn looked_after(
    entry: &RegisterEntry,
    (start, basis): (Date, LegalBasis),
    terms: &Terms,
) -> Result<RegisterEntry, ChangeError> {
    in_force(entry)?;
    if entry.status != RegisterStatus::ChildProtectionPlan {
        return Err(ChangeError::AlreadyThere(entry.id.clone()));
    }
    if start > terms.today {
        return Err(ChangeError::Future);
    }
    Ok(RegisterEntry {
        id: terms.reference.clone(),
        status: RegisterStatus::LookedAfter,
        initial_category: None,
        category: None,
        legal_basis: Some(basis),
        start,
        next_review: None,
        handing_over: None,
        ..entry.clone()
    })
}

/// The child's own plan, and the end of the mother's: in this order, so that one of them stands at every moment.
fn born(
    unborn: &RegisterEntry,
    child: &Demographics,
    terms: &Terms,
) -> Result<Vec<Step>, ChangeError> {
    if unborn.status != RegisterStatus::UnbornPlan || unborn.successor.is_some() {
        return Err(ChangeError::NotUnborn);
    }
    let day = child.birth_date.ok_or(ChangeError::BirthMissing)?.expose();
    if day > terms.today {
        return Err(ChangeError::Future);
    }
    if day < unborn.start {
        return Err(ChangeError::BeforeStart);
    }
    let own = newborn(unborn, child, (day, &terms.reference));
    // An end that the case system gave already stays.
    let end = Some(unborn.end.unwrap_or(day));
    let details = vec![Detail::End(end), Detail::Successor(Some(own.id.clone()))];
    let details = details.into_iter().filter(|detail| !detail.agrees(unborn)).collect();
    let entry = unborn.id.clone();
    let begins = Step { kind: ChangeKind::Born, ..made(own) };
    Ok(vec![begins, Step { entry, kind: ChangeKind::Ended, details }])
}

fn newborn(
    unborn: &RegisterEntry,
    child: &Demographics,
    (day, reference): (Date, &EntryId),
) -> RegisterEntry {
    let mother = HouseholdMember {
        name: unborn.subject.name.expose().into(),
        relationship: "Mother".to_owned(),
        birth_date: unborn.subject.birth_date,
        sex: Sex::Female,
        parental_responsibility: true,
        has_plan: false,
    };
    let household = std::iter::once(mother).chain(unborn.household.iter().cloned());
    RegisterEntry {
        id: reference.clone(),
        status: RegisterStatus::ChildProtectionPlan,
        subject: Demographics { address: unborn.subject.address.clone(), ..child.clone() },
        expected: None,
        initial_category: unborn.category,
        start: day,
        end: None,
        previous_plans: 0,
        household: household.collect(),
        school: None,
        successor: None,
        handing_over: None,
        ..unborn.clone()
    }
}

fn corrected(change: &Change, entry: &RegisterEntry) -> Vec<Detail> {
    let Change::Correct { nhs_number, name, birth_date, worker, telephone } = change else {
        return Vec::new();
    };
    let mut details = Vec::new();
    details.extend(nhs_number.map(|number| Detail::NhsNumber(Some(number))));
    details.extend(name.clone().map(Detail::Name));
    details.extend(birth_date.map(|born| Detail::BirthDate(Some(born))));
    if worker.is_some() || telephone.is_some() {
        let known = entry.professionals.first();
        let new = || Professional {
            name: String::new().into(),
            role: "Key worker".to_owned(),
            team: None,
            telephone: None,
        };
        let mut worked = known.cloned().unwrap_or_else(new);
        if let Some(name) = worker {
            worked.name = name.clone().into();
        }
        if telephone.is_some() {
            worked.telephone.clone_from(telephone);
        }
        details.push(Detail::KeyWorker(Some(Box::new(worked))));
    }
    details
}

fn reviewed(
    entry: &RegisterEntry,
    (held, next): (Date, Date),
    today: Date,
) -> Result<Detail, ChangeError> {
    in_force(entry)?;
    if held > today {
        return Err(ChangeError::Future);
    }
    if held < entry.start {
        return Err(ChangeError::BeforeStart);
    }
    if next <= held || next < today {
        return Err(ChangeError::ReviewOrder);
    }
    if next > held.saturating_add(6.months()) {
        return Err(ChangeError::ReviewTooLate);
    }
    Ok(Detail::NextReview(Some(next)))
}

fn ended(entry: &RegisterEntry, day: Date, today: Date) -> Result<Detail, ChangeError> {
    in_force(entry)?;
    if day > today {
        return Err(ChangeError::Future);
    }
    if day < entry.start {
        return Err(ChangeError::BeforeStart);
    }
    Ok(Detail::End(Some(day)))
}

fn sealed(entry: &RegisterEntry, terms: &Terms) -> Vec<Detail> {
    // A child who is sealed already keeps the reference that was given out.
    if entry.sealed.is_some() { Vec::new() } else { vec![Detail::Sealed(Some(terms.desk.clone()))] }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
