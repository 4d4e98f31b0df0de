//! A spray: wrong tries over many accounts in a short time, as somebody makes who tries the same few guesses with every name. Pure; in
//! memory. Whoever mistypes signs in well soon after, from the same place, and then counts no more: so a change of shift is no spray.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    hash::{BuildHasher, RandomState},
};

use jiff::{SignedDuration, Timestamp};
use kinfold_domain::UserName;

use super::whence::Origin;

/// The time that is looked at.
const WINDOW: SignedDuration = SignedDuration::from_mins(10);
/// Accounts of one origin that make a spray; it is over with fewer than half of them.
const OF_ONE: usize = 10;
/// Accounts of all origins together that make one.
const OF_ALL: usize = 30;
/// Wrong tries that are kept.
const MOST: usize = 4_096;

/// The wrong tries of the last minutes.
#[derive(Default)]
pub(super) struct Spray {
    misses: VecDeque<Miss>,
    /// User names are kept by a hash that only this process can make: people type PINs into the wrong field.
    hasher: RandomState,
    since: Option<Timestamp>,
}

struct Miss {
    at: Timestamp,
    origin: Origin,
    account: u64,
}

/// An origin whose wrong tries are over many accounts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sprayed {
    /// From where.
    pub origin: Origin,
    /// How many accounts, or user names that nobody has.
    pub accounts: usize,
}

impl Spray {
    pub(super) fn missed(&mut self, origin: Origin, user_name: &UserName, at: Timestamp) {
        if self.misses.len() >= MOST {
            self.misses.pop_front();
        }
        let account = self.hasher.hash_one(user_name);
        self.misses.push_back(Miss { at, origin, account });
    }

    /// Their owner has signed in from there.
    pub(super) fn signed_in(&mut self, origin: &Origin, user_name: &UserName) {
        let account = self.hasher.hash_one(user_name);
        self.misses.retain(|miss| miss.account != account || miss.origin != *origin);
    }

    /// Since when there is one.
    pub(super) fn look(&mut self, now: Timestamp) -> Option<Timestamp> {
        let of_each = self.of_each(now);
        let worst = of_each.values().map(HashSet::len).max().unwrap_or(0);
        let all = of_each.values().flatten().collect::<HashSet<_>>().len();
        let begins = worst >= OF_ONE || all >= OF_ALL;
        let goes_on = worst >= OF_ONE / 2 || all >= OF_ALL / 2;
        self.since = match self.since {
            None => begins.then_some(now),
            Some(since) => goes_on.then_some(since),
        };
        self.since
    }

    /// The origins that have to do with it, the worst first.
    pub(super) fn origins(&mut self, now: Timestamp) -> Vec<Sprayed> {
        if self.look(now).is_none() {
            return Vec::new();
        }
        let of_each = self.of_each(now).into_iter();
        let sprayed = of_each.map(|(origin, of)| Sprayed { origin, accounts: of.len() });
        let mut sprayed: Vec<Sprayed> = sprayed.collect();
        sprayed.sort_by(|a, b| b.accounts.cmp(&a.accounts).then_with(|| a.origin.cmp(&b.origin)));
        sprayed
    }

    fn of_each(&mut self, now: Timestamp) -> HashMap<Origin, HashSet<u64>> {
        self.misses.retain(|miss| now.duration_since(miss.at).abs() < WINDOW);
        let mut of_each: HashMap<Origin, HashSet<u64>> = HashMap::new();
        for miss in &self.misses {
            of_each.entry(miss.origin.clone()).or_default().insert(miss.account);
        }
        of_each
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn vpn() -> Origin {
        Origin::Door("radius:vpn".to_owned())
    }

    fn name(number: usize) -> UserName {
        format!("user{number}").parse().unwrap()
    }

    #[test]
    fn wrong_tries_over_ten_accounts_from_one_place_are_a_spray_and_over_one_account_none() {
        let mut spray = Spray::default();
        for second in 0..200 {
            spray.missed(vpn(), &name(1), at(second));
        }
        assert_eq!(spray.look(at(200)), None);
        (2..10).for_each(|number| spray.missed(vpn(), &name(number), at(201)));
        assert_eq!(spray.look(at(202)), None);
        spray.missed(vpn(), &name(10), at(203));
        assert_eq!(spray.look(at(204)), Some(at(204)));
        assert_eq!(spray.origins(at(205)), [Sprayed { origin: vpn(), accounts: 10 }]);
        assert_eq!(spray.look(at(800)), Some(at(204)), "it goes on");
        assert_eq!(spray.look(at(804)), None, "it is over by itself");
    }

    #[test]
    fn people_who_mistype_and_then_sign_in_are_no_spray() {
        let mut spray = Spray::default();
        for number in 0..300 {
            spray.missed(vpn(), &name(number), at(0));
            if number >= 9 {
                spray.signed_in(&vpn(), &name(number));
            }
        }
        assert_eq!(spray.look(at(1)), None);
    }

    #[test]
    fn few_accounts_from_each_of_many_places_are_a_spray_together() {
        let mut spray = Spray::default();
        for number in 0..30 {
            assert_eq!(spray.look(at(0)), None);
            let origin = Origin::Door(format!("radius:{}", number / 5));
            spray.missed(origin, &name(number), at(0));
        }
        assert_eq!(spray.look(at(1)), Some(at(1)));
    }

    #[test]
    fn a_spray_takes_no_more_memory_than_it_may() {
        let mut spray = Spray::default();
        (0..MOST * 2).for_each(|number| spray.missed(vpn(), &name(number), at(0)));
        assert_eq!(spray.misses.len(), MOST);
    }
}
