//! Partners' clocks beside this one: by the moments at which they sign what they send. Pure.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use kinfold_domain::AgencyId;

use super::{LIMIT, standing::PartnerApart};

/// What came longer ago says nothing of now.
const LATELY: Duration = Duration::from_mins(2);
/// Messages of one partner that are looked at.
const MOST: usize = 32;
/// Of so many messages that came by themselves one at least was not longer on its way than ...
const SEVERAL: usize = 3;
/// ... this.
const WAY: SignedDuration = SignedDuration::from_secs(1);

/// What one message tells: it was signed after it was asked for, and before it was here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// When it came, by the steady clock.
    pub(super) steady: Duration,
    /// The partner's clock is ahead of this one by that at least.
    pub(super) at_least: SignedDuration,
    /// By that at most, where it was asked for.
    pub(super) at_most: Option<SignedDuration>,
}

/// Partners' clocks.
#[derive(Debug, Default)]
pub(super) struct Partners(BTreeMap<AgencyId, Compared>);

#[derive(Debug, Default)]
struct Compared {
    seen: VecDeque<Seen>,
    since: Option<Timestamp>,
}

impl Partners {
    pub(super) fn seen(&mut self, partner: &AgencyId, seen: Seen, now: Timestamp) {
        let known = self.0.entry(partner.clone()).or_default();
        if known.seen.len() >= MOST {
            known.seen.pop_front();
        }
        known.seen.push_back(seen);
        let apart = known.apart(seen.steady).is_some();
        known.since = if apart { known.since.or(Some(now)) } else { None };
    }

    /// This node's clock was set: nothing that was seen compares with it.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }

    /// Those that differ.
    pub(super) fn apart(&self, steady: Duration) -> Vec<PartnerApart> {
        let apart = |(partner, known): (&AgencyId, &Compared)| {
            let ahead = known.apart(steady)?;
            Some(PartnerApart { agency: partner.clone(), ahead, since: known.since? })
        };
        self.0.iter().filter_map(apart).collect()
    }
}

impl Compared {
    /// How far the partner's clock is ahead, where that is certainly more than the limit; behind where negative.
    fn apart(&self, steady: Duration) -> Option<SignedDuration> {
        let lately = || self.seen.iter().filter(|s| steady.saturating_sub(s.steady) <= LATELY);
        let at_least = lately().map(|seen| seen.at_least).max()?;
        let unasked = || lately().filter(|seen| seen.at_most.is_none());
        let several = unasked().count() >= SEVERAL;
        let by_way = unasked().map(|seen| seen.at_least.saturating_add(WAY)).max();
        let by_way = by_way.filter(|_| several);
        let at_most = lately().filter_map(|seen| seen.at_most).chain(by_way).min();
        let ahead = at_least > LIMIT;
        let behind = at_most.is_some_and(|at_most| at_most < -LIMIT);
        (ahead || behind).then_some(at_least)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn millis(count: i64) -> SignedDuration {
        SignedDuration::from_millis(count)
    }

    /// A message of a partner whose clock is so far ahead, asked for or not, some time on its ways.
    fn seen(ahead: i64, there: Option<i64>, back: i64) -> Seen {
        let at_least = millis(ahead - back);
        let at_most = there.map(|there| millis(ahead + there));
        Seen { steady: Duration::from_secs(9), at_least, at_most }
    }

    fn apart(messages: &[Seen]) -> Option<i64> {
        let mut partners = Partners::default();
        let partner: AgencyId = "ashmoor-council".parse().unwrap();
        for message in messages {
            partners.seen(&partner, *message, Timestamp::UNIX_EPOCH);
        }
        let apart = partners.apart(Duration::from_secs(10)).pop()?;
        Some(i64::try_from(apart.ahead.as_millis()).unwrap())
    }

    #[test]
    fn two_clocks_differ_by_more_than_a_second_and_the_way() {
        assert_eq!(apart(&[seen(3_000, Some(20), 10)]), Some(2_990));
        assert_eq!(apart(&[seen(-3_000, Some(20), 10)]), Some(-3_010));
        assert_eq!(
            apart(&[seen(1_400, Some(20), 500)]),
            None,
            "the way may be longer than it seems"
        );
        assert_eq!(apart(&[seen(-1_400, Some(500), 20)]), None);
        assert_eq!(apart(&[seen(900, Some(20), 10)]), None);
    }

    #[test]
    fn one_late_message_that_came_by_itself_says_nothing_and_several_do() {
        let late = seen(0, None, 9_000);
        assert_eq!(apart(&[late]), None);
        assert_eq!(apart(&[late, late, seen(0, None, 20)]), None);
        let behind = seen(-4_000, None, 20);
        assert_eq!(apart(&[behind, behind]), None);
        assert_eq!(apart(&[behind, behind, behind]), Some(-4_020));
        assert_eq!(apart(&[seen(4_000, None, 20)]), Some(3_980));
    }

    #[test]
    fn what_was_seen_is_over_after_two_minutes_and_when_this_clock_is_set() {
        let partner: AgencyId = "ashmoor-council".parse().unwrap();
        let mut partners = Partners::default();
        partners.seen(&partner, seen(3_000, None, 0), Timestamp::UNIX_EPOCH);
        assert_eq!(partners.apart(Duration::from_secs(129)).len(), 1);
        assert_eq!(partners.apart(Duration::from_secs(130)).len(), 0);
        assert_eq!(partners.apart(Duration::from_secs(9)).len(), 1);
        partners.forget();
        assert_eq!(partners.apart(Duration::from_secs(9)).len(), 0);
    }

    proptest! {
        #[test]
        fn clocks_within_a_second_never_differ_however_slow_the_ways_are(
            ahead in -1_000_i64..=1_000,
            ways in prop::collection::vec((0_i64..30_000, 0_i64..30_000), 1..40),
        ) {
            let messages: Vec<Seen> =
                ways.iter().map(|(there, back)| seen(ahead, Some(*there), *back)).collect();
            prop_assert_eq!(apart(&messages), None);
        }
    }
}
