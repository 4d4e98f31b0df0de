//! How fresh a register is: what its source says may age, and somebody must be heard meanwhile.

use jiff::Timestamp;
use kinfold_domain::{AsAt, RegisterPhones, Silent};

/// How far ahead of this node's clock a confirmation may lie, in seconds: beyond it the clock was set back, and the age is unknown.
const AHEAD_LIMIT_S: i64 = 10;

/// How fresh a register is.
#[derive(Clone, Debug, Default)]
pub struct Freshness {
    /// The moment for which its owner last confirmed it.
    pub confirmed: Option<AsAt>,
    /// When the owner's node, or the source of this agency's own, was last heard.
    pub heard: Option<Timestamp>,
    /// Whom to ring at the owner.
    pub phones: Option<RegisterPhones>,
}

/// How old a register may be, in seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ages {
    /// Since when its owner's node was not heard.
    pub(super) unheard: u64,
    /// What its source says: more, where that is a file which a case system writes once a day.
    pub(super) source: u64,
}

impl Ages {
    /// A source that is read live confirms whenever it is heard: its own limit is enough.
    const fn is_written_out(self) -> bool {
        self.source > self.unheard
    }
}

impl Freshness {
    /// What stopped, where the register is older than it may be.
    pub(super) fn silent(&self, ages: Ages, now: Timestamp) -> Option<Silent> {
        let is_old = self.confirmed.is_none_or(|at| {
            let ahead = at.0.as_second() - now.as_second() > AHEAD_LIMIT_S;
            ahead || at.age_seconds(now) > ages.source
        });
        let unheard = self.heard.is_none_or(|at| AsAt(at).age_seconds(now) > ages.unheard);
        match (is_old, unheard) {
            (true, false) => Some(Silent::CaseSystem),
            (true, true) => Some(Silent::Owner),
            (false, true) if ages.is_written_out() => Some(Silent::Owner),
            (false, _) => None,
        }
    }

    /// When it was last known to be right, and how many seconds that may lie back: of source and link whichever runs out first.
    pub(super) fn last(&self, ages: Ages) -> (Option<Timestamp>, u64) {
        let source = (self.confirmed.map(|at| at.0), ages.source);
        let link = (self.heard, ages.unheard);
        let runs_out = |(last, limit): (Option<Timestamp>, u64)| {
            last.map(|last| last.as_second().saturating_add_unsigned(limit))
        };
        if ages.is_written_out() && runs_out(link) < runs_out(source) { link } else { source }
    }
}
