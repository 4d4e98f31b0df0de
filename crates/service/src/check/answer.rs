//! From what the registers found to one of the six answers.

use std::sync::Arc;

use kinfold_domain::{CheckAnswer, Confirmed, Possible, RegisterEntry, RegisterHit, SealedNotice};

use crate::{
    Permit,
    records::About,
    register::{Register, RegisterMatch, RegisterSearch, project},
};

/// What one register found, with the permit under which it was searched.
pub(super) struct Found {
    pub(super) register: Arc<Register>,
    pub(super) permit: Permit,
    pub(super) search: RegisterSearch,
}

/// The name of an answer, for ledgers.
pub(super) const fn word(answer: &CheckAnswer) -> &'static str {
    match answer {
        CheckAnswer::OnRegister { .. } => "on-register",
        CheckAnswer::RecentlyEnded { .. } => "recently-ended",
        CheckAnswer::NotOnRegister => "not-on-register",
        CheckAnswer::Several { .. } => "several",
        CheckAnswer::Unconfirmed => "unconfirmed",
        CheckAnswer::Sealed { .. } => "sealed",
    }
}

/// A child chosen from several: certain, because a person said so.
pub(super) fn chosen(entries: Option<Vec<RegisterMatch>>) -> RegisterSearch {
    match entries {
        Some(entries) if !entries.is_empty() => RegisterSearch::One(entries),
        _ => RegisterSearch::Nobody,
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
    if let Some(answer) = hits(&certain) {
        return (answer, about);
    }
    let possible = possible(found);
    if !possible.is_empty() {
        let about = about_all(&possible);
        // A sealed one among them is not told apart: only whom to ring.
        let sealed = sealed(&possible);
        let open = possible.iter().filter(|(_, hit)| hit.entry.sealed.is_none());
        let answer = CheckAnswer::Several { possible: open.map(possible_child).collect(), sealed };
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

fn hits(certain: &[(&Found, &RegisterMatch)]) -> Option<CheckAnswer> {
    let mut ordered = certain.to_vec();
    ordered.sort_by_key(|(_, hit)| (hit.ended.is_some(), std::cmp::Reverse(hit.ended)));
    let (_, first) = ordered.first()?;
    let ended = first.ended;
    let hits = ordered
        .iter()
        .map(|(found, hit)| RegisterHit {
            agency: found.agency().clone(),
            entry: project(&hit.entry, |category| found.permit.allows(category)),
            number: hit.number,
        })
        .collect();
    Some(match ended {
        None => CheckAnswer::OnRegister { hits },
        Some(ended) => CheckAnswer::RecentlyEnded { hits, ended },
    })
}

fn possible(found: &[Found]) -> Vec<(&Found, &RegisterMatch)> {
    let mut possible: Vec<_> = found
        .iter()
        .filter_map(|found| match &found.search {
            RegisterSearch::Several(groups) => Some((found, groups)),
            _ => None,
        })
        .flat_map(|(found, groups)| {
            groups.iter().filter_map(move |group| group.first().map(|first| (found, first)))
        })
        .collect();
    possible.sort_by_key(|(_, hit)| std::cmp::Reverse(hit.permille));
    possible
}

fn possible_child((found, hit): &(&Found, &RegisterMatch)) -> Possible {
    let entry = project(&hit.entry, |category| found.permit.allows(category));
    Possible {
        agency: found.agency().clone(),
        entry: entry.id,
        status: entry.status,
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
