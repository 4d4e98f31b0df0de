//! A detail of a register entry as somebody says it by hand, over what the case system says.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    AbuseCategory, BirthDate, EntryId, NhsNumber, PersonName, Professional, RegisterEntry,
    SealedDesk, Telephone,
};

/// One detail of an entry with its value.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "detail", content = "is", rename_all = "kebab-case")]
pub enum Detail {
    /// The whole entry: it was added by hand, and the case system does not have it.
    Entry(Box<RegisterEntry>),
    /// The entry left the case system without an end date: it was ended on the day that was noticed.
    Left,
    /// Its last day; `None` while it is in force.
    End(Option<Date>),
    /// Category now.
    Category(Option<AbuseCategory>),
    /// Next review conference.
    NextReview(Option<Date>),
    /// Whom to ring about a sealed child; `None` where it is not sealed.
    Sealed(Option<SealedDesk>),
    /// The child's NHS number.
    NhsNumber(Option<NhsNumber>),
    /// The child's name.
    Name(PersonName),
    /// The child's date of birth.
    BirthDate(Option<BirthDate>),
    /// The key worker, with telephone.
    KeyWorker(Option<Box<Professional>>),
    /// The entry that took this one's place.
    Successor(Option<EntryId>),
}

/// Which detail.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DetailKind {
    /// The whole entry. First, so that the rest lies over it.
    Entry,
    /// It left the case system.
    Left,
    /// Its last day.
    End,
    /// Category.
    Category,
    /// Next review.
    NextReview,
    /// Sealed.
    Sealed,
    /// NHS number.
    NhsNumber,
    /// Name.
    Name,
    /// Date of birth.
    BirthDate,
    /// Key worker.
    KeyWorker,
    /// The entry that took its place.
    Successor,
}

impl DetailKind {
    /// All of them, in the order in which they lie over an entry.
    pub const ALL: [Self; 11] = [
        Self::Entry,
        Self::Left,
        Self::End,
        Self::Category,
        Self::NextReview,
        Self::Sealed,
        Self::NhsNumber,
        Self::Name,
        Self::BirthDate,
        Self::KeyWorker,
        Self::Successor,
    ];

    /// As stores and forms name it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Left => "left",
            Self::End => "end",
            Self::Category => "category",
            Self::NextReview => "next-review",
            Self::Sealed => "sealed",
            Self::NhsNumber => "nhs-number",
            Self::Name => "name",
            Self::BirthDate => "birth-date",
            Self::KeyWorker => "key-worker",
            Self::Successor => "successor",
        }
    }

    /// The kind of that name.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// What an entry says of it; `None` for what no entry says of itself.
    pub fn of(self, entry: &RegisterEntry) -> Option<Detail> {
        Some(match self {
            Self::Entry | Self::Left => return None,
            Self::End => Detail::End(entry.end),
            Self::Category => Detail::Category(entry.category),
            Self::NextReview => Detail::NextReview(entry.next_review),
            Self::Sealed => Detail::Sealed(entry.sealed.clone()),
            Self::NhsNumber => Detail::NhsNumber(entry.subject.nhs_number),
            Self::Name => Detail::Name(entry.subject.name.clone()),
            Self::BirthDate => Detail::BirthDate(entry.subject.birth_date),
            Self::KeyWorker => {
                Detail::KeyWorker(entry.professionals.first().cloned().map(Box::new))
            }
            Self::Successor => Detail::Successor(entry.successor.clone()),
        })
    }
}

impl Detail {
    /// Which detail it is.
    pub const fn kind(&self) -> DetailKind {
        match self {
            Self::Entry(_) => DetailKind::Entry,
            Self::Left => DetailKind::Left,
            Self::End(_) => DetailKind::End,
            Self::Category(_) => DetailKind::Category,
            Self::NextReview(_) => DetailKind::NextReview,
            Self::Sealed(_) => DetailKind::Sealed,
            Self::NhsNumber(_) => DetailKind::NhsNumber,
            Self::Name(_) => DetailKind::Name,
            Self::BirthDate(_) => DetailKind::BirthDate,
            Self::KeyWorker(_) => DetailKind::KeyWorker,
            Self::Successor(_) => DetailKind::Successor,
        }
    }

    /// Lays it over an entry. A whole entry and one that left say nothing of a detail.
    pub fn apply(&self, entry: &mut RegisterEntry) {
        match self {
            Self::Entry(_) | Self::Left | Self::KeyWorker(None) => {}
            Self::End(end) => entry.end = *end,
            Self::Category(category) => entry.category = *category,
            Self::NextReview(day) => entry.next_review = *day,
            Self::Sealed(desk) => entry.sealed.clone_from(desk),
            Self::NhsNumber(number) => entry.subject.nhs_number = *number,
            Self::Name(name) => entry.subject.name = name.clone(),
            Self::BirthDate(born) => entry.subject.birth_date = *born,
            Self::KeyWorker(Some(worker)) => match entry.professionals.first_mut() {
                Some(first) => {
                    let known = std::mem::replace(first, worker.as_ref().clone());
                    carry_confirmation(known.telephone.as_ref(), first);
                }
                None => entry.professionals.push(worker.as_ref().clone()),
            },
            Self::Successor(next) => entry.successor.clone_from(next),
        }
    }

    /// Whether an entry says the same. Names may be written in another case: case systems shout.
    pub fn agrees(&self, entry: &RegisterEntry) -> bool {
        if let Self::Name(name) = self {
            return name.expose().to_lowercase() == entry.subject.name.expose().to_lowercase();
        }
        if let Self::KeyWorker(Some(worker)) = self {
            return entry.professionals.first().is_some_and(|said| is_same_worker(worker, said));
        }
        self.kind().of(entry).is_some_and(|said| said == *self)
    }

    /// Whether it says that there is nothing: no end, no category, not sealed.
    pub const fn is_blank(&self) -> bool {
        matches!(
            self,
            Self::End(None)
                | Self::Category(None)
                | Self::NextReview(None)
                | Self::Sealed(None)
                | Self::NhsNumber(None)
                | Self::BirthDate(None)
                | Self::KeyWorker(None)
                | Self::Successor(None)
        )
    }
}

/// The day belongs to the number: where it stays, so does the day.
fn carry_confirmation(known: Option<&Telephone>, worker: &mut Professional) {
    if let (Some(known), Some(number)) = (known, &mut worker.telephone)
        && known.is_same_number(number)
    {
        number.confirm(known.confirmed());
    }
}

/// When a number was confirmed is no difference between two systems: who and which number is.
fn is_same_worker(worker: &Professional, said: &Professional) -> bool {
    let number = |of: &Professional| of.telephone.as_ref().map(|number| number.as_str().to_owned());
    let rest = |of: &Professional| (of.name.clone(), of.role.clone(), of.team.clone());
    rest(worker) == rest(said) && number(worker) == number(said)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{Demographics, RegisterPhones, RegisterStatus};

    fn entry() -> RegisterEntry {
        RegisterEntry {
            id: "cpp-1".parse().unwrap(),
            status: RegisterStatus::ChildProtectionPlan,
            subject: Demographics::named(PersonName::new("Garrowby", "Iseult").unwrap()),
            expected: None,
            initial_category: None,
            category: None,
            legal_basis: None,
            start: date(2026, 1, 1),
            end: None,
            previous_plans: 0,
            next_review: None,
            professionals: vec![],
            phones: RegisterPhones {
                office: "01632 960001".parse().unwrap(),
                emergency_duty_team: "01632 960002".parse().unwrap(),
            },
            household: vec![],
            school: None,
            sealed: None,
            successor: None,
            handing_over: None,
        }
    }

    #[test]
    fn whatever_is_laid_over_an_entry_is_what_the_entry_says_then() {
        let worker = Professional {
            name: "Worker Testperson".into(),
            role: "Key worker".to_owned(),
            team: None,
            telephone: Some("01632 960111".parse().unwrap()),
        };
        let desk = SealedDesk {
            desk: "Sealed records desk".to_owned(),
            telephone: "01632 960900".parse().unwrap(),
            reference: "S-1".to_owned(),
        };
        for detail in [
            Detail::End(Some(date(2026, 5, 1))),
            Detail::Category(Some(AbuseCategory::Physical)),
            Detail::NextReview(Some(date(2026, 8, 1))),
            Detail::Sealed(Some(desk)),
            Detail::NhsNumber(Some("999 000 0018".parse().unwrap())),
            Detail::Name(PersonName::new("Garrowby", "Isolde").unwrap()),
            Detail::BirthDate(Some(BirthDate::new(1, 2, 2020).unwrap())),
            Detail::KeyWorker(Some(Box::new(worker))),
            Detail::Successor(Some("cpp-2".parse().unwrap())),
        ] {
            let mut amended = entry();
            assert!(!detail.agrees(&amended) && !detail.is_blank());
            detail.apply(&mut amended);
            assert!(detail.agrees(&amended), "{}", detail.kind().word());
            assert_eq!(detail.kind().of(&amended), Some(detail.clone()));
            assert_eq!(DetailKind::of_word(detail.kind().word()), Some(detail.kind()));
            let json = serde_json::to_string(&detail).unwrap();
            assert_eq!(serde_json::from_str::<Detail>(&json).unwrap(), detail);
        }
    }

    #[test]
    fn a_name_in_capitals_is_the_same_name() {
        let shouted = Detail::Name(PersonName::new("GARROWBY", "Iseult").unwrap());
        assert!(shouted.agrees(&entry()));
    }
}
