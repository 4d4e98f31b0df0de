//! The clock of a hand-over. Knows no store, no ledger, and not what day it is.

use jiff::{ToSpan, civil::Date};
use kinfold_domain::{Deadline, Due, WorkingDays};

use super::{HandOver, State};
use crate::{records::Stay, today};

/// So many working days after the offer somebody is told that the fifteen run out.
const REMINDED_AFTER: u16 = 12;

impl HandOver {
    /// What is due: the taker's conference; of a stay whose end nobody knows, its longest.
    pub fn due(&self) -> Option<Due> {
        let (offer, step) = (self.offer()?, self.offered()?);
        match (offer.stay, self.state()) {
            (None, State::Offered) => Some(Due::of(Deadline::TransferIn, today(step.at))),
            (Some(Stay { until: None }), State::Offered | State::Noted) => {
                Some(Due::of(Deadline::TemporaryResident, offer.moved))
            }
            _ => None,
        }
    }

    /// From which day on its time is about to run out. Where bank holidays are not known, after two weeks.
    pub(super) fn remind_on(&self) -> Option<Date> {
        let offered = today(self.offered()?.at);
        let day = WorkingDays::england().after(offered, REMINDED_AFTER);
        Some(day.unwrap_or_else(|_| offered.saturating_add(14.days())))
    }
}
