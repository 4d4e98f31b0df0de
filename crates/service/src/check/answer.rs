//! From what the registers found to one of the six answers.

use std::sync::Arc;

use jiff::civil::Date;
use kinfold_domain::{
    AgencyId, Categories, Category, CheckAnswer, Confirmed, Possible, RegisterEntry, RegisterHit,
    SealedNotice,
};

use crate::{
    Permit,
    records::About,
    register::{Register, RegisterMatch, RegisterSearch, release},
};

/// What one register found, with the permit under which it was searched.
pub(super) struct Found {
    pub(super) register: Arc<Register>,
    pub(super) permit: Permit,
    pub(super) search: RegisterSearch,
}

/// The name of an answer, for ledgers.
pub(crate) const fn word(answer: &CheckAnswer) -> &'static str {
    match answer {
        CheckAnswer::OnRegister { .. } => "on-register",
        CheckAnswer::RecentlyEnded { .. } => "recently-ended",
        CheckAnswer::NotOnRegister => "not-on-register",
        CheckAnswer::Several { .. } => "several",
        CheckAnswer::Unconfirmed => "unconfirmed",
        CheckAnswer::Sealed { .. } => "sealed",
    }
}

/// What an answer shows of one register: that it was searched, and the categories of the entries from it.
pub(crate) fn categories(answer: &CheckAnswer, owner: &AgencyId) -> Categories {
    let mut shown = Categories::from([Category::Register]);
    for hit in hits_of(answer).iter().filter(|hit| hit.agency.id == *owner) {
        let entry = &hit.entry;
        let kinds = [
            (Category::Contact, !entry.professionals.is_empty()),
            (Category::Household, !entry.household.is_empty()),
            (Category::Involvement, entry.school.is_some()),
            (Category::Address, entry.subject.address.is_some()),
        ];
        shown.extend(kinds.iter().filter(|(_, is_shown)| *is_shown).map(|(category, _)| *category));
    }
    // Possible children are told apart by where they live, too, where that may be shown.
    if let CheckAnswer::Several { possible, .. } = answer {
        let mut of_owner = possible.iter().filter(|child| child.agency.id == *owner);
        if of_owner.any(|child| child.subject.address.is_some()) {
            shown.insert(Category::Address);
        }
    }
    shown
}

/// How many entries of one register an answer shows.
pub(crate) fn entries(answer: &CheckAnswer, owner: &AgencyId) -> u32 {
    let count = match answer {
        CheckAnswer::Several { possible, .. } => {
            possible.iter().filter(|possible| possible.agency.id == *owner).count()
        }
        answer => hits_of(answer).iter().filter(|hit| hit.agency.id == *owner).count(),
    };
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn hits_of(answer: &CheckAnswer) -> &[RegisterHit] {
    match answer {
        CheckAnswer::OnRegister { hits } | CheckAnswer::RecentlyEnded { hits, .. } => hits,
        _ => &[],
    }
}

/// One answer over all registers. What is sealed hides everything else; what is known beats what is not; and only registers that are
/// all confirmed and searched whole may say "not on the register".
pub(super) fn conclude(found: &[Found], registers: &[Confirmed]) -> (CheckAnswer, About) {
    let certain: Vec<(&Found, &RegisterMatch)> = found
        .iter()
        .filter_map(|found| match &found.search {
            RegisterSearch::One(matches) => Some((found, matches)),
            _ => None,
        })
        .flat_map(|(found, matches)| matches.iter().map(move |hit| (found, hit)))
        .collect();
    let about = about(certain.iter().copied());
    if let Some(notice) = sealed(&certain) {
        return (CheckAnswer::Sealed { notice }, about);
    }
    if let Some(answer) = hits(found, &certain) {
        return (answer, about);
    }
    let possible = possible(found);
    if !possible.is_empty() {
        let about = about_all(&possible);
        // A sealed one among them is not told apart: only whom to ring.
        let sealed = sealed(&possible);
        let open = possible.iter().filter(|(_, hit)| hit.entry.sealed.is_none());
        let possible = open.map(|one| possible_child(found, one)).collect();
        let answer = CheckAnswer::Several { possible, sealed };
        return (answer, about);
    }
    let whole = found.iter().all(|found| matches!(found.search, RegisterSearch::Nobody));
    let confirmed = !registers.is_empty() && registers.iter().all(|register| !register.stale);
    let answer = match (whole, confirmed) {
        (true, true) => CheckAnswer::NotOnRegister,
        (true, false) => CheckAnswer::Unconfirmed,
        // Too little was typed to tell anybody apart: several, of whom none can be named.
        (false, _) => CheckAnswer::Several { possible: Vec::new(), sealed: None },
    };
    (answer, About::default())
}

fn hits(found: &[Found], certain: &[(&Found, &RegisterMatch)]) -> Option<CheckAnswer> {
    let mut hits: Vec<RegisterHit> = certain
        .iter()
        .map(|(of, hit)| RegisterHit {
            agency: of.agency().clone(),
            entry: release(&hit.entry, |category| of.permit.allows(category)),
            ended: ended(found, hit),
            number: hit.number,
        })
        .collect();
    hits.sort_by_key(|hit| (hit.ended.is_some(), std::cmp::Reverse(hit.ended)));
    Some(match hits.first()?.ended {
        None => CheckAnswer::OnRegister { hits },
        Some(ended) => CheckAnswer::RecentlyEnded { hits, ended },
    })
}

/// The day on which an entry ended. Copies of two registers age apart: the giver's of a hand-over may tell the end before the taker's tells
/// that the plan goes on. Until it does, the child is on the plan that is known here.
fn ended(all: &[Found], hit: &RegisterMatch) -> Option<Date> {
    let handing = hit.entry.handing_over.as_ref();
    let Some((to, accepted)) = handing.and_then(|handing| Some((&handing.to, handing.accepted?)))
    else {
        return hit.ended;
    };
    let goes_on = |taken: &RegisterMatch| {
        taken.entry.status == hit.entry.status && taken.ended.is_none_or(|end| end >= accepted)
    };
    let waits = all.iter().any(|found| {
        let has_come =
            matches!(&found.search, RegisterSearch::One(hits) if hits.iter().any(goes_on));
        found.agency().id == *to && !has_come
    });
    hit.ended.filter(|_| !waits)
}

fn possible(found: &[Found]) -> Vec<(&Found, &RegisterMatch)> {
    let mut possible: Vec<_> = found
        .iter()
        .filter_map(|found| match &found.search {
            RegisterSearch::Several(groups) => Some((found, groups)),
            _ => None,
        })
        .flat_map(|(found, groups)| {
            groups.iter().filter_map(move |group| face(group).map(|hit| (found, hit)))
        })
        .collect();
    possible.sort_by_key(|(_, hit)| std::cmp::Reverse(hit.permille));
    possible
}

/// The entry that stands for a child: a sealed one, if the child has any.
fn face(group: &[RegisterMatch]) -> Option<&RegisterMatch> {
    group.iter().find(|hit| hit.entry.sealed.is_some()).or_else(|| group.first())
}

fn possible_child(all: &[Found], (found, hit): &(&Found, &RegisterMatch)) -> Possible {
    let entry = release(&hit.entry, |category| found.permit.allows(category));
    Possible {
        agency: found.agency().clone(),
        entry: entry.id,
        status: entry.status,
        ended: ended(all, hit),
        subject: entry.subject,
        number: hit.number,
        probability_permille: hit.permille,
    }
}

fn sealed(matches: &[(&Found, &RegisterMatch)]) -> Option<SealedNotice> {
    matches.iter().find_map(|(found, hit)| {
        let desk = hit.entry.sealed.clone()?;
        Some(SealedNotice { agency: found.agency().clone(), desk })
    })
}

fn about_all(matches: &[(&Found, &RegisterMatch)]) -> About {
    about(matches.iter().copied())
}

fn about<'a>(matches: impl Iterator<Item = (&'a Found, &'a RegisterMatch)>) -> About {
    let mut about = About::default();
    for (found, hit) in matches {
        let entry: &RegisterEntry = &hit.entry;
        about.entries.push((found.agency().id.clone(), entry.id.clone()));
        // The mother's number identifies the mother, and through her the unborn child.
        about.nhs_numbers.extend(entry.subject.nhs_number);
    }
    about
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
