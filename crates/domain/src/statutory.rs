//! The statutory deadlines, and what of an entry is due by them (Working Together to Safeguard Children).

use jiff::{ToSpan, civil::Date};

use crate::{RegisterEntry, RegisterStatus, Standing, UnknownYear, WorkingDays};

/// A deadline, counted from some event.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deadline {
    /// Initial conference, from the strategy discussion.
    InitialConference,
    /// Core group, from the conference.
    CoreGroup,
    /// First review, from the conference.
    FirstReview,
    /// Each further review, from the one before.
    Review,
    /// Conference of the council that a child moved to, from the notice.
    TransferIn,
    /// A child who stays that long is no temporary resident any more, from the arrival.
    TemporaryResident,
    /// Birth of an unborn child, at the expected date.
    Birth,
}

impl Deadline {
    /// The last day for what runs from `from`.
    pub fn due(self, from: Date) -> Result<Date, UnknownYear> {
        let working = WorkingDays::england();
        match self {
            Self::InitialConference | Self::TransferIn => working.after(from, 15),
            Self::CoreGroup => working.after(from, 10),
            Self::FirstReview => Ok(from.saturating_add(3.months())),
            Self::Review => Ok(from.saturating_add(6.months())),
            // Under 15 days, so the fifteenth day is the first that is too many.
            Self::TemporaryResident => Ok(from.saturating_add(14.days())),
            Self::Birth => Ok(from),
        }
    }

    /// What is due.
    pub const fn words(self) -> &'static str {
        match self {
            Self::InitialConference => "Initial conference",
            Self::CoreGroup => "Core group",
            Self::FirstReview => "First review",
            Self::Review => "Review",
            Self::TransferIn => "Transfer-in conference",
            Self::TemporaryResident => "Temporary residence",
            Self::Birth => "Birth",
        }
    }

    /// The rule, in words.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::InitialConference => "within 15 working days of the strategy discussion",
            Self::CoreGroup => "within 10 working days of the conference",
            Self::FirstReview => "within 3 months of the conference",
            Self::Review => "at most 6 months after the last review",
            Self::TransferIn => "a conference within 15 working days of the notice",
            Self::TemporaryResident => "under 15 days",
            Self::Birth => "the expected date of birth: record the birth, or a new date",
        }
    }
}

/// What is due of an entry.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize)]
pub struct Due {
    /// What.
    pub deadline: Deadline,
    /// The last day; where it can't be counted, the day that it is counted from.
    pub day: Date,
    /// The year whose bank holidays would be needed to count it.
    pub unknown_year: Option<i16>,
}

impl Due {
    /// Whether the last day is over.
    pub fn is_overdue(&self, today: Date) -> bool {
        self.day < today
    }

    /// What runs from a day.
    pub fn of(deadline: Deadline, from: Date) -> Self {
        match deadline.due(from) {
            Ok(day) => Self { deadline, day, unknown_year: None },
            Err(unknown) => Self { deadline, day: from, unknown_year: Some(unknown.year) },
        }
    }
}

/// What is due of an entry on a day, in the order of the days. The register does not know whether a core group met: it is listed until its
/// last day, and never as overdue.
pub fn due(entry: &RegisterEntry, today: Date) -> Vec<Due> {
    if entry.standing(today) != Standing::Current {
        return Vec::new();
    }
    let mut all = Vec::new();
    if entry.status == RegisterStatus::UnbornPlan {
        all.extend(entry.expected.map(|expected| Due::of(Deadline::Birth, expected.expose())));
    }
    if entry.status != RegisterStatus::LookedAfter {
        let core_group = Due::of(Deadline::CoreGroup, entry.start);
        if core_group.unknown_year.is_some() || !core_group.is_overdue(today) {
            all.push(core_group);
        }
    }
    all.extend(review(entry, today));
    all.sort_by_key(|due| due.day);
    all
}

/// The next review: on its day, but no later than the rules have it. A looked-after child's reviews have rules of their own: only the
/// day that was set is told.
fn review(entry: &RegisterEntry, today: Date) -> Option<Due> {
    let first = Due::of(Deadline::FirstReview, entry.start);
    let is_plan = entry.status != RegisterStatus::LookedAfter;
    let Some(next) = entry.next_review else {
        return is_plan.then_some(first);
    };
    let deadline = if next <= first.day { Deadline::FirstReview } else { Deadline::Review };
    // Whichever review was the last, it is not still to come: six months from today are the most.
    let latest = Due::of(Deadline::Review, today).day;
    let day = if is_plan { next.min(latest) } else { next };
    Some(Due { deadline, day, unknown_year: None })
}

#[cfg(test)]
#[path = "statutory_tests.rs"]
mod tests;
